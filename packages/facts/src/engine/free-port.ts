import { createServer } from 'node:net'

/** A TCP port on loopback that is free now. */
export const freePort = (): Promise<number> =>
  new Promise((settle, fail) => {
    const server = createServer()
    server.once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address === null || typeof address === 'string') {
        fail(new Error('No TCP port was given.'))
        return
      }
      server.close(() => settle(address.port))
    })
  })

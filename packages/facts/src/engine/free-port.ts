import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below the ports that systems give to outgoing connections, where a port would not stay free. */
const FIRST_PORT = 20_000
const LAST_PORT = 32_000
const ATTEMPTS = 50

const isFree = (port: number): Promise<boolean> =>
  new Promise((settle) => {
    const server = createServer()
    server.once('error', () => settle(false))
    server.listen(port, '127.0.0.1', () => server.close(() => settle(true)))
  })

/**
 * A TCP port on loopback that is free now and likely to stay so until the caller listens on it.
 *
 * @throws Error when none was found.
 */
export const freePort = async (): Promise<number> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(FIRST_PORT, LAST_PORT)
    if (await isFree(port)) return port
  }
  throw new Error(`No free TCP port was found between ${FIRST_PORT} and ${LAST_PORT}.`)
}

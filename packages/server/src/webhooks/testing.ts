import { createServer, type IncomingHttpHeaders } from 'node:http'

export interface Request {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A receiver on loopback that keeps what it gets. */
export interface Receiver {
  readonly url: string
  readonly port: number
  /** What came since this was asked last. */
  take(): readonly Request[]
  /** Answers so from now on; null: takes what comes and breaks the connection without an answer. */
  answerWith(status: number | null, headers?: Readonly<Record<string, string>>): void
  close(): Promise<void>
}

export async function startReceiver(): Promise<Receiver> {
  let status: number | null = 204
  let answerHeaders: Readonly<Record<string, string>> = {}
  let received: Request[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') })
      if (status === null) request.socket.destroy()
      else response.writeHead(status, answerHeaders).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it does not listen')
  const { port } = address
  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    take: () => {
      const all = received
      received = []
      return all
    },
    answerWith: (next, headers = {}) => {
      status = next
      answerHeaders = headers
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

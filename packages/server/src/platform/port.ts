import { createServer } from 'node:net'
import { Failure } from '../call/failure.ts'

/** The refusal that an error of `listen` stands for, or the error itself. */
export function listenFailure(error: unknown, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'EADDRINUSE') {
    return new Failure('PORT_IN_USE', { port: String(port) }, [], { cause: error })
  }
  if (code === 'EACCES') {
    const problem = `this user may not listen on port ${port}; choose one above 1023`
    return new Failure('BAD_CONFIGURATION', { name: 'PORT', problem }, [], { cause: error })
  }
  return error
}

/**
 * Finds out whether the port can be had, before anything slow is started. It may still be lost before
 * the server listens, so that one's error goes through `listenFailure` as well.
 *
 * @throws Failure PORT_IN_USE or BAD_CONFIGURATION.
 */
export async function checkPort(port: number, host: string): Promise<void> {
  const server = createServer()
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, resolve)
    })
  } catch (error) {
    throw listenFailure(error, port)
  }
  await new Promise((resolve) => server.close(resolve))
}

import type { ImportState } from '@tomoshibi/contract/collect'
import type { Logger } from 'pino'
import { openApp } from '../app.ts'
import { ensureDemonstration, holdsDemonstration } from '../collect/demo/demo.ts'
import { startJobs } from '../jobs/jobs.ts'
import { evaluateLamps } from '../light/lamps/evaluate.ts'
import type { Clock } from '../platform/clock.ts'
import type { Config } from '../platform/config.ts'
import { checkPort, listenFailure } from '../platform/port.ts'
import { httpServer } from './server.ts'

/** The server listens here and nowhere else until people and permissions arrive. */
const host = '127.0.0.1'

/** How far the making of the demonstration company is. */
export type DemoStep =
  | { readonly phase: 'simulating' }
  | { readonly phase: 'importing'; readonly progress: ImportState['progress'] | null }

export interface ServeOptions {
  readonly config: Config
  readonly clock: Clock
  readonly log: () => Logger
  /** The built screens. */
  readonly webFolder: string
  /** Stops the server, at whatever point it is. */
  readonly signal: AbortSignal
  readonly onDemo: (step: DemoStep) => void
}

export interface Serving {
  readonly port: number
  readonly holdsDemonstration: boolean
  /** Resolves when the signal asks to stop; rejects when a store is down for good. */
  readonly untilStopped: Promise<void>
  /** Ends requests and jobs that run, then the stores; safe to call twice. */
  close(): Promise<void>
}

/**
 * Opens the data folder and serves it on loopback. A new folder is first filled with the demonstration
 * company, unless the configuration says otherwise.
 *
 * @throws Failure PORT_IN_USE and what `openApp` throws; nothing is left running then.
 */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { config, clock, webFolder, signal } = options
  const before = () => checkPort(config.port, host)
  const app = await openApp({ config, clock, log: options.log, before })
  const { log } = app.ports
  const ending: (() => Promise<void>)[] = [() => app.close()]
  const close = async () => {
    for (const end of ending.splice(0)) await end()
  }
  try {
    const server = await httpServer({
      app,
      ingestion: app.ingestion,
      localToken: app.folder.token,
      webFolder,
      log,
    })
    ending.unshift(() => server.close())
    await server.listen({ port: config.port, host }).catch((error: unknown) => {
      throw listenFailure(error, config.port)
    })
    const port = portOf(server.server.address()) ?? config.port
    app.folder.announce({ host, port })

    const untilStopped = Promise.race([aborted(signal), failing(app.failed)])
    // Whoever waits for it is told; until then nobody may be there to hear.
    untilStopped.catch(() => {})
    const demonstration =
      config.demo && !signal.aborted
        ? ensureDemonstration(app, options.onDemo)
        : holdsDemonstration(app.ports)
    // A stop ends the stores under it; the next start finishes it.
    demonstration.catch((error: unknown) => log.warn({ err: error }, 'no demonstration company'))
    const isDemonstration = await Promise.race([demonstration, untilStopped.then(() => false)])
    if (!signal.aborted) {
      const jobs = await startJobs(app.ports, () => evaluateLamps(app.ports))
      ending.unshift(() => jobs.stop())
    }
    return { port, holdsDemonstration: isDemonstration, untilStopped, close }
  } catch (error) {
    await close()
    throw error
  }
}

function portOf(address: string | { readonly port: number } | null): number | null {
  return address !== null && typeof address === 'object' ? address.port : null
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

async function failing(failed: Promise<Error>): Promise<never> {
  throw await failed
}

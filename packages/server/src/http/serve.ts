import type { ImportState } from '@tomoshibi/contract/collect'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { PlaybookWorker } from '../act/playbooks/worker.ts'
import { type App, openApp } from '../app.ts'
import { Failure } from '../call/failure.ts'
import { ensureDemonstration, holdsDemonstration } from '../collect/demo/demo.ts'
import { startJobs } from '../jobs/jobs.ts'
import { followGoals } from '../light/goals/notices.ts'
import { evaluateLamps } from '../light/lamps/evaluate.ts'
import { resumeErasures } from '../personal-data/erase.ts'
import { reachedLocally } from '../platform/address.ts'
import type { Clock } from '../platform/clock.ts'
import type { Config } from '../platform/config.ts'
import { checkPort, listenFailure } from '../platform/port.ts'
import { applyRetention } from '../upkeep/retention/service.ts'
import { addGauges } from '../upkeep/telemetry/gauges.ts'
import { checkInUse } from '../verify/checks/in-use.ts'
import { httpServer } from './server.ts'

/** What was acknowledged gets at least so long to become facts, also where requests took all the time. */
const leastSettlingMs = 2_000

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
  /** Where people reach it. */
  readonly origin: string
  /** The path with which the first owner begins; null where there are people already. */
  readonly setUpLink: string | null
  readonly holdsDemonstration: boolean
  /** What is to be told of the key of the sealed secrets: where one was made, or why there is none. */
  readonly secretKey: { readonly made: string } | { readonly trouble: Failure } | null
  /** Resolves when the signal asks to stop; rejects when a store is down for good. */
  readonly untilStopped: Promise<void>
  /**
   * Takes nothing new, lets jobs and requests that run finish and what was acknowledged become facts,
   * then ends the stores; what takes longer than the configuration says is cut off. Safe to call twice.
   */
  close(): Promise<void>
}

/**
 * Opens the data folder and serves it. A new folder is first filled with the demonstration
 * company, unless the configuration says otherwise.
 *
 * @throws Failure PORT_IN_USE and what `openApp` throws; nothing is left running then.
 */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { config, clock, webFolder, signal } = options
  const { host } = config
  const before = () => checkPort(config.port, host)
  const app = await openApp({ config, clock, log: options.log, before })
  const { log } = app.ports
  addGauges(app.telemetry, app)
  let stopAtMs: number | null = null
  /** How much is left of the time in which the server must have stopped. */
  const leftMs = () => {
    stopAtMs ??= performance.now() + config.stopWithinMs
    return Math.max(0, stopAtMs - performance.now())
  }
  const ending: (() => Promise<void>)[] = [() => app.close(Math.max(leastSettlingMs, leftMs()))]
  const close = async () => {
    if (ending.length === 0) return
    log.info({ withinMs: leftMs() }, 'stopping')
    for (const end of ending.splice(0)) await end()
    log.info({ waiting: app.ingestion.waiting.bytes }, 'stopped')
  }
  try {
    const secretKey = await keyOfSecrets(app)
    const server = await httpServer({
      app,
      ingestion: app.ingestion,
      site: config,
      localToken: app.folder.token,
      webFolder,
      log,
      telemetry: app.telemetry,
    })
    ending.unshift(() => closeServer(server, leftMs()))
    await server.listen({ port: config.port, host }).catch((error: unknown) => {
      throw listenFailure(error, config.port)
    })
    const port = portOf(server.server.address()) ?? config.port
    app.address.listensOn(port)
    app.folder.announce({ host: reachedLocally(host), port })
    const { version } = app
    log.info({ version, node: process.version, port }, 'started')

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
      for (const { deliveries } of [app.mails, app.webhooks]) {
        deliveries.start()
        ending.unshift(() => deliveries.stop())
      }
      app.watchLamps()
      const playbooks = PlaybookWorker.start({ ...app.ports, mails: app.mails })
      ending.unshift(() => playbooks.stop())
      // What was cut off goes on now, and otherwise with the next night.
      void resumeErasures(app.ports, app.disk).catch((error: unknown) =>
        log.error({ err: error }, 'an erasure could not be ended yet'),
      )
      const jobs = await startJobs(app.ports, {
        evaluate: (ports) => evaluateLamps(ports),
        follow: (ports) => followGoals(ports),
        verify: (ports) => checkInUse(ports, { all: false }),
        retain: async (ports) => {
          await resumeErasures(ports, app.disk)
          await applyRetention(ports)
        },
      })
      ending.unshift(() => jobs.stop())
    }
    const setUpLink = signal.aborted ? null : await app.people.makeSetUpLink()
    const { origin } = app.address
    return {
      port,
      origin,
      setUpLink,
      holdsDemonstration: isDemonstration,
      secretKey,
      untilStopped,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * Sees that there is a key for secrets. One that is lost keeps nobody from the rest of the program; one that is wrong
 * is a mistake in the settings.
 *
 * @throws Failure SECRET_KEY_WRONG
 */
async function keyOfSecrets({ secrets, ports }: App): Promise<Serving['secretKey']> {
  try {
    const made = await secrets.ensureKey()
    return made === null ? null : { made }
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'SECRET_KEY_MISSING') throw error
    ports.log.error({ err: error }, 'the key of the sealed secrets is not there')
    return { trouble: error }
  }
}

/** Lets requests that run finish, and cuts those off that take longer. */
async function closeServer(server: FastifyInstance, withinMs: number): Promise<void> {
  const late = setTimeout(() => server.server.closeAllConnections(), withinMs)
  // A client keeps its connection after the last answer, and would hold up the end for as long.
  const idle = setInterval(() => server.server.closeIdleConnections(), 100)
  await server.close().finally(() => {
    clearTimeout(late)
    clearInterval(idle)
  })
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

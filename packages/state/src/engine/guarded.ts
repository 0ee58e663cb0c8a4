import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { StateError } from '../errors.ts'
import type { Launch } from './launch.ts'

/** The same file from `src/engine` and from `dist/engine`. */
const guardianPath = fileURLToPath(new URL('../../guardian/guardian.mjs', import.meta.url))

const tidings = z.discriminatedUnion('type', [
  z.object({ type: z.literal('started'), pid: z.number() }),
  z.object({ type: z.literal('log'), line: z.string() }),
  z.object({
    type: z.literal('ended'),
    code: z.number().nullable(),
    signal: z.string().nullable(),
    reason: z.string().optional(),
  }),
])

/** One postmaster under its guardian. */
export interface Guarded {
  readonly pid: number
  readonly guardianPid: number
  /** Settles when the postmaster or its guardian has ended, in whatever way; says how. */
  readonly ended: Promise<string>
  /** Asks for a fast shutdown and waits for the end. */
  stop(): Promise<void>
  /** Lets the program end without waiting for this child. */
  unref(): void
}

/**
 * Starts a postmaster under a guardian that stops it when this program ends, however it ends.
 *
 * @param onLog is called with each line that PostgreSQL says.
 * @throws StateError STATE_ENGINE_FAILED when the program could not even be started.
 */
export async function startGuarded(
  launch: Launch,
  env: Record<string, string>,
  onLog: (line: string) => void,
): Promise<Guarded> {
  // Its own session: Ctrl-C must reach the program first. No inherited output: it outlives us a moment
  // and would keep our reader waiting.
  const guardian = fork(guardianPath, [], {
    detached: true,
    cwd: '/',
    env,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  let how = 'its guardian ended'
  const ended = new Promise<string>((resolve) => {
    guardian.once('exit', () => resolve(how))
    guardian.once('error', (error) => {
      how = error.message
      resolve(how)
    })
  })
  const started = new Promise<number>((resolve) => {
    guardian.on('message', (message) => {
      const news = tidings.parse(message)
      if (news.type === 'started') resolve(news.pid)
      else if (news.type === 'log') onLog(news.line)
      else how = news.reason ?? `exit code ${news.code}, signal ${news.signal}`
    })
  })
  guardian.send({ type: 'start', launch, env })
  const pid = await Promise.race([started, ended])
  if (typeof pid === 'string' || guardian.pid === undefined) {
    const message = `PostgreSQL could not be started: ${how}`
    throw new StateError('STATE_ENGINE_FAILED', message, { log: how })
  }
  return {
    pid,
    guardianPid: guardian.pid,
    ended,
    stop: async () => {
      guardian.ref()
      if (guardian.connected) guardian.send({ type: 'stop' }, () => {})
      await ended
    },
    unref: () => {
      guardian.unref()
      guardian.channel?.unref()
    },
  }
}

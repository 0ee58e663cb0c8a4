import { setTimeout as sleep } from 'node:timers/promises'
import type { Operations } from '../../app.ts'
import { failureOf } from '../../call/failure.ts'
import type { Ingestion } from '../../collect/ingest/service.ts'

/** Whether the server can do its work. */
export interface Readiness {
  readonly ready: boolean
  /** `ok`, or the code of what is in the way. */
  readonly facts: string
  readonly state: string
  readonly events: string
}

const answersWithinMs = 3_000

/** Asks both stores and the journal. Never rejects; a store that does not answer costs three seconds. */
export async function readiness(
  { ports }: Operations,
  ingestion: Ingestion | undefined,
): Promise<Readiness> {
  const [facts, state] = await Promise.all([answer(ports.facts.ping()), answer(ports.state.ping())])
  const events = ingestion?.isBehind(0) === true ? 'EVENTS_BEHIND' : 'ok'
  return { ready: [facts, state, events].every((each) => each === 'ok'), facts, state, events }
}

async function answer(ping: Promise<unknown>): Promise<string> {
  const asked = ping.then(
    () => 'ok',
    (error: unknown) => failureOf(error)?.code ?? 'INTERNAL',
  )
  return Promise.race([asked, sleep(answersWithinMs, 'STORE_UNAVAILABLE', { ref: false })])
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestFacts } from '@tomoshibi/facts/testing/engine'
import { startTestState } from '@tomoshibi/state/testing/postgres'
import { Temporal } from 'temporal-polyfill'
import { type Operations, operationsOver } from '../app.ts'
import { FactWriter } from '../light/testing.ts'
import { scryptHasher } from '../people/password-hash.ts'
import { installationAt } from '../platform/config.ts'
import { silentLog } from '../platform/log.ts'

/** Tests hash hundreds of passwords, and what they cost is not what they are about. */
export const quickHasher = scryptHasher({ ln: 10, r: 8, p: 1 })

/** All operations over real stores, for the workspace of one test. */
export interface TestWorkspace extends Operations {
  readonly id: string
  /** Makes facts by hand. */
  readonly facts: FactWriter
  /** Moves the clock to an instant. */
  at(instant: string): void
}

export interface TestOperations {
  /** The folder that the operations write files to. */
  readonly dataDir: string
  /** A new workspace; it is `now` there until the clock is moved. */
  workspace(now?: string): TestWorkspace
  stop(): Promise<void>
}

/** Starts both stores for a test file: start it in `beforeAll`, stop it in `afterAll`. */
export async function startTestOperations(): Promise<TestOperations> {
  const [facts, state] = await Promise.all([startTestFacts(), startTestState()])
  const dataDir = await mkdtemp(join(tmpdir(), 'tomoshibi-operations-'))
  let count = 0
  return {
    dataDir,
    workspace: (now = '2026-11-21T03:00:00Z') => {
      count += 1
      const id = `workspace-${count}`
      let present = Temporal.Instant.from(now)
      const ports = {
        workspaceId: id,
        facts: facts.store,
        state: state.state,
        clock: { now: () => present },
        log: silentLog,
      }
      return {
        ...operationsOver(ports, installationAt(dataDir), { hasher: quickHasher }),
        id,
        facts: new FactWriter(facts.store, id),
        at: (instant) => {
          present = Temporal.Instant.from(instant)
        },
      }
    },
    stop: async () => {
      await Promise.all([facts.stop(), state.stop()])
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** The code of the error that a call ends with. */
export async function codeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
  return 'no error'
}

import type { FactStore } from '@tomoshibi/facts/store'
import { startTestFacts } from '@tomoshibi/facts/testing/engine'
import { startTestState } from '@tomoshibi/state/testing/postgres'
import { pino } from 'pino'
import { Temporal } from 'temporal-polyfill'
import type { Ports } from '../../call/context.ts'
import { FactWriter } from '../testing.ts'

/** Both stores for one test file, and a workspace of its own for each test. */
export async function startLampStores() {
  const facts = await startTestFacts()
  const state = await startTestState()
  let count = 0
  return {
    workspace: () => {
      count += 1
      return new TestWorkspace(`w${count}`, facts.store, state.state)
    },
    stop: async () => {
      await facts.stop()
      await state.stop()
    },
  }
}

/** A workspace with a clock that tests turn. */
export class TestWorkspace {
  readonly facts: FactWriter
  readonly id: string
  readonly #facts: FactStore
  readonly #state: Ports['state']
  #now = Temporal.Instant.from('2026-01-01T00:00:00Z')

  constructor(id: string, facts: FactStore, state: Ports['state']) {
    this.id = id
    this.#facts = facts
    this.#state = state
    this.facts = new FactWriter(facts, id)
  }

  /** It is now this instant. */
  at(instant: string): Ports {
    this.#now = Temporal.Instant.from(instant)
    return this.ports()
  }

  /** What a call works with; `facts` may stand in for the real store to make it fail. */
  ports(facts: FactStore = this.#facts): Ports {
    return {
      workspaceId: this.id,
      facts,
      state: this.#state,
      clock: { now: () => this.#now },
      log: pino({ level: 'silent' }),
    }
  }

  /** The store, but its query number `n` (from 1) fails, as if the program had been killed there. */
  failingAt(n: number): Ports {
    let queries = 0
    const query: FactStore['query'] = (...args) => {
      queries += 1
      if (queries === n) throw new Error('killed')
      return this.#facts.query(...args)
    }
    return this.ports({ ...this.#facts, query })
  }
}

/** Midnight in Tokyo at the start of a day. */
export const tokyo = (day: string) => `${day}T00:00:00+09:00`

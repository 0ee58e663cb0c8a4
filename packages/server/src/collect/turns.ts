import type { FactStore } from '@tomoshibi/facts/store'

type Listener = (who: unknown) => void

interface Turns {
  last: Promise<unknown>
  readonly listeners: Set<Listener>
}

const turns = new WeakMap<FactStore, Turns>()

function turnsOf(facts: FactStore): Turns {
  const found = turns.get(facts) ?? { last: Promise.resolve(), listeners: new Set() }
  turns.set(facts, found)
  return found
}

/**
 * Runs what writes facts, one after the other in the order in which it was asked for: each compares
 * with what was stored before it.
 *
 * @param who told to those who listen, so that nobody need mind their own turns
 */
export function inTurn<T>(facts: FactStore, work: () => Promise<T>, who?: unknown): Promise<T> {
  const queue = turnsOf(facts)
  const turn = queue.last.then(work)
  queue.last = turn
    .catch(() => {})
    .then(() => {
      for (const listener of queue.listeners) listener(who)
    })
  return turn
}

/** Calls `listener` after each turn. @returns how to stop that. */
export function afterEachTurn(facts: FactStore, listener: Listener): () => void {
  const { listeners } = turnsOf(facts)
  listeners.add(listener)
  return () => listeners.delete(listener)
}

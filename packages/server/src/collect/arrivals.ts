import type { FactStore } from '@tomoshibi/facts/store'

/** Facts that were stored and are in every figure. */
export interface Arrival {
  readonly workspaceId: string
  /** Whose facts they are; `all` where they are many, or concern everybody, as exchange rates do. */
  readonly accounts: ReadonlySet<string> | 'all'
}

type Listener = (arrival: Arrival) => void

const listeners = new WeakMap<FactStore, Set<Listener>>()

/** Tells those who wait for new facts. Whoever stores facts calls it, once they are in every figure. */
export function arrived(facts: FactStore, arrival: Arrival): void {
  if (arrival.accounts !== 'all' && arrival.accounts.size === 0) return
  for (const listener of listeners.get(facts) ?? []) listener(arrival)
}

/** Calls `listener`, which must not throw, after each arrival. @returns how to stop that */
export function onArrival(facts: FactStore, listener: Listener): () => void {
  const those = listeners.get(facts) ?? new Set()
  listeners.set(facts, those)
  those.add(listener)
  return () => those.delete(listener)
}

import type { FactStore } from '@tomoshibi/facts/store'

type Listener = (workspaceId: string) => void

const listeners = new WeakMap<FactStore, Set<Listener>>()

/** Tells those who work for every workspace of a new one. */
export function workspaceMade(facts: FactStore, workspaceId: string): void {
  for (const listener of listeners.get(facts) ?? []) listener(workspaceId)
}

/** Calls `listener`, which must not throw, for each new workspace. @returns how to stop that */
export function onWorkspaceMade(facts: FactStore, listener: Listener): () => void {
  const those = listeners.get(facts) ?? new Set()
  listeners.set(facts, those)
  those.add(listener)
  return () => those.delete(listener)
}

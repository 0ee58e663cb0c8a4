import type { StateDb } from '@tomoshibi/state/store'
import type { Ports } from './context.ts'

/** The ports in a transaction, in which those who begin one of their own get a part of this one. */
export const within = <P extends Ports>(ports: P, tx: StateDb): P => ({
  ...ports,
  state: { ...ports.state, db: tx, transaction: (work) => tx.transaction(work) },
})

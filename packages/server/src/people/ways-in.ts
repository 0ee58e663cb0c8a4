import type { StateDb } from '@tomoshibi/state/store'
import { Failure } from '../call/failure.ts'
import { hasPassword } from './identity.ts'
import { hasPasskey } from './passkeys/store.ts'
import { providersInUseOf } from './providers/in-use.ts'

/** Whether somebody could still sign in, in the transaction that took a way in from them. @throws Failure LAST_WAY_IN */
export async function checkWayInRemains(tx: StateDb, userId: string): Promise<void> {
  if (await hasPassword(tx, userId)) return
  if (await hasPasskey(tx, userId)) return
  if ((await providersInUseOf(tx, userId)).length > 0) return
  throw new Failure('LAST_WAY_IN')
}

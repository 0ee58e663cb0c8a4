import type { StateDb } from '@tomoshibi/state/store'
import type { RelyingParty } from './passkeys/relying-party.ts'
import { hasPasskey, passkeysOf } from './passkeys/store.ts'
import { factorOf } from './second-factor/store.ts'

/** Whether somebody set codes of an app or a passkey up: from then on the password alone lets them in nowhere. */
export const takesSecondStep = async (db: StateDb, userId: string): Promise<boolean> =>
  (await factorOf(db, userId)) !== null || (await hasPasskey(db, userId))

/** Whether somebody has a passkey that was made for the address that there is now. */
export const hasPasskeyFor = async (
  db: StateDb,
  userId: string,
  party: RelyingParty | null,
): Promise<boolean> =>
  party !== null && (await passkeysOf(db, userId)).some(({ rpId }) => rpId === party.id)

/** With what somebody goes on after the right password. */
export async function secondStepsOf(db: StateDb, userId: string, party: RelyingParty | null) {
  const [factor, passkey] = await Promise.all([
    factorOf(db, userId),
    hasPasskeyFor(db, userId, party),
  ])
  return { code: factor !== null, passkey }
}

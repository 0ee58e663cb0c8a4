import type { StateDb } from '@tomoshibi/state/store'
import type { Call } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { endSession } from '../identity.ts'
import {
  allProviders,
  identitiesOf,
  noteProviderSession,
  type ProviderRow,
  providerAt,
  providerOfSession,
  tripOfChallenge,
} from './store.ts'

/** The providers that are on, for the page on which people sign in. */
export const providersInUse = async (db: StateDb): Promise<{ id: string; name: string }[]> =>
  (await allProviders(db)).flatMap(({ id, name, enabled }) => (enabled ? [{ id, name }] : []))

/** The ids of those that are on with which a person is connected. */
export async function providersInUseOf(db: StateDb, userId: string): Promise<string[]> {
  const mine = await identitiesOf(db, userId)
  const all = await Promise.all(mine.map(({ providerId }) => providerAt(db, providerId)))
  return all.flatMap((one) => (one?.enabled ? [one.id] : []))
}

/** The provider as it is, until the end of the transaction. @throws Failure PROVIDER_NOT_FOUND */
export async function stillInUse(tx: StateDb, id: string): Promise<ProviderRow> {
  const provider = await providerAt(tx, id, 'locked')
  if (!provider?.enabled) throw new Failure('PROVIDER_NOT_FOUND', { provider: id })
  return provider
}

/** Whether a session began with a provider whose second factor stands for ours. */
export async function hadSecondFactorElsewhere(db: StateDb, sessionId: string): Promise<boolean> {
  const provider = await providerOfSession(db, sessionId)
  return provider?.enabled === true && provider.trustsSecondFactor
}

/** The provider after which a code is asked for; null where it is asked for after a password. */
export const providerOfChallenge = async (db: StateDb, hash: string): Promise<string | null> =>
  (await tripOfChallenge(db, hash))?.providerId ?? null

/**
 * Writes down with which provider a session began. Where that was switched off meanwhile, none is left behind.
 *
 * @throws Failure PROVIDER_NOT_FOUND
 */
export async function beganWith(
  { state }: Pick<Call, 'state'>,
  sessionId: string,
  id: string,
): Promise<void> {
  try {
    await state.transaction(async (tx) => {
      await stillInUse(tx, id)
      await noteProviderSession(tx, sessionId, id)
    })
  } catch (error) {
    await endSession(state.db, sessionId)
    throw error
  }
}

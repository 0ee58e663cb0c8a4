import type { OwnProvider } from '@tomoshibi/contract/identity-providers'
import type { Call } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { signedIn } from '../service.ts'
import { checkWayInRemains } from '../ways-in.ts'
import { providersInUseOf } from './in-use.ts'
import {
  allProviders,
  dropIdentity,
  endProviderSessions,
  identitiesOf,
  type ProviderRow,
} from './store.ts'
import { type Departure, leave } from './trips.ts'

/** The providers that are on, and those with which the person who calls is connected. */
export async function ownProviders(call: Call): Promise<OwnProvider[]> {
  const { userId } = signedIn(call)
  const { db } = call.state
  const [providers, mine] = await Promise.all([allProviders(db), identitiesOf(db, userId)])
  const shown = ({ id, name }: ProviderRow): OwnProvider => {
    const found = mine.find(({ providerId }) => providerId === id)
    const linked = found && {
      email: found.email,
      linkedAt: found.linkedAt.toString(),
      lastUsedAt: found.lastUsedAt.toString(),
    }
    return { provider: id, name, linked: linked ?? null }
  }
  return providers
    .filter(({ id, enabled }) => enabled || mine.some(({ providerId }) => providerId === id))
    .map(shown)
}

/** @throws Failure PROVIDER_NOT_LINKED, PROVIDER_NOT_FOUND, PROVIDER_UNREACHABLE, TOO_MANY_ATTEMPTS */
export async function leaveToConfirm(call: Call, departure: Departure) {
  const { userId } = signedIn(call)
  const { provider } = departure
  if (!(await providersInUseOf(call.state.db, userId)).includes(provider)) {
    throw new Failure('PROVIDER_NOT_LINKED', { provider })
  }
  return await leave(call, departure, 'confirm')
}

/**
 * The person signs in with a provider no longer; their sessions that began with it end, but for this one.
 *
 * @throws Failure PROVIDER_NOT_LINKED, LAST_WAY_IN
 */
export async function unlink(call: Call, provider: string): Promise<OwnProvider[]> {
  const { userId, sessionId } = signedIn(call)
  await call.state.transaction(async (tx) => {
    if (!(await dropIdentity(tx, { providerId: provider, userId }))) {
      throw new Failure('PROVIDER_NOT_LINKED', { provider })
    }
    await checkWayInRemains(tx, userId)
    await endProviderSessions(tx, provider, { userId, but: sessionId })
  })
  return await ownProviders(call)
}

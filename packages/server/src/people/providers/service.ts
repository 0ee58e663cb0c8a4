import type { SessionState } from '@tomoshibi/contract/people'
import { nobody } from '../../call/caller.ts'
import type { Call } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { confirmSession } from '../identity.ts'
import { connect, type Somebody, somebodyAt } from '../joining.ts'
import { beginChallenge } from '../second-factor/challenge.ts'
import { takesSecondStep } from '../second-steps.ts'
import { enter, sessionState, signedIn } from '../service.ts'
import { beganWith, stillInUse } from './in-use.ts'
import { type Claims, isFresh } from './providers.ts'
import { addTrip, identityAt, type ProviderRow } from './store.ts'
import { comeBack, providerInUse, type Return } from './trips.ts'

type Finished = SessionState & {
  readonly did: 'signed_in' | 'linked' | 'confirmed'
  readonly became: Somebody['became']
  readonly returnTo: string
}

/**
 * Does what the browser left for, with what the provider answered.
 *
 * @throws Failure as the operation says
 */
export async function finish(
  call: Call,
  { provider: id, response }: { readonly provider: string; readonly response: string },
): Promise<Finished> {
  const { people, visit } = call
  people.limits.begin({ account: null, address: visit.address })
  const known = await providerInUse(call, id)
  const back = await comeBack(call, known.provider, response)
  const claims = await people.providers.claimsOf(known, back.answered, back.secrets)
  const { returnTo, purpose } = back.trip
  if (purpose === 'confirm') {
    await confirmBy(call, known.provider, back, claims)
    return { ...(await sessionState(call)), did: 'confirmed', became: 'known', returnTo }
  }
  if (purpose === 'link') {
    const became = await linkTo(call, known.provider, claims)
    return { ...(await sessionState(call)), did: 'linked', became, returnTo }
  }
  const { userId, became } = await call.state.transaction(async (tx) =>
    somebodyAt(tx, call, await stillInUse(tx, id), claims, back.trip.language),
  )
  call.mails.wake()
  const state = await signInWith(call, known.provider, { userId, back, claims })
  return { ...state, did: 'signed_in', became, returnTo }
}

async function confirmBy(call: Call, provider: ProviderRow, { trip }: Return, claims: Claims) {
  const { userId, sessionId } = signedIn(call)
  const { id, name } = provider
  const identity = await identityAt(call.state.db, id, claims.sub)
  if (identity?.userId !== userId) throw new Failure('PROVIDER_NOT_LINKED', { provider: name })
  if (!isFresh(claims, trip.createdAt.epochMilliseconds)) {
    throw new Failure('PROVIDER_NOT_FRESH', { provider: name })
  }
  await confirmSession(call.state.db, sessionId, call.clock.now())
}

async function linkTo(call: Call, provider: ProviderRow, claims: Claims) {
  const { userId } = signedIn(call)
  const became = await call.state.transaction(async (tx) =>
    connect(tx, call, await stillInUse(tx, provider.id), claims, userId),
  )
  call.mails.wake()
  return became
}

interface Arrival {
  readonly userId: string
  readonly back: Return
  readonly claims: Claims
}

/** Begins a session, or asks for the code of who has a second factor here. */
async function signInWith(
  call: Call,
  provider: ProviderRow,
  { userId, back, claims }: Arrival,
): Promise<SessionState> {
  const { clock, state, people, visit } = call
  const asksForCode = !provider.trustsSecondFactor && (await takesSecondStep(state.db, userId))
  if (asksForCode) {
    await people.identity.signOut(visit)
    const { hash, expiresAt } = await beginChallenge(call, userId)
    const trip = { ...back.trip, hash, purpose: 'second_step' as const, sessionId: null }
    await state.transaction((tx) => addTrip(tx, { ...trip, createdAt: clock.now(), expiresAt }))
    return await sessionState(call, nobody(call.workspaceId), { halfWay: userId })
  }
  // Who was signed in at the provider all day has not shown here again who they are.
  const isShown = isFresh(claims, back.trip.createdAt.epochMilliseconds)
  return await enter(call, userId, 'provider', {
    confirmedAt: isShown ? clock.now() : null,
    begun: (sessionId) => beganWith(call, sessionId, provider.id),
  })
}

import type { Language } from '@tomoshibi/contract/text'
import type { Visit } from '../../call/caller.ts'
import type { Call } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { scopes } from '../../secrets/service.ts'
import { hashOfLink, isSameHash, newLinkSecret } from '../people.ts'
import type { KnownProvider } from './client.ts'
import { ownPath, redirectPath, secretsOf, type TripSecrets, tripMinutes } from './providers.ts'
import { addTrip, type ProviderRow, providerAt, type TripRow, takeTrip } from './store.ts'

/** Of who is on the way to a provider and back. */
const cookieName = 'tomoshibi.single_sign_on'

/** Where the secret of our client at a provider is sealed. */
export const secretPlace = (id: string) =>
  ({ scope: scopes.installation, name: `provider.${id}` }) as const

/** What the provider is told to send browsers back to: by the settings, whatever the request says. */
export const redirectUrlOf = ({ address }: Pick<Call, 'address'>, id: string): string =>
  `${address.origin}${redirectPath(id)}`

/** A provider that is on. @throws Failure PROVIDER_NOT_FOUND */
export async function providerInUse(call: Call, id: string): Promise<KnownProvider> {
  const { state, secrets } = call
  const provider = await providerAt(state.db, id)
  const secret = provider?.enabled ? await secrets.get(state.db, secretPlace(id)) : null
  if (provider === null || secret === null)
    throw new Failure('PROVIDER_NOT_FOUND', { provider: id })
  return { provider, secret }
}

export interface Departure {
  readonly provider: string
  readonly returnTo: string
  readonly language?: Language | undefined
}

/**
 * Sends the browser to a provider: what is to come back is bound to a cookie of it.
 *
 * @returns the address there
 * @throws Failure PROVIDER_NOT_FOUND, PROVIDER_UNREACHABLE, TOO_MANY_ATTEMPTS
 */
export async function leave(
  call: Call,
  { provider: id, returnTo, language = undefined }: Departure,
  purpose: 'sign_in' | 'link' | 'confirm',
): Promise<{ readonly uri: string }> {
  const { people, visit, clock, state, address } = call
  people.limits.begin({ account: null, address: visit.address })
  const known = await providerInUse(call, id)
  const { text, hash } = newLinkSecret()
  const uri = await people.providers.signInUrl(known, {
    redirectUrl: redirectUrlOf(call, id),
    secrets: secretsOf(text),
    language: language ?? null,
    anew: purpose === 'confirm',
  })
  const createdAt = clock.now()
  const trip: TripRow = {
    hash,
    providerId: id,
    purpose,
    sessionId: purpose === 'sign_in' ? null : (call.caller.person?.sessionId ?? null),
    returnTo: ownPath(returnTo, address.origin),
    language: language ?? null,
    createdAt,
    expiresAt: createdAt.add({ minutes: tripMinutes }),
  }
  await state.transaction((tx) => addTrip(tx, trip))
  const maxAge = tripMinutes * 60
  visit.setCookie(`${cookieName}=${text}; Max-Age=${maxAge}; Path=/; HttpOnly; SameSite=Lax`)
  return { uri }
}

function cookieTextOf({ cookie }: Pick<Visit, 'cookie'>): string | null {
  const pair = cookie.split(/; */).find((each) => each.startsWith(`${cookieName}=`))
  return pair?.slice(cookieName.length + 1) || null
}

export interface Return {
  readonly trip: TripRow
  readonly secrets: TripSecrets
  /** The redirect address with the provider's answer. */
  readonly answered: URL
}

/**
 * Takes the browser back in that left for this provider: once, in its time, and in the session for which it left.
 *
 * @param response what stands after ? in the address
 * @throws Failure PROVIDER_SIGN_IN_OVER
 */
export async function comeBack(call: Call, { id }: ProviderRow, response: string): Promise<Return> {
  const { visit, clock, state, address, caller } = call
  const minutes = String(tripMinutes)
  const over = () => new Failure('PROVIDER_SIGN_IN_OVER', { address: address.origin, minutes })
  const text = cookieTextOf(visit)
  if (text === null) throw over()
  const answered = new URL(redirectUrlOf(call, id))
  answered.search = response
  const secrets = secretsOf(text)
  // Before it is used up: whoever makes a browser open some address must not end what it began.
  const [given = '', ...more] = answered.searchParams.getAll('state')
  if (more.length > 0 || !isSameHash(given, secrets.state)) throw over()
  const trip = await state.transaction((tx) => takeTrip(tx, hashOfLink(text), clock.now()))
  visit.setCookie(`${cookieName}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax`)
  // An answer that comes on the path of another provider may be another one's (mix-up).
  if (trip === null || trip.providerId !== id || trip.purpose === 'second_step') throw over()
  if (trip.sessionId !== null && trip.sessionId !== caller.person?.sessionId) throw over()
  return { trip, secrets, answered }
}

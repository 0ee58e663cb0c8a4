import type { Defence } from './defences.ts'

const providers = 'packages/server/src/people/providers'
const attacks = `${providers}/single-sign-on-attacks.test.ts`
const flow = `${providers}/single-sign-on.test.ts`
const rules = `${providers}/providers.test.ts`
const client = `${providers}/client.ts`
const trips = `${providers}/trips.ts`
const joining = 'packages/server/src/people/joining.ts'

const of = (
  attack: string,
  file: string,
  taken: readonly [string, string],
  seen: readonly [string, string],
): Defence => ({
  attack: `single sign-on: ${attack}`,
  file,
  defence: taken[0],
  without: taken[1],
  test: seen[0],
  named: seen[1],
})

/** What stands against attacks on signing in with an identity provider. */
export const singleSignOnDefences: readonly Defence[] = [
  of(
    'an answer without its state, or with another one',
    trips,
    ['if (more.length > 0 || !isSameHash(given, secrets.state)) throw over()', ''],
    [attacks, 'without its state, or with another one, is not looked at'],
  ),
  of(
    'an answer used twice',
    `${providers}/store.ts`,
    [
      '.delete(providerTrips)\n      .where(and(eq(providerTrips.hash, hash)',
      '.update(providerTrips)\n      .set({ returnTo: "/" })\n      .where(and(eq(providerTrips.hash, hash)',
    ],
    [attacks, 'that was used is good no more, with its cookie kept'],
  ),
  of(
    'an answer that comes late',
    `${providers}/store.ts`,
    [
      '.where(and(eq(providerTrips.hash, hash), gt(providerTrips.expiresAt, now)))',
      '.where(eq(providerTrips.hash, hash))',
    ],
    [attacks, 'that comes after its time is over is not taken'],
  ),
  of(
    'a code of another browser',
    `${providers}/providers.ts`,
    ["codeVerifier: derived('code verifier'),", "codeVerifier: 'a'.repeat(43),"],
    [attacks, 'of another browser is worth nothing in this one: PKCE is bound to it'],
  ),
  of(
    'an answer for one provider on the path of another (mix-up)',
    trips,
    [
      "if (trip === null || trip.providerId !== id || trip.purpose === 'second_step') throw over()",
      'if (trip === null) throw over()',
    ],
    [attacks, 'of one provider is not taken for one of another (mix-up)'],
  ),
  of(
    'a token that somebody else signed',
    client,
    ['oidc.enableNonRepudiationChecks,', ''],
    [attacks, 'with a signature of somebody else'],
  ),
  of(
    'a provider that calls itself something else',
    client,
    ["if (told.issuer !== issuer) throw new ProviderTrouble('otherIssuer')", ''],
    [attacks, 'may say where it is, as long as that is safe'],
  ),
  of(
    'a provider that names an address without TLS',
    client,
    ["if (!mayName(issuer, new URL(signIn))) throw new ProviderTrouble('plain')", ''],
    [attacks, 'may say where it is, as long as that is safe'],
  ),
  of(
    'a provider that sends us elsewhere',
    `${providers}/fetching.ts`,
    ["redirect: 'manual',", "redirect: 'follow',"],
    [attacks, 'does not send us elsewhere, and does not fill our memory'],
  ),
  of(
    'a provider that answers without end',
    `${providers}/fetching.ts`,
    ["if (bytes > mostBytes) throw new ProviderTrouble('tooLong')", ''],
    [attacks, 'does not send us elsewhere, and does not fill our memory'],
  ),
  of(
    'an issuer without TLS',
    'packages/contract/src/identity-providers.ts',
    [
      "return protocol === 'https:' || (protocol === 'http:' && localHosts.includes(hostname))",
      'return true',
    ],
    [attacks, 'of a provider are https, or of this machine'],
  ),
  of(
    'an address that was not verified',
    `${providers}/providers.ts`,
    ['if (claims.email_verified !== true) return false', ''],
    [attacks, 'is not taken over by an address that was not verified, or is of another domain'],
  ),
  of(
    'an address of another domain',
    `${providers}/providers.ts`,
    [
      'if (email === undefined || !domains.includes(domainOf(email))) return null',
      'if (email === undefined) return null',
    ],
    [attacks, 'is not taken over by an address that was not verified, or is of another domain'],
  ),
  of(
    'a private account at Google with an address of the company',
    `${providers}/providers.ts`,
    [
      "return hostname !== 'accounts.google.com' || claims.hd?.toLowerCase() === domainOf(email)",
      'return true',
    ],
    [rules, 'of a private account at Google'],
  ),
  of(
    'an address that was given to somebody else',
    joining,
    ['if (there !== null || here.some((one) => one.providerId === id)) {', 'if (there !== null) {'],
    [attacks, 'is not taken over by who was given the address after them'],
  ),
  of(
    "connecting somebody's account from another session",
    trips,
    [
      'if (trip.sessionId !== null && trip.sessionId !== caller.person?.sessionId) throw over()',
      '',
    ],
    [attacks, 'is not connected to that of somebody who has a page open (link CSRF)'],
  ),
  of(
    'connecting an account without showing who one is',
    'packages/contract/src/identity-providers.ts',
    ["beginLink: confirmedOperation('signed_in')", "beginLink: operation('signed_in')"],
    [attacks, 'is connected only by who showed again who they are'],
  ),
  of(
    'an open redirect through the page to come back to',
    `${providers}/providers.ts`,
    [
      "if (!given.startsWith('/') || url.origin !== origin || url.pathname.startsWith('//')) return '/'",
      '',
    ],
    [rules, 'would lead elsewhere, or is no path'],
  ),
  of(
    'coming back after being taken out of all workspaces',
    joining,
    ['if ((await membershipsOf(tx, userId)).length > 0) return', 'return'],
    [flow, 'is let in by no provider, not even by one that makes members'],
  ),
  of(
    'coming back after the provider was switched off',
    `${providers}/in-use.ts`,
    [
      "if (!provider?.enabled) throw new Failure('PROVIDER_NOT_FOUND', { provider: id })",
      "if (provider === null) throw new Failure('PROVIDER_NOT_FOUND', { provider: id })",
    ],
    [flow, 'of ours is asked for, unless that of the provider stands for it'],
  ),
  of(
    'leaving out the second step by a provider',
    `${providers}/service.ts`,
    [
      'const asksForCode = !provider.trustsSecondFactor && (await takesSecondStep(state.db, userId))',
      'const asksForCode = false',
    ],
    [flow, 'of ours is asked for, unless that of the provider stands for it'],
  ),
  of(
    'confirming with a sign-in of long ago',
    `${providers}/providers.ts`,
    [
      'claims.auth_time !== undefined && claims.auth_time >= sinceMs / 1000 - clocksApartSeconds',
      'claims.sub !== undefined || sinceMs > clocksApartSeconds',
    ],
    [flow, 'confirms who it is by signing in anew there, and not by having been signed in'],
  ),
  of(
    'confirming as somebody else',
    `${providers}/service.ts`,
    [
      "if (identity?.userId !== userId) throw new Failure('PROVIDER_NOT_LINKED', { provider: name })",
      '',
    ],
    [flow, 'confirms who it is by signing in anew there, and not by having been signed in'],
  ),
  of(
    'taking the last way in',
    `${providers}/own.ts`,
    ['await checkWayInRemains(tx, userId)', ''],
    [flow, 'does not take the last way in'],
  ),
  of(
    'reading state and nonce in the audit log',
    'packages/server/src/audit/redact.ts',
    ["  'uri',\n", ''],
    [attacks, 'and what is on its way are readable nowhere'],
  ),
]

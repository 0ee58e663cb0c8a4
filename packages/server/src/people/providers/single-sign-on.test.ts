import type { JWTPayload } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { codeAt } from '../second-factor/second-factor.ts'
import {
  type Browser,
  join,
  makeOwner,
  type PeopleServer,
  startPeopleServer,
  strongPassword,
} from '../testing.ts'
import {
  comeBackTo,
  leaveFor,
  settingsOf,
  startTestProvider,
  type TestProvider,
} from './testing.ts'

const now = '2026-11-21T03:00:00Z'
/** By our clock, in seconds since 1970. */
const nowSeconds = Date.parse(now) / 1000

let here: PeopleServer
let owner: Browser
let provider: TestProvider
beforeAll(async () => {
  ;[here, provider] = await Promise.all([startPeopleServer(now), startTestProvider()])
  owner = here.browser()
  await makeOwner(here, owner)
  expect((await set()).code).toBeNull()
})
afterAll(() => Promise.all([here.close(), provider.close()]))

const settings = '/api/installation/identity-providers/company'
const set = (more: object = {}) =>
  owner.ask(settings, { method: 'PUT', payload: { ...settingsOf(provider), ...more } })

let addresses = 0
function elsewhere(): Browser {
  addresses += 1
  return here.browser(`10.40.0.${addresses}`)
}
const post = (browser: Browser, url: string, payload: object = {}) =>
  browser.ask(url, { method: 'POST', payload })
const verified = (email: string, sub = email) => ({ sub, email, email_verified: true })

/** From the sign-in page to the provider and back. */
async function signIn(browser: Browser, claims: JWTPayload & { sub: string }, more: object = {}) {
  const url = await leaveFor(browser, 'company', more)
  return await comeBackTo(browser, 'company', provider.signIn(url, claims))
}
const signedInAs = async (browser: Browser) =>
  z
    .object({ state: z.string(), person: z.object({ email: z.string() }).nullable() })
    .transform(({ state, person }) => person?.email ?? state)
    .parse((await browser.ask('/api/session')).body)
const invite = (email: string) => post(owner, '/api/invitations', { email, role: 'csm' })

describe('who signs in with a provider for the first time', () => {
  test('is the user who has that address, from then on by what the provider calls them', async () => {
    await join(here, owner, { email: 'mei@example.com', role: 'csm' })
    const browser = elsewhere()
    const first = await signIn(browser, verified('Mei@Example.com', 'm-1'), {
      returnTo: '/kpis?a=1',
    })
    expect(first.body).toMatchObject({
      did: 'signed_in',
      became: 'linked',
      state: 'signed_in',
      returnTo: '/kpis?a=1',
      person: { email: 'mei@example.com' },
    })
    // Another address there, not even verified: it is the same person.
    const again = await signIn(elsewhere(), { sub: 'm-1', email: 'other@elsewhere.com' })
    expect(again.body).toMatchObject({ became: 'known', person: { email: 'mei@example.com' } })
  })

  test('accepts an invitation for that address, without a password', async () => {
    await invite('aya@example.com')
    const browser = elsewhere()
    const answer = await signIn(browser, {
      ...verified('aya@example.com'),
      name: 'Aya あや',
    })
    expect(answer.body).toMatchObject({
      became: 'joined',
      person: { name: 'Aya あや', email: 'aya@example.com' },
      role: { key: 'csm' },
      confirmBy: ['provider'],
    })
    const open = z
      .array(z.object({ email: z.string() }))
      .parse((await owner.ask('/api/invitations')).body)
    expect(open.map(({ email }) => email)).not.toContain('aya@example.com')
  })

  test('becomes a member where the provider makes members, and only then', async () => {
    const refused = await signIn(elsewhere(), verified('new@example.com'))
    expect(refused.code).toBe('PROVIDER_PERSON_UNKNOWN')
    const joins = { workspaceId: here.app.id, role: 'viewer' }
    expect((await set({ joins: { ...joins, role: 'owner' } })).code).toBe('BAD_INPUT')
    expect((await set({ joins: { ...joins, role: 'none' } })).code).toBe('ROLE_NOT_FOUND')
    await set({ joins })
    const joined = await signIn(elsewhere(), verified('new@example.com'))
    expect(joined.body).toMatchObject({ became: 'joined', role: { key: 'viewer' } })
    await set()
  })
})

describe('who was taken out of all workspaces', () => {
  test('is let in by no provider, not even by one that makes members', async () => {
    const email = 'gone@example.com'
    await set({ joins: { workspaceId: here.app.id, role: 'viewer' } })
    const browser = elsewhere()
    await signIn(browser, verified(email))
    const people = z.array(z.object({ userId: z.string(), email: z.string() }))
    const all = people.parse((await owner.ask('/api/people')).body)
    const id = all.find((one) => one.email === email)?.userId
    await post(owner, `/api/people/${id}/remove`)
    expect((await browser.ask('/api/accounts')).code).toBe('FORBIDDEN')
    expect((await signIn(elsewhere(), verified(email))).code).toBe('PROVIDER_PERSON_UNKNOWN')
    // As somebody whom the provider calls by another name, too.
    expect((await signIn(elsewhere(), verified(email, 's-2'))).code).toBe('PROVIDER_PERSON_UNKNOWN')
    await set()
    await invite(email)
    expect((await signIn(elsewhere(), verified(email))).body).toMatchObject({ became: 'known' })
  })
})

describe('a provider that is switched off', () => {
  test('lets nobody in, and its sessions can be ended', async () => {
    await invite('off@example.com')
    const [browser, late] = [elsewhere(), elsewhere()]
    await signIn(browser, verified('off@example.com'))
    const url = await leaveFor(late, 'company')
    const withPassword = await join(here, owner, { email: 'kept@example.com', role: 'csm' })
    await set({ enabled: false })
    expect((await post(late, '/api/session/single-sign-on/company/begin')).code).toBe(
      'PROVIDER_NOT_FOUND',
    )
    const back = provider.signIn(url, verified('off@example.com'))
    expect((await comeBackTo(late, 'company', back)).code).toBe('PROVIDER_NOT_FOUND')
    expect((await browser.ask('/api/session')).body).toMatchObject({
      state: 'signed_in',
      ways: { providers: [] },
      confirmBy: [],
    })
    const ended = await post(owner, `${settings}/end-sessions`)
    expect(z.object({ ended: z.int() }).parse(ended.body).ended).toBeGreaterThan(0)
    expect(await signedInAs(browser)).toBe('signed_out')
    expect(await signedInAs(withPassword)).toBe('kept@example.com')
    await set()
  })

  test('that is removed takes its sessions and who was connected with it', async () => {
    const second = await startTestProvider()
    const path = '/api/installation/identity-providers/second'
    const payload = settingsOf(second)
    await owner.ask(path, { method: 'PUT', payload })
    await invite('second@example.com')
    const browser = elsewhere()
    const url = await leaveFor(browser, 'second')
    await comeBackTo(browser, 'second', second.signIn(url, verified('second@example.com')))
    expect(await signedInAs(browser)).toBe('second@example.com')
    await post(owner, `${path}/remove`)
    expect(await signedInAs(browser)).toBe('signed_out')
    const { rows } = await here.app.ports.state.pool.query(
      "SELECT 1 FROM provider_identities WHERE provider_id = 'second'",
    )
    expect(rows).toEqual([])
    await second.close()
  })
})

describe('a second factor', () => {
  test('of ours is asked for, unless that of the provider stands for it', async () => {
    const email = 'codes@example.com'
    const browser = await join(here, owner, { email, role: 'csm' })
    const begun = await post(browser, '/api/session/second-factor/begin', {
      password: strongPassword,
    })
    const { secret } = z.object({ secret: z.string() }).parse(begun.body)
    const at = here.app.ports.clock.now()
    await post(browser, '/api/session/second-factor/confirm', { code: codeAt(secret, at) })
    const half = elsewhere()
    expect((await signIn(half, verified(email))).body).toMatchObject({
      state: 'second_step',
      person: null,
    })
    expect((await half.ask('/api/accounts')).code).toBe('SIGN_IN_NEEDED')
    here.app.at(at.add({ minutes: 1 }).toString())
    const code = codeAt(secret, here.app.ports.clock.now())
    await post(half, '/api/session/second-step', { code })
    expect(await signedInAs(half)).toBe(email)
    // It began with the provider, and ends with it.
    await post(owner, `${settings}/end-sessions`)
    expect(await signedInAs(half)).toBe('signed_out')

    const late = elsewhere()
    await signIn(late, verified(email))
    await set({ enabled: false })
    here.app.at(at.add({ minutes: 2 }).toString())
    const next = codeAt(secret, here.app.ports.clock.now())
    expect((await post(late, '/api/session/second-step', { code: next })).code).toBe(
      'PROVIDER_NOT_FOUND',
    )
    expect(await signedInAs(late)).toBe('signed_out')
    await set({ trustsSecondFactor: true })
    const answer = await signIn(elsewhere(), verified(email))
    expect(answer.body).toMatchObject({ state: 'signed_in' })
    await set()
    here.app.at(now)
  })

  test('that a workspace requires is not asked for where that of the provider stands for it', async () => {
    const askFor = (secondFactor: string) =>
      owner.ask('/api/workspace', { method: 'PATCH', payload: { settings: { secondFactor } } })
    await invite('required@example.com')
    const browser = elsewhere()
    await signIn(browser, verified('required@example.com'))
    await askFor('everybody')
    try {
      const needs = async () => (await browser.ask('/api/session')).body
      expect(await needs()).toMatchObject({ needs: 'second_factor', permissions: [] })
      // The owner could not: they need one as well now.
      const trusting = { id: 'company', ...settingsOf(provider), trustsSecondFactor: true }
      await here.app.caller.identityProviders.set(trusting)
      expect(await needs()).toMatchObject({ needs: null })
      await here.app.caller.identityProviders.set({ ...trusting, enabled: false })
      expect(await needs()).toMatchObject({ needs: 'second_factor' })
    } finally {
      await here.app.caller.workspace.configure({ reset: ['secondFactor'] })
      await set()
    }
  })
})

describe('the own page', () => {
  const own = '/api/session/single-sign-on'
  const begin = async (browser: Browser, what: 'link' | 'confirm', more: object = {}) => {
    const answer = await post(browser, `${own}/company/begin-${what}`, more)
    return z.object({ uri: z.string() }).parse(answer.body).uri
  }

  test('connects an account, whatever its address there, and takes that back', async () => {
    const browser = await join(here, owner, { email: 'link@example.com', role: 'csm' })
    const url = await begin(browser, 'link', { returnTo: '/you' })
    const back = provider.signIn(url, { sub: 'l-1', email: 'private@elsewhere.com' })
    expect((await comeBackTo(browser, 'company', back)).body).toMatchObject({
      did: 'linked',
      became: 'linked',
      returnTo: '/you',
      confirmBy: ['password', 'provider'],
    })
    expect((await browser.ask(own)).body).toMatchObject([
      { provider: 'company', linked: { email: 'private@elsewhere.com' } },
    ])
    const inside = elsewhere()
    await signIn(inside, { sub: 'l-1' })
    expect(await signedInAs(inside)).toBe('link@example.com')
    await post(browser, `${own}/company/unlink`)
    expect(await signedInAs(inside)).toBe('signed_out')
    expect(await signedInAs(browser)).toBe('link@example.com')
    expect((await signIn(elsewhere(), { sub: 'l-1' })).code).toBe('PROVIDER_EMAIL_NOT_VOUCHED')
  })

  test('does not take the last way in', async () => {
    await invite('only@example.com')
    const browser = elsewhere()
    await signIn(browser, { ...verified('only@example.com'), auth_time: nowSeconds })
    expect((await post(browser, `${own}/company/unlink`)).code).toBe('LAST_WAY_IN')
    expect((await browser.ask(own)).body).toMatchObject([{ linked: { email: 'only@example.com' } }])
  })

  test('confirms who it is by signing in anew there, and not by having been signed in', async () => {
    await invite('confirm@example.com')
    const browser = elsewhere()
    // Signed in at the provider since this morning: nothing was shown here.
    await signIn(browser, {
      ...verified('confirm@example.com'),
      auth_time: nowSeconds - 9000,
    })
    const unlink = () =>
      browser.ask(`${own}/company/unlink`, { method: 'POST', payload: {}, confirms: false })
    expect((await unlink()).code).toBe('CONFIRMATION_NEEDED')
    const confirm = async (claims: object) => {
      const url = await begin(browser, 'confirm', { returnTo: '/you' })
      const { searchParams } = new URL(url)
      expect([searchParams.get('prompt'), searchParams.get('max_age')]).toEqual(['login', '0'])
      const back = provider.signIn(url, { sub: 'confirm@example.com', ...claims })
      return await comeBackTo(browser, 'company', back)
    }
    expect((await confirm({})).code).toBe('PROVIDER_NOT_FRESH')
    expect((await confirm({ auth_time: nowSeconds - 600 })).code).toBe('PROVIDER_NOT_FRESH')
    const other = await confirm({ sub: 'aya@example.com', auth_time: nowSeconds })
    expect(other.code).toBe('PROVIDER_NOT_LINKED')
    expect((await unlink()).code).toBe('CONFIRMATION_NEEDED')
    expect((await confirm({ auth_time: nowSeconds })).body).toMatchObject({ did: 'confirmed' })
    expect((await unlink()).code).toBe('LAST_WAY_IN')
  })

  test('of who has no password sets a second factor up, and a password, without one', async () => {
    await invite('bare@example.com')
    const browser = elsewhere()
    const claims = { ...verified('bare@example.com'), auth_time: nowSeconds }
    await signIn(browser, claims)
    const begun = await post(browser, '/api/session/second-factor/begin')
    expect(begun.body).toMatchObject({ secret: expect.any(String) })
    const guess = await post(browser, '/api/session/second-factor/begin', { password: 'a guess' })
    expect(guess.code).toBe('SIGN_IN_REFUSED')
    const idle = elsewhere()
    await signIn(idle, { ...claims, auth_time: nowSeconds - 9000 })
    const set = { method: 'POST', payload: { password: strongPassword }, confirms: false } as const
    expect((await idle.ask('/api/session/password', set)).code).toBe('CONFIRMATION_NEEDED')
    expect((await browser.ask('/api/session/password', set)).code).toBeNull()
    // From then on it is asked for.
    expect((await browser.ask('/api/session/password', set)).code).toBe('SIGN_IN_REFUSED')
    expect((await post(browser, `${own}/company/unlink`)).code).toBeNull()
  })
})

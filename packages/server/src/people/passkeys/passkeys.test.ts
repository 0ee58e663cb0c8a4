import { createRouterClient } from '@orpc/server'
import {
  assertedCredentialSchema,
  creationOptionsSchema,
  passkeySchema,
  requestOptionsSchema,
} from '@tomoshibi/contract/passkeys'
import { sessionStateSchema } from '@tomoshibi/contract/people'
import { Temporal } from 'temporal-polyfill'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { nobody } from '../../call/caller.ts'
import { codeOf } from '../../call/testing.ts'
import { PublicAddress } from '../../platform/address.ts'
import { codeAt } from '../second-factor/second-factor.ts'
import {
  type Browser,
  join,
  makeOwner,
  type PeopleServer,
  secretOf,
  startPeopleServer,
  strongPassword,
} from '../testing.ts'
import { Authenticator, type Lies, newKey } from './testing.ts'

let here: PeopleServer
let owner: Browser
let now = Temporal.Instant.from('2026-11-21T03:00:00Z')
beforeAll(async () => {
  here = await startPeopleServer()
  owner = here.browser()
  await makeOwner(here, owner)
})
afterAll(() => here.close())
/** A day later, so that nothing of an earlier test counts. */
beforeEach(() => later({ hours: 24 }))

function later(by: { hours?: number; minutes?: number; seconds?: number }) {
  now = now.add(by)
  here.app.at(now.toString())
}

const post = (browser: Browser, url: string, payload: object = {}, confirms = true) =>
  browser.ask(url, { method: 'POST', payload, confirms })
let addresses = 0
const elsewhere = () => {
  addresses += 1
  return here.browser(`10.40.0.${addresses}`)
}
const stateOf = async (browser: Browser) =>
  sessionStateSchema.parse((await browser.ask('/api/session')).body)
const begunAdding = async (browser: Browser) =>
  creationOptionsSchema.parse((await post(browser, '/api/session/passkeys/begin')).body)
const begunSignIn = async (browser: Browser) =>
  requestOptionsSchema.parse((await post(browser, '/api/session/passkey/begin')).body)
const begunStep = async (browser: Browser) =>
  requestOptionsSchema.parse((await post(browser, '/api/session/second-step/passkey/begin')).body)

interface Person {
  readonly email: string
  readonly browser: Browser
  readonly userId: string
}

async function member(email: string, role = 'csm'): Promise<Person> {
  const browser = await join(here, owner, { email, role })
  const userId = (await stateOf(browser)).person?.userId ?? ''
  return { email, browser, userId }
}

async function addTo(browser: Browser, authenticator = new Authenticator(), lies: Lies = {}) {
  const credential = authenticator.create(await begunAdding(browser), lies)
  return await post(browser, '/api/session/passkeys', { credential })
}

/** A member with one passkey and no other second step. */
async function withPasskey(email: string, role = 'csm') {
  const person = await member(email, role)
  const authenticator = new Authenticator()
  const passkey = passkeySchema.parse((await addTo(person.browser, authenticator)).body)
  return { ...person, authenticator, passkey }
}

/** Signs in with the passkey alone. */
async function signIn(authenticator: Authenticator, lies: Lies = {}, browser = elsewhere()) {
  const credential = authenticator.get(await begunSignIn(browser), lies)
  return await post(browser, '/api/session/passkey', { credential })
}

/** With the right password; the second step is still to come. */
async function half({ email }: Pick<Person, 'email'>, browser = elsewhere()): Promise<Browser> {
  const answer = await post(browser, '/api/session/sign-in', { email, password: strongPassword })
  expect(answer.body).toMatchObject({ state: 'second_step', person: null })
  return browser
}

async function step(browser: Browser, authenticator: Authenticator, lies: Lies = {}) {
  const credential = authenticator.get(await begunStep(browser), lies)
  return await post(browser, '/api/session/second-step/passkey', { credential })
}

describe('adding a passkey', () => {
  test('asks who one is first, names it, tells the person, and ends sessions of the password alone', async () => {
    const { browser, email } = await member('add@example.com')
    const other = elsewhere()
    await post(other, '/api/session/sign-in', { email, password: strongPassword })
    later({ hours: 1 })
    const unasked = await post(browser, '/api/session/passkeys/begin', {}, false)
    expect(unasked.code).toBe('CONFIRMATION_NEEDED')
    const options = await begunAdding(browser)
    expect(options).toMatchObject({
      rp: { id: 'localhost' },
      attestation: 'none',
      pubKeyCredParams: [-7, -8, -257].map((alg) => ({ alg, type: 'public-key' })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    })
    const aaguid = 'bada5566-a7aa-401f-bd96-45619a55120d'
    const credential = new Authenticator({ aaguid }).create(options)
    const added = await post(browser, '/api/session/passkeys', { credential })
    expect(added.body).toMatchObject({ name: '1Password', backedUp: true, usable: true })
    expect((await stateOf(other)).state).toBe('signed_out')
    expect((await stateOf(browser)).state).toBe('signed_in')
    const log = await owner.ask('/api/audit?search=passkeys.add&outcome=done')
    expect(log.body).toMatchObject([{ action: 'passkeys.add', outcome: 'done' }])
    expect(JSON.stringify(log.body)).not.toContain(credential.response.attestationObject)
  })

  test.each<[string, Lies, string]>([
    ['a page of another origin', { origin: 'http://localhost:4748' }, 'PASSKEY_REFUSED'],
    ['another host', { rpId: 'example.com' }, 'PASSKEY_REFUSED'],
    ['nobody having been verified', { verified: false }, 'PASSKEY_REFUSED'],
    ['a use in place of a making', { type: 'webauthn.get' }, 'PASSKEY_REFUSED'],
    ['a challenge of its own', { challenge: 'YQ' }, 'PASSKEY_OVER'],
  ])('refuses %s', async (_, lies, code) => {
    expect((await addTo(owner, new Authenticator(), lies)).code).toBe(code)
    expect((await owner.ask('/api/session/passkeys')).body).toEqual([])
  })

  test('takes a challenge once, in time, for this purpose, from who it was made for', async () => {
    const { browser, email } = await member('once@example.com')
    const [first, second] = [new Authenticator(), new Authenticator()]
    const options = await begunAdding(browser)
    const add = (by: Browser, credential: object) =>
      post(by, '/api/session/passkeys', { credential })
    expect((await add(browser, first.create(options))).code).toBeNull()
    expect((await add(browser, second.create(options))).code).toBe('PASSKEY_OVER')
    const slow = await begunAdding(browser)
    later({ minutes: 10 })
    expect((await add(browser, second.create(slow))).code).toBe('PASSKEY_OVER')
    const { challenge } = await begunSignIn(browser)
    const forAnother = { ...(await begunAdding(browser)), challenge }
    expect((await add(browser, second.create(forAnother))).code).toBe('PASSKEY_OVER')
    // Another browser of the same person, and another person in the same browser.
    const left = await begunAdding(browser)
    const other = elsewhere()
    const signedIn = await signIn(first, {}, other)
    expect(signedIn.body).toMatchObject({ state: 'signed_in', person: { email } })
    expect((await add(other, second.create(left))).code).toBe('PASSKEY_OVER')
    const planted = await begunAdding(browser)
    await post(browser, '/api/session/sign-out')
    await post(browser, '/api/session/sign-in', {
      email: 'owner@example.com',
      password: strongPassword,
    })
    expect((await add(browser, second.create(planted))).code).toBe('PASSKEY_OVER')
  })

  test('refuses a credential that somebody has', async () => {
    const { authenticator } = await withPasskey('first@example.com')
    const { browser } = await member('second@example.com')
    expect((await addTo(browser, authenticator)).code).toBe('PASSKEY_KNOWN')
    expect((await browser.ask('/api/session/passkeys')).body).toEqual([])
  })
})

describe('signing in with a passkey alone', () => {
  test('needs no address and no code, and counts as having shown who one is', async () => {
    const { authenticator, browser, email, passkey } = await withPasskey('alone@example.com')
    const { secret } = z
      .object({ secret: z.string() })
      .parse(
        (await post(browser, '/api/session/second-factor/begin', { password: strongPassword }))
          .body,
      )
    await post(browser, '/api/session/second-factor/confirm', { code: codeAt(secret, now) })
    const visitor = elsewhere()
    const options = await begunSignIn(visitor)
    expect(options.allowCredentials).toEqual([])
    expect(options.userVerification).toBe('required')
    const credential = authenticator.get(options)
    const answer = await post(visitor, '/api/session/passkey', { credential, language: 'ja' })
    expect(answer.body).toMatchObject({
      state: 'signed_in',
      person: { email },
      confirmBy: ['password', 'passkey'],
    })
    expect((await post(visitor, '/api/session/passkeys/begin', {}, false)).code).toBeNull()
    const list = z.array(passkeySchema).parse((await visitor.ask('/api/session/passkeys')).body)
    expect(list).toMatchObject([{ id: passkey.id, lastUsedAt: now.toString() }])
    const { rows } = await here.app.ports.state.pool.query(
      "SELECT signed_in_by FROM sessions JOIN users ON users.id = user_id WHERE email = 'alone@example.com'",
    )
    expect(rows.map((row) => row.signed_in_by).sort()).toEqual(['passkey', 'password'])
  })

  let whole: Awaited<ReturnType<typeof withPasskey>>
  beforeAll(async () => {
    whole = await withPasskey('whole@example.com')
  })
  test.each<[string, Lies | ((authenticator: Authenticator) => Lies)]>([
    ['a page of another origin', { origin: 'https://localhost.example.com' }],
    ['a page of another port', { origin: 'http://localhost:4748' }],
    ['another host', { rpId: 'example.com' }],
    ['nobody having been verified', { verified: false }],
    ['a signature by another key', { key: newKey().privateKey }],
    ['a count that stays (a copy)', ({ counter }) => ({ counter })],
    ['a count that goes back (a copy)', ({ counter }) => ({ counter: counter - 1 })],
    ['the name of another person', { userHandle: 'bm9ib2R5' }],
    ['no name of a person', { userHandle: undefined }],
    ['a credential that nobody has', { credentialId: 'AAAA' }],
    ['a making in place of a use', { type: 'webauthn.create' }],
  ])('refuses %s, and says the same of each', async (_, given) => {
    const { authenticator } = whole
    expect((await signIn(authenticator)).code).toBeNull()
    const lies = typeof given === 'function' ? given(authenticator) : given
    const answer = await signIn(authenticator, lies)
    expect(answer).toMatchObject({ code: 'PASSKEY_REFUSED', cookies: [] })
    const log = await owner.ask('/api/audit?search=passkeys.signIn&outcome=refused&limit=1')
    expect(log.body).toMatchObject([{ code: 'PASSKEY_REFUSED' }])
    // What was refused changed nothing.
    expect((await signIn(authenticator)).code).toBeNull()
  })

  test('takes a challenge once, in time, for this purpose, in the browser that asked', async () => {
    const { authenticator, browser, email } = await withPasskey('challenge@example.com')
    const use = (by: Browser, credential: object) =>
      post(by, '/api/session/passkey', { credential })
    const visitor = elsewhere()
    const options = await begunSignIn(visitor)
    const credential = authenticator.get(options)
    const thief = elsewhere()
    await begunSignIn(thief)
    expect((await use(thief, authenticator.get(options))).code).toBe('PASSKEY_OVER')
    // Whoever tried it from elsewhere used it up: nothing is left to race for.
    expect((await use(visitor, credential)).code).toBe('PASSKEY_OVER')
    const again = await begunSignIn(visitor)
    expect((await use(visitor, authenticator.get(again))).code).toBeNull()
    await post(visitor, '/api/session/sign-out')
    expect((await use(visitor, authenticator.get(again))).code).toBe('PASSKEY_OVER')
    const slow = await begunSignIn(visitor)
    later({ minutes: 10 })
    expect((await use(visitor, authenticator.get(slow))).code).toBe('PASSKEY_OVER')
    const halfWay = await half({ email })
    expect((await use(halfWay, authenticator.get(await begunStep(halfWay)))).code).toBe(
      'PASSKEY_OVER',
    )
    const forConfirming = requestOptionsSchema.parse(
      (await post(browser, '/api/session/confirm/passkey/begin')).body,
    )
    expect((await use(browser, authenticator.get(forConfirming))).code).toBe('PASSKEY_OVER')
  })

  test('lets one of two in who bring the same answer at once', async () => {
    const { authenticator } = await withPasskey('twice@example.com')
    const visitor = elsewhere()
    const credential = authenticator.get(await begunSignIn(visitor))
    const answers = await Promise.all(
      [1, 2, 3].map(() => post(visitor, '/api/session/passkey', { credential })),
    )
    expect(answers.filter(({ code }) => code === null)).toHaveLength(1)
  })

  test('takes challenges of several tabs of one browser', async () => {
    const { authenticator } = await withPasskey('tabs@example.com')
    const visitor = elsewhere()
    const first = await begunSignIn(visitor)
    await begunSignIn(visitor)
    const credential = authenticator.get(first)
    expect((await post(visitor, '/api/session/passkey', { credential })).code).toBeNull()
  })

  test('begins a session under a new token, and ends the one that the browser had', async () => {
    const { authenticator, email } = await withPasskey('fixed@example.com')
    const attacker = await member('planter@example.com', 'viewer')
    const planted = attacker.browser.cookie()
    const victim = elsewhere()
    victim.setCookie(planted)
    expect((await signIn(authenticator, {}, victim)).body).toMatchObject({ person: { email } })
    expect((await stateOf(attacker.browser)).state).toBe('signed_out')
  })

  test('is over with a passkey that was removed, and removing one ends other sessions', async () => {
    const { authenticator, browser, passkey } = await withPasskey('removed@example.com')
    const other = elsewhere()
    await signIn(authenticator, {}, other)
    const stranger = await member('stranger@example.com')
    const path = `/api/session/passkeys/${passkey.id}/remove`
    expect((await post(stranger.browser, path)).code).toBe('PASSKEY_NOT_FOUND')
    later({ hours: 1 })
    expect((await post(browser, path, {}, false)).code).toBe('CONFIRMATION_NEEDED')
    expect((await post(browser, path)).body).toEqual([])
    expect((await stateOf(other)).state).toBe('signed_out')
    expect((await stateOf(browser)).state).toBe('signed_in')
    expect((await signIn(authenticator)).code).toBe('PASSKEY_REFUSED')
  })

  test('gives who was taken out of the workspace nothing to see', async () => {
    const { authenticator, userId } = await withPasskey('gone@example.com')
    await post(owner, `/api/people/${userId}/remove`)
    const visitor = elsewhere()
    await signIn(authenticator, {}, visitor)
    expect(await stateOf(visitor)).toMatchObject({ role: null, permissions: [] })
    expect((await visitor.ask('/api/accounts')).code).toBe('FORBIDDEN')
  })

  test('is limited by address', async () => {
    const visitor = elsewhere()
    const options = await begunSignIn(visitor)
    const credential = new Authenticator().get(options)
    const codes = new Set<string | null>()
    for (let n = 0; n < 101; n++) {
      codes.add((await post(visitor, '/api/session/passkey', { credential })).code)
    }
    expect([...codes]).toEqual(['PASSKEY_REFUSED', 'PASSKEY_OVER', 'TOO_MANY_ATTEMPTS'])
  })

  test('tells nobody which passkeys an address has, and whose a password is not', async () => {
    const { email } = await withPasskey('known@example.com')
    const challenges = new Set<string>()
    const shapeFor = async (typed: string) => {
      const visitor = elsewhere()
      const answer = await post(visitor, '/api/session/passkey/begin', { email: typed })
      const { challenge, ...rest } = requestOptionsSchema.parse(answer.body)
      challenges.add(challenge)
      return { rest, bytes: Buffer.from(challenge, 'base64url').length }
    }
    expect(await shapeFor(email)).toEqual(await shapeFor('nobody@example.com'))
    expect(await shapeFor(email)).toMatchObject({ rest: { allowCredentials: [] }, bytes: 32 })
    expect(challenges.size).toBe(3)
    const guess = (typed: string) =>
      post(elsewhere(), '/api/session/sign-in', { email: typed, password: 'not it at all' })
    expect((await guess(email)).body).toEqual((await guess('nobody@example.com')).body)
    const visitor = elsewhere()
    expect((await post(visitor, '/api/session/second-step/passkey/begin')).code).toBe(
      'SECOND_STEP_OVER',
    )
  })
})

describe('the second step', () => {
  test('is asked of who has a passkey alone, wherever a password was enough before', async () => {
    const person = await withPasskey('half@example.com')
    const browser = await half(person)
    expect((await stateOf(browser)).secondStep).toEqual({ code: false, passkey: true })
    expect((await browser.ask('/api/accounts')).code).toBe('SIGN_IN_NEEDED')
    // They have no codes, so that none is right.
    for (const code of ['000000', 'AAAA-BBBB-CCCC-DDDD-EEEE-FFFF']) {
      const answer = await post(browser, '/api/session/second-step', { code })
      expect(answer.code).toBe('SECOND_STEP_REFUSED')
    }
    const options = await begunStep(browser)
    expect(options.allowCredentials.map(({ id }) => id)).toEqual([
      person.authenticator.credentialId,
    ])
    expect((await step(browser, person.authenticator)).body).toMatchObject({ state: 'signed_in' })
    const workspace = here.operations.workspace(now.toString())
    const invited = await workspace.caller.invitations.create({
      email: person.email,
      role: 'viewer',
    })
    const accepted = await post(elsewhere(), '/api/invitations/accept', {
      link: secretOf(invited),
      name: '',
      password: strongPassword,
    })
    expect(accepted.body).toMatchObject({ state: 'second_step', person: null })
  })

  test('takes a passkey in place of a code', async () => {
    const person = await withPasskey('either@example.com')
    const begun = await post(person.browser, '/api/session/second-factor/begin', {
      password: strongPassword,
    })
    const { secret } = z.object({ secret: z.string() }).parse(begun.body)
    const code = () => codeAt(secret, now)
    await post(person.browser, '/api/session/second-factor/confirm', { code: code() })
    later({ minutes: 1 })
    const first = await half(person)
    expect((await stateOf(first)).secondStep).toEqual({ code: true, passkey: true })
    expect((await step(first, person.authenticator)).code).toBeNull()
    const second = await half(person)
    expect((await post(second, '/api/session/second-step', { code: code() })).code).toBeNull()
  })

  let whole: Awaited<ReturnType<typeof withPasskey>>
  beforeAll(async () => {
    whole = await withPasskey('whole-step@example.com')
    await signIn(whole.authenticator)
  })
  test.each<[string, Lies]>([
    ['a page of another origin', { origin: 'https://example.com' }],
    ['nobody having been verified', { verified: false }],
    ['a signature by another key', { key: newKey().privateKey }],
    ['a count that goes back', { counter: 0 }],
  ])('refuses %s', async (_, lies) => {
    const browser = await half(whole)
    expect((await step(browser, whole.authenticator, lies)).code).toBe('PASSKEY_REFUSED')
    expect((await stateOf(browser)).state).toBe('second_step')
  })

  test('refuses the passkey of another person, and challenges of another purpose or person', async () => {
    const person = await withPasskey('mine@example.com')
    const other = await withPasskey('other@example.com')
    const browser = await half(person)
    const use = (by: Browser, credential: object) =>
      post(by, '/api/session/second-step/passkey', { credential })
    expect((await step(browser, other.authenticator)).code).toBe('PASSKEY_REFUSED')
    const alone = await begunSignIn(browser)
    expect((await use(browser, person.authenticator.get(alone))).code).toBe('PASSKEY_OVER')
    const mine = await begunStep(browser)
    await half(other, browser)
    expect((await use(browser, other.authenticator.get(mine))).code).toBe('PASSKEY_OVER')
    const stranger = elsewhere()
    expect((await use(stranger, other.authenticator.get(mine))).code).toBe('SECOND_STEP_OVER')
  })

  test('is over ten minutes after the password, and after its use', async () => {
    const person = await withPasskey('slow@example.com')
    const browser = await half(person)
    const planted = browser.cookie()
    expect((await step(browser, person.authenticator)).code).toBeNull()
    const thief = elsewhere()
    thief.setCookie(planted)
    expect((await post(thief, '/api/session/second-step/passkey/begin')).code).toBe(
      'SECOND_STEP_OVER',
    )
    const slow = await half(person)
    later({ minutes: 9 })
    const options = await begunStep(slow)
    later({ minutes: 2 })
    const credential = person.authenticator.get(options)
    const answer = await post(slow, '/api/session/second-step/passkey', { credential })
    expect(answer.code).toBe('SECOND_STEP_OVER')
  })
})

describe('a workspace that requires a second step', () => {
  test('is content with a passkey, and asks again once it is gone', async () => {
    const demand = (secondFactor: string) =>
      here.asProgram('/api/workspace', { method: 'PATCH', payload: { settings: { secondFactor } } })
    const person = await member('must@example.com', 'viewer')
    await demand('everybody')
    expect((await person.browser.ask('/api/accounts')).code).toBe('FORBIDDEN')
    const authenticator = new Authenticator()
    const { id } = passkeySchema.parse((await addTo(person.browser, authenticator)).body)
    expect((await person.browser.ask('/api/accounts')).code).toBeNull()
    await half(person)
    await post(person.browser, `/api/session/passkeys/${id}/remove`)
    expect(await stateOf(person.browser)).toMatchObject({ needs: 'second_factor' })
    await demand('optional')
  })
})

describe('who manages people', () => {
  test('sees which passkeys a member has, removes one, or takes all from who lost everything', async () => {
    const person = await withPasskey('lost@example.com')
    const second = new Authenticator()
    later({ seconds: 1 })
    await addTo(person.browser, second)
    const path = `/api/people/${person.userId}`
    const listed = z.array(passkeySchema).parse((await owner.ask(`${path}/passkeys`)).body)
    expect(listed).toHaveLength(2)
    const viewer = await member('nosy@example.com', 'viewer')
    expect((await viewer.browser.ask(`${path}/passkeys`)).code).toBe('FORBIDDEN')
    const removed = await post(owner, `${path}/passkeys/${person.passkey.id}/remove`)
    expect(removed.body).toMatchObject([{ id: listed[1]?.id }])
    expect((await stateOf(person.browser)).state).toBe('signed_out')
    expect((await signIn(person.authenticator)).code).toBe('PASSKEY_REFUSED')
    const inside = elsewhere()
    expect((await signIn(second, {}, inside)).code).toBeNull()
    expect((await post(owner, `${path}/reset-second-factor`)).body).toEqual({ reset: true })
    expect((await stateOf(inside)).state).toBe('signed_out')
    expect((await signIn(second)).code).toBe('PASSKEY_REFUSED')
    const { email } = person
    const plain = await post(elsewhere(), '/api/session/sign-in', {
      email,
      password: strongPassword,
    })
    expect(plain.body).toMatchObject({ state: 'signed_in' })
  })

  test('touches none of who may do more', async () => {
    const admin = await member('admin@example.com', 'admin')
    const above = await withPasskey('above@example.com', 'owner')
    const path = `/api/people/${above.userId}/passkeys/${above.passkey.id}/remove`
    expect((await post(admin.browser, path)).code).toBe('ROLE_BEYOND_YOURS')
    expect((await signIn(above.authenticator)).code).toBeNull()
  })
})

describe('showing again who one is', () => {
  const begin = async (browser: Browser) =>
    requestOptionsSchema.parse((await post(browser, '/api/session/confirm/passkey/begin')).body)
  const give = (browser: Browser, credential: object) =>
    post(browser, '/api/session/confirm/passkey', { credential })
  const isConfirmed = async (browser: Browser) =>
    (await post(browser, '/api/session/passkeys/begin', {}, false)).code === null

  test('does with a passkey of one’s own, and with no other', async () => {
    const person = await withPasskey('again@example.com')
    const other = await withPasskey('not-me@example.com')
    later({ hours: 1 })
    expect(await isConfirmed(person.browser)).toBe(false)
    const refused = await give(person.browser, other.authenticator.get(await begin(person.browser)))
    expect(refused.code).toBe('PASSKEY_REFUSED')
    const alone = await begunSignIn(person.browser)
    expect((await give(person.browser, person.authenticator.get(alone))).code).toBe('PASSKEY_OVER')
    expect(await isConfirmed(person.browser)).toBe(false)
    const options = await begin(person.browser)
    expect((await give(person.browser, person.authenticator.get(options))).code).toBeNull()
    expect(await isConfirmed(person.browser)).toBe(true)
    expect(await isConfirmed(other.browser)).toBe(false)
  })

  test('does not with a challenge of one’s own second step', async () => {
    const person = await withPasskey('purpose@example.com')
    const browser = await half(person)
    const unused = await begunStep(browser)
    expect((await step(browser, person.authenticator)).code).toBeNull()
    expect((await give(browser, person.authenticator.get(unused))).code).toBe('PASSKEY_OVER')
  })

  test('does not for who has no passkey', async () => {
    const { browser } = await member('none@example.com')
    expect((await post(browser, '/api/session/confirm/passkey/begin')).code).toBe(
      'PASSKEY_NOT_FOUND',
    )
  })
})

describe('the address', () => {
  test('is the setting, whatever host is asked', async () => {
    const answer = await here.browser().ask('/api/session/passkey/begin', {
      method: 'POST',
      payload: {},
      headers: { host: '127.0.0.1:4747' },
    })
    expect(answer.body).toMatchObject({ rpId: 'localhost' })
  })

  test('without a name or without TLS has no passkeys, and says so', async () => {
    const { app } = here
    const address = new PublicAddress({ publicUrls: ['http://192.0.2.7'], port: 4747 })
    const context = { ...app.call(nobody(app.id)), address }
    const client = createRouterClient(app.router, { context })
    expect((await client.session.get()).ways.passkeysAt).toBeNull()
    expect(await codeOf(client.passkeys.beginSignIn())).toBe('PASSKEYS_NOT_POSSIBLE')
    const credential = assertedCredentialSchema.parse(
      new Authenticator().get(await begunSignIn(here.browser())),
    )
    expect(await codeOf(client.passkeys.signIn({ credential }))).toBe('PASSKEYS_NOT_POSSIBLE')
  })

  test('that has changed leaves passkeys without use, and the password is still not enough', async () => {
    const person = await withPasskey('moved@example.com')
    await here.app.ports.state.pool.query(
      "UPDATE passkeys SET rp_id = 'old.example.com' WHERE user_id = $1",
      [person.userId],
    )
    const list = await person.browser.ask('/api/session/passkeys')
    expect(list.body).toMatchObject([{ usable: false }])
    const browser = await half(person)
    expect((await stateOf(browser)).secondStep).toEqual({ code: false, passkey: false })
    expect((await post(browser, '/api/session/second-step/passkey/begin')).code).toBe(
      'PASSKEY_NOT_FOUND',
    )
  })
})

test('nothing of a challenge or its cookie is readable in the database or the audit log', async () => {
  const { authenticator } = await withPasskey('hidden@example.com')
  const visitor = elsewhere()
  const unused = await begunSignIn(visitor)
  const [cookie = ''] = /tomoshibi\.passkey=([\w-]+)/.exec(visitor.cookie())?.slice(1) ?? []
  expect(cookie).not.toBe('')
  const { response } = authenticator.get(await begunSignIn(visitor))
  await signIn(authenticator)
  for (const table of ['verifications', 'audit_log', 'passkeys']) {
    const { rows } = await here.app.ports.state.pool.query(`SELECT * FROM ${table}`)
    for (const text of [unused.challenge, cookie, response.signature]) {
      expect(JSON.stringify(rows), table).not.toContain(text)
    }
  }
})

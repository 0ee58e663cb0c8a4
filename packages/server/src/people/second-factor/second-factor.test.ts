import { Temporal } from 'temporal-polyfill'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import {
  type Browser,
  join,
  makeOwner,
  type PeopleServer,
  startPeopleServer,
  strongPassword,
} from '../testing.ts'
import { blockMinutes, codeAt, stepOf } from './second-factor.ts'

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

const post = (browser: Browser, url: string, payload: object, from?: string) =>
  browser.ask(url, { method: 'POST', payload, ...(from === undefined ? {} : { from }) })
const begun = z.object({ secret: z.string(), uri: z.string() })
const codes = z.object({ recoveryCodes: z.array(z.string()) })
const stateOf = async (browser: Browser) =>
  z.looseObject({ state: z.string() }).parse((await browser.ask('/api/session')).body).state
let addresses = 0
const elsewhere = () => {
  addresses += 1
  return here.browser(`10.30.0.${addresses}`)
}

interface Person {
  readonly email: string
  readonly browser: Browser
  readonly secret: string
  readonly recoveryCodes: readonly string[]
  code(): string
}

/** A member who signs in with codes. */
async function withCodes(email: string, role = 'csm'): Promise<Person> {
  const browser = await join(here, owner, { email, role })
  const { secret } = begun.parse(
    (await post(browser, '/api/session/second-factor/begin', { password: strongPassword })).body,
  )
  const code = () => codeAt(secret, now)
  const confirmed = await post(browser, '/api/session/second-factor/confirm', { code: code() })
  const { recoveryCodes } = codes.parse(confirmed.body)
  later({ minutes: 1 })
  return { email, browser, secret, recoveryCodes, code }
}

/** With the right password; the code is still to come. */
async function half({ email }: Person, browser = elsewhere()): Promise<Browser> {
  const answer = await post(browser, '/api/session/sign-in', { email, password: strongPassword })
  expect(answer.body).toMatchObject({ state: 'second_step', person: null })
  return browser
}
const step = async (browser: Browser, code: string, from?: string) =>
  (await post(browser, '/api/session/second-step', { code }, from)).code

describe('codes', () => {
  test('are those of RFC 6238', () => {
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
    const at = (seconds: number) => Temporal.Instant.fromEpochMilliseconds(seconds * 1000)
    const published: readonly (readonly [number, string])[] = [
      [59, '287082'],
      [1_111_111_109, '081804'],
      [1_234_567_890, '005924'],
      [20_000_000_000, '353130'],
    ]
    for (const [seconds, code] of published) {
      expect(codeAt(secret, at(seconds))).toBe(code)
      expect(stepOf(secret, code, at(seconds))).toBe(Math.floor(seconds / 30))
      expect(stepOf(secret, code, at(seconds + 30))).toBe(Math.floor(seconds / 30))
      expect(stepOf(secret, code, at(seconds + 90))).toBeNull()
    }
  })

  test('that are wrong are not looked at for longer and longer', () => {
    expect([1, 4, 5, 6, 10, 15, 35, 40, 100].map(blockMinutes)).toEqual([
      null,
      null,
      15,
      null,
      30,
      60,
      960,
      1440,
      1440,
    ])
  })
})

describe('setting it up', () => {
  test('asks for the password, and counts only once the app has shown a code', async () => {
    const browser = await join(here, owner, { email: 'begin@example.com', role: 'csm' })
    const wrong = await post(browser, '/api/session/second-factor/begin', { password: 'not it' })
    expect(wrong.code).toBe('SIGN_IN_REFUSED')
    const early = await post(browser, '/api/session/second-factor/confirm', { code: '123456' })
    expect(early.code).toBe('SECOND_FACTOR_NOT_BEGUN')
    const { secret, uri } = begun.parse(
      (await post(browser, '/api/session/second-factor/begin', { password: strongPassword })).body,
    )
    expect(uri).toContain(`secret=${secret}`)
    expect(uri).toMatch(/^otpauth:\/\/totp\/Tomoshibi:begin%40example\.com/)
    const bad = await post(browser, '/api/session/second-factor/confirm', { code: '000000' })
    expect(bad.code).toBe('SECOND_STEP_REFUSED')
    const other = elsewhere()
    const email = 'begin@example.com'
    const plain = await post(other, '/api/session/sign-in', { email, password: strongPassword })
    expect(plain.body).toMatchObject({ state: 'signed_in' })
    const code = codeAt(secret, now)
    const done = await post(browser, '/api/session/second-factor/confirm', { code })
    expect(codes.parse(done.body).recoveryCodes).toHaveLength(10)
    // Whoever came in with the password alone is out.
    expect([await stateOf(other), await stateOf(browser)]).toEqual(['signed_out', 'signed_in'])
    const shown = await browser.ask('/api/session/second-factor')
    expect(shown.body).toMatchObject({ recoveryCodesLeft: 10 })
  })

  test('leaves nothing readable in the database or the audit log', async () => {
    const { secret, recoveryCodes } = await withCodes('sealed@example.com')
    const tables = ['second_factors', 'recovery_codes', 'secrets', 'audit_log', 'verifications']
    for (const table of tables) {
      const { rows } = await here.app.ports.state.pool.query(`SELECT * FROM ${table}`)
      for (const text of [
        secret,
        ...recoveryCodes,
        ...recoveryCodes.map((c) => c.replaceAll('-', '')),
      ]) {
        expect(JSON.stringify(rows), table).not.toContain(text)
      }
    }
  })
})

describe('the second step', () => {
  test('lets nobody in with the password alone', async () => {
    const person = await withCodes('alone@example.com')
    const browser = await half(person)
    expect(await stateOf(browser)).toBe('second_step')
    expect((await browser.ask('/api/accounts')).code).toBe('SIGN_IN_NEEDED')
    expect((await browser.ask('/api/sessions')).code).toBe('SIGN_IN_NEEDED')
    expect(await step(browser, '000000')).toBe('SECOND_STEP_REFUSED')
    expect(await step(browser, person.code())).toBeNull()
    expect(await stateOf(browser)).toBe('signed_in')
  })

  test('refuses a code that was used, in its half minute and the next', async () => {
    const person = await withCodes('replay@example.com')
    const code = person.code()
    expect(await step(await half(person), code)).toBeNull()
    expect(await step(await half(person), code)).toBe('SECOND_STEP_REFUSED')
    // An earlier one within the tolerated difference of clocks is none either.
    const before = codeAt(person.secret, now.subtract({ seconds: 30 }))
    expect(await step(await half(person), before)).toBe('SECOND_STEP_REFUSED')
    later({ seconds: 30 })
    expect(await step(await half(person), code)).toBe('SECOND_STEP_REFUSED')
    expect(await step(await half(person), person.code())).toBeNull()
  })

  test('lets one of two in who use the same code at once', async () => {
    const person = await withCodes('twice@example.com')
    const browsers = await Promise.all([half(person), half(person)])
    const code = person.code()
    const outcomes = await Promise.all(browsers.map((browser) => step(browser, code)))
    expect(outcomes.toSorted()).toEqual(['SECOND_STEP_REFUSED', null].toSorted())
  })

  test('does not take the code with which it was set up', async () => {
    const browser = await join(here, owner, { email: 'first@example.com', role: 'csm' })
    const { secret } = begun.parse(
      (await post(browser, '/api/session/second-factor/begin', { password: strongPassword })).body,
    )
    const code = codeAt(secret, now)
    await post(browser, '/api/session/second-factor/confirm', { code })
    const other = elsewhere()
    await post(other, '/api/session/sign-in', {
      email: 'first@example.com',
      password: strongPassword,
    })
    expect(await step(other, code)).toBe('SECOND_STEP_REFUSED')
  })

  test('looks at no code after five wrong ones, from wherever they come, but at recovery codes', async () => {
    const person = await withCodes('guess@example.com')
    const guess = async (browser: Browser, count: number) => {
      const outcomes: unknown[] = []
      for (let n = 0; n < count; n++) outcomes.push(await step(browser, '000000', `10.31.0.${n}`))
      return outcomes
    }
    const first = await half(person)
    expect(await guess(first, 6)).toEqual([
      ...Array(5).fill('SECOND_STEP_REFUSED'),
      'TOO_MANY_ATTEMPTS',
    ])
    expect(await step(first, person.code())).toBe('TOO_MANY_ATTEMPTS')
    later({ minutes: 15 })
    await guess(await half(person), 5)
    later({ minutes: 29 })
    const last = await half(person)
    expect(await step(last, person.code())).toBe('TOO_MANY_ATTEMPTS')
    expect(await step(last, person.recoveryCodes[0] ?? '')).toBeNull()
    expect(await step(await half(person), person.code())).toBeNull()
  })

  test('is over after ten minutes, and with who signs out', async () => {
    const person = await withCodes('slow@example.com')
    const slow = await half(person)
    const gone = await half(person)
    await post(gone, '/api/session/sign-out', {})
    expect(await stateOf(gone)).toBe('signed_out')
    later({ minutes: 10, seconds: 1 })
    expect(await step(slow, person.code())).toBe('SECOND_STEP_OVER')
    expect(await stateOf(slow)).toBe('signed_out')
  })

  test('begins a session under a new token, ends the one that the browser had, and leaves no half one', async () => {
    const person = await withCodes('fixed@example.com')
    const attacker = await join(here, owner, { email: 'attacker@example.com', role: 'viewer' })
    const planted = attacker.cookie()
    const victim = elsewhere()
    victim.setCookie(planted)
    await half(person, victim)
    const between = victim.cookie()
    expect(between).not.toContain('session_token')
    expect(await stateOf(attacker)).toBe('signed_out')
    expect(await step(victim, person.code())).toBeNull()
    // Whoever saw or planted the cookie of the half way has nothing with it.
    const thief = elsewhere()
    thief.setCookie(between)
    expect(await stateOf(thief)).toBe('signed_out')
    later({ seconds: 30 })
    expect(await step(thief, person.code())).toBe('SECOND_STEP_OVER')
    expect(victim.cookie()).not.toContain('second_step')
  })

  test('stands before who accepts an invitation with their password as well', async () => {
    const person = await withCodes('invited@example.com')
    const other = here.operations.workspace(now.toString())
    const made = await other.caller.invitations.create({ email: person.email, role: 'viewer' })
    const browser = elsewhere()
    const accepted = await post(browser, '/api/invitations/accept', {
      link: made.link.split('#')[1],
      name: '',
      password: strongPassword,
    })
    expect(accepted.body).toMatchObject({ state: 'second_step', person: null })
    expect((await browser.ask('/api/accounts')).code).toBe('SIGN_IN_NEEDED')
  })

  test('is not gone with a new password', async () => {
    const person = await withCodes('reset@example.com')
    const people = z.array(z.object({ userId: z.string(), email: z.string() }))
    const all = people.parse((await owner.ask('/api/people')).body)
    const id = all.find(({ email }) => email === person.email)?.userId ?? ''
    const made = await post(owner, `/api/people/${id}/password-link`, {})
    const link = z.object({ link: z.string() }).parse(made.body).link.split('#')[1]
    const password = 'ten other lanterns by it'
    await post(elsewhere(), '/api/session/reset-password', { link, password })
    const { email } = person
    const again = await post(elsewhere(), '/api/session/sign-in', { email, password })
    expect(again.body).toMatchObject({ state: 'second_step' })
  })
})

describe('recovery codes', () => {
  test('are good once each, however they are written, and new ones take the place of all', async () => {
    const person = await withCodes('lost@example.com')
    const [first = '', second = '', third = ''] = person.recoveryCodes
    expect(await step(await half(person), first.toUpperCase().replaceAll('-', ' '))).toBeNull()
    expect(await step(await half(person), first)).toBe('SECOND_STEP_REFUSED')
    const browser = await half(person)
    expect(await step(browser, second)).toBeNull()
    expect((await browser.ask('/api/session/second-factor')).body).toMatchObject({
      recoveryCodesLeft: 8,
    })
    const renewed = await post(browser, '/api/session/second-factor/recovery-codes', {
      password: strongPassword,
    })
    const [fresh = ''] = codes.parse(renewed.body).recoveryCodes
    expect(await step(await half(person), third)).toBe('SECOND_STEP_REFUSED')
    expect(await step(await half(person), fresh)).toBeNull()
  })

  test('of somebody else are none', async () => {
    const [one, other] = [await withCodes('one@example.com'), await withCodes('other@example.com')]
    expect(await step(await half(one), other.recoveryCodes[0] ?? '')).toBe('SECOND_STEP_REFUSED')
  })
})

describe('taking it away', () => {
  test('asks for the password', async () => {
    const person = await withCodes('off@example.com')
    const url = '/api/session/second-factor/remove'
    expect((await post(person.browser, url, { password: 'not it' })).code).toBe('SIGN_IN_REFUSED')
    expect((await post(person.browser, url, { password: strongPassword })).body).toMatchObject({
      since: null,
    })
    const { email } = person
    const signedIn = await post(elsewhere(), '/api/session/sign-in', {
      email,
      password: strongPassword,
    })
    expect(signedIn.body).toMatchObject({ state: 'signed_in' })
  })

  test('from somebody else needs a role that may handle theirs; their sessions end and it is in the log', async () => {
    const person = await withCodes('stuck@example.com', 'admin')
    const manager = await join(here, owner, { email: 'manager@example.com', role: 'manager' })
    const people = z.array(
      z.looseObject({ userId: z.string(), email: z.string(), secondFactor: z.boolean() }),
    )
    const all = people.parse((await owner.ask('/api/people')).body)
    const them = all.find(({ email }) => email === person.email)
    expect(them?.secondFactor).toBe(true)
    const ownerId = all.find(({ email }) => email === 'owner@example.com')?.userId
    const reset = (by: Browser, id = '') => post(by, `/api/people/${id}/reset-second-factor`, {})
    expect((await reset(manager, them?.userId)).code).toBe('FORBIDDEN')
    expect((await reset(person.browser, ownerId)).code).toBe('ROLE_BEYOND_YOURS')
    expect((await reset(owner, them?.userId)).body).toEqual({ reset: true })
    expect(await stateOf(person.browser)).toBe('signed_out')
    const log = await owner.ask('/api/audit?search=people.resetSecondFactor&outcome=done')
    expect(log.body).toMatchObject([{ action: 'people.resetSecondFactor', outcome: 'done' }])
  })
})

describe('a workspace that requires it', () => {
  const demand = (secondFactor: string) =>
    here.asProgram('/api/workspace', { method: 'PATCH', payload: { settings: { secondFactor } } })

  test('lets members do nothing but set it up, until they have', async () => {
    const viewer = await join(here, owner, { email: 'must@example.com', role: 'viewer' })
    await demand('managers')
    expect((await viewer.ask('/api/accounts')).status).toBe(200)
    expect((await owner.ask('/api/accounts')).code).toBe('FORBIDDEN')
    expect((await owner.ask('/api/session')).body).toMatchObject({
      needs: 'second_factor',
      permissions: [],
    })
    await demand('everybody')
    expect((await viewer.ask('/api/accounts')).code).toBe('FORBIDDEN')
    const { secret } = begun.parse(
      (await post(viewer, '/api/session/second-factor/begin', { password: strongPassword })).body,
    )
    await post(viewer, '/api/session/second-factor/confirm', { code: codeAt(secret, now) })
    expect((await viewer.ask('/api/session')).body).toMatchObject({ needs: null })
    expect((await viewer.ask('/api/accounts')).status).toBe(200)
    await demand('optional')
    expect((await owner.ask('/api/accounts')).status).toBe(200)
  })
})

import type { JWTPayload } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { systemClock } from '../../platform/clock.ts'
import { type Browser, join, makeOwner, type PeopleServer, startPeopleServer } from '../testing.ts'
import {
  comeBackTo,
  leaveFor,
  settingsOf,
  startTestProvider,
  type TestProvider,
} from './testing.ts'

const now = '2026-11-21T03:00:00Z'
const victim = 'victim@example.com'
const asVictim = { sub: 'v-1', email: victim, email_verified: true }
const asAttacker = { sub: 'a-1', email: 'attacker@example.com', email_verified: true }

let here: PeopleServer
let owner: Browser
let honest: TestProvider
/** One that an attacker runs, and that an owner trusts for another domain. */
let rogue: TestProvider
beforeAll(async () => {
  ;[here, honest, rogue] = await Promise.all([
    startPeopleServer(now),
    startTestProvider(),
    startTestProvider({ iss: false }),
  ])
  owner = here.browser()
  await makeOwner(here, owner)
  await set('company', settingsOf(honest))
  await set('rogue', { ...settingsOf(rogue), name: 'Rogue', domains: ['rogue.example'] })
  await join(here, owner, { email: victim, role: 'csm' })
  await join(here, owner, { email: 'attacker@example.com', role: 'csm' })
})
afterAll(() => Promise.all([here.close(), honest.close(), rogue.close()]))
afterEach(() => {
  honest.misbehave({})
  here.app.at(now)
})

const set = (id: string, payload: object) =>
  owner.ask(`/api/installation/identity-providers/${id}`, { method: 'PUT', payload })
let addresses = 0
function elsewhere(): Browser {
  addresses += 1
  return here.browser(`10.41.0.${addresses}`)
}
const stateOf = async (browser: Browser) =>
  z.looseObject({ state: z.string() }).parse((await browser.ask('/api/session')).body).state
const later = (by: object) => here.app.at(here.app.ports.clock.now().add(by).toString())

/** A browser that left for the provider, and what the provider answered it. */
async function onTheWay(claims: JWTPayload & { sub: string } = asVictim, from = elsewhere()) {
  const url = await leaveFor(from, 'company')
  return { browser: from, url, response: honest.signIn(url, claims) }
}

async function refused(browser: Browser, response: string, code: string, id = 'company') {
  expect((await comeBackTo(browser, id, response)).code).toBe(code)
  expect(await stateOf(browser)).toBe('signed_out')
}

describe('an answer', () => {
  test('is taken once, in the browser that began, as it was asked for', async () => {
    const { browser, response } = await onTheWay()
    expect((await comeBackTo(browser, 'company', response)).body).toMatchObject({
      state: 'signed_in',
      person: { email: victim },
    })
  })

  test('without its state, or with another one, is not looked at', async () => {
    const { browser, response } = await onTheWay()
    const other = await onTheWay(asAttacker)
    const query = new URLSearchParams(response)
    const stateless = new URLSearchParams(response)
    stateless.delete('state')
    await refused(browser, `?${stateless}`, 'PROVIDER_SIGN_IN_OVER')
    query.set('state', new URLSearchParams(other.response).get('state') ?? '')
    await refused(browser, `?${query}`, 'PROVIDER_SIGN_IN_OVER')
    await refused(browser, `${response}&state=x`, 'PROVIDER_SIGN_IN_OVER')
    // Whoever makes it open such an address has not ended what it began.
    expect((await comeBackTo(browser, 'company', response)).code).toBeNull()
  })

  test('of another browser signs nobody in (login CSRF)', async () => {
    const attacker = await onTheWay(asAttacker)
    await refused(elsewhere(), attacker.response, 'PROVIDER_SIGN_IN_OVER')
    const underway = await onTheWay()
    await refused(underway.browser, attacker.response, 'PROVIDER_SIGN_IN_OVER')
    expect((await comeBackTo(attacker.browser, 'company', attacker.response)).code).toBeNull()
  })

  test('that was used is good no more, with its cookie kept', async () => {
    const { browser, response } = await onTheWay()
    const cookie = browser.cookie()
    await comeBackTo(browser, 'company', response)
    const thief = elsewhere()
    thief.setCookie(cookie)
    await refused(thief, response, 'PROVIDER_SIGN_IN_OVER')
  })

  test('that comes twice at once is taken once', async () => {
    const { browser, response } = await onTheWay()
    const twin = elsewhere()
    twin.setCookie(browser.cookie())
    const both = await Promise.all(
      [browser, twin].map((one) => comeBackTo(one, 'company', response)),
    )
    expect(both.map(({ code }) => code).toSorted()).toEqual(
      ['PROVIDER_SIGN_IN_OVER', null].toSorted(),
    )
  })

  test('that comes after its time is over is not taken', async () => {
    const { browser, response } = await onTheWay()
    later({ minutes: 10, seconds: 1 })
    await refused(browser, response, 'PROVIDER_SIGN_IN_OVER')
  })
})

describe('a code', () => {
  const withCode = (response: string, of: string) => {
    const query = new URLSearchParams(response)
    query.set('code', new URLSearchParams(of).get('code') ?? '')
    return `?${query}`
  }

  test('of another browser is worth nothing in this one: PKCE is bound to it', async () => {
    const stolen = await onTheWay(asVictim)
    const attacker = await onTheWay(asAttacker)
    const injected = withCode(attacker.response, stolen.response)
    // Even with a provider that would say whatever nonce is wanted.
    const nonce = new URL(attacker.url).searchParams.get('nonce')
    honest.misbehave({ claims: { nonce } })
    await refused(attacker.browser, injected, 'PROVIDER_ANSWER_WRONG')
  })

  test('that was exchanged is refused by the provider, and so by us', async () => {
    const { browser, response } = await onTheWay()
    await comeBackTo(browser, 'company', response)
    const again = await onTheWay(asAttacker)
    await refused(again.browser, withCode(again.response, response), 'PROVIDER_ANSWER_WRONG')
  })

  test('of one provider is not taken for one of another (mix-up)', async () => {
    // The victim chose the rogue one, which sends them on to the honest one with their own state.
    const browser = elsewhere()
    const toRogue = new URL(await leaveFor(browser, 'rogue'))
    const toHonest = new URL(await leaveFor(elsewhere(), 'company'))
    for (const name of ['state', 'nonce', 'code_challenge']) {
      toHonest.searchParams.set(name, toRogue.searchParams.get(name) ?? '')
    }
    const response = honest.signIn(toHonest.href, asVictim)
    const before = rogue.asked.get('/token') ?? 0
    await refused(browser, response, 'PROVIDER_SIGN_IN_OVER')
    const again = elsewhere()
    const url = new URL(await leaveFor(again, 'rogue'))
    const state = url.searchParams.get('state') ?? ''
    const query = new URLSearchParams(response)
    query.set('state', state)
    // Nor on the path of the rogue one: it says itself of whom it is.
    await refused(again, `?${query}`, 'PROVIDER_ANSWER_WRONG', 'rogue')
    expect(rogue.asked.get('/token') ?? 0).toBe(before)
  })

  test('with an answer that is not said to be of the provider is refused', async () => {
    for (const iss of ['https://elsewhere.example', `${honest.issuer}/`, null]) {
      const { browser, response } = await onTheWay()
      const query = new URLSearchParams(response)
      if (iss === null) query.delete('iss')
      else query.set('iss', iss)
      await refused(browser, `?${query}`, 'PROVIDER_ANSWER_WRONG')
    }
  })
})

describe('a token', () => {
  const nowSeconds = () => Math.floor(systemClock.now().epochMilliseconds / 1000)
  test.each([
    ['of another sign-in (nonce)', () => ({ claims: { nonce: 'of another one' } })],
    ['without a nonce', () => ({ claims: { nonce: undefined } })],
    ['with a signature of somebody else', () => ({ foreignKey: true })],
    ['without a signature (alg: none)', () => ({ unsigned: true })],
    ['for another client', () => ({ claims: { aud: 'another client' } })],
    ['for another client as well', () => ({ claims: { aud: ['tomoshibi', 'b'], azp: 'b' } })],
    ['whose time is over', () => ({ claims: { exp: nowSeconds() - 300 } })],
    ['without an end', () => ({ claims: { exp: undefined } })],
    ['of another issuer', () => ({ claims: { iss: 'https://elsewhere.example' } })],
    ['of nobody', () => ({ claims: { sub: undefined } })],
  ])('%s signs nobody in', async (_, mischief) => {
    const { browser, response } = await onTheWay()
    honest.misbehave(mischief())
    await refused(browser, response, 'PROVIDER_ANSWER_WRONG')
  })

  test('is not completed by what is said of somebody else', async () => {
    honest.misbehave({ userinfo: { sub: 'v-1', email: victim, email_verified: true } })
    const sub = 'x-1'
    await here.app.caller.identityProviders.set({ id: 'company', ...settingsOf(honest) })
    later({ minutes: 20 })
    const { browser, response } = await onTheWay({ sub })
    await refused(browser, response, 'PROVIDER_ANSWER_WRONG')
    // The same of them is taken.
    honest.misbehave({ userinfo: { sub, email: victim, email_verified: 'true' } })
    const unsure = await onTheWay({ sub, email_verified: true })
    await refused(unsure.browser, unsure.response, 'PROVIDER_EMAIL_NOT_VOUCHED')
  })
})

describe('an account', () => {
  const outcome = async (claims: JWTPayload & { sub: string }) => {
    const { browser, response } = await onTheWay(claims)
    const { code } = await comeBackTo(browser, 'company', response)
    expect(await stateOf(browser)).toBe(code === null ? 'signed_in' : 'signed_out')
    return code
  }

  test('is not taken over by an address that was not verified, or is of another domain', async () => {
    const claims = { sub: 'x-2', email: 'owner@example.com' }
    expect(await outcome(claims)).toBe('PROVIDER_EMAIL_NOT_VOUCHED')
    expect(await outcome({ ...claims, email_verified: false })).toBe('PROVIDER_EMAIL_NOT_VOUCHED')
    expect(await outcome({ ...claims, email_verified: 'true' })).toBe('PROVIDER_EMAIL_NOT_VOUCHED')
    const browser = elsewhere()
    const url = await leaveFor(browser, 'rogue')
    const response = rogue.signIn(url, { ...claims, email_verified: true })
    await refused(browser, response, 'PROVIDER_EMAIL_NOT_VOUCHED', 'rogue')
  })

  test('is not taken over by who was given the address after them', async () => {
    expect(await outcome(asVictim)).toBeNull()
    expect(await outcome({ ...asVictim, sub: 'v-2' })).toBe('PROVIDER_IDENTITY_TAKEN')
  })

  test('is not connected to that of somebody who has a page open (link CSRF)', async () => {
    const attacker = await join(here, owner, { email: 'a2@example.com', role: 'csm' })
    const mine = await join(here, owner, { email: 'v2@example.com', role: 'csm' })
    const begin = '/api/session/single-sign-on/company/begin-link'
    const left = await attacker.ask(begin, { method: 'POST', payload: {} })
    const { uri } = z.object({ uri: z.string() }).parse(left.body)
    const response = honest.signIn(uri, { sub: 'a-9' })
    expect((await comeBackTo(mine, 'company', response)).code).toBe('PROVIDER_SIGN_IN_OVER')
    // Not even with the cookie: it is for one session.
    const cookie = attacker
      .cookie()
      .split('; ')
      .find((one) => one.includes('single_sign_on'))
    mine.setCookie(`${mine.cookie()}; ${cookie}`)
    expect((await comeBackTo(mine, 'company', response)).code).toBe('PROVIDER_SIGN_IN_OVER')
    expect((await mine.ask('/api/session/single-sign-on')).body).toMatchObject([
      { linked: null },
      { linked: null },
    ])
  })

  test('is connected only by who showed again who they are', async () => {
    const browser = await join(here, owner, { email: 'idle@example.com', role: 'csm' })
    later({ hours: 1 })
    const begin = '/api/session/single-sign-on/company/begin-link'
    const asked = { method: 'POST', payload: {}, confirms: false } as const
    expect((await browser.ask(begin, asked)).code).toBe('CONFIRMATION_NEEDED')
  })

  test('is not entered under a session that was planted', async () => {
    const attacker = await join(here, owner, { email: 'a3@example.com', role: 'csm' })
    const browser = elsewhere()
    browser.setCookie(attacker.cookie())
    const { response } = await onTheWay(asVictim, browser)
    await comeBackTo(browser, 'company', response)
    expect(await stateOf(browser)).toBe('signed_in')
    expect(await stateOf(attacker)).toBe('signed_out')
  })
})

describe('addresses', () => {
  test('to come back to are pages of ours', async () => {
    for (const returnTo of ['https://evil.example/', '//evil.example', '/\\evil.example']) {
      const browser = elsewhere()
      const url = await leaveFor(browser, 'company', { returnTo })
      const answer = await comeBackTo(browser, 'company', honest.signIn(url, asVictim))
      expect(answer.body).toMatchObject({ state: 'signed_in', returnTo: '/' })
    }
  })

  test('that providers send browsers to are of the settings, whatever the Host header says', async () => {
    const begin = '/api/session/single-sign-on/company/begin'
    const ask = (host: string) =>
      elsewhere().ask(begin, { method: 'POST', payload: {}, headers: { host } })
    expect((await ask('evil.example')).code).toBe('HOST_NOT_ALLOWED')
    const { uri } = z.object({ uri: z.string() }).parse((await ask('127.0.0.1:9999')).body)
    expect(new URL(uri).searchParams.get('redirect_uri')).toBe(
      'http://localhost:4747/single-sign-on/company',
    )
  })

  test('of a provider are https, or of this machine', async () => {
    const { clientId, secret } = honest
    for (const issuer of [
      'http://id.example.com',
      'ftp://id.example.com',
      'https://user@id.example.com',
      'http://127.0.0.1.evil.example',
      'http://169.254.169.254',
    ]) {
      const payload = { name: 'x', issuer, clientId, secret, domains: [] }
      expect((await set('plain', payload)).code, issuer).toBe('BAD_INPUT')
    }
  })
})

describe('a provider that is asked for its description', () => {
  const tried = async () => {
    const url = '/api/installation/identity-providers/company/try'
    const answer = await owner.ask(url, { method: 'POST', payload: {} })
    const problem = z.looseObject({ data: z.object({ details: z.record(z.string(), z.string()) }) })
    return answer.code === null ? null : problem.parse(answer.body).data.details.problem
  }

  test('may say where it is, as long as that is safe', async () => {
    expect(await tried()).toBeNull()
    honest.misbehave({ description: { issuer: 'https://elsewhere.example' } })
    expect(await tried()).toContain('something else')
    honest.misbehave({ description: { issuer: `${honest.issuer}/` } })
    expect(await tried()).toContain('something else')
    honest.misbehave({ description: { authorization_endpoint: 'http://id.example.com/in' } })
    expect(await tried()).toContain('without TLS')
    honest.misbehave({ description: { authorization_endpoint: 'javascript:alert(1)' } })
    expect(await tried()).toContain('without TLS')
  })

  test('does not send us elsewhere, and does not fill our memory', async () => {
    let reached = false
    const other = await startTestProvider()
    honest.misbehave({
      describe: (response) => {
        response.writeHead(302, { location: `${other.issuer}/jwks` }).end()
      },
    })
    expect(await tried()).toContain('another address')
    reached = other.asked.size > 0
    expect(reached).toBe(false)
    honest.misbehave({
      describe: (response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(`{"issuer":"${honest.issuer}","a":"${'x'.repeat(2 * 1024 * 1024)}"}`)
      },
    })
    expect(await tried()).toContain('too long')
    await other.close()
  })
})

describe('what a provider says', () => {
  test('of an error is not repeated: the text is ours', async () => {
    const markup = '<img src=x onerror=alert(1)>'
    for (const error of ['access_denied', markup]) {
      const { browser, url } = await onTheWay()
      const state = new URL(url).searchParams.get('state') ?? ''
      const query = new URLSearchParams({
        error,
        error_description: markup,
        state,
        iss: honest.issuer,
      })
      const answer = await comeBackTo(browser, 'company', `?${query}`)
      expect(answer.code).toBe('PROVIDER_DECLINED')
      expect(JSON.stringify(answer.body)).not.toContain('onerror')
      expect(await stateOf(browser)).toBe('signed_out')
    }
  })
})

describe('the secret of the client', () => {
  test('and what is on its way are readable nowhere', async () => {
    const { browser, url, response } = await onTheWay()
    const cookie = browser.cookie().split('=')[1] ?? ''
    const { searchParams } = new URL(url)
    const code = new URLSearchParams(response).get('code') ?? ''
    const texts = [honest.secret, cookie, code]
    for (const name of ['state', 'nonce', 'code_challenge'])
      texts.push(searchParams.get(name) ?? '')
    expect(texts.every((text) => text.length > 10)).toBe(true)
    const shown = await owner.ask('/api/installation/identity-providers')
    const held = [JSON.stringify(shown.body)]
    for (const table of ['identity_providers', 'provider_trips', 'secrets', 'audit_log']) {
      const { rows } = await here.app.ports.state.pool.query(`SELECT * FROM ${table}`)
      expect(rows, table).not.toEqual([])
      held.push(JSON.stringify(rows))
    }
    await comeBackTo(browser, 'company', response)
    const { rows } = await here.app.ports.state.pool.query('SELECT details FROM audit_log')
    held.push(JSON.stringify(rows))
    expect(texts.filter((text) => held.some((all) => all.includes(text)))).toEqual([])
  })
})

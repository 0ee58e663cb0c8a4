import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import {
  type Asking,
  type Browser,
  makeOwner,
  type PeopleServer,
  startPeopleServer,
  strongPassword,
} from '../people/testing.ts'
import { readConfig } from '../platform/config.ts'

const host = 'cs.example.com'
const origin = `https://${host}`
const proxy = '10.0.0.5'

let here: PeopleServer
let owner: Browser
beforeAll(async () => {
  here = await startPeopleServer(undefined, {
    host: '0.0.0.0',
    publicUrls: [origin, 'https://other.example.com:8443'],
    trustedProxies: ['10.0.0.0/24'],
  })
  owner = here.browser()
  await makeOwner(here, owner)
})
afterAll(() => here.close())

/** As it comes through the proxy from somebody. */
const through = (forwarded: string, from = proxy): Asking => ({
  from,
  headers: { host, origin, 'x-forwarded-for': forwarded, 'x-forwarded-proto': 'https' },
})
const signIn = (asking: Asking, password = strongPassword, browser = here.browser()) =>
  browser.ask('/api/session/sign-in', {
    ...asking,
    method: 'POST',
    payload: { email: 'owner@example.com', password },
  })

describe('the name under which the server is asked', () => {
  test.each([host, 'CS.example.com', 'other.example.com:8443', 'localhost:4747', '127.0.0.1'])(
    'may be %s',
    async (name) => {
      expect((await owner.ask('/healthz', { headers: { host: name } })).status).toBe(200)
    },
  )

  test.each(['evil.example', `${host}:81`, 'other.example.com', `${host}.evil.example`])(
    'may not be %j',
    async (name) => {
      const headers = { host: name, 'x-forwarded-host': host }
      const answer = await owner.ask('/api/session', { headers, from: proxy })
      expect(answer.code).toBe('HOST_NOT_ALLOWED')
    },
  )

  test.each(['localhost:4747', '127.0.0.1', '[::1]:4747'])(
    'may be %s for this machine only, since TLS is in front',
    async (name) => {
      const codeFrom = async (from: string) =>
        (await here.browser().ask('/api/session', { headers: { host: name }, from })).code
      expect(await codeFrom('127.0.0.1')).toBeNull()
      expect(await codeFrom('::1')).toBeNull()
      expect(await codeFrom('203.0.113.1')).toBe('HOST_NOT_ALLOWED')
      expect(await codeFrom(proxy)).toBe('HOST_NOT_ALLOWED')
    },
  )

  test.each([
    [host, `http://${host}`],
    [host, 'https://other.example.com:8443'],
    [host, 'http://localhost:4747'],
    ['localhost:4747', origin],
  ])('%s does nothing for a page of %s', async (name, from) => {
    const answer = await owner.ask('/api/session/sign-out', {
      method: 'POST',
      payload: {},
      headers: { host: name, origin: from },
    })
    expect(answer.code).toBe('ORIGIN_NOT_ALLOWED')
  })
})

describe('the cookie of a session over TLS', () => {
  test('goes over TLS only, and can be set by this host alone', async () => {
    const browser = here.browser()
    const { cookies } = await signIn(through('203.0.113.1'), strongPassword, browser)
    expect(cookies).toHaveLength(1)
    const [name, ...attributes] = (cookies[0] ?? '').split('; ')
    expect(name).toMatch(/^__Host-tomoshibi\.session_token=/)
    expect(attributes).toEqual(expect.arrayContaining(['Secure', 'HttpOnly', 'Path=/']))
    expect(cookies[0]).not.toContain('Domain')
    const state = await browser.ask('/api/session', through('203.0.113.1'))
    expect(state.body).toMatchObject({ state: 'signed_in' })
  })

  test('is not one that a neighbouring host could have planted', async () => {
    const attacker = here.browser()
    await signIn({ headers: { host: 'localhost:4747' } }, strongPassword, attacker)
    expect((await attacker.ask('/api/session')).body).toMatchObject({ state: 'signed_in' })
    const state = await attacker.ask('/api/session', through('203.0.113.1'))
    expect(state.body).toMatchObject({ state: 'signed_out' })
  })

  test('and the answers ask browsers to stay with TLS', async () => {
    const answer = await here.server.inject({ url: '/healthz', headers: { host } })
    expect(answer.headers['strict-transport-security']).toBe('max-age=31536000')
    const local = await here.server.inject({ url: '/healthz', headers: { host: 'localhost' } })
    expect(local.headers['strict-transport-security']).toBeUndefined()
  })
})

describe('the address that attempts are counted by', () => {
  const attempts = async (asking: (n: number) => Asking, count = 11) => {
    const codes: unknown[] = []
    for (let n = 0; n < count; n++) codes.push((await signIn(asking(n), 'wrong as can be')).code)
    return codes.at(-1)
  }

  test('is not what somebody says who is no trusted proxy', async () => {
    const last = await attempts((n) => through(`198.51.100.${n}`, '203.0.113.7'))
    expect(last).toBe('TOO_MANY_ATTEMPTS')
  })

  test('is not what somebody says before the proxy', async () => {
    const last = await attempts((n) => through(`198.51.100.${n}, 203.0.113.8`))
    expect(last).toBe('TOO_MANY_ATTEMPTS')
  })

  test('is that of each, behind a trusted proxy', async () => {
    expect(await attempts((n) => through(`198.51.100.${n}`))).toBe('SIGN_IN_REFUSED')
    const audit = await here.asProgram('/api/audit?limit=1')
    const [entry] = z.object({ address: z.string() }).array().parse(audit.body)
    expect(entry?.address).toBe('198.51.100.10')
  })
})

test('how much is asked is told on this machine only', async () => {
  const asked = async (name: string, remoteAddress: string) =>
    (await here.server.inject({ url: '/metrics', remoteAddress, headers: { host: name } }))
      .statusCode
  expect(await asked('localhost:4747', '127.0.0.1')).toBe(200)
  expect(await asked('localhost:4747', '203.0.113.1')).toBe(421)
  expect(await asked(host, '127.0.0.1')).toBe(404)
})

describe('the settings', () => {
  const codeOf = (env: Record<string, string>) => {
    try {
      readConfig(env, '/')
      return null
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error
    }
  }
  const everywhere = { TOMOSHIBI_HOST: '0.0.0.0' }

  test.each([
    ['no public address', everywhere],
    ['one without TLS', { ...everywhere, TOMOSHIBI_PUBLIC_URL: 'http://cs.example.com' }],
    [
      'one of two without TLS',
      { ...everywhere, TOMOSHIBI_PUBLIC_URL: `${origin},http://a.example` },
    ],
  ])('do not let others in with %s', (_, env) => {
    expect(codeOf(env)).toBe('BAD_CONFIGURATION')
    expect(codeOf({ ...env, TOMOSHIBI_PLAIN_HTTP: '1' })).toBeNull()
  })

  test('let others in where TLS is in front, and this machine always', () => {
    expect(codeOf({ ...everywhere, TOMOSHIBI_PUBLIC_URL: origin })).toBeNull()
    for (const own of ['127.0.0.1', '127.0.0.2', '::1'])
      expect(codeOf({ TOMOSHIBI_HOST: own })).toBeNull()
  })

  test.each([
    ['TOMOSHIBI_HOST', 'cs.example.com'],
    ['TOMOSHIBI_PUBLIC_URL', 'cs.example.com'],
    ['TOMOSHIBI_PUBLIC_URL', 'https://cs.example.com/'],
    ['TOMOSHIBI_PUBLIC_URL', 'https://cs.example.com/path'],
    ['TOMOSHIBI_PUBLIC_URL', 'ftp://cs.example.com'],
    ['TOMOSHIBI_TRUSTED_PROXY', 'proxy.example.com'],
    ['TOMOSHIBI_TRUSTED_PROXY', '10.0.0.0/33'],
    ['TOMOSHIBI_TRUSTED_PROXY', 'true'],
  ])('refuse %s=%s', (name, value) => {
    expect(codeOf({ [name]: value })).toBe('BAD_CONFIGURATION')
  })
})

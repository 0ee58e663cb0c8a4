import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { quickHasher } from '../call/testing.ts'
import { Identity } from './identity.ts'
import { type Hasher, scryptHasher } from './password-hash.ts'
import {
  type Answer,
  type Browser,
  join,
  makeOwner,
  type PeopleServer,
  secretOf,
  startPeopleServer,
  strongPassword,
} from './testing.ts'

let here: PeopleServer
let owner: Browser
beforeAll(async () => {
  here = await startPeopleServer()
})
afterAll(() => here.close())

const post = (browser: Browser, url: string, payload: object, from?: string) =>
  browser.ask(url, { method: 'POST', payload, ...(from === undefined ? {} : { from }) })
const signIn = (browser: Browser, email: string, password: string, from?: string) =>
  post(browser, '/api/session/sign-in', { email, password }, from)
const stateOf = async (browser: Browser) =>
  z.object({ state: z.string() }).parse((await browser.ask('/api/session')).body).state
const listOf = (answer: Answer) =>
  z.array(z.looseObject({ id: z.string().optional() })).parse(answer.body)

describe('the first owner', () => {
  const payload = { name: 'Olive', email: 'owner@example.com', password: strongPassword }

  test('is made with the link of the last start only', async () => {
    const earlier = (await here.app.people.makeSetUpLink())?.split('#')[1] ?? ''
    await here.app.people.makeSetUpLink()
    const stranger = here.browser()
    expect(await stateOf(stranger)).toBe('no_owner')
    for (const link of [earlier, 'a'.repeat(43)]) {
      const answer = await post(stranger, '/api/session/set-up', { ...payload, link })
      expect(answer.code).toBe('SET_UP_NOT_POSSIBLE')
    }
    expect((await stranger.ask('/api/accounts')).code).toBe('SIGN_IN_NEEDED')
  })

  test.each([
    ['short', 'has fewer than 12'],
    ['password1234', 'many people'],
    ['qwertyuiop123', 'many people'],
    ['passwordpassword', 'many people'],
    ['aaaaaaaaaaaaaaaa', 'repeats'],
    ['owner@example.com', 'your name or address'],
    ['tomoshibi2026!', 'this program'],
  ])('is refused the password %s', async (password, why) => {
    const link = (await here.app.people.makeSetUpLink())?.split('#')[1] ?? ''
    const answer = await post(here.browser(), '/api/session/set-up', { ...payload, link, password })
    expect(answer.code).toBe('PASSWORD_REFUSED')
    expect(JSON.stringify(answer.body)).toContain(why)
  })

  test('is signed in, has every permission that a role can have, and is made once', async () => {
    owner = here.browser()
    const made = await makeOwner(here, owner)
    expect(made.body).toMatchObject({ state: 'signed_in', role: { key: 'owner' } })
    expect((await owner.ask('/api/accounts')).status).toBe(200)
    expect(await here.app.people.makeSetUpLink()).toBeNull()
    expect(await stateOf(here.browser())).toBe('signed_out')
  })

  test('is one even when two try at once', async () => {
    const other = await startPeopleServer()
    const link = (await other.app.people.makeSetUpLink())?.split('#')[1] ?? ''
    const tries = ['a@example.com', 'b@example.com', 'c@example.com'].map((email) =>
      post(other.browser(), '/api/session/set-up', { ...payload, email, link }),
    )
    const codes = (await Promise.all(tries)).map(({ code }) => code)
    expect(codes.filter((code) => code === null)).toHaveLength(1)
    expect(codes.filter((code) => code === 'SET_UP_NOT_POSSIBLE')).toHaveLength(2)
    await other.close()
  })

  test('may not do what is the machine’s', async () => {
    const imports = { paths: ['/etc/passwd'], mapping: 'version: 1' }
    expect((await post(owner, '/api/imports', imports)).code).toBe('FORBIDDEN')
    expect((await owner.ask('/api/doctor')).code).toBe('FORBIDDEN')
  })
})

describe('the cookie of a session', () => {
  test('cannot be read by scripts, does not go with other sites’ requests, and holds no name', async () => {
    const { cookies } = await signIn(here.browser(), 'owner@example.com', strongPassword)
    expect(cookies).toHaveLength(1)
    const [name, ...attributes] = (cookies[0] ?? '').split('; ')
    expect(name).toMatch(/^tomoshibi\.session_token=/)
    expect(attributes).toEqual(expect.arrayContaining(['HttpOnly', 'SameSite=Lax', 'Path=/']))
    expect(cookies[0]).not.toMatch(/Domain|owner/)
  })

  test('that was planted before is not the one after signing in, and its session has ended', async () => {
    const attacker = here.browser()
    await signIn(attacker, 'owner@example.com', strongPassword)
    const planted = attacker.cookie()
    const victim = here.browser()
    victim.setCookie(planted)
    await signIn(victim, 'owner@example.com', strongPassword)
    expect(victim.cookie()).not.toBe(planted)
    expect(await stateOf(attacker)).toBe('signed_out')
  })

  test('that was changed, made up, or signed out is nobody’s', async () => {
    const browser = here.browser()
    await signIn(browser, 'owner@example.com', strongPassword)
    const good = browser.cookie()
    const [name, value = ''] = good.split('=')
    const [token = ''] = decodeURIComponent(value).split('.')
    const forger = here.browser()
    for (const forged of [`${name}=${token}`, `${name}=${token}.AAAA`, `${good}x`, `${name}=x.y`]) {
      forger.setCookie(forged)
      expect(await stateOf(forger), forged).toBe('signed_out')
    }
    await post(browser, '/api/session/sign-out', {})
    forger.setCookie(good)
    expect(await stateOf(forger)).toBe('signed_out')
  })

  test('does nothing for another site’s page', async () => {
    const headers = { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' }
    const asked = {
      method: 'POST',
      payload: { email: 'x@example.com', role: 'owner' },
      headers,
    } as const
    expect((await owner.ask('/api/invitations', asked)).code).toBe('ORIGIN_NOT_ALLOWED')
    const form = { 'content-type': 'text/plain' }
    const plain = await owner.ask('/api/session/sign-out', { method: 'POST', headers: form })
    expect(plain.status).toBe(415)
    expect(await stateOf(owner)).toBe('signed_in')
  })
})

describe('guessing', () => {
  test('says the same, with the same work, whether the address is known or not', async () => {
    const known = await signIn(
      here.browser('10.9.0.1'),
      'owner@example.com',
      'wrong password it is',
    )
    const unknown = await signIn(
      here.browser('10.9.0.2'),
      'nobody@example.com',
      'wrong password it is',
    )
    expect(unknown).toEqual(known)
    expect(known.code).toBe('SIGN_IN_REFUSED')
    const { state } = here.app.ports
    let hashed = 0
    const counting: Hasher = {
      ...quickHasher,
      hash: (password) => {
        hashed += 1
        return quickHasher.hash(password)
      },
      verify: (both) => {
        hashed += 1
        return quickHasher.verify(both)
      },
    }
    const identity = new Identity(state, here.operations.dataDir, counting)
    for (const email of ['owner@example.com', 'nobody@example.com']) {
      hashed = 0
      expect(await identity.userOf(email, 'wrong password it is')).toBeNull()
      expect(hashed, email).toBe(1)
    }
  })

  test('makes the hash of a right password anew where its cost has changed, and of a wrong one not', async () => {
    const { state } = here.app.ports
    const costly = new Identity(
      state,
      here.operations.dataDir,
      scryptHasher({ ln: 11, r: 8, p: 1 }),
    )
    const hash = async () => {
      const sql = `SELECT c.password FROM credentials c JOIN users u ON u.id = c.user_id
        WHERE u.email = 'owner@example.com'`
      const { rows } = await state.pool.query<{ password: string }>(sql)
      return rows[0]?.password ?? ''
    }
    await costly.userOf('owner@example.com', 'wrong password it is')
    expect(quickHasher.isOutdated(await hash())).toBe(false)
    expect(await costly.userOf('owner@example.com', strongPassword)).not.toBeNull()
    expect(await hash()).toMatch(/^\$scrypt\$ln=11,/)
    expect(await costly.userOf('owner@example.com', strongPassword)).not.toBeNull()
  })

  test('is slowed down for one account from one address, right password or not', async () => {
    const attacker = here.browser('10.0.0.1')
    const codes: unknown[] = []
    for (let n = 0; n < 11; n++) {
      codes.push((await signIn(attacker, 'owner@example.com', `wrong number ${n} of it`)).code)
    }
    expect(codes.slice(0, 10)).toEqual(Array(10).fill('SIGN_IN_REFUSED'))
    expect(codes[10]).toBe('TOO_MANY_ATTEMPTS')
    expect((await signIn(attacker, 'owner@example.com', strongPassword)).code).toBe(
      'TOO_MANY_ATTEMPTS',
    )
    const honest = await signIn(here.browser('10.0.0.2'), 'owner@example.com', strongPassword)
    expect(honest.code).toBeNull()
  })

  test('is slowed down for many at once', async () => {
    const attacker = here.browser('10.0.0.3')
    const tries = Array.from({ length: 14 }, (_, n) =>
      signIn(attacker, 'someone@example.com', `guess number ${n} of all`),
    )
    const codes = (await Promise.all(tries)).map(({ code }) => code)
    expect(codes.filter((code) => code === 'TOO_MANY_ATTEMPTS')).toHaveLength(4)
  })

  test('from many addresses does not lock out who signed in before from theirs', async () => {
    const home = '10.1.0.1'
    expect((await signIn(here.browser(home), 'owner@example.com', strongPassword)).code).toBeNull()
    const codes: unknown[] = []
    for (let n = 0; n < 60; n++) {
      const { code } = await signIn(
        here.browser(`10.2.0.${n}`),
        'owner@example.com',
        'wrong as it can be',
      )
      codes.push(code)
    }
    expect(codes.at(-1)).toBe('TOO_MANY_ATTEMPTS')
    expect((await signIn(here.browser(home), 'owner@example.com', strongPassword)).code).toBeNull()
    here.app.at('2026-11-21T05:00:00Z')
    expect(
      (await signIn(here.browser('10.3.0.1'), 'owner@example.com', strongPassword)).code,
    ).toBeNull()
  })
})

describe('invitations', () => {
  test('make a member with the role that was given, once', async () => {
    const invited = await post(owner, '/api/invitations', {
      email: 'Mei@Example.com ',
      role: 'csm',
    })
    const link = secretOf(invited.body)
    expect(invited.body).toMatchObject({ email: 'mei@example.com', link: `/join#${link}` })
    const mei = here.browser()
    const seen = await post(mei, '/api/invitations/look', { link })
    expect(seen.body).toMatchObject({ kind: 'invitation', email: 'mei@example.com', known: false })
    const accept = { link, name: 'Mei', password: strongPassword }
    const joined = await post(mei, '/api/invitations/accept', accept)
    expect(joined.body).toMatchObject({ state: 'signed_in', role: { key: 'csm' } })
    expect((await post(here.browser(), '/api/invitations/accept', accept)).code).toBe(
      'LINK_NOT_VALID',
    )
    expect((await post(here.browser(), '/api/invitations/look', { link })).code).toBe(
      'LINK_NOT_VALID',
    )
    expect((await mei.ask('/api/people')).code).toBe('FORBIDDEN')
    const again = await post(owner, '/api/invitations', { email: 'mei@example.com', role: 'owner' })
    expect(again.code).toBe('ALREADY_A_MEMBER')
  })

  test('used twice at once make one member', async () => {
    const invited = await post(owner, '/api/invitations', {
      email: 'twice@example.com',
      role: 'viewer',
    })
    const accept = { link: secretOf(invited.body), name: 'T', password: strongPassword }
    const tries = [1, 2].map(() => post(here.browser(), '/api/invitations/accept', accept))
    const codes = (await Promise.all(tries)).map(({ code }) => code)
    expect(codes.sort()).toEqual(['LINK_NOT_VALID', null].sort())
  })

  test('that were taken back, replaced, or are too old do not hold', async () => {
    const whom = { email: 'late@example.com', role: 'viewer' }
    const first = await post(owner, '/api/invitations', whom)
    const second = await post(owner, '/api/invitations', whom)
    const look = async (made: Answer) =>
      (await post(here.browser(), '/api/invitations/look', { link: secretOf(made.body) })).code
    expect([await look(first), await look(second)]).toEqual(['LINK_NOT_VALID', null])
    const { id } = z.object({ id: z.string() }).parse(second.body)
    const left = await post(owner, `/api/invitations/${id}/revoke`, {})
    expect(JSON.stringify(left.body)).not.toContain('late@example.com')
    expect(await look(second)).toBe('LINK_NOT_VALID')
    const third = await post(owner, '/api/invitations', whom)
    here.app.at('2026-11-28T05:00:01Z')
    expect(await look(third)).toBe('LINK_NOT_VALID')
    expect(listOf(await owner.ask('/api/invitations'))).toMatchObject([{ expired: true }])
    here.app.at('2026-11-21T05:00:00Z')
  })

  test('are kept as their hash only', async () => {
    const invited = await post(owner, '/api/invitations', {
      email: 'h@example.com',
      role: 'viewer',
    })
    const { rows } = await here.app.ports.state.pool.query('SELECT * FROM links')
    expect(JSON.stringify(rows)).not.toContain(secretOf(invited.body))
  })

  test('let nobody in as somebody who is here already without their password', async () => {
    const other = here.operations.workspace()
    const made = await other.caller.invitations.create({ email: 'mei@example.com', role: 'viewer' })
    const link = secretOf(made)
    const thief = here.browser('10.4.0.1')
    const tried = { link, name: 'X', password: 'another password of mine' }
    expect((await post(thief, '/api/invitations/accept', tried)).code).toBe('SIGN_IN_REFUSED')
    const mei = here.browser('10.4.0.2')
    const accepted = await post(mei, '/api/invitations/accept', {
      link,
      name: '',
      password: strongPassword,
    })
    expect(accepted.body).toMatchObject({ state: 'signed_in', person: { name: 'Mei' } })
  })
})

describe('roles', () => {
  let admin: Browser
  let userIds: Map<string, string>
  beforeAll(async () => {
    admin = await join(here, owner, { email: 'admin@example.com', role: 'admin' })
    await join(here, owner, { email: 'vera@example.com', role: 'viewer' })
    const people = z
      .array(z.object({ userId: z.string(), email: z.string() }))
      .parse((await owner.ask('/api/people')).body)
    userIds = new Map(people.map(({ email, userId }) => [email, userId]))
  })
  const idOf = (email: string) => userIds.get(email) ?? ''
  const change = (by: Browser, email: string, payload: object) =>
    by.ask(`/api/people/${idOf(email)}`, { method: 'PATCH', payload })

  test('are given, changed and taken by those who have as much', async () => {
    expect((await change(admin, 'vera@example.com', { role: 'manager' })).body).toMatchObject({
      role: 'manager',
    })
    for (const attempt of [
      change(admin, 'admin@example.com', { role: 'owner' }),
      change(admin, 'owner@example.com', { role: 'viewer' }),
      post(admin, `/api/people/${idOf('owner@example.com')}/remove`, {}),
      post(admin, `/api/people/${idOf('owner@example.com')}/password-link`, {}),
      post(admin, '/api/invitations', { email: 'n@example.com', role: 'owner' }),
      // Mei belongs to another workspace as well, where this one has no say.
      post(admin, `/api/people/${idOf('mei@example.com')}/password-link`, {}),
    ]) {
      expect((await attempt).code).toBe('ROLE_BEYOND_YOURS')
    }
  })

  test('leave a workspace an owner', async () => {
    expect((await change(owner, 'owner@example.com', { role: 'admin' })).code).toBe('LAST_OWNER')
    const remove = `/api/people/${idOf('owner@example.com')}/remove`
    expect((await post(owner, remove, {})).code).toBe('LAST_OWNER')
  })

  test('of another workspace cannot be reached', async () => {
    const other = here.operations.workspace()
    const attempt = other.caller.people.change({ userId: idOf('vera@example.com'), role: 'viewer' })
    await expect(attempt).rejects.toMatchObject({ code: 'MEMBER_NOT_FOUND' })
    expect(await other.caller.people.list()).toEqual([])
  })

  test('end with the next request for who was taken out', async () => {
    const gone = await join(here, owner, { email: 'gone@example.com', role: 'viewer' })
    expect((await gone.ask('/api/accounts')).status).toBe(200)
    const people = z
      .array(z.object({ userId: z.string(), email: z.string() }))
      .parse((await owner.ask('/api/people')).body)
    const userId = people.find(({ email }) => email === 'gone@example.com')?.userId ?? ''
    await post(owner, `/api/people/${userId}/remove`, {})
    expect((await gone.ask('/api/accounts')).code).toBe('FORBIDDEN')
  })
})

describe('sessions', () => {
  test('are listed and revoked by their person only', async () => {
    const phone = here.browser('10.5.0.1')
    await signIn(phone, 'vera@example.com', strongPassword)
    const desk = here.browser('10.5.0.2')
    await signIn(desk, 'vera@example.com', strongPassword)
    const listed = z
      .array(z.object({ id: z.string(), current: z.boolean(), address: z.string().nullable() }))
      .parse((await desk.ask('/api/sessions')).body)
    expect(listed.filter(({ current }) => current)).toMatchObject([{ address: '10.5.0.2' }])
    const onPhone = listed.find(({ address }) => address === '10.5.0.1')?.id ?? ''
    expect((await post(owner, `/api/sessions/${onPhone}/revoke`, {})).code).toBe(
      'SESSION_NOT_FOUND',
    )
    expect(await stateOf(phone)).toBe('signed_in')
    await post(desk, `/api/sessions/${onPhone}/revoke`, {})
    expect([await stateOf(phone), await stateOf(desk)]).toEqual(['signed_out', 'signed_in'])
  })

  test('all end but the one in which a new password is chosen', async () => {
    const [phone, desk] = [here.browser('10.6.0.1'), here.browser('10.6.0.2')]
    await signIn(phone, 'vera@example.com', strongPassword)
    await signIn(desk, 'vera@example.com', strongPassword)
    const wrong = { current: 'not the right one', password: 'eight lanterns by the lake' }
    expect((await post(desk, '/api/session/password', wrong)).code).toBe('SIGN_IN_REFUSED')
    const right = { ...wrong, current: strongPassword }
    expect((await post(desk, '/api/session/password', right)).code).toBeNull()
    expect([await stateOf(phone), await stateOf(desk)]).toEqual(['signed_out', 'signed_in'])
    expect((await signIn(phone, 'vera@example.com', strongPassword)).code).toBe('SIGN_IN_REFUSED')
    expect((await signIn(phone, 'vera@example.com', right.password)).code).toBeNull()
  })

  test('all end with a password that was set by a link, which is good once', async () => {
    const vera = here.browser('10.7.0.1')
    await signIn(vera, 'vera@example.com', 'eight lanterns by the lake')
    const people = z
      .array(z.object({ userId: z.string(), email: z.string() }))
      .parse((await owner.ask('/api/people')).body)
    const userId = people.find(({ email }) => email === 'vera@example.com')?.userId ?? ''
    const made = await post(owner, `/api/people/${userId}/password-link`, {})
    const reset = { link: secretOf(made.body), password: strongPassword }
    const accept = { ...reset, name: 'V' }
    expect((await post(vera, '/api/invitations/accept', accept)).code).toBe('LINK_NOT_VALID')
    expect((await post(here.browser(), '/api/session/reset-password', reset)).body).toMatchObject({
      state: 'signed_out',
    })
    expect(await stateOf(vera)).toBe('signed_out')
    const replay = await post(here.browser(), '/api/session/reset-password', reset)
    expect(replay.code).toBe('LINK_NOT_VALID')
    expect((await signIn(vera, 'vera@example.com', strongPassword)).code).toBeNull()
  })

  test('end two weeks after they were last used', async () => {
    const vera = here.browser('10.8.0.1')
    await signIn(vera, 'vera@example.com', strongPassword)
    await here.app.ports.state.pool.query(
      `UPDATE sessions SET expires_at = now() - interval '1 second'`,
    )
    expect(await stateOf(vera)).toBe('signed_out')
  })

  describe('with a policy of the owner', () => {
    const pool = () => here.app.ports.state.pool
    const choose = (policy: object) =>
      here.asProgram('/api/installation/sessions', { method: 'PUT', payload: policy })
    const age = (by: string) =>
      pool().query(
        `UPDATE sessions SET created_at = created_at - interval '${by}',
          updated_at = updated_at - interval '${by}', expires_at = expires_at - interval '${by}'`,
      )
    let vera: Browser
    beforeEach(async () => {
      vera = here.browser('10.8.0.2')
      await signIn(vera, 'vera@example.com', strongPassword)
    })
    afterEach(() => choose({}))

    test('end so long after they were last used, those as well that there were before', async () => {
      expect((await choose({ idleMinutes: 30 })).code).toBeNull()
      const late = here.browser('10.8.0.3')
      const { cookies } = await signIn(late, 'vera@example.com', strongPassword)
      expect(cookies[0]).toContain('Max-Age=1800')
      await age('29 minutes')
      // Used in time: it holds for half an hour from now.
      expect(await stateOf(late)).toBe('signed_in')
      await age('2 minutes')
      expect([await stateOf(late), await stateOf(vera)]).toEqual(['signed_in', 'signed_out'])
      await age('30 minutes')
      expect(await stateOf(late)).toBe('signed_out')
    })

    test('end so long after signing in, however much they are used', async () => {
      await choose({ longestHours: 12 })
      await age('11 hours')
      expect(await stateOf(vera)).toBe('signed_in')
      await age('1 hour')
      expect(await stateOf(vera)).toBe('signed_out')
      await choose({})
      expect(await stateOf(vera)).toBe('signed_out')
    })
  })
})

test('no password, token or link stands in what people are told of others', async () => {
  const again = here.browser('10.10.0.1')
  await signIn(again, 'owner@example.com', strongPassword)
  for (const url of ['/api/people', '/api/invitations', '/api/sessions', '/api/roles']) {
    const { body } = await again.ask(url)
    expect(JSON.stringify(body)).not.toMatch(/password|token|hash|secret/i)
  }
})

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { type Browser, join, makeOwner, type PeopleServer, startPeopleServer } from '../testing.ts'

let here: PeopleServer
let owner: Browser
beforeAll(async () => {
  here = await startPeopleServer('2026-11-21T03:00:00Z')
  owner = here.browser()
  await makeOwner(here, owner)
})
afterAll(() => here.close())

const madeShape = z.object({ id: z.string(), key: z.string(), hint: z.string() })
const make = async (payload: object, by = owner) => {
  const answer = await by.ask('/api/api-keys', { method: 'POST', payload })
  return answer.code === null
    ? madeShape.parse(answer.body)
    : { id: '', key: '', code: answer.code }
}
/** Asks as a program with a key, without a cookie. */
const withKey = (key: string, url: string, method: 'GET' | 'POST' = 'GET', payload?: object) =>
  here.browser().ask(url, {
    method,
    headers: { authorization: `Bearer ${key}` },
    ...(payload === undefined ? {} : { payload }),
  })

describe('an API key', () => {
  test('does what its permissions say, and nothing else', async () => {
    const { key } = await make({ name: 'reports', permissions: ['accounts:read'] })
    expect((await withKey(key, '/api/accounts')).status).toBe(200)
    for (const url of ['/api/metrics', '/api/people', '/api/api-keys', '/api/doctor']) {
      expect((await withKey(key, url)).code, url).toBe('FORBIDDEN')
    }
    for (const url of ['/api/sessions', '/api/sessions/x/revoke']) {
      const method = url.endsWith('revoke') ? 'POST' : 'GET'
      expect((await withKey(key, url, method, method === 'POST' ? {} : undefined)).code).toBe(
        'SIGN_IN_NEEDED',
      )
    }
  })

  test('is shown once, kept as its hash only, and told apart by how it begins', async () => {
    const made = await make({ name: 'once', permissions: ['accounts:read'] })
    expect(made.key).toMatch(/^tomo_api_[A-Za-z0-9]{32}$/)
    const { body } = await owner.ask('/api/api-keys')
    expect(JSON.stringify(body)).not.toContain(made.key)
    const { rows } = await here.app.ports.state.pool.query('SELECT * FROM api_keys')
    expect(JSON.stringify(rows)).not.toContain(made.key)
  })

  test('ends when it was to end, or is revoked, with the next request', async () => {
    const days = await make({ name: 'short', permissions: ['accounts:read'], expiresInDays: 1 })
    const ever = await make({ name: 'ever', permissions: ['accounts:read'], expiresInDays: null })
    here.app.at('2026-11-22T02:59:59Z')
    expect((await withKey(days.key, '/api/accounts')).status).toBe(200)
    here.app.at('2026-11-22T03:00:00Z')
    expect((await withKey(days.key, '/api/accounts')).code).toBe('SIGN_IN_NEEDED')
    expect((await withKey(ever.key, '/api/accounts')).status).toBe(200)
    await owner.ask(`/api/api-keys/${ever.id}/revoke`, { method: 'POST', payload: {} })
    expect((await withKey(ever.key, '/api/accounts')).code).toBe('SIGN_IN_NEEDED')
  })

  test.each([
    ['wrong', 'tomo_api_wrong'],
    ['of another kind', 'tomo_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'],
    ['empty', ''],
  ])('that is %s is nobody’s, also beside a session', async (_, key) => {
    const headers = { authorization: `Bearer ${key}` }
    expect((await owner.ask('/api/accounts', { headers })).code).toBe('SIGN_IN_NEEDED')
  })

  test('is of its workspace', async () => {
    const other = here.operations.workspace()
    await other.facts.account('theirs-1', { name: 'Theirs' }, '2026-01-01T00:00:00Z')
    const { key } = await other.caller.apiKeys.create({
      name: 'theirs',
      permissions: ['accounts:read'],
    })
    expect(await other.caller.accounts.list({})).toMatchObject({ total: 1 })
    // The same stores: the key is known here, and leads to its own workspace.
    here.app.apiKeys.ring.changed()
    expect((await withKey(key, '/api/accounts')).body).toMatchObject({ rows: [{ id: 'theirs-1' }] })
    const { id } = (await other.caller.apiKeys.list())[0] ?? { id: '' }
    const revoke = await owner.ask(`/api/api-keys/${id}/revoke`, { method: 'POST', payload: {} })
    expect(revoke.code).toBe('API_KEY_NOT_FOUND')
  })

  test('can do no more than who made it, and nothing of the machine', async () => {
    const { key } = await make({ name: 'keys', permissions: ['keys:manage', 'accounts:read'] })
    const more = { name: 'more', permissions: ['people:manage'] }
    expect((await withKey(key, '/api/api-keys', 'POST', more)).code).toBe('ROLE_BEYOND_YOURS')
    for (const permission of ['imports:run', 'backup:make', 'upkeep:read']) {
      expect(await make({ name: 'm', permissions: [permission] })).toMatchObject({
        code: 'BAD_INPUT',
      })
    }
    const csm = await join(here, owner, { email: 'csm@example.com', role: 'csm' })
    expect(await make({ name: 'c', permissions: ['accounts:read'] }, csm)).toMatchObject({
      code: 'FORBIDDEN',
    })
  })

  test('tells when it was last used, and costs no query to look up', async () => {
    const { key, id } = await make({ name: 'used', permissions: ['accounts:read'] })
    await here.app.apiKeys.callerOf(key)
    const asked = vi.spyOn(here.app.ports.state.db, 'select')
    for (let n = 0; n < 50; n += 1) await here.app.apiKeys.callerOf(key)
    expect(asked).not.toHaveBeenCalled()
    asked.mockRestore()
    const keys = z
      .array(z.object({ id: z.string(), lastUsedAt: z.string().nullable() }))
      .parse((await owner.ask('/api/api-keys')).body)
    expect(keys.find((one) => one.id === id)?.lastUsedAt).toBe('2026-11-22T03:00:00Z')
  })
})

describe('what somebody made', () => {
  const status = async (key: string) => (await withKey(key, '/api/accounts')).status
  const listed = <T>(row: z.ZodType<T>, url: string) =>
    owner.ask(url).then(({ body }) => z.array(row).parse(body))
  const idOf = async (email: string) => {
    const rows = await listed(z.object({ userId: z.string(), email: z.string() }), '/api/people')
    return rows.find((member) => member.email === email)?.userId ?? ''
  }
  const openInvitations = async () => {
    const rows = await listed(z.object({ email: z.string() }), '/api/invitations')
    return rows.map(({ email }) => email)
  }

  test('ends when they are taken out, what they made with a key of theirs as well', async () => {
    const admin = await join(here, owner, { email: 'leaving@example.com', role: 'admin' })
    const permissions = ['keys:manage', 'people:manage', 'accounts:read']
    const own = await make({ name: 'own', permissions, expiresInDays: null }, admin)
    const second = await withKey(own.key, '/api/api-keys', 'POST', {
      name: 'second',
      permissions: ['accounts:read'],
      expiresInDays: null,
    })
    const { key: byKey } = madeShape.parse(second.body)
    const back = { email: 'back@example.com', role: 'admin' }
    expect((await admin.ask('/api/invitations', { method: 'POST', payload: back })).code).toBeNull()
    expect(await openInvitations()).toContain('back@example.com')
    const kept = await make({ name: 'of another', permissions: ['accounts:read'] })
    expect(await Promise.all([own.key, byKey, kept.key].map(status))).toEqual([200, 200, 200])

    const leaving = await idOf('leaving@example.com')
    await owner.ask(`/api/people/${leaving}/remove`, { method: 'POST', payload: {} })
    expect(await Promise.all([own.key, byKey, kept.key].map(status))).toEqual([401, 401, 200])
    expect(await openInvitations()).not.toContain('back@example.com')
  })

  test('ends as far as it goes beyond a new role', async () => {
    const admin = await join(here, owner, { email: 'lower@example.com', role: 'admin' })
    const more = await make({ name: 'more', permissions: ['keys:manage', 'accounts:read'] }, admin)
    const same = await make({ name: 'same', permissions: ['accounts:read'] }, admin)
    const userId = await idOf('lower@example.com')
    const changed = await owner.ask(`/api/people/${userId}`, {
      method: 'PATCH',
      payload: { role: 'viewer' },
    })
    expect(changed.code).toBeNull()
    expect(await Promise.all([more.key, same.key].map(status))).toEqual([401, 200])
  })

  test('stays when they may do more', async () => {
    const admin = await join(here, owner, { email: 'rising@example.com', role: 'admin' })
    const { key } = await make({ name: 'own', permissions: ['keys:manage'] }, admin)
    const invited = { email: 'kept@example.com', role: 'viewer' }
    await admin.ask('/api/invitations', { method: 'POST', payload: invited })
    const userId = await idOf('rising@example.com')
    const payload = { role: 'owner' }
    expect((await owner.ask(`/api/people/${userId}`, { method: 'PATCH', payload })).code).toBeNull()
    expect((await withKey(key, '/api/api-keys')).status).toBe(200)
    expect(await openInvitations()).toContain('kept@example.com')
  })

  test('ends as far as it goes beyond their role, once that may do less', async () => {
    const define = (permissions: readonly string[]) =>
      owner.ask('/api/roles/reporter', {
        method: 'PUT',
        payload: { name: 'Reporter', permissions, accounts: 'all' },
      })
    await define(['keys:manage', 'accounts:read', 'metrics:read'])
    const reporter = await join(here, owner, { email: 'r@example.com', role: 'reporter' })
    const more = await make({ name: 'm', permissions: ['metrics:read', 'accounts:read'] }, reporter)
    const same = await make({ name: 's', permissions: ['accounts:read'] }, reporter)
    expect((await define(['keys:manage', 'accounts:read'])).code).toBeNull()
    expect(await Promise.all([more.key, same.key].map(status))).toEqual([401, 200])
  })
})

test('a write key ends when it was to end, and tells when it was last used', async () => {
  const { writeKeys } = here.app
  const made = await here.app.caller.writeKeys.create({ name: 'short', expiresInDays: 1 })
  expect(await writeKeys.workspaceOf(made.key)).toBe(here.app.id)
  here.app.at('2026-11-23T03:00:00Z')
  expect(await writeKeys.workspaceOf(made.key)).toBeNull()
  const [listed] = await here.app.caller.writeKeys.list()
  expect(listed).toMatchObject({
    expiresAt: '2026-11-23T03:00:00Z',
    lastUsedAt: '2026-11-22T03:00:00Z',
  })
})

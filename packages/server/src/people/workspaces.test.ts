import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import {
  type Browser,
  join,
  makeOwner,
  type PeopleServer,
  secretOf,
  startPeopleServer,
} from './testing.ts'

let here: PeopleServer
let owner: Browser
beforeAll(async () => {
  here = await startPeopleServer('2026-11-21T03:00:00Z')
  owner = here.browser()
  await makeOwner(here, owner)
})
afterAll(() => here.close())

const inside = (id: string) => ({ headers: { 'x-tomoshibi-workspace': id } })
const listed = z.array(
  z.object({ id: z.string(), name: z.string(), current: z.boolean(), role: z.unknown() }),
)
const list = async (by: Browser, asking = {}) =>
  listed.parse((await by.ask('/api/workspaces', asking)).body)
const account = (name: string) => ({
  records: [{ accountId: 'acme', attributes: { name } }],
})

describe('several workspaces', () => {
  test('are made by who configures the installation, and are empty and their own', async () => {
    // Later than the first one, which is where a person is when they say nothing.
    here.app.at('2026-11-21T04:00:00Z')
    const made = await owner.ask('/api/workspaces', {
      method: 'POST',
      payload: { name: 'Second', id: 'second' },
    })
    expect(made.body).toMatchObject({ id: 'second', role: { key: 'owner' } })
    const again = { method: 'POST', payload: { name: 'x', id: 'second' } } as const
    expect((await owner.ask('/api/workspaces', again)).code).toBe('WORKSPACE_EXISTS')
    expect(await list(owner)).toMatchObject([
      { id: here.app.id, current: true },
      { id: 'second', name: 'Second', current: false },
    ])
    expect(await list(owner, inside('second'))).toMatchObject([
      { current: false },
      { id: 'second', current: true },
    ])
    const people = await owner.ask('/api/people', inside('second'))
    expect(people.body).toMatchObject([{ email: 'owner@example.com', role: 'owner' }])
    // Facts of one id in both are two.
    const put = (name: string, asking = {}) =>
      owner.ask('/api/facts/accounts', { method: 'PUT', payload: account(name), ...asking })
    await put('First Acme')
    await put('Second Acme', inside('second'))
    const shown = async (asking = {}) =>
      JSON.stringify((await owner.ask('/api/accounts/acme', asking)).body)
    expect(await shown()).toContain('First Acme')
    expect(await shown()).not.toContain('Second Acme')
    expect(await shown(inside('second'))).toContain('Second Acme')
    expect(await shown(inside('second'))).not.toContain('First Acme')
  })

  test('a person has a role in each, and is nobody in others', async () => {
    const mei = await join(here, owner, { email: 'mei@example.com', role: 'admin' })
    for (const id of ['second', 'not-there', '../second', ' second']) {
      expect((await mei.ask('/api/accounts', inside(id))).code, id).toBe('WORKSPACE_NOT_FOUND')
      expect((await mei.ask('/api/session', inside(id))).code, id).toBe('WORKSPACE_NOT_FOUND')
    }
    // Only in the first workspace does the installation's permission count.
    const making = { method: 'POST', payload: { name: 'x' } } as const
    const byOwner = await owner.ask('/api/workspaces', { ...making, ...inside('second') })
    expect(byOwner.code).toBe('FORBIDDEN')
    const invited = await owner.ask('/api/invitations', {
      method: 'POST',
      payload: { email: 'mei@example.com', role: 'viewer' },
      ...inside('second'),
    })
    here.app.at('2026-11-21T05:00:00Z')
    const accepted = await here.browser().ask('/api/invitations/accept', {
      method: 'POST',
      payload: {
        link: secretOf(invited.body),
        name: 'Mei',
        password: 'seven lanterns by the river',
      },
    })
    expect(accepted.code).toBeNull()
    expect((await list(mei)).map(({ id }) => id)).toEqual([here.app.id, 'second'])
    const there = await mei.ask('/api/session', inside('second'))
    expect(there.body).toMatchObject({ role: { key: 'viewer' }, workspace: { id: 'second' } })
    expect((await mei.ask('/api/audit', inside('second'))).code).toBe('FORBIDDEN')
    expect((await mei.ask('/api/audit')).code).toBeNull()
  })

  test('a key is of its own and does not open another; nor is it told of one', async () => {
    const made = await owner.ask('/api/api-keys', {
      method: 'POST',
      payload: { name: 'of second', permissions: ['accounts:read', 'workspace:read'] },
      ...inside('second'),
    })
    const { key, id } = z.object({ key: z.string(), id: z.string() }).parse(made.body)
    const asKey = (url: string, headers = {}) =>
      here.browser().ask(url, { headers: { authorization: `Bearer ${key}`, ...headers } })
    expect(JSON.stringify((await asKey('/api/accounts')).body)).toContain('Second Acme')
    const elsewhere = { 'x-tomoshibi-workspace': here.app.id }
    expect((await asKey('/api/accounts', elsewhere)).code).toBe('WORKSPACE_NOT_FOUND')
    expect((await asKey('/api/workspaces')).body).toMatchObject([{ id: 'second' }])
    // Nor does who manages keys of the one revoke it from the other.
    const revoke = await owner.ask(`/api/api-keys/${id}/revoke`, { method: 'POST', payload: {} })
    expect(revoke.code).toBe('API_KEY_NOT_FOUND')
  })

  test('the command line is in whichever it says, and makes none by naming it', async () => {
    const headers = { authorization: 'Bearer the token of the owner' }
    const ask = (id: string) =>
      here.browser().ask('/api/workspace', { headers: { ...headers, ...inside(id).headers } })
    expect((await ask('second')).body).toMatchObject({ name: 'Second' })
    expect((await ask('third')).code).toBe('WORKSPACE_NOT_FOUND')
    await expect(here.app.callerIn('third')).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    const { rows } = await here.app.ports.state.pool.query('SELECT id FROM workspaces')
    expect(rows.map(({ id }) => id).toSorted()).toEqual(['second', here.app.id].toSorted())
  })
})

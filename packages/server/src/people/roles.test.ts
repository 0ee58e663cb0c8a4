import { afterAll, beforeAll, expect, test } from 'vitest'
import { program } from '../call/caller.ts'
import { codeOf } from '../call/testing.ts'
import { type Browser, join, makeOwner, type PeopleServer, startPeopleServer } from './testing.ts'
import { writeTwoOwners } from './testing-accounts.ts'

let here: PeopleServer
let owner: Browser
beforeAll(async () => {
  here = await startPeopleServer()
  await writeTwoOwners(here.app.facts)
  owner = here.browser()
  await makeOwner(here, owner)
})
afterAll(() => here.close())

const define = (key: string, payload: object, by = owner) =>
  by.ask(`/api/roles/${key}`, {
    method: 'PUT',
    payload: { name: key, accounts: 'all', ...payload },
  })
const remove = (key: string) =>
  owner.ask(`/api/roles/${key}/remove`, { method: 'POST', payload: {} })

test('a role of one’s own may what it says, changes for who has it, and stays while it is held', async () => {
  expect((await define('finance', { permissions: ['accounts:read'] })).code).toBeNull()
  const fay = await join(here, owner, { email: 'fay@example.com', role: 'finance' })
  expect((await fay.ask('/api/accounts')).body).toMatchObject({ total: 4 })
  expect((await fay.ask('/api/metrics')).code).toBe('FORBIDDEN')
  await define('finance', { permissions: ['metrics:read'] })
  expect((await fay.ask('/api/accounts')).code).toBe('FORBIDDEN')
  expect((await fay.ask('/api/metrics')).status).toBe(200)
  expect((await remove('finance')).code).toBe('ROLE_IN_USE')
})

test('a role that is held to accounts sees those that the setting says, by the name that was given', async () => {
  await here.app.caller.workspace.configure({ settings: { csmSees: 'own_and_team' } })
  const may = { permissions: ['accounts:read', 'workspace:read'], accounts: 'by_setting' }
  await define('junior', may)
  const whom = { email: 'ju@example.com', role: 'junior', ownerName: 'Mei' }
  // The name that they give themselves is another CSM's, and opens nothing.
  const junior = await join(here, owner, { ...whom, name: 'Someone Else' })
  expect((await junior.ask('/api/accounts')).body).toMatchObject({ total: 2 })
  expect((await junior.ask('/api/accounts/zzother-1')).code).toBe('UNKNOWN_ACCOUNT')
  const mate = { email: 'mate@example.com', role: 'csm', team: 'east', ownerName: 'Someone Else' }
  await join(here, owner, mate)
  const people = await here.app.caller.people.list()
  const userId = people.find(({ email }) => email === 'ju@example.com')?.userId ?? ''
  await here.app.caller.people.change({ userId, team: 'east' })
  expect((await junior.ask('/api/accounts')).body).toMatchObject({ total: 4 })
  await here.app.caller.people.change({ userId, team: 'west', ownerName: '' })
  expect((await junior.ask('/api/accounts')).body).toMatchObject({ total: 0 })
})

test.each([
  ['owner', ['accounts:read'], 'BAD_INPUT'],
  ['Big', ['accounts:read'], 'BAD_INPUT'],
  ['none', [], 'BAD_INPUT'],
  ['machine', ['imports:run'], 'BAD_INPUT'],
  ['all', ['backup:make'], 'BAD_INPUT'],
])('a role %s of %j is refused', async (key, permissions, code) => {
  expect((await define(key, { permissions })).code).toBe(code)
})

test('a role that there is anyway, or that there is not, cannot be removed', async () => {
  expect((await remove('viewer')).code).toBe('ROLE_NOT_FOUND')
  expect((await remove('nowhere')).code).toBe('ROLE_NOT_FOUND')
})

test('nobody makes a role that may or sees more than they', async () => {
  const { router, call, id } = here.app
  const { createRouterClient } = await import('@orpc/server')
  const role = { key: 'more', name: 'more', accounts: 'all' } as const
  const attempts = [
    createRouterClient(router, {
      context: call(program(id, new Set(['people:manage']))),
    }).people.defineRole({ ...role, permissions: ['audit:read'] }),
    createRouterClient(router, {
      context: call({ ...program(id), accounts: { ownedBy: ['Mei'] } }),
    }).people.defineRole({ ...role, permissions: ['accounts:read'] }),
  ]
  for (const code of await Promise.all(attempts.map(codeOf))) expect(code).toBe('ROLE_BEYOND_YOURS')
})

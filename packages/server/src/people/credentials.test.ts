import { isContractProcedure } from '@orpc/contract'
import { contract } from '@tomoshibi/contract/contract'
import { workspaceHeader } from '@tomoshibi/contract/workspaces'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import {
  type Asking,
  type Browser,
  join,
  makeOwner,
  type PeopleServer,
  startPeopleServer,
} from './testing.ts'

let here: PeopleServer
let owner: Browser
/** What somebody shows with a request, by what is wrong with it. */
const shown: Record<string, Pick<Asking, 'headers'> & { readonly browser?: Browser }> = {}
beforeAll(async () => {
  here = await startPeopleServer('2026-11-21T03:00:00Z')
  owner = here.browser()
  await makeOwner(here, owner)
  const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } })
  const { apiKeys } = here.app.caller
  const every = { permissions: ['accounts:read', 'people:manage', 'keys:manage'] } as const
  const made = async (expiresInDays: number | null) =>
    await apiKeys.create({ name: 'n', permissions: [...every.permissions], expiresInDays })
  const [revoked, expired, other] = [await made(null), await made(1), await made(null)]
  await apiKeys.revoke({ id: revoked.id })
  const member = await join(here, owner, { email: 'gone@example.com', role: 'owner' })
  const cookie = member.cookie()
  const ended = here.browser()
  ended.setCookie(cookie)
  await member.ask('/api/session/sign-out', { method: 'POST', payload: {} })
  const forged = here.browser()
  forged.setCookie(`${owner.cookie()}x`)
  here.app.at('2026-11-23T03:00:00Z')
  Object.assign(shown, {
    nothing: {},
    'a token that is made up': bearer('made up'),
    'a key that is made up': bearer('tomo_api_abcdefghijklmnopqrstuvwxyzABCDEF'),
    'a key that was revoked': bearer(revoked.key),
    'a key after its end': bearer(expired.key),
    'a key of another workspace': {
      headers: { ...bearer(other.key).headers, [workspaceHeader]: 'elsewhere' },
    },
    'a cookie of a session that ended': { browser: ended },
    'a cookie that was changed': { browser: forged },
  })
})
afterAll(() => here.close())

const operations = Object.entries(contract).flatMap(([group, all]) =>
  Object.entries(all).flatMap(([name, operation]) => {
    if (!isContractProcedure(operation)) return []
    const { meta, route } = operation['~orpc']
    const { permission } = z.object({ permission: z.string() }).parse(meta)
    const { method, path } = z.object({ method: z.string(), path: z.string() }).parse(route)
    return [{ name: `${group}.${name}`, permission, method, path }]
  }),
)
const methods = z.enum(['GET', 'POST', 'PATCH', 'PUT'])

describe.each([
  'nothing',
  'a token that is made up',
  'a key that is made up',
  'a key that was revoked',
  'a key after its end',
  'a key of another workspace',
  'a cookie of a session that ended',
  'a cookie that was changed',
])('whoever shows %s', (what) => {
  test('is let into no operation that needs somebody', async () => {
    const { browser = here.browser(), headers = {} } = shown[what] ?? {}
    const letIn: string[] = []
    for (const { name, permission, method, path } of operations) {
      if (permission === 'anyone') continue
      const url = `/api${path.replace(/\{\w+\}/g, '00000000-0000-4000-8000-000000000000')}`
      const asking = { method: methods.parse(method), headers }
      const answer = await browser.ask(url, method === 'GET' ? asking : { ...asking, payload: {} })
      const expected =
        what === 'a key of another workspace' ? 'WORKSPACE_NOT_FOUND' : 'SIGN_IN_NEEDED'
      if (answer.code !== expected) letIn.push(`${name}: ${answer.code}`)
    }
    expect(letIn).toEqual([])
  })
})

test('the owner is let in where they are not', async () => {
  expect((await owner.ask('/api/accounts')).code).toBeNull()
  expect(operations.length).toBeGreaterThan(100)
})

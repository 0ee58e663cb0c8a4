import { readFileSync } from 'node:fs'
import { isContractProcedure } from '@orpc/contract'
import { createRouterClient } from '@orpc/server'
import { contract } from '@tomoshibi/contract/contract'
import { confirmedMinutes, requirements } from '@tomoshibi/contract/operation'
import { builtInRoleKeys, builtInRoles } from '@tomoshibi/contract/roles'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type Caller, nobody, program } from '../call/caller.ts'
import { startTestOperations, type TestOperations, type TestWorkspace } from '../call/testing.ts'
import { writeTwoOwners } from './testing-accounts.ts'

const credential = { id: 'none', rawId: 'none', type: 'public-key' }
const created = { clientDataJSON: 'e30', attestationObject: '' }
const asserted = { clientDataJSON: 'e30', authenticatorData: '', signature: '' }
const noId = () => ({ id: '00000000-0000-4000-8000-000000000000' })

/**
 * An input for each operation that has one, which names an account where it can. They ask for as little as
 * they can: what is tested is who may, and of whom it tells.
 */
const inputs: Readonly<Record<string, (account: string) => unknown>> = {
  'workspace.configure': () => ({}),
  'workspaces.create': () => ({ name: 'n' }),
  'session.setUp': () => ({
    link: 'x'.repeat(43),
    name: 'n',
    email: 'n@example.com',
    password: 'p',
  }),
  'session.signIn': () => ({ email: 'n@example.com', password: 'p' }),
  'session.forgotPassword': () => ({ email: 'n@example.com' }),
  'session.secondStep': () => ({ code: '000000' }),
  'session.beginSecondFactor': () => ({ password: 'p' }),
  'session.confirmSecondFactor': () => ({ code: '000000' }),
  'session.removeSecondFactor': () => ({ password: 'p' }),
  'session.renewRecoveryCodes': () => ({ password: 'p' }),
  'session.confirm': () => ({ password: 'p' }),
  'session.changePassword': () => ({ current: 'p', password: 'p' }),
  'session.resetPassword': () => ({ link: 'x'.repeat(43), password: 'p' }),
  'session.revoke': () => ({ id: 'none' }),
  'people.change': () => ({ userId: 'none' }),
  'people.remove': () => ({ userId: 'none' }),
  'people.passwordLink': () => ({ userId: 'none' }),
  'people.resetSecondFactor': () => ({ userId: 'none' }),
  'people.defineRole': () => ({
    key: 'k',
    name: 'n',
    permissions: ['accounts:read'],
    accounts: 'all',
  }),
  'people.removeRole': () => ({ key: 'none' }),
  'invitations.create': () => ({ email: 'x@example.com', role: 'none' }),
  'invitations.revoke': () => ({ id: '00000000-0000-4000-8000-000000000000' }),
  'invitations.look': () => ({ link: 'x'.repeat(43) }),
  'invitations.accept': () => ({ link: 'x'.repeat(43), name: 'n', password: 'p' }),
  'passkeys.add': () => ({ credential: { ...credential, response: created } }),
  'passkeys.rename': () => ({ id: '00000000-0000-4000-8000-000000000000', name: 'n' }),
  'passkeys.remove': () => ({ id: '00000000-0000-4000-8000-000000000000' }),
  'passkeys.signIn': () => ({ credential: { ...credential, response: asserted } }),
  'passkeys.secondStep': () => ({ credential: { ...credential, response: asserted } }),
  'passkeys.confirm': () => ({ credential: { ...credential, response: asserted } }),
  'passkeys.ofMember': () => ({ userId: 'none' }),
  'passkeys.removeOfMember': () => ({
    userId: 'none',
    id: '00000000-0000-4000-8000-000000000000',
  }),
  'audit.list': () => ({}),
  'audit.export': () => ({}),
  'imports.start': () => ({ paths: ['/none'], mapping: 'version: 0' }),
  'imports.get': () => ({ id: 'none' }),
  'imports.suggest': () => ({ paths: ['/none'] }),
  'writeKeys.create': () => ({ name: 'n' }),
  'apiKeys.create': () => ({ name: 'n', permissions: ['accounts:read'] }),
  'apiKeys.revoke': () => ({ id: '00000000-0000-4000-8000-000000000000' }),
  'writeKeys.revoke': () => ({ id: '00000000-0000-4000-8000-000000000000' }),
  'facts.put': () => ({ type: 'tickets', records: [] }),
  'metrics.describe': () => ({ key: 'mrr', sql: true }),
  'metrics.apply': () => ({ files: [{ name: 'x.yaml', yaml: 'key: 1' }] }),
  'metrics.export': () => ({}),
  'metrics.retire': () => ({ key: 'none' }),
  'metrics.query': (account) => ({ metrics: ['mrr'], accounts: [account] }),
  'metrics.explain': (account) => ({ metrics: ['mrr'], accounts: [account], language: 'en' }),
  'metrics.facts': (account) => ({ metric: 'mrr', account, on: '2026-11-20' }),
  'metrics.movements': (account) => ({ from: '2026-01-01', to: '2026-11-01', account }),
  'metrics.cohorts': () => ({ from: '2026-01-01', to: '2026-11-01' }),
  'health.apply': () => ({ files: [{ name: 'x.yaml', yaml: 'key: 1' }] }),
  'health.export': () => ({}),
  'health.retire': () => ({ key: 'none' }),
  'health.preview': () => ({ retire: ['none'] }),
  'health.overview': () => ({}),
  'health.explain': (account) => ({ account }),
  'health.history': (account) => ({ account, from: '2026-11-19', to: '2026-11-20' }),
  'health.overrides': () => ({}),
  'health.override': (account) => ({ account, score: 1, reason: 'r', until: '2020-01-01' }),
  'health.withdraw': (account) => ({ account }),
  'definitions.apply': () => ({ files: [{ name: 'x.yaml', yaml: 'key: 1' }] }),
  'definitions.export': () => ({}),
  'goals.notices': () => ({}),
  'goals.follow': () => ({}),
  'goals.course': () => ({ key: 'none' }),
  'goals.check': () => ({ key: 'none' }),
  'goals.verify': () => ({ key: 'none' }),
  'goals.apply': () => ({ files: [{ name: 'x.yaml', yaml: 'key: 1' }] }),
  'goals.export': () => ({}),
  'goals.retire': () => ({ key: 'none' }),
  'goals.list': () => ({}),
  'accounts.list': (account) => ({ search: account }),
  'accounts.get': (account) => ({ accountId: account }),
  'accounts.timeline': (account) => ({ accountId: account }),
  'lamps.define': () => ({ yaml: 'key: 1' }),
  'lamps.preview': () => ({ yaml: 'key: 1' }),
  'lamps.retire': () => ({ lamp: 'none', reason: 'r' }),
  'lamps.restore': () => ({ lamp: 'none' }),
  'lamps.list': (account) => ({ account }),
  'lamps.evaluate': () => ({}),
  'lamps.start': (account) => ({ account, lamp: 'silence' }),
  'lamps.done': (account) => ({ account, lamp: 'silence' }),
  'lamps.snooze': (account) => ({ account, lamp: 'silence', until: '2027-01-01', reason: 'r' }),
  'lamps.silences': (account) => ({ account }),
  'lamps.silence': (account) => ({ account, lamp: 'silence', until: '2020-01-01', reason: 'r' }),
  'lamps.unsilence': (account) => ({ account, lamp: 'silence' }),
  'lamps.undo': (account) => ({ account, lamp: 'silence' }),
  'playbooks.define': () => ({ yaml: 'key: 1' }),
  'playbooks.preview': (account) => ({ account, key: 'none' }),
  'playbooks.begin': (account) => ({ account, playbook: 'none' }),
  'playbooks.runs': (account) => ({ account }),
  'playbooks.run': () => ({ id: '00000000-0000-4000-8000-000000000000' }),
  'playbooks.pause': () => ({ id: '00000000-0000-4000-8000-000000000000' }),
  'playbooks.resume': () => ({ id: '00000000-0000-4000-8000-000000000000' }),
  'playbooks.retry': () => ({ id: '00000000-0000-4000-8000-000000000000' }),
  'playbooks.cancel': () => ({ id: '00000000-0000-4000-8000-000000000000' }),
  'tasks.list': (account) => ({ account }),
  'tasks.get': () => ({ id: '00000000-0000-4000-8000-000000000000' }),
  'tasks.create': (account) => ({ account, title: 't', dueOn: '2026-12-01' }),
  'tasks.change': () => ({ id: '00000000-0000-4000-8000-000000000000' }),
  'tasks.finish': () => ({ id: '00000000-0000-4000-8000-000000000000' }),
  'tasks.reopen': () => ({ id: '00000000-0000-4000-8000-000000000000' }),
  'tasks.cancel': () => ({ id: '00000000-0000-4000-8000-000000000000' }),
  'tasks.comment': () => ({ id: '00000000-0000-4000-8000-000000000000', text: 't' }),
  'tasks.bulk': () => ({ ids: ['00000000-0000-4000-8000-000000000000'], act: 'finish' }),
  'evidence.check': () => ({}),
  'evidence.lamp': () => ({ key: 'silence' }),
  'evidence.metric': () => ({ key: 'none', outcome: 'churn' }),
  'evidence.score': () => ({ outcome: 'churn', from: 'x' }),
  'evidence.report': () => ({ outcome: 'churn', metrics: ['none'] }),
  'evidence.panel': () => ({ metrics: ['none'] }),
  'installation.setMail': () => ({
    host: 'mail.example.com',
    port: 465,
    security: 'tls',
    user: '',
    from: 'not an address',
    fromName: '',
  }),
  'installation.setSessions': () => ({ idleMinutes: 1 }),
  'identityProviders.set': () => ({
    id: 'none',
    name: 'n',
    issuer: 'https://id.example.com',
    clientId: 'c',
    domains: [],
  }),
  'identityProviders.remove': () => ({ id: 'none' }),
  'identityProviders.try': () => ({ id: 'none' }),
  'identityProviders.endSessions': () => ({ id: 'none' }),
  'singleSignOn.begin': () => ({ provider: 'none' }),
  'singleSignOn.beginLink': () => ({ provider: 'none' }),
  'singleSignOn.beginConfirm': () => ({ provider: 'none' }),
  'singleSignOn.finish': () => ({ provider: 'none', response: '' }),
  'singleSignOn.unlink': () => ({ provider: 'none' }),
  'installation.testMail': () => ({ to: 'n@example.com' }),
  'installation.retryMail': () => ({ id: '00000000-0000-4000-8000-000000000000' }),
  'webhooks.create': () => ({ name: 'n', url: 'ftp://example.com', events: ['lamp.lit'] }),
  'webhooks.change': noId,
  'webhooks.renewSecret': noId,
  'webhooks.remove': noId,
  'webhooks.test': noId,
  'webhooks.messages': noId,
  'webhooks.retry': () => ({ ...noId(), message: '00000000-0000-4000-8000-000000000000' }),
  'retention.set': () => ({ table: 'none', months: 12 }),
  'retention.apply': () => ({ dryRun: true }),
  'personalData.find': () => ({ userId: 'none' }),
  'personalData.export': () => ({ userId: 'none' }),
  'personalData.erase': () => ({ userId: 'none', fingerprint: 'none' }),
}

const operationNames = Object.entries(contract).flatMap(([group, operations]) =>
  Object.entries(operations).flatMap(([name, operation]) =>
    isContractProcedure(operation) ? [`${group}.${name}`] : [],
  ),
)

function metaOf(name: string): readonly [OperationMeta, string | undefined] {
  const found = name.split('.').reduce<unknown>((at, key) => Reflect.get(Object(at), key), contract)
  if (!isContractProcedure(found)) throw new Error(`${name} is no operation`)
  const { meta, route } = found['~orpc']
  return [operationMeta.parse(meta), route.method]
}
const operationMeta = z.object({ permission: z.enum(requirements) })
type OperationMeta = z.infer<typeof operationMeta>

/** The rows of the page that tells who may what: operation → column → mark. */
function pageRows(path: string): Map<string, ReadonlyMap<string, string>> {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  const [head = [], , ...rows] = lines
  const columns = ['operation', 'needs', 'nobody', ...head.slice(3, -1), 'machine']
  return new Map(
    rows.map((cells) => [
      (cells[0] ?? '').replaceAll('`', ''),
      new Map(columns.map((column, i) => [column, cells[i] ?? ''])),
    ]),
  )
}
const page = pageRows('docs/reference/permissions.md')

let operations: TestOperations
let ours: TestWorkspace
let theirs: TestWorkspace
let callers: Readonly<Record<string, Caller>>
beforeAll(async () => {
  operations = await startTestOperations()
  ours = operations.workspace()
  theirs = operations.workspace()
  await writeTwoOwners(ours.facts)
  await ours.caller.lamps.evaluate({})
  const person = (role: string): Caller => {
    const key = builtInRoleKeys.find((one) => one === role) ?? 'csm'
    return {
      kind: 'person',
      workspaceId: ours.id,
      permissions: new Set(builtInRoles[key].permissions),
      accounts: role === 'own' ? { ownedBy: ['Mei'] } : 'all',
      person: {
        userId: 'u',
        name: 'U',
        email: 'u@example.com',
        sessionId: 's',
        confirmedAt: ours.ports.clock.now(),
        role: key,
      },
    }
  }
  callers = {
    nobody: nobody(ours.id),
    ...Object.fromEntries([...builtInRoleKeys, 'own'].map((role) => [role, person(role)])),
    machine: program(ours.id),
  }
})
afterAll(() => operations.stop())

const refusals = ['SIGN_IN_NEEDED', 'FORBIDDEN', 'NEEDS_ALL_ACCOUNTS']

/** What an operation answers to somebody: its output, or its error, as text; and the error's code. */
async function answer(app: TestWorkspace, caller: Caller, name: string, account = 'mine-1') {
  const { person } = caller
  // Attempts are counted by address: those of one operation are not to hold up another's.
  const asked = person && { ...caller, person: { ...person, email: `${name}@example.com` } }
  const client: unknown = createRouterClient(app.router, { context: app.call(asked ?? caller) })
  const call = name.split('.').reduce<unknown>((at, key) => Reflect.get(Object(at), key), client)
  if (typeof call !== 'function') throw new Error(`${name} cannot be called`)
  try {
    const output: unknown = await call(inputs[name]?.(account))
    return { code: null, text: JSON.stringify(output) ?? '' }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'none'
    return { code, text: JSON.stringify(error) }
  }
}

describe.each(operationNames)('%s', (name) => {
  test('is on the page, and open to those of whom it says so, and to no others', async () => {
    const row = page.get(name)
    const told: Record<string, string | undefined> = {}
    const found: Record<string, string | undefined> = {}
    for (const [role, caller] of Object.entries(callers)) {
      const { code } = await answer(ours, caller, name)
      told[role] = row?.get(role)
      const isRefused = code !== null && refusals.includes(code)
      // A mark says more than that it may; that is tested below.
      found[role] = isRefused ? '–' : told[role] === '–' ? `may: ${code}` : told[role]
      if (!isRefused) expect(told[role], role).toMatch(/✓/)
    }
    expect(found).toEqual(told)
  })

  test('tells who sees their own accounts nothing of others', async () => {
    const { own } = callers
    if (own === undefined) throw new Error('no such caller')
    const ofOther = await answer(ours, own, name, 'zzother-1')
    expect(ofOther.text.replaceAll('zzother-1', 'ID')).not.toMatch(/zzother|Someone Else/i)
    const ofNone = await answer(ours, own, name, 'nowhere-1')
    const withoutTimes = (text: string) =>
      text.replace(/"(elapsedMs|rowsRead|bytesRead|id|challenge)":[^,}]+/g, '')
    expect(withoutTimes(ofOther.text.replaceAll('zzother-1', 'ID'))).toBe(
      withoutTimes(ofNone.text.replaceAll('nowhere-1', 'ID')),
    )
  })

  test('tells another workspace nothing of this one', async () => {
    for (const account of ['mine-1', 'zzother-1']) {
      const { text } = await answer(theirs, program(theirs.id), name, account)
      expect(text.replaceAll(account, 'ID')).not.toMatch(/mine-|mine co|zzother|someone else/i)
    }
  })
})

/** Asked for with these permissions, and harmless in the hands of whoever finds a screen unlocked. */
const notAskedAgain = [
  'invitations.revoke',
  'apiKeys.revoke',
  'writeKeys.revoke',
  'installation.testMail',
  'installation.retryMail',
  'identityProviders.try',
  'personalData.find',
  'webhooks.test',
  'webhooks.retry',
]

test('what gives or takes power, carries data away or deletes it asks a person again who they are', async () => {
  const weighty = [
    'people:manage',
    'keys:manage',
    'personal-data:manage',
    'installation:configure',
    'retention:manage',
    'webhooks:manage',
    'workspace:configure',
  ]
  const expected = operationNames.filter((name) => {
    const [meta, method] = metaOf(name)
    const isWeighty = weighty.includes(meta.permission) && method !== 'GET'
    return (
      (isWeighty && !notAskedAgain.includes(name)) ||
      [
        'audit.export',
        'session.revoke',
        'singleSignOn.beginLink',
        'singleSignOn.unlink',
        'passkeys.beginAdding',
        'passkeys.remove',
      ].includes(name)
    )
  })
  const owner = callers.owner
  if (!owner?.person) throw new Error('no such caller')
  const confirmedAt = ours.ports.clock.now().subtract({ minutes: confirmedMinutes })
  const later: Caller = { ...owner, person: { ...owner.person, confirmedAt } }
  const asked: string[] = []
  for (const name of operationNames) {
    const { code } = await answer(ours, later, name)
    if (code === 'CONFIRMATION_NEEDED') asked.push(name)
  }
  expect(asked).toEqual(expected)
})

test('every operation that takes anything is asked for an account where it can be', () => {
  const takes = Object.entries(contract).flatMap(([group, all]) =>
    Object.entries(all).flatMap(([name, operation]) =>
      isContractProcedure(operation) && operation['~orpc'].inputSchema !== undefined
        ? [`${group}.${name}`]
        : [],
    ),
  )
  expect(takes.filter((name) => !Object.hasOwn(inputs, name))).toEqual([])
})

test('both pages tell the same, of every operation and no other', () => {
  expect([...page.keys()]).toEqual(operationNames)
  const marks = (rows: typeof page) => [...rows.values()].map((row) => [...row.values()].slice(1))
  expect(marks(pageRows('docs/reference/permissions.ja.md'))).toEqual(marks(page))
})

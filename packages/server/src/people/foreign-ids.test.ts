import { randomUUID } from 'node:crypto'
import { isContractProcedure } from '@orpc/contract'
import { createRouterClient } from '@orpc/server'
import { contract } from '@tomoshibi/contract/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { program } from '../call/caller.ts'
import { startTestOperations, type TestOperations, type TestWorkspace } from '../call/testing.ts'
import { announce } from '../webhooks/service.ts'
import { writeTwoOwners } from './testing-accounts.ts'

let operations: TestOperations
let ours: TestWorkspace
let theirs: TestWorkspace

/** What there is in the other workspace, by what its id names. */
interface Things {
  readonly invitation: string
  readonly member: string
  readonly apiKey: string
  readonly writeKey: string
  readonly task: string
  readonly run: string
  readonly webhook: string
  readonly message: string
}
let things: Things

/** What an operation is asked that names a thing; everything else of it is as it should be. */
const asked: Readonly<Record<string, (of: Things) => object>> = {
  'people.change': ({ member }) => ({ userId: member, team: 'mine' }),
  'people.remove': ({ member }) => ({ userId: member }),
  'people.passwordLink': ({ member }) => ({ userId: member }),
  'people.resetSecondFactor': ({ member }) => ({ userId: member }),
  'invitations.revoke': ({ invitation }) => ({ id: invitation }),
  'passkeys.ofMember': ({ member }) => ({ userId: member }),
  'passkeys.removeOfMember': ({ member }) => ({
    userId: member,
    id: '00000000-0000-4000-8000-000000000000',
  }),
  'writeKeys.revoke': ({ writeKey }) => ({ id: writeKey }),
  'apiKeys.revoke': ({ apiKey }) => ({ id: apiKey }),
  'tasks.get': ({ task }) => ({ id: task }),
  'tasks.change': ({ task }) => ({ id: task, dueOn: '2026-12-24' }),
  'tasks.finish': ({ task }) => ({ id: task }),
  'tasks.reopen': ({ task }) => ({ id: task }),
  'tasks.cancel': ({ task }) => ({ id: task }),
  'tasks.comment': ({ task }) => ({ id: task, text: 'mine' }),
  'tasks.bulk': ({ task }) => ({ ids: [task], act: 'finish' }),
  'playbooks.run': ({ run }) => ({ id: run }),
  'playbooks.pause': ({ run }) => ({ id: run }),
  'playbooks.resume': ({ run }) => ({ id: run }),
  'playbooks.retry': ({ run }) => ({ id: run }),
  'playbooks.cancel': ({ run }) => ({ id: run }),
  'webhooks.change': ({ webhook }) => ({ id: webhook, name: 'mine' }),
  'webhooks.renewSecret': ({ webhook }) => ({ id: webhook }),
  'webhooks.remove': ({ webhook }) => ({ id: webhook }),
  'webhooks.test': ({ webhook }) => ({ id: webhook }),
  'webhooks.messages': ({ webhook }) => ({ id: webhook }),
  'webhooks.retry': ({ webhook, message }) => ({ id: webhook, message }),
  'personalData.find': ({ member }) => ({ userId: member }),
  'personalData.export': ({ member }) => ({ userId: member }),
  'personalData.erase': ({ member }) => ({ userId: member, fingerprint: 'none' }),
}

/** These name what is of the caller's own session or person, of the installation, or an account (`matrix.test.ts`). */
const ofNoWorkspace = [
  'workspaces.create',
  'session.revoke',
  'passkeys.rename',
  'passkeys.remove',
  'imports.get',
  'accounts.get',
  'accounts.timeline',
  'installation.retryMail',
  'identityProviders.set',
  'identityProviders.remove',
  'identityProviders.try',
  'identityProviders.endSessions',
]

beforeAll(async () => {
  operations = await startTestOperations()
  ours = operations.workspace()
  theirs = operations.workspace()
  await writeTwoOwners(theirs.facts)
  await Promise.all([ours.caller.workspace.get(), theirs.caller.workspace.get()])
  things = await make(theirs)
})
afterAll(() => operations.stop())

async function make({ caller, ports, id }: TestWorkspace): Promise<Things> {
  const { pool } = ports.state
  await pool.query(
    `INSERT INTO users (id, name, email, email_verified, created_at, updated_at)
     VALUES ('mei', 'Mei', 'mei@example.com', true, now(), now())`,
  )
  await pool.query(
    `INSERT INTO members (workspace_id, user_id, role, team, owner_name, joined_at)
     VALUES ($1, 'mei', 'csm', '', 'Mei', now())`,
    [id],
  )
  const both = (text: string) => `{ en: ${text}, ja: ${text} }`
  await caller.playbooks.define({
    yaml: `key: p\nversion: 1\nname: ${both('P')}\nbegin: by_hand\nsteps:\n  - id: w\n    wait: { days: 3 }\n`,
  })
  const invitation = await caller.invitations.create({ email: 'g@example.com', role: 'viewer' })
  const apiKey = await caller.apiKeys.create({ name: 'n', permissions: ['accounts:read'] })
  const writeKey = await caller.writeKeys.create({ name: 'n' })
  const task = await caller.tasks.create({ account: 'mine-1', title: 'T', dueOn: '2026-12-01' })
  const run = await caller.playbooks.begin({ playbook: 'p', account: 'mine-1' })
  const webhook = await caller.webhooks.create({
    name: 'n',
    url: 'https://hook.example.com',
    events: ['lamp.lit'],
  })
  const at = ports.clock.now()
  await ports.state.transaction((tx) =>
    announce(tx, id, at, [{ type: 'lamp.lit', about: 'a', at: at.toString(), data: {} }]),
  )
  const [message] = await caller.webhooks.messages({ id: webhook.id })
  return {
    invitation: invitation.id,
    member: 'mei',
    apiKey: apiKey.id,
    writeKey: writeKey.id,
    task: task.id,
    run: run.id,
    webhook: webhook.id,
    message: message?.id ?? '',
  }
}

/** What an operation answers in our workspace, with the ids that were given taken out. */
async function answer(name: string, of: Things): Promise<string> {
  const client: unknown = createRouterClient(ours.router, { context: ours.call(program(ours.id)) })
  const call = name.split('.').reduce<unknown>((at, key) => Reflect.get(Object(at), key), client)
  if (typeof call !== 'function') throw new Error(`${name} cannot be called`)
  let text: string
  try {
    text = JSON.stringify(await call(asked[name]?.(of))) ?? ''
  } catch (error) {
    text = JSON.stringify(error)
  }
  // What was wrong with the question would say nothing of the id.
  expect(text).not.toContain('BAD_INPUT')
  const told = Object.values(of).reduce((left, id) => left.replaceAll(id, 'ID'), text)
  // A hash of what was asked for.
  return told.replace(/"fingerprint":"\w+"/, '')
}

/** Everything of the other workspace that the operations could have changed. */
async function standing() {
  const { pool } = theirs.ports.state
  const tables = ['links', 'members', 'api_keys', 'write_keys', 'tasks', 'task_comments']
  const more = ['playbook_runs', 'webhooks', 'webhook_messages', 'secrets', 'erasures']
  const rows = await Promise.all(
    [...tables, ...more].map(async (table) => {
      const found = await pool.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t`)
      return [table, found.rows.map(({ row }) => row).toSorted()] as const
    }),
  )
  return Object.fromEntries(rows)
}

test.each(Object.keys(asked))(
  '%s tells of what another workspace has as of what is not there',
  async (name) => {
    const before = await standing()
    const nothing = Object.fromEntries(Object.keys(things).map((thing) => [thing, randomUUID()]))
    const none = z.record(z.string(), z.string()).parse(nothing)
    const ofNobody: Things = { ...things, ...none }
    expect(await answer(name, things)).toBe(await answer(name, ofNobody))
    expect(await standing()).toEqual(before)
  },
)

test('every operation that names a thing by its id is asked for one of another workspace', () => {
  const names = Object.entries(contract).flatMap(([group, all]) =>
    Object.entries(all).flatMap(([name, operation]) => {
      if (!isContractProcedure(operation)) return []
      const { inputSchema } = operation['~orpc']
      const keys = inputSchema instanceof z.ZodObject ? Object.keys(inputSchema.shape) : []
      return keys.some((key) => /^(id|ids|message)$|^\w+Id$/.test(key)) ? [`${group}.${name}`] : []
    }),
  )
  expect(names.filter((name) => !Object.hasOwn(asked, name)).toSorted()).toEqual(
    ofNoWorkspace.toSorted(),
  )
})

import { createRouterClient } from '@orpc/server'
import { ensureUseRollup } from '@tomoshibi/facts/use-rollup/refresh'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { operationsOver } from '../app.ts'
import { checkChain } from '../audit/service.ts'
import { nobody, program } from '../call/caller.ts'
import { codeOf } from '../call/testing.ts'
import {
  type EventWorkspace,
  type EventWorld,
  startEventWorld,
} from '../collect/ingest/testing/world.ts'
import { installationAt } from '../platform/config.ts'
import { resumeErasures } from './erase.ts'
import { hashOfReceipt } from './state.ts'
import { allFiles, allTexts, placesOf } from './testing.ts'

let world: EventWorld
beforeAll(async () => {
  world = await startEventWorld()
})
afterAll(() => world.stop())

const now = '2026-11-21T03:00:00Z'
const email = 'hana.sato@example.com'
/** All that must not be found of her, as it may be written. */
const hers = [
  ...[
    'hana.sato@example.com',
    'hana.sato%40example.com',
    'Hana Sato',
    'user-hana-17',
    'old-hana-3',
  ],
  ...['contact-hana-9', 'visitor-hana-1'],
]

/** The operations over a workspace of the world, with its journal. */
const clientOf = (workspace: EventWorkspace, caller = program(workspace.id)) => {
  const { ports } = workspace
  const patient = { dataDir: world.folder, engines: null, ingestion: world.ingestion() }
  const over = operationsOver(
    { ...ports, workspaceId: workspace.id },
    installationAt(world.folder),
    { patient },
  )
  return createRouterClient(over.router, { context: over.call(caller) })
}

const track = (messageId: string, userId: string, more: object = {}) => ({
  type: 'track',
  event: 'Report Exported',
  userId,
  messageId,
  timestamp: '2026-10-01T11:00:00Z',
  context: { groupId: 'acme' },
  ...more,
})

const records = {
  contacts: [
    {
      id: 'contact-hana-9',
      accountId: 'acme',
      name: 'Hana Sato',
      email: 'Hana.Sato@Example.com',
      userId: 'user-hana-17',
      decisionMaker: true,
      invitedAt: '2026-01-05T00:00:00Z',
      knownAt: '2026-01-05T00:00:00Z',
    },
    {
      id: 'contact-bob-2',
      accountId: 'acme',
      name: 'Bob Jones',
      email: 'bob@example.com',
      userId: 'user-bob-2',
      invitedAt: '2026-01-05T00:00:00Z',
      knownAt: '2026-01-05T00:00:00Z',
    },
    {
      id: 'contact-hana-other',
      accountId: 'other',
      name: 'Hanae Satoh',
      email: 'hanae@example.com',
      userId: '42',
      knownAt: '2026-01-05T00:00:00Z',
    },
  ],
  tickets: [
    {
      id: 't-1',
      accountId: 'acme',
      contactId: 'contact-hana-9',
      kind: 'how_to',
      subject: 'My export fails',
      openedAt: '2026-09-01T00:00:00Z',
      resolvedAt: '2026-09-02T00:00:00Z',
      knownAt: '2026-09-02T00:00:00Z',
    },
    {
      id: 't-2',
      accountId: 'acme',
      contactId: 'contact-bob-2',
      kind: 'how_to',
      subject: 'Hana　Sato cannot sign in',
      openedAt: '2026-09-01T00:00:00Z',
      knownAt: '2026-09-02T00:00:00Z',
    },
  ],
  survey_answers: [
    {
      id: 'nps:hana.sato@example.com',
      accountId: 'acme',
      kind: 'nps',
      respondentId: 'contact-hana-9',
      score: 3,
      comment: 'It is slow, says Hana',
      deliveredAt: '2026-09-01T00:00:00Z',
      answeredAt: '2026-09-02T00:00:00Z',
      knownAt: '2026-09-02T00:00:00Z',
    },
    {
      id: 'nps-2',
      accountId: 'acme',
      kind: 'nps',
      respondentId: 'user-hana-17',
      score: 9,
      answeredAt: '2026-09-12T00:00:00Z',
      knownAt: '2026-09-12T00:00:00Z',
    },
  ],
  touchpoints: [
    {
      id: 'm-1',
      accountId: 'acme',
      kind: 'meeting',
      occurredAt: '2026-09-20T00:00:00Z',
      contactId: 'contact-hana-9',
      owner: 'Mei',
      subject: 'Renewal',
      sentiment: 4,
      knownAt: '2026-09-20T00:00:00Z',
    },
    {
      id: 'm-2',
      accountId: 'other',
      kind: 'email',
      occurredAt: '2026-09-20T00:00:00Z',
      owner: 'Mei',
      subject: 'cc: HANA.SATO@EXAMPLE.COM, bob@example.com',
      knownAt: '2026-09-20T00:00:00Z',
    },
  ],
  accounts: [
    {
      accountId: 'acme',
      attributes: { name: 'Acme', champion: 'Hana Sato <hana.sato@example.com>' },
      knownAt: '2026-01-01T00:00:00Z',
    },
    {
      accountId: 'other',
      attributes: { name: 'Other', owner: 'Mei' },
      knownAt: '2026-01-01T00:00:00Z',
    },
  ],
  contract_lines: ['acme', 'other'].map((accountId) => ({
    id: `l-${accountId}`,
    accountId,
    amount: '100',
    currency: 'JPY',
    billingUnit: 'month',
    effectiveFrom: '2026-01-01',
    knownAt: '2026-01-01T00:00:00Z',
  })),
} as const

type Kind = keyof typeof records
const kinds: readonly Kind[] = [
  'accounts',
  'contract_lines',
  'contacts',
  'tickets',
  'survey_answers',
  'touchpoints',
]

const put = async (workspace: EventWorkspace) => {
  for (const type of kinds)
    await clientOf(workspace).facts.put({ type, records: [...records[type]] })
}

const events = [
  {
    type: 'page',
    anonymousId: 'visitor-hana-1',
    messageId: 'e-0',
    name: 'Pricing',
    properties: { url: '/?to=hana.sato%40example.com' },
  },
  {
    type: 'identify',
    userId: 'user-hana-17',
    anonymousId: 'visitor-hana-1',
    messageId: 'e-1',
    traits: { email: 'Hana.Sato@Example.com', firstName: 'Hana', lastName: 'Sato', plan: 'pro' },
    context: { groupId: 'acme' },
  },
  { type: 'alias', userId: 'user-hana-17', previousId: 'old-hana-3', messageId: 'e-2' },
  track('e-3', 'user-hana-17', { properties: { file: 'hana.csv' } }),
  track('e-4', 'old-hana-3', { timestamp: '2026-09-15T11:00:00Z' }),
  track('e-5', 'user-bob-2', { properties: { invited: 'hana.sato@example.com', n: 1 } }),
  track('user-hana-17~e-6', 'user-hana-17', { timestamp: '2026-08-15T11:00:00Z' }),
  // Nobody knows where this one belongs.
  {
    type: 'track',
    event: 'Opened',
    userId: 'user-new-1',
    messageId: 'e-7',
    properties: { by: 'hana.sato@example.com' },
  },
]

/** A workspace in which she is known in every way. */
const filled = async () => {
  const workspace = world.workspace()
  workspace.at(now)
  await put(workspace)
  await workspace.send('2026-10-02T00:00:00Z', ...events)
  const { pool } = workspace.ports.state
  await pool.query(
    `INSERT INTO tasks (id, workspace_id, account_id, lamp_key, title, body, owner, due_on, state, created_at, note)
     VALUES (gen_random_uuid(), $1, 'acme', 'silence', '{"en":"Call Hana Sato","ja":"電話"}', '{"en":"","ja":""}', 'Mei', '2026-12-01', 'open', now(), 'she is hana.sato@example.com')`,
    [workspace.id],
  )
  return workspace
}

const erase = async (
  workspace: EventWorkspace,
  whom: { email?: string; userId?: string; accountId?: string },
) => {
  const client = clientOf(workspace)
  const { fingerprint } = await client.personalData.find(whom)
  return await client.personalData.erase({ ...whom, fingerprint })
}

const textsOf = async (workspace: EventWorkspace) =>
  await allTexts(workspace.ports.facts, workspace.ports.state)

/** Every figure of both accounts. */
const figures = async (workspace: EventWorkspace) => {
  const client = clientOf(workspace)
  const all = (await client.metrics.list()).map(({ key }) => key)
  const metrics = [
    ...['active_users', 'usage_rate', 'nps_by_account', 'response_rate', 'tickets_open', 'mrr'],
    ...['how_to_tickets', 'adoption_rate', 'licence_utilisation', 'decision_maker_contacts'],
    ...['csm_sentiment', 'engagement'],
  ].filter((key) => all.includes(key))
  const values = await client.metrics.query({ metrics, perAccount: true, on: '2026-10-31' })
  return values.map(({ metric, account, value, reason }) => ({ metric, account, value, reason }))
}

describe('somebody at a customer is erased', () => {
  let ours: EventWorkspace
  let theirs: EventWorkspace
  let before: Awaited<ReturnType<typeof figures>>
  let receipt: Awaited<ReturnType<typeof erase>>
  beforeAll(async () => {
    ours = await filled()
    before = await figures(ours)
    receipt = await erase(ours, { email: ' ＨＡＮＡ.sato@example.com' })
  }, 60_000)

  test('and no text of either store, no file of the journal and no log names her', async () => {
    expect(placesOf(await textsOf(ours), hers)).toEqual([])
    const files = await allFiles(world.folder)
    expect(placesOf(new Map([...files].map(([name, text]) => [name, [text]])), hers)).toEqual([])
    expect(receipt.left).toEqual([])
  })

  test('and every figure is what it was, also from a roll-up made anew', async () => {
    expect(before.filter(({ value }) => value !== null).length).toBeGreaterThan(8)
    expect(await figures(ours)).toEqual(before)
    const { facts } = ours.ports
    await ensureUseRollup(facts, { workspaceId: ours.id, timeZone: 'Asia/Tokyo' }, { anew: true })
    expect(await figures(ours)).toEqual(before)
  })

  test('and others stay who they are', async () => {
    const contacts = await ours.latest('contacts')
    expect(contacts.map(({ name }) => name).toSorted()).toEqual(['', 'Bob Jones', 'Hanae Satoh'])
    expect((await ours.latest('tickets')).map(({ subject }) => subject)).toEqual([
      '',
      '[erased] cannot sign in',
    ])
    expect((await ours.latest('touchpoints')).map(({ subject }) => subject)).toEqual([
      '',
      'cc: [erased], bob@example.com',
    ])
    const texts = await textsOf(ours)
    expect(texts.get('facts.usage_events.properties')).toContain('{"invited":"[erased]","n":1}')
  })

  test('and the receipt says how much there was, without saying of whom', async () => {
    const held = new Map(receipt.held.map((each) => [each.table, each]))
    expect(held.get('usage_events')).toMatchObject({ own: 4, naming: 1 })
    expect(held.get('contacts')).toMatchObject({ own: 1, naming: 0 })
    expect(held.get('tickets')).toMatchObject({ own: 1, naming: 1 })
    expect(held.get('tasks')).toMatchObject({ naming: 1 })
    expect(receipt).toMatchObject({ customer: true, member: false, journalCleared: true })
    expect(receipt.hash).toBe(hashOfReceipt(receipt))
    const [listed] = await clientOf(ours).personalData.erasures()
    expect(listed).toMatchObject({ state: 'done', receipt })
  })

  test('and the audit log is whole, and says that it was', async () => {
    const chain = await checkChain(ours.ports.state.db)
    expect(chain).toMatchObject({ brokenAt: null })
    expect(chain.erased).toBe(receipt.auditEntries)
    expect(receipt.auditEntries).toBeGreaterThan(0)
    const [newest] = await clientOf(ours).audit.list({ search: 'personalData.erase' })
    expect(newest).toMatchObject({ after: { receipt: receipt.id, hash: receipt.hash } })
  })

  test('and what the same sources send again, old and new, is not taken', async () => {
    await put(ours)
    await ours.send(
      '2026-11-02T00:00:00Z',
      ...events,
      track('n-1', 'user-hana-17'),
      track('n-2', 'old-hana-3'),
      track('n-3', 'HANA.sato@example.com'),
      {
        type: 'page',
        anonymousId: 'visitor-hana-1',
        messageId: 'n-4',
        context: { groupId: 'acme' },
      },
      {
        type: 'identify',
        userId: 'user-hana-17',
        messageId: 'n-5',
        traits: { email },
        context: { groupId: 'acme' },
      },
      {
        type: 'identify',
        userId: 'another-id',
        messageId: 'n-6',
        traits: { email: 'HANA.SATO@example.com' },
        context: { groupId: 'acme' },
      },
      track('n-7', 'user-bob-2', { properties: { to: 'Hana.Sato@example.com' } }),
    )
    const texts = await textsOf(ours)
    texts.delete('state.public.audit_log.details')
    // Names alone cannot be recognised by a hash: in the texts of others they come again.
    const known = hers.filter((text) => text !== 'Hana Sato')
    expect(placesOf(texts, known)).toEqual([])
    const newer = (await ours.latest('usage_events')).map(({ record_id }) => record_id)
    expect(newer.filter((id) => String(id).startsWith('n-'))).toEqual(['n-7'])
  })

  test('and the same person of another workspace is not', async () => {
    theirs = await filled()
    const dump = async () => ({
      texts: await Promise.all(
        (['contacts', 'usage_events', 'user_attributes', 'tickets', 'survey_answers'] as const).map(
          (table) => theirs.latest(table),
        ),
      ),
      found: await clientOf(theirs).personalData.find({ email }),
    })
    const whole = await dump()
    const again = await filled()
    await erase(again, { email })
    expect(await dump()).toEqual(whole)
    expect(await codeOf(clientOf(world.workspace()).personalData.find({ email }))).toBe(
      'PERSON_NOT_FOUND',
    )
  })
})

describe('who is meant', () => {
  test('a short id within one account is not the same at another', async () => {
    const workspace = world.workspace()
    workspace.at(now)
    const contact = (accountId: string, name: string) => ({
      id: `c-${accountId}`,
      accountId,
      userId: '7',
      name,
      email: `${accountId}@example.com`,
    })
    const client = clientOf(workspace)
    await client.facts.put({
      type: 'contacts',
      records: [contact('a', 'Ann Ames'), contact('b', 'Bea Boyd')],
    })
    await erase(workspace, { userId: '7', accountId: 'a' })
    expect((await workspace.latest('contacts')).map(({ name }) => name).toSorted()).toEqual([
      '',
      'Bea Boyd',
    ])
    await client.facts.put({
      type: 'usage_events',
      records: ['a', 'b'].map((accountId) => ({
        id: `e-${accountId}`,
        accountId,
        userId: '7',
        event: 'x',
        occurredAt: '2026-11-01',
      })),
    })
    expect((await workspace.use()).map((line) => line.slice(0, 5))).toEqual(['b | 7'])
    const byEmail = await client.personalData.find({ email: 'b@example.com' })
    expect(byEmail.ids.every(({ account }) => account === 'b')).toBe(true)
  })

  test('a name or an address that others have as well stays where they are named', async () => {
    const workspace = world.workspace()
    workspace.at(now)
    const client = clientOf(workspace)
    const contact = (id: string, userId: string) => ({
      id,
      accountId: 'a',
      userId,
      name: 'Ken Mori',
      email: 'info@example.com',
    })
    await client.facts.put({
      type: 'contacts',
      records: [contact('c-1', 'u-1'), contact('c-2', 'u-2')],
    })
    const found = await client.personalData.find({ userId: 'u-1' })
    expect(found.shared).toEqual(['ken mori', 'info@example.com'])
    await erase(workspace, { userId: 'u-1' })
    expect(
      (await workspace.latest('contacts')).map(({ name, email }) => `${name} ${email}`).toSorted(),
    ).toEqual([' ', 'Ken Mori info@example.com'])
  })

  test('what changed since it was looked at is not erased unseen', async () => {
    const workspace = world.workspace()
    workspace.at(now)
    const client = clientOf(workspace)
    const contact = (id: string) => ({
      id,
      accountId: 'a',
      name: 'Ken Mori',
      email: 'ken@example.com',
    })
    await client.facts.put({ type: 'contacts', records: [contact('c-1')] })
    const { fingerprint } = await client.personalData.find({ email: 'ken@example.com' })
    await client.facts.put({ type: 'contacts', records: [contact('c-2')] })
    expect(await codeOf(client.personalData.erase({ email: 'ken@example.com', fingerprint }))).toBe(
      'PERSON_CHANGED',
    )
  })

  test('nobody but who may', async () => {
    const workspace = world.workspace()
    const refused = clientOf(workspace, nobody(workspace.id))
    expect(await codeOf(refused.personalData.export({ email }))).toBe('SIGN_IN_NEEDED')
    const caller = { ...program(workspace.id), accounts: { ownedBy: ['Mei'] } }
    expect(
      await codeOf(clientOf(workspace, caller).personalData.erase({ email, fingerprint: 'x' })),
    ).toBe('NEEDS_ALL_ACCOUNTS')
  })
})

describe('cut off in the middle', () => {
  test.each(['journal', 'facts', 'state'] as const)(
    'at the %s it goes on with the next start, and ends in the same',
    async (where) => {
      const workspace = await filled()
      const before = await figures(workspace)
      const { fingerprint } = await clientOf(workspace).personalData.find({ email })
      const { ports } = workspace
      let calls = 0
      const facts = new Proxy(ports.facts, {
        get: (target, name, receiver) => {
          if (name !== 'everywhere' || where !== 'facts') return Reflect.get(target, name, receiver)
          return async (sql: string) => {
            if (/UPDATE|DELETE/.test(sql) && ++calls > 3) throw new Error('killed')
            return await target.everywhere(sql)
          }
        },
      })
      const state = new Proxy(ports.state, {
        get: (target, name, receiver) => {
          if (name !== 'transaction' || where !== 'state')
            return Reflect.get(target, name, receiver)
          return (work: Parameters<typeof target.transaction>[0]) => {
            calls += 1
            return target.transaction(async (tx) => {
              await work(tx)
              if (calls === 2) throw new Error('killed')
            })
          }
        },
      })
      const over = operationsOver(
        { ...ports, workspaceId: workspace.id, facts, state },
        installationAt(world.folder),
      )
      const disk = {
        dataDir: world.folder,
        clearJournal: async () => {
          if (where === 'journal') throw new Error('killed')
          return true
        },
      }
      const context = { ...over.call(program(workspace.id)), disk }
      const client = createRouterClient(over.router, { context })
      expect(await codeOf(client.personalData.erase({ email, fingerprint }))).toBe('INTERNAL')
      const [running] = await clientOf(workspace).personalData.erasures()
      expect(running).toMatchObject({ state: 'running', receipt: null })
      await resumeErasures(ports, {
        dataDir: world.folder,
        clearJournal: async () => {
          await world.ingestion().clearJournal()
          return true
        },
      })
      const [done] = await clientOf(workspace).personalData.erasures()
      expect(done).toMatchObject({ state: 'done', receipt: { left: [] } })
      expect(await figures(workspace)).toEqual(before)
      expect(await codeOf(clientOf(workspace).personalData.find({ email }))).toBe(
        'PERSON_NOT_FOUND',
      )
      expect(await checkChain(ports.state.db)).toMatchObject({ brokenAt: null })
    },
    60_000,
  )
})

test('an export holds every row that an erasure would take, and no secret', async () => {
  const workspace = await filled()
  const client = clientOf(workspace)
  const { held } = await client.personalData.find({ email })
  const file = await client.personalData.export({ email })
  const shape = z.object({
    held: z.array(z.object({ table: z.string(), rows: z.array(z.unknown()) })),
  })
  const exported = shape.parse(JSON.parse(await file.text()))
  const rows = new Map(exported.held.map(({ table, rows }) => [table, rows.length]))
  for (const { table, own, naming } of held) {
    // Numbers of the roll-up say nothing that the events do not.
    if (table === 'user_numbers') continue
    expect(rows.get(table) ?? 0, table).toBeGreaterThanOrEqual(own + naming)
  }
})

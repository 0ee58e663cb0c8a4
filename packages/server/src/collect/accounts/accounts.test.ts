import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  codeOf,
  startTestOperations,
  type TestOperations,
  type TestWorkspace,
} from '../../call/testing.ts'

let operations: TestOperations
let ours: TestWorkspace
let theirs: TestWorkspace
const long = '2025-01-01T00:00:00Z'

beforeAll(async () => {
  operations = await startTestOperations()
  ours = operations.workspace('2026-11-21T03:00:00Z')
  theirs = operations.workspace('2026-11-21T03:00:00Z')
  const { facts } = ours
  await facts.account('a1', { name: '株式会社あかり', plan: 'pro', owner: '佐藤' }, long)
  await facts.account('a2', { name: 'Northwind', plan: 'starter', region: 'ＫＡＮＴＯ' }, long)
  await facts.account('a3', { plan: 'pro' }, long)
  const from = '2026-01-31T15:00:00Z'
  await facts.line('a1', 'l1', { from, amount: '80000' })
  await facts.line('a2', 'l2', { from, amount: '200000', quantity: null })
  await facts.line('a2', 'l0', { from: long, to: from, known: long, product: 'Old' })
  await facts.use('a1', '2026-11-19T01:00:00Z', ['u1', 'u2', 'u3'])
  await facts.invoice('a1', 'i1', { issued: '2026-10-01T00:00:00Z', due: '2026-11-01T00:00:00Z' })
  await facts.answer('a1', 'u1', '2026-11-10T00:00:00Z', 3)
  // The other workspace has an account of the same id.
  await theirs.facts.account('a1', { name: 'Somebody else', plan: 'secret' }, long)
  await theirs.facts.line('a1', 'l1', { from, amount: '1' })
})
afterAll(() => operations.stop())

const idsOf = async (input: Parameters<TestWorkspace['caller']['accounts']['list']>[0]) => {
  const { rows } = await ours.caller.accounts.list(input)
  return rows.map((row) => row.id)
}

describe('the list of accounts', () => {
  test('shows metrics of today, most revenue first, those without a value last', async () => {
    const { total, rows } = await ours.caller.accounts.list({})
    expect(total).toBe(3)
    expect(rows).toMatchObject([
      { id: 'a2', name: 'Northwind', mrr: '200000', activeUsers: 0 },
      { id: 'a1', name: '株式会社あかり', mrr: '80000', activeUsers: 3, licenceUtilisation: 0.3 },
      { id: 'a3', name: 'a3', mrr: null, attributes: { plan: 'pro' }, litLamps: [] },
    ])
  })

  test.each([
    ['mrr', true, ['a2', 'a1', 'a3']],
    ['mrr', false, ['a1', 'a2', 'a3']],
    ['name', false, ['a2', 'a3', 'a1']],
    ['activeUsers', true, ['a1', 'a2', 'a3']],
  ] as const)('sorts by %s (descending: %s)', async (sort, descending, ids) => {
    expect(await idsOf({ sort, descending })).toEqual(ids)
  })

  test.each([
    ['あかり', ['a1']],
    ['NORTH', ['a2']],
    ['kanto', ['a2']],
    ['ｐｒｏ a3', ['a3']],
    ['佐藤 pro', ['a1']],
    ["%' OR 1=1 --", []],
    ['secret', []],
  ])('finds by %s', async (search, ids) => {
    expect(await idsOf({ search })).toEqual(ids)
  })

  test('goes page by page and always tells how many there are', async () => {
    const page = { sort: 'name', descending: false, limit: 2 } as const
    const pages = [0, 2, 4].map((offset) => ours.caller.accounts.list({ ...page, offset }))
    const found = await Promise.all(pages)
    expect(found.map(({ total, rows }) => [total, rows.map((row) => row.id)])).toEqual([
      [3, ['a2', 'a3']],
      [3, ['a1']],
      [3, []],
    ])
  })

  test('names the lit lamps', async () => {
    await ours.caller.lamps.evaluate({})
    const { rows } = await ours.caller.accounts.list({ search: 'a1' })
    expect(rows[0]?.litLamps).toContain('detractor')
    expect((await idsOf({ sort: 'litLamps' }))[0]).toBe('a1')
  })
})

describe('one account', () => {
  test('comes with attributes, contract lines by day of the zone, newest first', async () => {
    const account = await ours.caller.accounts.get({ accountId: 'a2' })
    expect(account).toMatchObject({
      id: 'a2',
      name: 'Northwind',
      attributes: { plan: 'starter' },
      contractLines: [
        { id: 'l2', effectiveFrom: '2026-02-01', effectiveTo: null, amount: '200000' },
        { id: 'l0', effectiveTo: '2026-02-01' },
      ],
    })
  })

  test('is not there for another workspace', async () => {
    expect(await codeOf(theirs.caller.accounts.get({ accountId: 'a2' }))).toBe('UNKNOWN_ACCOUNT')
    expect(await codeOf(theirs.caller.accounts.timeline({ accountId: 'a2' }))).toBe(
      'UNKNOWN_ACCOUNT',
    )
    const other = await theirs.caller.accounts.get({ accountId: 'a1' })
    expect(other).toMatchObject({ name: 'Somebody else', contractLines: [{ amount: '1' }] })
  })
})

describe('the timeline', () => {
  test('tells what happened, newest first, and nothing that is yet to come', async () => {
    await ours.facts.line('a1', 'l9', { from: '2027-01-01T00:00:00Z', known: long })
    const entries = await ours.caller.accounts.timeline({ accountId: 'a1' })
    const facts = entries.filter((entry) => entry.kind !== 'lamp')
    expect(facts.map(({ kind, what }) => `${kind} ${what}`)).toEqual([
      'survey_answer answered',
      'invoice issued',
      'contract started',
    ])
    expect(facts[0]).toMatchObject({
      at: '2026-11-10T00:00:00.000Z',
      details: { survey: 'nps', score: '3' },
    })
    expect(entries.some((entry) => entry.kind === 'lamp' && entry.what === 'lit')).toBe(true)
  })

  test('goes back page by page', async () => {
    const [newest] = await ours.caller.accounts.timeline({ accountId: 'a2', limit: 1 })
    expect(newest).toMatchObject({ kind: 'contract', recordId: 'l0', what: 'ended' })
    const older = await ours.caller.accounts.timeline({
      accountId: 'a2',
      before: '2026-01-01T00:00:00+09:00',
    })
    expect(older.map((entry) => entry.recordId)).toEqual(['l0'])
  })
})

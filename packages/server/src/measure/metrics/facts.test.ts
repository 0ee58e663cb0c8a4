import Big from 'big.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  codeOf,
  startTestOperations,
  type TestOperations,
  type TestWorkspace,
} from '../../call/testing.ts'

let operations: TestOperations
let ours: TestWorkspace
const long = '2025-01-01T00:00:00Z'
const tokyo = (day: string) => `${day}T00:00:00+09:00`

beforeAll(async () => {
  operations = await startTestOperations()
  ours = operations.workspace('2026-11-21T03:00:00Z')
  const theirs = operations.workspace()
  for (const each of [ours, theirs]) {
    const { facts } = each
    await facts.account('a1', { name: 'One' }, long)
    await facts.line('a1', 'l1', { from: tokyo('2026-01-01'), amount: '100.1' })
    await facts.line('a1', 'l2', { from: tokyo('2026-02-01'), amount: '0.2', product: 'More' })
    await facts.line('a1', 'old', {
      from: tokyo('2025-01-01'),
      to: tokyo('2025-06-01'),
      amount: '7',
    })
  }
  await theirs.facts.line('a1', 'theirs', { from: tokyo('2026-01-01'), amount: '9' })
  const days = Array.from({ length: 28 }, (_, i) => `2026-10-${String(i + 4).padStart(2, '0')}`)
  for (const day of days) await ours.facts.use('a1', `${day}T03:00:00Z`, ['u1', 'u2', 'u3'])
  await ours.facts.use('a1', '2026-01-04T03:00:00Z', ['u4'])
})
afterAll(() => operations.stop())

const facts = (input: Parameters<TestWorkspace['caller']['metrics']['facts']>[0]) =>
  ours.caller.metrics.facts(input)

describe('the facts behind a figure', () => {
  test('are the records with what each adds, exactly; what adds nothing is left out', async () => {
    const mrr = await facts({ metric: 'mrr', account: 'a1', on: '2026-10-31' })
    expect(mrr).toMatchObject({ adds: true, madeOf: [], value: { value: '100.3', account: 'a1' } })
    const [table] = mrr.tables
    expect(table).toMatchObject({ table: 'contract_lines', total: 2, lookedAt: 3, offset: 0 })
    expect(table?.rows).toMatchObject([
      { record: 'l1', source: 'test', adds: { numerator: '100.1' } },
      { record: 'l2', knownAt: '2026-01-31T15:00:00.000Z', adds: { numerator: '0.2' } },
    ])
    expect(table?.rows[0]?.values).toMatchObject({ amount: '100.1', effective_to: null })
    const all = await facts({ metric: 'mrr', account: 'a1', on: '2026-10-31', withoutPart: true })
    expect(all.tables[0]?.rows.map(({ record, adds }) => [record, adds?.numerator])).toEqual([
      ['old', '0'],
      ['l1', '100.1'],
      ['l2', '0.2'],
    ])
  })

  test('come page by page, and every page goes on where the one before ended', async () => {
    const asked = { metric: 'active_users', account: 'a1', on: '2026-10-31', withoutPart: true }
    const whole = await facts({ ...asked, limit: 1000 })
    const [events] = whole.tables
    expect(events).toMatchObject({ table: 'usage_events', total: 84, added: { numerator: 3 } })
    const paged = []
    for (let offset = 0; offset < 84; offset += 30) {
      const page = await facts({ ...asked, table: 'usage_events', limit: 30, offset })
      expect(page.tables).toHaveLength(1)
      paged.push(...(page.tables[0]?.rows ?? []))
    }
    expect(paged).toEqual(events?.rows)
    const sum = paged.reduce((total, { adds }) => total.plus(adds?.numerator ?? 0), new Big(0))
    expect(sum.toNumber()).toBe(whole.value.value)
    const { tables } = await facts({ metric: 'active_users', account: 'a1', on: '2026-10-31' })
    expect(tables[0]).toMatchObject({ total: 3, lookedAt: 84 })
  })

  test('of both sides of a ratio come from their own tables', async () => {
    const asked = { metric: 'licence_utilisation', account: 'a1', on: '2026-10-31' }
    const { value, tables } = await facts(asked)
    expect(value).toMatchObject({ numerator: 3, denominator: 20 })
    const added = tables.map(({ table, added }) => [table, added])
    expect(added).toContainEqual(['usage_events', { numerator: 3 }])
    expect(added).toContainEqual(['contract_lines', { numerator: 0, denominator: 20 }])
  })

  test('are those of the period, as known then', async () => {
    const asked = { metric: 'mrr_end', account: 'a1', grain: 'month' } as const
    const february = { ...asked, from: '2026-02-01', to: '2026-03-01' }
    const then = await facts({ ...february, knownAt: '2026-01-15' })
    expect(then.tables[0]?.rows.map(({ record }) => record)).toEqual(['l1'])
    expect(then.value.value).toBe('100.1')
    expect(await codeOf(facts({ ...asked, from: '2026-01-01', to: '2026-03-01' }))).toBe(
      'BAD_PERIOD',
    )
  })

  test('of a median are its records, which add up to nothing', async () => {
    const { adds, tables } = await facts({ metric: 'days_to_renewal', account: 'a1' })
    expect(adds).toBe(false)
    expect(tables[0]?.rows.map(({ record, adds }) => [record, adds])).toEqual([
      ['old', null],
      ['l1', null],
      ['l2', null],
    ])
  })

  test.each([
    [{ metric: 'mmr', account: 'a1' }, 'UNKNOWN_METRIC'],
    [{ metric: 'mrr', account: 'a9' }, 'UNKNOWN_ACCOUNT'],
    [{ metric: 'ltv', account: 'a1' }, 'METRIC_HAS_NO_ACCOUNT_VALUE'],
    [{ metric: 'mrr', account: 'a1', table: 'tickets' }, 'BAD_INPUT'],
    [{ metric: 'mrr', account: 'a1', limit: 0 }, 'BAD_INPUT'],
  ])('%j ends with %s', async (asked, code) => {
    expect(await codeOf(facts(asked))).toBe(code)
  })
})

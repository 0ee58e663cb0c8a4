import type { FactTableName } from '@tomoshibi/facts/tables'
import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, between, type Fact, fact, onDay, type Question } from './testing.ts'
import { tokyo } from './tiny-company.ts'

let facts: TestFacts
beforeAll(async () => {
  facts = await startTestFacts()
})
afterAll(() => facts.stop())

const noon = (day: string): string => tokyo(day, '12:00:00')
const insert = (table: FactTableName, workspace: string, rows: readonly Fact[]): Promise<void> =>
  facts.store.insert(
    table,
    rows.map((row, k) => fact(table, workspace, { account_id: 'a', record_id: `r${k}`, ...row })),
  )
const shown = async (question: Question) =>
  (await ask(facts.store, question)).map(({ value, n, reason }) => [value, n, reason])

describe('the NPS weighted by ARR', () => {
  const workspaceId = 'weighed'
  beforeAll(async () => {
    await insert('survey_answers', workspaceId, [
      { kind: 'nps', respondent_id: 'x', score: 9, answered_at: noon('2026-04-01') },
      { kind: 'nps', respondent_id: 'y', score: 1, answered_at: noon('2026-04-01') },
      { account_id: 'b', kind: 'nps', score: 0, answered_at: noon('2026-04-01') },
      { account_id: 'c', kind: 'nps', score: 10, answered_at: noon('2026-04-01') },
    ])
    await insert('contract_lines', workspaceId, [
      { amount: '100', effective_from: tokyo('2026-01-01'), effective_to: tokyo('2026-05-01') },
      { account_id: 'b', amount: '300', effective_from: tokyo('2026-01-01') },
      { account_id: 'c', amount: '1', currency: 'USD', effective_from: tokyo('2026-04-20') },
    ])
  })

  it('has no value while anything has no exchange rate', async () => {
    const question = { workspaceId, metrics: ['nps_by_arr'] }
    expect(await shown({ ...question, periods: onDay('2026-04-10') })).toEqual([[-75, 2, null]])
    expect(await shown({ ...question, periods: onDay('2026-04-30') })).toEqual([
      [null, 1, 'missing_exchange_rate'],
    ])
  })

  it('has no value where no account weighs anything', async () => {
    const question = { workspaceId, metrics: ['nps_by_arr', 'nps_by_account'] }
    const only = { ...question, grain: 'account' as const, accountIds: ['a', 'd'] }
    expect(await shown({ ...only, periods: onDay('2026-05-01') })).toEqual([
      [null, 0, 'zero_denominator'],
      [null, 0, 'no_data'],
      [0, 1, null],
      [null, 0, 'no_data'],
    ])
  })
})

describe('answers', () => {
  const workspaceId = 'answers'
  beforeAll(async () => {
    await insert('survey_answers', workspaceId, [
      // Delivered on the 1st, known to be answered on the 10th; the score was corrected on the 20th.
      {
        record_id: 'one',
        known_at: noon('2026-04-01'),
        kind: 'ces',
        delivered_at: noon('2026-04-01'),
      },
      {
        record_id: 'one',
        known_at: noon('2026-04-10'),
        version: 2,
        kind: 'ces',
        delivered_at: noon('2026-04-01'),
        answered_at: noon('2026-04-08'),
        score: 2,
      },
      {
        record_id: 'one',
        known_at: noon('2026-04-20'),
        version: 3,
        kind: 'ces',
        delivered_at: noon('2026-04-01'),
        answered_at: noon('2026-04-08'),
        score: 2,
        ces_direction: 'lower_is_easier',
      },
    ])
  })

  it('count as they were known', async () => {
    const known = (day: string) =>
      shown({
        workspaceId,
        metrics: ['ces', 'ces_easy_share', 'response_rate'],
        periods: onDay('2026-04-30'),
        knownAt: noon(day),
      })
    expect(await known('2026-03-31')).toEqual(Array(3).fill([null, 0, 'no_data']))
    expect(await known('2026-04-05')).toEqual([
      [null, 0, 'no_data'],
      [null, 0, 'no_data'],
      [0, 1, null],
    ])
    expect(await known('2026-04-15')).toEqual([
      [2, 1, null],
      [0, 1, null],
      [1, 1, null],
    ])
    expect(await known('2026-04-25')).toEqual([
      [6, 1, null],
      [1, 1, null],
      [1, 1, null],
    ])
  })

  it('count on no day before they were given', async () => {
    const on = (day: string) =>
      shown({ workspaceId, metrics: ['ces', 'response_rate'], periods: onDay(day) })
    expect(await on('2026-04-07')).toEqual([
      [null, 0, 'no_data'],
      [0, 1, null],
    ])
    // The 90th day after is the last; the delivery has left the window a week earlier.
    expect(await on('2026-07-06')).toEqual([
      [6, 1, null],
      [null, 0, 'no_data'],
    ])
    expect(await on('2026-07-07')).toEqual([
      [null, 0, 'no_data'],
      [null, 0, 'no_data'],
    ])
  })
})

describe('the pulse of a CSM', () => {
  const workspaceId = 'pulse'
  beforeAll(async () => {
    const touch = { kind: 'meeting', direction: 'two_way' }
    await insert('touchpoints', workspaceId, [
      { ...touch, occurred_at: noon('2026-01-10'), sentiment: 5 },
      { ...touch, occurred_at: noon('2026-02-10'), sentiment: 1, known_at: noon('2026-03-01') },
      { ...touch, occurred_at: noon('2026-02-20'), contact_id: 'k', known_at: noon('2026-02-20') },
    ])
    await insert('contacts', workspaceId, [
      { record_id: 'k', decision_maker: false, known_at: noon('2026-01-01') },
      { record_id: 'k', decision_maker: true, known_at: noon('2026-03-05'), version: 2 },
    ])
  })
  const on = (day: string, knownAt: 'now' | 'period-end' = 'now') =>
    shown({ workspaceId, metrics: ['csm_sentiment'], periods: onDay(day), knownAt })

  it('is the last one, until it has expired', async () => {
    expect(await on('2026-01-09')).toEqual([[null, 0, 'no_data']])
    expect(await on('2026-02-09')).toEqual([[5, 1, null]])
    expect(await on('2026-02-10')).toEqual([[1, 1, null]])
    expect(await on('2026-05-10')).toEqual([[1, 1, null]])
    expect(await on('2026-05-11')).toEqual([[null, 0, 'no_data']])
  })

  it('is the last one known then', async () => {
    expect(await on('2026-02-20', 'period-end')).toEqual([[5, 1, null]])
    expect(await on('2026-03-01', 'period-end')).toEqual([[1, 1, null]])
  })

  it('and who decides, is as known then', async () => {
    const question = { workspaceId, metrics: ['decision_maker_contacts'] }
    const days = between('2026-03-04', '2026-03-06', 'day')
    expect(await shown({ ...question, periods: days, knownAt: 'period-end' })).toEqual([
      [0, 1, null],
      [1, 1, null],
    ])
    // Long ago is 0 and not nothing; before any touchpoint there is nothing to say.
    expect(await shown({ ...question, periods: onDay('2026-10-01') })).toEqual([[0, 1, null]])
    expect(await shown({ ...question, periods: onDay('2026-01-09') })).toEqual([
      [null, 0, 'no_data'],
    ])
  })
})

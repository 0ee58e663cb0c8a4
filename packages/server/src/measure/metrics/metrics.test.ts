import { errorDataSchema } from '@tomoshibi/contract/errors'
import type { MetricValue } from '@tomoshibi/contract/metrics'
import { factTables } from '@tomoshibi/facts/tables'
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
let theirs: TestWorkspace
const long = '2025-01-01T00:00:00Z'
/** Midnight in Tokyo. */
const tokyo = (day: string) => `${day}T00:00:00+09:00`

beforeAll(async () => {
  operations = await startTestOperations()
  ours = operations.workspace('2026-11-21T03:00:00Z')
  theirs = operations.workspace('2026-11-21T03:00:00Z')
  const { facts } = ours
  await facts.account('a1', { name: 'One', plan: 'pro' }, long)
  await facts.account('a2', { name: 'Two', plan: 'starter' }, long)
  await facts.account('a3', { name: 'Three', plan: 'pro' }, long)
  await facts.line('a1', 'l1', { from: tokyo('2026-01-01'), amount: '100' })
  await facts.line('a2', 'l2', { from: tokyo('2026-01-01'), amount: '50.5' })
  await facts.line('a3', 'l3', {
    from: tokyo('2026-01-01'),
    to: tokyo('2026-11-01'),
    amount: '25',
  })
  await theirs.facts.account('a1', { name: 'Not ours', colour: 'red' }, long)
  await theirs.facts.line('a1', 'l1', { from: tokyo('2026-01-01'), amount: '999' })
})
afterAll(() => operations.stop())

const query = (input: Parameters<TestWorkspace['caller']['metrics']['query']>[0]) =>
  ours.caller.metrics.query(input)

async function dataOf(call: Promise<unknown>) {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof Error) || !('data' in error)) throw new Error('no error')
  return errorDataSchema.parse(error.data)
}

describe('a question for figures', () => {
  test('is about today when it names no day', async () => {
    const [mrr] = await query({ metrics: ['mrr'] })
    expect(mrr).toMatchObject({ metric: 'mrr', on: '2026-11-21', value: '150.5', n: 2 })
    expect(mrr).toMatchObject({ currency: 'JPY', complete: false, knownAt: null, reason: null })
  })

  test('covers the headline period when a period metric is asked on a day', async () => {
    const [churn] = await query({ metrics: ['customer_churn_rate'], on: '2026-11-20' })
    expect(churn).toMatchObject({ on: '2026-11-20', numerator: 1, denominator: 3 })
  })

  test('goes through months', async () => {
    const values = await query({
      metrics: ['mrr_end', 'mrr_churn'],
      from: '2026-10-01',
      to: '2026-12-01',
      grain: 'month',
    })
    const shown = values.map((v) => [v.metric, v.start, v.end, v.value, v.complete])
    expect(shown).toEqual([
      ['mrr_end', '2026-10-01', '2026-11-01', '150.5', true],
      ['mrr_end', '2026-11-01', '2026-12-01', '150.5', false],
      ['mrr_churn', '2026-10-01', '2026-11-01', '25', true],
      ['mrr_churn', '2026-11-01', '2026-12-01', '0', false],
    ])
  })

  test('is answered by slice and by account', async () => {
    const slices = await query({ metrics: ['mrr'], by: ['plan'] })
    expect(slices.map((v) => [v.slice.plan, v.value])).toEqual([
      ['pro', '100'],
      ['starter', '50.5'],
    ])
    const one = await query({ metrics: ['mrr'], accounts: ['a2'] })
    expect(one.map((v) => [v.account, v.value])).toEqual([['a2', '50.5']])
  })

  test('as known at a day means at the end of that day', async () => {
    await ours.facts.line('a2', 'l2', {
      from: tokyo('2026-01-01'),
      amount: '70',
      known: '2026-06-15T12:00:00+09:00',
    })
    const on = '2026-03-31'
    const asKnown = async (knownAt: string) => (await query({ metrics: ['mrr'], on, knownAt }))[0]
    expect(await asKnown('2026-06-14')).toMatchObject({
      value: '175.5',
      knownAt: '2026-06-14T14:59:59.999Z',
    })
    expect(await asKnown('2026-06-15')).toMatchObject({ value: '195' })
    expect(await asKnown('2026-06-15T11:59:59+09:00')).toMatchObject({ value: '175.5' })
  })

  test('as known at a day leaves out what is dated the next day, without a time', async () => {
    const { facts, caller } = operations.workspace('2026-11-21T03:00:00Z')
    await facts.account('a', { name: 'A' }, long)
    await facts.line('a', 'l', { from: tokyo('2026-01-01'), amount: '100' })
    const from = tokyo('2026-01-01')
    await facts.line('a', 'l', { from, amount: '80', known: tokyo('2026-06-15') })
    const asKnown = async (knownAt: string) =>
      (await caller.metrics.query({ metrics: ['mrr'], on: '2026-03-31', knownAt }))[0]?.value
    expect(await asKnown('2026-06-14')).toBe('100')
    expect(await asKnown('2026-06-15')).toBe('80')
    expect(await asKnown(tokyo('2026-06-15'))).toBe('80')
  })

  test('breaks down within accounts where the metric does, with its parts by account', async () => {
    const { caller, facts } = operations.workspace('2026-11-21T03:00:00Z')
    await facts.account('a', { name: 'A', plan: 'pro' }, long)
    await facts.account('b', { name: 'B' }, long)
    await facts.use('a', tokyo('2026-11-10'), ['u1', 'u2'])
    await facts.use('b', tokyo('2026-11-10'), ['u1'])
    const question = { metrics: ['feature_adoption_users'], on: '2026-11-20' }
    const parts = await caller.metrics.query({
      ...{ ...question, by: ['feature', 'plan'], drill: true },
    })
    expect(
      parts.map(({ slice, account, numerator }) => [slice.feature, slice.plan, account, numerator]),
    ).toEqual([
      ['open', 'pro', null, 2],
      ['open', 'pro', 'a', 2],
      ['open', null, null, 1],
      ['open', null, 'b', 1],
    ])
    const mixed = { ...question, metrics: ['feature_adoption_users', 'active_users'] }
    expect(await codeOf(caller.metrics.query({ ...mixed, by: ['feature'] }))).toBe(
      'UNKNOWN_ATTRIBUTE',
    )
    const summaries = await caller.metrics.list()
    expect(summaries.find(({ key }) => key === 'feature_adoption_users')?.breakdown).toBe('feature')
  })

  test('sees nothing of another workspace', async () => {
    const [theirMrr] = await theirs.caller.metrics.query({ metrics: ['mrr'] })
    expect(theirMrr?.value).toBe('999')
    expect(await codeOf(query({ metrics: ['mrr'], by: ['colour'] }))).toBe('UNKNOWN_ATTRIBUTE')
    expect(await codeOf(theirs.caller.metrics.query({ metrics: ['mrr'], accounts: ['a2'] }))).toBe(
      'UNKNOWN_ACCOUNT',
    )
  })
})

describe('drill-down', () => {
  test('follows each figure by the accounts that add up to it exactly', async () => {
    const values = await query({ metrics: ['mrr', 'nrr'], by: ['plan'], drill: true })
    let figure: MetricValue | undefined
    let parts: MetricValue[] = []
    const check = () => {
      if (figure?.numerator == null) return
      const sum = parts.reduce((total, part) => total.plus(part.numerator ?? 0), new Big(0))
      expect(sum.eq(figure.numerator)).toBe(true)
    }
    for (const value of values) {
      if (value.account !== null) {
        expect(value.slice).toEqual(figure?.slice)
        parts.push(value)
        continue
      }
      check()
      figure = value
      parts = []
    }
    check()
    expect(values.filter((v) => v.account === null)).toHaveLength(4)
    expect(values.filter((v) => v.account !== null).length).toBeGreaterThanOrEqual(4)
  })

  test('names the accounts whose amounts have no exchange rate, before all others', async () => {
    const { facts, caller } = operations.workspace('2026-11-21T03:00:00Z')
    for (const [account, currency] of [
      ['big', 'JPY'],
      ['euro', 'EUR'],
      ['franc', 'CHF'],
    ] as const) {
      await facts.account(account, { name: account }, long)
      await facts.line(account, account, { from: tokyo('2026-01-01'), amount: '100', currency })
    }
    const values = await caller.metrics.query({ metrics: ['mrr'], drill: true })
    expect(values.map((v) => [v.account, v.value, v.reason])).toEqual([
      [null, null, 'missing_exchange_rate'],
      ['euro', null, 'missing_exchange_rate'],
      ['franc', null, 'missing_exchange_rate'],
      ['big', '100', null],
    ])
  })
})

describe('a question that does not hold up', () => {
  test('names every unknown metric with what may have been meant', async () => {
    const data = await dataOf(query({ metrics: ['nrrr', 'mrr', 'chrun_rate'] }))
    expect(data.what.en).toBe("There is no metric 'nrrr'.")
    expect(data.mend.en).toMatch(/^Did you mean .*nrr/)
    expect(data.mend.ja).toContain('のことでしょうか')
    expect(data.problems.map((problem) => problem.text.en)).toHaveLength(2)
  })

  test('names an unknown attribute with what may have been meant', async () => {
    const data = await dataOf(query({ metrics: ['mrr'], by: ['plam'] }))
    expect(data.mend.en).toContain('plan')
  })

  test.each([
    [{ on: '2026-01-31', grain: 'month' as const }],
    [{ on: '2026-01-31', from: '2026-01-01' }],
    [{ from: '2026-01-01' }],
    [{ from: '2026-01-01', to: '2026-02-01' }],
    [{ grain: 'month' as const }],
    [{ from: '2026-01-02', to: '2026-02-02', grain: 'month' as const }],
    [{ from: '2026-02-01', to: '2026-01-01', grain: 'month' as const }],
    [{ from: '1990-01-01', to: '2026-01-01', grain: 'day' as const }],
  ])('%j is no period', async (period) => {
    expect(await codeOf(query({ metrics: ['mrr'], ...period }))).toBe('BAD_PERIOD')
  })

  test('a bad period names the nearest good days, in both languages', async () => {
    const data = await dataOf(
      query({ metrics: ['nrr'], from: '2026-01-15', to: '2026-03-01', grain: 'month' }),
    )
    expect(data.what.en).toContain('2026-01-01 and 2026-02-01')
    expect(data.what.ja).toContain('2026-01-01 と 2026-02-01')
  })

  test('a figure of the whole portfolio has no value by account', async () => {
    const code = codeOf(query({ metrics: ['ltv'], perAccount: true }))
    expect(await code).toBe('METRIC_HAS_NO_ACCOUNT_VALUE')
  })
})

describe('movements event by event', () => {
  const year = { from: '2025-12-31', to: '2026-12-31' }

  test('are of this workspace, each with its day and what it left', async () => {
    // Another test corrects a2 from the next day on.
    const asked = { ...year, knownAt: '2026-06-14' }
    const { events, totals, complete } = await ours.caller.metrics.movements(asked)
    expect(
      events.map(({ account, on, kind, amount, mrrAfter }) => [
        account,
        on,
        kind,
        amount,
        mrrAfter,
      ]),
    ).toEqual([
      ['a1', '2026-01-01', 'new', '100', '100'],
      ['a2', '2026-01-01', 'new', '50.5', '50.5'],
      ['a3', '2026-01-01', 'new', '25', '25'],
      ['a3', '2026-11-01', 'churn', '25', '0'],
    ])
    expect(totals).toMatchObject({ start: '0', new: '175.5', churn: '25', end: '150.5' })
    expect(complete).toBe(false)
  })

  test('of one account, which must be one', async () => {
    const { totals } = await ours.caller.metrics.movements({ ...year, account: 'a3' })
    expect(totals).toMatchObject({ new: '25', churn: '25', end: '0' })
    expect(await codeOf(ours.caller.metrics.movements({ ...year, account: 'a9' }))).toBe(
      'UNKNOWN_ACCOUNT',
    )
    const backwards = { from: '2026-02-01', to: '2026-01-01' }
    expect(await codeOf(ours.caller.metrics.movements(backwards))).toBe('BAD_PERIOD')
  })
})

describe('a description', () => {
  test('says in words how the figure is made, and in SQL on request', async () => {
    const plain = await ours.caller.metrics.describe({ key: 'nrr' })
    expect(plain).toMatchObject({ key: 'nrr', unit: 'percent', sql: null, params: null })
    expect(plain.plan.length).toBeGreaterThan(2)
    const full = await ours.caller.metrics.describe({ key: 'nrr', sql: true })
    expect(full.sql).toContain('{workspace_id:String}')
    expect(full.params).toMatchObject({ workspace_id: ours.id })
  })

  test('is there for every metric', async () => {
    const all = await ours.caller.metrics.list()
    expect(all.map((metric) => metric.key)).toContain('overdue')
    for (const { key } of all) {
      expect((await ours.caller.metrics.describe({ key, sql: true })).sql, key).toBeTruthy()
    }
  })
})

describe('an explanation', () => {
  test('says what was meant, chosen, left out, read and computed', async () => {
    const asked = { metrics: ['nrr'], accounts: ['a1'], on: '2026-10-31', knownAt: '2026-10-31' }
    const explained = await ours.caller.metrics.explain(asked)
    expect(explained.values).toEqual(await query(asked))
    expect(explained.definitions.map(({ key }) => key)).toEqual(['nrr'])
    expect(explained.definitions[0]?.measures.map(({ measure }) => measure)).toContain(
      'contracts.cohort_start',
    )
    expect(explained.settings).toContainEqual(
      expect.objectContaining({ key: 'currency', value: 'JPY', chosen: false }),
    )
    expect(explained.filters).toEqual({ workspace: ours.id, accounts: ['a1'], by: [] })
    expect(explained.periods).toEqual([
      { on: '2026-10-31', start: '2026-10-30T15:00:00Z', end: '2026-10-31T15:00:00Z' },
    ])
    expect(explained.knownAt).toBe('2026-10-31T14:59:59.999Z')
    const [made] = explained.queries
    expect(made?.tables).toEqual(['contract_lines', 'exchange_rates'])
    expect(made?.rowsRead).toBeGreaterThan(0)
    expect(made?.bytesRead).toBeGreaterThan(0)
    expect(made?.steps.length).toBeGreaterThan(2)
    expect(made?.sql).toContain(made?.steps[0]?.en)
    expect(made?.params).toMatchObject({ workspace_id: ours.id, account_ids: ['a1'] })
  })

  test('is there for every metric, in both languages, and for both halves of a drill-down', async () => {
    const all = await ours.caller.metrics.list()
    const both = all.filter(({ grains }) => grains.length === 2).map(({ key }) => key)
    const whole = all.filter(({ grains }) => !grains.includes('account')).map(({ key }) => key)
    for (const metrics of [both, whole]) {
      const drill = metrics === both
      const explained = await ours.caller.metrics.explain({ metrics, drill, language: 'ja' })
      expect(explained.definitions.map(({ key }) => key)).toEqual(expect.arrayContaining(metrics))
      for (const { sql, steps, tables } of explained.queries) {
        expect(tables.length).toBeGreaterThan(0)
        expect(tables.filter((table) => !Object.hasOwn(factTables, table))).toEqual([])
        expect(sql).toContain(steps[0]?.ja)
      }
    }
  })
})

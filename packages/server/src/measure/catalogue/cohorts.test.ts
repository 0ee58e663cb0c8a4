import { startTestCluster, startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { type CohortRequest, compileCohorts } from '@tomoshibi/metrics/cohorts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, between, type Fact, fact, onDay, settingsOf } from './testing.ts'
import { insertTinyCompany, TINY, tokyo } from './tiny-company.ts'

let facts: TestFacts
beforeAll(async () => {
  facts = await startTestFacts()
  const line = (account_id: string, amount: string, from: string, to: string | null) => ({
    account_id,
    record_id: `${account_id}-${from}`,
    amount,
    effective_from: tokyo(from),
    effective_to: to === null ? null : tokyo(to),
  })
  await facts.store.insert(
    'contract_lines',
    [
      line('old', '900', '2025-06-01', null),
      // January: one stays and grows, one leaves in March and comes back, one leaves at once.
      line('stays', '100', '2026-01-10', '2026-03-05'),
      line('stays', '150', '2026-03-05', null),
      line('returns', '100', '2026-01-20', '2026-03-02'),
      line('returns', '60', '2026-04-10', null),
      line('flees', '100', '2026-01-05', '2026-01-25'),
      // February
      line('later', '40', '2026-02-15', null),
    ].map((row) => fact('contract_lines', 'w', row)),
  )
  const attribute = (account_id: string, key: string, value: string, day: string): Fact => ({
    account_id,
    record_id: `${account_id} ${key} ${day}`,
    attribute: key,
    value,
    value_number: null,
    value_kind: 'string',
    effective_at: `${day}T00:00:00Z`,
  })
  await facts.store.insert(
    'account_attributes',
    [
      // Small when it first paid, large from March on.
      attribute('stays', 'size', 'small', '2026-01-01'),
      attribute('stays', 'size', 'large', '2026-03-01'),
      attribute('flees', 'size', 'small', '1970-01-01'),
      // Known only from an import long after.
      attribute('returns', 'size', 'large', '2026-04-01'),
    ].map((row) => fact('account_attributes', 'w', row)),
  )
  await facts.store.insert(
    'contract_lines',
    [
      { ...line('dollars', '100', '2026-01-10', null), currency: 'USD' },
      { ...line('late', '50', '2026-02-10', null), known_at: tokyo('2026-03-10') },
    ].map((row) => fact('contract_lines', 'dollars', row)),
  )
  await facts.store.insert(
    'exchange_rates',
    [
      { rate: '150', effective_at: tokyo('2026-01-01') },
      { rate: '300', effective_at: tokyo('2026-03-01') },
    ].map((rate, k) =>
      fact('exchange_rates', 'dollars', {
        account_id: '',
        record_id: `rate${k}`,
        currency: 'USD',
        reporting_currency: 'JPY',
        ...rate,
      }),
    ),
  )
})
afterAll(() => facts.stop())

const cohortsOf = async (workspaceId: string, more: Partial<CohortRequest> = {}) => {
  const compiled = compileCohorts({
    workspaceId,
    settings: settingsOf(),
    months: between('2026-01-01', '2026-05-01', 'month'),
    knownAt: 'now',
    now: '2026-04-15T00:00:00Z',
    ...more,
  })
  return compiled.decode(await facts.store.query(compiled.query, compiled.rowSchema))
}

it('cohorts keep accounts and revenue, month by month from that of the first payment', async () => {
  const values = await cohortsOf('w')
  const table = values.map((value) => [
    value.cohort,
    value.month,
    value.accounts,
    value.accountsRetained,
    value.mrrRetained,
    value.revenueRetention,
  ])
  expect(table).toEqual([
    ['2026-01-01', 0, 3, 2, '200', 1],
    ['2026-01-01', 1, 3, 2, '200', 1],
    ['2026-01-01', 2, 3, 1, '150', 0.75],
    ['2026-01-01', 3, 3, 2, '210', 1.05],
    ['2026-02-01', 0, 1, 1, '40', 1],
    ['2026-02-01', 1, 1, 1, '40', 1],
    ['2026-02-01', 2, 1, 1, '40', 1],
  ])
  expect(values.map(({ complete }) => complete)).toEqual([
    true,
    true,
    true,
    false,
    true,
    true,
    false,
  ])
})

it('cohorts are cut further by what an account was when it first paid, or as first known', async () => {
  const values = await cohortsOf('w', { by: ['size'] })
  const table = values
    .filter(({ cohort, month }) => cohort === '2026-01-01' && month % 3 === 0)
    .map(({ slice, month, accounts, accountsRetained }) => [
      slice.size,
      month,
      accounts,
      accountsRetained,
    ])
  expect(table).toEqual([
    ['large', 0, 1, 1],
    ['large', 3, 1, 1],
    ['small', 0, 2, 1],
    ['small', 3, 2, 1],
  ])
  expect(values.at(-1)).toMatchObject({ cohort: '2026-02-01', slice: { size: null }, accounts: 1 })
})

it('a drifting exchange rate neither keeps nor loses revenue of a cohort', async () => {
  const [first, , march] = await cohortsOf('dollars')
  expect(first).toMatchObject({ mrrAtFirst: '15000', revenueRetention: 1 })
  expect(march).toMatchObject({ month: 2, mrrRetained: '15000', revenueRetention: 1 })
})

it('a cluster of two shards says the same', async () => {
  const cluster = await startTestCluster()
  try {
    await Promise.all([insertTinyCompany(cluster.store), insertTinyCompany(facts.store)])
    const months = between('2026-01-01', '2026-05-01', 'month')
    const { query, rowSchema, decode } = compileCohorts({
      workspaceId: TINY,
      settings: settingsOf(),
      months,
      by: ['segment'],
      knownAt: 'period-end',
      now: '2026-11-21T00:00:00Z',
    })
    const one = decode(await facts.store.query(query, rowSchema))
    // g and h from January on, d and j in April.
    expect(one.map(({ accounts }) => accounts)).toEqual([2, 2, 2, 2, 1, 1])
    expect(decode(await cluster.store.query(query, rowSchema))).toEqual(one)
    const question = {
      workspaceId: TINY,
      metrics: ['clv_expected', 'mrr'],
      periods: months,
      by: ['cohort_month', 'segment'],
      accountIds: ['a', 'd', 'h', 'j'],
    }
    const values = await ask(facts.store, question)
    expect(values.length).toBeGreaterThan(10)
    expect(await ask(cluster.store, question)).toEqual(values)
  } finally {
    await cluster.stop()
  }
})

it('as known then there are no cohorts of contracts recorded later', async () => {
  const cohorts = (values: readonly { readonly cohort: string }[]) => [
    ...new Set(values.map(({ cohort }) => cohort)),
  ]
  const before = await cohortsOf('dollars', { knownAt: '2026-03-09T14:59:59.999Z' })
  expect(cohorts(before)).toEqual(['2026-01-01'])
  expect(cohorts(await cohortsOf('dollars'))).toEqual(['2026-01-01', '2026-02-01'])
})

it('without a contract there is no cohort, and retention has no value', async () => {
  expect(await cohortsOf('nobody')).toEqual([])
  const [none] = await ask(facts.store, {
    workspaceId: 'nobody',
    metrics: ['cohort_retention'],
    periods: onDay('2026-04-15'),
  })
  expect(none).toMatchObject({ value: null, reason: 'no_data', n: 0 })
})

describe('any figure', () => {
  it('is cut by the month of the first payment, and by the months since then', async () => {
    const question = {
      workspaceId: 'w',
      metrics: ['mrr', 'cohort_retention'],
      periods: onDay('2026-04-15'),
      by: ['cohort_month', 'months_since'],
    }
    const values = await ask(facts.store, question)
    expect(
      values.map(({ metric, slice, value }) => [metric, ...Object.values(slice), value]),
    ).toEqual([
      ['mrr', '2025-06', '10', '900'],
      ['mrr', '2026-01', '3', '210'],
      ['mrr', '2026-02', '2', '40'],
      ['cohort_retention', '2025-06', '10', 1],
      ['cohort_retention', '2026-01', '3', 2 / 3],
      ['cohort_retention', '2026-02', '2', 1],
    ])
  })

  it('of a period has an account that is new in it in its cohort', async () => {
    const values = await ask(facts.store, {
      workspaceId: 'w',
      metrics: ['mrr_new', 'nrr'],
      periods: between('2026-02-01', '2026-03-01', 'month'),
      by: ['cohort_month', 'size'],
    })
    expect(
      values.map(({ metric, slice, value }) => [metric, slice.cohort_month, slice.size, value]),
    ).toEqual([
      ['mrr_new', '2025-06', null, '0'],
      ['mrr_new', '2026-01', 'small', '0'],
      ['mrr_new', '2026-01', null, '0'],
      ['mrr_new', '2026-02', null, '40'],
      ['nrr', '2025-06', null, 1],
      ['nrr', '2026-01', 'small', 1],
      ['nrr', '2026-01', null, 1],
      ['nrr', '2026-02', null, null],
    ])
  })
})

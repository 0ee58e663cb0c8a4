/** A request is answered by several queries. What they say together is what one query would say. */
import type { FactStore } from '@tomoshibi/facts/store'
import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { compileInBatches } from '@tomoshibi/metrics/batches'
import type { MetricRow } from '@tomoshibi/metrics/compile'
import type { Period } from '@tomoshibi/metrics/periods'
import type { MetricValue } from '@tomoshibi/metrics/value'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, between, onDay, type Question, settingsOf } from './testing.ts'
import { insertTinyCompany, TINY } from './tiny-company.ts'

const askInBatches = async (store: FactStore, question: Question): Promise<MetricValue[]> => {
  const compiled = compileInBatches({
    settings: settingsOf(),
    grain: 'portfolio',
    by: [],
    knownAt: 'now',
    now: '2026-11-21T00:00:00Z',
    ...question,
  })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  expect(compiled.batches.length).toBeGreaterThan(1)
  const rows: MetricRow[][] = []
  for (const { query, rowSchema } of compiled.batches)
    rows.push(await store.query(query, rowSchema))
  return compiled.decode(rows)
}

const cellOf = ({ metric, on, start, end, slice, account }: MetricValue): string =>
  JSON.stringify([metric, on, start, end, slice, account])

describe('many metrics, asked in several queries', () => {
  let facts: TestFacts
  const periods = between('2026-03-01', '2026-05-01', 'month')
  // Of each source, of two sources at once, of a period and of an instant.
  const metrics = [
    ...[
      'mrr',
      'nrr',
      'mrr_fx',
      'ltv',
      'renewal_rate',
      'active_users',
      'licence_utilisation',
      'arpu',
    ],
    ...['nps', 'nps_by_arr', 'resolution_time', 'tickets_open', 'overdue', 'silent_days'],
  ]
  const ofAccounts = metrics.filter((key) => key !== 'ltv')

  beforeAll(async () => {
    facts = await startTestFacts()
    await insertTinyCompany(facts.store)
  })
  afterAll(() => facts.stop())

  it.each<[string, Omit<Question, 'workspaceId' | 'periods'> & { periods?: Period[] }]>([
    ['over the portfolio', { metrics: metrics.toReversed() }],
    ['as known at the end of each period', { metrics, knownAt: 'period-end' }],
    ['of chosen accounts', { metrics: ofAccounts, grain: 'account', accountIds: ['a', 'z', 'b'] }],
    ['by an attribute', { metrics, by: ['segment'] }],
    ['of every account', { metrics: ofAccounts, grain: 'account' }],
    ['on one day', { metrics: ofAccounts, grain: 'account', periods: onDay('2026-04-30') }],
  ])('say the same in the same order %s', async (_, question) => {
    const one = await ask(facts.store, { workspaceId: TINY, periods, ...question })
    const several = await askInBatches(facts.store, { workspaceId: TINY, periods, ...question })

    const asked = new Set(one.map(cellOf))
    const more = several.filter((value) => !asked.has(cellOf(value)))
    expect(several.filter((value) => asked.has(cellOf(value)))).toEqual(one)
    // A slice or account of which one metric knows nothing has a row of it all the same.
    for (const { value, n, reason } of more)
      expect([value, n, reason]).toEqual([null, 0, 'no_data'])
  })

  it('give every metric a row of the same slices and the same accounts', async () => {
    const several = await askInBatches(facts.store, {
      workspaceId: TINY,
      periods,
      metrics,
      by: ['segment'],
    })
    const slicesOf = (key: string) =>
      new Set(
        several
          .filter(({ metric, start }) => metric === key && start === '2026-04-01')
          .map(({ slice }) => slice.segment),
      )
    for (const key of metrics) expect(slicesOf(key)).toEqual(slicesOf('mrr'))
  })
})

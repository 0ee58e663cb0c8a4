import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { compileAccountFrame } from '@tomoshibi/metrics/account-frame'
import type { MetricValue } from '@tomoshibi/metrics/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { ask, between, fact, onDay, settingsOf } from '../catalogue/testing.ts'
import { insertTinyCompany, TINY, tokyo } from '../catalogue/tiny-company.ts'
import { catalogueWith, usual } from './testing.ts'

/** A built-in metric, and what a workspace would write to get the same figures. */
const twins = {
  tickets_open: {
    unit: 'count',
    measure: { fact: 'tickets', count: 'records', where: '!has(resolved_at)', window: 'all' },
  },
  active_users: {
    unit: 'count',
    measure: { fact: 'usage_events', count: 'distinct user_id', window: '28 days' },
  },
  active_users_7d: {
    unit: 'count',
    measure: { fact: 'usage_events', count: 'distinct user_id', window: '1 week' },
  },
  overdue: {
    unit: 'money',
    measure: { fact: 'invoices', sum: 'unpaid', where: 'due_at <= day', window: 'all' },
  },
  days_since_contact: {
    unit: 'days',
    accounts: 'present',
    measure: {
      fact: 'touchpoints',
      days_since: 'last',
      where: 'direction == "two_way"',
      window: 'all',
    },
  },
  resolution_time: {
    unit: 'hours',
    time: 'period',
    measure: { fact: 'tickets', median: 'hours_to_resolve', at: 'resolved_at' },
  },
  resolution_time_p90: {
    unit: 'hours',
    time: 'period',
    measure: { fact: 'tickets', p90: 'hours_to_resolve', at: 'resolved_at' },
  },
  arpa: { unit: 'money', formula: 'mrr / paying_accounts' },
  customer_churn_rate: { unit: 'percent', time: 'period', formula: '1 - retention_rate' },
  revenue_churn_gross: {
    unit: 'percent',
    time: 'period',
    formula: '(mrr_churn + mrr_contraction) / mrr_start',
  },
} as const

const keys = Object.keys(twins)
const twinOf = (key: string) => `own_${key}`
const catalogue = catalogueWith(
  Object.entries(twins).map(([key, twin]) => ({ ...usual, key: twinOf(key), ...twin })),
)

const LATE = 'late'
let facts: TestFacts
beforeAll(async () => {
  facts = await startTestFacts()
  await insertTinyCompany(facts.store)
  // A ticket whose resolution is learned late, use and an invoice that were taken back.
  const at = (day: string) => tokyo(day, '12:00:00')
  const ticket = (known_at: string, more: object) =>
    fact('tickets', LATE, {
      account_id: 'a',
      record_id: 't',
      opened_at: at('2026-03-01'),
      known_at,
      ...more,
    })
  await facts.store.insert('tickets', [
    ticket(at('2026-03-01'), {}),
    ticket(at('2026-06-01'), { resolved_at: at('2026-03-10'), version: 2 }),
  ])
  const use = (known_at: string, more: object) =>
    fact('usage_events', LATE, {
      account_id: 'a',
      record_id: 'u',
      user_id: 'x',
      event: 'login',
      occurred_at: at('2026-03-05'),
      quantity: 1,
      known_at,
      ...more,
    })
  await facts.store.insert('usage_events', [
    use(at('2026-04-20'), {}),
    use(at('2026-07-01'), { deleted: true, version: 2 }),
  ])
  const invoice = (known_at: string, more: object) =>
    fact('invoices', LATE, {
      account_id: 'b',
      record_id: 'i',
      kind: 'recurring',
      amount: '100.5',
      currency: 'JPY',
      issued_at: tokyo('2026-01-01'),
      due_at: tokyo('2026-02-01'),
      paid_amount: '0',
      known_at,
      ...more,
    })
  await facts.store.insert('invoices', [
    invoice(at('2026-01-01'), {}),
    invoice(at('2026-05-01'), { paid_amount: '40.25', version: 2 }),
    invoice(at('2026-08-01'), { paid_at: at('2026-07-31'), version: 3 }),
  ])
})
afterAll(() => facts.stop())

/** Figures of a metric, as if its twin had made them. n is left out: a sum's says how many had any. */
const figures = (values: readonly MetricValue[], key: string) =>
  values
    .filter(({ metric }) => metric === key)
    .map(({ on, start, end, slice, account, value, reason, complete, knownAt }) => ({
      on,
      start,
      end,
      slice,
      account,
      value: typeof value === 'number' ? Number(value.toPrecision(12)) : value,
      reason,
      complete,
      knownAt,
    }))

async function expectTwins(question: Omit<Parameters<typeof ask>[1], 'metrics'>) {
  const metrics = [...keys, ...keys.map(twinOf)]
  const values = await ask(facts.store, { ...question, metrics, catalogue })
  const alone = await ask(facts.store, { ...question, metrics: keys.map(twinOf), catalogue })
  for (const key of keys) {
    const expected = figures(values, key)
    expect(figures(values, twinOf(key)), key).toEqual(expected)
    expect(figures(alone, twinOf(key)), `${key}, without the built-in one`).toEqual(
      expect.arrayContaining(expected.filter(({ value }) => value !== null)),
    )
  }
  return values
}

const months = between('2026-02-01', '2026-09-01', 'month')

describe('a custom metric that says what a built-in one says has its figures', () => {
  test('over the portfolio, month by month', async () => {
    const values = await expectTwins({ workspaceId: TINY, periods: months })
    const there = keys.filter((key) => values.some((v) => v.metric === key && v.value !== null))
    expect(there).toEqual(keys)
  })

  test('on a day', () => expectTwins({ workspaceId: TINY, periods: onDay('2026-04-30') }))

  test('by slice', () => expectTwins({ workspaceId: TINY, periods: months, by: ['segment'] }))

  test('by account, all of them or some', async () => {
    await expectTwins({ workspaceId: TINY, periods: months, grain: 'account' })
    await expectTwins({
      workspaceId: TINY,
      periods: onDay('2026-04-30'),
      grain: 'account',
      accountIds: ['a', 'g', 'h'],
    })
  })

  test('as known at any instant', async () => {
    for (const knownAt of ['now', 'period-end', '2026-04-25T00:00:00Z', '2026-06-15T00:00:00Z']) {
      const values = await expectTwins({ workspaceId: LATE, periods: months, knownAt })
      if (knownAt !== 'period-end') continue
      const open = values.filter(({ metric }) => metric === 'own_tickets_open')
      expect(open.map(({ value }) => value)).toEqual([null, 1, 1, 1, 0, 0, 0])
      const overdue = values.filter(({ metric }) => metric === 'own_overdue')
      expect(overdue.map(({ value }) => value)).toEqual([
        '100.5',
        '100.5',
        '100.5',
        '60.25',
        '60.25',
        '60.25',
        '0',
      ])
    }
  })

  test('in the frame that lamps look at', async () => {
    const instants = keys.filter((key) => catalogue.get(key)?.time === 'instant')
    const metrics = [...instants, ...instants.map(twinOf)]
    const frame = compileAccountFrame({
      workspaceId: TINY,
      settings: settingsOf(),
      metrics,
      attributes: [],
      periods: onDay('2026-04-30'),
      knownAt: 'period-end',
      now: '2026-11-21T00:00:00Z',
      catalogue,
    })
    if (!frame.ok) throw new Error(JSON.stringify(frame.problems))
    const columns = frame.columns.map(({ column }) => `toString(${column}) AS ${column}`)
    const rows = await facts.store.query(
      {
        sql: `${frame.with}\nSELECT ${columns.join(', ')} FROM ${frame.from}`,
        params: frame.params,
      },
      z.record(z.string(), z.string().nullable()),
    )
    expect(rows.length).toBeGreaterThan(5)
    for (const row of rows) {
      for (const key of instants)
        expect(row[`metric_${twinOf(key)}`], key).toBe(row[`metric_${key}`])
    }
  })
})

/**
 * The movements that any correct implementation gets from RavenStack's subscriptions: trials left out,
 * netted per account, cut at month starts.
 */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { ask, askMovements, between, fact, settingsOf } from './testing.ts'

const folder = resolve(import.meta.dirname, '../../../../../../shared/data/ravenstack')
const rows = z.array(z.record(z.string(), z.string()))
const csv = (name: string) =>
  rows.parse(parse(readFileSync(resolve(folder, name)), { columns: true }))

const names = [
  ...['mrr_start', 'mrr_new', 'mrr_reactivation', 'mrr_expansion'],
  ...['mrr_contraction', 'mrr_churn', 'mrr_end'],
]
const settings = settingsOf({ currency: 'USD', timeZone: 'UTC' })

// The data is not part of the repository; where it is missing this shows as skipped.
describe.skipIf(!existsSync(folder))('RavenStack', () => {
  let facts: TestFacts

  beforeAll(async () => {
    facts = await startTestFacts()
    const lines = csv('ravenstack_subscriptions.csv').map((row) =>
      fact('contract_lines', 'w', {
        account_id: row.account_id,
        record_id: row.subscription_id,
        source_id: row.subscription_id,
        plan: row.plan_tier,
        quantity: row.seats,
        amount: row.mrr_amount,
        currency: 'USD',
        effective_from: row.start_date,
        effective_to: row.end_date === '' ? null : row.end_date,
        state: row.is_trial === 'TRUE' ? 'trial' : 'active',
      }),
    )
    await facts.store.insert('contract_lines', lines)
  })
  afterAll(() => facts.stop())

  it('gives the expected movements and rates for each month of 2023', async () => {
    const values = await ask(facts.store, {
      workspaceId: 'w',
      settings,
      metrics: [
        'mrr_start',
        'mrr_new',
        'mrr_reactivation',
        'mrr_expansion',
        'mrr_contraction',
        'mrr_churn',
        'mrr_end',
        'nrr',
        'grr',
        'customer_churn_rate',
        'churned_accounts',
        'new_accounts',
        'reactivated_accounts',
      ],
      periods: between('2023-01-01', '2024-01-01', 'month', 'UTC'),
    })
    const expected = csv('expected_mrr_movements_2023.csv')
    expect(expected).toHaveLength(12)
    for (const month of expected) {
      const of = (metric: string) =>
        values.find((value) => value.metric === metric && value.start === month.period_start)
      for (const [metric, column] of [
        ['mrr_start', 'start_mrr'],
        ['mrr_new', 'new_mrr'],
        ['mrr_reactivation', 'reactivation_mrr'],
        ['mrr_expansion', 'expansion_mrr'],
        ['mrr_contraction', 'contraction_mrr'],
        ['mrr_churn', 'churn_mrr'],
        ['mrr_end', 'end_mrr'],
      ] as const) {
        expect(of(metric), `${metric} ${month.period_start}`).toMatchObject({
          value: String(Number(month[column])),
          end: month.period_end,
          currency: 'USD',
        })
      }
      for (const [metric, column] of [
        ['churned_accounts', 'churned_accounts'],
        ['new_accounts', 'new_accounts'],
        ['reactivated_accounts', 'reactivated_accounts'],
      ] as const) {
        expect(of(metric)?.value, `${metric} ${month.period_start}`).toBe(Number(month[column]))
      }
      expect(of('customer_churn_rate')?.n).toBe(Number(month.start_accounts))
      for (const [metric, column] of [
        ['nrr', 'nrr'],
        ['grr', 'grr'],
        ['customer_churn_rate', 'logo_churn'],
      ] as const) {
        if (month[column] === '') {
          expect(of(metric)).toMatchObject({ value: null, reason: 'zero_denominator' })
        } else {
          expect(of(metric)?.value).toBeCloseTo(Number(month[column]), 9)
        }
      }
    }
  })

  it('gives every dated movement of both years as a direct computation does', async () => {
    const lines = csv('ravenstack_subscriptions.csv').filter((row) => row.is_trial !== 'TRUE')
    const changes = new Map<string, Map<string, number>>()
    const add = (account: string, day: string, amount: number) => {
      const days = changes.get(account) ?? new Map<string, number>()
      changes.set(account, days.set(day, (days.get(day) ?? 0) + amount))
    }
    for (const { account_id = '', start_date = '', end_date = '', mrr_amount } of lines) {
      // One that ends on the day of its start never applied.
      if (start_date === end_date) continue
      add(account_id, start_date, Number(mrr_amount))
      if (end_date !== '') add(account_id, end_date, -Number(mrr_amount))
    }
    const expected = [...changes].flatMap(([account, days]) => {
      let [mrr, paid] = [0, false]
      return [...days].toSorted().flatMap(([on, by]) => {
        const before = mrr
        mrr += by
        const kind =
          before === 0
            ? paid
              ? 'reactivation'
              : 'new'
            : mrr === 0
              ? 'churn'
              : by > 0
                ? 'expansion'
                : 'contraction'
        paid ||= mrr > 0
        if (by === 0 || on > '2025-01-01') return []
        return [`${on} ${account} ${kind} ${Math.abs(by)} ${mrr}`]
      })
    })
    const [period] = between('2022-12-31', '2025-01-01', 'day', 'UTC')
    const [first, last] = [period?.start ?? '', '2025-01-01T00:00:00Z']
    const { events, totals } = await askMovements(facts.store, {
      workspaceId: 'w',
      settings,
      period: { start: first, end: last, label: { start: '2022-12-31', end: '2025-01-01' } },
    })
    const found = events.map(
      ({ on, account, kind, amount, mrrAfter }) => `${on} ${account} ${kind} ${amount} ${mrrAfter}`,
    )
    expect(found.length).toBeGreaterThan(500)
    expect(found.toSorted()).toEqual(expected.toSorted())
    expect(totals.start).toBe('0')
  })

  it('gives the same as a direct computation for every month and quarter of both years', async () => {
    const lines = csv('ravenstack_subscriptions.csv').filter((row) => row.is_trial !== 'TRUE')
    const accounts = [...new Set(lines.map((row) => row.account_id))]
    /** MRR of each account on a day: a subscription is active when start ≤ day < end. */
    const snapshot = (day: string) => {
      const mrr = new Map(accounts.map((account) => [account, 0]))
      for (const row of lines) {
        const { account_id = '', start_date = '', end_date = '', mrr_amount } = row
        if (start_date <= day && (end_date === '' || day < end_date)) {
          mrr.set(account_id, (mrr.get(account_id) ?? 0) + Number(mrr_amount))
        }
      }
      return mrr
    }
    for (const grain of ['month', 'quarter'] as const) {
      const periods = between('2023-01-01', '2025-01-01', grain, 'UTC')
      const values = await ask(facts.store, {
        workspaceId: 'w',
        settings,
        metrics: [...names, 'nrr', 'grr', 'customer_churn_rate'],
        periods,
      })
      const before = new Set<string | undefined>()
      for (const { label } of periods) {
        if ('on' in label) throw new Error('a day')
        const [start, end] = [snapshot(label.start), snapshot(label.end)]
        const sums = Object.fromEntries(names.map((name) => [name, 0]))
        const add = (name: string, amount: number) => {
          sums[name] = (sums[name] ?? 0) + amount
        }
        const cohort = { start: 0, end: 0, kept: 0, accounts: 0, lost: 0 }
        for (const account of accounts) {
          const [s, e] = [start.get(account) ?? 0, end.get(account) ?? 0]
          add('mrr_start', s)
          add('mrr_end', e)
          if (s > 0) {
            cohort.start += s
            cohort.end += e
            cohort.kept += Math.min(s, e)
            cohort.accounts += 1
            if (e === 0) cohort.lost += 1
            add(
              e === 0 ? 'mrr_churn' : e > s ? 'mrr_expansion' : 'mrr_contraction',
              Math.abs(e - s),
            )
            before.add(account)
          } else if (e > 0) {
            add(before.has(account) ? 'mrr_reactivation' : 'mrr_new', e)
          }
        }
        const of = (metric: string) =>
          values.find((value) => value.metric === metric && value.start === label.start)?.value
        for (const name of names) {
          expect(of(name), `${name} ${grain} ${label.start}`).toBe(String(sums[name]))
        }
        if (cohort.start === 0) continue
        expect(of('nrr')).toBeCloseTo(cohort.end / cohort.start, 9)
        expect(of('grr')).toBeCloseTo(cohort.kept / cohort.start, 9)
        expect(of('customer_churn_rate')).toBeCloseTo(cohort.lost / cohort.accounts, 9)
      }
    }
  })
})

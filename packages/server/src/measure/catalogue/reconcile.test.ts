/**
 * Figures add up for any contract history: overlaps, gaps, trials, discounts, currencies, amendments
 * that were recorded late.
 */
import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import { movementKinds } from '@tomoshibi/metrics/movement-events'
import type { MetricValue } from '@tomoshibi/metrics/value'
import Big from 'big.js'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ask, askMovements, between, fact, settingsOf } from './testing.ts'

let facts: TestFacts
let workspaces = 0

beforeAll(async () => {
  facts = await startTestFacts()
})
afterAll(() => facts.stop())

/** An instant around the first quarter of 2026, at a quarter of an hour; many share a day. */
const instant = fc
  .tuple(
    fc.oneof(fc.integer({ min: -400, max: 120 }), fc.integer({ min: 0, max: 8 })),
    fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 95 })),
  )
  .map(([days, quarters]) =>
    // Midnight in Tokyo.
    new Date(Date.UTC(2025, 11, 31, 15) + days * 86_400_000 + quarters * 900_000).toISOString(),
  )

const termsOf = {
  plan: fc.constantFrom('basic', 'pro'),
  quantity: fc.option(fc.integer({ min: 1, max: 9 })),
  amount: fc.integer({ min: -300, max: 100_000 }).map((cents) => (cents / 100).toFixed(2)),
  discount_percent: fc.constantFrom('0', '10', '33.333333', '100'),
  discount_until: fc.option(instant),
  currency: fc.constantFrom('JPY', 'USD', 'EUR'),
  billing_unit: fc.constantFrom('month', 'year', 'week', 'day'),
  billing_count: fc.integer({ min: 1, max: 4 }),
  effective_from: instant,
  effective_to: fc.option(instant),
  state: fc.constantFrom('active', 'active', 'past_due', 'trial', 'ended', 'paused'),
}
const lineOf = fc.record({
  account_id: fc.integer({ min: 1, max: 60 }).map((number) => `account ${number}`),
  product: fc.constantFrom('core', 'addon'),
  terms: fc.record(termsOf),
  /** What was recorded of the same line later, other terms or that it never was. */
  amendment: fc.option(
    fc.record({ terms: fc.record(termsOf), known_at: instant, deleted: fc.boolean() }),
    { freq: 3 },
  ),
})

const rateOf = fc.record({
  currency: fc.constantFrom('USD', 'EUR'),
  rate: fc
    .integer({ min: 1, max: 3_000_000 })
    .map((millionths) => (millionths / 10_000).toFixed(4)),
  effective_at: instant,
})

const historyOf = fc.record({
  lines: fc.array(lineOf, { minLength: 150, maxLength: 300, size: 'max' }),
  rates: fc.array(rateOf, { maxLength: 6 }),
  knownAt: fc.oneof(fc.constant('now'), instant),
})
type History = typeof historyOf extends fc.Arbitrary<infer T> ? T : never

/** Inserts a history into a workspace of its own, or what of it was recorded by an instant. */
const inserted = async ({ lines, rates }: History, until?: string): Promise<string> => {
  workspaces += 1
  const workspaceId = `w${workspaces}`
  const row = (values: object) => fact('contract_lines', workspaceId, { ...values })
  await facts.store.insert(
    'contract_lines',
    lines.flatMap(({ account_id, product, terms, amendment }, k) => {
      const shared = { account_id, product, record_id: `line${k}` }
      if (amendment === null) return [row({ ...shared, ...terms })]
      const { known_at, deleted } = amendment
      if (until !== undefined && Date.parse(known_at) > Date.parse(until)) {
        return [row({ ...shared, ...terms })]
      }
      return [
        row({ ...shared, ...terms }),
        row({ ...shared, ...amendment.terms, known_at, deleted, version: 2 }),
      ]
    }),
  )
  const always = ['USD', 'EUR'].map((currency) => ({
    currency,
    rate: '150',
    effective_at: '2020-01-01T00:00:00Z',
  }))
  await facts.store.insert(
    'exchange_rates',
    [...always, ...rates].map((rate, k) =>
      fact('exchange_rates', workspaceId, {
        account_id: '',
        record_id: `rate${k}`,
        reporting_currency: 'JPY',
        ...rate,
      }),
    ),
  )
  const accounts = [...new Set(lines.map(({ account_id }) => account_id))]
  await facts.store.insert(
    'account_attributes',
    accounts
      .filter((_, k) => k % 4 > 0)
      .map((account_id, k) =>
        fact('account_attributes', workspaceId, {
          account_id,
          record_id: `${account_id} segment`,
          attribute: 'segment',
          value: `segment ${k % 3}`,
          value_number: null,
          value_kind: 'string',
          effective_at: '1970-01-01T00:00:00Z',
        }),
      ),
  )
  return workspaceId
}

// Few runs of many accounts: an account is a case of its own, and a query has its price.
const holdsForHistories = (
  numRuns: number,
  holds: (history: History, workspaceId: string) => Promise<void>,
) =>
  fc.assert(
    fc.asyncProperty(historyOf, async (history) => holds(history, await inserted(history))),
    { numRuns, endOnFailure: true },
  )

const MOVES = ['mrr_new', 'mrr_reactivation', 'mrr_expansion', 'mrr_fx'] as const
const LOSSES = ['mrr_contraction', 'mrr_churn'] as const
const CAUSES = ['upgrade', 'seats', 'cross_sell', 'price', 'discount_end'].map(
  (cause) => `mrr_expansion_${cause}`,
)
const settings = settingsOf({ currency: 'JPY' })
const months = between('2026-01-01', '2026-04-01', 'month')
const [quarter] = between('2026-01-01', '2026-04-01', 'quarter')

const sumOf = (amounts: readonly (string | number | null | undefined)[]): string =>
  amounts.reduce<Big>((sum, amount) => sum.plus(amount ?? 0), new Big(0)).toFixed(8)

it('start + new + reactivation + expansion − contraction − churn + fx = end, period by period', async () => {
  await holdsForHistories(4, async ({ knownAt }, workspaceId) => {
    const question = {
      workspaceId,
      metrics: ['mrr_start', ...MOVES, ...LOSSES, ...CAUSES, 'mrr_end'],
      periods: months,
      settings,
      knownAt,
    }
    const whole = await ask(facts.store, question)
    const parts = await ask(facts.store, { ...question, grain: 'account' })
    const groups = new Map<string, Map<string, Big>>()
    for (const { account, start, metric, value } of [...whole, ...parts]) {
      const key = `${account} ${start}`
      const group = groups.get(key) ?? new Map<string, Big>()
      group.set(metric, new Big(value ?? 'no value'))
      groups.set(key, group)
    }
    expect(groups.size).toBeGreaterThan(0)
    for (const [key, group] of groups) {
      const of = (metric: string) => group.get(metric) ?? new Big(0)
      const total = (metrics: readonly string[]) =>
        metrics.reduce((sum, metric) => sum.plus(of(metric)), new Big(0))
      const end = of('mrr_start').plus(total(MOVES)).minus(total(LOSSES))
      expect(end.toFixed(8), key).toBe(of('mrr_end').toFixed(8))
      expect(total(CAUSES).toFixed(8), key).toBe(of('mrr_expansion').toFixed(8))
      expect(of('mrr_expansion').gte(0), key).toBe(true)
      expect(of('mrr_contraction').gte(0), key).toBe(true)
    }
  })
})

it('and event by event, per account and in total, between the same start and end', async () => {
  if (quarter === undefined) throw new Error('quarter')
  await holdsForHistories(4, async ({ knownAt }, workspaceId) => {
    const { events, totals, causes } = await askMovements(facts.store, {
      workspaceId,
      period: quarter,
      settings,
      knownAt,
    })
    const ends = await ask(facts.store, {
      workspaceId,
      metrics: ['mrr_start', 'mrr_end'],
      periods: [quarter],
      settings,
      knownAt,
      grain: 'account',
    })
    const endOf = (account: string | null, metric: string) =>
      ends.find((value) => value.account === account && value.metric === metric)?.value
    const effect = ({ kind, amount }: (typeof events)[number]) =>
      kind === 'contraction' || kind === 'churn' ? new Big(amount ?? 0).neg().toFixed() : amount
    expect(events.length).toBeGreaterThan(20)
    for (const account of new Set(ends.map((value) => value.account))) {
      const own = events.filter((event) => event.account === account)
      const reached = sumOf([endOf(account, 'mrr_start'), ...own.map(effect)])
      expect(reached, `${account}`).toBe(sumOf([endOf(account, 'mrr_end')]))
      // One change leads to the next, and changes that lie within the hour are one.
      const changes = [...new Map(own.map((event) => [event.at, event])).values()]
      for (const [k, event] of changes.entries()) {
        const before = changes[k - 1]
        if (before === undefined) {
          expect(event.mrrBefore).toBe(endOf(account, 'mrr_start'))
          continue
        }
        expect(event.mrrBefore).toBe(before.mrrAfter)
        expect(Date.parse(event.at) - Date.parse(before.until)).toBeGreaterThan(3_600_000)
      }
    }
    for (const { kind, amount, causes: own } of events) {
      if (kind === 'expansion') expect(sumOf(Object.values(own))).toBe(sumOf([amount]))
    }
    for (const kind of movementKinds) {
      const own = events.filter((event) => event.kind === kind)
      expect(sumOf([totals[kind]]), kind).toBe(sumOf(own.map(({ amount }) => amount)))
    }
    expect(sumOf(Object.values(causes))).toBe(sumOf([totals.expansion]))
    expect(sumOf([totals.start, ...events.map(effect)])).toBe(sumOf([totals.end]))
    for (const [side, metric] of [
      ['start', 'mrr_start'],
      ['end', 'mrr_end'],
    ] as const) {
      const parts = ends.filter((value) => value.metric === metric).map(({ value }) => value)
      expect(sumOf([totals[side]])).toBe(sumOf(parts))
    }
  })
})

it('slices and accounts add up to every figure of recurring revenue, and GRR ≤ min(NRR, 1)', async () => {
  const additive = [...builtInMetrics.values()].filter(
    ({ group, measure, grains }) =>
      group === 'revenue' &&
      grains.length === 2 &&
      (measure.kind === 'sum' || measure.kind === 'ratio'),
  )
  expect(additive.length).toBeGreaterThan(30)
  await holdsForHistories(1, async ({ knownAt }, workspaceId) => {
    const question = {
      workspaceId,
      metrics: additive.map(({ key }) => key),
      periods: months,
      settings,
      knownAt,
    }
    const whole = await ask(facts.store, question)
    const slices = await ask(facts.store, { ...question, by: ['segment'] })
    const accounts = await ask(facts.store, { ...question, grain: 'account' })
    const cell = ({ metric, start }: MetricValue) => `${metric} ${start}`
    for (const parts of [slices, accounts]) {
      const byCell = new Map<string, MetricValue[]>()
      for (const part of parts) {
        const own = byCell.get(cell(part))
        if (own === undefined) byCell.set(cell(part), [part])
        else own.push(part)
      }
      for (const figure of whole) {
        const own = byCell.get(cell(figure)) ?? []
        expect(sumOf(own.map(({ numerator }) => numerator)), cell(figure)).toBe(
          sumOf([figure.numerator]),
        )
        expect(sumOf(own.map(({ denominator }) => denominator)), cell(figure)).toBe(
          sumOf([figure.denominator]),
        )
        expect(sumOf(own.map(({ n }) => n)), cell(figure)).toBe(sumOf([figure.n]))
      }
    }
    const rates = (key: string) =>
      [...whole, ...slices].filter(
        ({ metric, denominator }) => metric === key && Number(denominator) > 0,
      )
    const nrr = rates('nrr')
    expect(nrr.length).toBeGreaterThan(3)
    for (const [k, grr] of rates('grr').entries()) {
      expect(Number(grr.value)).toBeLessThanOrEqual(Math.min(Number(nrr[k]?.value), 1) + 1e-12)
    }
  })
})

it('as known at an instant every figure is what it would be had nothing been recorded later', async () => {
  if (quarter === undefined) throw new Error('quarter')
  const metrics = [...builtInMetrics.values()]
    .filter(({ group, grains }) => group === 'revenue' && grains.includes('portfolio'))
    .map(({ key }) => key)
  await holdsForHistories(1, async (history, workspaceId) => {
    const knownAt = '2026-01-04T15:00:00.000Z'
    const later = history.lines.filter(
      ({ amendment }) => amendment !== null && Date.parse(amendment.known_at) > Date.parse(knownAt),
    )
    expect(later.length).toBeGreaterThan(5)
    const without = await inserted(history, knownAt)
    const by = ['cohort_month']
    const figures = (id: string) =>
      ask(facts.store, { workspaceId: id, metrics, periods: months, settings, knownAt, by })
    expect(await figures(workspaceId)).toEqual(await figures(without))
    const events = (id: string) =>
      askMovements(facts.store, { workspaceId: id, period: quarter, settings, knownAt })
    expect(await events(workspaceId)).toEqual(await events(without))
  })
})

/** Movements reconcile for any contract history: overlaps, gaps, trials, discounts, currencies. */
import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import Big from 'big.js'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ask, between, fact, settingsOf } from './testing.ts'
import { tokyo } from './tiny-company.ts'

let facts: TestFacts
let workspaces = 0

beforeAll(async () => {
  facts = await startTestFacts()
})
afterAll(() => facts.stop())

const dayOf2026 = fc
  .integer({ min: -400, max: 120 })
  .map((days) => new Date(Date.UTC(2026, 0, 1) + days * 86_400_000).toISOString().slice(0, 10))

const lineOf = fc.record({
  account: fc.integer({ min: 1, max: 60 }).map((number) => `account ${number}`),
  product: fc.constantFrom('core', 'addon'),
  plan: fc.constantFrom('basic', 'pro'),
  quantity: fc.option(fc.integer({ min: 1, max: 9 })),
  amount: fc.integer({ min: -300, max: 100_000 }).map((cents) => (cents / 100).toFixed(2)),
  discountPercent: fc.constantFrom('0', '10', '33.333333', '100'),
  discountUntil: fc.option(dayOf2026),
  currency: fc.constantFrom('JPY', 'USD', 'EUR'),
  unit: fc.constantFrom('month', 'year', 'week', 'day'),
  count: fc.integer({ min: 1, max: 4 }),
  from: dayOf2026,
  to: fc.option(dayOf2026),
  state: fc.constantFrom('active', 'active', 'past_due', 'trial', 'ended'),
})

const rateOf = fc.record({
  currency: fc.constantFrom('USD', 'EUR'),
  rate: fc
    .integer({ min: 1, max: 3_000_000 })
    .map((millionths) => (millionths / 10_000).toFixed(4)),
  day: dayOf2026,
})

const MOVES = ['mrr_new', 'mrr_reactivation', 'mrr_expansion', 'mrr_fx'] as const
const LOSSES = ['mrr_contraction', 'mrr_churn'] as const
const CAUSES = ['upgrade', 'seats', 'cross_sell', 'price', 'discount_end'].map(
  (cause) => `mrr_expansion_${cause}`,
)

it('start + new + reactivation + expansion − contraction − churn + fx = end, per account and in total', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(lineOf, { minLength: 150, maxLength: 300, size: 'max' }),
      fc.array(rateOf, { maxLength: 6 }),
      async (lines, rates) => {
        workspaces += 1
        const workspaceId = `w${workspaces}`
        await facts.store.insert(
          'contract_lines',
          lines.map((line, k) =>
            fact('contract_lines', workspaceId, {
              account_id: line.account,
              record_id: `line${k}`,
              product: line.product,
              plan: line.plan,
              quantity: line.quantity,
              amount: line.amount,
              discount_percent: line.discountPercent,
              discount_until: line.discountUntil === null ? null : tokyo(line.discountUntil),
              currency: line.currency,
              billing_unit: line.unit,
              billing_count: line.count,
              effective_from: tokyo(line.from),
              effective_to: line.to === null ? null : tokyo(line.to),
              state: line.state,
            }),
          ),
        )
        const always = ['USD', 'EUR'].map((currency) => ({
          currency,
          rate: '150',
          day: '2020-01-01',
        }))
        await facts.store.insert(
          'exchange_rates',
          [...always, ...rates].map(({ currency, rate, day }, k) =>
            fact('exchange_rates', workspaceId, {
              account_id: '',
              record_id: `rate${k}`,
              currency,
              reporting_currency: 'JPY',
              rate,
              effective_at: tokyo(day),
            }),
          ),
        )
        const question = {
          workspaceId,
          metrics: ['mrr_start', ...MOVES, ...LOSSES, ...CAUSES, 'mrr_end'],
          periods: between('2026-01-01', '2026-04-01', 'month'),
          settings: settingsOf({ currency: 'JPY' }),
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
        const mrrOf = (values: typeof parts, metric: string, start: string | undefined) =>
          values
            .filter((value) => value.metric === metric && value.start === start)
            .reduce((sum, { value }) => sum.plus(value ?? 0), new Big(0))
            .toFixed(8)
        for (const { metric, start, value } of whole) {
          expect(mrrOf(parts, metric, start), `${metric} ${start}`).toBe(
            new Big(value ?? 0).toFixed(8),
          )
        }
      },
    ),
    // Few runs of many accounts: an account is a case of its own, and a query has its price.
    { numRuns: 4, endOnFailure: true },
  )
})

/** What must hold for every built-in metric, whatever the facts. */
import type { FactStore } from '@tomoshibi/facts/store'
import type { FactTableName } from '@tomoshibi/facts/tables'
import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import type { MetricValue } from '@tomoshibi/metrics/value'
import Big from 'big.js'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RandomFact, randomCompany } from './random-company.ts'
import { ask, between, fact } from './testing.ts'

let facts: TestFacts
beforeAll(async () => {
  facts = await startTestFacts()
})
afterAll(() => facts.stop())

const insert = async (store: FactStore, workspaceId: string, rows: readonly RandomFact[]) => {
  const byTable = new Map<FactTableName, RandomFact[]>()
  for (const row of rows) byTable.set(row.table, [...(byTable.get(row.table) ?? []), row])
  for (const [table, mine] of byTable) {
    await store.insert(
      table,
      mine.map(({ row }) => fact(table, workspaceId, row)),
    )
  }
}

const all = [...builtInMetrics.values()]
const withGrain = (grain: 'portfolio' | 'account') =>
  all.filter(({ grains }) => grains.includes(grain)).map(({ key }) => key)
const months = between('2025-12-01', '2026-04-01', 'month')

const cell = ({ metric, on, start, end, account, slice }: MetricValue): string =>
  JSON.stringify([metric, on, start, end, account, slice])

/** The figures by what they are of. Floating-point figures are compared to nine digits. */
const figures = (values: readonly MetricValue[]) =>
  Object.fromEntries(
    values.map((value) => {
      const side = (amount: MetricValue['value']) =>
        typeof amount === 'number' ? Number(amount.toPrecision(9)) : amount
      const { numerator, denominator, n, reason } = value
      const parts = [side(value.value), side(numerator), side(denominator), n, reason]
      return [cell(value), parts]
    }),
  )

const SEEDS = fc.integer({ min: 1, max: 1_000_000 })
const RUNS = { numRuns: 2, endOnFailure: true }
let workspaces = 0
const newWorkspace = (): string => {
  workspaces += 1
  return `w${workspaces}`
}

it('a figure as known at an instant ignores what was recorded later, exactly', async () => {
  await fc.assert(
    fc.asyncProperty(SEEDS, fc.integer({ min: 150, max: 400 }), async (seed, day) => {
      const knownAt = new Date(Date.UTC(2025, 4, 1) + day * 86_400_000).toISOString()
      const company = randomCompany(seed)
      const [whole, cut] = [newWorkspace(), newWorkspace()]
      await insert(facts.store, whole, company)
      const known = company.filter(({ row }) => row.known_at <= knownAt)
      expect(known.length).toBeLessThan(company.length)
      await insert(facts.store, cut, known)
      for (const grain of ['portfolio', 'account'] as const) {
        const question = { metrics: withGrain(grain), periods: months, grain, knownAt }
        const then = await ask(facts.store, { ...question, workspaceId: whole })
        const alone = await ask(facts.store, { ...question, workspaceId: cut })
        expect(then.length).toBeGreaterThan(0)
        expect(figures(then)).toEqual(figures(alone))
      }
    }),
    RUNS,
  )
})

it('windows that know different things each say what they say alone', async () => {
  // Alone, a window reads the latest version of a fact; among others, the one that it knew.
  await fc.assert(
    fc.asyncProperty(SEEDS, async (seed) => {
      const workspaceId = newWorkspace()
      await insert(facts.store, workspaceId, randomCompany(seed))
      const two = months.slice(-2)
      for (const [grain, by] of [
        ['portfolio', ['plan']],
        ['account', []],
      ] as const) {
        const keys = withGrain(grain)
        // In parts: the engine's planning grows faster than the number of metrics.
        for (let at = 0; at < keys.length; at += 12) {
          const metrics = keys.slice(at, at + 12)
          const question = { workspaceId, metrics, grain, by, knownAt: 'period-end' }
          const together = await ask(facts.store, { ...question, periods: two })
          const alone: MetricValue[] = []
          for (const month of two)
            alone.push(...(await ask(facts.store, { ...question, periods: [month] })))
          expect(together.length).toBeGreaterThan(0)
          expect(figures(together)).toEqual(figures(alone))
        }
      }
    }),
    RUNS,
  )
})

it('of many windows each says what it says alone, wherever the list of them is cut', async () => {
  const days = between('2026-01-01', '2026-02-15', 'day')
  const some = [0, 31, 32, 44].flatMap((k) => days[k] ?? [])
  const metrics = ['mrr', 'nrr', 'adoption_rate', 'silent_days', 'days_since_contact', 'engagement']
    .concat(['tickets_open', 'nps', 'csat', 'overdue', 'clv_expected', 'clv_to_date'])
    .filter((key) => builtInMetrics.get(key)?.grains.includes('account'))
  expect(metrics.length).toBeGreaterThan(9)
  await fc.assert(
    fc.asyncProperty(SEEDS, fc.constantFrom('now', 'period-end'), async (seed, knownAt) => {
      const workspaceId = newWorkspace()
      await insert(facts.store, workspaceId, randomCompany(seed))
      const question = { workspaceId, metrics, grain: 'account' as const, knownAt }
      const together = figures(await ask(facts.store, { ...question, periods: days }))
      for (const day of some) {
        const alone = figures(await ask(facts.store, { ...question, periods: [day] }))
        expect(Object.keys(alone).length).toBeGreaterThan(0)
        expect(together).toMatchObject(alone)
      }
    }),
    RUNS,
  )
})

/** What adds up over accounts: sums, and both sides of ratios of sums. */
const additive = all
  .filter(({ measure, grains }) => measure.kind === 'sum' && grains.length === 2)
  .concat(all.filter(({ measure, grains }) => measure.kind === 'ratio' && grains.length === 2))

const total = (values: readonly MetricValue[], side: 'numerator' | 'denominator' | 'n'): string => {
  const there = values.flatMap((value) => (value[side] === null ? [] : [String(value[side])]))
  return there.reduce((sum, each) => sum.plus(each), new Big(0)).toFixed(6)
}

it('slices, and accounts, add up to the whole', async () => {
  await fc.assert(
    fc.asyncProperty(SEEDS, async (seed) => {
      const workspaceId = newWorkspace()
      await insert(facts.store, workspaceId, randomCompany(seed))
      const question = { workspaceId, metrics: additive.map(({ key }) => key), periods: months }
      const whole = await ask(facts.store, question)
      const slices = await ask(facts.store, { ...question, by: ['segment', 'plan'] })
      const accounts = await ask(facts.store, { ...question, grain: 'account' })
      for (const figure of whole) {
        const of = (parts: readonly MetricValue[]) =>
          parts.filter(({ metric, start }) => metric === figure.metric && start === figure.start)
        for (const parts of [of(slices), of(accounts)]) {
          for (const side of ['numerator', 'denominator', 'n'] as const) {
            // Without a rate there is no figure; the parts that have one don't make it.
            if (figure.reason === 'missing_exchange_rate') continue
            const where = `${figure.metric} ${figure.start} ${side} of ${seed}`
            expect(total(parts, side), where).toBe(total([figure], side))
          }
        }
      }
    }),
    RUNS,
  )
})

it('two workspaces with the same ids never see one another', async () => {
  await fc.assert(
    fc.asyncProperty(SEEDS, async (seed) => {
      const [alone, beside, other] = [newWorkspace(), newWorkspace(), newWorkspace()]
      await insert(facts.store, alone, randomCompany(seed))
      const question = { metrics: withGrain('portfolio'), periods: months }
      const before = await ask(facts.store, { ...question, workspaceId: alone })
      await insert(facts.store, beside, randomCompany(seed))
      await insert(facts.store, other, randomCompany(seed + 1))
      for (const workspaceId of [alone, beside]) {
        const after = await ask(facts.store, { ...question, workspaceId })
        expect(figures(after)).toEqual(figures(before))
      }
    }),
    RUNS,
  )
})

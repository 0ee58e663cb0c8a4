import { wilsonInterval } from '@tomoshibi/evidence/proportion'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import { intervalMethodOf } from '@tomoshibi/metrics/plan/sample'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestOperations, type TestOperations, type TestWorkspace } from '../../call/testing.ts'

let operations: TestOperations
let ours: TestWorkspace
const long = '2025-01-01T00:00:00Z'
const tokyo = (day: string) => `${day}T00:00:00+09:00`

beforeAll(async () => {
  operations = await startTestOperations()
  ours = operations.workspace('2026-11-21T03:00:00Z')
  const { facts } = ours
  for (let i = 0; i < 40; i += 1) {
    const id = `a${i}`
    await facts.account(id, { name: id, plan: i < 10 ? 'small' : 'large' }, long)
    const to = i % 8 === 0 ? tokyo('2026-10-10') : null
    await facts.line(id, `l${i}`, { from: tokyo('2026-01-01'), to, amount: String(100 + 10 * i) })
    if (i % 5 === 1) {
      await facts.line(id, `more${i}`, { from: tokyo('2026-10-05'), amount: '50', product: 'More' })
    }
    await facts.answer(id, `u${i}`, '2026-10-20T00:00:00Z', i % 3 === 0 ? 10 : i % 3 === 1 ? 8 : 3)
  }
})
afterAll(() => operations.stop())

const october = { from: '2026-10-01', to: '2026-11-01', grain: 'month' } as const
const query = (input: Parameters<TestWorkspace['caller']['metrics']['query']>[0]) =>
  ours.caller.metrics.query({ ...october, intervals: true, ...input })

describe('a 95 % interval', () => {
  test('is Wilson’s for a proportion', async () => {
    const [churn] = await query({ metrics: ['customer_churn_rate'] })
    expect(churn).toMatchObject({ numerator: 4, denominator: 40 })
    expect(churn?.interval).toEqual({ ...wilsonInterval(4, 40), method: 'wilson', level: 0.95 })
    expect(churn?.intervalReason).toBeNull()
  })

  test('draws accounts again for a ratio of sums, and always the same', async () => {
    const metrics = ['nrr', 'arpa']
    const [nrr, arpa] = await query({ metrics })
    const value = Number(nrr?.value)
    expect(nrr?.interval?.method).toBe('bootstrap_accounts')
    expect(Number(nrr?.interval?.low)).toBeLessThan(value)
    expect(Number(nrr?.interval?.high)).toBeGreaterThan(value)
    expect(arpa?.interval?.low).toMatch(/^\d+(\.\d+)?$/)
    expect(await query({ metrics })).toEqual([nrr, arpa])
    // Other metrics of the same request change nothing.
    expect((await query({ metrics: ['mrr', 'grr', 'nrr'] })).at(-1)).toEqual(nrr)
  })

  test('draws persons again for NPS', async () => {
    const [nps] = await query({ metrics: ['nps'] })
    expect(nps).toMatchObject({ numerator: 14 - 13, n: 40 })
    const half = 196 * Math.sqrt((27 / 40 - (1 / 40) ** 2) / 40)
    expect(nps?.interval?.method).toBe('bootstrap_persons')
    expect(Math.abs(Number(nps?.interval?.low) - (2.5 - half))).toBeLessThan(4)
    expect(Math.abs(Number(nps?.interval?.high) - (2.5 + half))).toBeLessThan(4)
  })

  test('of few cases is not told, slice by slice', async () => {
    const values = await query({ metrics: ['nrr'], by: ['plan'] })
    expect(values.map((v) => [v.slice.plan, v.interval === null, v.intervalReason])).toEqual([
      ['large', false, null],
      ['small', true, 'too_few_cases'],
    ])
  })

  test('is not there for what is no estimate, has no value, or was not asked for', async () => {
    const [mrr] = await query({ metrics: ['mrr'] })
    expect(mrr).toMatchObject({ interval: null, intervalReason: 'no_interval' })
    const [csat] = await query({ metrics: ['csat'] })
    expect(csat).toMatchObject({ value: null, interval: null, intervalReason: 'no_data' })
    const [plain] = await query({ metrics: ['nrr'], intervals: false })
    expect(plain).not.toHaveProperty('interval')
    expect(plain).not.toHaveProperty('intervalReason')
  })

  test('stands beside comparisons and drill-downs, and in explanations', async () => {
    const asked = { metrics: ['nrr'], compare: ['previous' as const], drill: true }
    const values = await query(asked)
    expect(values[0]?.interval).not.toBeNull()
    expect(values[0]?.compared?.previous).toBeDefined()
    const explained = await ours.caller.metrics.explain({ ...october, intervals: true, ...asked })
    expect(explained.values).toEqual(values)
  })

  test('is made for every metric of the catalogue', async () => {
    const portfolio = [...builtInMetrics.values()].filter(({ grains }) =>
      grains.includes('portfolio'),
    )
    for (const v of await query({ metrics: portfolio.map(({ key }) => key) })) {
      expect(v.interval === null, v.metric).toBe(v.intervalReason !== null)
    }
  })

  test('is that of a proportion exactly where the denominator counts the cases', () => {
    const proportions = [...builtInMetrics.values()].filter(
      (definition) => intervalMethodOf(definition).kind === 'proportion',
    )
    expect(proportions.map(({ key }) => key)).toEqual([
      'customer_churn_rate',
      'retention_rate',
      'cohort_retention',
      'renewal_rate',
      'upsell_rate',
      'cross_sell_rate',
      'feature_adoption',
      'feature_adoption_users',
      'csat',
      'ces_easy_share',
      'response_rate',
      'onboarding_completion_rate',
      'time_to_first_use_pending',
      'time_to_value_pending',
      'self_sufficient_rate',
    ])
  })
})

import type { MetricValue } from '@tomoshibi/contract/metrics'
import { describe, expect, it } from 'vitest'
import { movementsByMonth } from './movements.ts'

const value = (metric: string, amount: string | null, start = '2026-04-01'): MetricValue => ({
  metric,
  version: 1,
  start,
  slice: {},
  account: null,
  numerator: null,
  denominator: null,
  value: amount,
  n: null,
  unit: 'money',
  currency: 'JPY',
  complete: true,
  knownAt: null,
  reason: amount === null ? 'no_data' : null,
})

describe('movements of recurring revenue', () => {
  const april = [
    value('mrr_start', '100.1'),
    value('mrr_new', '20'),
    value('mrr_expansion', '5.25'),
    value('mrr_contraction', '2'),
    value('mrr_churn', '10'),
    value('mrr_fx', '-0.05'),
    value('mrr_end', '113.3'),
  ]
  it('lead from start to end, exactly', () => {
    expect(movementsByMonth(april)[0]).toMatchObject({ month: '2026-04', agrees: true })
  })
  it('say so when they do not', () => {
    const wrong = april.map((one) => (one.metric === 'mrr_end' ? { ...one, value: '113.31' } : one))
    expect(movementsByMonth(wrong)[0]?.agrees).toBe(false)
  })
  it('come newest first, and claim nothing without data', () => {
    const months = movementsByMonth([...april, value('mrr_end', null, '2026-05-01')])
    expect(months.map((one) => one.month)).toEqual(['2026-05', '2026-04'])
    expect(months[0]?.agrees).toBeNull()
  })
})

import type { AccountRow } from '@tomoshibi/contract/accounts'
import type { MetricValue } from '@tomoshibi/contract/metrics'
import { describe, expect, it } from 'vitest'
import { sliceAttributes, sliceValues } from './slices.ts'

const account = (id: number, attributes: Record<string, string>): AccountRow => ({
  id: String(id),
  name: String(id),
  attributes,
  mrr: null,
  daysToRenewal: null,
  activeUsers: null,
  licenceUtilisation: null,
  litLamps: [],
})

describe('attributes to cut figures by', () => {
  it('leave out names and what is different for nearly everyone', () => {
    const accounts = Array.from({ length: 60 }, (_, i) =>
      account(i, { name: `A${i}`, plan: i % 2 ? 'pro' : 'free', phone: String(i) }),
    )
    expect(sliceAttributes(accounts)).toEqual(['plan'])
  })
})

describe('the columns of a cut', () => {
  const value = (plan: string | null, amount: number | null): MetricValue => ({
    metric: 'nps',
    version: 1,
    slice: { plan },
    account: null,
    numerator: null,
    denominator: null,
    value: amount,
    n: null,
    unit: 'score',
    currency: null,
    complete: true,
    knownAt: null,
    reason: null,
  })
  it('are in order, accounts without the attribute last', () => {
    expect(sliceValues([value(null, 1), value('pro', 2), value('free', 3)], 'plan')).toEqual([
      'free',
      'pro',
      null,
    ])
  })
  it('leave out what has no value in any figure', () => {
    expect(sliceValues([value('pro', 2), value(null, null)], 'plan')).toEqual(['pro'])
  })
})

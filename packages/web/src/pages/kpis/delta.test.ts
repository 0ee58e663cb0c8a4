import type { MetricValue } from '@tomoshibi/contract/metrics'
import { describe, expect, it } from 'vitest'
import { createFormatter } from '../../format/formatter.ts'
import { deltaOf, deltaText } from './delta.ts'

const value = (over: Partial<MetricValue>): MetricValue => ({
  metric: 'mrr',
  version: 1,
  slice: {},
  account: null,
  numerator: null,
  denominator: null,
  value: null,
  n: null,
  unit: 'money',
  currency: 'JPY',
  complete: true,
  knownAt: null,
  reason: null,
  ...over,
})
const ja = createFormatter('ja', 'Asia/Tokyo')
const points = (shown: string) => `${shown} ポイント`

describe('the change to the period before', () => {
  it('is exact for money', () => {
    const now = value({ value: '10000000000000000.01' })
    const delta = deltaOf(now, value({ value: '10000000000000000' }), 'higher')
    expect(delta).toMatchObject({ direction: 'up', good: true, by: '0.01' })
  })

  it('is in points for percents, and bad when the wrong way', () => {
    const now = value({ unit: 'percent', value: 0.024 })
    const delta = deltaOf(now, value({ unit: 'percent', value: 0.02 }), 'lower')
    expect(delta).toMatchObject({ direction: 'up', good: false, share: null })
    expect(delta && deltaText(delta, now, ja, points)).toBe('+0.4 ポイント')
  })

  it('says amount and share', () => {
    const now = value({ value: '90' })
    const delta = deltaOf(now, value({ value: '100' }), 'higher')
    expect(delta && deltaText(delta, now, ja, points)).toBe('−￥10 (−10.0%)')
  })

  it('is no change, neither good nor bad, when equal', () => {
    expect(deltaOf(value({ value: '5.0' }), value({ value: '5' }), 'higher')).toMatchObject({
      direction: 'same',
      good: null,
    })
  })

  it('is not there without both values, and has no share over nothing', () => {
    expect(deltaOf(value({}), value({ value: '5' }), 'higher')).toBeNull()
    expect(deltaOf(value({ value: '5' }), undefined, 'higher')).toBeNull()
    expect(deltaOf(value({ value: '5' }), value({ value: '0' }), 'higher')?.share).toBeNull()
  })
})

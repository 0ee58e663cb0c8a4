import type { MetricValue } from '@tomoshibi/contract/metrics'
import { describe, expect, it } from 'vitest'
import { partsOf } from './parts.ts'

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
const ids = (rows: readonly MetricValue[]) => rows.map((row) => row.account)

describe('a figure taken apart', () => {
  it('adds money up exactly, largest part first, without the accounts that have none', () => {
    const parts = partsOf(value({ value: '0.3' }), [
      value({ account: 'a', value: '0.1' }),
      value({ account: 'b', value: '0.2' }),
      value({ account: 'zero', value: '0' }),
      value({ account: 'none', value: null }),
    ])
    expect(parts).toMatchObject({ makeup: 'sum', agrees: true, withoutPart: 2 })
    expect(parts.total.value).toBe('0.3')
    expect(ids(parts.rows)).toEqual(['b', 'a'])
  })

  it('says when the parts do not add up', () => {
    expect(
      partsOf(value({ value: '1' }), [value({ account: 'a', value: '0.99999999' })]).agrees,
    ).toBe(false)
  })

  it('adds numerators and denominators of a ratio, what pulls it most first', () => {
    const whole = value({ unit: 'percent', numerator: '150', denominator: '200', value: 0.75 })
    const parts = partsOf(whole, [
      value({
        unit: 'percent',
        account: 'steady',
        numerator: '75',
        denominator: '100',
        value: 0.75,
      }),
      value({ unit: 'percent', account: 'left', numerator: '0', denominator: '50', value: 0 }),
      value({ unit: 'percent', account: 'grew', numerator: '75', denominator: '50', value: 1.5 }),
    ])
    expect(parts).toMatchObject({ makeup: 'ratio', agrees: true })
    expect(parts.total).toMatchObject({ numerator: '150', denominator: '200' })
    expect(parts.rows.at(-1)?.account).toBe('steady')
  })

  it('claims no sum for a median', () => {
    const parts = partsOf(value({ unit: 'hours', value: 12 }), [
      value({ unit: 'hours', account: 'a', value: 10 }),
      value({ unit: 'hours', account: 'b', value: 14 }),
    ])
    expect(parts).toMatchObject({ makeup: 'other', agrees: null })
    expect(parts.rows).toHaveLength(2)
  })

  it('agrees on nothing: a figure of 0 without parts', () => {
    expect(partsOf(value({ value: '0' }), [value({ account: 'a', value: '0' })]).agrees).toBe(true)
  })
})

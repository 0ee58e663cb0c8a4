import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { median, quantile } from './quantile.ts'

const numbers = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 1 })

describe('quantile', () => {
  // The first two agree with Python's statistics.quantiles(method='inclusive').
  it.each([
    [[1, 2, 3, 4], 0.9, 3.7],
    [[15, 20, 35, 40, 50], 0.4, 29],
    [[3, 1, 2], 0, 1],
    [[3, 1, 2], 1, 3],
    [[7], 0.33, 7],
  ])('of %j at %d is %d', (values, p, expected) => {
    expect(quantile(values, p)).toBeCloseTo(expected, 12)
  })

  it('of nothing is no value', () => expect(quantile([], 0.9)).toBeNull())

  it('leaves its input as it was', () => {
    const values = [3, 1, 2]
    quantile(values, 0.5)
    expect(values).toEqual([3, 1, 2])
  })

  it('lies between the extremes and grows with p', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(numbers, share, share, (values, a, b) => {
        const low = quantile(values, Math.min(a, b)) ?? Number.NaN
        const high = quantile(values, Math.max(a, b)) ?? Number.NaN
        expect(low).toBeLessThanOrEqual(high)
        expect(low).toBeGreaterThanOrEqual(Math.min(...values))
        expect(high).toBeLessThanOrEqual(Math.max(...values))
      }),
    )
  })

  it.each([-0.1, 1.1, Number.NaN])('refuses p = %d', (p) => {
    expect(() => quantile([1], p)).toThrow('p must be')
  })

  it('refuses what is not a finite number', () => {
    expect(() => quantile([1, Number.NaN], 0.5)).toThrow('finite')
  })
})

describe('median', () => {
  it.each([
    [[30, 10, 20], 20],
    [[1, 2, 3, 4], 2.5],
  ])('of %j is %d', (values, expected) => expect(median(values)).toBe(expected))
})

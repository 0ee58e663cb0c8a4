import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { proportion, wilsonInterval } from './proportion.ts'

const counts = fc
  .integer({ min: 1, max: 100_000 })
  .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)))

describe('wilsonInterval', () => {
  // Roots of the score equation (x/n − p)² = z²·p(1 − p)/n, bisected with 40 digits.
  it.each([
    [5, 20, 0.1118617014, 0.4687008776],
    [0, 10, 0, 0.2775327999],
    [10, 10, 0.7224672001, 1],
    [50, 100, 0.4038315304, 0.5961684696],
    [1, 1, 0.2065493144, 1],
  ])('%i of %i', (x, n, low, high) => {
    const interval = wilsonInterval(x, n)
    expect(interval?.low).toBeCloseTo(low, 9)
    expect(interval?.high).toBeCloseTo(high, 9)
  })

  it('holds the proportion and stays within 0 and 1', () => {
    fc.assert(
      fc.property(counts, ([x, n]) => {
        const interval = wilsonInterval(x, n)
        expect(interval).not.toBeNull()
        if (!interval) return
        expect(interval.low).toBeGreaterThanOrEqual(0)
        expect(interval.high).toBeLessThanOrEqual(1)
        expect(interval.low).toBeLessThanOrEqual(x / n)
        expect(interval.high).toBeGreaterThanOrEqual(x / n)
      }),
    )
  })

  it('says of failures what it says of successes, mirrored', () => {
    fc.assert(
      fc.property(counts, ([x, n]) => {
        const some = wilsonInterval(x, n)
        const rest = wilsonInterval(n - x, n)
        expect(some?.low).toBeCloseTo(1 - (rest?.high ?? Number.NaN), 12)
        expect(some?.high).toBeCloseTo(1 - (rest?.low ?? Number.NaN), 12)
      }),
    )
  })

  it('narrows as cases are added at the same share', () => {
    fc.assert(
      fc.property(counts, ([x, n]) => {
        const some = wilsonInterval(x, n)
        const more = wilsonInterval(4 * x, 4 * n)
        if (!some || !more) throw new Error('no interval')
        expect(more.high - more.low).toBeLessThan(some.high - some.low)
      }),
    )
  })
})

describe('proportion', () => {
  it('carries numerator, denominator and value', () => {
    expect(proportion(5, 20)).toMatchObject({ numerator: 5, denominator: 20, value: 0.25 })
  })

  it('has no value and no interval over no cases', () => {
    expect(proportion(0, 0)).toEqual({ numerator: 0, denominator: 0, value: null, interval: null })
  })

  it.each([
    [2, 1],
    [-1, 5],
    [0.5, 1],
    [Number.NaN, 3],
  ])('refuses %d of %d', (x, n) => expect(() => proportion(x, n)).toThrow('whole numbers'))
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../numeric/random.ts'
import { must } from '../testing/must.ts'
import { forecastWithDrift } from './forecast.ts'

describe('a forecast with drift', () => {
  test('by hand: changes 1, 3, 1, 3, 1, 3 from 0', () => {
    const { value, low, high, drift, n } = must(
      forecastWithDrift({ values: [0, 1, 4, 5, 8, 9, 12], ahead: 3 }),
    )
    expect({ value, drift, n }).toEqual({ value: 18, drift: 2, n: 6 })
    // s² = 6/5, se = √(1.2 · (3 + 9/6)) = 2.3238, t(0.975; 5) = 2.5706
    expect(high - value).toBeCloseTo(2.3238 * 2.5706, 3)
    expect(value - low).toBeCloseTo(high - value, 10)
  })

  test('at the last point itself there is nothing to forecast', () => {
    const made = must(forecastWithDrift({ values: [1, 2, 1, 2, 1, 2, 5], ahead: 0 }))
    expect(made).toMatchObject({ value: 5, low: 5, high: 5 })
  })

  test.each([
    [[1, 2, 3, 4, 5, 6], 'too_few_cases'],
    [[1, 2, 3, Number.NaN, 5, 6, 7, 8], 'missing_values'],
    [[], 'no_cases'],
  ])('none for %j', (values, code) => {
    const answer = forecastWithDrift({ values, ahead: 1 })
    expect(answer.known ? null : answer.reason.code).toBe(code)
  })

  test('refuses a horizon in the past', () => {
    expect(() => forecastWithDrift({ values: [1, 2], ahead: -1 })).toThrow()
  })

  describe('within a range', () => {
    const share = { low: 0, high: 1 }

    test('by hand: odds that double with each step go on doubling', () => {
      // Odds 1/8, 1/4, … 8, so the shares are odds ÷ (1 + odds); 16 and 32 come next.
      const values = [1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8].map((odds) => odds / (1 + odds))
      const made = must(forecastWithDrift({ values, ahead: 2, range: share }))
      for (const end of [made.value, made.low, made.high]) expect(end).toBeCloseTo(32 / 33, 10)
      // Without the range it leaves it.
      expect(must(forecastWithDrift({ values, ahead: 2 })).value).toBeGreaterThan(1)
    })

    test('what rises to its bound stays below it, and what falls to 0 is not negative', () => {
      const rising = [0.7, 0.78, 0.8, 0.88, 0.9, 0.96, 0.99, 1]
      const up = must(forecastWithDrift({ values: rising, ahead: 6, range: share }))
      expect([up.low <= up.value, up.value <= up.high, up.high <= 1, up.low > 0.5]).toEqual(
        Array(4).fill(true),
      )
      const falling = [40, 31, 25, 18, 11, 6, 3]
      const down = must(forecastWithDrift({ values: falling, ahead: 1, range: { low: 0 } }))
      expect(down.value).toBe(0)
      expect(down.low).toBe(0)
      expect(down.high).toBeGreaterThan(0)
    })

    test('any forecast of any series is in its range, in order, and the last value is the last', () => {
      const edge = fc.constantFrom(0, 1)
      const values = fc.array(fc.oneof(edge, fc.double({ min: 0, max: 1, noNaN: true })), {
        minLength: 7,
        maxLength: 19,
      })
      const scaled = fc.constantFrom([0, 1], [-100, 100], [0, 100])
      fc.assert(
        fc.property(
          values,
          scaled,
          fc.double({ min: 0, max: 60, noNaN: true }),
          (some, ends, ahead) => {
            const [low = 0, high = 1] = ends
            const series = some.map((value) => Math.min(high, low + value * (high - low)))
            const range = { low, high }
            const made = must(forecastWithDrift({ values: series, ahead, range }))
            expect(made.low).toBeGreaterThanOrEqual(low)
            expect(made.value).toBeGreaterThanOrEqual(made.low)
            expect(made.high).toBeGreaterThanOrEqual(made.value)
            expect(made.high).toBeLessThanOrEqual(high)
            const now = must(forecastWithDrift({ values: series, ahead: 0, range }))
            expect(now.value).toBeCloseTo(series.at(-1) ?? Number.NaN, 8)
          },
        ),
      )
    })

    test('a range that a value has left is none', () => {
      const values = [0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5]
      expect(forecastWithDrift({ values, ahead: 1, range: share })).toEqual(
        forecastWithDrift({ values, ahead: 1 }),
      )
    })

    test('its interval holds the truth about as often as it says, also near a bound', () => {
      const random = seededRandom(11)
      let held = 0
      const walks = 2000
      for (let k = 0; k < walks; k++) {
        const logits = [1.5]
        for (let i = 1; i <= 18; i++)
          logits.push((logits[i - 1] ?? 0) + 0.1 + 0.3 * random.normal())
        const rates = logits.map((z) => 1 / (1 + Math.exp(-z)))
        const made = must(forecastWithDrift({ values: rates.slice(0, 13), ahead: 6, range: share }))
        const truth = rates[18] ?? 0
        if (made.low <= truth && truth <= made.high) held += 1
      }
      expect(held / walks).toBeGreaterThan(0.93)
      expect(held / walks).toBeLessThan(0.97)
    })
  })

  test('its interval holds the truth about as often as it says, on walks with drift', () => {
    const random = seededRandom(7)
    let held = 0
    const walks = 2000
    for (let k = 0; k < walks; k++) {
      const walk = [0]
      for (let i = 1; i <= 18; i++) walk.push((walk[i - 1] ?? 0) + 0.3 + random.normal())
      const made = must(forecastWithDrift({ values: walk.slice(0, 13), ahead: 6 }))
      const truth = walk[18] ?? 0
      if (made.low <= truth && truth <= made.high) held += 1
    }
    expect(held / walks).toBeGreaterThan(0.93)
    expect(held / walks).toBeLessThan(0.97)
  })
})

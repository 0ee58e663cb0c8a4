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

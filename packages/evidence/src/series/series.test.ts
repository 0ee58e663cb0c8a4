import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../numeric/random.ts'
import { hasOnlyNumbers, must } from '../testing/must.ts'
import { changePoints } from './change-points.ts'
import { decompose } from './decompose.ts'
import { outliers } from './outliers.ts'

const week = [10, 12, 11, 13, 9, -25, -30]
/** Weeks of use: a slow rise, quiet weekends, noise. */
function weeks(count: number, seed: number, noise = 1) {
  const random = seededRandom(seed)
  return Float64Array.from(
    { length: 7 * count },
    (_, i) => 100 + 0.2 * i + (week[i % 7] ?? 0) + noise * random.normal(),
  )
}

describe('decompose', () => {
  it('gives back the parts that a series was made of', () => {
    const values = weeks(20, 1, 0)
    const { trend, seasonal, rest, seasonalStrength } = must(
      decompose({ values }, { period: 7, robustRounds: 0 }),
    )
    values.forEach((value, i) => {
      expect((trend[i] ?? 0) + (seasonal[i] ?? 0) + (rest[i] ?? 0)).toBeCloseTo(value, 9)
      expect(trend[i]).toBeCloseTo(100 + 0.2 * i, 2)
      expect(seasonal[i]).toBeCloseTo(week[i % 7] ?? 0, 2)
    })
    expect(seasonalStrength).toBeCloseTo(1, 5)
  })

  it('is not moved by outliers, gaps and ignored days', () => {
    const values = weeks(20, 2)
    const whole = must(decompose({ values }, { period: 7 }))
    const spoiled = values.slice()
    spoiled[40] = 900
    spoiled[75] = Number.NaN
    spoiled[100] = -500
    const ignored = spoiled.map((_, i) => (i === 100 ? 1 : 0))
    const robust = must(decompose({ values: spoiled, ignored }, { period: 7 }))
    values.forEach((_, i) => {
      expect(Math.abs((robust.trend[i] ?? 0) - (whole.trend[i] ?? 0))).toBeLessThan(1)
      expect(Math.abs((robust.seasonal[i] ?? 0) - (whole.seasonal[i] ?? 0))).toBeLessThan(2)
    })
    expect(robust.rest[75]).toBeNaN()
    expect(robust.rest[40]).toBeGreaterThan(700)
  })

  it('says when there are too few seasons, and ends on anything', () => {
    expect(decompose({ values: weeks(1, 3) }, { period: 7 })).toMatchObject({
      reason: { code: 'too_few_cases', numbers: { n: 7, needed: 14 } },
    })
    expect(decompose({ values: [] }, { period: 7 })).toMatchObject({ reason: { code: 'no_cases' } })
    const value = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constant(Number.NaN))
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 40 }),
        fc.integer({ min: 2, max: 9 }),
        (values, period) => {
          const answer = decompose({ values }, { period })
          if (!answer.known) return
          expect(hasOnlyNumbers(answer.value.trend)).toBe(true)
          expect(hasOnlyNumbers(answer.value.seasonal)).toBe(true)
        },
      ),
    )
  })
})

describe('outliers', () => {
  it('marks what sticks out of trend and season, and no weekend', () => {
    const values = weeks(20, 4)
    values[60] = (values[60] ?? 0) + 15
    values[100] = (values[100] ?? 0) - 12
    const found = must(outliers({ values }, { period: 7 }))
    expect(found.outliers.map((o) => o.at)).toEqual(expect.arrayContaining([60, 100]))
    expect(found.outliers.length).toBeLessThanOrEqual(4)
    expect(found.seasonal).toBe(true)
    expect(found.byChance).toBeLessThan(0.1)
  })

  it('leaves holidays alone', () => {
    const values = weeks(20, 5)
    const holiday = values.map((_, i) => (i % 30 === 3 ? 1 : 0))
    const quiet = values.map((v, i) => (holiday[i] ? v - 60 : v))
    const blind = must(outliers({ values: quiet }, { period: 7 }))
    const knowing = must(outliers({ values: quiet, holiday }, { period: 7 }))
    const at = (report: typeof blind) => report.outliers.map((o) => o.at).filter((i) => holiday[i])
    expect(at(blind).length).toBeGreaterThan(2)
    expect(at(knowing)).toEqual([])
    expect(knowing.judged).toBe(quiet.length - holiday.filter(Boolean).length)
  })

  it('raises few false alarms', () => {
    let alarms = 0
    for (let seed = 10; seed < 18; seed++) {
      alarms += must(outliers({ values: weeks(26, seed) }, { period: 7 })).outliers.length
    }
    // 8 half-years of days: chance alone would mark about one.
    expect(alarms).toBeLessThan(6)
  })

  it('says why nothing can be judged', () => {
    expect(outliers({ values: Array(20).fill(4) })).toMatchObject({ reason: { code: 'constant' } })
    expect(outliers({ values: [1, 2] })).toMatchObject({ reason: { code: 'too_few_cases' } })
    const mostlySame = must(outliers({ values: [...Array(20).fill(4), 5, 400] }))
    expect(mostlySame.outliers.map((o) => o.at)).toContain(21)
  })
})

describe('changePoints', () => {
  const steps = (levels: number[], length: number, seed: number) => {
    const random = seededRandom(seed)
    return levels.flatMap((level) => Array.from({ length }, () => level + random.normal()))
  }

  it('finds the changes of level', () => {
    const { segments } = must(changePoints({ values: steps([10, 14, 11], 60, 1) }))
    expect(segments).toHaveLength(3)
    expect(Math.abs((segments[1]?.from ?? 0) - 60)).toBeLessThan(4)
    expect(Math.abs((segments[2]?.from ?? 0) - 120)).toBeLessThan(4)
    expect(segments[1]?.mean).toBeCloseTo(14, 0)
  })

  it('is the best of all ways to cut, priced alike', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 4, maxLength: 9 }),
        (values) => {
          const { segments, scale } = must(changePoints({ values }, { leastLength: 2, penalty: 1 }))
          const price = Math.log(values.length) * scale * scale
          const cost = (from: number, to: number) => {
            const own = values.slice(from, to)
            const mean = own.reduce((a, b) => a + b, 0) / own.length
            return own.reduce((sum, v) => sum + (v - mean) ** 2, 0)
          }
          const best = (from: number): number => {
            let lowest = cost(from, values.length)
            for (let cut = from + 2; cut <= values.length - 2; cut++) {
              lowest = Math.min(lowest, cost(from, cut) + price + best(cut))
            }
            return lowest
          }
          const found = segments.reduce((sum, s) => sum + cost(s.from, s.to), 0)
          expect(found + price * (segments.length - 1)).toBeCloseTo(best(0), 8)
        },
      ),
    )
  })

  it('seldom sees one in noise, and always ends', () => {
    let seen = 0
    for (let seed = 1; seed <= 200; seed++) {
      seen += must(changePoints({ values: steps([0], 100, seed) })).segments.length - 1
    }
    expect(seen).toBeLessThan(12)
    const long = must(changePoints({ values: steps([0, 1], 100_000, 9) }))
    expect(long.segments).toHaveLength(2)
    expect(must(changePoints({ values: Array(50).fill(3) })).segments).toHaveLength(1)
    expect(
      must(changePoints({ values: [...Array(20).fill(3), ...Array(20).fill(4)] })).segments,
    ).toEqual([
      { from: 0, to: 20, mean: 3 },
      { from: 20, to: 40, mean: 4 },
    ])
    expect(changePoints({ values: [1, 2] })).toMatchObject({ reason: { code: 'too_few_cases' } })
    expect(changePoints({ values: [1, Number.NaN] })).toMatchObject({
      reason: { code: 'missing_values' },
    })
  })
})

import { describe, expect, test } from 'vitest'
import { bootstrapNetScore, bootstrapRatio, type RatioCase } from './bootstrap.ts'
import { seededRandom } from './numeric/random.ts'

const world = (count: number, seed: number, rate = 0.5): RatioCase[] => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, i) => {
    const denominator = 1 + random.exponential()
    const noise = 0.4 * (random.uniform() - 0.5)
    return { seed: i * 7919 + seed * 104_729, numerator: denominator * (rate + noise), denominator }
  })
}
const ratio = (cases: readonly RatioCase[]) =>
  cases.reduce((sum, { numerator }) => sum + numerator, 0) /
  cases.reduce((sum, { denominator }) => sum + denominator, 0)

describe('the interval of a ratio of sums', () => {
  test('is the same for the same accounts, in whatever order', () => {
    const cases = world(200, 1)
    const interval = bootstrapRatio(cases)
    expect(bootstrapRatio([...cases])).toEqual(interval)
    const turned = bootstrapRatio(cases.toReversed())
    expect(turned?.low).toBeCloseTo(interval?.low ?? Number.NaN, 12)
    expect(turned?.high).toBeCloseTo(interval?.high ?? Number.NaN, 12)
  })

  test('is as wide as the linearised standard error says, where there are many', () => {
    const cases = world(2_000, 2)
    const value = ratio(cases)
    const below = cases.reduce((sum, { denominator }) => sum + denominator, 0)
    const squares = cases.reduce(
      (sum, { numerator, denominator }) => sum + (numerator - value * denominator) ** 2,
      0,
    )
    const error = Math.sqrt(squares) / below
    const { low, high } = bootstrapRatio(cases) ?? { low: 0, high: 0 }
    expect((high - low) / (2 * 1.96 * error)).toBeCloseTo(1, 0.9)
    expect((low + high) / 2).toBeCloseTo(value, 2)
  })

  test('holds the truth in about 95 of 100 worlds', () => {
    const worlds = Array.from({ length: 200 }, (_, seed) => bootstrapRatio(world(80, seed + 10)))
    const held = worlds.filter((each) => each !== null && each.low <= 0.5 && 0.5 <= each.high)
    expect(held.length).toBeGreaterThan(178)
  })

  test('is not told of few accounts', () => {
    expect(bootstrapRatio(world(19, 3))).toBeNull()
    expect(bootstrapRatio(world(20, 3))).not.toBeNull()
    const empty = world(40, 4).map((each) => ({ ...each, numerator: 0, denominator: 0 }))
    expect(bootstrapRatio(empty)).toBeNull()
  })

  test('draws each account as a Poisson number of mean 1', () => {
    const kept = new Map<number, Uint8Array>()
    bootstrapRatio(world(300, 5), kept)
    const drawn = [...kept.values()].flatMap((weights) => [...weights])
    const share = (k: number) => drawn.filter((each) => each === k).length / drawn.length
    expect(share(0)).toBeCloseTo(Math.exp(-1), 2)
    expect(share(1)).toBeCloseTo(Math.exp(-1), 2)
    expect(share(2)).toBeCloseTo(Math.exp(-1) / 2, 2)
    expect(drawn.reduce((sum, each) => sum + each, 0) / drawn.length).toBeCloseTo(1, 2)
  })

  test('refuses what is not finite', () => {
    const [first, ...others] = world(30, 6)
    if (first === undefined) throw new Error('no world')
    expect(() => bootstrapRatio([{ ...first, numerator: Number.NaN }, ...others])).toThrow()
  })
})

describe('the interval of a net score', () => {
  test('agrees with the variance of a mean of −1, 0 and 1', () => {
    const votes = { promoters: 500, passives: 300, detractors: 200 }
    const { low, high } = bootstrapNetScore(votes) ?? { low: 0, high: 0 }
    const half = 1.96 * Math.sqrt((0.7 - 0.3 ** 2) / 1000)
    expect(low).toBeCloseTo(0.3 - half, 1.9)
    expect(high).toBeCloseTo(0.3 + half, 1.9)
    expect(bootstrapNetScore(votes)).toEqual({ low, high })
  })

  test('is there for millions of answers, and for all alike', () => {
    const many = { promoters: 5_000_000, passives: 0, detractors: 2_500_000 }
    const { low, high } = bootstrapNetScore(many) ?? { low: 0, high: 0 }
    expect(low).toBeGreaterThan(0.332)
    expect(high).toBeLessThan(0.335)
    expect(bootstrapNetScore({ promoters: 40, passives: 0, detractors: 0 })).toEqual({
      low: 1,
      high: 1,
    })
  })

  test('is not told of few answers', () => {
    expect(bootstrapNetScore({ promoters: 10, passives: 5, detractors: 4 })).toBeNull()
    expect(() => bootstrapNetScore({ promoters: 1.5, passives: 5, detractors: 40 })).toThrow()
  })
})

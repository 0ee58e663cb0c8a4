import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pointsOn, scaleOf } from './scale.ts'
import { bandOf, scoreOf } from './score.ts'
import { leavesOf, type WrittenNode, type WrittenScorecard } from './scorecard.ts'

const bands = { yellowFrom: 50, greenFrom: 75 }
const text = { en: 'x', ja: 'x' }

/** A measure whose value is its score, so that a test says what comes in. */
const plain = (metric: string, weight: number): WrittenNode => ({
  metric,
  weight,
  curve: [
    { at: 0, score: 0 },
    { at: 100, score: 100 },
  ],
})
const card = (...measures: WrittenNode[]): Pick<WrittenScorecard, 'measures'> => ({ measures })
const opened = (...measures: WrittenNode[]) => {
  const leaves = leavesOf(card(...measures))
  if (leaves === null) throw new Error('weights too fine')
  return leaves
}

describe('the score of an account', () => {
  test('is Σ weight × points ÷ Σ weight', () => {
    const scored = scoreOf(opened(plain('a', 3), plain('b', 1)), { a: 80, b: 40 })
    expect(scored).toMatchObject({ score: 70, coverage: 1, hundredths: 7000 })
    expect(scored.leaves.map(({ adds }) => adds)).toEqual([6000, 1000])
  })

  test('leaves the weight of a missing value to the others, and shows less coverage', () => {
    const scored = scoreOf(opened(plain('a', 3), plain('b', 1)), { a: 80, b: null })
    expect(scored).toMatchObject({ score: 80, coverage: 0.75 })
    expect(scored.leaves.map(({ adds }) => adds)).toEqual([8000, null])
  })

  test('is there with exactly half of the weight, and not with less', () => {
    const even = opened(plain('a', 1), plain('b', 1))
    expect(scoreOf(even, { a: 10 })).toMatchObject({ score: 10, coverage: 0.5 })
    const less = opened(plain('a', 49), plain('b', 51))
    const scored = scoreOf(less, { a: 10 })
    expect(scored).toMatchObject({ score: null, hundredths: null, coverage: 0.49 })
    expect(scored.leaves.map(({ adds }) => adds)).toEqual([null, null])
    expect(scoreOf(even, {})).toMatchObject({ score: null, coverage: 0 })
    expect(scoreOf(even, { a: Number.NaN, b: Number.POSITIVE_INFINITY })).toMatchObject({
      score: null,
    })
  })

  test('shares the weight of a group out among its members', () => {
    const group = { key: 'g', name: text, weight: 1, measures: [plain('a', 1), plain('b', 2)] }
    const { leaves, total } = opened(group, plain('c', 1))
    expect(leaves.map(({ key, groups, weight }) => [key, groups, weight / total])).toEqual([
      ['a', ['g'], 1 / 6],
      ['b', ['g'], 1 / 3],
      ['c', [], 1 / 2],
    ])
  })

  test('refuses weights that cannot be counted exactly', () => {
    const deep = (primes: readonly number[]): WrittenNode[] => {
      const [first, ...others] = primes
      if (first === undefined) return [plain('leaf', 1)]
      return [
        { key: `g${first}`, name: text, weight: 1, measures: deep(others) },
        plain(`m${first}`, first - 1),
      ]
    }
    expect(leavesOf({ measures: deep([997, 991]) })).not.toBeNull()
    expect(leavesOf({ measures: deep([997, 991, 983, 977]) })).toBeNull()
  })
})

describe('bands are half-open', () => {
  test.each([
    [49.99, 'red'],
    [50, 'yellow'],
    [74.99, 'yellow'],
    [75, 'green'],
    [100, 'green'],
    [0, 'red'],
  ])('%d is %s', (score, band) => expect(bandOf(score, bands)).toBe(band))

  test('just under an edge it is under, as a score and as it is shown', () => {
    // 49.99 and 50 in thirds and a half: 49.998…
    const scored = scoreOf(opened(plain('a', 3), plain('b', 1)), { a: 49.99, b: 50.02 })
    expect(scored.score).toBeCloseTo(49.9975, 10)
    expect(bandOf(scored.score ?? 0, bands)).toBe('red')
    expect(bandOf((scored.hundredths ?? 0) / 100, bands)).toBe('red')
  })
})

describe('points of a value', () => {
  const steps = scaleOf({
    metric: 'a',
    weight: 1,
    scores: [{ below: 0.3, score: 0 }, { below: 0.6, score: 50 }, { score: 100 }],
  })
  test.each([
    [-5, 0],
    [0.29999, 0],
    [0.3, 5000],
    [0.59999, 5000],
    [0.6, 10_000],
    [7, 10_000],
  ])('by ranges, %d is %d hundredths', (value, points) =>
    expect(pointsOn(steps, value)).toBe(points),
  )

  const curve = scaleOf({
    metric: 'a',
    weight: 1,
    curve: [
      { at: 10, score: 100 },
      { at: 20, score: 50 },
      { at: 40, score: 0 },
    ],
  })
  test.each([
    [0, 10_000],
    [10, 10_000],
    [15, 7500],
    [20, 5000],
    [30, 2500],
    [40, 0],
    [99, 0],
  ])('by a curve, %d is %d hundredths', (value, points) =>
    expect(pointsOn(curve, value)).toBe(points),
  )

  test('of a pulse, 1 to 5 are 0 to 100', () => {
    const pulse = scaleOf({ pulse: { expiresAfterDays: 60 }, weight: 1 })
    expect([1, 2, 3, 4, 5].map((value) => pointsOn(pulse, value))).toEqual([
      0, 2500, 5000, 7500, 10_000,
    ])
  })
})

const weights = fc.integer({ min: 1, max: 12 })
const measures = fc
  .array(fc.tuple(weights, fc.array(weights, { maxLength: 4 })), { minLength: 1, maxLength: 6 })
  .map((groups) =>
    groups.map(
      ([weight, inner], k): WrittenNode =>
        inner.length === 0
          ? plain(`m${k}`, weight)
          : {
              key: `g${k}`,
              name: text,
              weight,
              measures: inner.map((each, j) => plain(`m${k}_${j}`, each)),
            },
    ),
  )
/** Mostly values whose points lie at an edge of a band or one hundredth beside it. */
const value = fc.option(
  fc.oneof(
    fc.constantFrom(0, 49.99, 50, 50.01, 74.99, 75, 75.01, 100),
    fc.double({ min: -10, max: 110, noNaN: true }),
  ),
  { freq: 4 },
)

test('contributions add up to the score exactly, at every edge and whatever is missing', () => {
  fc.assert(
    fc.property(measures, fc.infiniteStream(value), (nodes, stream) => {
      const leaves = leavesOf({ measures: nodes })
      if (leaves === null) return
      expect(leaves.leaves.reduce((sum, { weight }) => sum + weight, 0)).toBe(leaves.total)
      const values: Record<string, number | null> = {}
      for (const { metric } of leaves.leaves) values[metric] = stream.next().value ?? null
      const scored = scoreOf(leaves, values)
      const added = scored.leaves.flatMap(({ adds }) => (adds === null ? [] : [adds]))
      const enough = scored.weight * 2 >= scored.total
      expect(scored.score === null).toBe(!enough)
      if (scored.score === null || scored.hundredths === null) {
        expect(added).toEqual([])
        return
      }
      expect(added.reduce((sum, adds) => sum + adds, 0)).toBe(scored.hundredths)
      // Against whole numbers of any size: the score is the fraction, and on the right side of the edges.
      const top = scored.leaves.reduce(
        (sum, { weight, points }) => sum + BigInt(weight) * BigInt(points ?? 0),
        0n,
      )
      const bottom = BigInt(scored.weight)
      expect(BigInt(scored.hundredths)).toBe(top / bottom)
      const atLeast = (edge: number) => top >= BigInt(edge * 100) * bottom
      const band = atLeast(75) ? 'green' : atLeast(50) ? 'yellow' : 'red'
      expect(bandOf(scored.score, bands)).toBe(band)
      expect(bandOf(scored.hundredths / 100, bands)).toBe(band)
      // A contribution is its exact share, rounded by less than a hundredth.
      for (const { weight, points, adds } of scored.leaves) {
        if (points === null || adds === null) continue
        expect(Math.abs(adds - (weight * points) / scored.weight)).toBeLessThan(1)
      }
    }),
    { numRuns: 2000 },
  )
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cholesky, inverse, multiply, solve } from './matrix.ts'
import { ascending, averageRanks, countBelow, countUpTo, PlaceCounts } from './order.ts'
import { seededRandom } from './random.ts'

describe('cholesky', () => {
  const matrix = Float64Array.of(4, 2, 0.6, 2, 5, 1, 0.6, 1, 3)
  it('solves and inverts', () => {
    const result = cholesky(matrix, 3)
    if (!result.ok) throw new Error('not positive definite')
    const x = solve(result.factor, [1, 2, 3])
    expect(4 * (x[0] ?? 0) + 2 * (x[1] ?? 0) + 0.6 * (x[2] ?? 0)).toBeCloseTo(1, 12)
    multiply(matrix, inverse(result.factor), 3).forEach((value, i) => {
      expect(value).toBeCloseTo(i % 4 === 0 ? 1 : 0, 12)
    })
  })

  it.each([
    ['a repeated column', [1, 1, 1, 1], 1],
    ['a column of zeros', [0, 0, 0, 1], 0],
    ['an indefinite matrix', [1, 2, 2, 1], 1],
    ['NaN', [Number.NaN, 0, 0, 1], 0],
  ])('names the row that fails: %s', (_, values, row) => {
    expect(cholesky(Float64Array.from(values), 2)).toEqual({ ok: false, row })
  })
})

describe('order', () => {
  const numbers = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 40 })
  it('ranks ties by their mean', () => {
    expect([...averageRanks(Float64Array.of(10, 30, 10, 20))]).toEqual([1.5, 4, 1.5, 3])
    expect([...ascending(Float64Array.of(2, 1, 2, 0))]).toEqual([3, 1, 0, 2])
  })

  it('sorts long columns by their bits as short ones by comparing', () => {
    const random = seededRandom(5)
    const values = Float64Array.from({ length: 6_000 }, (_, i) =>
      i % 7 === 0 ? random.integer(3) - 1 : random.normal() * 10 ** random.integer(200),
    )
    values.set([Infinity, -Infinity, -0, 0, 5e-324, -5e-324])
    const expected = Array.from(values.keys()).sort(
      (a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b,
    )
    expect([...ascending(values)]).toEqual(expected)
  })

  it('counts by bisection as by looking at each', () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: -6, max: 6 }), (values, at) => {
        const sorted = Float64Array.from(values).sort()
        expect(countBelow(sorted, at)).toBe(values.filter((v) => v < at).length)
        expect(countUpTo(sorted, at)).toBe(values.filter((v) => v <= at).length)
      }),
    )
  })

  it('sums places as adding them one by one does', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9)), fc.nat(10), (places, end) => {
        const counts = new PlaceCounts(10)
        for (const place of places) counts.add(place, 1)
        expect(counts.below(end)).toBe(places.filter((place) => place < end).length)
      }),
    )
  })
})

describe('seededRandom', () => {
  it('is the same for the same seed, and another for another', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, seededRandom(seed).uniform)
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
  })

  it('has the moments it should have', () => {
    const random = seededRandom(7)
    const n = 100_000
    const mean = (draw: () => number) => {
      let sum = 0
      for (let i = 0; i < n; i++) sum += draw()
      return sum / n
    }
    expect(mean(random.uniform)).toBeCloseTo(0.5, 2)
    expect(mean(random.exponential)).toBeCloseTo(1, 1)
    expect(mean(() => random.normal() ** 2)).toBeCloseTo(1, 1)
    expect(mean(() => random.integer(3))).toBeCloseTo(1, 1)
    expect(random.permutation(50).toSorted((a, b) => a - b)).toEqual([...Array(50).keys()])
  })
})

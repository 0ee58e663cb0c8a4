import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { seededRandom } from '../numeric/random.ts'
import { hasOnlyNumbers, must } from '../testing/must.ts'
import { describeReference, expectedOf } from '../testing/reference.ts'
import { compareCuped, pairedSampleFromSums, pairedSampleOf } from './cuped.ts'
import { eValue } from './e-value.ts'
import { compareMeans, compareShares } from './effect.ts'
import { benjaminiHochberg, holm } from './multiple-testing.ts'
import { duration, powerForShares, sampleSizeForMeans, sampleSizeForShares } from './planning.ts'
import { sampleFromSums, sampleOf, sampleOfShare } from './sample.ts'
import { sampleRatio } from './sample-ratio.ts'
import { sequentialInterval } from './sequential.ts'

/** Vectors of GrowthBook's statistics test suite (MIT), rounded to five decimals as there. */
const control = must(sampleFromSums({ n: 3000, sum: 1396.87, sumOfSquares: 52377.9767 }))
const treated = must(sampleFromSums({ n: 3461, sum: 2422.7, sumOfSquares: 134698.29 }))

describe('compareMeans', () => {
  it('gives the published one-sided intervals', () => {
    const greater = must(compareMeans({ control, treated }, { alternative: 'greater' }))
    expect(greater.estimate).toBeCloseTo(0.23437666666666668, 12)
    expect(greater.interval).toEqual({ low: expect.closeTo(0.020791480063255735, 9), high: null })
    expect(greater.p).toBeCloseTo(0.03554272489873023, 9)
    const less = must(
      compareMeans({ control, treated }, { alternative: 'less', difference: 'relative' }),
    )
    expect(less.interval).toEqual({ low: null, high: expect.closeTo(1.0518588475628676, 9) })
    expect(less.p).toBeCloseTo(0.9344173713153225, 9)
  })

  it('gives the published absolute difference', () => {
    const a = must(sampleFromSums({ n: 3407, sum: 1396.87, sumOfSquares: 52377.9767 }))
    const found = must(compareMeans({ control: a, treated }))
    expect(found.estimate).toBeCloseTo(0.29, 5)
    expect(found.interval.low).toBeCloseTo(0.04538, 5)
    expect(found.interval.high).toBeCloseTo(0.53462, 5)
    expect(found.standardError).toBeCloseTo(0.12478, 5)
    expect(found.p).toBeCloseTo(0.02016, 5)
  })

  it('says why there is no effect to tell', () => {
    const flat = must(sampleOf([2, 2, 2]))
    expect(compareMeans({ control: flat, treated: flat })).toMatchObject({
      reason: { code: 'constant' },
    })
    const zero = must(sampleOf([-1, 1]))
    expect(
      compareMeans({ control: zero, treated: flat }, { difference: 'relative' }),
    ).toMatchObject({
      reason: { code: 'zero_base' },
    })
    expect(sampleOf([1])).toMatchObject({ reason: { code: 'too_few_cases' } })
    expect(sampleOf([])).toMatchObject({ reason: { code: 'no_cases' } })
    expect(sampleOf([1, Number.NaN])).toMatchObject({ reason: { code: 'missing_values' } })
    expect(sampleOfShare({ n: 1, successes: 1 })).toMatchObject({
      reason: { code: 'too_few_cases' },
    })
  })

  it('marks a base that cannot be told from 0', () => {
    const shaky = must(sampleOf([-3, 4, -2, 3, -1, 1]))
    const found = must(compareMeans({ control: shaky, treated }, { difference: 'relative' }))
    expect(found.hasSteadyBase).toBe(false)
  })

  it('never gives NaN', () => {
    const sample = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 8 })
    const difference = fc.constantFrom('absolute' as const, 'relative' as const)
    fc.assert(
      fc.property(sample, sample, difference, (a, b, kind) => {
        const [one, two] = [sampleOf(a), sampleOf(b)]
        if (!one.known || !two.known) return
        const groups = { control: one.value, treated: two.value }
        expect(hasOnlyNumbers(compareMeans(groups, { difference: kind }))).toBe(true)
      }),
    )
  })
})

describe('compareShares', () => {
  it('gives the published intervals', () => {
    // Newcombe (1998), table II: 56/70 − 48/80, method 10; and 9/10 − 3/10.
    const found = must(
      compareShares({ treated: { n: 70, successes: 56 }, control: { n: 80, successes: 48 } }),
    )
    expect(found.difference.interval.low).toBeCloseTo(0.0524, 4)
    expect(found.difference.interval.high).toBeCloseTo(0.3339, 4)
    const small = must(
      compareShares({ treated: { n: 10, successes: 9 }, control: { n: 10, successes: 3 } }),
    )
    expect(small.difference.interval.low).toBeCloseTo(0.1705, 4)
    expect(small.difference.interval.high).toBeCloseTo(0.809, 4)
  })

  it('has no ratio to nothing, and no p-value where all are alike', () => {
    const found = must(
      compareShares({ control: { n: 20, successes: 0 }, treated: { n: 20, successes: 0 } }),
    )
    expect(found).toMatchObject({ ratio: null, z: null, p: null, difference: { estimate: 0 } })
    expect(
      compareShares({ control: { n: 0, successes: 0 }, treated: { n: 1, successes: 1 } }),
    ).toMatchObject({ reason: { code: 'no_cases' } })
  })
})

describe('compareCuped', () => {
  const before = (n: number, sums: [number, number, number, number, number]) => {
    const [sum, sumOfSquares, beforeSum, beforeSumOfSquares, sumOfProducts] = sums
    return must(
      pairedSampleFromSums({ n, sum, sumOfSquares, beforeSum, beforeSumOfSquares, sumOfProducts }),
    )
  }
  it('gives the published adjusted effects', () => {
    const free = must(
      compareCuped(
        {
          control: before(3000, [1396.87, 52377.9767, 16.87, 527.9767, 1]),
          treated: before(3461, [2422.7, 134698.29, 22.7, 1348.29, 1]),
        },
        { difference: 'relative' },
      ),
    )
    expect(free.estimate).toBeCloseTo(0.50338, 5)
    expect(free.standardError).toBeCloseTo(0.33341, 5)
    expect(sequentialInterval(free).interval.low).toBeCloseTo(-0.50969, 5)
    expect(sequentialInterval(free).interval.high).toBeCloseTo(1.51646, 5)
  })

  it('takes away the share ρ² of the noise and leaves the effect', () => {
    const random = seededRandom(1)
    const group = (effect: number) => {
      const past = Float64Array.from({ length: 4_000 }, random.normal)
      return must(
        pairedSampleOf(
          past.map((value) => 0.8 * value + 0.6 * random.normal() + effect),
          past,
        ),
      )
    }
    const groups = { control: group(0), treated: group(0.1) }
    const found = must(compareCuped(groups))
    expect(found.theta).toBeCloseTo(0.8, 1)
    expect(found.varianceReduction).toBeCloseTo(0.64, 1)
    expect(found.estimate).toBeCloseTo(0.1, 1)
    const plain = must(compareMeans(groups))
    expect(found.standardError).toBeLessThan(0.7 * plain.standardError)
  })

  it('is the plain comparison when the time before says nothing', () => {
    const constant = (values: number[]) =>
      must(
        pairedSampleOf(
          values,
          values.map(() => 3),
        ),
      )
    const groups = { control: constant([1, 2, 3, 5]), treated: constant([2, 4, 4, 9]) }
    const cuped = must(compareCuped(groups, { difference: 'relative' }))
    const plain = must(compareMeans(groups, { difference: 'relative' }))
    expect(cuped.theta).toBe(0)
    expect(cuped.standardError).toBeCloseTo(plain.standardError, 12)
    expect(cuped.interval.low).toBeCloseTo(plain.interval.low ?? 0, 12)
  })
})

describe('sequentialInterval', () => {
  const relative = must(compareMeans({ control, treated }, { difference: 'relative' }))
  it('gives the published intervals', () => {
    const { interval, p } = sequentialInterval(relative, { tunedFor: 1_000 })
    expect(interval.low).toBeCloseTo(-0.55844, 5)
    expect(interval.high).toBeCloseTo(1.56516, 5)
    expect(p).toBe(1)
    const shares = must(
      compareMeans(
        {
          control: must(sampleOfShare({ n: 3000, successes: 1396 })),
          treated: must(sampleOfShare({ n: 3461, successes: 2422 })),
        },
        { difference: 'relative' },
      ),
    )
    const looked = sequentialInterval(shares)
    expect(looked.interval.low).toBeCloseTo(0.40098, 5)
    expect(looked.interval.high).toBeCloseTo(0.60675, 5)
    expect(looked.p).toBeCloseTo(0, 5)
  })

  it('gives the published one-sided intervals', () => {
    const greater = sequentialInterval(relative, { alternative: 'greater' })
    expect(greater.interval).toEqual({ low: expect.closeTo(-0.42356454602790883, 9), high: null })
    expect(greater.p).toBe(1)
    const absolute = must(compareMeans({ control, treated }))
    const found = sequentialInterval(absolute, { alternative: 'greater' })
    expect(found.interval.low).toBeCloseTo(-0.12656844172804982, 9)
    expect(found.p).toBeCloseTo(0.4632, 3)
    const less = sequentialInterval(absolute, { alternative: 'less' })
    expect(less.interval.high).toBeCloseTo(0.5953217750613832, 9)
  })

  it('has p below α just where the interval leaves 0', () => {
    const number = fc.double({ min: 0.001, max: 20, noNaN: true })
    fc.assert(
      fc.property(number, fc.integer({ min: 1, max: 1e6 }), (estimate, n) => {
        const { interval, p } = sequentialInterval({ estimate, standardError: 1, n })
        if (Math.abs(p - 0.05) < 1e-9) return
        expect((interval.low ?? 0) > 0).toBe(p < 0.05)
      }),
    )
    expect(() => sequentialInterval({ estimate: 1, standardError: 0, n: 5 })).toThrow('above 0')
  })
})

describe('sampleRatio', () => {
  it('passes chance and stops at a broken split', () => {
    expect(must(sampleRatio({ counts: [5_030, 4_970], shares: [1, 1] }))).toMatchObject({
      chiSquare: expect.closeTo(0.36, 10),
      isMismatch: false,
    })
    const broken = must(sampleRatio({ counts: [821_588, 815_482], shares: [0.5, 0.5] }))
    expect(broken.p).toBeCloseTo(1.8e-6, 6) // Kohavi, Tang and Xu (2020), chapter 3
    expect(broken.isMismatch).toBe(true)
    expect(sampleRatio({ counts: [3, 0], shares: [1, 1] })).toMatchObject({
      reason: { code: 'too_few_cases', numbers: { n: 3, needed: 10 } },
    })
  })
})

describe('planning', () => {
  it('gives the sample sizes of R', () => {
    // power.prop.test(p1 = .50, p2 = .75, power = .90): n = 76.7; power.t.test(delta = 1, power = .90): 22.02
    expect(must(sampleSizeForShares({ control: 0.5, treated: 0.75 }, { power: 0.9 }))).toEqual({
      control: 77,
      treated: 77,
      total: 154,
    })
    const means = must(sampleSizeForMeans({ difference: 1, standardDeviation: 1 }, { power: 0.9 }))
    expect(means.control).toBe(22)
  })

  it('reaches its power with the size it asks for, with any split', () => {
    const options = { treatedShare: 0.8, metrics: 3 }
    const { total } = must(sampleSizeForShares({ control: 0.1, treated: 0.07 }, options))
    expect(powerForShares({ control: 0.1, treated: 0.07, total }, options)).toBeCloseTo(0.8, 3)
  })

  it('needs less with a measure before, and never ends without a difference', () => {
    const plain = must(sampleSizeForMeans({ difference: 1, standardDeviation: 9 }))
    const helped = must(
      sampleSizeForMeans({ difference: 1, standardDeviation: 9, correlation: 0.7 }),
    )
    expect(helped.total / plain.total).toBeCloseTo(0.51, 2)
    expect(sampleSizeForShares({ control: 0.1, treated: 0.1 })).toMatchObject({
      reason: { code: 'no_power' },
    })
    expect(must(duration({ total: 300, perDay: 7, waiting: 90, outcomeDays: 60 }))).toEqual({
      enrolDays: 30,
      totalDays: 90,
    })
    expect(duration({ total: 3, perDay: 0, outcomeDays: 1 })).toMatchObject({ known: false })
  })
})

describe('several outcomes', () => {
  it('are corrected as R does', () => {
    const p = [0.01, 0.02, 0.03, 0.04, 0.5]
    const close = (values: number[]) => values.map((v) => expect.closeTo(v, 10))
    expect(holm(p)).toEqual(close([0.05, 0.08, 0.09, 0.09, 0.5]))
    expect(benjaminiHochberg(p)).toEqual(close([0.05, 0.05, 0.05, 0.05, 0.5]))
    expect(benjaminiHochberg([0.5, 0.001])).toEqual(close([0.5, 0.002]))
    expect(holm([])).toEqual([])
    expect(() => holm([Number.NaN])).toThrow('p-value')
  })

  it('never make a p-value smaller or change the order', () => {
    const list = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })
    fc.assert(
      fc.property(list, (p) => {
        for (const raised of [holm(p), benjaminiHochberg(p)]) {
          p.forEach((value, i) => {
            expect(raised[i]).toBeGreaterThanOrEqual(value - 1e-15)
            expect(raised[i]).toBeLessThanOrEqual(1)
          })
        }
        holm(p).forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual((benjaminiHochberg(p)[i] ?? 0) - 1e-12)
        })
      }),
    )
  })
})

describe('eValue', () => {
  it('is 1 for no effect and alike for an effect and its inverse', () => {
    expect(eValue('risk_ratio', { estimate: 1 })).toEqual({
      riskRatio: 1,
      point: 1,
      interval: null,
    })
    const up = eValue('hazard_ratio_common', { estimate: 1.6, low: 1.2, high: 2.1 })
    const down = eValue('hazard_ratio_common', { estimate: 1 / 1.6, low: 1 / 2.1, high: 1 / 1.2 })
    expect(up.point).toBeCloseTo(down.point, 9)
    expect(up.interval).toBeCloseTo(down.interval ?? 0, 9)
    expect(() => eValue('risk_ratio', { estimate: -1 })).toThrow('above 0')
  })
})

describeReference('effects and E-values of other programs', () => {
  const mean = z.object({ sum: z.number(), sum_squares: z.number(), n: z.number() })
  const share = z.object({ successes: z.number(), n: z.number() })
  const effects = z.array(
    z.object({
      test: z.string(),
      a: z.union([mean, share]),
      b: z.union([mean, share]),
      expected: z.number(),
      ci: z.tuple([z.number(), z.number().nullable()]),
      se: z.number(),
      p: z.number(),
    }),
  )
  const sample = (group: z.infer<typeof mean> | z.infer<typeof share>) =>
    must(
      'sum' in group
        ? sampleFromSums({ n: group.n, sum: group.sum, sumOfSquares: group.sum_squares })
        : sampleOfShare(group),
    )

  it('relative effects of GrowthBook', () => {
    const list = effects.parse(expectedOf('effect_sizes'))
    expect(list.length).toBeGreaterThan(0)
    for (const { a, b, expected, ci, se, p } of list) {
      const found = must(
        compareMeans(
          { control: sample(a), treated: sample(b) },
          { difference: 'relative', alternative: ci[1] === null ? 'greater' : 'two-sided' },
        ),
      )
      expect(found.estimate).toBeCloseTo(expected, 5)
      expect(found.standardError).toBeCloseTo(se, 5)
      expect(found.interval.low).toBeCloseTo(ci[0], 5)
      if (ci[1] === null) expect(found.interval.high).toBeNull()
      else expect(found.interval.high).toBeCloseTo(ci[1], 5)
      expect(found.p).toBeCloseTo(p, 5)
    }
  })

  it('E-values of R', () => {
    const schema = z.array(
      z.object({
        type: z.enum(['RR', 'OR common outcome']),
        est: z.number(),
        lo: z.number().optional(),
        hi: z.number().optional(),
        evalue_point: z.number(),
        evalue_ci: z.number().optional(),
      }),
    )
    for (const row of schema.parse(expectedOf('evalues'))) {
      const { lo, hi } = row
      const found = eValue(row.type === 'RR' ? 'risk_ratio' : 'odds_ratio_common', {
        estimate: row.est,
        ...(lo !== undefined && hi !== undefined ? { low: lo, high: hi } : {}),
      })
      expect(found.point).toBeCloseTo(row.evalue_point, 9)
      if (row.evalue_ci !== undefined) expect(found.interval).toBeCloseTo(row.evalue_ci, 9)
    }
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  chiSquareCdf,
  chiSquareQuantile,
  chiSquareUpper,
  normalCdf,
  normalQuantile,
  normalTwoSided,
  tCdf,
  tQuantile,
  tTwoSided,
} from './distributions.ts'
import { incompleteBeta, incompleteGamma, logBeta, logGamma } from './gamma.ts'

/** The relative error is below 10⁻¹². */
function expectClose(actual: number, expected: number, tolerance = 1e-12) {
  expect(Math.abs(actual / expected - 1), `${actual} for ${expected}`).toBeLessThan(tolerance)
}

const chance = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true })
const freedom = fc.double({ min: 0.5, max: 1e6, noNaN: true })

// Expected values: mpmath with 40 digits; quantiles of t and chi-square: SciPy.
describe('the normal distribution', () => {
  it.each([
    [-37, 5.725571222524577e-300],
    [-8, 6.220960574271784e-16],
    [-1.5, 0.06680720126885807],
    [0, 0.5],
    [0.3, 0.6179114221889527],
    [2, 0.9772498680518208],
    [6, 0.9999999990134123],
  ])('P(Z ≤ %d)', (z, expected) => expectClose(normalCdf(z), expected))

  it.each([
    [1e-300, -37.0470962993612],
    [1e-10, -6.361340902404057],
    [0.025, -1.9599639845400543],
    [0.3, -0.5244005127080408],
    [0.975, 1.9599639845400543],
    [0.999999, 4.753424308822899],
  ])('quantile of %d', (p, expected) => expectClose(normalQuantile(p), expected, 1e-11))

  it('ends at the ends', () => {
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity])
    expect([normalCdf(-Infinity), normalCdf(Infinity), normalTwoSided(0)]).toEqual([0, 1, 1])
  })
})

describe("Student's distribution", () => {
  it.each([
    [-2, 1, 0.14758361765043326],
    [-3, 4.7, 0.016269636988518393],
    [1.96, 30, 0.9703288435519748],
    [-5, 1000, 3.3836281823243153e-7],
    [-2.5, 1_000_000, 0.006209744751081623],
  ])('P(T ≤ %d) with %d degrees of freedom', (t, df, p) => expectClose(tCdf(t, df), p, 2e-12))

  it.each([
    [0.025, 1, -12.706204736174705],
    [0.001, 3, -10.214531852407385],
    [0.975, 7.3, 2.345066736547703],
    [0.95, 120, 1.6576508993552352],
    [1e-8, 5, -62.4045061109673],
  ])('quantile of %d with %d degrees of freedom', (p, df, t) => expectClose(tQuantile(p, df), t))

  it('is the normal distribution with infinite freedom', () => {
    expect(tCdf(-1.5, Infinity)).toBe(normalCdf(-1.5))
    expect(tQuantile(0.1, Infinity)).toBe(normalQuantile(0.1))
    expectClose(tTwoSided(2, 1e12), normalTwoSided(2), 1e-9)
  })

  it('has quantiles that lead back', () => {
    fc.assert(
      fc.property(chance, freedom, (p, df) => {
        expectClose(tCdf(tQuantile(p, df), df), p, 1e-9)
      }),
    )
  })
})

describe('the chi-square distribution', () => {
  it.each([
    [3.84, 1, 0.0500435212487051],
    [0.01, 3, 0.9997348349413444],
    [100, 4, 9.83662422461598e-21],
    [1100, 1000, 0.014614408126295194],
    [100_500, 100_000, 0.13185481160338378],
  ])('P(X > %d) with %d degrees of freedom', (x, df, p) => expectClose(chiSquareUpper(x, df), p))

  it.each([
    [0.95, 1, 3.841458820694124],
    [0.01, 2, 0.020100671707002873],
    [0.5, 10, 9.34181776559197],
    [0.999, 100, 149.44925277903886],
    [1e-6, 1, 1.5707963267957187e-12],
  ])('quantile of %d with %d degrees of freedom', (p, df, x) => {
    expectClose(chiSquareQuantile(p, df), x, 1e-11)
  })

  it('has quantiles that lead back', () => {
    fc.assert(
      fc.property(chance, freedom, (p, df) => {
        expectClose(chiSquareCdf(chiSquareQuantile(p, df), df), p, 1e-8)
      }),
    )
  })
})

describe('gamma and beta functions', () => {
  it.each([
    [0.01, 4.599479878042022],
    [0.5, 0.5723649429247001],
    [1.5, -0.12078223763524522],
    [3.7, 1.4280723266653879],
    [9.9, 12.577179904219879],
    [100.5, 361.4355404677776],
    [1e6, 12815504.569147613],
  ])('ln Γ(%d)', (x, expected) => expectClose(logGamma(x), expected))

  it.each([
    [0.5, 0.5, 0.2, 0.2951672353008665],
    [3, 7, 0.9, 0.999997002],
    [500, 1000, 0.32, 0.1363689803922106],
    [2e4, 0.5, 0.9999, 0.04549621445154535],
  ])('I(%d, %d) at %d', (a, b, x, p) => expectClose(incompleteBeta(a, b, x).lower, p, 1e-11))

  it('agrees with itself across the change of method', () => {
    for (const b of [0.3, 5, 9.99, 10, 10.01, 250]) {
      expectClose(logBeta(9.999999, b), logBeta(10.000001, b), 1e-5)
      expectClose(logBeta(3, b), logGamma(3) + logGamma(b) - logGamma(3 + b))
    }
  })

  it('splits into parts that add up to 1', () => {
    const positive = fc.double({ min: 1e-3, max: 1e5, noNaN: true })
    fc.assert(
      fc.property(positive, positive, (a, x) => {
        const { lower, upper } = incompleteGamma(a, x)
        expect(lower).toBeGreaterThanOrEqual(0)
        expect(upper).toBeGreaterThanOrEqual(0)
        expect(lower + upper).toBeCloseTo(1, 12)
      }),
    )
  })
})

it.each([
  () => normalQuantile(1.5),
  () => normalQuantile(Number.NaN),
  () => tCdf(1, 0),
  () => chiSquareQuantile(-0.1, 2),
  () => chiSquareUpper(1, Number.NaN),
])('what is no probability or freedom is refused: %s', (call) => {
  expect(call).toThrow(/must be/)
})

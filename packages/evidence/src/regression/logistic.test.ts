import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../numeric/random.ts'
import { hasOnlyNumbers, must } from '../testing/must.ts'
import { logisticRegression, predictLogistic } from './logistic.ts'

/** Thermal distress of O-rings by temperature: S. Dalal et al., JASA 84 (1989), 945–957. */
const challenger = {
  covariates: {
    temperature: [
      66, 70, 69, 68, 67, 72, 73, 70, 57, 63, 70, 78, 67, 53, 67, 75, 70, 81, 76, 79, 75, 76, 58,
    ],
  },
  outcome: [0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1],
}

describe('logisticRegression', () => {
  it('gives the published fit of the O-rings', () => {
    const model = must(logisticRegression(challenger))
    const [temperature] = model.coefficients
    expect(model.intercept.estimate).toBeCloseTo(15.0429, 4)
    expect(model.intercept.standardError).toBeCloseTo(7.3786, 3)
    expect(temperature?.estimate).toBeCloseTo(-0.2322, 4)
    expect(temperature?.standardError).toBeCloseTo(0.1082, 4)
    expect(-2 * model.logLikelihood.fitted).toBeCloseTo(20.315, 3)
    expect(-2 * model.logLikelihood.null).toBeCloseTo(28.267, 3)
    expect(model.likelihoodRatio?.chiSquare).toBeCloseTo(7.952, 3)
    expect(model.likelihoodRatio?.p).toBeCloseTo(0.0048, 4)
    expect(predictLogistic(model, { temperature: [31] })[0]).toBeCloseTo(0.9996, 4)
  })

  it('predicts for its own rows what it fitted, which adds up to the events', () => {
    const model = must(logisticRegression(challenger))
    const again = predictLogistic(model, challenger.covariates)
    again.forEach((p, i) => {
      expect(p).toBeCloseTo(model.probability[i] ?? 0, 12)
    })
    expect(again.reduce((a, b) => a + b, 0)).toBeCloseTo(7, 9)
  })

  it('takes a weight as that many rows', () => {
    const weights = challenger.outcome.map((_, i) => 1 + (i % 3))
    const repeated = weights.flatMap((weight, i) => Array<number>(weight).fill(i))
    const weighted = must(logisticRegression({ ...challenger, weights }))
    const long = must(
      logisticRegression({
        outcome: repeated.map((i) => challenger.outcome[i] ?? 0),
        covariates: { temperature: repeated.map((i) => challenger.covariates.temperature[i] ?? 0) },
      }),
    )
    expect(weighted.coefficients[0]?.estimate).toBeCloseTo(long.coefficients[0]?.estimate ?? 0, 9)
    expect(weighted.coefficients[0]?.standardError).toBeCloseTo(
      long.coefficients[0]?.standardError ?? 0,
      9,
    )
  })

  it('takes an offset as given', () => {
    const free = must(logisticRegression(challenger))
    const slope = free.coefficients[0]?.estimate ?? 0
    const offset = challenger.covariates.temperature.map((t) => slope * t)
    const held = must(logisticRegression({ outcome: challenger.outcome, covariates: {}, offset }))
    expect(held.intercept.estimate).toBeCloseTo(free.intercept.estimate, 8)
    expect(held.likelihoodRatio).toBeNull()
  })

  it('does not take repeated rows of one account for new ones', () => {
    const cluster = challenger.outcome.map((_, i) => `account ${i}`)
    const once = must(logisticRegression({ ...challenger, cluster }))
    const twice = must(
      logisticRegression({
        outcome: [...challenger.outcome, ...challenger.outcome],
        covariates: {
          temperature: [...challenger.covariates.temperature, ...challenger.covariates.temperature],
        },
        cluster: [...cluster, ...cluster],
      }),
    )
    expect(twice.coefficients[0]?.standardError).toBeCloseTo(
      once.coefficients[0]?.standardError ?? 0,
      9,
    )
  })

  it('shrinks towards nothing with a ridge, and exists where the plain fit does not', () => {
    const separated = { outcome: [0, 0, 0, 1, 1, 1], covariates: { x: [1, 2, 3, 4, 5, 6] } }
    expect(logisticRegression(separated)).toMatchObject({
      reason: { code: 'separated', names: ['x'] },
    })
    const sizes = [0.1, 1, 10, 1e6].map(
      (ridge) => must(logisticRegression(separated, { ridge })).coefficients[0]?.estimate ?? 0,
    )
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
    expect(sizes.at(-1)).toBeCloseTo(0, 5)
  })

  it.each([
    [{ outcome: [1, 1], covariates: { x: [1, 2] } }, 'one_class'],
    [{ outcome: [], covariates: { x: [] } }, 'no_cases'],
    [{ outcome: [1, 0], covariates: { x: [2, 2] } }, 'constant'],
    [{ outcome: [1, 0, 1], covariates: { x: [1, 2, 1], y: [2, 4, 2] } }, 'collinear'],
    [{ outcome: [1, 0], covariates: { x: [1, Number.NaN] } }, 'missing_values'],
  ])('says why there is no fit: %j', (input, code) => {
    expect(logisticRegression(input)).toMatchObject({ known: false, reason: { code } })
  })

  it('never gives NaN', () => {
    const row = fc.record({
      outcome: fc.boolean(),
      x: fc.integer({ min: -3, max: 3 }),
      y: fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 25 }), fc.constantFrom(0, 1), (rows, ridge) => {
        const input = {
          outcome: rows.map((r) => r.outcome),
          covariates: { x: rows.map((r) => r.x), y: rows.map((r) => r.y) },
        }
        expect(hasOnlyNumbers(logisticRegression(input, { ridge }))).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('finds the effects that made the data', () => {
    const random = seededRandom(1)
    const x = Float64Array.from({ length: 20_000 }, random.normal)
    const outcome = x.map((value) =>
      random.uniform() < 1 / (1 + Math.exp(1 - 0.5 * value)) ? 1 : 0,
    )
    const model = must(logisticRegression({ outcome, covariates: { x } }))
    expect(model.intercept.estimate).toBeCloseTo(-1, 1)
    expect(model.coefficients[0]?.estimate).toBeCloseTo(0.5, 1)
  })
})

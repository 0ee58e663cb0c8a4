import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasOnlyNumbers, must } from '../testing/must.ts'
import { linearRegression } from './linear.ts'

describe('linearRegression', () => {
  // Anscombe's first quartet (The American Statistician 27 (1973), 17–21): y = 3.00 + 0.500·x, R² = 0.67.
  const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
  const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]

  it('gives the published line', () => {
    const model = must(linearRegression({ outcome: y, covariates: { x } }))
    expect(model.coefficients[0]?.estimate).toBeCloseTo(0.5001, 4)
    expect(model.rSquared).toBeCloseTo(0.6665, 4)
    expect(model.df).toBe(9)
  })

  it('has the errors of leaving each row out, squared (HC3)', () => {
    const { coefficients } = must(linearRegression({ outcome: y, covariates: { x } }))
    const slopes = x.map((_, k) => {
      const rest = must(
        linearRegression({
          outcome: y.filter((_, i) => i !== k),
          covariates: { x: x.filter((_, i) => i !== k) },
        }),
      )
      return rest.coefficients[0]?.estimate ?? 0
    })
    // Each left-out slope differs from the whole one by x·residual/(1 − leverage)/spread.
    const whole = coefficients[0]?.estimate ?? 0
    const squares = slopes.reduce((sum, slope) => sum + (slope - whole) ** 2, 0)
    expect(coefficients[0]?.standardError).toBeCloseTo(Math.sqrt(squares), 9)
  })

  it('does not take repeated rows of a cluster for new ones', () => {
    const cluster = x.map((_, i) => i)
    const once = must(linearRegression({ outcome: y, covariates: { x }, cluster }))
    const thrice = must(
      linearRegression({
        outcome: [...y, ...y, ...y],
        covariates: { x: [...x, ...x, ...x] },
        cluster: [...cluster, ...cluster, ...cluster],
      }),
    )
    const ratio =
      (thrice.coefficients[0]?.standardError ?? 0) / (once.coefficients[0]?.standardError ?? 1)
    expect(ratio).toBeCloseTo(Math.sqrt((32 / 31) * (9 / 10)), 9)
  })

  it.each([
    [{ outcome: [1, 2], covariates: { x: [1, 2] } }, 'too_few_cases'],
    [{ outcome: [1, 2, 4, 1], covariates: { x: [1, 1, 1, 1] } }, 'constant'],
    [
      { outcome: [1, 2, 4, 1, 3], covariates: { x: [1, 2, 3, 4, 5], z: [2, 4, 6, 8, 10] } },
      'collinear',
    ],
    [{ outcome: [], covariates: { x: [] } }, 'no_cases'],
    [{ outcome: [1, Number.NaN], covariates: { x: [1, 2] } }, 'missing_values'],
  ])('says why there is no line: %j', (input, code) => {
    expect(linearRegression(input)).toMatchObject({ known: false, reason: { code } })
  })

  it('is never NaN', () => {
    const row = fc.record({ y: fc.nat(3), x: fc.nat(3), c: fc.nat(2) })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), fc.boolean(), (rows, clustered) => {
        const answer = linearRegression({
          outcome: rows.map((r) => r.y),
          covariates: { x: rows.map((r) => r.x) },
          ...(clustered ? { cluster: rows.map((r) => r.c) } : {}),
        })
        expect(hasOnlyNumbers(answer)).toBe(true)
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { auc } from '../discrimination/auc.ts'
import { seededRandom } from '../numeric/random.ts'
import { logisticRegression } from '../regression/logistic.ts'
import { hasOnlyNumbers, must } from '../testing/must.ts'
import { applyBinning, monotoneBinning } from './binning.ts'
import { populationDrift } from './drift.ts'
import { chooseElasticNet, elasticNet, foldsByGroup } from './elastic-net.ts'
import { applyIsotonic, isotonicCalibration, poolAdjacent } from './isotonic.ts'
import { applyPlatt, plattCalibration } from './platt.ts'
import { applyScorecard, fitScorecard } from './scorecard.ts'

const toP = (eta: number) => 1 / (1 + Math.exp(-eta))

/** Churn is likelier with little use and late payment; the third metric says nothing. */
function company(n: number, seed: number) {
  const random = seededRandom(seed)
  const use = Float64Array.from({ length: n }, random.normal)
  const late = Float64Array.from({ length: n }, random.exponential)
  const noise = Float64Array.from({ length: n }, random.normal)
  const outcome = use.map((value, i) =>
    random.uniform() < toP(-2 - 1.2 * value + 0.8 * (late[i] ?? 0)) ? 1 : 0,
  )
  return { outcome, metrics: { use, late, noise } }
}

describe('isotonic and Platt calibration', () => {
  it('pools what falls', () => {
    const items = [1, 3, 2, 4, 0].map((sum) => ({ weight: 1, sum }))
    expect(poolAdjacent(items).map((b) => b.sum / b.weight)).toEqual([1, 2.25])
  })

  it('rises with the score and keeps the sum of outcomes', () => {
    const row = fc.record({ score: fc.nat(8), outcome: fc.boolean() })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
        const score = rows.map((r) => r.score)
        const answer = isotonicCalibration({ score, outcome: rows.map((r) => r.outcome) })
        if (!answer.known) return
        const fitted = applyIsotonic(answer.value, score)
        const events = rows.filter((r) => r.outcome).length
        expect(fitted.reduce((a, b) => a + b, 0)).toBeCloseTo(events, 9)
        rows.forEach((a, i) => {
          rows.forEach((b, k) => {
            if (a.score < b.score) expect(fitted[i]).toBeLessThanOrEqual((fitted[k] ?? 0) + 1e-12)
          })
        })
        const platt = plattCalibration({ score, outcome: rows.map((r) => r.outcome) })
        expect(hasOnlyNumbers(platt)).toBe(true)
      }),
    )
  })

  it('finds the line, also for a score that separates', () => {
    const { outcome, metrics } = company(8_000, 1)
    const line = must(plattCalibration({ score: metrics.use, outcome }))
    const plain = must(logisticRegression({ outcome, covariates: { use: metrics.use } }))
    expect(line.slope).toBeCloseTo(plain.coefficients[0]?.estimate ?? 0, 2)
    const sharp = must(plattCalibration({ score: [1, 2, 3, 4], outcome: [0, 0, 1, 1] }))
    const [low, high] = applyPlatt(sharp, [1, 4])
    expect(low).toBeGreaterThan(0)
    expect(high).toBeLessThan(1)
    expect(plattCalibration({ score: [2, 2], outcome: [0, 1] })).toMatchObject({
      reason: { code: 'constant' },
    })
  })
})

describe('populationDrift', () => {
  const random = seededRandom(2)
  const normal = (n: number, shift: number) =>
    Float64Array.from({ length: n }, () => random.normal() + shift)
  it('is small for the same values and grows as they move', () => {
    const reference = normal(4_000, 0)
    const same = must(populationDrift({ reference, current: normal(4_000, 0) }))
    expect(same.level).toBe('steady')
    expect(same.index).toBeLessThan(4 * same.byChance)
    // Two normal distributions δ apart have an index of about δ².
    expect(must(populationDrift({ reference, current: normal(4_000, 0.4) })).level).toBe('shifting')
    expect(must(populationDrift({ reference, current: normal(4_000, 1) })).level).toBe('changed')
  })

  it('says why there is none', () => {
    expect(populationDrift({ reference: [1, 1], current: [2] })).toMatchObject({
      reason: { code: 'too_few_bins' },
    })
    expect(populationDrift({ reference: [1, 2], current: [] })).toMatchObject({
      reason: { code: 'no_cases' },
    })
    expect(hasOnlyNumbers(populationDrift({ reference: [1, 2, 3], current: [99] }))).toBe(true)
  })
})

describe('monotoneBinning', () => {
  it('follows the direction of the data and keeps missing values apart', () => {
    const { outcome, metrics } = company(4_000, 3)
    const values = metrics.use.map((v, i) => (i % 10 === 0 ? Number.NaN : v))
    const binning = must(monotoneBinning({ values, outcome }))
    expect(binning.direction).toBe('falling')
    expect(binning.missing.n).toBe(400)
    expect(binning.bins.reduce((sum, bin) => sum + bin.n, 0)).toBe(3_600)
    const evidence = binning.bins.map((bin) => bin.evidence)
    expect(evidence).toEqual(evidence.toSorted((a, b) => b - a))
    const told = applyBinning(binning, [-9, 9, Number.NaN])
    expect([...told]).toEqual([evidence[0], evidence.at(-1), binning.missing.evidence])
    const noise = must(monotoneBinning({ values: metrics.noise, outcome }))
    expect(noise.informationValue).toBeLessThan(0.1)
    expect(binning.informationValue).toBeGreaterThan(0.3)
  })

  it('is never NaN', () => {
    const row = fc.record({
      value: fc.oneof(fc.nat(5), fc.constant(Number.NaN)),
      outcome: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
        const answer = monotoneBinning({
          values: rows.map((r) => r.value),
          outcome: rows.map((r) => r.outcome),
        })
        expect(hasOnlyNumbers(answer)).toBe(true)
      }),
    )
  })
})

describe('elasticNet', () => {
  const { outcome, metrics } = company(1_500, 4)
  it('is the ridge regression with mix 0', () => {
    const penalty = 0.05
    const net = must(elasticNet({ outcome, covariates: metrics }, { penalty, mix: 0 }))
    const ridge = must(
      logisticRegression({ outcome, covariates: metrics }, { ridge: penalty * outcome.length }),
    )
    net.coefficients.forEach(({ estimate }, j) => {
      expect(estimate).toBeCloseTo(ridge.coefficients[j]?.estimate ?? 0, 6)
    })
    expect(net.intercept).toBeCloseTo(ridge.intercept.estimate, 6)
  })

  it('meets the conditions of the minimum with mix 1', () => {
    const penalty = 0.02
    const net = must(elasticNet({ outcome, covariates: metrics }, { penalty, mix: 1 }))
    const columns = Object.values(metrics)
    const residual = outcome.map((own, i) => {
      const eta = net.coefficients.reduce(
        (sum, { estimate }, j) => sum + estimate * (columns[j]?.[i] ?? 0),
        net.intercept,
      )
      return own - toP(eta)
    })
    expect(residual.reduce((a, b) => a + b, 0) / 1_500).toBeCloseTo(0, 7)
    net.coefficients.forEach(({ estimate }, j) => {
      const column = columns[j] ?? new Float64Array()
      const mean = column.reduce((a, b) => a + b / column.length, 0)
      const scale = Math.sqrt(column.reduce((a, b) => a + (b - mean) ** 2 / column.length, 0))
      const slope =
        residual.reduce((s, r, i) => s + (r * ((column[i] ?? 0) - mean)) / scale, 0) / 1_500
      if (estimate === 0) expect(Math.abs(slope)).toBeLessThanOrEqual(penalty + 1e-7)
      else expect(slope).toBeCloseTo(Math.sign(estimate) * penalty, 6)
    })
    expect(net.coefficients.find((c) => c.name === 'noise')?.estimate).toBe(0)
  })

  it('chooses its penalty on whole accounts that were left out', () => {
    const group = outcome.map((_, i) => Math.floor(i / 3))
    const folds = foldsByGroup([...group], 5, 1)
    for (let i = 0; i < 1_500; i += 3) {
      expect(folds[i + 1]).toBe(folds[i])
      expect(folds[i + 2]).toBe(folds[i])
    }
    const net = must(chooseElasticNet({ outcome, covariates: metrics, group: [...group] }))
    const chosen = net.path.find((step) => step.penalty === net.penalty)
    expect(chosen?.loss).toBeLessThan(net.baseLoss)
    expect(net.coefficients[0]?.estimate).toBeLessThan(-0.5)
  })

  it('also ends on what separates, on constants and on nonsense', () => {
    const separated = { outcome: [0, 0, 1, 1], covariates: { x: [1, 2, 3, 4], c: [5, 5, 5, 5] } }
    const net = must(elasticNet(separated, { penalty: 0.01 }))
    expect(net.coefficients[1]?.estimate).toBe(0)
    expect(elasticNet({ outcome: [1], covariates: { x: [1] } }, { penalty: 1 })).toMatchObject({
      reason: { code: 'one_class' },
    })
    const row = fc.record({ y: fc.boolean(), x: fc.integer({ min: -3, max: 3 }), z: fc.nat(2) })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 25 }), (rows) => {
        const input = {
          outcome: rows.map((r) => r.y),
          covariates: { x: rows.map((r) => r.x), z: rows.map((r) => r.z) },
        }
        expect(hasOnlyNumbers(elasticNet(input, { penalty: 0.01, mix: 0.5 }))).toBe(true)
        expect(hasOnlyNumbers(chooseElasticNet(input, { penalties: [1, 0.1] }))).toBe(true)
      }),
      { numRuns: 50 },
    )
  })
})

describe('fitScorecard', () => {
  const train = company(3_000, 5)
  const card = must(fitScorecard(train))
  const later = company(3_000, 6)
  const scored = applyScorecard(card, later.metrics)

  it('separates later cases, better than each metric alone', () => {
    const score = scored.map((s) => s.probability)
    const whole = must(auc({ score, outcome: later.outcome })).value
    const use = must(auc({ score: later.metrics.use.map((v) => -v), outcome: later.outcome })).value
    expect(whole).toBeGreaterThan(use + 0.02)
    const predicted = score.reduce((a, b) => a + b, 0)
    expect(predicted / later.outcome.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 0.7)
  })

  it('explains each case by contributions that add up', () => {
    for (const { base, contributions, logOdds, probability } of scored.slice(0, 200)) {
      const sum = contributions.reduce((total, part) => total + part.logOdds, base)
      expect(sum).toBeCloseTo(logOdds, 12)
      expect(toP(logOdds)).toBeCloseTo(probability, 12)
    }
    expect(card.parts.map((part) => part.name)).toEqual(expect.arrayContaining(['use', 'late']))
  })

  it('can be kept as JSON', () => {
    const again = applyScorecard(JSON.parse(JSON.stringify(card)), later.metrics)
    expect(again[7]).toEqual(scored[7])
  })

  it('is not made of noise', () => {
    const { outcome } = company(600, 7)
    const random = seededRandom(8)
    const metrics = Object.fromEntries(
      Array.from({ length: 6 }, (_, k) => [`m${k}`, outcome.map(() => random.normal())]),
    )
    const answer = fitScorecard({ outcome, metrics })
    if (answer.known) {
      // What slips through must be next to nothing.
      const logOdds = applyScorecard(answer.value, metrics).map((s) => s.logOdds)
      expect(Math.max(...logOdds) - Math.min(...logOdds)).toBeLessThan(1)
    } else expect(answer.reason.code).toBe('no_power')
  })

  it('takes missing values, constants and one class', () => {
    const { outcome, metrics } = company(300, 9)
    const gaps = metrics.use.map((v, i) => (i % 4 === 0 ? Number.NaN : v))
    const same = outcome.map(() => 3)
    const found = must(fitScorecard({ outcome, metrics: { gaps, same } }))
    expect(found.leftOut).toEqual(['same'])
    expect(hasOnlyNumbers(applyScorecard(found, { gaps: [Number.NaN, 1] }))).toBe(true)
    expect(fitScorecard({ outcome: same.map(() => 1), metrics: { gaps } })).toMatchObject({
      reason: { code: 'one_class' },
    })
    expect(fitScorecard({ outcome, metrics: { same } })).toMatchObject({
      reason: { code: 'no_power' },
    })
    expect(() => applyScorecard(found, { same })).toThrow('No column gaps')
  })
})

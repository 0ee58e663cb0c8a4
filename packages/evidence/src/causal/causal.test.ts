import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Answer } from '../answer.ts'
import { seededRandom } from '../numeric/random.ts'
import { linearRegression } from '../regression/linear.ts'
import { hasOnlyNumbers, must } from '../testing/must.ts'
import { leadLag } from './lead-lag.ts'
import { crudeEffect, standardisedEffect } from './standardisation.ts'
import type { ExposureEffect, StudyInput } from './study.ts'
import { doublyRobustEffect, weightedEffect } from './weighting.ts'
import { withinAccountEffect } from './within-account.ts'

/** Heart transplants in Zeus's family: M. Hernán and J. Robins, What If (2020), table 2.2. */
const transplants = {
  adjust: { critical: [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] },
  exposure: [0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1],
  outcome: [0, 1, 0, 0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0],
}

/** The need drives both exposure and outcome; the exposure itself changes the outcome by `effect`. */
function confounded(n: number, effect: number, seed: number, isBinary = false) {
  const random = seededRandom(seed)
  const need = Float64Array.from({ length: n }, random.normal)
  const size = Float64Array.from({ length: n }, random.normal)
  const exposure = need.map((v) => (random.uniform() < 1 / (1 + Math.exp(-v)) ? 1 : 0))
  const outcome = need.map((v, i) => {
    const eta = v + 0.5 * (size[i] ?? 0) + effect * (exposure[i] ?? 0)
    if (!isBinary) return eta + random.normal()
    return random.uniform() < 1 / (1 + Math.exp(-eta)) ? 1 : 0
  })
  return { outcome, exposure, adjust: { need, size } }
}

const estimators: readonly ((input: StudyInput) => Answer<ExposureEffect>)[] = [
  standardisedEffect,
  weightedEffect,
  doublyRobustEffect,
]

describe('the effect of an exposure', () => {
  it('is nothing in the textbook example, where the crude shares differ', () => {
    const crude = must(crudeEffect(transplants))
    expect(crude.meanIfExposed).toBeCloseTo(7 / 13, 12)
    expect(crude.meanIfNot).toBeCloseTo(3 / 7, 12)
    for (const estimate of estimators) {
      const found = must(estimate(transplants))
      expect(found.meanIfExposed).toBeCloseTo(0.5, 8)
      expect(found.meanIfNot).toBeCloseTo(0.5, 8)
      expect(found.ratio?.estimate).toBeCloseTo(1, 8)
      expect(found.difference.p).toBeCloseTo(1, 6)
    }
  })

  it.each([false, true])(
    'is found where the crude difference is wrong (0 and 1: %s)',
    (isBinary) => {
      const input = confounded(6_000, 0, 1, isBinary)
      const crude = must(crudeEffect(input))
      expect(crude.difference.interval.low).toBeGreaterThan(0.1)
      for (const estimate of estimators) {
        const { difference } = must(estimate(input))
        expect(difference.interval.low).toBeLessThan(0)
        expect(difference.interval.high).toBeGreaterThan(0)
        expect(difference.standardError).toBeLessThan(0.06)
      }
      for (const estimate of estimators) {
        const { difference } = must(estimate(confounded(6_000, 1, 2)))
        expect(difference.estimate).toBeCloseTo(1, 0.8)
      }
    },
  )

  it('as the regression coefficient is what standardising a line gives', () => {
    const input = confounded(300, 0.5, 3)
    const line = must(
      linearRegression({
        outcome: input.outcome,
        covariates: { a: input.exposure, ...input.adjust },
      }),
    )
    const found = must(standardisedEffect(input))
    expect(found.difference.estimate).toBeCloseTo(line.coefficients[0]?.estimate ?? 0, 9)
    expect(found.difference.standardError).toBeCloseTo(line.coefficients[0]?.standardError ?? 0, 2)
  })

  it('is as precise as its estimates vary', () => {
    for (const estimate of estimators) {
      const found = Array.from({ length: 150 }, (_, run) =>
        must(estimate(confounded(300, 0.5, 100 + run))),
      )
      const mean = found.reduce((sum, f) => sum + f.difference.estimate / found.length, 0)
      const spread = Math.sqrt(
        found.reduce((s, f) => s + (f.difference.estimate - mean) ** 2 / (found.length - 1), 0),
      )
      const told = found.reduce((sum, f) => sum + f.difference.standardError / found.length, 0)
      expect(mean).toBeCloseTo(0.5, 1)
      expect(told / spread).toBeGreaterThan(0.8)
      expect(told / spread).toBeLessThan(1.25)
    }
  })

  it('does not take repeated rows for new ones', () => {
    const input = confounded(200, 0.5, 4)
    const cluster = [...input.outcome.keys()]
    const twice = {
      outcome: [...input.outcome, ...input.outcome],
      exposure: [...input.exposure, ...input.exposure],
      adjust: {
        need: [...input.adjust.need, ...input.adjust.need],
        size: [...input.adjust.size, ...input.adjust.size],
      },
      cluster: [...cluster, ...cluster],
    }
    for (const estimate of estimators) {
      const one = must(estimate({ ...input, cluster })).difference.standardError
      expect(must(estimate(twice)).difference.standardError).toBeCloseTo(one, 6)
    }
  })

  it('comes with what the weights did', () => {
    const found = must(weightedEffect(confounded(3_000, 0, 5), { trim: 0.05 }))
    const need = found.weights.balance.find((row) => row.name === 'need')
    expect(need?.before).toBeGreaterThan(0.5)
    expect(Math.abs(need?.after ?? 1)).toBeLessThan(0.1)
    expect(found.weights.trimmed).toBeGreaterThan(0)
    expect(found.n + found.weights.trimmed).toBe(3_000)
    expect(found.weights.effective.exposed).toBeLessThan(found.exposed)
    expect(found.weights.overlap.separation).toBeGreaterThan(0.6)
    expect(found.withFixedWeights.standardError).toBeGreaterThan(found.difference.standardError)
  })

  it('cannot be told where the groups share no ground, and says so', () => {
    const adjust = { x: Array.from({ length: 40 }, (_, i) => i) }
    const apart = {
      outcome: adjust.x.map((x) => x % 2),
      exposure: adjust.x.map((x) => (x > 20 ? 1 : 0)),
      adjust,
    }
    for (const estimate of [weightedEffect, doublyRobustEffect]) {
      expect(estimate(apart)).toMatchObject({ reason: { code: 'no_overlap', names: ['x'] } })
    }
  })

  it.each([
    [{ outcome: [0, 1], exposure: [1, 1], adjust: {} }, 'one_group'],
    [{ outcome: [1, 1], exposure: [0, 1], adjust: {} }, 'one_class'],
    [{ outcome: [7, 7], exposure: [0, 1], adjust: {} }, 'constant'],
    [{ outcome: [], exposure: [], adjust: {} }, 'no_cases'],
    [{ outcome: [0, 1, Number.NaN], exposure: [0, 1, 1], adjust: {} }, 'missing_values'],
    [{ outcome: [0, 1], exposure: [0, 1], adjust: {} }, 'too_few_cases'],
  ])('has a stated reason not to be told: %j', (input, code) => {
    for (const estimate of [crudeEffect, ...estimators]) {
      expect(estimate(input)).toMatchObject({ known: false, reason: { code } })
    }
  })

  it('leaves out columns that say nothing new, and names them', () => {
    const input = confounded(100, 0, 6)
    const adjust = {
      ...input.adjust,
      twice: input.adjust.need.map((v) => 2 * v),
      same: Array(100).fill(4),
    }
    for (const estimate of estimators) {
      expect(must(estimate({ ...input, adjust })).leftOut).toEqual(['twice', 'same'])
    }
  })

  it('is never NaN', () => {
    const row = fc.record({
      y: fc.integer({ min: 0, max: 1 }),
      a: fc.boolean(),
      x: fc.integer({ min: 0, max: 2 }),
      z: fc.double({ min: -1e3, max: 1e3, noNaN: true }),
      c: fc.nat(3),
    })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), fc.boolean(), (rows, clustered) => {
        const input = {
          outcome: rows.map((r) => r.y),
          exposure: rows.map((r) => r.a),
          adjust: { x: rows.map((r) => r.x), z: rows.map((r) => r.z) },
          ...(clustered ? { cluster: rows.map((r) => r.c) } : {}),
        }
        for (const estimate of [crudeEffect, ...estimators]) {
          expect(hasOnlyNumbers(estimate(input))).toBe(true)
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('withinAccountEffect', () => {
  function panel(seed: number, accounts = 60) {
    const random = seededRandom(seed)
    const rows: { account: string; period: number; a: number; y: number; x: number }[] = []
    for (let account = 0; account < accounts; account++) {
      const liking = 3 * random.normal()
      for (let period = 0; period < 6; period++) {
        const a = random.uniform() < 1 / (1 + Math.exp(-liking)) ? 1 : 0
        const x = random.normal()
        rows.push({
          account: `account ${account}`,
          period,
          a,
          x,
          y: liking + 0.5 * a + 0.3 * x + 0.2 * period + random.normal(),
        })
      }
    }
    return {
      account: rows.map((r) => r.account),
      period: rows.map((r) => r.period),
      exposure: rows.map((r) => r.a),
      outcome: rows.map((r) => r.y),
      adjust: { x: rows.map((r) => r.x) },
    }
  }

  it('is the coefficient beside one column for each account', () => {
    const { period: _, ...input } = panel(1, 8)
    const accounts = [...new Set(input.account)]
    const dummies = Object.fromEntries(
      accounts.slice(1).map((name) => [name, input.account.map((own) => (own === name ? 1 : 0))]),
    )
    const long = must(
      linearRegression({
        outcome: input.outcome,
        covariates: { a: input.exposure, ...input.adjust, ...dummies },
        cluster: input.account,
      }),
    )
    const found = must(withinAccountEffect(input))
    expect(found.estimate).toBeCloseTo(long.coefficients[0]?.estimate ?? 0, 9)
  })

  it('sees through what never changes about an account', () => {
    const input = panel(2, 300)
    const plain = must(
      linearRegression({ outcome: input.outcome, covariates: { a: input.exposure } }),
    )
    expect(plain.coefficients[0]?.estimate).toBeGreaterThan(2)
    const found = must(withinAccountEffect(input))
    expect(found.interval.low).toBeLessThan(0.5)
    expect(found.interval.high).toBeGreaterThan(0.5)
    expect(found.standardError).toBeLessThan(0.1)
    expect(found.changing).toBeLessThan(found.accounts)
  })

  it('says when nothing changed, and leaves out what does not change within', () => {
    const account = ['a', 'a', 'a', 'b', 'b', 'b']
    const outcome = [1, 2, 4, 3, 4, 9]
    expect(withinAccountEffect({ account, outcome, exposure: [1, 1, 1, 0, 0, 0] })).toMatchObject({
      reason: { code: 'no_change_within' },
    })
    const found = must(
      withinAccountEffect({
        account,
        outcome,
        exposure: [0, 1, 1, 0, 0, 1],
        adjust: { size: [5, 5, 5, 7, 7, 7] },
      }),
    )
    expect(found.leftOut).toEqual(['size'])
  })

  it('is never NaN', () => {
    const row = fc.record({ account: fc.nat(4), y: fc.nat(3), a: fc.nat(1), period: fc.nat(3) })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
        const answer = withinAccountEffect({
          account: rows.map((r) => r.account),
          outcome: rows.map((r) => r.y),
          exposure: rows.map((r) => r.a),
          period: rows.map((r) => r.period),
        })
        expect(hasOnlyNumbers(answer)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

describe('leadLag', () => {
  it('tells which comes first', () => {
    const random = seededRandom(7)
    const rows: { account: number; step: number; metric: number; signal: number }[] = []
    for (let account = 0; account < 80; account++) {
      let signal = random.normal()
      for (let step = 0; step < 8; step++) {
        // The metric answers the signal; the signal goes its own way.
        const last = signal
        signal = 0.6 * signal + random.normal()
        rows.push({ account, step, signal, metric: 0.8 * last + random.normal() })
      }
    }
    const found = must(
      leadLag({
        account: rows.map((r) => r.account),
        step: rows.map((r) => r.step),
        metric: rows.map((r) => r.metric),
        signal: rows.map((r) => r.signal),
      }),
    )
    expect(found.follows.p).toBeLessThan(1e-6)
    expect(found.leads.p).toBeGreaterThan(0.01)
    expect(found).toMatchObject({ n: 560, accounts: 80 })
    expect(
      leadLag({ account: [1, 1], step: [0, 5], metric: [1, 2], signal: [1, 2] }),
    ).toMatchObject({ reason: { code: 'too_few_cases' } })
  })
})

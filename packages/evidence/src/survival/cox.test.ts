import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { seededRandom } from '../numeric/random.ts'
import { must } from '../testing/must.ts'
import { columnsOf, describeReference, expectedOf } from '../testing/reference.ts'
import { concordance } from './concordance.ts'
import { type CoxInput, coxRegression, coxSurvival } from './cox.ts'
import { proportionalHazardsTest } from './proportional-hazards.ts'

const first = <T>(list: readonly T[]): T => {
  const [item] = list
  if (item === undefined) throw new Error('empty')
  return item
}

/** The two data sets worked out by hand in the validation appendix of Therneau and Grambsch (2000). */
const right = {
  time: [1, 1, 6, 6, 8, 9],
  event: [1, 0, 1, 1, 0, 1],
  covariates: { x: [1, 1, 1, 0, 0, 0] },
}
const counting = {
  entry: [1, 2, 5, 2, 1, 7, 3, 4, 8, 8],
  time: [2, 3, 6, 7, 8, 9, 9, 9, 14, 17],
  event: [1, 1, 1, 1, 1, 1, 1, 0, 0, 0],
  covariates: { x: [1, 0, 0, 1, 0, 1, 1, 1, 0, 0] },
}
/** Freireich's leukaemia patients: 6-MP and placebo. */
const leukaemia = {
  time: [
    6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35, 1, 1, 2, 2, 3, 4,
    4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23,
  ],
  event: [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, ...Array(21).fill(1)],
  covariates: { treated: [...Array(21).fill(1), ...Array(21).fill(0)] },
}

/** Times with hazards exp(0.7·a − 0.4·b), a fifth of them censored. */
function simulated(n: number, seed: number) {
  const random = seededRandom(seed)
  const a = Float64Array.from({ length: n }, random.normal)
  const b = Float64Array.from({ length: n }, () => random.integer(2))
  const time = a.map((value, i) => random.exponential() / Math.exp(0.7 * value - 0.4 * (b[i] ?? 0)))
  const event = a.map(() => (random.uniform() < 0.8 ? 1 : 0))
  return { time, event, covariates: { a, b } }
}

describe('coxRegression', () => {
  it('is what is found by hand, Breslow', () => {
    const fit = must(coxRegression(right, { ties: 'breslow' }))
    const [x] = fit.coefficients
    const beta = Math.log((3 + Math.sqrt(33)) / 2)
    expect(x?.estimate).toBeCloseTo(beta, 9)
    // Risk sets of 6, of 4 for two events, and of 1.
    expect(fit.logLikelihood.null).toBeCloseTo(-Math.log(6 * 4 * 4), 9)
    const r = Math.exp(beta)
    expect(fit.logLikelihood.fitted).toBeCloseTo(
      2 * beta - Math.log(3 * r + 3) - 2 * Math.log(r + 3),
      9,
    )
  })

  it('is what is found by hand, Efron', () => {
    // The root of the score equation of the same data with Efron's ties.
    const fit = must(coxRegression(right))
    expect(fit.coefficients[0]?.estimate).toBeCloseTo(1.676857, 6)
    expect(fit.logLikelihood.null).toBeCloseTo(-Math.log(6 * 4 * 3), 9)
  })

  it.each(['efron', 'breslow'] as const)('takes spans (start, stop], ties by %s', (ties) => {
    const fit = must(coxRegression(counting, { ties }))
    // The likelihood written out, risk set by risk set, and searched by halving.
    const logLikelihood = (beta: number) => {
      const { entry, time, event, covariates } = counting
      const weight = covariates.x.map((x) => Math.exp(x * beta))
      let sum = 0
      for (const at of new Set(time)) {
        const dying = time.flatMap((t, i) => (t === at && event[i] ? [i] : []))
        const total = (rows: number[]) => rows.reduce((s, i) => s + (weight[i] ?? 0), 0)
        const atRisk = time.flatMap((t, i) => (t >= at && (entry[i] ?? 0) < at ? [i] : []))
        dying.forEach((i, k) => {
          const left = ties === 'efron' ? (k / dying.length) * total(dying) : 0
          sum += Math.log(weight[i] ?? 0) - Math.log(total(atRisk) - left)
        })
      }
      return sum
    }
    const [x] = fit.coefficients
    const beta = x?.estimate ?? 0
    expect(fit.logLikelihood.null).toBeCloseTo(logLikelihood(0), 9)
    expect(fit.logLikelihood.fitted).toBeCloseTo(logLikelihood(beta), 9)
    const slope = (logLikelihood(beta + 1e-4) - logLikelihood(beta - 1e-4)) / 2e-4
    expect(slope).toBeCloseTo(0, 6)
    const bend =
      (logLikelihood(beta + 1e-3) - 2 * logLikelihood(beta) + logLikelihood(beta - 1e-3)) / 1e-6
    expect(x?.standardError).toBeCloseTo(1 / Math.sqrt(-bend), 4)
  })

  it('is what the textbooks give for 6-MP', () => {
    const efron = first(must(coxRegression(leukaemia)).coefficients)
    expect(efron.estimate).toBeCloseTo(-1.57213, 4)
    expect(efron.standardError).toBeCloseTo(0.4124, 4)
    const breslow = first(must(coxRegression(leukaemia, { ties: 'breslow' })).coefficients)
    expect(breslow.estimate).toBeCloseTo(-1.50919, 4)
    expect(breslow.standardError).toBeCloseTo(0.40956, 4)
    expect(breslow.hazardRatio).toBeCloseTo(0.221, 3)
  })

  it('has the log-rank test as its score test when no times are tied', () => {
    // With ties the two differ by the hypergeometric factor.
    const fit = must(coxRegression(simulated(80, 1)))
    expect(fit.tests.score.chiSquare).toBeGreaterThan(fit.tests.wald.chiSquare * 0.5)
    expect(fit.tests.likelihoodRatio.chiSquare).toBeCloseTo(
      2 * (fit.logLikelihood.fitted - fit.logLikelihood.null),
      9,
    )
  })

  it('finds the effects that made the data', () => {
    const fit = must(coxRegression(simulated(4_000, 2)))
    const [a, b] = fit.coefficients
    expect(a?.estimate).toBeCloseTo(0.7, 1)
    expect(b?.estimate).toBeCloseTo(-0.4, 1)
    expect(fit.concordance?.value).toBeGreaterThan(0.65)
  })

  it('does not change when spans are cut into stretches', () => {
    const whole = simulated(120, 3)
    const cut: { entry: number[]; time: number[]; event: number[]; a: number[]; b: number[] } = {
      entry: [],
      time: [],
      event: [],
      a: [],
      b: [],
    }
    whole.time.forEach((time, i) => {
      const edges = [0, time / 3, time / 2, time]
      edges.slice(1).forEach((to, k) => {
        cut.entry.push(edges[k] ?? 0)
        cut.time.push(to)
        cut.event.push(k === 2 ? (whole.event[i] ?? 0) : 0)
        cut.a.push(whole.covariates.a[i] ?? 0)
        cut.b.push(whole.covariates.b[i] ?? 0)
      })
    })
    const one = must(coxRegression(whole))
    const many = must(coxRegression({ ...cut, covariates: { a: cut.a, b: cut.b } }))
    one.coefficients.forEach((coefficient, j) => {
      expect(many.coefficients[j]?.estimate).toBeCloseTo(coefficient.estimate, 9)
      expect(many.coefficients[j]?.standardError).toBeCloseTo(coefficient.standardError, 9)
    })
    expect(many.concordance?.value).toBeCloseTo(one.concordance?.value ?? 0, 9)
    expect(many.logLikelihood.fitted).toBeCloseTo(one.logLikelihood.fitted, 8)
  })

  it('keeps its precision when a heavy row leaves the risk set', () => {
    // The row of enormous hazard is at risk only late; the early events must not feel it.
    const base = simulated(60, 4)
    const n = base.time.length
    const latest = Math.max(...base.time)
    const with_ = {
      entry: [...base.time.map(() => 0), latest + 1],
      time: [...base.time, latest + 2],
      event: [...base.event, 1],
      covariates: { a: [...base.covariates.a, 400], b: [...base.covariates.b, 0] },
    }
    const alone = must(coxRegression(base))
    const fit = must(coxRegression(with_))
    expect(fit.n).toBe(n + 1)
    expect(fit.coefficients[0]?.estimate).toBeCloseTo(alone.coefficients[0]?.estimate ?? 0, 7)
  })

  it('predicts the share without the outcome', () => {
    const fit = must(coxRegression(simulated(3_000, 5)))
    const low = coxSurvival(fit, { a: -1, b: 0 })
    const high = coxSurvival(fit, { a: 1, b: 0 })
    const at = (curve: typeof low, time: number) =>
      curve.filter((s) => s.time <= time).at(-1)?.survival
    expect(at(low, 1)).toBeCloseTo(Math.exp(-0.8 * Math.exp(-0.7)), 1)
    expect(at(high, 1)).toBeLessThan(at(low, 1) ?? 0)
    expect(() => coxSurvival(fit, { a: 1 })).toThrow('No value for b')
  })

  it.each<[string, CoxInput, string, string[] | undefined]>([
    ['no rows', { time: [], event: [], covariates: { x: [] } }, 'no_cases', undefined],
    [
      'no events',
      { time: [1, 2], event: [0, 0], covariates: { x: [1, 2] } },
      'no_events',
      undefined,
    ],
    ['a constant', { ...right, covariates: { x: Array(6).fill(0.1) } }, 'constant', ['x']],
    [
      'a repeated column',
      {
        ...right,
        covariates: { ...right.covariates, y: right.covariates.x.map((v) => 3 - 2 * v) },
      },
      'collinear',
      ['y'],
    ],
    [
      'a missing value',
      { ...right, covariates: { x: [1, 1, Number.NaN, 0, 0, 0] } },
      'missing_values',
      undefined,
    ],
    [
      'a column that tells everything',
      {
        time: [1, 2, 3, 4, 5, 6],
        event: [1, 1, 1, 0, 0, 0],
        covariates: { x: [1, 1, 1, 0, 0, 0] },
      },
      'separated',
      ['x'],
    ],
    [
      'a group without events',
      {
        time: [1, 2, 3, 4, 5, 6],
        event: [1, 1, 0, 0, 0, 0],
        covariates: { x: [0, 0, 0, 1, 1, 1] },
      },
      'separated',
      ['x'],
    ],
    ['one case', { time: [1], event: [1], covariates: { x: [1] } }, 'constant', ['x']],
  ])('says why there is no fit: %s', (_, input, code, names) => {
    expect(coxRegression(input)).toMatchObject({
      known: false,
      reason: names ? { code, names } : { code },
    })
  })

  it('never gives NaN', () => {
    const row = fc.record({
      time: fc.integer({ min: 1, max: 6 }),
      event: fc.boolean(),
      x: fc.integer({ min: -2, max: 2 }),
      y: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    })
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 25 }),
        fc.constantFrom('efron', 'breslow'),
        (rows, ties) => {
          const input = {
            time: rows.map((r) => r.time),
            event: rows.map((r) => r.event),
            covariates: { x: rows.map((r) => r.x), y: rows.map((r) => r.y) },
          }
          const fit = coxRegression(input, { ties })
          expect(JSON.stringify(fit)).not.toContain('null,"fitted"')
          if (fit.known) {
            for (const { estimate, standardError, p } of fit.value.coefficients) {
              expect(Number.isFinite(estimate) && standardError > 0 && p >= 0).toBe(true)
            }
          }
          const ph = proportionalHazardsTest(input, { ties })
          if (ph.known) expect(ph.value.all.p).toBeGreaterThanOrEqual(0)
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('concordance', () => {
  it('counts pairs as looking at each does, with the jackknife of infinitesimal steps', () => {
    const row = fc.record({
      entry: fc.nat(3),
      length: fc.integer({ min: 1, max: 5 }),
      event: fc.boolean(),
      score: fc.nat(4),
    })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 25 }), (rows) => {
        const cases = rows.map((r) => ({ ...r, time: r.entry + r.length, won: 0, pairs: 0 }))
        let won = 0
        let pairs = 0
        for (const a of cases) {
          for (const b of cases) {
            const outlives = b.time > a.time || (b.time === a.time && !b.event)
            if (!a.event || a === b || !outlives || b.entry >= a.time) continue
            const worth = a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0
            for (const each of [a, b]) {
              each.won += worth
              each.pairs += 1
            }
            won += worth
            pairs += 1
          }
        }
        const answer = concordance({
          entry: cases.map((r) => r.entry),
          time: cases.map((r) => r.time),
          event: cases.map((r) => r.event),
          score: cases.map((r) => r.score),
        })
        expect(answer.known).toBe(pairs > 0)
        if (!answer.known) return
        const variance = cases.reduce(
          (sum, c) => sum + ((c.won - (won / pairs) * c.pairs) / pairs) ** 2,
          0,
        )
        expect(answer.value.comparable).toBe(pairs)
        expect(answer.value.value).toBeCloseTo(won / pairs, 12)
        expect(answer.value.standardError).toBeCloseTo(Math.sqrt(variance), 12)
      }),
    )
  })
})

describe('proportionalHazardsTest', () => {
  it('sees an effect that turns around', () => {
    const random = seededRandom(6)
    const x = Float64Array.from({ length: 600 }, () => random.integer(2))
    // Those with x fail early; those who survive that fail late.
    const time = x.map((value) => (value ? random.exponential() ** 3 : random.exponential()))
    const input = { time, event: x.map(() => 1), covariates: { x } }
    for (const scale of ['rank', 'identity', 'log', 'km'] as const) {
      const test = must(proportionalHazardsTest(input, { scale }))
      expect(test.all.p).toBeLessThan(0.001)
      expect(test.all.chiSquare).toBeCloseTo(first(test.columns).chiSquare, 8)
    }
  })
})

describeReference('Cox regression in R', () => {
  const numbers = z.record(z.string(), z.number())
  const fitSchema = z.object({
    coef: numbers,
    se: numbers,
    loglik: z.tuple([z.number(), z.number()]),
    C: z.number(),
    lr: z.number(),
  })
  const schema = z.object({ efron: fitSchema, breslow: fitSchema })
  const other = z.object({ zph_rank_p: numbers })

  it('coefficients, errors, likelihood, concordance and proportional hazards of rossi', () => {
    const rossi = columnsOf('rossi.csv')
    const names = ['fin', 'age', 'race', 'wexp', 'mar', 'paro', 'prio']
    const input = {
      time: rossi.numbers('week'),
      event: rossi.numbers('arrest'),
      covariates: Object.fromEntries(names.map((name) => [name, rossi.numbers(name)])),
    }
    const reference = schema.parse(expectedOf('rossi_cox'))
    for (const ties of ['efron', 'breslow'] as const) {
      const fit = must(coxRegression(input, { ties }))
      const { coef, se, loglik, C, lr } = reference[ties]
      for (const { name, estimate, standardError } of fit.coefficients) {
        expect(estimate).toBeCloseTo(coef[name] ?? 0, 8)
        expect(standardError).toBeCloseTo(se[name] ?? 0, 8)
      }
      expect(fit.logLikelihood.null).toBeCloseTo(loglik[0], 8)
      expect(fit.logLikelihood.fitted).toBeCloseTo(loglik[1], 8)
      expect(fit.concordance?.value).toBeCloseTo(C, 10)
      expect(fit.tests.likelihoodRatio.chiSquare).toBeCloseTo(lr, 8)
    }
    const { zph_rank_p } = other.parse(expectedOf('rossi_other'))
    const test = must(proportionalHazardsTest(input))
    for (const { name, p } of test.columns) expect(p).toBeCloseTo(zph_rank_p[name] ?? 0, 6)
    expect(test.all.p).toBeCloseTo(zph_rank_p.GLOBAL ?? 0, 6)
  })
})

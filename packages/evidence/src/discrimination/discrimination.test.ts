import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { seededRandom } from '../numeric/random.ts'
import { hasOnlyNumbers, must } from '../testing/must.ts'
import { columnsOf, describeReference, expectedOf } from '../testing/reference.ts'
import { auc, compareAuc } from './auc.ts'
import { equalCountBins, outcomeRateByBin } from './bins.ts'
import { calibration } from './calibration.ts'
import { aucPower, eventsNeeded, smallestDetectableAuc } from './power.ts'
import { averagePrecision, liftByGroup } from './ranking.ts'

const cases = fc.array(fc.record({ score: fc.nat(6), outcome: fc.boolean(), cluster: fc.nat(4) }), {
  maxLength: 40,
})
const split = (rows: readonly { score: number; outcome: boolean }[]) => ({
  score: rows.map((r) => r.score),
  outcome: rows.map((r) => r.outcome),
})
/** 1 for the right order, ½ for equal scores. */
const worth = (event: number, other: number): number =>
  event > other ? 1 : event === other ? 0.5 : 0

describe('auc', () => {
  it('counts pairs as looking at each does', () => {
    fc.assert(
      fc.property(cases, (rows) => {
        const events = rows.filter((r) => r.outcome)
        const others = rows.filter((r) => !r.outcome)
        const answer = auc(split(rows))
        if (events.length === 0 || others.length === 0) {
          expect(answer.known).toBe(false)
          return
        }
        const { value, variance } = must(answer)
        const pairs = events.length * others.length
        const won = events.flatMap((a) => others.map((b) => worth(a.score, b.score)))
        expect(value).toBeCloseTo(won.reduce((a, b) => a + b, 0) / pairs, 12)
        if (events.length < 2 || others.length < 2) {
          expect(variance).toBeNull()
          return
        }
        const spread = (means: number[]) => {
          const mean = means.reduce((a, b) => a + b, 0) / means.length
          const squares = means.reduce((sum, v) => sum + (v - mean) ** 2, 0)
          return squares / (means.length - 1) / means.length
        }
        const mean = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length
        expect(variance).toBeCloseTo(
          spread(events.map((a) => mean(others.map((b) => worth(a.score, b.score))))) +
            spread(others.map((b) => mean(events.map((a) => worth(a.score, b.score))))),
          12,
        )
      }),
    )
  })

  it('is mirrored by turning the score around', () => {
    fc.assert(
      fc.property(cases, (rows) => {
        const up = auc(split(rows))
        const down = auc(split(rows.map((r) => ({ ...r, score: -r.score }))))
        if (!up.known || !down.known) return
        expect(up.value.value + down.value.value).toBeCloseTo(1, 12)
        expect(up.value.variance ?? 0).toBeCloseTo(down.value.variance ?? 0, 12)
      }),
    )
  })

  it('with every row its own cluster is as without clusters, and repeated rows add nothing', () => {
    const random = seededRandom(1)
    const outcome = Array.from({ length: 80 }, (_, i) => i % 3 === 0)
    const score = outcome.map((own) => random.normal() + (own ? 1 : 0))
    const plain = must(auc({ score, outcome }))
    const own = must(auc({ score, outcome, cluster: score.map((_, i) => i) }))
    expect(own.value).toBe(plain.value)
    expect(own.variance).toBeCloseTo(plain.variance ?? 0, 5)
    const twice = must(
      auc({
        score: [...score, ...score],
        outcome: [...outcome, ...outcome],
        cluster: [...score.keys(), ...score.keys()],
      }),
    )
    expect(twice.variance).toBeCloseTo(own.variance ?? 0, 12)
  })

  it('gives no interval where nothing varies, and a reason where nothing can be said', () => {
    expect(auc({ score: [1, 2, 3, 4], outcome: [0, 0, 1, 1] })).toMatchObject({
      value: { value: 1, standardError: 0, interval: null },
    })
    expect(auc({ score: [5, 5, 5, 5], outcome: [0, 0, 1, 1] })).toMatchObject({
      value: { value: 0.5 },
    })
    expect(auc({ score: [1, 2], outcome: [0, 1] })).toMatchObject({
      value: { value: 1, variance: null, interval: null },
    })
    expect(auc({ score: [], outcome: [] })).toMatchObject({ reason: { code: 'no_cases' } })
    expect(auc({ score: [1, 2], outcome: [1, 1] })).toMatchObject({
      reason: { code: 'one_class', numbers: { n: 2, events: 2 } },
    })
    expect(auc({ score: [1, Number.NaN], outcome: [1, 0] })).toMatchObject({
      reason: { code: 'missing_values' },
    })
    expect(() => auc({ score: [1], outcome: [0, 1] })).toThrow('length')
  })

  it('never gives NaN, also with clusters and in pairs', () => {
    fc.assert(
      fc.property(cases, (rows) => {
        const cluster = rows.map((r) => r.cluster)
        expect(hasOnlyNumbers(auc({ ...split(rows), cluster }))).toBe(true)
        const { outcome, score } = split(rows)
        expect(
          hasOnlyNumbers(compareAuc({ first: score, second: cluster, outcome, cluster })),
        ).toBe(true)
        expect(hasOnlyNumbers(compareAuc({ first: score, second: cluster, outcome }))).toBe(true)
      }),
    )
  })

  it('of a score and one in the same order does not differ', () => {
    const random = seededRandom(2)
    const first = Float64Array.from({ length: 50 }, random.normal)
    const outcome = first.map((value) => (value + random.normal() > 0 ? 1 : 0))
    const answer = must(compareAuc({ first, second: first.map(Math.exp), outcome }))
    expect(answer).toMatchObject({ difference: 0, standardError: 0, z: null, p: null })
  })
})

describe('averagePrecision and liftByGroup', () => {
  it('gives the value of the textbook example', () => {
    const input = { score: [0.1, 0.4, 0.35, 0.8], outcome: [0, 0, 1, 1] }
    expect(must(averagePrecision(input)).value).toBeCloseTo(0.8333333333, 9)
    expect(must(averagePrecision({ ...input, score: [1, 1, 1, 1] })).value).toBe(0.5)
  })

  it('shares out equal scores, and captures all events in the end', () => {
    const outcome = Array.from({ length: 40 }, (_, i) => i >= 36)
    const steps = must(liftByGroup({ score: outcome.map(() => 1), outcome }))
    expect(steps.map((s) => s.lift)).toEqual(Array(10).fill(expect.closeTo(1, 12)))
    const perfect = must(liftByGroup({ score: outcome.map(Number), outcome }))
    expect(perfect[0]).toMatchObject({ group: 1, n: 4, events: 4, rate: 1, lift: 10, captured: 1 })
    fc.assert(
      fc.property(cases, fc.integer({ min: 2, max: 7 }), (rows, groups) => {
        const answer = liftByGroup(split(rows), { groups })
        if (!answer.known) return
        const total = answer.value.reduce((sum, s) => sum + s.events, 0)
        expect(total).toBeCloseTo(rows.filter((r) => r.outcome).length, 9)
        expect(answer.value.reduce((sum, s) => sum + s.n, 0)).toBe(rows.length)
        expect(answer.value.at(-1)).toMatchObject({ captured: 1, cumulativeLift: 1 })
        expect(hasOnlyNumbers(answer)).toBe(true)
      }),
    )
  })

  it('says when there are fewer cases than groups', () => {
    expect(liftByGroup({ score: [1, 2], outcome: [0, 1] })).toMatchObject({
      reason: { code: 'too_few_cases', numbers: { n: 2, needed: 10 } },
    })
  })
})

describe('bins', () => {
  it('hold every case once, never split equal values and are of nearly equal size', () => {
    const values = fc.array(fc.nat(8), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 6 }), (list, count) => {
        const bins = equalCountBins(Float64Array.from(list), count)
        expect(bins.length).toBeLessThanOrEqual(count)
        expect(bins.flatMap((bin) => [...bin.rows]).toSorted((a, b) => a - b)).toEqual([
          ...list.keys(),
        ])
        bins.forEach((bin, i) => {
          const next = bins[i + 1]
          if (next) expect(bin.to).toBeLessThan(next.from)
          expect(bin.rows.length).toBeGreaterThan(0)
        })
      }),
    )
    const even = equalCountBins(
      Float64Array.from({ length: 103 }, (_, i) => i),
      10,
    )
    expect(even.map((bin) => bin.rows.length).sort()).toEqual([
      ...Array(7).fill(10),
      ...Array(3).fill(11),
    ])
  })

  it('give the rate of the outcome with its interval', () => {
    const answer = outcomeRateByBin(
      { values: [1, 1, 2, 2, 3, 3], outcome: [1, 1, 1, 0, 0, 0] },
      { bins: 3 },
    )
    expect(must(answer).map((r) => [r.from, r.n, r.events, r.rate.value])).toEqual([
      [1, 2, 2, 1],
      [2, 2, 1, 0.5],
      [3, 2, 0, 0],
    ])
    expect(outcomeRateByBin({ values: [1, 1], outcome: [0, 1] })).toMatchObject({
      reason: { code: 'constant' },
    })
  })
})

describe('calibration', () => {
  const random = seededRandom(3)
  const eta = Float64Array.from({ length: 20_000 }, () => random.normal() - 1)
  const toP = (value: number) => 1 / (1 + Math.exp(-value))
  const outcome = eta.map((value) => (random.uniform() < toP(value) ? 1 : 0))

  it('finds nothing wrong with the true probabilities', () => {
    const found = must(calibration({ probability: eta.map(toP), outcome }))
    expect(must(found.slope).estimate).toBeCloseTo(1, 1)
    expect(must(found.inTheLarge).estimate).toBeCloseTo(0, 1)
    expect(found.observedToExpected).toBeCloseTo(1, 1)
    expect(found.brier).toBeLessThan(found.brierOfBase)
    for (const bin of found.bins) expect(bin.mean).toBeCloseTo(bin.rate.value ?? 0, 1)
  })

  it('finds what is too extreme and what is too low', () => {
    const found = must(calibration({ probability: eta.map((v) => toP(2 * v - 1)), outcome }))
    expect(must(found.slope).estimate).toBeCloseTo(0.5, 1)
    expect(must(found.intercept).estimate).toBeCloseTo(0.5, 1)
    expect(must(found.inTheLarge).estimate).toBeGreaterThan(1)
  })

  it('keeps predictions of 0 and 1 apart', () => {
    const found = must(
      calibration({ probability: [0, 0.2, 0.6, 1, 0.5], outcome: [0, 1, 0, 1, 1] }),
    )
    expect(found.certain).toBe(2)
    const none = must(calibration({ probability: [0, 0, 1, 1], outcome: [0, 1, 0, 1] }))
    expect(none.slope).toMatchObject({ known: false, reason: { code: 'no_cases' } })
    expect(none.inTheLarge).toMatchObject({ known: false })
    expect(() => calibration({ probability: [1.2, 0], outcome: [1, 0] })).toThrow('from 0 to 1')
  })

  it('never gives NaN', () => {
    const row = fc.record({ p: fc.constantFrom(0, 0.1, 0.5, 0.9, 1), outcome: fc.boolean() })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
        const answer = calibration({
          probability: rows.map((r) => r.p),
          outcome: rows.map((r) => r.outcome),
        })
        expect(hasOnlyNumbers(answer)).toBe(true)
      }),
    )
  })
})

describe('power', () => {
  it('says what so many cases would have shown', () => {
    const few = must(smallestDetectableAuc({ events: 10, nonEvents: 100 }))
    const many = must(smallestDetectableAuc({ events: 500, nonEvents: 5_000 }))
    expect(few).toBeGreaterThan(0.7)
    expect(many).toBeLessThan(0.55)
    expect(aucPower({ value: few, events: 10, nonEvents: 100 })).toBeCloseTo(0.8, 6)
    expect(smallestDetectableAuc({ events: 1, nonEvents: 3 })).toMatchObject({
      reason: { code: 'no_power' },
    })
    expect(smallestDetectableAuc({ events: 0, nonEvents: 3 })).toMatchObject({
      reason: { code: 'no_events' },
    })
  })

  it('asks for enough events and no more', () => {
    const needed = must(eventsNeeded({ value: 0.65, share: 0.1 }))
    const power = (events: number) => aucPower({ value: 0.65, events, nonEvents: 9 * events })
    expect(power(needed)).toBeGreaterThanOrEqual(0.8)
    expect(power(needed - 1)).toBeLessThan(0.8)
  })

  it('is what simulation shows', () => {
    const random = seededRandom(4)
    // Normal scores √2·Φ⁻¹(0.7) apart have an AUC of 0.7.
    const apart = Math.SQRT2 * 0.5244005127080407
    const outcome = Array.from({ length: 150 }, (_, i) => i < 30)
    let seen = 0
    for (let run = 0; run < 400; run++) {
      const score = outcome.map((own) => random.normal() + (own ? apart : 0))
      const { interval } = must(auc({ score, outcome }))
      if (interval && interval.low > 0.5) seen += 1
    }
    const expected = aucPower({ value: 0.7, events: 30, nonEvents: 120 })
    expect(Math.abs(seen / 400 - expected)).toBeLessThan(0.06)
  })
})

describeReference('discrimination in R (pROC)', () => {
  const area = z.object({
    auc: z.number(),
    ci95: z.tuple([z.number(), z.number()]),
    var: z.number(),
  })
  const paired = z.object({ Z: z.number(), p: z.number() })
  const schema = z.object({
    s100b: area,
    ndka: area,
    wfns: area,
    test_wfns_s100b: paired,
    test_ndka_s100b: paired,
    cov_wfns_s100b: z.number(),
  })

  it('areas, variances, intervals and paired tests of aSAH', () => {
    const data = columnsOf('aSAH.csv')
    const reference = schema.parse(expectedOf('aSAH'))
    const outcome = data.text('outcome').map((text) => text === 'Poor')
    for (const name of ['s100b', 'ndka', 'wfns'] as const) {
      const found = must(auc({ score: data.numbers(name), outcome }))
      expect(found.value).toBeCloseTo(reference[name].auc, 10)
      expect(found.variance).toBeCloseTo(reference[name].var, 10)
      expect(found.interval?.low).toBeCloseTo(reference[name].ci95[0], 9)
      expect(found.interval?.high).toBeCloseTo(reference[name].ci95[1], 9)
    }
    const compare = (first: string, second: string) =>
      must(compareAuc({ first: data.numbers(first), second: data.numbers(second), outcome }))
    const wfns = compare('wfns', 's100b')
    expect(wfns.z).toBeCloseTo(reference.test_wfns_s100b.Z, 8)
    expect(wfns.p).toBeCloseTo(reference.test_wfns_s100b.p, 8)
    expect(wfns.covariance).toBeCloseTo(reference.cov_wfns_s100b, 10)
    const ndka = compare('ndka', 's100b')
    expect(ndka.z).toBeCloseTo(reference.test_ndka_s100b.Z, 8)
    expect(ndka.p).toBeCloseTo(reference.test_ndka_s100b.p, 8)
  })
})

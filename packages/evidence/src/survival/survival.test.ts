import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { seededRandom } from '../numeric/random.ts'
import { must } from '../testing/must.ts'
import { columnsOf, describeReference, expectedOf } from '../testing/reference.ts'
import { kaplanMeier, restrictedMean, survivalAt, survivalQuantile } from './kaplan-meier.ts'
import { logRank } from './log-rank.ts'

/** Weeks of remission of 42 leukaemia patients (E. J. Freireich et al., Blood 21, 1963); + = censored. */
const treated = '6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+'
const placebo = '1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23'
const parse = (text: string) => ({
  time: text.split(' ').map((cell) => Number.parseInt(cell, 10)),
  event: text.split(' ').map((cell) => !cell.endsWith('+')),
})
const curveOf = (spans: Parameters<typeof kaplanMeier>[0]) => must(kaplanMeier(spans))

describe('kaplanMeier', () => {
  it('gives the textbook curve of 6-MP', () => {
    const curve = curveOf(parse(treated))
    const at = (time: number) => must(survivalAt(curve, time))
    // Kalbfleisch and Prentice, table 1.2; Greenwood's errors as in Klein and Moeschberger, table 4.1.
    expect(at(5)).toEqual({ survival: 1, standardError: 0, interval: null })
    expect(at(6).survival).toBeCloseTo(0.857, 3)
    expect(at(6).standardError).toBeCloseTo(0.0764, 4)
    expect(at(12).survival).toBeCloseTo(0.753, 3)
    expect(at(22.5).survival).toBeCloseTo(0.538, 3)
    expect(at(35).standardError).toBeCloseTo(0.1346, 4)
    expect(curve.median).toBe(23)
    expect(curve.medianInterval).toEqual({ low: 13, high: null })
    expect(curveOf(parse(placebo)).median).toBe(8)
  })

  it('knows nothing beyond the last observation, unless the curve has ended', () => {
    const curve = curveOf(parse(treated))
    expect(survivalAt(curve, 36)).toMatchObject({ reason: { code: 'beyond_follow_up' } })
    expect(survivalAt(curveOf(parse(placebo)), 36)).toMatchObject({ value: { survival: 0 } })
  })

  it('gives the restricted mean of the textbook', () => {
    // Klein and Moeschberger, example 4.1 (continued): 23.29 weeks, standard error 2.83, until 35.
    const mean = must(restrictedMean(curveOf(parse(treated)), 35))
    expect(mean.value).toBeCloseTo(23.287, 3)
    expect(mean.standardError).toBeCloseTo(2.827, 2)
    expect(restrictedMean(curveOf(parse(treated)), 36)).toMatchObject({
      reason: { code: 'beyond_follow_up', numbers: { at: 36, last: 35 } },
    })
  })

  it('is the plain share and the plain mean when nothing is censored', () => {
    const times = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(times, (time) => {
        const curve = curveOf({ time, event: time.map(() => 1) })
        for (const step of curve.steps) {
          const left = time.filter((t) => t > step.time).length
          expect(step.survival).toBeCloseTo(left / time.length, 12)
        }
        const mean = must(restrictedMean(curve, 20))
        expect(mean.value).toBeCloseTo(time.reduce((a, b) => a + b, 0) / time.length, 10)
        const sorted = time.toSorted((a, b) => a - b)
        const half = sorted.length / 2
        const median = ((sorted[Math.ceil(half) - 1] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2
        expect(survivalQuantile(curve, 0.5).value).toBeCloseTo(median, 12)
      }),
    )
  })

  it('counts a late entry at risk only after it came', () => {
    const curve = curveOf({ time: [4, 5, 6], event: [1, 1, 0], entry: [0, 4, 1] })
    expect(curve.steps.map((step) => [step.time, step.atRisk, step.survival])).toEqual([
      [4, 2, 0.5], // the second came at 4 and is at risk after it
      [5, 2, 0.25],
      [6, 1, 0.25],
    ])
  })

  it('falls, stays in [0, 1] and holds its intervals, whatever comes', () => {
    const spans = fc.array(
      fc.record({ entry: fc.nat(5), length: fc.integer({ min: 1, max: 8 }), event: fc.boolean() }),
      { minLength: 1, maxLength: 40 },
    )
    fc.assert(
      fc.property(spans, (rows) => {
        const curve = curveOf({
          entry: rows.map((r) => r.entry),
          time: rows.map((r) => r.entry + r.length),
          event: rows.map((r) => r.event),
        })
        let before = 1
        for (const { survival, interval, standardError } of curve.steps) {
          expect(survival).toBeLessThanOrEqual(before)
          expect(survival).toBeGreaterThanOrEqual(0)
          if (standardError !== null) expect(standardError).toBeGreaterThanOrEqual(0)
          if (interval) {
            expect(interval.low).toBeLessThanOrEqual(survival + 1e-12)
            expect(interval.high).toBeGreaterThanOrEqual(survival - 1e-12)
          }
          before = survival
        }
      }),
    )
  })

  it('stays 1 without events, and says why there is no curve', () => {
    expect(curveOf({ time: [3, 9], event: [0, 0] })).toMatchObject({
      events: 0,
      median: null,
      medianInterval: { low: null, high: null },
      steps: [{ survival: 1 }, { survival: 1 }],
    })
    expect(kaplanMeier({ time: [], event: [] })).toMatchObject({ reason: { code: 'no_cases' } })
    expect(kaplanMeier({ time: [1, Number.NaN], event: [1, 1] })).toMatchObject({
      reason: { code: 'missing_values', numbers: { missing: 1, n: 2 } },
    })
    expect(() => kaplanMeier({ time: [1], event: [1], entry: [1] })).toThrow('end after')
    expect(() => kaplanMeier({ time: [1], event: [2] })).toThrow('0 or 1')
    expect(() => kaplanMeier({ time: [1], event: [] })).toThrow('length')
  })

  it('takes many rows', () => {
    const random = seededRandom(1)
    const time = Float64Array.from({ length: 100_000 }, random.exponential)
    const curve = curveOf({ time, event: time.map((_, i) => i % 2) })
    expect(curve.median).toBeCloseTo(2 * Math.log(2), 1)
  })
})

describe('logRank', () => {
  const both = {
    time: [...parse(treated).time, ...parse(placebo).time],
    event: [...parse(treated).event, ...parse(placebo).event],
    group: [...Array(21).fill('6-MP'), ...Array(21).fill('placebo')],
  }
  it('gives the textbook test of 6-MP', () => {
    const test = must(logRank(both))
    expect(test.chiSquare).toBeCloseTo(16.793, 3) // Kalbfleisch and Prentice, § 1.5
    expect(test.df).toBe(1)
    expect(test.groups.map((g) => [g.observed, Number(g.expected.toFixed(2))])).toEqual([
      [9, 19.25],
      [21, 10.75],
    ])
  })

  it('does not care for the order of rows or the names of groups', () => {
    const random = seededRandom(3)
    const order = random.permutation(42)
    const shuffled = {
      time: order.map((i) => both.time[i] ?? 0),
      event: order.map((i) => both.event[i] ?? false),
      group: order.map((i) => (both.group[i] === 'placebo' ? 'a' : 'b')),
    }
    const [a, b] = [logRank(both), logRank(shuffled)].map((test) => must(test))
    expect(a?.chiSquare).toBeCloseTo(b?.chiSquare ?? 0, 10)
  })

  it.each([
    [{ time: [1, 2], event: [1, 1], group: ['a', 'a'] }, 'one_group'],
    [{ time: [1, 2], event: [0, 0], group: ['a', 'b'] }, 'no_events'],
    [{ time: [1, 2], event: [0, 1], group: ['a', 'b'] }, 'too_few_events'],
    [{ time: [], event: [], group: [] }, 'no_cases'],
  ])('says why there is no test: %j', (input, code) => {
    expect(logRank(input)).toMatchObject({ known: false, reason: { code } })
  })

  it('never gives NaN', () => {
    const row = fc.record({ time: fc.nat(4), event: fc.boolean(), group: fc.nat(3) })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
        const test = logRank({
          time: rows.map((r) => r.time),
          event: rows.map((r) => r.event),
          group: rows.map((r) => r.group),
        })
        if (test.known) expect(test.value.p).toBeGreaterThanOrEqual(0)
        if (test.known) expect(test.value.chiSquare).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

describeReference('survival in R', () => {
  const point = z.object({
    t: z.number(),
    S: z.number(),
    se: z.number().optional(),
    lo: z.number().optional(),
    hi: z.number().optional(),
  })
  const test = z.object({ chisq: z.number(), p: z.number().optional() })
  const expected = z.object({ km: z.array(point), logrank_fin: test })
  const waltonsExpected = z.object({
    km: z.array(point),
    logrank: test,
    median: z.number(),
    median_by_group: z.record(z.string(), z.number()),
  })

  it('Kaplan–Meier and log-rank of rossi', () => {
    const rossi = columnsOf('rossi.csv')
    const reference = expected.parse(expectedOf('rossi_other'))
    const spans = { time: rossi.numbers('week'), event: rossi.numbers('arrest') }
    const curve = curveOf(spans)
    for (const { t, S, se } of reference.km) {
      const at = must(survivalAt(curve, t))
      expect(at.survival).toBeCloseTo(S, 10)
      expect(at.standardError).toBeCloseTo(se ?? 0, 10)
    }
    const fin = must(logRank({ ...spans, group: rossi.text('fin') }))
    expect(fin.chiSquare).toBeCloseTo(reference.logrank_fin.chisq, 9)
    expect(fin.p).toBeCloseTo(reference.logrank_fin.p ?? 0, 9)
  })

  it('intervals, medians and log-rank of waltons', () => {
    const waltons = columnsOf('waltons.csv')
    const reference = waltonsExpected.parse(expectedOf('waltons'))
    const spans = { time: waltons.numbers('T'), event: waltons.numbers('E') }
    const group = waltons.text('group')
    const curve = curveOf(spans)
    expect(curve.median).toBe(reference.median)
    for (const { t, S, lo, hi } of reference.km) {
      const at = must(survivalAt(curve, t))
      expect(at.survival).toBeCloseTo(S, 10)
      expect(at.interval?.low).toBeCloseTo(lo ?? 0, 10)
      expect(at.interval?.high).toBeCloseTo(hi ?? 0, 10)
    }
    const { chiSquare } = must(logRank({ ...spans, group }))
    expect(chiSquare).toBeCloseTo(reference.logrank.chisq, 6)
    for (const [name, median] of Object.entries(reference.median_by_group)) {
      const isIn = group.map((g) => `group=${g}` === name)
      const own = curveOf({
        time: spans.time.filter((_, i) => isIn[i]),
        event: spans.event.filter((_, i) => isIn[i]),
      })
      expect(own.median).toBe(median)
    }
  })
})

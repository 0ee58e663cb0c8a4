/** Kaplan–Meier in the engine's SQL, against examples worked out by hand. */

import { kaplanMeier, restrictedMean } from '@tomoshibi/evidence/survival/kaplan-meier'
import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { restrictedMeanSurvival, spansEnded, survivalMedian } from '@tomoshibi/metrics/sql/survival'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'

let facts: TestFacts
beforeAll(async () => {
  facts = await startTestFacts()
})
afterAll(() => facts.stop())

type Span = readonly [duration: number, ended: 0 | 1]

const statisticOf = async (expression: string, spans: readonly Span[]) => {
  const sql = `SELECT ${expression} AS value
    FROM (SELECT arrayZip({durations:Array(Float64)}, {ended:Array(UInt8)}) AS spans)`
  const params = { durations: spans.map(([t]) => t), ended: spans.map(([, ended]) => ended) }
  const schema = z.object({ value: z.coerce.number().nullable() })
  const [row] = await facts.store.query({ sql, params }, schema)
  return row?.value
}
const median = (spans: readonly Span[]) => statisticOf(survivalMedian('spans'), spans)
const mean = (spans: readonly Span[], horizon?: number) =>
  statisticOf(restrictedMeanSurvival('spans', horizon), spans)

/**
 * Weeks in remission under 6-MP, the example of Freireich et al. (1963) in every textbook: S falls at
 * 6, 7, 10, 13, 16, 22 and 23 weeks to 0.857, 0.807, 0.753, 0.690, 0.627, 0.538 and 0.448.
 */
const remission: Span[] = [
  ...([6, 6, 6, 7, 10, 13, 16, 22, 23] as const).map((t): Span => [t, 1]),
  ...([6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35] as const).map((t): Span => [t, 0]),
]

describe('the median', () => {
  it('is the time at which half are left, in the middle where it is half for a while', async () => {
    expect(await median(remission)).toBe(23)
    // 3/4 × 2/3 is one half, whatever the rounding.
    expect(await median([4, 1, 3, 2].map((t): Span => [t, 1]))).toBe(2.5)
    expect(
      await median([
        [1, 1],
        [5, 0],
      ]),
    ).toBe(1)
  })
  it('has no value while more than half are left, or without cases', async () => {
    expect(
      await median([
        [1, 1],
        [5, 0],
        [5, 0],
      ]),
    ).toBeNull()
    expect(await median([])).toBeNull()
  })
  it('counts a case that is left at the time of an end as there', async () => {
    // At 5: one of three ends (S = 2/3), and then one of one (S = 0).
    const spans: Span[] = [
      [5, 0],
      [5, 1],
      [9, 1],
    ]
    expect(await median(spans)).toBe(9)
    expect(await statisticOf(spansEnded('spans'), spans)).toBe(2)
  })
})

describe('the restricted mean', () => {
  it('is the area under the curve up to the horizon, or to the longest case', async () => {
    // S: 1 to 2, 3/4 to 4, 3/8 to 6.
    const spans: Span[] = [
      [2, 1],
      [3, 0],
      [4, 1],
      [6, 0],
    ]
    expect(await mean(spans)).toBeCloseTo(2 + 1.5 + 0.75, 12)
    expect(await mean(spans, 5)).toBeCloseTo(2 + 1.5 + 0.375, 12)
    expect(await mean(spans, 1)).toBeCloseTo(1, 12)
    expect(await mean(spans, 60)).toBeCloseTo(4.25, 12)
    expect(await mean([])).toBeNull()
  })
  it('is the plain mean when all ended', async () => {
    expect(await mean([7, 1, 4, 4].map((t): Span => [t, 1]))).toBeCloseTo(4, 12)
  })
  it('of the textbook example is the sum of its steps', async () => {
    const s = [6 / 7, 0.80672, 0.75294, 0.6902, 0.62745, 0.53782, 0.44818] as const
    const widths = [1, 3, 3, 3, 6, 1, 12]
    const area = s.reduce((sum, left, k) => sum + left * (widths[k] ?? 0), 6)
    expect(await mean(remission)).toBeCloseTo(area, 3)
  })
  it('holds for a hundred thousand cases', async () => {
    const sql = `SELECT ${survivalMedian('spans')} AS median, ${restrictedMeanSurvival('spans', undefined)} AS mean
      FROM (SELECT arrayMap(k -> tuple(toFloat64(k), toUInt8(1)), range(1, 100001)) AS spans)`
    const row = z.object({ median: z.coerce.number(), mean: z.coerce.number() })
    const [value] = await facts.store.query({ sql, params: {} }, row)
    expect(value?.median).toBe(50_000.5)
    expect(value?.mean).toBeCloseTo(50_000.5, 4)
  })
})

it('both are those of the evidence package, for any spans', async () => {
  const spanOf = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.constantFrom(0 as const, 1 as const))
  const some = fc.sample(fc.array(spanOf, { minLength: 1, maxLength: 60 }), 40)
  for (const spans of some) {
    const curve = kaplanMeier({
      time: spans.map(([time]) => time),
      event: spans.map(([, ended]) => ended),
    })
    const longest = Math.max(...spans.map(([time]) => time))
    if (!curve.known) throw new Error('no curve')
    const area = restrictedMean(curve.value, longest)
    if (!area.known) throw new Error('no mean')
    expect(await median(spans)).toBe(curve.value.median)
    expect(await mean(spans)).toBeCloseTo(area.value.value, 9)
  }
})

import { type Answer, known, unknown } from '../answer.ts'
import { type Flags, type Numbers, readFlags, readNumbers, rowCount } from '../columns.ts'
import { normalUpper } from '../numeric/distributions.ts'
import { seededRandom } from '../numeric/random.ts'
import { median } from '../quantile.ts'
import { decompose } from './decompose.ts'

export interface Outlier {
  /** The place in the series, from 0. */
  readonly at: number
  readonly value: number
  /** What trend and season would have had there. */
  readonly expected: number
  /** Distance from that in robust standard deviations; signed. */
  readonly score: number
}

export interface OutlierReport {
  readonly outliers: readonly Outlier[]
  /** A robust standard deviation of what trend and season do not take up. */
  readonly scale: number
  /** Points that were judged; holidays and missing values are not. */
  readonly judged: number
  /** How many of them chance alone would mark in a normal series. */
  readonly byChance: number
  /** Whether a season was taken off; false where the series is too short for it. */
  readonly seasonal: boolean
}

/**
 * Points that stick out from trend and season by more than the rest of the series would explain.
 * Holidays are given: they are neither marked nor allowed to widen what counts as usual.
 *
 * Sources: B. Iglewicz and D. Hoaglin, How to Detect and Handle Outliers (1993) (MAD, 3.5); `decompose`.
 * @param options.period points in a season, such as 7; without it the median is what is expected.
 * @param options.limit robust standard deviations; default 3.5.
 * @returns `too_few_cases` below 8 points, `constant` when there is no spread to hold a point against.
 */
export function outliers(
  input: { values: Numbers; holiday?: Flags },
  options: { period?: number; limit?: number } = {},
): Answer<OutlierReport> {
  const { period, limit = 3.5 } = options
  const values = readNumbers(input.values)
  const holiday = input.holiday
    ? readFlags('holiday', input.holiday)
    : new Float64Array(values.length)
  const n = rowCount([values, holiday])
  const usable = [...values.keys()].filter((i) => !Number.isNaN(values[i]) && holiday[i] !== 1)
  if (usable.length < 8) return unknown('too_few_cases', { n: usable.length, needed: 8 })
  const parts =
    period === undefined ? null : decompose({ values, ignored: holiday }, smoothing(period))
  const seasonal = parts?.known === true
  const middle = median(usable.map((i) => values[i] ?? 0)) ?? 0
  const expected = Float64Array.from({ length: n }, (_, i) =>
    parts?.known ? (parts.value.trend[i] ?? 0) + (parts.value.seasonal[i] ?? 0) : middle,
  )
  const away = usable.map((i) => (values[i] ?? 0) - (expected[i] ?? 0))
  const left = robustScale(away, middle)
  if (left === null) return unknown('constant', { n: usable.length })
  const scale =
    period !== undefined && seasonal ? left / shareOfNoiseLeft(values, holiday, period) : left
  const found = usable.flatMap((at, k): Outlier[] => {
    const score = (away[k] ?? 0) / scale
    if (Math.abs(score) <= limit) return []
    return [{ at, value: values[at] ?? 0, expected: expected[at] ?? 0, score }]
  })
  return known({
    outliers: found,
    scale,
    judged: usable.length,
    byChance: usable.length * 2 * normalUpper(limit),
    seasonal,
  })
}

/** Smooth enough that a single point hardly moves what is expected of it. */
const smoothing = (period: number) => ({
  period,
  seasonalWindow: 35,
  trendWindow: 2 * Math.floor(1.5 * period) + 1,
  robustRounds: 2,
})

/**
 * What trend and season leave of pure noise of spread 1, found by taking some apart in the same way:
 * they follow the noise a little, and what is left would look too quiet.
 */
function shareOfNoiseLeft(values: Float64Array, holiday: Float64Array, period: number): number {
  const random = seededRandom(1)
  const runs = Math.min(8, Math.ceil(1_000 / values.length))
  const left: number[] = []
  for (let run = 0; run < runs; run++) {
    const noise = values.map((value) => {
      const drawn = random.normal()
      return Number.isNaN(value) ? value : drawn
    })
    const parts = decompose({ values: noise, ignored: holiday }, smoothing(period))
    if (!parts.known) continue
    parts.value.rest.forEach((rest, i) => {
      if (!Number.isNaN(rest) && holiday[i] !== 1) left.push(rest)
    })
  }
  return robustScale(left, 0) ?? 1
}

/** 1.4826·MAD; where more than half lie on one value, 1.2533 mean distances (Iglewicz and Hoaglin). */
function robustScale(away: readonly number[], level: number): number | null {
  const centre = median(away) ?? 0
  const distances = away.map((value) => Math.abs(value - centre))
  // Below rounding errors of the level there is nothing to see.
  const floor = 1e-9 * Math.abs(level)
  const mad = 1.482602218505602 * (median(distances) ?? 0)
  if (mad > floor) return mad
  const mean = (1.2533141373155 * distances.reduce((sum, d) => sum + d, 0)) / distances.length
  return mean > floor ? mean : null
}

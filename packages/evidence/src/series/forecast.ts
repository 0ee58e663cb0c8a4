import { type Answer, known, unknown } from '../answer.ts'
import { type Numbers, readNumbers, whyUnusable } from '../columns.ts'
import { EvidenceError } from '../error.ts'
import { tQuantile } from '../numeric/distributions.ts'

export interface Forecast {
  readonly value: number
  readonly low: number
  readonly high: number
  /** Mean change from one point to the next, on the scale of the values. */
  readonly drift: number
  /** Changes that it rests on. */
  readonly n: number
}

/** What the values of a series cannot leave; a side that is left out has no end. */
export interface Range {
  readonly low?: number | undefined
  readonly high?: number | undefined
}

/** With fewer changes their spread is a guess itself. */
const fewestChanges = 6

/**
 * Where a series goes if it goes on as it did: a random walk with drift. The interval holds what single
 * steps vary by and how well the drift is known, se = s·√(h + h²/n), with Student's t at n − 1.
 *
 * Source: R. Hyndman and G. Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 5.2 (drift
 * method), with the sample deviation of the changes about their mean.
 * Between two bounds it walks on the logit scale, so that neither forecast nor interval leaves them, and
 * steps grow smaller towards a bound; the forecast is then the median. Where a value lies on a bound, all are
 * first drawn in by half a case of the series (Smithson and Verkuilen 2006, "A better lemon squeezer?") and drawn
 * out again after. With one bound, forecast and interval are cut at it: no truth lies beyond it that
 * the interval could lose.
 *
 * @param input.values the series at equal steps, oldest first
 * @param input.ahead steps after the last point; may be a fraction
 * @param input.range what the values cannot leave; it is not used where one of them did
 * @returns no value with fewer than 6 changes
 */
export function forecastWithDrift(
  input: { values: Numbers; ahead: number; range?: Range },
  options: { confidence?: number } = {},
): Answer<Forecast> {
  const { confidence = 0.95 } = options
  const { ahead } = input
  if (!(ahead >= 0 && Number.isFinite(ahead)) || !(confidence > 0 && confidence < 1)) {
    throw new EvidenceError('Steps ahead from 0 and a confidence between 0 and 1 are needed', {
      ahead,
      confidence,
    })
  }
  const read = readNumbers(input.values)
  const reason = whyUnusable([read])
  if (reason) return { known: false, reason }
  const values = [...read]
  const scale = scaleOf(values, input.range ?? {})
  const walk = values.map(scale.to)
  const changes = walk.slice(1).map((value, k) => value - (walk[k] ?? value))
  const n = changes.length
  const last = walk.at(-1)
  if (n < fewestChanges || last === undefined) {
    return unknown('too_few_cases', { n, needed: fewestChanges })
  }
  const drift = (last - (walk[0] ?? last)) / n
  const variance = changes.reduce((sum, change) => sum + (change - drift) ** 2, 0) / (n - 1)
  const value = last + ahead * drift
  const half =
    tQuantile((1 + confidence) / 2, n - 1) * Math.sqrt(variance * (ahead + ahead ** 2 / n))
  return known({
    value: scale.from(value),
    low: scale.from(value - half),
    high: scale.from(value + half),
    drift: ((values.at(-1) ?? 0) - (values[0] ?? 0)) / n,
    n,
  })
}

/** A rising function and the one that takes it back. */
interface Scale {
  readonly to: (value: number) => number
  readonly from: (value: number) => number
}

function scaleOf(values: readonly number[], { low = -Infinity, high = Infinity }: Range): Scale {
  if (values.some((value) => value < low || value > high)) return { to: same, from: same }
  const held = (value: number) => Math.min(high, Math.max(low, value))
  if (!Number.isFinite(low) || !Number.isFinite(high)) return { to: same, from: held }
  const width = high - low
  const size = values.length
  const isDrawn = values.some((value) => value === low || value === high)
  const drawIn = (share: number) => (isDrawn ? (share * (size - 1) + 0.5) / size : share)
  const drawOut = (share: number) => (isDrawn ? (share * size - 0.5) / (size - 1) : share)
  return {
    to: (value) => {
      const share = drawIn((value - low) / width)
      return Math.log(share / (1 - share))
    },
    from: (value) => held(low + width * drawOut(1 / (1 + Math.exp(-value)))),
  }
}

const same = (value: number): number => value

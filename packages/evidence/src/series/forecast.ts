import { type Answer, known, unknown } from '../answer.ts'
import { type Numbers, readNumbers, whyUnusable } from '../columns.ts'
import { EvidenceError } from '../error.ts'
import { tQuantile } from '../numeric/distributions.ts'

export interface Forecast {
  readonly value: number
  readonly low: number
  readonly high: number
  /** Mean change from one point to the next. */
  readonly drift: number
  /** Changes that it rests on. */
  readonly n: number
}

/** With fewer changes their spread is a guess itself. */
const fewestChanges = 6

/**
 * Where a series goes if it goes on as it did: a random walk with drift. The interval holds what single
 * steps vary by and how well the drift is known, se = s·√(h + h²/n), with Student's t at n − 1.
 *
 * Source: R. Hyndman and G. Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 5.2 (drift
 * method), with the sample deviation of the changes about their mean.
 * @param input.values the series at equal steps, oldest first
 * @param input.ahead steps after the last point; may be a fraction
 * @returns no value with fewer than 6 changes
 */
export function forecastWithDrift(
  input: { values: Numbers; ahead: number },
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
  const changes = values.slice(1).map((value, k) => value - (values[k] ?? value))
  const n = changes.length
  const last = values.at(-1)
  if (n < fewestChanges || last === undefined) {
    return unknown('too_few_cases', { n, needed: fewestChanges })
  }
  const drift = (last - (values[0] ?? last)) / n
  const variance = changes.reduce((sum, change) => sum + (change - drift) ** 2, 0) / (n - 1)
  const value = last + ahead * drift
  const half =
    tQuantile((1 + confidence) / 2, n - 1) * Math.sqrt(variance * (ahead + ahead ** 2 / n))
  return known({ value, low: value - half, high: value + half, drift, n })
}

import { type Answer, known, unknown } from '../answer.ts'
import { checkedConfidence, normalReach } from '../confidence.ts'
import { EvidenceError } from '../error.ts'
import type { Interval } from '../proportion.ts'
import { type Moment, moments, readSpans, type Spans } from './spans.ts'

export interface SurvivalStep extends Moment {
  /** The share still without the outcome after this time. */
  readonly survival: number
  /** Greenwood's; null where the share is 0, which leaves nobody to vary. */
  readonly standardError: number | null
  /** On the log(−log) scale; null before the first event and where the share is 0. */
  readonly interval: Interval | null
}

export interface SurvivalCurve {
  readonly n: number
  readonly events: number
  /** The confidence of the intervals, such as 0.95. */
  readonly confidence: number
  /** One for each time at which a span ended, ascending; the share holds from it to the next. */
  readonly steps: readonly SurvivalStep[]
  /** The time at which half have had the outcome; null while more than half have not. */
  readonly median: number | null
  /** null on a side that was not reached. */
  readonly medianInterval: { readonly low: number | null; readonly high: number | null }
}

/**
 * The share of cases without the outcome over time, from spans of which many are still running.
 *
 * Sources: E. L. Kaplan and P. Meier, JASA 53 (1958), 457–481; M. Greenwood's variance (1926);
 * log(−log) intervals after J. D. Kalbfleisch and R. L. Prentice, The Statistical Analysis of Failure
 * Time Data, § 1.4; the median's interval after R. Brookmeyer and J. Crowley, Biometrics 38 (1982), 29–41.
 * Equal to R's `survfit(conf.type = "log-log")`.
 * @returns a reason when there are no rows or values are missing. Without any event the curve stays 1.
 */
export function kaplanMeier(
  input: Spans,
  options: { confidence?: number } = {},
): Answer<SurvivalCurve> {
  const confidence = checkedConfidence(options.confidence)
  const read = readSpans(input)
  if (!read.ok) return { known: false, reason: read.reason }
  const z = normalReach(confidence)
  let survival = 1
  let greenwood = 0
  const steps = moments(read.spans).map((moment): SurvivalStep => {
    const { time, atRisk, events, censored } = moment
    if (events > 0) {
      // With late entries the curve can reach 0 while others are still to come; it stays there.
      survival *= (atRisk - events) / atRisk
      greenwood += atRisk > events ? events / (atRisk * (atRisk - events)) : 0
    }
    const standardError = survival > 0 ? survival * Math.sqrt(greenwood) : null
    const interval = logLogInterval(survival, greenwood, z)
    return { time, atRisk, events, censored, survival, standardError, interval }
  })
  return known({
    n: read.spans.n,
    events: read.spans.events,
    confidence,
    steps,
    median: crossing(steps, (step) => step.survival, 0.5),
    medianInterval: {
      low: crossing(steps, (step) => step.interval?.low ?? step.survival, 0.5),
      high: crossing(steps, (step) => step.interval?.high ?? step.survival, 0.5),
    },
  })
}

function logLogInterval(survival: number, greenwood: number, z: number): Interval | null {
  if (survival <= 0 || survival === 1) return null
  const half = (z * Math.sqrt(greenwood)) / Math.abs(Math.log(survival))
  return { low: survival ** Math.exp(half), high: survival ** Math.exp(-half) }
}

/**
 * The time at which a share of cases have had the outcome: the quantile p of the times to it, with the
 * curve's own interval. A curve that runs level at exactly 1 − p gives the middle of that stretch, as
 * the median of an even number of values does.
 * @returns null for what the curve does not reach.
 */
export function survivalQuantile(
  curve: SurvivalCurve,
  p: number,
): { value: number | null; low: number | null; high: number | null } {
  if (!(p > 0 && p < 1)) throw new EvidenceError('p must be between 0 and 1', { p })
  return {
    value: crossing(curve.steps, (step) => step.survival, 1 - p),
    low: crossing(curve.steps, (step) => step.interval?.low ?? step.survival, 1 - p),
    high: crossing(curve.steps, (step) => step.interval?.high ?? step.survival, 1 - p),
  }
}

function crossing(
  steps: readonly SurvivalStep[],
  height: (step: SurvivalStep) => number,
  level: number,
): number | null {
  // Shares are products of fractions: what is 0.5 on paper misses it by a few units in the last place.
  const slack = 1e-10
  const at = steps.findIndex((step) => height(step) <= level + slack)
  const step = steps[at]
  if (step === undefined) return null
  if (height(step) < level - slack) return step.time
  const next = steps.slice(at + 1).find((later) => height(later) < level - slack)
  return next === undefined ? step.time : (step.time + next.time) / 2
}

/**
 * The share without the outcome at a time, as the curve had it then.
 * @returns a reason when the time lies beyond the last observation of a curve that has not ended at 0.
 */
export function survivalAt(
  curve: SurvivalCurve,
  time: number,
): Answer<{ survival: number; standardError: number | null; interval: Interval | null }> {
  const last = curve.steps.at(-1)
  if (last && time > last.time && last.survival > 0) {
    return unknown('beyond_follow_up', { at: time, last: last.time })
  }
  const step = curve.steps[upTo(curve.steps, time) - 1]
  if (!step) return known({ survival: 1, standardError: 0, interval: null })
  return known({
    survival: step.survival,
    standardError: step.standardError,
    interval: step.interval,
  })
}

function upTo(steps: readonly SurvivalStep[], time: number): number {
  let low = 0
  let high = steps.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((steps[middle]?.time ?? Infinity) <= time) low = middle + 1
    else high = middle
  }
  return low
}

export interface RestrictedMean {
  /** The mean time without the outcome within the first `until`. */
  readonly value: number
  readonly standardError: number
  readonly interval: Interval
  readonly until: number
}

/**
 * The mean time without the outcome within [0, until]: the area under the curve.
 *
 * Source: Klein and Moeschberger, Survival Analysis, 2nd ed., § 4.5 (formulas 4.5.1 and 4.5.2).
 * @returns a reason when the curve is not known up to `until`.
 */
export function restrictedMean(curve: SurvivalCurve, until: number): Answer<RestrictedMean> {
  if (!(until > 0 && until < Infinity)) {
    throw new EvidenceError('The end of a restricted mean must be above 0', { until })
  }
  const last = curve.steps.at(-1)
  if (last && until > last.time && last.survival > 0) {
    return unknown('beyond_follow_up', { at: until, last: last.time })
  }
  const within = curve.steps.slice(0, upTo(curve.steps, until))
  let area = 0
  let variance = 0
  // From the end, so that `area` is what is left after each step.
  for (let i = within.length - 1; i >= 0; i--) {
    const step = within[i]
    if (!step) continue
    area += step.survival * ((within[i + 1]?.time ?? until) - step.time)
    const { atRisk, events } = step
    if (events > 0 && atRisk > events)
      variance += (area * area * events) / (atRisk * (atRisk - events))
  }
  const value = area + (within[0]?.time ?? until)
  const standardError = Math.sqrt(variance)
  const half = normalReach(curve.confidence) * standardError
  return known({
    value,
    standardError,
    interval: { low: Math.max(0, value - half), high: Math.min(until, value + half) },
    until,
  })
}

import { type Answer, known, unknown } from '../answer.ts'
import type { Flags, Numbers } from '../columns.ts'
import { checkedConfidence, normalReach } from '../confidence.ts'
import { EvidenceError } from '../error.ts'
import type { Interval } from '../proportion.ts'
import { logisticRegression } from '../regression/logistic.ts'
import { solveLogistic } from '../regression/logistic-fit.ts'
import { readScores } from './auc.ts'
import { equalCountBins, type OutcomeRate, rateOf } from './bins.ts'

export interface Estimate {
  readonly estimate: number
  readonly standardError: number
  readonly interval: Interval
}

export interface Calibration {
  readonly n: number
  readonly events: number
  /** The mean squared distance of probability and outcome: 0 is perfect. */
  readonly brier: number
  /** What the share of events, given to every case, would have. */
  readonly brierOfBase: number
  /** Events that happened for each that was predicted: 1 is right on the whole. */
  readonly observedToExpected: number
  /** Log odds by which predictions are too low on the whole (slope held at 1); 0 is right. */
  readonly inTheLarge: Answer<Estimate>
  /** 1 is right; below 1, predictions are too extreme (overfitted), above 1 too timid. */
  readonly slope: Answer<Estimate>
  /** The intercept that goes with the free slope. */
  readonly intercept: Answer<Estimate>
  /** Predictions of exactly 0 or 1, which have no log odds and are left out of the three above. */
  readonly certain: number
  /** `mean` is the mean prediction of the bin, `rate` what happened. */
  readonly bins: readonly OutcomeRate[]
}

/**
 * Whether predicted probabilities are right as numbers, not just in their order.
 *
 * Sources: D. R. Cox, Biometrika 45 (1958), 562–565 (intercept and slope); G. Brier, Monthly Weather
 * Review 78 (1950), 1–3; E. Steyerberg, Clinical Prediction Models, 2nd ed., § 15.3.
 */
export function calibration(
  input: { probability: Numbers; outcome: Flags },
  options: { bins?: number; confidence?: number } = {},
): Answer<Calibration> {
  const confidence = checkedConfidence(options.confidence)
  const read = readScores([input.probability], input.outcome)
  if (!read.ok) return { known: false, reason: read.reason }
  const { outcome, events, nonEvents } = read
  const probability = read.scores[0] ?? new Float64Array()
  const n = events + nonEvents
  let brier = 0
  let expected = 0
  const logOdds: number[] = []
  const followed: number[] = []
  probability.forEach((p, i) => {
    if (p < 0 || p > 1) throw new EvidenceError('A probability must be from 0 to 1', { row: i, p })
    const own = outcome[i] ?? 0
    brier += (p - own) ** 2 / n
    expected += p
    if (p === 0 || p === 1) return
    logOdds.push(Math.log(p) - Math.log1p(-p))
    followed.push(own)
  })
  const reach = normalReach(confidence)
  const free = logisticRegression({ outcome: followed, covariates: { logOdds } }, { confidence })
  const [slope] = free.known ? free.value.coefficients : []
  return known({
    n,
    events,
    brier,
    brierOfBase: (events / n) * (1 - events / n),
    observedToExpected: expected > 0 ? events / expected : Number.MAX_VALUE,
    inTheLarge: inTheLarge(logOdds, followed, reach),
    slope: free.known && slope ? known(estimate(slope, reach)) : asReason(free),
    intercept: free.known ? known(estimate(free.value.intercept, reach)) : asReason(free),
    certain: n - logOdds.length,
    bins: equalCountBins(probability, options.bins ?? 10).map((bin) =>
      rateOf(bin, probability, outcome),
    ),
  })
}

function estimate(
  found: { readonly estimate: number; readonly standardError: number },
  reach: number,
): Estimate {
  const { estimate, standardError } = found
  const half = reach * standardError
  return { estimate, standardError, interval: { low: estimate - half, high: estimate + half } }
}

function asReason(answer: Answer<unknown>): Answer<never> {
  return answer.known ? unknown('no_cases') : answer
}

function inTheLarge(
  logOdds: readonly number[],
  outcome: readonly number[],
  reach: number,
): Answer<Estimate> {
  const n = outcome.length
  const events = outcome.reduce((sum, own) => sum + own, 0)
  if (events === 0 || events === n) return unknown('one_class', { n, events })
  const fit = solveLogistic({
    n,
    size: 1,
    x: new Float64Array(n).fill(1),
    y: Float64Array.from(outcome),
    offset: Float64Array.from(logOdds),
  })
  if (!fit.ok) return unknown('not_converged', { iterations: 100 })
  const standardError = Math.sqrt(fit.covariance[0] ?? 0)
  return known(estimate({ estimate: fit.beta[0] ?? 0, standardError }, reach))
}

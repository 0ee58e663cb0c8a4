import { type Answer, known, unknown } from '../answer.ts'
import { type Numbers, readNumbers, rowCount, whyUnusable } from '../columns.ts'
import { type Effect, type EffectOptions, isSteady, tellEffect } from './effect.ts'
import { checkFinite, type Sample } from './sample.ts'

/** A group with what was already known of each case before the experiment. */
export interface PairedSample {
  readonly n: number
  /** The outcome. */
  readonly mean: number
  readonly variance: number
  /** The same (or a related) measure before the experiment. */
  readonly beforeMean: number
  readonly beforeVariance: number
  /** Of outcome and measure before. */
  readonly covariance: number
}

/** @returns a reason unless there are at least two cases. */
export function pairedSampleOf(outcome: Numbers, before: Numbers): Answer<PairedSample> {
  const y = readNumbers(outcome)
  const x = readNumbers(before)
  const n = rowCount([y, x])
  const reason = whyUnusable([y, x])
  if (reason) return { known: false, reason }
  if (n < 2) return unknown('too_few_cases', { n, needed: 2 })
  let mean = 0
  let beforeMean = 0
  let ofOutcome = 0
  let ofBefore = 0
  let ofBoth = 0
  for (let i = 0; i < n; i++) {
    const fromMean = (y[i] ?? 0) - mean
    const fromBefore = (x[i] ?? 0) - beforeMean
    mean += fromMean / (i + 1)
    beforeMean += fromBefore / (i + 1)
    ofOutcome += fromMean * ((y[i] ?? 0) - mean)
    ofBefore += fromBefore * ((x[i] ?? 0) - beforeMean)
    ofBoth += fromMean * ((x[i] ?? 0) - beforeMean)
  }
  return known({
    n,
    mean,
    variance: ofOutcome / (n - 1),
    beforeMean,
    beforeVariance: ofBefore / (n - 1),
    covariance: ofBoth / (n - 1),
  })
}

/** From sums as a database gives them. */
export function pairedSampleFromSums(sums: {
  n: number
  sum: number
  sumOfSquares: number
  beforeSum: number
  beforeSumOfSquares: number
  sumOfProducts: number
}): Answer<PairedSample> {
  checkFinite(sums)
  const { n, sum, sumOfSquares, beforeSum, beforeSumOfSquares, sumOfProducts } = sums
  if (n < 2) return n < 1 ? unknown('no_cases') : unknown('too_few_cases', { n, needed: 2 })
  return known({
    n,
    mean: sum / n,
    variance: Math.max(0, (sumOfSquares - (sum * sum) / n) / (n - 1)),
    beforeMean: beforeSum / n,
    beforeVariance: Math.max(0, (beforeSumOfSquares - (beforeSum * beforeSum) / n) / (n - 1)),
    covariance: (sumOfProducts - (sum * beforeSum) / n) / (n - 1),
  })
}

export interface CupedEffect extends Effect {
  /** How much of the measure before is taken off the outcome. */
  readonly theta: number
  /** The share of the variance that knowing the time before took away; below 0 is possible by chance. */
  readonly varianceReduction: number
  /** The difference of the adjusted outcome's means, treated − control. */
  readonly adjusted: { readonly control: number; readonly treated: number }
}

/**
 * The difference of two means with what was known before taken off: the same estimate on average, with
 * less noise. Only what was fixed before the experiment may be taken as `before`.
 *
 * Source: A. Deng, Y. Xu, R. Kohavi and T. Walker, WSDM 2013, 123–132. θ is the regression slope over
 * all cases together. The relative difference is held against the control's unadjusted mean, its
 * variance by the delta method.
 */
export function compareCuped(
  groups: { control: PairedSample; treated: PairedSample },
  options: EffectOptions & { readonly theta?: number } = {},
): Answer<CupedEffect> {
  const { control, treated } = groups
  for (const group of [control, treated]) checkFinite({ ...group })
  if (control.n < 2 || treated.n < 2) {
    return unknown('too_few_cases', { n: Math.min(control.n, treated.n), needed: 2 })
  }
  const difference = options.difference ?? 'absolute'
  if (difference === 'relative' && control.mean === 0) return unknown('zero_base', { value: 0 })
  const theta = options.theta ?? pooledSlope(control, treated)
  const a = adjust(control, theta)
  const b = adjust(treated, theta)
  const ofControl = a.variance / a.n
  const ofTreated = b.variance / b.n
  const absolute = b.mean - a.mean
  const base = control.mean
  const relative = absolute / base
  const df =
    (ofControl + ofTreated) ** 2 / (ofControl ** 2 / (a.n - 1) + ofTreated ** 2 / (b.n - 1))
  // Of the ratio, the control's outcome is taken off above and divides below: it counts `ratio` times.
  const ratio = treated.mean / base
  const ofControlInRatio =
    (ratio * ratio * control.variance -
      2 * ratio * theta * control.covariance +
      theta * theta * control.beforeVariance) /
    control.n
  const variance =
    difference === 'absolute'
      ? ofControl + ofTreated
      : (ofTreated + ofControlInRatio) / (base * base)
  const effect = tellEffect(
    {
      estimate: difference === 'absolute' ? absolute : relative,
      variance,
      df,
      n: a.n + b.n,
      hasSteadyBase: isSteady(control),
    },
    options,
  )
  if (!effect.known) return effect
  const plain = control.variance / control.n + treated.variance / treated.n
  return known({
    ...effect.value,
    theta,
    varianceReduction: plain > 0 ? 1 - (ofControl + ofTreated) / plain : 0,
    adjusted: { control: a.mean, treated: b.mean },
  })
}

function adjust(group: PairedSample, theta: number): Sample {
  return {
    n: group.n,
    mean: group.mean - theta * group.beforeMean,
    variance: Math.max(
      0,
      group.variance - 2 * theta * group.covariance + theta * theta * group.beforeVariance,
    ),
  }
}

/** 0 where the measure before is the same for all. */
function pooledSlope(a: PairedSample, b: PairedSample): number {
  const between = (a.n * b.n) / (a.n + b.n)
  const fromBefore = b.beforeMean - a.beforeMean
  const squares =
    (a.n - 1) * a.beforeVariance + (b.n - 1) * b.beforeVariance + between * fromBefore ** 2
  const products =
    (a.n - 1) * a.covariance + (b.n - 1) * b.covariance + between * fromBefore * (b.mean - a.mean)
  return squares > 0 ? products / squares : 0
}

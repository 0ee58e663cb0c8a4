import { type Answer, known, unknown } from '../answer.ts'
import { checkedConfidence, normalReach } from '../confidence.ts'
import { normalTwoSided, tCdf, tQuantile, tTwoSided, tUpper } from '../numeric/distributions.ts'
import { type Interval, wilsonInterval } from '../proportion.ts'
import { checkFinite, type Sample } from './sample.ts'

export type Difference = 'absolute' | 'relative'
export type Alternative = 'two-sided' | 'greater' | 'less'

export interface EffectOptions {
  /** treated − control, or that as a share of the control's mean. Default absolute. */
  readonly difference?: Difference
  /** Which side would be news: one-sided intervals are open to the other. Default two-sided. */
  readonly alternative?: Alternative
  readonly confidence?: number
}

export interface Effect {
  readonly difference: Difference
  readonly alternative: Alternative
  readonly confidence: number
  readonly estimate: number
  readonly standardError: number
  /** null on the side that a one-sided interval is open to. */
  readonly interval: { readonly low: number | null; readonly high: number | null }
  readonly p: number
  /** Degrees of freedom (Welch and Satterthwaite). */
  readonly df: number
  /** The cases of both groups. */
  readonly n: number
  /**
   * False where the control's own interval holds 0: a relative effect is then not to be relied on,
   * however narrow its interval looks.
   */
  readonly hasSteadyBase: boolean
}

/** A difference of means before it is told as an effect. */
export interface RawEffect {
  readonly estimate: number
  readonly variance: number
  readonly df: number
  readonly n: number
  readonly hasSteadyBase: boolean
}

/**
 * The difference of two means whose groups need not vary alike, with Welch's t interval.
 *
 * Sources: B. L. Welch, Biometrika 34 (1947), 28–35; the relative difference by the delta method, as in
 * A. Deng, U. Knoblich and J. Lu, KDD 2018, 233–242. Equal to GrowthBook's t-tests.
 * @returns a reason when nothing varies or, for a relative difference, the control's mean is 0.
 */
export function compareMeans(
  groups: { control: Sample; treated: Sample },
  options: EffectOptions = {},
): Answer<Effect> {
  const { control, treated } = groups
  for (const { n, mean, variance } of [control, treated]) checkFinite({ n, mean, variance })
  if (control.n < 2 || treated.n < 2) {
    return unknown('too_few_cases', { n: Math.min(control.n, treated.n), needed: 2 })
  }
  const difference = options.difference ?? 'absolute'
  const ofControl = control.variance / control.n
  const ofTreated = treated.variance / treated.n
  if (!(ofControl + ofTreated > 0)) return unknown('constant', { n: control.n + treated.n })
  if (difference === 'relative' && control.mean === 0) return unknown('zero_base', { value: 0 })
  const df =
    (ofControl + ofTreated) ** 2 /
    (ofControl ** 2 / (control.n - 1) + ofTreated ** 2 / (treated.n - 1))
  const absolute = treated.mean - control.mean
  const ratio = treated.mean / control.mean
  return tellEffect(
    {
      estimate: difference === 'absolute' ? absolute : absolute / control.mean,
      variance:
        difference === 'absolute'
          ? ofControl + ofTreated
          : (ofTreated + ratio * ratio * ofControl) / control.mean ** 2,
      df,
      n: control.n + treated.n,
      hasSteadyBase: isSteady(control),
    },
    options,
  )
}

/** Whether a mean can be told from 0, so that a ratio to it means something. */
export function isSteady({ n, mean, variance }: Sample): boolean {
  return Math.abs(mean) > normalReach(0.95) * Math.sqrt(variance / n)
}

/** An estimate with its interval and p-value by Student's distribution. */
export function tellEffect(raw: RawEffect, options: EffectOptions): Answer<Effect> {
  const confidence = checkedConfidence(options.confidence)
  const { difference = 'absolute', alternative = 'two-sided' } = options
  const { estimate, df, n, hasSteadyBase } = raw
  const standardError = Math.sqrt(raw.variance)
  // Means that are nearly 0 or spreads near the ends of what a number holds leave nothing to tell.
  if (!(standardError > 0 && standardError < Infinity && df > 0 && Number.isFinite(estimate))) {
    return difference === 'relative' && standardError !== 0
      ? unknown('zero_base', { value: 0 })
      : unknown('constant', { n })
  }
  const t = estimate / standardError
  const isTwoSided = alternative === 'two-sided'
  const reach = tQuantile(isTwoSided ? (1 + confidence) / 2 : confidence, df) * standardError
  return known({
    difference,
    alternative,
    confidence,
    estimate,
    standardError,
    interval: {
      low: alternative === 'less' ? null : estimate - reach,
      high: alternative === 'greater' ? null : estimate + reach,
    },
    p: isTwoSided ? tTwoSided(t, df) : alternative === 'greater' ? tUpper(t, df) : tCdf(t, df),
    df,
    n,
    hasSteadyBase,
  })
}

export interface ShareComparison {
  readonly control: number
  readonly treated: number
  /** treated − control, with Newcombe's interval. */
  readonly difference: { readonly estimate: number; readonly interval: Interval }
  /** treated / control; null when either has no success, which leaves the ratio without a scale. */
  readonly ratio: { readonly estimate: number; readonly interval: Interval } | null
  readonly z: number | null
  /** Of the score test of equal shares; null when all cases are alike. */
  readonly p: number | null
  readonly confidence: number
}

/**
 * Two shares compared, in a way that holds for small groups and shares near 0 and 1.
 *
 * Sources: R. Newcombe, Statistics in Medicine 17 (1998), 873–890, method 10 (difference); D. Katz et
 * al., Biometrics 34 (1978), 469–474 (ratio); K. Pearson's chi-square test without correction (p).
 * @returns a reason when a group is empty. Intervals have a confidence of 0.95.
 */
export function compareShares(groups: {
  control: { n: number; successes: number }
  treated: { n: number; successes: number }
}): Answer<ShareComparison> {
  const { control, treated } = groups
  const around = wilsonInterval(control.successes, control.n)
  const aroundTreated = wilsonInterval(treated.successes, treated.n)
  if (!around || !aroundTreated) return unknown('no_cases', { n: control.n + treated.n })
  const p0 = control.successes / control.n
  const p1 = treated.successes / treated.n
  const estimate = p1 - p0
  const pooled = (control.successes + treated.successes) / (control.n + treated.n)
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / control.n + 1 / treated.n))
  const z = error > 0 ? estimate / error : null
  const hasRatio = control.successes > 0 && treated.successes > 0
  const half =
    normalReach(0.95) *
    Math.sqrt(
      1 / Math.max(1, treated.successes) -
        1 / treated.n +
        1 / Math.max(1, control.successes) -
        1 / control.n,
    )
  return known({
    control: p0,
    treated: p1,
    difference: {
      estimate,
      interval: {
        low: estimate - Math.hypot(p1 - aroundTreated.low, around.high - p0),
        high: estimate + Math.hypot(aroundTreated.high - p1, p0 - around.low),
      },
    },
    ratio: hasRatio
      ? {
          estimate: p1 / p0,
          interval: { low: (p1 / p0) * Math.exp(-half), high: (p1 / p0) * Math.exp(half) },
        }
      : null,
    z,
    p: z === null ? null : normalTwoSided(z),
    confidence: 0.95,
  })
}

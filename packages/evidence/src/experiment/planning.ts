import { type Answer, known, unknown } from '../answer.ts'
import { EvidenceError } from '../error.ts'
import { normalCdf, normalQuantile } from '../numeric/distributions.ts'

export interface PlanOptions {
  /** The chance of seeing an effect where there is none, both sides together. Default 0.05. */
  readonly alpha?: number
  /** The chance of seeing the effect when it is there. Default 0.8. */
  readonly power?: number
  /** The share of cases that is treated; the rest is held out. Default 0.5. */
  readonly treatedShare?: number
  /** Outcomes that are tested; α is shared among them (Bonferroni). Default 1. */
  readonly metrics?: number
}

export interface SampleSize {
  readonly control: number
  readonly treated: number
  readonly total: number
}

/**
 * The cases needed to see a difference of two shares.
 *
 * Source: J. Fleiss, Statistical Methods for Rates and Proportions, 2nd ed., § 3.2, without continuity
 * correction: R's `power.prop.test` for groups of equal size.
 */
export function sampleSizeForShares(
  input: { control: number; treated: number },
  options: PlanOptions = {},
): Answer<SampleSize> {
  const { control, treated } = input
  if (![control, treated].every((p) => p >= 0 && p <= 1)) {
    throw new EvidenceError('Shares must be from 0 to 1', { control, treated })
  }
  if (control === treated) return unknown('no_power')
  const { zAlpha, zPower, share } = checked(options)
  const pooled = (1 - share) * control + share * treated
  const nullSpread = Math.sqrt(pooled * (1 - pooled) * (1 / (1 - share) + 1 / share))
  const spread = Math.sqrt(
    (control * (1 - control)) / (1 - share) + (treated * (1 - treated)) / share,
  )
  const total = ((zAlpha * nullSpread + zPower * spread) / (treated - control)) ** 2
  return known(sizes(total, share))
}

/**
 * The cases needed to see a difference of two means.
 *
 * Source: W. Guenther, The American Statistician 35 (1981), 243–244: the normal formula with z²/4 cases
 * more per group for the t-test; within one case of R's `power.t.test`.
 * @param input.correlation of the outcome with a measure before, which CUPED will take off. Default 0.
 */
export function sampleSizeForMeans(
  input: { difference: number; standardDeviation: number; correlation?: number },
  options: PlanOptions = {},
): Answer<SampleSize> {
  const { difference, standardDeviation, correlation = 0 } = input
  if (!(standardDeviation > 0 && standardDeviation < Infinity && Math.abs(correlation) < 1)) {
    throw new EvidenceError('A standard deviation above 0 and a correlation within ±1 are needed', {
      standardDeviation,
      correlation,
    })
  }
  if (!Number.isFinite(difference)) throw new EvidenceError('No difference', { difference })
  if (difference === 0) return unknown('no_power')
  const { zAlpha, zPower, share } = checked(options)
  const variance = standardDeviation ** 2 * (1 - correlation ** 2)
  const perTotal = variance * (1 / (1 - share) + 1 / share)
  const total = ((zAlpha + zPower) ** 2 * perTotal) / difference ** 2
  return known(sizes(total + zAlpha ** 2 / 2, share))
}

/** The chance of seeing a difference of shares with so many cases. Source as `sampleSizeForShares`. */
export function powerForShares(
  input: { control: number; treated: number; total: number },
  options: Omit<PlanOptions, 'power'> = {},
): number {
  const { control, treated, total } = input
  const { zAlpha, share } = checked(options)
  const pooled = (1 - share) * control + share * treated
  const nullSpread = Math.sqrt(pooled * (1 - pooled) * (1 / (1 - share) + 1 / share))
  const spread = Math.sqrt(
    (control * (1 - control)) / (1 - share) + (treated * (1 - treated)) / share,
  )
  const reach = Math.abs(treated - control) * Math.sqrt(total)
  if (spread === 0) return reach > zAlpha * nullSpread ? 1 : 0
  return normalCdf((reach - zAlpha * nullSpread) / spread)
}

export interface Duration {
  /** Days until the last needed case has come. */
  readonly enrolDays: number
  /** Those, and the days in which the last case's outcome is awaited. */
  readonly totalDays: number
}

/**
 * How long an experiment takes.
 * @param input.perDay cases that come new each day.
 * @param input.waiting cases that are there at the start. Default 0.
 * @param input.outcomeDays days after which a case's outcome is known.
 * @returns `no_power` when the cases never come.
 */
export function duration(input: {
  total: number
  perDay: number
  waiting?: number
  outcomeDays: number
}): Answer<Duration> {
  const { total, perDay, waiting = 0, outcomeDays } = input
  if (![total, perDay, waiting, outcomeDays].every((n) => n >= 0 && n < Infinity)) {
    throw new EvidenceError('Cases and days must be at least 0', {
      total,
      perDay,
      waiting,
      outcomeDays,
    })
  }
  const left = Math.max(0, total - waiting)
  if (left > 0 && perDay === 0) return unknown('no_power')
  const enrolDays = left === 0 ? 0 : Math.ceil(left / perDay)
  return known({ enrolDays, totalDays: enrolDays + outcomeDays })
}

function sizes(total: number, share: number): SampleSize {
  const control = Math.max(2, Math.ceil(total * (1 - share) - 1e-9))
  const treated = Math.max(2, Math.ceil(total * share - 1e-9))
  return { control, treated, total: control + treated }
}

function checked({ alpha = 0.05, power = 0.8, treatedShare = 0.5, metrics = 1 }: PlanOptions) {
  const shares = { alpha, power, treatedShare }
  if (!Object.values(shares).every((share) => share > 0 && share < 1) || !(metrics >= 1)) {
    throw new EvidenceError('alpha, power and the treated share must be between 0 and 1', {
      ...shares,
      metrics,
    })
  }
  return {
    zAlpha: normalQuantile(1 - alpha / metrics / 2),
    zPower: normalQuantile(power),
    share: treatedShare,
  }
}

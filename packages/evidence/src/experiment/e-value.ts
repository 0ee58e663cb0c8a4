import { EvidenceError } from '../error.ts'

export type EffectScale =
  | 'risk_ratio'
  /** Where the outcome is common (above about 15 % at the end), odds and hazards overstate risks. */
  | 'odds_ratio_rare'
  | 'odds_ratio_common'
  | 'hazard_ratio_rare'
  | 'hazard_ratio_common'
  /** A difference of means in standard deviations. */
  | 'standardised_difference'

export interface EValue {
  /** The effect as a risk ratio. */
  readonly riskRatio: number
  /**
   * How strongly something unknown would have to go with both exposure and outcome (as risk ratios)
   * to explain the effect away. 1: nothing is needed.
   */
  readonly point: number
  /** The same for the end of the interval that is nearer to no effect; null without an interval. */
  readonly interval: number | null
}

/**
 * Source: T. VanderWeele and P. Ding, Annals of Internal Medicine 167 (2017), 268–274; the conversions
 * to risk ratios are of its table 2. Equal to R's EValue.
 * @param effect estimate and, where known, its interval, on the scale.
 */
export function eValue(
  scale: EffectScale,
  effect: { estimate: number; low?: number; high?: number },
): EValue {
  const { low, high } = effect
  const riskRatio = asRiskRatio(scale, effect.estimate)
  const lowRatio = low === undefined ? undefined : asRiskRatio(scale, low)
  const highRatio = high === undefined ? undefined : asRiskRatio(scale, high)
  if (lowRatio !== undefined && highRatio !== undefined && lowRatio > highRatio) {
    throw new EvidenceError('The interval ends below where it starts', {
      low: low ?? 0,
      high: high ?? 0,
    })
  }
  const nearer = riskRatio >= 1 ? lowRatio : highRatio
  const isCrossed = nearer !== undefined && (riskRatio >= 1 ? nearer <= 1 : nearer >= 1)
  return {
    riskRatio,
    point: needed(riskRatio),
    interval: nearer === undefined ? null : isCrossed ? 1 : needed(nearer),
  }
}

function needed(riskRatio: number): number {
  const ratio = riskRatio < 1 ? 1 / riskRatio : riskRatio
  return Math.min(Number.MAX_VALUE, ratio + Math.sqrt(ratio * (ratio - 1)))
}

function asRiskRatio(scale: EffectScale, value: number): number {
  const isRatio = scale !== 'standardised_difference'
  if (!Number.isFinite(value) || (isRatio && value <= 0)) {
    throw new EvidenceError('A ratio must be above 0', { scale, value })
  }
  switch (scale) {
    case 'odds_ratio_common':
      return Math.sqrt(value)
    case 'hazard_ratio_common':
      return (1 - 0.5 ** Math.sqrt(value)) / (1 - 0.5 ** Math.sqrt(1 / value))
    case 'standardised_difference':
      return Math.min(Number.MAX_VALUE, Math.max(Number.MIN_VALUE, Math.exp(0.91 * value)))
    default:
      return value
  }
}

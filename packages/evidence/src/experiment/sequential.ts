import { checkedConfidence } from '../confidence.ts'
import { EvidenceError } from '../error.ts'
import type { Alternative } from './effect.ts'

export interface SequentialOptions {
  /** The number of cases (both groups) at which the interval should be narrowest. Default 5,000. */
  readonly tunedFor?: number
  readonly alternative?: Alternative
  readonly confidence?: number
}

export interface SequentialResult {
  /** Holds the truth at all looks together with the given confidence. null on an open side. */
  readonly interval: { readonly low: number | null; readonly high: number | null }
  /** May be read at every look; the smallest so far stays valid. */
  readonly p: number
  readonly confidence: number
}

/**
 * An interval and a p-value that stay right however often one looks and whenever one stops: an
 * asymptotic confidence sequence around a difference of means. It is wider than the interval for one
 * look at the end; that is the price of looking. Needs some tens of cases in each group before it holds.
 *
 * Source: I. Waudby-Smith, D. Arbour, R. Sinha, E. Kennedy and A. Ramdas, "Time-uniform central limit
 * theory and asymptotic confidence sequences", Annals of Statistics 52 (2024), 2613–2640: equations 9
 * (two-sided), 134 (one-sided), 155 (p) and 161 (tuning) of the preprint, as GrowthBook uses them.
 * @param effect estimate and standard error over all `n` cases so far.
 * @throws EvidenceError unless the standard error is above 0 and n at least 1.
 */
export function sequentialInterval(
  effect: { readonly estimate: number; readonly standardError: number; readonly n: number },
  options: SequentialOptions = {},
): SequentialResult {
  const confidence = checkedConfidence(options.confidence)
  const { tunedFor = 5_000, alternative = 'two-sided' } = options
  const { estimate, standardError, n } = effect
  if (!(standardError > 0 && standardError < Infinity && n >= 1 && tunedFor > 0)) {
    throw new EvidenceError('A standard error above 0 and at least one case are needed', {
      standardError,
      n,
      tunedFor,
    })
  }
  if (!Number.isFinite(estimate)) throw new EvidenceError('No estimate', { estimate })
  const alpha = 1 - confidence
  const isTwoSided = alternative === 'two-sided'
  // The same mixture for every level, so that interval and p-value come from one martingale.
  const v = n * mixture(tunedFor, isTwoSided ? alpha : 2 * alpha)
  const half = (a: number) => {
    const log = isTwoSided
      ? Math.log(Math.sqrt(v + 1) / a)
      : Math.log(1 + Math.sqrt(v + 1) / (2 * a))
    return standardError * Math.sqrt((2 * (v + 1) * log) / v)
  }
  const z = (alternative === 'less' ? -1 : 1) * (estimate / standardError)
  const p = isTwoSided ? twoSidedP(z, v) : oneSidedP(z, v)
  return {
    interval: {
      low: alternative === 'less' ? null : estimate - half(alpha),
      high: alternative === 'greater' ? null : estimate + half(alpha),
    },
    p,
    confidence,
  }
}

/** ρ², the weight of the mixture; the one-sided bound is tuned as a two-sided one at 2·α. */
function mixture(tunedFor: number, alpha: number): number {
  return (-2 * Math.log(alpha) + Math.log(-2 * Math.log(alpha) + 1)) / tunedFor
}

function twoSidedP(z: number, v: number): number {
  const logEvidence = (v * z * z) / (2 * (v + 1)) - Math.log(v + 1) / 2
  return Math.min(1, Math.exp(-logEvidence))
}

/** The α at which the bound would touch 0; 1 where it would at none below ½, up to which it holds. */
function oneSidedP(z: number, v: number): number {
  if (z <= 0) return 1
  const p = Math.sqrt(v + 1) / (2 * Math.expm1((z * z * v) / (2 * (v + 1))))
  return p < 0.5 ? p : 1
}

import { EvidenceError } from './error.ts'

export interface Interval {
  readonly low: number
  readonly high: number
}

/** A share carried whole: what was counted, out of what, and how sure one can be of it. */
export interface Proportion {
  readonly numerator: number
  readonly denominator: number
  /** null when the denominator is 0: no cases is no value. */
  readonly value: number | null
  /** 95 % Wilson interval; null when there is no value. */
  readonly interval: Interval | null
}

/** The two-sided 95 % point of the standard normal distribution. */
const z95 = 1.959963984540054

/**
 * 95 % score interval of a proportion. It stays inside [0, 1], has a width at 0 and at n of n, and
 * covers well at the small n that lamps have, where the textbook (Wald) interval does not.
 *
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
 * Journal of the American Statistical Association 22 (1927), 209–212.
 * @returns null when `n` is 0.
 * @throws EvidenceError unless 0 ≤ successes ≤ n, both whole numbers.
 */
export function wilsonInterval(successes: number, n: number): Interval | null {
  checkCounts(successes, n)
  if (n === 0) return null
  const p = successes / n
  const zz = z95 * z95
  const centre = (p + zz / (2 * n)) / (1 + zz / n)
  const half = (z95 / (1 + zz / n)) * Math.sqrt((p * (1 - p)) / n + zz / (4 * n * n))
  // The exact bounds at the edges; the formula misses them by a rounding error.
  return {
    low: successes === 0 ? 0 : Math.max(0, centre - half),
    high: successes === n ? 1 : Math.min(1, centre + half),
  }
}

/**
 * The share of `numerator` in `denominator` with its 95 % Wilson interval.
 * @throws EvidenceError unless 0 ≤ numerator ≤ denominator, both whole numbers.
 */
export function proportion(numerator: number, denominator: number): Proportion {
  const interval = wilsonInterval(numerator, denominator)
  return {
    numerator,
    denominator,
    value: denominator === 0 ? null : numerator / denominator,
    interval,
  }
}

function checkCounts(successes: number, n: number): void {
  if (!Number.isInteger(successes) || !Number.isInteger(n) || successes < 0 || successes > n) {
    throw new EvidenceError('Counts must be whole numbers with 0 ≤ successes ≤ n', { successes, n })
  }
}

import { EvidenceError } from './error.ts'

/**
 * The p-quantile of some numbers, interpolated between order statistics (definition 7, the default
 * of R, NumPy and spreadsheets).
 *
 * Source: R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages",
 * The American Statistician 50 (1996), 361–365.
 * @param p from 0 to 1.
 * @returns null when there are no numbers.
 * @throws EvidenceError when p is outside [0, 1] or a number is not finite.
 */
export function quantile(numbers: readonly number[], p: number): number | null {
  if (!(p >= 0 && p <= 1)) throw new EvidenceError('p must be from 0 to 1', { p })
  for (const value of numbers) {
    if (!Number.isFinite(value)) throw new EvidenceError('Not a finite number', { value })
  }
  const sorted = [...numbers].sort((a, b) => a - b)
  const position = (sorted.length - 1) * p
  const below = sorted[Math.floor(position)]
  const above = sorted[Math.ceil(position)]
  if (below === undefined || above === undefined) return null
  // Not below·(1−w) + above·w, which strays from the value when both are equal.
  return below + (above - below) * (position - Math.floor(position))
}

/** The middle number; null when there are none. */
export function median(numbers: readonly number[]): number | null {
  return quantile(numbers, 0.5)
}

import { type Answer, known, unknown } from '../answer.ts'
import { EvidenceError } from '../error.ts'
import { chiSquareUpper } from '../numeric/distributions.ts'

export interface SampleRatio {
  readonly chiSquare: number
  readonly df: number
  readonly p: number
  /** p is below the threshold: the split is not what was set, and no effect should be read from it. */
  readonly isMismatch: boolean
  readonly expected: readonly number[]
}

/**
 * Whether groups got as many cases as they should have.
 *
 * Source: A. Fabijan et al., "Diagnosing sample ratio mismatch in online controlled experiments", KDD
 * 2019, 2156–2164; Pearson's chi-square test.
 * @param input.shares any positive numbers in proportion, such as [9, 1] or [0.9, 0.1].
 * @param options.threshold default 0.001: an alarm here stops an experiment, so it must be rare.
 */
export function sampleRatio(
  input: { counts: readonly number[]; shares: readonly number[] },
  options: { threshold?: number } = {},
): Answer<SampleRatio> {
  const { counts, shares } = input
  if (counts.length !== shares.length || counts.length < 2) {
    throw new EvidenceError('Each of at least two groups needs a count and a share', {
      counts: counts.length,
      shares: shares.length,
    })
  }
  if (
    !counts.every((n) => Number.isInteger(n) && n >= 0) ||
    !shares.every((s) => s > 0 && s < Infinity)
  ) {
    throw new EvidenceError('Counts must be whole numbers, shares above 0', {
      groups: counts.length,
    })
  }
  const total = counts.reduce((sum, n) => sum + n, 0)
  if (total === 0) return unknown('no_cases')
  const whole = shares.reduce((sum, share) => sum + share, 0)
  const expected = shares.map((share) => (total * share) / whole)
  // Below five expected cases the chi-square distribution is not to be trusted.
  const least = Math.min(...expected)
  if (least < 5)
    return unknown('too_few_cases', { n: total, needed: Math.ceil((5 * total) / least) })
  const chiSquare = counts.reduce(
    (sum, n, i) => sum + (n - (expected[i] ?? 0)) ** 2 / (expected[i] ?? 1),
    0,
  )
  const df = counts.length - 1
  const p = chiSquareUpper(chiSquare, df)
  return known({ chiSquare, df, p, isMismatch: p < (options.threshold ?? 0.001), expected })
}

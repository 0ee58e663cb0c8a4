import { type Answer, known, unknown } from '../answer.ts'
import { type Numbers, readNumbers, whyUnusable } from '../columns.ts'
import { EvidenceError } from '../error.ts'

/** What a comparison of means needs to know of one group. */
export interface Sample {
  readonly n: number
  readonly mean: number
  /** Of the single values, not of the mean. */
  readonly variance: number
}

/** @returns a reason unless there are at least two values. */
export function sampleOf(values: Numbers): Answer<Sample> {
  const numbers = readNumbers(values)
  const reason = whyUnusable([numbers])
  if (reason) return { known: false, reason }
  const n = numbers.length
  if (n < 2) return unknown('too_few_cases', { n, needed: 2 })
  let mean = 0
  let squares = 0
  // Welford's running mean, which does not cancel where values are large and close together.
  numbers.forEach((value, i) => {
    const from = value - mean
    mean += from / (i + 1)
    squares += from * (value - mean)
  })
  return known({ n, mean, variance: squares / (n - 1) })
}

/** From sums as a database gives them. */
export function sampleFromSums(sums: {
  n: number
  sum: number
  sumOfSquares: number
}): Answer<Sample> {
  const { n, sum, sumOfSquares } = sums
  checkFinite({ n, sum, sumOfSquares })
  if (n < 2) return n < 1 ? unknown('no_cases') : unknown('too_few_cases', { n, needed: 2 })
  // Rounding can leave less than nothing where all values are the same.
  const variance = Math.max(0, (sumOfSquares - (sum * sum) / n) / (n - 1))
  return known({ n, mean: sum / n, variance })
}

/** A share as the mean of zeros and ones; the variance is p·(1 − p). */
export function sampleOfShare(counts: { n: number; successes: number }): Answer<Sample> {
  const { n, successes } = counts
  checkFinite(counts)
  if (successes < 0 || successes > n) {
    throw new EvidenceError('Successes must be from 0 to n', { n, successes })
  }
  if (n < 2) return n < 1 ? unknown('no_cases') : unknown('too_few_cases', { n, needed: 2 })
  const mean = successes / n
  return known({ n, mean, variance: mean * (1 - mean) })
}

/** @throws EvidenceError unless all are finite. */
export function checkFinite(numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (!Number.isFinite(value))
      throw new EvidenceError(`${name} must be a number`, { name, value })
  }
}

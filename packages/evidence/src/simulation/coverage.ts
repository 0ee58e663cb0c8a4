/**
 * Whether intervals hold the truth as often as they say, found by making data with known truth many
 * times. A study makes one data set of `n` cases and gives its interval and the truth.
 */
import type { Answer } from '../answer.ts'
import { type Random, seededRandom } from '../numeric/random.ts'

export interface Trial {
  readonly low: number | null
  readonly high: number | null
  readonly truth: number
}

export interface CoverageStudy {
  readonly name: string
  /** null where there was no interval. */
  readonly run: (random: Random, n: number) => Trial | null
}

export interface Coverage {
  readonly name: string
  readonly n: number
  readonly runs: number
  /** The share of intervals that held the truth, of those that there were. */
  readonly share: number
  /** Runs in which there was no interval. */
  readonly without: number
}

export function coverageOf(study: CoverageStudy, n: number, runs: number, seed: number): Coverage {
  const random = seededRandom(seed)
  let held = 0
  let without = 0
  for (let run = 0; run < runs; run++) {
    const trial = study.run(random, n)
    if (trial === null) {
      without += 1
      continue
    }
    const { low, high, truth } = trial
    if ((low === null || low <= truth) && (high === null || truth <= high)) held += 1
  }
  return { name: study.name, n, runs, share: held / Math.max(1, runs - without), without }
}

export interface PValueStudy {
  readonly name: string
  /** A p-value of data without the effect that is tested for. */
  readonly run: (random: Random, n: number) => number | null
}

export interface Uniformity {
  readonly name: string
  readonly n: number
  readonly runs: number
  /** The share of p-values below 0.05, and below 0.5. */
  readonly below05: number
  readonly below50: number
  /** The largest distance of the share below x from x, over all x (Kolmogorov and Smirnov). */
  readonly distance: number
}

export function uniformityOf(
  study: PValueStudy,
  n: number,
  runs: number,
  seed: number,
): Uniformity {
  const random = seededRandom(seed)
  const found: number[] = []
  for (let run = 0; run < runs; run++) {
    const p = study.run(random, n)
    if (p !== null) found.push(p)
  }
  found.sort((a, b) => a - b)
  const share = (limit: number) => found.filter((p) => p < limit).length / Math.max(1, found.length)
  const distance = found.reduce(
    (most, p, i) =>
      Math.max(most, Math.abs((i + 1) / found.length - p), Math.abs(i / found.length - p)),
    0,
  )
  return {
    name: study.name,
    n,
    runs: found.length,
    below05: share(0.05),
    below50: share(0.5),
    distance,
  }
}

/** The interval of something known, with the truth beside it. */
export function trialOf<T>(
  answer: Answer<T>,
  interval: (value: T) => { low: number | null; high: number | null } | null,
  truth: number,
): Trial | null {
  const found = answer.known ? interval(answer.value) : null
  return found && { low: found.low, high: found.high, truth }
}

import { EvidenceError } from './error.ts'
import type { Interval } from './proportion.ts'
import { quantile } from './quantile.ts'

/** What one cluster, such as an account, brings to a ratio of sums. */
export interface RatioCase {
  /** Names the cluster: a whole number from 0, at most 2⁵³ − 1. The same one always draws the same. */
  readonly seed: number
  readonly numerator: number
  readonly denominator: number
}

/** Answers on a scale of three: for, neither, against. */
export interface Votes {
  readonly promoters: number
  readonly passives: number
  readonly detractors: number
}

/** How often is drawn. Enough that the ends of a 95 % interval move by a percent or two of its width. */
export const REPLICATES = 1000
/** With fewer clusters the percentiles of what was drawn promise more than they hold. */
export const FEWEST_CASES = 20

/** A stream of 32-bit numbers, the same for the same seed (a Weyl sequence, mixed as in MurmurHash3). */
const stream = (seed: number): (() => number) => {
  let state = ((seed % 2 ** 32) ^ Math.imul(Math.floor(seed / 2 ** 32) + 1, 0x9e3779b1)) >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return (mixed ^ (mixed >>> 16)) >>> 0
  }
}

/** Upper ends of P(X ≤ k) × 2³² for k = 0, 1, …, of a Poisson distribution with mean 1. */
const oneUpTo: readonly number[] = (() => {
  const ends: number[] = []
  let probability = Math.exp(-1)
  let total = probability
  for (let k = 0; k < 13; k += 1) {
    ends.push(total * 2 ** 32)
    probability /= k + 1
    total += probability
  }
  return ends
})()

/** How often a cluster is in each replicate: 1 on average, independent of all other clusters. */
const weightsOf = (seed: number): Uint8Array => {
  const next = stream(seed)
  const weights = new Uint8Array(REPLICATES)
  for (let r = 0; r < REPLICATES; r += 1) {
    const drawn = next()
    let k = 0
    while (k < oneUpTo.length && drawn >= (oneUpTo[k] ?? Number.POSITIVE_INFINITY)) k += 1
    weights[r] = k
  }
  return weights
}

const percentiles = (values: readonly number[]): Interval | null => {
  // Replicates without any case have no value; with many of them there is nothing to be told.
  if (values.length < 0.95 * REPLICATES) return null
  const [low, high] = [quantile(values, 0.025), quantile(values, 0.975)]
  return low === null || high === null ? null : { low, high }
}

/**
 * 95 % interval of Σ numerators ÷ Σ denominators when whole clusters are drawn again: the cluster
 * bootstrap in its Poisson form, in which each cluster is in a replicate as often as a Poisson number
 * with mean 1 says. What a cluster draws follows from its seed alone, so that the same clusters always
 * give the same interval, and one more leaves the draws of the others as they are.
 *
 * Source: J. A. Hanley and B. MacGibbon, "Creating non-parametric bootstrap samples using Poisson
 * frequencies", Computer Methods and Programs in Biomedicine 83 (2006), 57–62; percentile interval by
 * B. Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7 (1979), 1–26.
 * @param kept keeps what was drawn for clusters that come again in other figures
 * @returns null when there are fewer than `FEWEST_CASES` clusters
 * @throws EvidenceError when a number is not finite
 */
export const bootstrapRatio = (
  cases: readonly RatioCase[],
  kept: Map<number, Uint8Array> = new Map(),
): Interval | null => {
  if (cases.length < FEWEST_CASES) return null
  const above = new Float64Array(REPLICATES)
  const below = new Float64Array(REPLICATES)
  for (const { seed, numerator, denominator } of cases) {
    if (!Number.isFinite(numerator) || !Number.isFinite(denominator)) {
      throw new EvidenceError('A case is not finite', { seed, numerator, denominator })
    }
    const weights = kept.get(seed) ?? weightsOf(seed)
    if (kept.size < MOST_KEPT) kept.set(seed, weights)
    for (let r = 0; r < REPLICATES; r += 1) {
      const weight = weights[r] ?? 0
      above[r] = (above[r] ?? 0) + weight * numerator
      below[r] = (below[r] ?? 0) + weight * denominator
    }
  }
  const ratios: number[] = []
  for (let r = 0; r < REPLICATES; r += 1) {
    const base = below[r] ?? 0
    if (base !== 0) ratios.push((above[r] ?? 0) / base)
  }
  return percentiles(ratios)
}

/** 1 kB for each cluster. */
const MOST_KEPT = 50_000

/**
 * 95 % interval of (promoters − detractors) ÷ answers when single answers are drawn again. In the
 * Poisson form the draws of k like answers add up to a Poisson number with mean k, so that the counts
 * are all that it takes.
 *
 * @returns null when there are fewer than `FEWEST_CASES` answers
 * @throws EvidenceError unless all are whole numbers from 0
 */
export const bootstrapNetScore = ({ promoters, passives, detractors }: Votes): Interval | null => {
  for (const count of [promoters, passives, detractors]) {
    if (!Number.isInteger(count) || count < 0) {
      throw new EvidenceError('Counts must be whole numbers from 0', {
        promoters,
        passives,
        detractors,
      })
    }
  }
  if (promoters + passives + detractors < FEWEST_CASES) return null
  const next = stream(promoters + 1_000_003 * passives + 998_244_353 * detractors)
  const [ofPromoters, ofPassives, ofDetractors] = [promoters, passives, detractors].map(poisson)
  const scores: number[] = []
  for (let r = 0; r < REPLICATES; r += 1) {
    const [up, middle, down] = [ofPromoters, ofPassives, ofDetractors].map((draw) =>
      draw === undefined ? 0 : draw((next() + 0.5) / 2 ** 32),
    )
    const total = (up ?? 0) + (middle ?? 0) + (down ?? 0)
    if (total > 0) scores.push(((up ?? 0) - (down ?? 0)) / total)
  }
  return percentiles(scores)
}

/** The quantile function of a Poisson distribution, tabulated where its mass is. */
const poisson = (mean: number): ((p: number) => number) => {
  if (mean === 0) return () => 0
  const reach = Math.ceil(9 * Math.sqrt(mean) + 20)
  const from = Math.max(0, Math.floor(mean) - reach)
  const mode = Math.floor(mean)
  // Relative to the mode, so that nothing underflows however large the mean is.
  const mass = new Float64Array(mode + reach - from + 1)
  mass[mode - from] = 1
  for (let k = mode; k > from; k -= 1) mass[k - 1 - from] = ((mass[k - from] ?? 0) * k) / mean
  for (let k = mode + 1; k <= mode + reach; k += 1) {
    mass[k - from] = ((mass[k - 1 - from] ?? 0) * mean) / k
  }
  const total = mass.reduce((sum, each) => sum + each, 0)
  let sum = 0
  const upTo = mass.map((each) => {
    sum += each / total
    return sum
  })
  return (p) => {
    let [low, high] = [0, upTo.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((upTo[middle] ?? 1) < p) low = middle + 1
      else high = middle
    }
    return from + low
  }
}

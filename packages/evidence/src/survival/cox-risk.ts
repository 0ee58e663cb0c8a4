/**
 * The walk over risk sets that everything about the Cox model is made of. Rows are added as time falls
 * (and taken away before their entry), so that one pass costs O(n·p²) however many events there are.
 */
import { ascending } from '../numeric/order.ts'
import type { ReadSpans } from './spans.ts'

export type TieMethod = 'efron' | 'breslow'

export interface RiskData {
  readonly n: number
  readonly size: number
  readonly time: Float64Array
  readonly event: Float64Array
  readonly entry: Float64Array
  readonly hasEntry: boolean
  /** Standardised covariates, row by row. */
  readonly x: Float64Array
  /** Row numbers with the latest time first. */
  readonly byTime: Uint32Array
  /** Row numbers with the latest entry first. */
  readonly byEntry: Uint32Array
}

export function prepareRisk(spans: ReadSpans, columns: readonly Float64Array[]): RiskData {
  const { n, time, event, entry, hasEntry } = spans
  const size = columns.length
  const x = new Float64Array(n * size)
  columns.forEach((column, j) => {
    for (let i = 0; i < n; i++) x[i * size + j] = column[i] ?? 0
  })
  return {
    n,
    size,
    time,
    event,
    entry,
    hasEntry,
    x,
    byTime: ascending(time).reverse(),
    byEntry: hasEntry ? ascending(entry).reverse() : new Uint32Array(0),
  }
}

/** Sums over those at risk: Σw, Σw·x and Σw·x·xᵀ (lower triangle), where w = exp(x·β). */
class Sums {
  s0 = 0
  readonly s1: Float64Array
  readonly s2: Float64Array
  readonly #size: number

  constructor(size: number) {
    this.#size = size
    this.s1 = new Float64Array(size)
    this.s2 = new Float64Array(size * size)
  }

  clear(): void {
    this.s0 = 0
    this.s1.fill(0)
    this.s2.fill(0)
  }

  add(x: Float64Array, row: number, weight: number): void {
    const size = this.#size
    const { s1, s2 } = this
    this.s0 += weight
    const base = row * size
    for (let j = 0; j < size; j++) {
      const wx = weight * (x[base + j] ?? 0)
      s1[j] = (s1[j] ?? 0) + wx
      for (let k = 0; k <= j; k++) {
        const at = j * size + k
        s2[at] = (s2[at] ?? 0) + wx * (x[base + k] ?? 0)
      }
    }
  }

  setToDifference(all: Sums, part: Sums, fraction: number): void {
    this.s0 = all.s0 - fraction * part.s0
    for (let j = 0; j < this.s1.length; j++) {
      this.s1[j] = (all.s1[j] ?? 0) - fraction * (part.s1[j] ?? 0)
    }
    for (let j = 0; j < this.s2.length; j++) {
      this.s2[j] = (all.s2[j] ?? 0) - fraction * (part.s2[j] ?? 0)
    }
  }
}

export interface RiskSet {
  readonly time: number
  /** How many events these sums stand for: all at this time (Breslow), or one (Efron). */
  readonly count: number
  readonly s0: number
  readonly s1: Float64Array
  readonly s2: Float64Array
}

export interface RiskVisitor {
  /** One event. */
  death(row: number, time: number): void
  /** The sums against which events are held. Valid during the call only. */
  riskSet(set: RiskSet): void
}

/**
 * Visits the times of events, latest first. Weights are exp(x·β − shift); `shift` is given back, since
 * sums of weights are multiples of exp(−shift).
 *
 * Sources: B. Efron, JASA 72 (1977), 557–565 and N. Breslow, JRSS B 34 (1972), 216–217 for ties;
 * Therneau and Grambsch, Modeling Survival Data, § 3.3.
 */
export function walkRiskSets(
  data: RiskData,
  beta: ArrayLike<number>,
  ties: TieMethod,
  visitor: RiskVisitor,
): { eta: Float64Array; shift: number } {
  const { n, size, time, event, entry, x, byTime, byEntry, hasEntry } = data
  const eta = new Float64Array(n)
  let shift = -Infinity
  for (let i = 0; i < n; i++) {
    let sum = 0
    for (let j = 0; j < size; j++) sum += (x[i * size + j] ?? 0) * (beta[j] ?? 0)
    eta[i] = sum
    if (sum > shift) shift = sum
  }
  const weight = eta.map((value) => Math.exp(value - shift))
  const atRisk = new Sums(size)
  const dying = new Sums(size)
  const held = new Sums(size)
  // Taking rows away leaves rounding errors of the size of the largest sum so far. When the sum has
  // fallen far below that, it is made anew.
  let largest = 0
  let left = 0
  let i = 0
  while (i < n) {
    const at = time[byTime[i] ?? 0] ?? 0
    dying.clear()
    let deaths = 0
    for (; i < n && time[byTime[i] ?? 0] === at; i++) {
      const row = byTime[i] ?? 0
      atRisk.add(x, row, weight[row] ?? 0)
      if (event[row] === 1) {
        deaths += 1
        dying.add(x, row, weight[row] ?? 0)
        visitor.death(row, at)
      }
    }
    if (deaths === 0) continue
    if (hasEntry) {
      largest = Math.max(largest, atRisk.s0)
      for (; left < n && (entry[byEntry[left] ?? 0] ?? 0) >= at; left++) {
        const row = byEntry[left] ?? 0
        atRisk.add(x, row, -(weight[row] ?? 0))
      }
      if (atRisk.s0 < 1e-5 * largest) {
        atRisk.clear()
        for (let row = 0; row < n; row++) {
          if ((time[row] ?? 0) >= at && (entry[row] ?? 0) < at) atRisk.add(x, row, weight[row] ?? 0)
        }
        largest = atRisk.s0
      }
    }
    if (ties === 'breslow' || deaths === 1) {
      visitor.riskSet({ time: at, count: deaths, s0: atRisk.s0, s1: atRisk.s1, s2: atRisk.s2 })
      continue
    }
    for (let k = 0; k < deaths; k++) {
      held.setToDifference(atRisk, dying, k / deaths)
      visitor.riskSet({ time: at, count: 1, s0: held.s0, s1: held.s1, s2: held.s2 })
    }
  }
  return { eta, shift }
}

export interface Likelihood {
  readonly logLikelihood: number
  readonly score: Float64Array
  readonly information: Float64Array
}

/** The partial log-likelihood at β with its first and (minus) second derivatives. */
export function partialLikelihood(
  data: RiskData,
  beta: ArrayLike<number>,
  ties: TieMethod,
): Likelihood {
  const { size, x } = data
  const score = new Float64Array(size)
  const information = new Float64Array(size * size)
  const deadRows: number[] = []
  let logSums = 0
  let sets = 0
  const { eta, shift } = walkRiskSets(data, beta, ties, {
    death(row) {
      deadRows.push(row)
      for (let j = 0; j < size; j++) score[j] = (score[j] ?? 0) + (x[row * size + j] ?? 0)
    },
    riskSet({ count, s0, s1, s2 }) {
      sets += count
      logSums += count * Math.log(s0)
      for (let j = 0; j < size; j++) {
        const mean = (s1[j] ?? 0) / s0
        score[j] = (score[j] ?? 0) - count * mean
        for (let k = 0; k <= j; k++) {
          const at = j * size + k
          information[at] =
            (information[at] ?? 0) + count * ((s2[at] ?? 0) / s0 - (mean * (s1[k] ?? 0)) / s0)
        }
      }
    },
  })
  for (let j = 0; j < size; j++) {
    for (let k = 0; k < j; k++) information[k * size + j] = information[j * size + k] ?? 0
  }
  let logLikelihood = -logSums - sets * shift
  for (const row of deadRows) logLikelihood += eta[row] ?? 0
  return { logLikelihood, score, information }
}

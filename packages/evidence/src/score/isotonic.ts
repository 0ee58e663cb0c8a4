import { type Answer, known } from '../answer.ts'
import type { Flags, Numbers } from '../columns.ts'
import { readScores } from '../discrimination/auc.ts'
import { equalCountBins } from '../discrimination/bins.ts'

export interface Block {
  /** Σ of weights and of weighted values. */
  weight: number
  sum: number
  /** How many of the given items it holds. */
  size: number
}

/**
 * The nearest rising sequence (least squares): neighbours that fall are pooled.
 *
 * Source: R. Barlow et al., Statistical Inference under Order Restrictions (1972), § 1.2 (PAVA).
 */
export function poolAdjacent(items: readonly { weight: number; sum: number }[]): Block[] {
  const blocks: Block[] = []
  for (const { weight, sum } of items) {
    let block: Block = { weight, sum, size: 1 }
    for (;;) {
      const last = blocks.at(-1)
      if (!last || last.sum * block.weight < block.sum * last.weight) break
      blocks.pop()
      block = {
        weight: last.weight + block.weight,
        sum: last.sum + block.sum,
        size: last.size + block.size,
      }
    }
    blocks.push(block)
  }
  return blocks
}

export interface IsotonicCalibration {
  /** From each score on, up to the next one, the probability is this. Ascending in both. */
  readonly steps: readonly { readonly from: number; readonly probability: number }[]
  readonly n: number
  readonly events: number
}

/**
 * Probabilities for a score, taken to rise with it and nothing else. Wants many cases (a thousand);
 * with fewer, Platt's line overfits less.
 *
 * Source: B. Zadrozny and C. Elkan, KDD 2002, 694–699.
 */
export function isotonicCalibration(input: {
  score: Numbers
  outcome: Flags
}): Answer<IsotonicCalibration> {
  const read = readScores([input.score], input.outcome)
  if (!read.ok) return { known: false, reason: read.reason }
  const { outcome, events, nonEvents } = read
  const n = events + nonEvents
  // As many bins as rows: each distinct score is one item.
  const items = equalCountBins(read.scores[0] ?? new Float64Array(), n).map((bin) => ({
    from: bin.from,
    weight: bin.rows.length,
    sum: bin.rows.reduce((sum, row) => sum + (outcome[row] ?? 0), 0),
  }))
  let at = 0
  const steps = poolAdjacent(items).map(({ weight, sum, size }) => {
    const from = items[at]?.from ?? 0
    at += size
    return { from, probability: sum / weight }
  })
  return known({ steps, n, events })
}

/** Scores below the first step get its probability. */
export function applyIsotonic(calibration: IsotonicCalibration, score: Numbers): Float64Array {
  const { steps } = calibration
  return Float64Array.from(score, (value) => {
    let low = 0
    let high = steps.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((steps[middle]?.from ?? Infinity) <= value) low = middle + 1
      else high = middle
    }
    return steps[Math.max(0, low - 1)]?.probability ?? Number.NaN
  })
}

import { type Answer, known } from '../answer.ts'
import type { Flags, Numbers } from '../columns.ts'
import { EvidenceError } from '../error.ts'
import { ascending, ties } from '../numeric/order.ts'
import { readScores } from './auc.ts'

export interface AveragePrecision {
  /** The mean precision over all cases with the outcome, in the order of the score. */
  readonly value: number
  /** What a score that says nothing has: the share of cases with the outcome. */
  readonly base: number
  readonly events: number
  readonly n: number
}

/**
 * How pure the top of a ranking is: Σ (recallₖ − recallₖ₋₁)·precisionₖ over the distinct scores, so that
 * equal scores are taken together.
 *
 * Source: M. Zhu, "Recall, precision and average precision", University of Waterloo (2004); the same
 * sum as scikit-learn's `average_precision_score`.
 */
export function averagePrecision(input: {
  score: Numbers
  outcome: Flags
}): Answer<AveragePrecision> {
  const read = readScores([input.score], input.outcome)
  if (!read.ok) return { known: false, reason: read.reason }
  const { outcome, events, nonEvents } = read
  const n = events + nonEvents
  let value = 0
  let found = 0
  let seen = 0
  for (const { size, own } of blocks(read.scores[0] ?? new Float64Array(), outcome)) {
    found += own
    seen += size
    value += (own / events) * (found / seen)
  }
  return known({ value, base: events / n, events, n })
}

export interface LiftStep {
  /** 1 for the cases with the highest scores. */
  readonly group: number
  readonly n: number
  /** Not whole where equal scores lie on both sides of a cut: they are then shared out evenly. */
  readonly events: number
  readonly rate: number
  /** The rate against that of all cases. */
  readonly lift: number
  /** The share of all events in this group and those above it. */
  readonly captured: number
  readonly cumulativeLift: number
}

/**
 * How many times the average rate of the outcome the groups with the highest scores have: ten groups of
 * equal size (which differ by at most one case), from the top.
 *
 * Source: M. Berry and G. Linoff, Data Mining Techniques, on cumulative gains and lift.
 */
export function liftByGroup(
  input: { score: Numbers; outcome: Flags },
  options: { groups?: number } = {},
): Answer<readonly LiftStep[]> {
  const groups = options.groups ?? 10
  if (!(Number.isInteger(groups) && groups >= 2)) {
    throw new EvidenceError('Lift needs at least two groups', { groups })
  }
  const read = readScores([input.score], input.outcome)
  if (!read.ok) return { known: false, reason: read.reason }
  const { outcome, events, nonEvents } = read
  const n = events + nonEvents
  if (n < groups)
    return { known: false, reason: { code: 'too_few_cases', numbers: { n, needed: groups } } }
  // Events among the first cases, linear within a block of equal scores.
  const cuts = Array.from({ length: groups + 1 }, (_, k) => Math.round((k * n) / groups))
  const upTo = new Float64Array(groups + 1)
  let seen = 0
  let found = 0
  let next = 0
  for (const { size, own } of blocks(read.scores[0] ?? new Float64Array(), outcome)) {
    for (; next <= groups && (cuts[next] ?? 0) <= seen + size; next++) {
      upTo[next] = found + (own * ((cuts[next] ?? 0) - seen)) / size
    }
    seen += size
    found += own
  }
  const base = events / n
  return known(
    Array.from({ length: groups }, (_, k): LiftStep => {
      const size = (cuts[k + 1] ?? 0) - (cuts[k] ?? 0)
      const own = (upTo[k + 1] ?? 0) - (upTo[k] ?? 0)
      const rate = own / size
      const captured = (upTo[k + 1] ?? 0) / events
      return {
        group: k + 1,
        n: size,
        events: own,
        rate,
        lift: rate / base,
        captured,
        cumulativeLift: (captured * n) / (cuts[k + 1] ?? 1),
      }
    }),
  )
}

/** The cases of equal score together, highest first: how many, and how many of them with the outcome. */
function blocks(score: Float64Array, outcome: Float64Array): { size: number; own: number }[] {
  const order = ascending(score)
  const result: { size: number; own: number }[] = []
  for (const [from, to] of ties(score, order)) {
    let own = 0
    for (let i = from; i < to; i++) own += outcome[order[i] ?? 0] ?? 0
    result.push({ size: to - from, own })
  }
  return result.reverse()
}

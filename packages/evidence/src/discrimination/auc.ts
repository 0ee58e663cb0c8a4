import { type Answer, known, type Reason, unknown } from '../answer.ts'
import {
  type Flags,
  type Numbers,
  readFlags,
  readNumbers,
  rowCount,
  whyUnusable,
} from '../columns.ts'
import { checkedConfidence, normalReach } from '../confidence.ts'
import { EvidenceError } from '../error.ts'
import { normalTwoSided } from '../numeric/distributions.ts'
import { ascending, ties } from '../numeric/order.ts'
import type { Interval } from '../proportion.ts'

export interface Auc {
  /**
   * How often a case with the outcome scores higher than one without it (equal scores count half):
   * 1 is perfect order, 0.5 none, below 0.5 the other way round.
   */
  readonly value: number
  /** DeLong's; null with fewer than two cases (or clusters) of a kind. */
  readonly variance: number | null
  readonly standardError: number | null
  /** Also null when the order is perfect, which leaves no spread to estimate. */
  readonly interval: Interval | null
  readonly confidence: number
  readonly events: number
  readonly nonEvents: number
}

export interface AucInput {
  /** Higher should mean that the outcome is more likely. */
  readonly score: Numbers
  readonly outcome: Flags
  /** Rows of one cluster (an account seen on several days) are not taken as independent. */
  readonly cluster?: readonly (string | number)[]
}

/**
 * The area under the ROC curve with DeLong's variance, in O(n log n).
 *
 * Sources: E. DeLong, D. DeLong and D. Clarke-Pearson, Biometrics 44 (1988), 837–845; X. Sun and W. Xu,
 * IEEE Signal Process. Lett. 21 (2014), 1389–1393 (by ranks); N. Obuchowski, Biometrics 53 (1997),
 * 567–578 (clusters). Equal to R's pROC.
 */
export function auc(input: AucInput, options: { confidence?: number } = {}): Answer<Auc> {
  const confidence = checkedConfidence(options.confidence)
  const read = readScores([input.score], input.outcome)
  if (!read.ok) return { known: false, reason: read.reason }
  const { outcome, events, nonEvents } = read
  const placed = placements(read.scores[0] ?? new Float64Array(), outcome, events, nonEvents)
  const value = meanOfEvents(placed, outcome, events)
  const variance = covariance(
    { outcome, events, nonEvents, clusters: clusterIndex(input.cluster, outcome.length) },
    { placed, value },
    { placed, value },
  )
  return known(summary({ value, variance, events, nonEvents, confidence }))
}

export interface AucComparison {
  readonly first: Auc
  readonly second: Auc
  /** Of the two areas, which are not independent on the same cases. */
  readonly covariance: number | null
  /** first − second */
  readonly difference: number
  readonly standardError: number | null
  readonly interval: Interval | null
  /** null when the difference has no spread to be held against. */
  readonly z: number | null
  readonly p: number | null
}

/**
 * Whether one score separates better than another on the same cases.
 *
 * Source: DeLong et al. (1988), as above; with clusters Obuchowski (1997).
 */
export function compareAuc(
  input: {
    readonly first: Numbers
    readonly second: Numbers
    readonly outcome: Flags
    readonly cluster?: readonly (string | number)[]
  },
  options: { confidence?: number } = {},
): Answer<AucComparison> {
  const confidence = checkedConfidence(options.confidence)
  const read = readScores([input.first, input.second], input.outcome)
  if (!read.ok) return { known: false, reason: read.reason }
  const { outcome, events, nonEvents } = read
  const cases = {
    outcome,
    events,
    nonEvents,
    clusters: clusterIndex(input.cluster, outcome.length),
  }
  const [a, b] = read.scores.map((score) => {
    const placed = placements(score, outcome, events, nonEvents)
    return { placed, value: meanOfEvents(placed, outcome, events) }
  })
  if (!a || !b) throw new EvidenceError('Two scores are needed', { scores: read.scores.length })
  const varianceA = covariance(cases, a, a)
  const varianceB = covariance(cases, b, b)
  const shared = covariance(cases, a, b)
  const difference = a.value - b.value
  const about = { events, nonEvents, confidence }
  const result = {
    first: summary({ ...about, value: a.value, variance: varianceA }),
    second: summary({ ...about, value: b.value, variance: varianceB }),
    covariance: shared,
    difference,
  }
  if (varianceA === null || varianceB === null || shared === null) {
    return known({ ...result, standardError: null, interval: null, z: null, p: null })
  }
  // Two scores in the same order differ by rounding alone.
  const variance = varianceA + varianceB - 2 * shared
  const isNothing = variance <= 1e-14 * (varianceA + varianceB)
  const standardError = isNothing ? 0 : Math.sqrt(variance)
  if (isNothing) {
    return known({ ...result, standardError, interval: null, z: null, p: null })
  }
  const half = normalReach(confidence) * standardError
  const z = difference / standardError
  return known({
    ...result,
    standardError,
    interval: { low: Math.max(-1, difference - half), high: Math.min(1, difference + half) },
    z,
    p: normalTwoSided(z),
  })
}

interface ReadScores {
  readonly ok: true
  readonly scores: readonly Float64Array[]
  readonly outcome: Float64Array
  readonly events: number
  readonly nonEvents: number
}

/** Scores and outcomes that both kinds of case are among, or why not. */
export function readScores(
  given: readonly Numbers[],
  flags: Flags,
): ReadScores | { ok: false; reason: Reason } {
  const scores = given.map(readNumbers)
  const outcome = readFlags('outcome', flags)
  const n = rowCount([outcome, ...scores])
  const reason = whyUnusable([outcome, ...scores])
  if (reason) return { ok: false, reason }
  let events = 0
  for (const flag of outcome) events += flag
  if (events === 0 || events === n) {
    return { ok: false, reason: unknown('one_class', { n, events }).reason }
  }
  return { ok: true, scores, outcome, events, nonEvents: n - events }
}

/** For each case, the share of cases of the other kind that it is in the right order with. */
function placements(
  score: Float64Array,
  outcome: Float64Array,
  events: number,
  nonEvents: number,
): Float64Array {
  const order = ascending(score)
  const placed = new Float64Array(score.length)
  let eventsBelow = 0
  let nonEventsBelow = 0
  for (const [from, to] of ties(score, order)) {
    let tiedEvents = 0
    for (let i = from; i < to; i++) tiedEvents += outcome[order[i] ?? 0] ?? 0
    const tiedOthers = to - from - tiedEvents
    const ofEvent = (nonEventsBelow + tiedOthers / 2) / nonEvents
    const ofOther = (events - eventsBelow - tiedEvents / 2) / events
    for (let i = from; i < to; i++) {
      const row = order[i] ?? 0
      placed[row] = outcome[row] === 1 ? ofEvent : ofOther
    }
    eventsBelow += tiedEvents
    nonEventsBelow += tiedOthers
  }
  return placed
}

function meanOfEvents(placed: Float64Array, outcome: Float64Array, events: number): number {
  let sum = 0
  for (let i = 0; i < placed.length; i++) if (outcome[i] === 1) sum += placed[i] ?? 0
  return sum / events
}

interface Cases {
  readonly outcome: Float64Array
  readonly events: number
  readonly nonEvents: number
  readonly clusters: { readonly of: Uint32Array; readonly count: number } | null
}

interface Placed {
  readonly placed: Float64Array
  readonly value: number
}

function covariance(cases: Cases, a: Placed, b: Placed): number | null {
  const { outcome, events, nonEvents, clusters } = cases
  if (clusters) return clusteredCovariance(cases, clusters, a, b)
  if (events < 2 || nonEvents < 2) return null
  let ofEvents = 0
  let ofOthers = 0
  for (let i = 0; i < outcome.length; i++) {
    const product = ((a.placed[i] ?? 0) - a.value) * ((b.placed[i] ?? 0) - b.value)
    if (outcome[i] === 1) ofEvents += product
    else ofOthers += product
  }
  return ofEvents / ((events - 1) * events) + ofOthers / ((nonEvents - 1) * nonEvents)
}

function clusteredCovariance(
  { outcome, events, nonEvents }: Cases,
  { of, count }: { of: Uint32Array; count: number },
  a: Placed,
  b: Placed,
): number | null {
  const sums = [a, b].map(({ placed, value }) => {
    const ofEvents = new Float64Array(count)
    const ofOthers = new Float64Array(count)
    for (let i = 0; i < outcome.length; i++) {
      const side = outcome[i] === 1 ? ofEvents : ofOthers
      const cluster = of[i] ?? 0
      side[cluster] = (side[cluster] ?? 0) + (placed[i] ?? 0) - value
    }
    return { ofEvents, ofOthers }
  })
  const [first, second] = sums
  const withEvents = new Set<number>()
  const withOthers = new Set<number>()
  for (let i = 0; i < outcome.length; i++)
    (outcome[i] === 1 ? withEvents : withOthers).add(of[i] ?? 0)
  if (!first || !second || withEvents.size < 2 || withOthers.size < 2) return null
  const correction = (n: number) => n / (n - 1)
  const product = (x: Float64Array, y: Float64Array) =>
    x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0)
  return (
    (correction(withEvents.size) * product(first.ofEvents, second.ofEvents)) / events ** 2 +
    (correction(withOthers.size) * product(first.ofOthers, second.ofOthers)) / nonEvents ** 2 +
    (correction(count) *
      (product(first.ofEvents, second.ofOthers) + product(first.ofOthers, second.ofEvents))) /
      (events * nonEvents)
  )
}

function clusterIndex(cluster: readonly (string | number)[] | undefined, n: number) {
  if (!cluster) return null
  if (cluster.length !== n) {
    throw new EvidenceError('Columns differ in length', { rows: n, other: cluster.length })
  }
  const index = new Map<string | number, number>()
  const of = Uint32Array.from(cluster, (key) => {
    const known = index.get(key) ?? index.size
    index.set(key, known)
    return known
  })
  return { of, count: index.size }
}

function summary(found: {
  value: number
  variance: number | null
  events: number
  nonEvents: number
  confidence: number
}): Auc {
  const { value, confidence } = found
  const variance = found.variance === null ? null : Math.max(0, found.variance)
  const standardError = variance === null ? null : Math.sqrt(variance)
  const half = normalReach(confidence) * (standardError ?? 0)
  return {
    ...found,
    variance,
    standardError,
    interval: half > 0 ? { low: Math.max(0, value - half), high: Math.min(1, value + half) } : null,
  }
}

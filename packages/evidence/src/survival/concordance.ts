import { type Answer, known, unknown } from '../answer.ts'
import { type Numbers, readNumbers, rowCount, whyUnusable } from '../columns.ts'
import { checkedConfidence, normalReach } from '../confidence.ts'
import { ascending, PlaceCounts, ties } from '../numeric/order.ts'
import type { Interval } from '../proportion.ts'
import { type ReadSpans, readSpans, type Spans } from './spans.ts'

export interface Concordance {
  /** The share of comparable pairs that the score puts in the right order; 0.5 says nothing. */
  readonly value: number
  readonly standardError: number
  /** null when all pairs agree, which leaves no spread to estimate. */
  readonly interval: Interval | null
  readonly comparable: number
  readonly concordant: number
  readonly discordant: number
  /** Pairs with equal scores; each counts half. */
  readonly tied: number
}

/**
 * Harrell's C: of two cases, the one with the higher score should have the outcome first. A pair is
 * comparable when one had the outcome while the other was watched; equal times of events are not, and
 * a case censored at the time of an event outlived it. O(n log n).
 *
 * Sources: F. Harrell et al., JAMA 247 (1982), 2543–2546; infinitesimal jackknife variance as in
 * Therneau and Watson's note for R's `concordance` (with `reverse = TRUE`), to which it is equal.
 */
export function concordance(
  input: Spans & { readonly score: Numbers },
  options: { confidence?: number } = {},
): Answer<Concordance> {
  const confidence = checkedConfidence(options.confidence)
  const read = readSpans(input)
  if (!read.ok) return { known: false, reason: read.reason }
  const score = readNumbers(input.score)
  rowCount([read.spans.time, score])
  const unusable = whyUnusable([score])
  if (unusable) return { known: false, reason: unusable }
  const { n, events } = read.spans
  if (events === 0) return unknown('no_events', { n })

  const place = places(score)
  // For each row, its pairs as the earlier one and as the later one.
  const won = new Float64Array(n)
  const pairs = new Float64Array(n)
  const { concordant, discordant, tied } = countAsEarlier(read.spans, place, won, pairs)
  countAsLater(read.spans, place, won, pairs)
  const comparable = concordant + discordant + tied
  if (comparable === 0) return unknown('too_few_events', { events, needed: events + 1 })
  const value = (concordant + tied / 2) / comparable
  let variance = 0
  for (let i = 0; i < n; i++) {
    variance += (((won[i] ?? 0) - value * (pairs[i] ?? 0)) / comparable) ** 2
  }
  const standardError = Math.sqrt(variance)
  const half = normalReach(confidence) * standardError
  return known({
    value,
    standardError,
    interval:
      standardError > 0
        ? { low: Math.max(0, value - half), high: Math.min(1, value + half) }
        : null,
    comparable,
    concordant,
    discordant,
    tied,
  })
}

/** Dense ranks of the scores from 0. */
function places(score: Float64Array): Uint32Array {
  const order = ascending(score)
  const place = new Uint32Array(score.length)
  let rank = 0
  for (const [from, to] of ties(score, order)) {
    for (let i = from; i < to; i++) place[order[i] ?? 0] = rank
    rank += 1
  }
  return place
}

function countAsEarlier(
  { n, time, event, entry, hasEntry }: ReadSpans,
  place: Uint32Array,
  won: Float64Array,
  pairs: Float64Array,
) {
  const byTime = ascending(time).reverse()
  const byEntry = hasEntry ? ascending(entry).reverse() : new Uint32Array(0)
  const watched = new PlaceCounts(n)
  let size = 0
  let concordant = 0
  let discordant = 0
  let tied = 0
  let left = 0
  let i = 0
  while (i < n) {
    const at = time[byTime[i] ?? 0] ?? 0
    let end = i
    for (; end < n && time[byTime[end] ?? 0] === at; end++) {
      const row = byTime[end] ?? 0
      if (event[row] === 1) continue
      watched.add(place[row] ?? 0, 1)
      size += 1
    }
    for (; left < byEntry.length && (entry[byEntry[left] ?? 0] ?? 0) >= at; left++) {
      watched.add(place[byEntry[left] ?? 0] ?? 0, -1)
      size -= 1
    }
    for (let k = i; k < end; k++) {
      const row = byTime[k] ?? 0
      if (event[row] !== 1) continue
      const below = watched.below(place[row] ?? 0)
      const equal = watched.below((place[row] ?? 0) + 1) - below
      concordant += below
      tied += equal
      discordant += size - below - equal
      won[row] = (won[row] ?? 0) + below + equal / 2
      pairs[row] = (pairs[row] ?? 0) + size
    }
    for (; i < end; i++) {
      const row = byTime[i] ?? 0
      if (event[row] !== 1) continue
      watched.add(place[row] ?? 0, 1)
      size += 1
    }
  }
  return { concordant, discordant, tied }
}

function countAsLater(
  { n, time, event, entry, hasEntry }: ReadSpans,
  place: Uint32Array,
  won: Float64Array,
  pairs: Float64Array,
): void {
  const byTime = ascending(time)
  const byEntry = hasEntry ? ascending(entry) : new Uint32Array(0)
  const happened = new PlaceCounts(n)
  let size = 0
  /** Adds the events so far to a row's pairs, or takes them away. */
  const settle = (row: number, sign: 1 | -1) => {
    const upTo = happened.below((place[row] ?? 0) + 1)
    const below = happened.below(place[row] ?? 0)
    won[row] = (won[row] ?? 0) + sign * (size - upTo + (upTo - below) / 2)
    pairs[row] = (pairs[row] ?? 0) + sign * size
  }
  let entered = 0
  // A row is settled with the events before its time; a censored one also with those at its time.
  let i = 0
  while (i < n) {
    const at = time[byTime[i] ?? 0] ?? 0
    for (; entered < byEntry.length && (entry[byEntry[entered] ?? 0] ?? 0) < at; entered++) {
      settle(byEntry[entered] ?? 0, -1)
    }
    let end = i
    for (; end < n && time[byTime[end] ?? 0] === at; end++) {
      const row = byTime[end] ?? 0
      if (event[row] === 1) settle(row, 1)
    }
    const firstOfTime = i
    for (; i < end; i++) {
      const row = byTime[i] ?? 0
      if (event[row] !== 1) continue
      happened.add(place[row] ?? 0, 1)
      size += 1
    }
    for (let k = firstOfTime; k < end; k++) {
      const row = byTime[k] ?? 0
      if (event[row] !== 1) settle(row, 1)
    }
  }
}

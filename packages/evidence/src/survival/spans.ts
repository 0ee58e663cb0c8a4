import type { Reason } from '../answer.ts'
import {
  type Flags,
  type Numbers,
  readFlags,
  readNumbers,
  rowCount,
  whyUnusable,
} from '../columns.ts'
import { EvidenceError } from '../error.ts'
import { ascending } from '../numeric/order.ts'

/**
 * How long each case was watched, and whether the outcome ended it. Times are numbers of one unit
 * (days, weeks); the results are in the same unit.
 */
export interface Spans {
  /** When watching ended: by the outcome or by censoring. */
  readonly time: Numbers
  /** Whether the outcome happened at that time. */
  readonly event: Flags
  /**
   * When watching began, below `time`: the case is at risk in (entry, time]. Default: from the
   * beginning, so that a case with time 0 was at risk at 0 only.
   */
  readonly entry?: Numbers
}

export interface ReadSpans {
  readonly n: number
  readonly time: Float64Array
  readonly event: Float64Array
  /** −∞ where watching began at the beginning. */
  readonly entry: Float64Array
  readonly events: number
  readonly hasEntry: boolean
}

/**
 * @throws EvidenceError when columns differ in length, a span ends before it begins, or an event is
 *   neither 0 nor 1.
 */
export function readSpans(
  spans: Spans,
): { ok: true; spans: ReadSpans } | { ok: false; reason: Reason } {
  const time = readNumbers(spans.time)
  const event = readFlags('event', spans.event)
  const entry = spans.entry && readNumbers(spans.entry)
  rowCount(entry ? [time, event, entry] : [time, event])
  const reason = whyUnusable(entry ? [time, event, entry] : [time, event])
  if (reason) return { ok: false, reason }
  let events = 0
  for (let i = 0; i < time.length; i++) {
    events += event[i] ?? 0
    const from = entry?.[i]
    if (from !== undefined && from >= (time[i] ?? 0)) {
      throw new EvidenceError('A span must end after it begins', {
        row: i,
        entry: from,
        time: time[i] ?? 0,
      })
    }
  }
  return {
    ok: true,
    spans: {
      n: time.length,
      time,
      event,
      entry: entry ?? new Float64Array(time.length).fill(-Infinity),
      events,
      hasEntry: entry !== undefined,
    },
  }
}

/** What happened at one time: `atRisk` were watched just before it. */
export interface Moment {
  readonly time: number
  readonly atRisk: number
  readonly events: number
  readonly censored: number
}

/**
 * The times at which a span ended, ascending. At equal times an event comes before a censoring, so
 * that a case censored at t was at risk of the events at t.
 */
export function moments(spans: Pick<ReadSpans, 'time' | 'event' | 'entry'>): Moment[] {
  const { time, event } = spans
  const n = time.length
  const order = ascending(time)
  const entries = Float64Array.from(spans.entry).sort()
  const result: Moment[] = []
  let entered = 0
  let i = 0
  while (i < n) {
    const at = time[order[i] ?? 0] ?? 0
    while (entered < n && (entries[entered] ?? 0) < at) entered += 1
    const atRisk = entered - i
    let events = 0
    let ended = 0
    while (i < n && time[order[i] ?? 0] === at) {
      events += event[order[i] ?? 0] ?? 0
      ended += 1
      i += 1
    }
    result.push({ time: at, atRisk, events, censored: ended - events })
  }
  return result
}

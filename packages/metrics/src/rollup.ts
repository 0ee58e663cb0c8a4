import { Temporal } from 'temporal-polyfill'
import type { Cuts } from './cuts.ts'
import type { Window } from './sql/windows.ts'

/** The roll-up of usage events that stands ready in the fact store. */
export interface UseRollup {
  /** In which its days are days. */
  readonly timeZone: string
  /** ISO instant from which on all of it is known; null while there are no events. */
  readonly lastKnownAt: string | null
}

/**
 * Roll-ups that may be read in place of facts. What they answer is the same as from the facts, and of those that are
 * deleted it is what it was.
 */
export interface Rollups {
  readonly use: UseRollup | null
  /** Which facts are deleted; without it none are. */
  readonly cuts?: Cuts
}

/** What of the roll-ups can answer for these windows, as a source needs it. */
export const usable = (
  rollups: Rollups | undefined,
  windows: readonly Window[],
  timeZone: string,
): { readonly useKnown?: KnownDays; readonly cuts?: Cuts } => {
  const useKnown = knownDaysOf(rollups?.use, windows, timeZone)
  return {
    ...(useKnown === null ? {} : { useKnown }),
    ...(rollups?.cuts === undefined ? {} : { cuts: rollups.cuts }),
  }
}

/** At the ends of which local days it is asked what was known. */
export interface KnownDays {
  /** ISO dates, each once; `ALL_KNOWN` for everything. */
  readonly days: readonly string[]
  /** For each window, which of them. */
  readonly ofWindow: readonly number[]
}

/** Later than any day on which something stopped being known, and earlier than 'never'. */
export const ALL_KNOWN = '2299-12-30'

/** The local day whose last millisecond an instant is; null for any other instant. */
const endedDay = (instant: string, timeZone: string): string | null => {
  const after = Temporal.Instant.from(instant).add({ milliseconds: 1 })
  const local = after.toZonedDateTimeISO(timeZone)
  if (!local.equals(local.startOfDay())) return null
  return local.toPlainDate().subtract({ days: 1 }).toString()
}

/**
 * The days as of which a roll-up can be asked for these windows. A row of it is known from one local day
 * on until another, so it answers for ends of days and for what is known after everything is.
 *
 * @returns null when a window asks for another instant, or in another time zone; then the facts answer
 */
export const knownDaysOf = (
  rollup: UseRollup | null | undefined,
  windows: readonly Window[],
  timeZone: string,
): KnownDays | null => {
  if (rollup?.timeZone !== timeZone) return null
  const { lastKnownAt } = rollup
  const lastMs = lastKnownAt === null ? Number.NEGATIVE_INFINITY : Date.parse(lastKnownAt)
  const days: string[] = []
  const byInstant = new Map<string, number | null>()
  const indexOf = (knownAt: string): number | null => {
    const day = Date.parse(knownAt) >= lastMs ? ALL_KNOWN : endedDay(knownAt, timeZone)
    if (day === null) return null
    const known = days.indexOf(day)
    return known >= 0 ? known : days.push(day) - 1
  }
  const ofWindow: number[] = []
  for (const { knownAt } of windows) {
    const index = byInstant.has(knownAt) ? byInstant.get(knownAt) : indexOf(knownAt)
    if (index === null || index === undefined) return null
    byInstant.set(knownAt, index)
    ofWindow.push(index)
  }
  return { days, ofWindow }
}

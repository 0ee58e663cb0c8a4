import { Temporal } from 'temporal-polyfill'
import { restDaysBetween } from '../holidays.ts'
import { localDay } from '../periods.ts'
import type { MetricSettings } from '../settings.ts'
import { lastDayOf, type Window } from '../sql/windows.ts'

/** How long a window of users is, in days. */
export const SPAN = 28
/** How many of the windows before the last one the trend's z-score looks at. */
export const EARLIER = 6

/** The days, counted back from a window's last one, on which there must have been use. */
interface DaysBack {
  readonly from: number
  readonly to: number
}

const trailing = (days: number, before = 0): DaysBack => ({ from: before + days - 1, to: before })
const nth = (length: number): number[] => Array.from({ length }, (_, k) => k)

export const earlierUsers = (k: number): string => `users_28_${k}_before`
export const usersOfDay = (k: number): string => `users_${k}_days_ago`

/** Days of use in the last 28 that the mean takes in, added over users; sums of them, not users. */
export const USER_DAYS = 'user_days'

/** For which a user counts once, however often it was active on those days; null: in the period. */
const ofPersons: Readonly<Record<string, DaysBack | null>> = {
  users_1: trailing(1),
  users_7: trailing(7),
  users_28: trailing(SPAN),
  ...Object.fromEntries(
    nth(EARLIER).map((k) => [earlierUsers(k + 1), trailing(SPAN, SPAN * (k + 1))]),
  ),
  ...Object.fromEntries(nth(SPAN).map((k) => [usersOfDay(k), trailing(1, k)])),
  users_in_period: null,
}
const ofAccounts: Readonly<Record<string, DaysBack>> = {
  feature: trailing(SPAN),
  core: trailing(SPAN),
}
/**
 * What is known of the use of an account by the window's end, each with the days that its first use
 * must lie back from the window's last one. 'ever' holds also when it turned out to be void.
 */
const recorded: Readonly<Record<string, number>> = {
  recorded: 0,
  ever_recorded: 0,
  any_recorded: 0,
  ever_any_recorded: 0,
  ...Object.fromEntries(nth(EARLIER).map((k) => [`recorded_${k + 1}_before`, SPAN * (k + 2) - 1])),
}

/** Of these, the ones that hold whoever used the product, also when the event names nobody. */
const ofAnyone: ReadonlySet<string> = new Set(['any_recorded', 'ever_any_recorded'])

const kinds = [
  ...Object.keys(ofPersons),
  ...Object.keys(ofAccounts),
  ...Object.keys(recorded),
  USER_DAYS,
]

/** A code is window × KINDS + kind: 'counts for this in that window'. */
export const KINDS = kinds.length
export const kindOf = (name: string): number => {
  const kind = kinds.indexOf(name)
  if (kind < 0) throw new Error(`Use has no kind '${name}'.`)
  return kind
}

export interface UseCalendar {
  /** First and last local day that any window looks at, and the first that matters to features. */
  readonly from: string
  readonly nearFrom: string
  readonly to: string
  /** The first slot of each part. */
  readonly slots: Readonly<Record<Part, number>>
  /** The codes to which a row of use leads, by its slot. */
  readonly codes: readonly (readonly number[])[]
  /** Beside each code the days of the slot's month on which there must have been use, as bits. */
  readonly masks: readonly (readonly number[])[]
  /** For each kind, the days by which first use must precede a window's last day. */
  readonly back: readonly number[]
  /** For each window, how many of its last 28 days count in the mean of daily users. */
  readonly countedDays: readonly number[]
}

/** The slots of an account's first use by a person, and of its first use by anyone. */
export const PERSON_SLOT = 1
export const ANYONE_SLOT = 2
const FIRST_SLOT = 3
const parts = ['person', 'feature', 'core'] as const
type Part = (typeof parts)[number]
/** All days of a month, the first being the lowest bit. */
const ALL_DAYS = 0xffffffff

const monthsBetween = (from: Temporal.PlainDate, to: Temporal.PlainDate): number =>
  (to.year - from.year) * 12 + to.month - from.month

/** For each of the last 28 days, counted back from the last one, whether the mean takes it in. */
const daysInMean = (last: Temporal.PlainDate, settings: MetricSettings): boolean[] => {
  const first = last.subtract({ days: SPAN - 1 })
  const rest = new Set(
    settings.countWeekends ? [] : restDaysBetween(first.toString(), last.toString(), settings),
  )
  return nth(SPAN).map((days) => !rest.has(last.subtract({ days }).toString()))
}

/** Days, both included, that count for a kind in a window. */
export interface UseSpan {
  /** Index of the window. */
  readonly window: number
  readonly kind: string
  readonly from: Temporal.PlainDate
  readonly to: Temporal.PlainDate
}

interface WindowDays {
  readonly start: Temporal.PlainDate
  readonly last: Temporal.PlainDate
  /** For each of the last 28 days, counted back, whether the mean of daily users takes it in. */
  readonly inMean: readonly boolean[]
}

/** The days of each window. */
export const windowDays = (
  windows: readonly Window[],
  settings: MetricSettings,
): readonly WindowDays[] =>
  windows.map((window) => {
    const last = Temporal.PlainDate.from(lastDayOf(window, settings.timeZone))
    const start = Temporal.PlainDate.from(localDay(window.start, settings.timeZone))
    return { start, last, inMean: daysInMean(last, settings) }
  })

/** For each window how many of its last 28 days count in the mean of daily users. */
export const countedDays = (days: readonly WindowDays[]): number[] =>
  days.map(({ inMean }) => inMean.filter(Boolean).length)

/** For which days which use counts, for the kinds that are needed. */
export const useSpans = (days: readonly WindowDays[], wanted: ReadonlySet<string>): UseSpan[] =>
  days.flatMap(({ start, last, inMean }, window) => {
    const leftOut = new Set(inMean.flatMap((counts, k) => (counts ? [] : [usersOfDay(k)])))
    const spans = Object.entries({ ...ofPersons, ...ofAccounts })
      .filter(([kind]) => wanted.has(kind) && !leftOut.has(kind))
      .map(([kind, back]) => ({
        window,
        kind,
        from: back === null ? start : last.subtract({ days: back.from }),
        to: last.subtract({ days: back?.to ?? 0 }),
      }))
    if (!wanted.has(USER_DAYS)) return spans
    const counted = inMean.flatMap((counts, k) => (counts ? [last.subtract({ days: k })] : []))
    return [...spans, ...counted.map((day) => ({ window, kind: USER_DAYS, from: day, to: day }))]
  })

/** For each kind of record, the days by which first use must precede a window's last day. */
export const daysBack = (kind: string): number => recorded[kind] ?? 0

/**
 * Which day counts for which kind in which window, worked out here rather than for each row.
 *
 * @param wanted the kinds that are needed; to others no day leads
 */
export const useCalendar = (
  windows: readonly Window[],
  wanted: ReadonlySet<string>,
  settings: MetricSettings,
): UseCalendar => {
  const ends = windowDays(windows, settings)
  const spans = useSpans(ends, wanted).map(({ window, kind, from, to }) => ({
    code: window * KINDS + kindOf(kind),
    part: parts.find((part) => part === kind) ?? 'person',
    from,
    to,
  }))
  const bounds = [...ends.map(({ last }) => last), ...spans.map(({ from }) => from)].toSorted(
    Temporal.PlainDate.compare,
  )
  const first = bounds[0] ?? Temporal.PlainDate.from('1970-01-01')
  const last = bounds.at(-1) ?? first
  const days = first.until(last).days + 1
  const nearFrom = ends
    .map((each) => each.last.subtract({ days: SPAN - 1 }))
    .reduce((a, b) => (Temporal.PlainDate.compare(a, b) <= 0 ? a : b), last)
  const codesOfRecords = (...names: readonly string[]): number[] =>
    windows.flatMap((_, i) =>
      names.flatMap((name) => (wanted.has(name) ? [i * KINDS + kindOf(name)] : [])),
    )
  const months = monthsBetween(first, last) + 1
  // Of a month it is enough to know on which days; times of core actions are added up day by day.
  const slots = {
    person: FIRST_SLOT,
    feature: FIRST_SLOT + months,
    core: FIRST_SLOT + 2 * months,
  }
  const recordedCodes = [
    codesOfRecords(...Object.keys(recorded).filter((name) => !ofAnyone.has(name))),
    codesOfRecords(...ofAnyone),
  ]
  const empty = (): number[][] => Array.from({ length: 2 * months + days }, () => [])
  const codes = [...recordedCodes, ...empty()]
  const masks = [...recordedCodes.map((of) => of.map(() => ALL_DAYS)), ...empty()]
  const add = (slot: number, code: number, mask: number): void => {
    codes[slot - 1]?.push(code)
    masks[slot - 1]?.push(mask)
  }
  for (const { part, code, from, to } of spans) {
    if (part === 'core') {
      const end = first.until(to).days
      for (let day = first.until(from).days; day <= end; day += 1) {
        add(slots.core + day, code, ALL_DAYS)
      }
      continue
    }
    for (let day = from; Temporal.PlainDate.compare(day, to) <= 0; ) {
      const monthEnd = day.with({ day: day.daysInMonth })
      const end = Temporal.PlainDate.compare(monthEnd, to) < 0 ? monthEnd : to
      // Bits from `day` to `end`, as an unsigned number.
      const mask = 2 ** end.day - 2 ** (day.day - 1)
      add(slots[part] + monthsBetween(first, day), code, mask)
      day = end.add({ days: 1 })
    }
  }
  return {
    from: first.toString(),
    nearFrom: nearFrom.toString(),
    to: last.toString(),
    slots,
    codes,
    masks,
    back: kinds.map(daysBack),
    countedDays: countedDays(ends),
  }
}

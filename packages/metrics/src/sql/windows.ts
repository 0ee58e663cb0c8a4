import { Temporal } from 'temporal-polyfill'
import { lastInstantOf, localDay, monthsIn, shiftDays, stepOf } from '../periods.ts'
import type { MetricSettings } from '../settings.ts'

/** A stretch of time for which all figures of a query are made, as known at one instant. */
export interface Window {
  /** ISO instants, half-open. An instant figure is asked at `end`. */
  readonly start: string
  readonly end: string
  /** Facts that became known later have no influence. */
  readonly knownAt: string
  /** The instant at which account attributes are read. */
  readonly attributesAt: string
}

const columns = {
  start: "Array(DateTime64(3, 'UTC'))",
  end: "Array(DateTime64(3, 'UTC'))",
  known: "Array(DateTime64(3, 'UTC'))",
  epoch: 'Array(UInt32)',
  attributes_at: "Array(DateTime64(3, 'UTC'))",
  last_day: 'Array(Date32)',
  answers_from: "Array(DateTime64(3, 'UTC'))",
  months: 'Array(Decimal(18, 4))',
  step_months: 'Array(UInt32)',
  step_days: 'Array(UInt32)',
} as const

export type WindowColumn = keyof typeof columns

/** The bound array of one column of the windows. */
export const windowArray = (column: WindowColumn): string => `{window_${column}:${columns[column]}}`

/**
 * Repeats every row for each window: an ARRAY JOIN over bound arrays, which needs no join and so runs
 * on a distributed table as it stands. Gives `i` (the index of the window) and `window_<column>`.
 */
export const eachWindow = (...wanted: readonly WindowColumn[]): string =>
  `ARRAY JOIN\n${[
    '  {window_index:Array(UInt32)} AS i',
    ...wanted.map((column) => `  ${windowArray(column)} AS window_${column}`),
  ].join(',\n')}`

/** The start of the local day that lies some days before the end of a window. */
export const daysBeforeEnd = (days: number): string =>
  `toTimeZone(addDays(toTimeZone(window_end, {time_zone:String}), -${days}), 'UTC')`

/** An ISO instant as the engine reads it in a parameter, in UTC to the millisecond. */
export const engineInstant = (instant: string): string =>
  Temporal.Instant.from(instant)
    .toZonedDateTimeISO('UTC')
    .toPlainDateTime()
    .toString({ fractionalSecondDigits: 3, roundingMode: 'floor' })
    .replace('T', ' ')

/** The last local day of a window. */
export const lastDayOf = ({ end }: Pick<Window, 'end'>, timeZone: string): string =>
  localDay(lastInstantOf(end), timeZone)

/** Windows that share what is known share an epoch: a small index of the distinct instants. */
const epochsOf = (windows: readonly Window[]): string[] => [
  ...new Set(windows.map(({ knownAt }) => engineInstant(knownAt))),
]

/** Values for every placeholder that `eachWindow` and the versions of facts use. */
export const windowParams = (
  windows: readonly Window[],
  settings: MetricSettings,
): Record<string, unknown> => {
  const { timeZone } = settings
  const epochs = epochsOf(windows)
  const index = new Map(epochs.map((epoch, i) => [epoch, i]))
  return {
    time_zone: timeZone,
    window_index: windows.map((_, i) => i),
    window_start: windows.map(({ start }) => engineInstant(start)),
    window_end: windows.map(({ end }) => engineInstant(end)),
    window_known: windows.map(({ knownAt }) => engineInstant(knownAt)),
    window_epoch: windows.map(({ knownAt }) => index.get(engineInstant(knownAt)) ?? 0),
    window_attributes_at: windows.map(({ attributesAt }) => engineInstant(attributesAt)),
    window_last_day: windows.map((window) => lastDayOf(window, timeZone)),
    window_answers_from: windows.map(({ end }) =>
      engineInstant(shiftDays(end, -settings.npsWindowDays, timeZone)),
    ),
    // Whole months between two starts of such a period, else 0 and its days.
    window_step_months: windows.map((window) => stepOf(window, timeZone).months),
    window_step_days: windows.map((window) => stepOf(window, timeZone).days),
    window_months: windows.map((window) => Number(monthsIn(window, timeZone).toFixed(4))),
    epoch_index: epochs.map((_, i) => i),
    epoch_known: epochs,
    // Versions known after every window has ended its knowing need not be read at all.
    known_at: epochs.toSorted().at(-1) ?? '',
  }
}

import type { Text } from '@tomoshibi/contract/text'
import type { NameEntry } from '@tomoshibi/metrics/condition/scope'
import { type HolidayCalendar, isBusinessDay } from '@tomoshibi/metrics/holidays'
import { Temporal } from 'temporal-polyfill'
import { daysAfter, daysThrough } from './days.ts'

/**
 * What conditions may name to take the season out: the company's calendar on the day that is looked at, and
 * each metric of the account a year before.
 */

/** 52 whole weeks, so that days of the week meet their like. */
export const yearOfWeeks = 364

const yearAgo = '_year_ago'

/** The name of a metric a year before. */
export const yearAgoName = (metric: string): string => `${metric}${yearAgo}`

/** The column of that in a frame of lamps. */
export const yearAgoColumn = (metric: string): string => `year_ago_${metric}`

/** The metric whose value a year before a name stands for; null where it stands for something else. */
export function metricYearAgo(name: string, { column }: NameEntry): string | null {
  if (!name.endsWith(yearAgo)) return null
  const metric = name.slice(0, -yearAgo.length)
  return column === yearAgoColumn(metric) ? metric : null
}

/** The entry of a metric a year before, from that of the metric. */
export const yearAgoEntry = (metric: string, entry: NameEntry): NameEntry => ({
  ...entry,
  column: yearAgoColumn(metric),
  label: { en: `${entry.label.en} a year before`, ja: `1年前の${entry.label.ja}` },
})

interface CalendarName {
  readonly label: Text
  readonly of: (day: string, calendar: HolidayCalendar) => number
}

const businessDays = (day: string, count: number, calendar: HolidayCalendar): number =>
  daysThrough(daysAfter(day, 1 - count), day).filter((each) => isBusinessDay(each, calendar)).length

/** What the calendar says of a day; the same for every account. */
const calendarNames: Readonly<Record<string, CalendarName>> = {
  weekday: {
    label: { en: 'Day of the week', ja: '曜日(月曜=1)' },
    of: (day) => Temporal.PlainDate.from(day).dayOfWeek,
  },
  business_days_7: {
    label: { en: 'Working days of the last 7', ja: '直近7日間の営業日数' },
    of: (day, calendar) => businessDays(day, 7, calendar),
  },
  business_days_28: {
    label: { en: 'Working days of the last 28', ja: '直近28日間の営業日数' },
    of: (day, calendar) => businessDays(day, 28, calendar),
  },
}

const calendarColumn = (name: string): string => `calendar_${name}`

export const calendarEntries: ReadonlyMap<string, NameEntry> = new Map(
  Object.entries(calendarNames).map(([name, { label }]) => [
    name,
    { type: 'number', column: calendarColumn(name), label, unit: 'count' },
  ]),
)

export interface CalendarColumns {
  /** Terms of a SELECT over rows with `i`, the index of the day. */
  readonly terms: readonly string[]
  readonly params: Readonly<Record<string, unknown>>
}

/**
 * The columns of names of the calendar.
 *
 * @param days ISO dates, in the order of `i`
 */
export function calendarColumns(
  names: readonly string[],
  days: readonly string[],
  calendar: HolidayCalendar,
): CalendarColumns {
  const used = names.flatMap((name) => {
    const found = Object.hasOwn(calendarNames, name) ? calendarNames[name] : undefined
    return found === undefined ? [] : [{ column: calendarColumn(name), of: found.of }]
  })
  return {
    terms: used.map(
      ({ column }) => `toNullable(toFloat64({${column}:Array(UInt8)}[i + 1])) AS ${column}`,
    ),
    params: Object.fromEntries(
      used.map(({ column, of }) => [column, days.map((day) => of(day, calendar))]),
    ),
  }
}

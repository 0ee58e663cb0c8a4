import { Temporal } from 'temporal-polyfill'
import { type BusinessCalendar, businessDays } from '../business-hours.ts'
import { lastDayOf, type Window } from '../sql/windows.ts'

/**
 * How far before the first window business time is counted. A ticket that was opened even earlier
 * counts as opened then.
 */
const YEARS_BACK = 10

const yearOf = (day: string): number => Temporal.PlainDate.from(day).year

/** Values for the placeholders of `businessTimeUntil`: arrays with a place for each local day. */
export const businessTimeParams = (
  windows: readonly Window[],
  calendar: BusinessCalendar,
): Record<string, unknown> => {
  const years = windows.flatMap((window) => [
    yearOf(window.start.slice(0, 10)),
    yearOf(lastDayOf(window, calendar.timeZone)),
  ])
  const days = businessDays(Math.min(...years) - YEARS_BACK, Math.max(...years), calendar)
  return {
    business_first_day: days.first,
    business_opens: days.opens,
    business_before: days.before,
  }
}

/** The place of an instant's local day in the arrays, from 1. */
const placeOf = (instant: string): string =>
  `greatest(dateDiff('day', {business_first_day:Date32}, toDate32(${instant}, {time_zone:String})), 0) + 1`

/**
 * The business milliseconds that have passed until an instant, counted from the first day of the
 * arrays: those of the days before its own, and of its own as many as have passed since it opened.
 *
 * @param instant SQL of an instant that is not NULL
 */
export const businessTimeUntil = (instant: string): string => {
  const before = (place: string) => `{business_before:Array(Int64)}[${place}]`
  const here = placeOf(instant)
  return `(${before(here)} + least(
      greatest(toUnixTimestamp64Milli(${instant}) - {business_opens:Array(Int64)}[${here}], 0),
      ${before(`${here} + 1`)} - ${before(here)}))`
}

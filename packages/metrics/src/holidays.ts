import holidayJp from '@holiday-jp/holiday_jp'
import { Temporal } from 'temporal-polyfill'

export const holidayCalendars = ['japan', 'none'] as const

/** Which days are holidays for the company: part of the settings of a workspace. */
export interface HolidayCalendar {
  /** 'japan': the national holidays of Japan, 1970 to 2050, holidays in lieu included. */
  readonly holidays: (typeof holidayCalendars)[number]
  /** Further local days, such as 2026-12-29, on which the company rests. */
  readonly extraHolidays: readonly string[]
}

/** Looked up by the day's text: the library's own functions read a Date in the machine's time zone. */
const national: ReadonlySet<string> = new Set(Object.keys(holidayJp.holidays))

/**
 * Whether nobody works on a local day because it is a holiday, whatever day of the week it is.
 *
 * @param day local day, such as 2026-05-06
 */
export const isHoliday = (day: string, calendar: HolidayCalendar): boolean =>
  (calendar.holidays === 'japan' && national.has(day)) || calendar.extraHolidays.includes(day)

/**
 * Whether a local day is a working day: Monday to Friday and no holiday.
 *
 * @param day local day, such as 2026-05-07
 */
export const isBusinessDay = (day: string, calendar: HolidayCalendar): boolean =>
  Temporal.PlainDate.from(day).dayOfWeek <= 5 && !isHoliday(day, calendar)

/**
 * The local days from `from` to `to`, both included, that are no working days: weekends and holidays,
 * in order. Empty when `to` is before `from`.
 */
export const restDaysBetween = (from: string, to: string, calendar: HolidayCalendar): string[] =>
  daysBetween(from, to).filter((day) => !isBusinessDay(day, calendar))

const daysBetween = (from: string, to: string): string[] => {
  const first = Temporal.PlainDate.from(from)
  const count = Math.max(0, first.until(to).days + 1)
  return Array.from({ length: count }, (_, days) => first.add({ days }).toString())
}

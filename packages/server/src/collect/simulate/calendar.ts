/**
 * The company's calendar. A `Day` is the number of days since 1970-01-01, a `Minute` the number of
 * minutes since that day's 00:00, both by the wall clock in Japan, which never shifts: so time is
 * plain whole numbers here, and no clock is read.
 */
export type Day = number
export type Minute = number

export const minutesPerDay = 1440

/** Source: H. Hinnant, "chrono-compatible low-level date algorithms", days_from_civil. */
export function dayOf(year: number, month: number, dayOfMonth: number): Day {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + dayOfMonth - 1
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

export interface CivilDate {
  readonly year: number
  readonly month: number
  readonly dayOfMonth: number
}

/** Source: as `dayOf`, civil_from_days. */
export function civil(day: Day): CivilDate {
  const shifted = day + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    dayOfMonth: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  }
}

/** The day `months` later; the last of the month where the month has no such day. */
export function addMonths(day: Day, months: number): Day {
  const { year, month, dayOfMonth } = civil(day)
  const index = year * 12 + (month - 1) + months
  const y = Math.floor(index / 12)
  const m = index - y * 12 + 1
  const last = dayOf(m === 12 ? y + 1 : y, m === 12 ? 1 : m + 1, 1) - dayOf(y, m, 1)
  return dayOf(y, m, Math.min(dayOfMonth, last))
}

export function firstOfMonth(day: Day): Day {
  return day - civil(day).dayOfMonth + 1
}

/** 0 = Monday … 6 = Sunday. */
export function weekday(day: Day): number {
  return (((day + 3) % 7) + 7) % 7
}

export function mondayOf(day: Day): Day {
  return day - weekday(day)
}

const two = (n: number) => String(n).padStart(2, '0')

/** `2026-11-21` */
export function isoDate(day: Day): string {
  const { year, month, dayOfMonth } = civil(day)
  return `${year}-${two(month)}-${two(dayOfMonth)}`
}

/** `2026-11` */
export function isoMonth(day: Day): string {
  return isoDate(day).slice(0, 7)
}

/** `2026-11-21T09:30:00`, by the wall clock in Japan. */
export function stamp(minute: Minute): string {
  const ofDay = minuteOfDay(minute)
  return `${isoDate(dayOfMinute(minute))}T${two(Math.floor(ofDay / 60))}:${two(ofDay % 60)}:00`
}

export function at(day: Day, hour: number, minute = 0): Minute {
  return day * minutesPerDay + hour * 60 + minute
}

export function dayOfMinute(minute: Minute): Day {
  return Math.floor(minute / minutesPerDay)
}

function minuteOfDay(minute: Minute): number {
  return minute - dayOfMinute(minute) * minutesPerDay
}

/** The day of an ISO date; null when it is not one. */
export function parseIsoDate(text: string): Day | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!match) return null
  const day = dayOf(Number(match[1]), Number(match[2]), Number(match[3]))
  return isoDate(day) === text ? day : null
}

export function isWorkday(day: Day): boolean {
  return weekday(day) < 5 && !isHoliday(day) && !isYearEnd(day)
}

export function nextWorkday(day: Day): Day {
  let next = day
  while (!isWorkday(next)) next += 1
  return next
}

/** How much of an ordinary workday's use a day sees. */
export function seasonOf(day: Day): number {
  if (isYearEnd(day)) return 0.04
  const ofWeek = weekday(day)
  if (ofWeek === 6) return 0.03
  if (ofWeek === 5) return 0.07
  if (isHoliday(day)) return 0.06
  const { month, dayOfMonth } = civil(day)
  if (month === 8 && dayOfMonth >= 12 && dayOfMonth <= 16) return 0.4 // Obon
  if ((month === 4 && dayOfMonth >= 30) || (month === 5 && dayOfMonth <= 6)) return 0.55
  return 1
}

/** The days around New Year on which offices close. */
function isYearEnd(day: Day): boolean {
  const { month, dayOfMonth } = civil(day)
  return (month === 12 && dayOfMonth >= 29) || (month === 1 && dayOfMonth <= 3)
}

const holidaysOfYear = new Map<number, ReadonlySet<Day>>()

/** Japanese public holidays by the law in force since 2022. */
export function isHoliday(day: Day): boolean {
  const { year } = civil(day)
  const known = holidaysOfYear.get(year) ?? computeHolidays(year)
  holidaysOfYear.set(year, known)
  return known.has(day)
}

function computeHolidays(year: number): ReadonlySet<Day> {
  const named = new Set<Day>([
    dayOf(year, 1, 1),
    nthMonday(year, 1, 2),
    dayOf(year, 2, 11),
    dayOf(year, 2, 23),
    dayOf(year, 3, equinox(year, 20.8431)),
    dayOf(year, 4, 29),
    dayOf(year, 5, 3),
    dayOf(year, 5, 4),
    dayOf(year, 5, 5),
    nthMonday(year, 7, 3),
    dayOf(year, 8, 11),
    nthMonday(year, 9, 3),
    dayOf(year, 9, equinox(year, 23.2488)),
    nthMonday(year, 10, 2),
    dayOf(year, 11, 3),
    dayOf(year, 11, 23),
  ])
  const all = new Set(named)
  for (const holiday of named) {
    // A holiday on a Sunday moves to the next day that is none.
    if (weekday(holiday) === 6) {
      let substitute = holiday + 1
      while (named.has(substitute)) substitute += 1
      all.add(substitute)
    }
    // A day between two holidays is one.
    if (named.has(holiday + 2) && !named.has(holiday + 1) && weekday(holiday + 1) !== 6) {
      all.add(holiday + 1)
    }
  }
  return all
}

function nthMonday(year: number, month: number, n: number): Day {
  const first = dayOf(year, month, 1)
  return first + ((7 - weekday(first)) % 7) + (n - 1) * 7
}

/** Day of the month of an equinox, 1980 to 2099: the usual approximation of the almanac. */
function equinox(year: number, base: number): number {
  return Math.floor(base + 0.242194 * (year - 1980)) - Math.floor((year - 1980) / 4)
}

import { EvidenceError } from './error.ts'

const isoDate = /^(\d{4})-(\d{2})-(\d{2})$/

/**
 * Days from 1970-01-01 to an ISO calendar date. Only differences of days are ever taken here, so that
 * neither a clock nor a time zone is involved.
 *
 * Source: H. Hinnant, "chrono-compatible low-level date algorithms", days_from_civil.
 * @throws EvidenceError when the text is not a date of the Gregorian calendar.
 */
export function epochDay(iso: string): number {
  const match = isoDate.exec(iso)
  const year = Number(match?.[1])
  const month = Number(match?.[2])
  const day = Number(match?.[3])
  if (!match || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) {
    throw new EvidenceError(`Not a calendar date: ${iso}`, { value: iso })
  }
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

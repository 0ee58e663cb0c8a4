import { Temporal } from 'temporal-polyfill'

const dayMs = 86_400_000

/**
 * Local dates and times of one time zone as instants.
 *
 * A local time that a change of clocks skips is moved forward by the gap, and of one that happens
 * twice the earlier is taken (Temporal's `compatible`), so that a file always gives the same
 * instants. Days are remembered, since files repeat them: asking Temporal for each row would take
 * most of an import's time.
 */
export class ZoneDays {
  readonly timeZone: string
  readonly #days = new Map<number, { startMs: number; plain: boolean }>()

  /** @param timeZone IANA name; ask `isTimeZone` first. */
  constructor(timeZone: string) {
    this.timeZone = timeZone
  }

  /** The instant in epoch milliseconds; null when there is no such calendar day or time. */
  instant(year: number, month: number, day: number, msOfDay: number): number | null {
    if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null
    if (msOfDay < 0 || msOfDay >= dayMs) return null
    const key = (year * 16 + month) * 32 + day
    let known = this.#days.get(key)
    if (known === undefined) {
      known = this.#look(year, month, day)
      // 150 years of days; a file with more distinct ones starts afresh.
      if (this.#days.size > 55_000) this.#days.clear()
      this.#days.set(key, known)
    }
    if (known.plain) return known.startMs + msOfDay
    return Temporal.PlainDateTime.from({ year, month, day })
      .add({ milliseconds: msOfDay })
      .toZonedDateTime(this.timeZone, { disambiguation: 'compatible' }).epochMilliseconds
  }

  /** The instant at the same local time some days later, or earlier. */
  addDays(ms: number, days: number): number {
    return Temporal.Instant.fromEpochMilliseconds(ms)
      .toZonedDateTimeISO(this.timeZone)
      .add({ days }).epochMilliseconds
  }

  /** The calendar day of an instant, `yyyy-MM-dd`. */
  dayOf(ms: number): string {
    return Temporal.Instant.fromEpochMilliseconds(ms)
      .toZonedDateTimeISO(this.timeZone)
      .toPlainDate()
      .toString()
  }

  #look(year: number, month: number, day: number): { startMs: number; plain: boolean } {
    const date = Temporal.PlainDate.from({ year, month, day })
    const startMs = date.toZonedDateTime(this.timeZone).epochMilliseconds
    const nextMs = date.add({ days: 1 }).toZonedDateTime(this.timeZone).epochMilliseconds
    const midnightExists = date.toZonedDateTime({
      timeZone: this.timeZone,
      plainTime: '00:00',
    }).epochMilliseconds
    return { startMs, plain: nextMs - startMs === dayMs && midnightExists === startMs }
  }
}

/** Whether there is a time zone of that IANA name. Offsets such as +09:00 are not taken. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name)
    return true
  } catch {
    return false
  }
}

/** Days in a month of the Gregorian calendar. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

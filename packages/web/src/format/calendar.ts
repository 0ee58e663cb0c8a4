/**
 * Arithmetic on calendar days (`2026-04-01`) and months (`2026-04`) as text. They are days of the
 * workspace's zone and never become instants here, so no browser time zone can shift them.
 */

const DAY_MS = 86_400_000

/** The day's midnight in UTC, only ever used to count and to format in UTC. */
export function dayMs(day: string): number {
  return Date.parse(`${day}T00:00:00Z`)
}

function dayAt(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** The day `count` days later (earlier when negative). */
export function addDays(day: string, count: number): string {
  return dayAt(dayMs(day) + count * DAY_MS)
}

/** Whole days from `from` until `to`; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((dayMs(to) - dayMs(from)) / DAY_MS)
}

/** The next Monday after the day, never the day itself. */
export function nextMonday(day: string): string {
  const weekday = new Date(dayMs(day)).getUTCDay()
  return addDays(day, ((8 - weekday) % 7) + (weekday === 1 ? 7 : 0))
}

/** The month of a day: `2026-04-17` is in `2026-04`. */
export function monthOf(day: string): string {
  return day.slice(0, 7)
}

/** The month `count` months later (earlier when negative). */
export function addMonths(month: string, count: number): string {
  const year = Number(month.slice(0, 4))
  const index = year * 12 + Number(month.slice(5, 7)) - 1 + count
  return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}`
}

/** The month's first day. */
export function monthStart(month: string): string {
  return `${month}-01`
}

/** The last `count` months, oldest first, `last` included. */
export function monthsThrough(last: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => addMonths(last, i - count + 1))
}

/** Whether the text is a real calendar month. */
export function isMonth(text: string): boolean {
  return /^\d{4}-(0[1-9]|1[0-2])$/.test(text)
}

/** The earlier of two days, or of two months. */
export function earlier(a: string, b: string): string {
  return a.localeCompare(b) < 0 ? a : b
}

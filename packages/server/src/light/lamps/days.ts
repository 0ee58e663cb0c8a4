import { Temporal } from 'temporal-polyfill'

/** The days from one to another, both included; none when they are in the wrong order. */
export function daysThrough(first: string, last: string): string[] {
  const days: string[] = []
  let day = Temporal.PlainDate.from(first)
  while (Temporal.PlainDate.compare(day, last) <= 0) {
    days.push(day.toString())
    day = day.add({ days: 1 })
  }
  return days
}

export const daysAfter = (day: string, days: number): string =>
  Temporal.PlainDate.from(day).add({ days }).toString()

export const dayAfter = (day: string): string => daysAfter(day, 1)

export const dayBefore = (day: string): string => daysAfter(day, -1)

/** ISO instant at which a day starts in a zone. */
export const startOfDay = (day: string, timeZone: string): string =>
  Temporal.PlainDate.from(day).toZonedDateTime(timeZone).toInstant().toString()

export const earlier = (a: string, b: string): string =>
  Temporal.PlainDate.compare(a, b) <= 0 ? a : b

export const later = (a: string, b: string): string => (earlier(a, b) === a ? b : a)

import { Temporal } from 'temporal-polyfill'

/** The one place where the present is read; everything else is told what time it is. */
export interface Clock {
  now(): Temporal.Instant
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Temporal.Now.instant() }

/** A clock that stands still. @param at an instant, or its ISO 8601 text. */
export function fixedClock(at: Temporal.Instant | string): Clock {
  const instant = Temporal.Instant.from(at)
  return { now: () => instant }
}

/** The calendar day that it is in a time zone. @param timeZone IANA name. */
export function todayIn(clock: Clock, timeZone: string): Temporal.PlainDate {
  return clock.now().toZonedDateTimeISO(timeZone).toPlainDate()
}

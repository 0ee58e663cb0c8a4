import { type HolidayCalendar, isBusinessDay } from '@tomoshibi/metrics/holidays'
import type { Temporal } from 'temporal-polyfill'
import type { WaitTime } from './definition.ts'

export interface Calendar extends HolidayCalendar {
  readonly timeZone: string
}

/**
 * When a wait that begins at an instant is over. Hours pass by the clock; days and working days end at the same local
 * time, or where that is skipped on the last day, as much later as the clock was put forward.
 */
export function waitEnd(
  since: Temporal.Instant,
  time: WaitTime,
  calendar: Calendar,
): Temporal.Instant {
  if (time.hours !== undefined) return since.add({ hours: time.hours })
  const local = since.toZonedDateTimeISO(calendar.timeZone)
  if (time.days !== undefined) return local.add({ days: time.days }).toInstant()
  const day = businessDayAfter(local.toPlainDate(), time.businessDays ?? 0, calendar)
  return day
    .toZonedDateTime({ timeZone: calendar.timeZone, plainTime: local.toPlainTime() })
    .toInstant()
}

/** The working day that is so many after a day, which need not be one itself. */
export function businessDayAfter(
  day: Temporal.PlainDate,
  count: number,
  calendar: HolidayCalendar,
): Temporal.PlainDate {
  let at = day
  for (let left = count; left > 0; ) {
    at = at.add({ days: 1 })
    if (isBusinessDay(at.toString(), calendar)) left -= 1
  }
  return at
}

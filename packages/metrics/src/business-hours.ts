import { Temporal } from 'temporal-polyfill'
import * as z from 'zod'
import { type HolidayCalendar, isHoliday } from './holidays.ts'

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

const timeSchema = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'is not a time such as 09:30')

/** When the company is there, on days that are no holidays. Times of 'HH:MM' compare as texts. */
export const businessHoursSchema = z
  .object({
    from: timeSchema.default('09:00'),
    to: timeSchema.default('18:00'),
    days: z.array(z.enum(weekdays)).min(1).default(['mon', 'tue', 'wed', 'thu', 'fri']),
  })
  .strict()
  .refine(({ from, to }) => from < to, {
    error: 'must end after it starts, within one day',
    params: { ja: '終了時刻は、同じ日の開始時刻より後でなければなりません' },
  })
export type BusinessHours = z.infer<typeof businessHoursSchema>

export interface BusinessCalendar extends HolidayCalendar {
  readonly timeZone: string
  readonly businessHours: BusinessHours
}

/**
 * The business time of consecutive local days. The business time up to an instant t on day d is
 * `before[d] + clamp(t − opens[d], 0, before[d + 1] − before[d])`, and that between two instants the
 * difference; a closed day has no length.
 */
export interface BusinessDays {
  /** The first local day. */
  readonly first: string
  /** For each day the instant at which it opens, in milliseconds since 1970. */
  readonly opens: readonly number[]
  /** For each day, and the one after the last, the business milliseconds of all days before it. */
  readonly before: readonly number[]
}

interface Day {
  readonly opens: number
  /** Milliseconds that pass between opening and closing: where the clock changes, they differ. */
  readonly length: number
}

const MS_PER_MINUTE = 60_000
const MS_PER_DAY = 86_400_000

/** The instant of a local time, in milliseconds; 24:00 is the start of the next day. */
const instantOf = (day: Temporal.PlainDate, time: string, timeZone: string): number => {
  const midnight = time === '24:00'
  const plainTime = Temporal.PlainTime.from(midnight ? '00:00' : time)
  const date = midnight ? day.add({ days: 1 }) : day
  return date.toZonedDateTime({ timeZone, plainTime }).epochMilliseconds
}

/** The change of the zone's clock that follows an instant, if there is one. */
const changeAfter = (instant: Temporal.ZonedDateTime): Temporal.ZonedDateTime | null =>
  instant.getTimeZoneTransition('next')

const millisOf = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return (hours * 60 + minutes) * MS_PER_MINUTE
}

const yearOf = (year: number, calendar: BusinessCalendar): Day[] => {
  const { timeZone, businessHours } = calendar
  const first = Temporal.PlainDate.from({ year, month: 1, day: 1 })
  const [from, to] = [millisOf(businessHours.from), millisOf(businessHours.to)]
  const start = first.toZonedDateTime(timeZone)
  let offset = start.offsetNanoseconds / 1e6
  let change = changeAfter(start)
  return Array.from({ length: first.daysInYear }, (_, days) => {
    const day = first.add({ days })
    const midnight = Date.UTC(year, 0, 1 + days)
    // Conversions are slow: away from changes of the clock the offset says it all.
    const changes =
      change !== null && change.epochMilliseconds <= midnight - offset + 2 * MS_PER_DAY
    const weekday = weekdays[day.dayOfWeek - 1]
    const open =
      weekday !== undefined &&
      businessHours.days.includes(weekday) &&
      !isHoliday(day.toString(), calendar)
    const opens = changes ? instantOf(day, businessHours.from, timeZone) : midnight - offset + from
    const closes = changes ? instantOf(day, businessHours.to, timeZone) : midnight - offset + to
    if (changes) {
      const tomorrow = day.add({ days: 1 }).toZonedDateTime(timeZone)
      offset = tomorrow.offsetNanoseconds / 1e6
      // Not on the very day after: where the clock changes at midnight, that one has none.
      const over =
        change !== null && change.epochMilliseconds + MS_PER_DAY < tomorrow.epochMilliseconds
      if (over && change !== null) change = changeAfter(change)
    }
    return open ? { opens, length: closes - opens } : { opens: 0, length: 0 }
  })
}

/** Years worked out before: thousands of conversions each, the same for every query of a workspace. */
const known = new Map<string, readonly Day[]>()
const KEPT = 200

const rememberedYear = (year: number, calendar: BusinessCalendar): readonly Day[] => {
  const { timeZone, businessHours, holidays, extraHolidays } = calendar
  const key = JSON.stringify([year, timeZone, businessHours, holidays, extraHolidays])
  const found = known.get(key)
  if (found !== undefined) return found
  if (known.size >= KEPT) known.clear()
  const days = yearOf(year, calendar)
  known.set(key, days)
  return days
}

/** The business time of every day of some calendar years, the first and the last included. */
export const businessDays = (
  fromYear: number,
  toYear: number,
  calendar: BusinessCalendar,
): BusinessDays => {
  const days = Array.from({ length: toYear - fromYear + 1 }, (_, k) =>
    rememberedYear(fromYear + k, calendar),
  ).flat()
  const before = [0]
  let total = 0
  for (const { length } of days) {
    total += length
    before.push(total)
  }
  return {
    first: `${String(fromYear).padStart(4, '0')}-01-01`,
    opens: days.map(({ opens }) => opens),
    before,
  }
}

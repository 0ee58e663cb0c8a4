import { Temporal } from 'temporal-polyfill'
import type { Text } from './text.ts'

/** A half-open stretch of time, `[start, end)`, as instants, with the local days that name it. */
export interface Period {
  /** ISO instant. */
  readonly start: string
  /** ISO instant, the first that is not inside. */
  readonly end: string
  /** Local days: one day, asked at its end; or the first day and the first day after. */
  readonly label: { readonly on: string } | { readonly start: string; readonly end: string }
}

export const periodGrains = ['day', 'month', 'quarter', 'year'] as const
export type PeriodGrain = (typeof periodGrains)[number]

/** A period that can't be cut, with the nearest days that can. */
export interface BadPeriod {
  readonly code: 'BAD_PERIOD'
  readonly says: Text
  /** Days that would be right in place of the wrong one. */
  readonly nearest: readonly string[]
}

/** More periods than this in one question are refused. */
export const MOST_PERIODS = 2000

const badPeriod = (en: string, ja: string, nearest: readonly string[] = []): BadPeriod => ({
  code: 'BAD_PERIOD',
  says: { en, ja },
  nearest,
})

export const isBadPeriod = (value: object): value is BadPeriod =>
  'code' in value && value.code === 'BAD_PERIOD'

const parseDay = (text: string): Temporal.PlainDate | BadPeriod => {
  const wrong = badPeriod(
    `'${text}' is not a day. Write it as 2026-04-01.`,
    `「${text}」は日付ではありません。2026-04-01 のように指定してください。`,
  )
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return wrong
  try {
    const day = Temporal.PlainDate.from(text, { overflow: 'reject' })
    if (day.year >= 1900 && day.year <= 2298) return day
    return badPeriod(
      `'${text}' is outside the years 1900 to 2298.`,
      `「${text}」は1900年から2298年の範囲にありません。`,
    )
  } catch {
    return wrong
  }
}

const startOf = (day: Temporal.PlainDate, timeZone: string): string =>
  day.toZonedDateTime(timeZone).toInstant().toString()

/** The local day on which an instant falls. */
export const localDay = (instant: string, timeZone: string): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDate().toString()

/** The start of the local day that lies `days` days from the one of `instant`. */
export const shiftDays = (instant: string, days: number, timeZone: string): string =>
  startOf(
    Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDate().add({ days }),
    timeZone,
  )

/**
 * The last instant of a period, to the millisecond that the engine holds. What became known at the
 * period's end is known on the next day: a date without a time is the first instant of its day, and
 * counted in, the day before would know it already.
 */
export const lastInstantOf = (end: string): string =>
  Temporal.Instant.from(end).subtract({ milliseconds: 1 }).toString()

/**
 * The period as far as it has come: one that is running ends with the local day of `now`. A figure at
 * the end of a running month is that of today; its windows would reach into days without data else.
 */
export const untilToday = (period: Period, now: string, timeZone: string): Period => {
  const today = shiftDays(now, 1, timeZone)
  const isRunning =
    Date.parse(period.start) <= Date.parse(now) && Date.parse(today) < Date.parse(period.end)
  return isRunning ? { ...period, end: today } : period
}

/** The period from `duration` (ISO 8601, such as P3M) before the end of a period to that end. */
export const trailing = (period: Period, duration: string, timeZone: string): Period => {
  const end = Temporal.Instant.from(period.end).toZonedDateTimeISO(timeZone)
  const start = end.toPlainDate().subtract(Temporal.Duration.from(duration))
  return { ...period, start: startOf(start, timeZone) }
}

/** The distance of a period's start from that of the one before: whole months, or else days. */
export const stepOf = (
  period: Pick<Period, 'start' | 'end'>,
  timeZone: string,
): { readonly months: number; readonly days: number } => {
  const [start, end] = [localDay(period.start, timeZone), localDay(period.end, timeZone)]
  const from = Temporal.PlainDate.from(start)
  const whole = from.until(end, { largestUnit: 'month' })
  return whole.days === 0 && whole.months > 0
    ? { months: whole.months, days: 0 }
    : { months: 0, days: Math.max(1, from.until(end).days) }
}

/** How many months a period has: whole for calendar ones, else days × 12 ÷ 365.25. */
export const monthsIn = (period: Pick<Period, 'start' | 'end'>, timeZone: string): number => {
  const { months, days } = stepOf(period, timeZone)
  return months > 0 ? months : (days * 12) / 365.25
}

/**
 * The day `on`, asked at its end: the instant at which the next day starts in the zone.
 *
 * @param on local day, such as 2026-03-31
 */
export const periodsOnDay = (on: string, timeZone: string): Period[] | BadPeriod => {
  const day = parseDay(on)
  if ('code' in day) return day
  return [
    { start: startOf(day, timeZone), end: startOf(day.add({ days: 1 }), timeZone), label: { on } },
  ]
}

export interface PeriodRange {
  /** First local day. */
  readonly from: string
  /** First local day that is not inside any more. */
  readonly to: string
  readonly grain: PeriodGrain
  readonly timeZone: string
  readonly fiscalYearStartMonth: number
}

const steps: Readonly<Record<PeriodGrain, Temporal.DurationLike>> = {
  day: { days: 1 },
  month: { months: 1 },
  quarter: { months: 3 },
  year: { years: 1 },
}

/** Months in which a period of a grain may start: calendar ones, or those of the fiscal year. */
const startMonths = (grain: PeriodGrain, fiscalMonth: number): ReadonlySet<number> => {
  const every = (step: number, first: number) =>
    Array.from({ length: 12 / step }, (_, k) => ((first - 1 + k * step) % 12) + 1)
  if (grain === 'quarter') return new Set([...every(3, 1), ...every(3, fiscalMonth)])
  if (grain === 'year') return new Set([1, fiscalMonth])
  return new Set(every(1, 1))
}

const names: Readonly<Record<PeriodGrain, Text>> = {
  day: { en: 'day', ja: '日' },
  month: { en: 'month', ja: '月' },
  quarter: { en: 'quarter', ja: '四半期' },
  year: { en: 'year', ja: '年度または暦年' },
}

/** The days nearest to `day`, before and after it, at which a period of the grain may start. */
const nearestStarts = (day: Temporal.PlainDate, months: ReadonlySet<number>): string[] => {
  const firsts = Array.from({ length: 26 }, (_, k) =>
    day.with({ day: 1 }).add({ months: k - 12 }),
  ).filter((first) => months.has(first.month))
  const before = firsts.filter((first) => Temporal.PlainDate.compare(first, day) < 0).at(-1)
  const after = firsts.find((first) => Temporal.PlainDate.compare(first, day) > 0)
  return [before, after].flatMap((first) => (first === undefined ? [] : [first.toString()]))
}

const notAfter = (from: Temporal.PlainDate, to: Temporal.PlainDate): BadPeriod =>
  badPeriod(
    `It ends on ${to}, which is not after its start on ${from}; the end is not included.`,
    `終了日 ${to} が開始日 ${from} より後ではありません(終了日は期間に含まれません)。`,
  )

/** The one period `[from, to)`, of any length, between the starts of two local days. */
export const periodFromTo = (
  range: Pick<PeriodRange, 'from' | 'to' | 'timeZone'>,
): Period | BadPeriod => {
  const from = parseDay(range.from)
  if ('code' in from) return from
  const to = parseDay(range.to)
  if ('code' in to) return to
  if (Temporal.PlainDate.compare(from, to) >= 0) return notAfter(from, to)
  return {
    start: startOf(from, range.timeZone),
    end: startOf(to, range.timeZone),
    label: { start: from.toString(), end: to.toString() },
  }
}

/**
 * Cuts `[from, to)` into calendar periods of the zone. A month must start on its first day; a quarter
 * or a year at a calendar or fiscal one; and the last period must end exactly at `to`. Days are
 * calendar days: across a change of the clock they have 23 or 25 hours.
 */
export const periodsBetween = (range: PeriodRange): Period[] | BadPeriod => {
  const { grain, timeZone } = range
  const from = parseDay(range.from)
  if ('code' in from) return from
  const to = parseDay(range.to)
  if ('code' in to) return to
  if (Temporal.PlainDate.compare(from, to) >= 0) return notAfter(from, to)
  if (grain !== 'day') {
    const months = startMonths(grain, range.fiscalYearStartMonth)
    if (from.day !== 1 || !months.has(from.month)) {
      const nearest = nearestStarts(from, months)
      return badPeriod(
        `${from} does not start a ${names[grain].en}. The nearest days that do are ${nearest.join(' and ')}.`,
        `${from} は${names[grain].ja}の初日ではありません。最も近い初日は ${nearest.join(' と ')} です。`,
        nearest,
      )
    }
  }
  const step = Temporal.Duration.from(steps[grain])
  const cuts = [from]
  let last = from
  while (Temporal.PlainDate.compare(last, to) < 0) {
    const next = last.add(step)
    if (Temporal.PlainDate.compare(next, to) > 0) {
      const nearest = [last, next]
        .filter((cut) => Temporal.PlainDate.compare(cut, from) > 0)
        .map(String)
      return badPeriod(
        `${to} does not end a ${names[grain].en} that is counted from ${from}. The nearest days that do are ${nearest.join(' and ')}.`,
        `${to} は ${from} から数えた${names[grain].ja}の終わりではありません。最も近い日は ${nearest.join(' と ')} です。`,
        nearest,
      )
    }
    if (cuts.length > MOST_PERIODS) {
      return badPeriod(
        `There would be more than ${MOST_PERIODS} periods. Choose a longer grain or a shorter range.`,
        `期間の数が ${MOST_PERIODS} を超えます。粒度を粗くするか、範囲を短くしてください。`,
      )
    }
    cuts.push(next)
    last = next
  }
  return cuts.slice(1).map((end, index) => {
    const start = cuts[index] ?? from
    return {
      start: startOf(start, timeZone),
      end: startOf(end, timeZone),
      label: { start: start.toString(), end: end.toString() },
    }
  })
}

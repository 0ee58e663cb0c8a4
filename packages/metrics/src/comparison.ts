import { Temporal } from 'temporal-polyfill'
import { lastInstantOf, localDay, type Period, stepOf, trailing } from './periods.ts'
import type { MetricRequest } from './request.ts'

/** What a figure can be compared with: the period before, and the same period a year before. */
export const comparisons = ['previous', 'year_before'] as const
export type Comparison = (typeof comparisons)[number]

/** When a question is asked and what is known then. */
export type Asking = Pick<MetricRequest, 'knownAt' | 'now'>

/** The period that a figure is compared with, and how it is to be asked. */
export interface ComparedPeriod {
  readonly period: Period
  readonly asking: Asking
  /** Of a running period: asked at the same point of the other one, by what was known there. */
  readonly samePoint: boolean
}

const startOf = (day: Temporal.PlainDate, timeZone: string): string =>
  day.toZonedDateTime(timeZone).toInstant().toString()

const between = (start: string, end: string, timeZone: string): Period => ({
  start,
  end,
  label: { start: localDay(start, timeZone), end: localDay(end, timeZone) },
})

/** The period of the same length that ends where this one starts. */
const before = (period: Period, timeZone: string): Period => {
  const { months, days } = stepOf(period, timeZone)
  const first = Temporal.PlainDate.from(localDay(period.start, timeZone))
  return between(startOf(first.subtract({ months, days }), timeZone), period.start, timeZone)
}

/** The same period a year before; of 29 February the 28th. */
const yearBefore = (period: Period, timeZone: string): Period => {
  const { months, days } = stepOf(period, timeZone)
  const first = Temporal.PlainDate.from(localDay(period.start, timeZone)).subtract({ years: 1 })
  return between(startOf(first, timeZone), startOf(first.add({ months, days }), timeZone), timeZone)
}

/** A period of one day, asked at its end, or the headline period that ends with the day. */
const onDay = (period: Period, headline: string | undefined, timeZone: string): Period => {
  const label = { on: localDay(lastInstantOf(period.end), timeZone) }
  const day = { ...period, label }
  return headline === undefined ? day : trailing(day, headline, timeZone)
}

const other = (
  period: Period,
  comparison: Comparison,
  headline: string | undefined,
  timeZone: string,
): Period => {
  if (!('on' in period.label)) {
    return comparison === 'previous' ? before(period, timeZone) : yearBefore(period, timeZone)
  }
  // The headline period that ends where this one starts; the same question asked a year before.
  if (comparison === 'previous') {
    return onDay(before(period, timeZone), headline, timeZone)
  }
  const day = Temporal.PlainDate.from(period.label.on).subtract({ years: 1 })
  return onDay(
    between(startOf(day, timeZone), startOf(day.add({ days: 1 }), timeZone), timeZone),
    headline,
    timeZone,
  )
}

/** The instant at which a question is asked, as far as it lets anything be known. */
const askedAt = ({ knownAt, now }: Asking): string =>
  knownAt === 'now' || knownAt === 'period-end' || Date.parse(knownAt) > Date.parse(now)
    ? now
    : knownAt

/**
 * As many local days into a period as `instant` is into another, at the same time of the day; at most
 * the period's last instant.
 */
const samePointOf = (instant: string, from: Period, to: Period, timeZone: string): string => {
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone)
  const days = Temporal.PlainDate.from(localDay(from.start, timeZone)).until(
    local.toPlainDate(),
  ).days
  const point = Temporal.PlainDate.from(localDay(to.start, timeZone))
    .add({ days })
    .toZonedDateTime({ timeZone, plainTime: local.toPlainTime() })
    .toInstant()
    .toString()
  const last = lastInstantOf(to.end)
  return Date.parse(point) < Date.parse(last) ? point : last
}

/**
 * What a figure of a period is compared with. A period that has ended is compared with the whole other
 * one, as known at the same instant. One that was still running when it was asked is compared with what
 * the same question would have answered at the same point of the other one, by what was known there:
 * not only what happened until then, but also what was known to come.
 *
 * @param period as asked: the period, or the headline period of a day
 * @param headline the headline period, for a metric of a period that is asked for one day
 */
export const comparedPeriod = (
  period: Period,
  comparison: Comparison,
  headline: string | undefined,
  asking: Asking,
  timeZone: string,
): ComparedPeriod => {
  const compared = other(period, comparison, headline, timeZone)
  const at = askedAt(asking)
  const dayAfter = startOf(
    Temporal.PlainDate.from(localDay(at, timeZone)).add({ days: 1 }),
    timeZone,
  )
  const running =
    Date.parse(period.start) <= Date.parse(at) && Date.parse(dayAfter) < Date.parse(period.end)
  if (!running) return { period: compared, asking, samePoint: false }
  const point = samePointOf(at, period, compared, timeZone)
  return { period: compared, asking: { knownAt: point, now: point }, samePoint: true }
}

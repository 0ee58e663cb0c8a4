import type { MetricValue } from '@tomoshibi/contract/metrics'
import { addDays, monthOf } from '../format/calendar.ts'
import type { Formatter } from '../format/formatter.ts'
import type { TrendPoint } from './trend-chart.tsx'

/** The month that a monthly value belongs to: that of its start, or of the day it is at. */
export function monthOfValue(value: MetricValue): string {
  if (value.start !== undefined) return monthOf(value.start)
  if (value.on !== undefined) return monthOf(value.on)
  return value.end === undefined ? '' : monthOf(addDays(value.end, -1))
}

/** Values of one metric as points of a chart, oldest first. */
export function trendPoints(
  values: readonly MetricValue[],
  format: Formatter,
  noValue: (reason: string | null) => string,
): (TrendPoint & { readonly month: string })[] {
  return values
    .map((value) => ({ value, month: monthOfValue(value) }))
    .toSorted((a, b) => a.month.localeCompare(b.month))
    .map(({ value, month }) => ({
      month,
      label: format.month(month, 'long'),
      axisLabel: format.month(month),
      value: value.value === null ? null : Number(value.value),
      shown:
        value.value === null
          ? `– (${noValue(value.reason)})`
          : format.unit(value.value, value.unit, value.currency, { exact: true }),
      // That an account's own figure rests on one account says nothing.
      n:
        value.n === null || (value.account !== null && value.n === 1)
          ? null
          : `n = ${format.number(value.n, 0)}`,
      complete: value.complete,
    }))
}

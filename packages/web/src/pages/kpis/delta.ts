import type { MetricSummary, MetricValue } from '@tomoshibi/contract/metrics'
import { compare, difference, isDecimal, quotient } from '../../format/decimal.ts'
import type { Formatter } from '../../format/formatter.ts'

/** How a figure moved against the period before. */
export interface Delta {
  readonly direction: 'up' | 'down' | 'same'
  /** Whether that is to be wished; null where neither way is. */
  readonly good: boolean | null
  /** Exact for money, a number for the rest; percent figures as a difference of fractions. */
  readonly by: string | number
  /** Relative change, where it says something. */
  readonly share: number | null
}

/** The change from one value to the next; null when either has none. */
export function deltaOf(
  now: Pick<MetricValue, 'value' | 'unit'> | undefined,
  before: Pick<MetricValue, 'value'> | undefined,
  better: MetricSummary['better'],
): Delta | null {
  if (now == null || before == null || now.value === null || before.value === null) return null
  const a = now.value
  const b = before.value
  const exact = typeof a === 'string' && typeof b === 'string' && isDecimal(a) && isDecimal(b)
  const sign = exact ? compare(a, b) : Math.sign(Number(a) - Number(b))
  const direction = sign > 0 ? 'up' : sign < 0 ? 'down' : 'same'
  const good =
    sign === 0 || better === 'neither' ? null : (better === 'higher') === (direction === 'up')
  const by = exact ? difference(a, b) : Number(a) - Number(b)
  const relative = now.unit === 'money' || now.unit === 'count'
  const share = !relative
    ? null
    : exact
      ? quotient(difference(a, b), b)
      : Number(b) === 0
        ? null
        : (Number(a) - Number(b)) / Number(b)
  return { direction, good, by, share }
}

/** The change in words such as +¥12,000 (+1.2 %) or −0.4 pt. */
export function deltaText(
  delta: Delta,
  value: MetricValue,
  format: Formatter,
  points: (shown: string) => string,
): string {
  const sign = delta.direction === 'up' ? '+' : delta.direction === 'down' ? '−' : '±'
  const size = typeof delta.by === 'string' ? delta.by.replace(/^-/, '') : Math.abs(delta.by)
  const amount =
    value.unit === 'percent'
      ? points(inPoints(Number(size) * 100, format))
      : format.unit(size, value.unit, value.currency, { compact: true })
  const share = delta.share === null ? '' : ` (${sign}${format.percent(Math.abs(delta.share))})`
  return `${sign}${amount}${share}`
}

/** Percentage points; a change too small for one place gets a second rather than reading as none. */
function inPoints(points: number, format: Formatter): string {
  return format.number(points, points < 0.1 ? 2 : 1)
}

import type { MetricRow } from './compile.ts'
import { lastInstantOf } from './periods.ts'
import type { Figure } from './plan/figures.ts'
import type { Asked } from './plan/windows.ts'
import type { MetricRequest } from './request.ts'
import type { Amount, MetricValue, NoValueReason } from './value.ts'

/** A decimal of the engine as people write it: no trailing zeros, no negative zero. */
export const plainDecimal = (text: string): string => {
  const trimmed = text.includes('.') ? text.replace(/\.?0+$/, '') : text
  return trimmed === '-0' || trimmed === '' ? '0' : trimmed
}

const amount = (cell: MetricRow[string] | undefined, money: boolean): Amount => {
  if (cell === undefined || cell === null) return null
  if (money) return plainDecimal(String(cell))
  const number = Number(cell)
  // The engine gives no NaN here; -0 would print as -0.
  return Number.isFinite(number) ? number + 0 : null
}

const isZero = (value: Amount): boolean => value !== null && Number(value) === 0

const reasonOf = (
  figure: Figure,
  gap: number,
  value: Amount,
  denominator: Amount,
  whole: boolean,
): NoValueReason | null => {
  if (value !== null) return null
  if (gap > 0) return 'missing_exchange_rate'
  // A formula over figures that are all there has no value only where it divides by 0.
  if (figure.whole !== undefined) return whole ? 'zero_denominator' : 'no_data'
  const { measure } = figure.definition
  if (measure.kind === 'survival') {
    return denominator === null || isZero(denominator) ? 'no_data' : 'median_not_reached'
  }
  if (!isZero(denominator)) return 'no_data'
  if (measure.kind === 'lifetime') return 'no_churn'
  return measure.kind === 'ratio' ? measure.whenZero : 'zero_denominator'
}

export interface Decoding {
  readonly request: MetricRequest
  readonly figures: readonly Figure[]
  readonly asked: readonly Asked[]
  readonly slices: readonly { readonly key: string; readonly column: string }[]
  readonly rows: readonly MetricRow[]
}

/** Values of the rows of a compiled query; what the query has no row for has no data. */
export const decodeValues = ({
  request,
  figures,
  asked,
  slices,
  rows,
}: Decoding): MetricValue[] => {
  const byWindow = new Map<number, MetricRow[]>()
  for (const row of rows) {
    const window = Number(row.i)
    const list = byWindow.get(window)
    if (list === undefined) byWindow.set(window, [row])
    else list.push(row)
  }
  const { grain, accountIds, now, knownAt, settings } = request

  const rowsFor = (window: number): MetricRow[] => {
    const found = byWindow.get(window) ?? []
    if (grain === 'account' && accountIds !== undefined) {
      const there = new Set(found.map((row) => row.account_id))
      const missing = [...new Set(accountIds)].filter((id) => !there.has(id))
      return [...found, ...missing.map((id) => ({ account_id: id }))]
    }
    return grain === 'portfolio' && slices.length === 0 && found.length === 0 ? [{}] : found
  }

  return asked.flatMap(({ metricIndex, window, period, on, start, end }) => {
    const figure = figures[metricIndex]
    if (figure === undefined) return []
    const { definition } = figure
    const money = definition.unit === 'money'
    return rowsFor(window).map((row): MetricValue => {
      const cell = (name: string) => row[`${name}_${metricIndex}`]
      const value = amount(cell('value'), money)
      const denominator = amount(cell('denominator'), figure.denominatorIsMoney)
      return {
        metric: definition.key,
        version: definition.version,
        ...(on === undefined ? {} : { on }),
        ...(start === undefined ? {} : { start }),
        ...(end === undefined ? {} : { end }),
        slice: Object.fromEntries(
          slices.map(({ key, column }) => {
            const slice = row[column]
            return [key, slice === undefined || slice === null ? null : String(slice)]
          }),
        ),
        account: grain === 'account' ? String(row.account_id) : null,
        numerator: amount(cell('numerator'), figure.numeratorIsMoney),
        denominator,
        value,
        n: Number(cell('n') ?? 0),
        unit: definition.unit,
        currency: money ? settings.currency : null,
        complete: Date.parse(period.end) <= Date.parse(now),
        knownAt:
          knownAt === 'now' ? null : knownAt === 'period-end' ? lastInstantOf(period.end) : knownAt,
        reason: reasonOf(
          figure,
          Number(cell('gap') ?? 0),
          value,
          denominator,
          Number(cell('whole') ?? 0) === 1,
        ),
      }
    })
  })
}

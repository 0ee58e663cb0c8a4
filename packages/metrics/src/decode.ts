import type { MetricRow } from './compile.ts'
import { decimalDifference } from './decimal.ts'
import type { MetricUnit } from './definition.ts'
import { lastInstantOf, localDay } from './periods.ts'
import type { Figure } from './plan/figures.ts'
import { intervalMethodOf } from './plan/sample.ts'
import type { Asked, AskedComparison } from './plan/windows.ts'
import type { MetricRequest } from './request.ts'
import type { Amount, Compared, IntervalSample, MetricValue, NoValueReason } from './value.ts'

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
  // A formula over figures that are all there has no value only where something divides by 0.
  if (figure.whole !== undefined) return whole ? 'zero_denominator' : 'no_data'
  const { measure } = figure.definition
  if (measure.kind === 'survival') {
    return denominator === null || isZero(denominator) ? 'no_data' : 'median_not_reached'
  }
  if (!isZero(denominator)) return 'no_data'
  if (measure.kind === 'lifetime') return 'no_churn'
  return measure.kind === 'ratio' ? measure.whenZero : 'zero_denominator'
}

/** What one row says of one metric. */
interface Cells {
  readonly numerator: Amount
  readonly denominator: Amount
  readonly value: Amount
  readonly n: number
  readonly reason: NoValueReason | null
}

const cellsOf = (row: MetricRow, metricIndex: number, figure: Figure): Cells => {
  const cell = (name: string) => row[`${name}_${metricIndex}`]
  const value = amount(cell('value'), figure.definition.unit === 'money')
  const denominator = amount(cell('denominator'), figure.denominatorIsMoney)
  return {
    numerator: amount(cell('numerator'), figure.numeratorIsMoney),
    denominator,
    value,
    n: Number(cell('n') ?? 0),
    reason: reasonOf(
      figure,
      Number(cell('gap') ?? 0),
      value,
      denominator,
      Number(cell('whole') ?? 0) === 1,
    ),
  }
}

const sampleOf = (
  row: MetricRow,
  metricIndex: number,
  { definition }: Figure,
  { numerator, denominator, n }: Cells,
): IntervalSample => {
  const method = intervalMethodOf(definition)
  const cell = row[`sample_${metricIndex}`]
  const times = definition.measure.kind === 'ratio' ? definition.measure.times : 1
  switch (method.kind) {
    case 'proportion':
      return { kind: 'proportion', successes: Number(numerator), n: Number(denominator) }
    case 'accounts':
      return { kind: 'accounts', times, accounts: String(cell ?? '') }
    case 'persons': {
      const detractors = Number(cell ?? 0)
      const promoters = Number(numerator) + detractors
      return { kind: 'persons', times, promoters, detractors, passives: n - promoters - detractors }
    }
    case 'none':
      return { kind: 'none' }
  }
}

const difference = (now: Amount, before: Amount): Amount => {
  if (now === null || before === null) return null
  if (typeof now === 'string' && typeof before === 'string') return decimalDifference(now, before)
  return Number(now) - Number(before) + 0
}

const ratioOfChange = (change: Amount, before: Amount, unit: MetricUnit): number | null => {
  if (change === null || before === null || Number(before) === 0 || unit === 'score') return null
  return Number(change) / Math.abs(Number(before)) + 0
}

const knownAtOf = (knownAt: MetricRequest['knownAt'], end: string): string | null =>
  knownAt === 'now' ? null : knownAt === 'period-end' ? lastInstantOf(end) : knownAt

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
  const { grain, accountIds, now, knownAt, settings } = request
  const { timeZone } = settings
  const cellOf = (row: MetricRow): string =>
    JSON.stringify([row.account_id, ...slices.map(({ column }) => row[column] ?? null)])
  /** The rows of each window by the slice or account that they are of. */
  const byWindow = new Map<number, Map<string, MetricRow>>()
  for (const row of rows) {
    const window = Number(row.i)
    const there = byWindow.get(window)
    if (there === undefined) byWindow.set(window, new Map([[cellOf(row), row]]))
    else there.set(cellOf(row), row)
  }

  /** The rows of a window; what is only in a window that it is compared with has a row without data. */
  const rowsFor = (window: number, compared: readonly AskedComparison[]): MetricRow[] => {
    const found = new Map(byWindow.get(window))
    for (const { window: other } of compared) {
      for (const [cell, { account_id, ...row }] of byWindow.get(other) ?? []) {
        if (found.has(cell)) continue
        const kept = slices.map(({ column }) => [column, row[column] ?? null] as const)
        found.set(cell, {
          ...(account_id === undefined ? {} : { account_id }),
          ...Object.fromEntries(kept),
        })
      }
    }
    if (grain === 'account' && accountIds !== undefined) {
      const there = new Set([...found.values()].map((row) => row.account_id))
      const missing = [...new Set(accountIds)].filter((id) => !there.has(id))
      return [...found.values(), ...missing.map((id) => ({ account_id: id }))]
    }
    const whole = grain === 'portfolio' && slices.length === 0 && found.size === 0
    return whole ? [{}] : [...found.values()]
  }

  const comparedOf = (
    { metricIndex, compared }: Asked,
    figure: Figure,
    row: MetricRow,
    value: Amount,
  ): NonNullable<MetricValue['compared']> => {
    const { unit, time } = figure.definition
    return Object.fromEntries(
      compared.map(({ comparison, window, period, asking, samePoint }): [string, Compared] => {
        const there = byWindow.get(window)?.get(cellOf(row)) ?? {}
        const before = cellsOf(there, metricIndex, figure)
        const change = difference(value, before.value)
        const isDay = 'on' in period.label
        return [
          comparison,
          {
            ...('on' in period.label ? { on: period.label.on } : {}),
            ...(isDay && time === 'instant'
              ? {}
              : { start: localDay(period.start, timeZone), end: localDay(period.end, timeZone) }),
            value: before.value,
            n: before.n,
            change,
            changeRatio: ratioOfChange(change, before.value, unit),
            samePoint,
            complete: Date.parse(period.end) <= Date.parse(now),
            knownAt: knownAtOf(asking.knownAt, period.end),
            reason: before.reason,
          },
        ]
      }),
    )
  }

  return asked.flatMap((one) => {
    const { metricIndex, window, period, on, start, end, compared } = one
    const figure = figures[metricIndex]
    if (figure === undefined) return []
    const { definition } = figure
    return rowsFor(window, compared).map((row): MetricValue => {
      const { reason, ...cells } = cellsOf(row, metricIndex, figure)
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
        ...cells,
        unit: definition.unit,
        currency: definition.unit === 'money' ? settings.currency : null,
        complete: Date.parse(period.end) <= Date.parse(now),
        knownAt: knownAtOf(knownAt, period.end),
        reason,
        ...(request.intervals === true
          ? { sample: sampleOf(row, metricIndex, figure, { ...cells, reason }) }
          : {}),
        ...(compared.length === 0 ? {} : { compared: comparedOf(one, figure, row, cells.value) }),
      }
    })
  })
}

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
  // As the engine mostly writes them; there may be a million.
  if (!text.endsWith('0') && !text.endsWith('.') && text !== '') return text
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

/** Why a figure without a value has none. */
const reasonOf = (
  figure: Figure,
  gap: number,
  denominator: Amount,
  whole: boolean,
): NoValueReason => {
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

/** Whatever the rows say: what is left of the facts would make another figure. */
const DELETED: Cells = {
  numerator: null,
  denominator: null,
  value: null,
  n: 0,
  reason: 'facts_deleted',
}

/** Reads the cells of one metric of a row; made once for all rows, which may be very many. */
const cellsReader = (metricIndex: number, figure: Figure): ((row: MetricRow) => Cells) => {
  const column = (name: string) => `${name}_${metricIndex}`
  const [numeratorColumn, denominatorColumn] = [column('numerator'), column('denominator')]
  // What is the same expression is one column.
  const valueColumn = figure.value === figure.numerator ? numeratorColumn : column('value')
  const [nColumn, gapColumn, wholeColumn] = [column('n'), column('gap'), column('whole')]
  const isMoney = figure.definition.unit === 'money'
  return (row) => {
    const value = amount(row[valueColumn], isMoney)
    const denominator = amount(row[denominatorColumn], figure.denominatorIsMoney)
    return {
      numerator: amount(row[numeratorColumn], figure.numeratorIsMoney),
      denominator,
      value,
      n: Number(row[nColumn] ?? 0),
      reason:
        value === null
          ? reasonOf(
              figure,
              Number(row[gapColumn] ?? 0),
              denominator,
              Number(row[wholeColumn] ?? 0) === 1,
            )
          : null,
    }
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
  /** For each figure the windows in which facts that it would need are deleted. */
  readonly gone: readonly ReadonlySet<number>[]
  readonly asked: readonly Asked[]
  readonly slices: readonly { readonly key: string; readonly column: string }[]
  readonly rows: readonly MetricRow[]
}

/** Values of the rows of a compiled query; what the query has no row for has no data. */
export const decodeValues = ({
  request,
  figures,
  gone,
  asked,
  slices,
  rows,
}: Decoding): MetricValue[] => {
  const { grain, accountIds, now, knownAt, settings } = request
  const { timeZone } = settings
  const sliceColumns = slices.map(({ column }) => column)
  /** Tells the rows of a window apart. */
  const cellOf = (row: MetricRow): MetricRow[string] =>
    sliceColumns.length === 0
      ? (row.account_id ?? null)
      : JSON.stringify([row.account_id, ...sliceColumns.map((column) => row[column] ?? null)])
  const rowsOf = new Map<number, MetricRow[]>()
  for (const row of rows) {
    const window = Number(row.i)
    const there = rowsOf.get(window)
    if (there === undefined) rowsOf.set(window, [row])
    else there.push(row)
  }
  const byCells = new Map<number, ReadonlyMap<MetricRow[string], MetricRow>>()
  /** The rows of a window by the slice or account that they are of. */
  const byCell = (window: number): ReadonlyMap<MetricRow[string], MetricRow> => {
    const known = byCells.get(window)
    if (known !== undefined) return known
    const made = new Map((rowsOf.get(window) ?? []).map((row) => [cellOf(row), row]))
    byCells.set(window, made)
    return made
  }

  /** The rows of a window; what is only in a window that it is compared with has a row without data. */
  const withCompared = (window: number, compared: readonly AskedComparison[]): MetricRow[] => {
    const own = rowsOf.get(window) ?? []
    if (compared.length === 0) return own
    const found = new Map(byCell(window))
    for (const { window: other } of compared) {
      for (const [cell, { account_id, ...row }] of byCell(other)) {
        if (found.has(cell)) continue
        const kept = sliceColumns.map((column) => [column, row[column] ?? null] as const)
        found.set(cell, {
          ...(account_id === undefined ? {} : { account_id }),
          ...Object.fromEntries(kept),
        })
      }
    }
    return [...found.values()]
  }
  const rowsFor = (window: number, compared: readonly AskedComparison[]): readonly MetricRow[] => {
    const found = withCompared(window, compared)
    if (grain === 'account' && accountIds !== undefined) {
      const there = new Set(found.map((row) => row.account_id))
      const missing = [...new Set(accountIds)].filter((id) => !there.has(id))
      return [...found, ...missing.map((id) => ({ account_id: id }))]
    }
    const whole = grain === 'portfolio' && slices.length === 0 && found.length === 0
    return whole ? [{}] : found
  }

  const comparedOf = (
    { compared }: Asked,
    figure: Figure,
    cells: (row: MetricRow, window: number) => Cells,
    row: MetricRow,
    value: Amount,
  ): NonNullable<MetricValue['compared']> => {
    const { unit, time } = figure.definition
    return Object.fromEntries(
      compared.map(({ comparison, window, period, asking, samePoint }): [string, Compared] => {
        const before = cells(byCell(window).get(cellOf(row)) ?? {}, window)
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

  const values: MetricValue[] = []
  for (const one of asked) {
    const { metricIndex, window, period, on, start, end, compared } = one
    const figure = figures[metricIndex]
    if (figure === undefined) continue
    const { definition } = figure
    const read = cellsReader(metricIndex, figure)
    const cells = (row: MetricRow, of: number): Cells =>
      gone[metricIndex]?.has(of) ? DELETED : read(row)
    const { unit, key: metric, version } = definition
    const currency = unit === 'money' ? settings.currency : null
    const complete = Date.parse(period.end) <= Date.parse(now)
    const known = knownAtOf(knownAt, period.end)
    for (const row of rowsFor(window, compared)) {
      const there = cells(row, window)
      // Every field by its name: of a million values, objects put together of others take a minute.
      const value: Writable<MetricValue> = {
        metric,
        version,
        ...(on === undefined ? undefined : { on }),
        ...(start === undefined ? undefined : { start }),
        ...(end === undefined ? undefined : { end }),
        slice: sliceOf(row, slices),
        account: grain === 'account' ? String(row.account_id) : null,
        numerator: there.numerator,
        denominator: there.denominator,
        value: there.value,
        n: there.n,
        unit,
        currency,
        complete,
        knownAt: known,
        reason: there.reason,
      }
      if (request.intervals === true) {
        value.sample =
          there === DELETED ? { kind: 'none' } : sampleOf(row, metricIndex, figure, there)
      }
      if (compared.length > 0) value.compared = comparedOf(one, figure, cells, row, there.value)
      values.push(value)
    }
  }
  return values
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

const sliceOf = (row: MetricRow, slices: Decoding['slices']): MetricValue['slice'] => {
  const slice: Record<string, string | null> = {}
  for (const { key, column } of slices) {
    const cell = row[column]
    slice[key] = cell === undefined || cell === null ? null : String(cell)
  }
  return slice
}

import type { Columns } from '@tomoshibi/evidence/columns'
import { epochDay } from '@tomoshibi/evidence/epoch-day'

/** Month ends by accounts, with what may be a cause and what both may depend on. */
export interface CausePanel {
  /** ISO dates, ascending, one for each month. */
  readonly days: readonly string[]
  /** Index into the days. */
  readonly day: ArrayLike<number>
  readonly account: readonly string[]
  /** NaN where there is no value. */
  readonly value: Float64Array
  /** 1, 0, or NaN where it cannot be told. */
  readonly happened: Float64Array
  readonly lostOn: readonly (string | null)[]
  /** Since when the account has paid without a gap. */
  readonly since: readonly string[]
  /** Whether it had given notice by then: what follows is decided. */
  readonly gaveNotice: ArrayLike<number>
  /** Other metrics by key: what is held equal, and the signs of risk. NaN where there is no value. */
  readonly others: ReadonlyMap<string, Float64Array>
  /** Attributes of accounts by key, as they were on the day; empty where not known. */
  readonly traits: ReadonlyMap<string, readonly string[]>
}

/** Of `others`: how large the account is, as a logarithm. */
export const sizeKey = 'size'

/** A newcomer can hardly leave yet, and is just finding its way: neither can be compared. */
export const establishedAfterDays = 90

/** Rows that can be held against each other, and which of them are above the mark. */
export interface CauseRows {
  readonly rows: readonly number[]
  readonly mark: number | null
  readonly above: Float64Array
  readonly outcome: Float64Array
  readonly cluster: readonly string[]
  readonly adjust: Columns
}

/**
 * The rows of accounts that have paid for 90 days and have not given notice, divided at the median, or,
 * where more than nine of ten would be on one side, at the least value. What is adjusted for is as it was
 * a month before, so that it is no effect of the metric.
 */
export function causeRows(panel: CausePanel): CauseRows {
  const dayNumbers = panel.days.map(epochDay)
  const dayOf = (row: number) => dayNumbers[panel.day[row] ?? 0] ?? 0
  const before = rowsBefore(panel)
  // Before anything had happened, only accounts are known that stayed.
  const begins = panel.day[panel.happened.indexOf(1)] ?? 0
  const rows = [...panel.account.keys()].filter(
    (row) =>
      !Number.isNaN(panel.value[row]) &&
      !Number.isNaN(panel.happened[row]) &&
      (panel.day[row] ?? 0) >= begins &&
      panel.gaveNotice[row] !== 1 &&
      dayOf(row) - epochDay(panel.since[row] ?? '') >= establishedAfterDays &&
      before(row) !== null,
  )
  const mark = markOf(Float64Array.from(rows, (row) => panel.value[row] ?? 0))
  const adjust: Record<string, Float64Array> = {}
  for (const [key, column] of panel.others) {
    const values = Float64Array.from(rows, (row) => column[before(row) ?? row] ?? Number.NaN)
    Object.assign(adjust, filled(key, values))
  }
  const lost = new Set(
    rows.flatMap((row) => (panel.happened[row] === 1 ? [panel.account[row]] : [])),
  )
  for (const [key, column] of panel.traits) {
    const kinds = kindsOf(
      key,
      rows.map((row) => column[row] ?? ''),
    )
    // One account with the outcome must not be asked to tell apart more than a tenth of a kind.
    if (10 * (Object.keys({ ...adjust, ...kinds }).length + 1) > lost.size) break
    Object.assign(adjust, kinds)
  }
  adjust.paying_days = Float64Array.from(rows, (row) =>
    Math.log(1 + dayOf(row) - epochDay(panel.since[row] ?? '')),
  )
  return {
    rows,
    mark,
    above: Float64Array.from(rows, (row) => (mark !== null && isAbove(panel, row, mark) ? 1 : 0)),
    outcome: Float64Array.from(rows, (row) => panel.happened[row] ?? 0),
    cluster: rows.map((row) => panel.account[row] ?? ''),
    adjust,
  }
}

const isAbove = (panel: CausePanel, row: number, mark: number) => (panel.value[row] ?? 0) > mark

/** null where no mark leaves at least one of ten on either side. */
function markOf(values: Float64Array): number | null {
  const sorted = values.slice().sort()
  const share = (mark: number) => values.filter((value) => value > mark).length / values.length
  for (const mark of [sorted[sorted.length >> 1], sorted[0]]) {
    if (mark === undefined) return null
    if (share(mark) >= 0.1 && share(mark) <= 0.9) return mark
  }
  return null
}

/** The row of the same account one month end before. */
function rowsBefore({ account, day }: CausePanel): (row: number) => number | null {
  const rowOf = new Map<string, Map<number, number>>()
  account.forEach((id, row) => {
    const own = rowOf.get(id) ?? new Map<number, number>()
    rowOf.set(id, own.set(day[row] ?? 0, row))
  })
  return (row) => rowOf.get(account[row] ?? '')?.get((day[row] ?? 0) - 1) ?? null
}

/** With more kinds than this an attribute says too little of each to be held equal. */
const mostKinds = 5

/** A column of 0 and 1 for each kind of an attribute that at least one row in twenty is of. */
export function kindsOf(key: string, values: readonly string[]): Record<string, Float64Array> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  if (counts.size < 2 || counts.size > mostKinds) return {}
  return Object.fromEntries(
    [...counts]
      .filter(([, n]) => n >= values.length / 20)
      .map(([kind]) => [
        `${key}=${kind}`,
        Float64Array.from(values, (value) => (value === kind ? 1 : 0)),
      ]),
  )
}

/** Missing values become the mean, and a column of their own says where they were. */
function filled(key: string, values: Float64Array): Record<string, Float64Array> {
  const there = values.filter((value) => !Number.isNaN(value))
  if (there.length === 0) return {}
  if (there.length === values.length) return { [key]: values }
  const mean = there.reduce((sum, value) => sum + value / there.length, 0)
  return {
    [key]: values.map((value) => (Number.isNaN(value) ? mean : value)),
    [`${key}_missing`]: values.map((value) => (Number.isNaN(value) ? 1 : 0)),
  }
}

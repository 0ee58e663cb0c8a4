import { type Reason, unknown } from './answer.ts'
import { EvidenceError } from './error.ts'

/** A column of numbers. NaN and infinities are missing values. */
export type Numbers = ArrayLike<number>
/** A column of yes and no: 1 or true, 0 or false; NaN is a missing value. */
export type Flags = ArrayLike<number | boolean>
/** Columns by name, all of the same length. */
export type Columns = Readonly<Record<string, Numbers>>

export interface Table {
  readonly names: readonly string[]
  readonly columns: readonly Float64Array[]
}

/** Beyond this size no figure of a company lies, and squares of squares would not be finite. */
const largest = 1e50

/** A copy, so that nothing here changes its input. Missing values are NaN, as are those beyond 10⁵⁰. */
export function readNumbers(values: Numbers): Float64Array {
  const numbers = new Float64Array(values)
  for (let i = 0; i < numbers.length; i++) {
    if (!(Math.abs(numbers[i] ?? Number.NaN) <= largest)) numbers[i] = Number.NaN
  }
  return numbers
}

/**
 * Flags as 0 and 1, missing values as NaN.
 * @throws EvidenceError for any other number.
 */
export function readFlags(name: string, values: Flags): Float64Array {
  const flags = new Float64Array(values.length)
  for (let i = 0; i < flags.length; i++) {
    const flag = Number(values[i])
    if (flag !== 0 && flag !== 1 && !Number.isNaN(flag)) {
      throw new EvidenceError(`${name} must be 0 or 1 in every row`, { name, row: i, value: flag })
    }
    flags[i] = flag
  }
  return flags
}

export function readTable(columns: Columns): Table {
  const names = Object.keys(columns)
  return { names, columns: Object.values(columns).map(readNumbers) }
}

/** @throws EvidenceError unless all columns have the same number of rows, which it returns. */
export function rowCount(columns: readonly Numbers[]): number {
  const n = columns[0]?.length ?? 0
  for (const column of columns) {
    if (column.length !== n) {
      throw new EvidenceError('Columns differ in length', { rows: n, other: column.length })
    }
  }
  return n
}

/** Why rows like these cannot be used, or null: there must be some, each with all its values. */
export function whyUnusable(columns: readonly Float64Array[]): Reason | null {
  const n = rowCount(columns)
  if (n === 0) return unknown('no_cases').reason
  // Column by column, which is quick; rows are counted only when something is missing.
  if (!columns.some((column) => column.includes(Number.NaN))) return null
  let missing = 0
  for (let i = 0; i < n; i++) if (columns.some((column) => Number.isNaN(column[i]))) missing += 1
  return unknown('missing_values', { missing, n }).reason
}

/**
 * The rows that have all their values: their numbers, ascending, and how many were left out. To be
 * reported beside any figure computed from the rest.
 */
export function completeRows(columns: readonly ArrayLike<number | boolean>[]): {
  rows: number[]
  leftOut: number
} {
  const n = columns[0]?.length ?? 0
  for (const column of columns) {
    if (column.length !== n) {
      throw new EvidenceError('Columns differ in length', { rows: n, other: column.length })
    }
  }
  const rows: number[] = []
  for (let i = 0; i < n; i++) {
    if (columns.every((column) => Number.isFinite(Number(column[i] ?? Number.NaN)))) rows.push(i)
  }
  return { rows, leftOut: n - rows.length }
}

/** The given rows of a column. */
export function pick(values: Numbers, rows: ArrayLike<number>): Float64Array {
  return Float64Array.from(rows, (row) => values[row] ?? Number.NaN)
}

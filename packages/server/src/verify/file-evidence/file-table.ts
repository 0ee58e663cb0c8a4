import { nearest } from '@tomoshibi/metrics/definition'
import { Failure } from '../../call/failure.ts'
import { openSource } from '../../collect/import/formats/open.ts'
import { SourceError } from '../../collect/import/formats/source.ts'

/** A file as text, column by column; rows that cannot be read are refused, as statistics would differ. */
export interface FileTable {
  readonly file: string
  readonly names: readonly string[]
  readonly cells: ReadonlyMap<string, readonly string[]>
  /** The line on which each row begins. */
  readonly lines: readonly number[]
}

/** A table of this size is beyond a check by hand, and would not fit the memory. */
const mostCells = 50_000_000

/**
 * Reads a CSV, TSV, JSON Lines or Parquet file.
 *
 * @throws Failure FILE_UNREADABLE; BAD_INPUT for a row that cannot be read, with its line
 */
export async function readFileTable(path: string): Promise<FileTable> {
  try {
    const source = await openSource(path)
    try {
      const columns: string[][] = source.columns.map(() => [])
      const lines: number[] = []
      for await (const rows of source.rows()) {
        for (const row of rows) {
          if ('fault' in row) {
            throw badInput(
              `line ${row.line}: ${row.fault.says.en}`,
              `${row.line}行目: ${row.fault.says.ja}`,
            )
          }
          lines.push(row.line)
          for (const [i, column] of columns.entries()) column.push(row.cells[i] ?? '')
        }
        if (lines.length * columns.length > mostCells) {
          throw badInput(
            `the file has more than ${mostCells} values`,
            `値の数が${mostCells}を超えています`,
          )
        }
      }
      const cells = new Map(source.columns.map((name, i) => [name, columns[i] ?? []]))
      return { file: source.file, names: [...source.columns], cells, lines }
    } finally {
      await source.close()
    }
  } catch (error) {
    if (!(error instanceof SourceError)) {
      if (isMissing(error)) throw unreadable(path, 'there is no such file', 'ファイルがありません')
      throw error
    }
    throw unreadable(error.file, error.says.en, error.says.ja)
  }
}

const isMissing = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

const unreadable = (file: string, problem: string, problemJa: string) =>
  new Failure('FILE_UNREADABLE', { file, problem, problemJa })

export const badInput = (problem: string, problemJa: string): Failure =>
  new Failure('BAD_INPUT', { problem, problemJa })

/** The cells of a column. @throws Failure BAD_INPUT, with the nearest names */
export function columnOf(table: FileTable, name: string): readonly string[] {
  const cells = table.cells.get(name)
  if (cells !== undefined) return cells
  const [near] = nearest(name, table.names)
  throw badInput(
    `there is no column '${name}'.${near === undefined ? '' : ` Did you mean ${near}?`}`,
    `「${name}」という列はありません。${near === undefined ? '' : `${near} のことでしょうか。`}`,
  )
}

const missing = new Set(['', 'na', 'n/a', 'nan', 'null'])
const isMissingCell = (cell: string) => missing.has(cell.trim().toLowerCase())
const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** Numbers with NaN for what is missing, or the first cell that is neither. */
export function numbersOf(
  table: FileTable,
  name: string,
): { ok: true; values: Float64Array } | { ok: false; line: number; cell: string } {
  const cells = columnOf(table, name)
  const values = new Float64Array(cells.length)
  for (const [i, cell] of cells.entries()) {
    if (isMissingCell(cell)) values[i] = Number.NaN
    else if (number.test(cell.trim())) values[i] = Number(cell)
    else return { ok: false, line: table.lines[i] ?? 0, cell }
  }
  return { ok: true, values }
}

/** Numbers of a column that must have them. @throws Failure BAD_INPUT with the line of what is none */
export function mustBeNumbers(table: FileTable, name: string): Float64Array {
  const read = numbersOf(table, name)
  if (read.ok) return read.values
  throw badInput(
    `column '${name}', line ${read.line}: '${read.cell}' is not a number`,
    `列「${name}」の${read.line}行目: 「${read.cell}」は数値ではありません`,
  )
}

const yes = new Set(['1', 'true', 'yes', 't', 'y', '1.0'])
const no = new Set(['0', 'false', 'no', 'f', 'n', '0.0'])
const marked = /^(.+?)(>=|<=|=|>|<)(.+)$/

/**
 * A yes or no for each row, NaN where it is missing. `given` names a column of 0 and 1, true and false or
 * yes and no; or a column and what counts as yes: `status=lost`, `users>=5`.
 *
 * @throws Failure BAD_INPUT
 */
export function flagsOf(table: FileTable, given: string): { column: string; flags: Float64Array } {
  const [, left, sign, right] = marked.exec(given) ?? []
  if (table.cells.has(given) || left === undefined || sign === undefined || right === undefined) {
    return { column: given, flags: plainFlags(table, given) }
  }
  const column = left.trim()
  const mark = right.trim()
  if (sign === '=') {
    const cells = columnOf(table, column)
    if (!cells.some((cell) => cell.trim() === mark)) {
      throw badInput(
        `no row has '${mark}' in column '${column}'`,
        `列「${column}」の値が「${mark}」の行はありません`,
      )
    }
    const flags = cells.map((cell) =>
      isMissingCell(cell) ? Number.NaN : Number(cell.trim() === mark),
    )
    return { column, flags: Float64Array.from(flags) }
  }
  const limit = Number(mark)
  if (!number.test(mark)) {
    throw badInput(`'${mark}' is not a number`, `「${mark}」は数値ではありません`)
  }
  const compare: Readonly<Record<string, (value: number) => boolean>> = {
    '>=': (value) => value >= limit,
    '<=': (value) => value <= limit,
    '>': (value) => value > limit,
    '<': (value) => value < limit,
  }
  const holds = compare[sign] ?? (() => false)
  const flags = mustBeNumbers(table, column).map((v) => (Number.isNaN(v) ? v : Number(holds(v))))
  return { column, flags }
}

function plainFlags(table: FileTable, name: string): Float64Array {
  const cells = columnOf(table, name)
  const flags = new Float64Array(cells.length)
  for (const [i, cell] of cells.entries()) {
    const bare = cell.trim().toLowerCase()
    if (isMissingCell(cell)) flags[i] = Number.NaN
    else if (yes.has(bare)) flags[i] = 1
    else if (no.has(bare)) flags[i] = 0
    else {
      throw badInput(
        `column '${name}', line ${table.lines[i] ?? 0}: '${cell}' is neither 0 nor 1. Say what counts as yes: '${name}=${cell}'`,
        `列「${name}」の${table.lines[i] ?? 0}行目: 「${cell}」は 0 でも 1 でもありません。「${name}=${cell}」のように、該当する値を指定してください`,
      )
    }
  }
  return flags
}

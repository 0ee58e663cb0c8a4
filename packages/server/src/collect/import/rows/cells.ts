import type { DateFrom, KnownAt, ValueFrom } from '../mapping/schema.ts'
import type { FactValue, Reads } from '../targets/target.ts'
import { cellReader, dateReader, isoInstant } from '../values/cells.ts'
import { type DecimalMark, readNumber } from '../values/numbers.ts'
import { type Parsed, ValueProblem } from '../values/problem.ts'
import { ZoneDays } from '../values/zone.ts'
import type { Reject } from './row.ts'

export type Cells = readonly string[]

/** Gives a value of the row, or null where there is none; what is wrong is added to `rejects`. */
export type ValueReader = (cells: Cells, rejects: Reject[]) => FactValue

/** What all values of one file share. */
export interface ReadingContext {
  /** Place of a column among the cells; -1 while a file of open columns has not shown it. */
  place(column: string): number
  readonly zone: ZoneDays
  readonly decimal: DecimalMark | undefined
  onOpenEnd(): void
}

/** A cell without outer spaces; empty when the row does not have the column. */
export function cellOf(context: ReadingContext, column: string): (cells: Cells) => string {
  let place = context.place(column)
  return (cells) => {
    if (place === -1) place = context.place(column)
    return cells[place]?.trim() ?? ''
  }
}

/** The value that a mapping describes, read as the target or attribute asks. */
export function valueReader(
  from: ValueFrom,
  reads: Reads,
  context: ReadingContext,
  field: { readonly addsDays?: number; readonly openEnds?: readonly string[] } = {},
): ValueReader {
  const zone = from.timeZone === undefined ? context.zone : new ZoneDays(from.timeZone)
  const read = cellReader(reads, {
    zone,
    formats: from.format,
    addDays: (field.addsDays ?? 0) + (from.plusDays ?? 0),
    decimal: from.decimal ?? context.decimal,
    openEnds: from.openEnd ?? field.openEnds,
  })
  if (from.columns !== undefined) return jsonOf(from.columns, context)
  if (from.value !== undefined) {
    const constant = settle(read(from.value.trim()))
    return () => constant
  }
  const column = from.column ?? ''
  const cell = cellOf(context, column)
  if (from.after !== undefined) return durationAfter(from, column, context, zone)

  const translated = from.translate === undefined ? null : translator(from.translate)
  const instant = reads.as === 'instant'
  return (cells, rejects) => {
    const given = cell(cells)
    let text = given
    if (translated !== null) text = translated(text)
    if (text === '') text = from.default ?? ''
    if (text === '') return null
    const value = read(text)
    if (value instanceof ValueProblem) {
      rejects.push({ column, value: given, problem: value })
      return null
    }
    if (value === null && instant) context.onOpenEnd()
    return value
  }
}

/** Constants were read when the mapping was checked. */
function settle(value: Parsed<FactValue>): FactValue {
  return value instanceof ValueProblem ? null : value
}

/** Exact spelling first, then without regard to case, since YAML turns TRUE into true. */
function translator(table: Readonly<Record<string, string>>): (text: string) => string {
  const exact = new Map(Object.entries(table))
  const folded = new Map(Object.entries(table).map(([from, to]) => [from.toLowerCase(), to]))
  return (text) => exact.get(text) ?? folded.get(text.toLowerCase()) ?? text
}

const unitMs = { seconds: 1000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const

function durationAfter(
  from: ValueFrom,
  column: string,
  context: ReadingContext,
  zone: ZoneDays,
): ValueReader {
  const cell = cellOf(context, column)
  const start = from.after ?? ''
  const startCell = cellOf(context, start)
  const readStart = dateReader({ zone, formats: from.format })
  const unit = unitMs[from.unit ?? 'seconds']
  return (cells, rejects) => {
    const text = cell(cells) || from.default || ''
    const startText = startCell(cells)
    if (text === '' || startText === '') return null
    const length = readNumber(text, { min: -1e9, max: 1e9 }, from.decimal ?? context.decimal)
    const at = readStart(startText)
    if (length instanceof ValueProblem) rejects.push({ column, value: text, problem: length })
    else if (at instanceof ValueProblem) {
      rejects.push({ column: start, value: startText, problem: at })
    } else return isoInstant(at + Math.round(length * unit))
    return null
  }
}

const plainNumber = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,10})?$/

/** The columns as one JSON object; empty cells stay out, plain numbers and true/false keep their type. */
function jsonOf(columns: readonly string[], context: ReadingContext): ValueReader {
  const cells = columns.map((column) => ({ column, cell: cellOf(context, column) }))
  return (row) => {
    const object: Record<string, string | number | boolean> = {}
    for (const { column, cell } of cells) {
      const text = cell(row)
      if (text === '') continue
      const word = text.toLowerCase()
      if (word === 'true' || word === 'false') object[column] = word === 'true'
      else object[column] = plainNumber.test(text) ? Number(text) : text
    }
    return JSON.stringify(object)
  }
}

/** The instant that a date of the mapping names, ISO; null where its cell is empty. */
export function dateOf(from: DateFrom, context: ReadingContext): ValueReader {
  return valueReader({ ...from }, { as: 'instant' }, context)
}

/** When something became known; null = when it is imported. */
export function knownAtOf(from: KnownAt, context: ReadingContext): ValueReader {
  return from === 'import' ? () => null : dateOf(from, context)
}

import type { FactValue, Reads } from '../targets/target.ts'
import { type DateReader, datesInFormats, usualDates } from './dates.ts'
import { type DecimalMark, readDecimal, readNumber } from './numbers.ts'
import { type Parsed, ValueProblem, valueProblem } from './problem.ts'
import { halfWidth } from './text.ts'
import { oneOfWords, readBoolean, readCurrency } from './words.ts'
import type { ZoneDays } from './zone.ts'

/** Reads the text of a cell, never empty and without outer spaces. */
export type CellReader = (text: string) => Parsed<FactValue>

export interface ReadingOptions {
  readonly zone: ZoneDays
  readonly formats?: readonly string[] | undefined
  readonly addDays?: number | undefined
  readonly decimal?: DecimalMark | undefined
  /** Dates that stand for no end and give null. */
  readonly openEnds?: readonly string[] | undefined
}

/** A reader of dates as the options say. */
export function dateReader(options: ReadingOptions): DateReader {
  const { zone, formats, addDays = 0 } = options
  const read = formats === undefined ? usualDates(zone) : datesInFormats(formats, zone)
  if (addDays === 0) return read
  return (text) => {
    const at = read(text)
    return typeof at === 'number' ? zone.addDays(at, addDays) : at
  }
}

/** The reader of a cell that is to become a value of that kind. */
export function cellReader(reads: Reads, options: ReadingOptions): CellReader {
  switch (reads.as) {
    case 'text':
      return (text) => text
    case 'boolean':
      return readBoolean
    case 'currency':
      return readCurrency
    case 'json':
      return readJson
    case 'word': {
      const read = oneOfWords(reads.words)
      const also = new Map(Object.entries(reads.also).map(([k, v]) => [k.toLowerCase(), v]))
      return (text) => {
        const value = read(text)
        if (!(value instanceof ValueProblem)) return value
        return also.get(halfWidth(text).toLowerCase()) ?? value
      }
    }
    case 'number':
      return (text) => readNumber(text, reads, options.decimal)
    case 'decimal':
      return (text) => {
        const value = readDecimal(text, reads, options.decimal)
        if (value instanceof ValueProblem) return value
        const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = reads
        if (Number(value) >= min && Number(value) <= max) return value
        return valueProblem('NUMBER_OUT_OF_RANGE', `${min} – ${max}`)
      }
    case 'instant':
      return instants(dateReader(options), options.openEnds ?? [])
  }
}

// Files repeat their dates; about 10 MB of them.
const rememberedDates = 50_000

function instants(read: DateReader, openEnds: readonly string[]): CellReader {
  const known = new Map<string, Parsed<string | null>>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    if (known.size >= rememberedDates) known.clear()
    const value = isOpenEnd(text, openEnds) ? null : isoOf(read(text))
    known.set(text, value)
    return value
  }
}

function isoOf(at: Parsed<number>): Parsed<string> {
  return at instanceof ValueProblem ? at : isoInstant(at)
}

/** An instant as ISO 8601 text in UTC, to the millisecond. */
export function isoInstant(ms: number): string {
  return new Date(ms).toISOString()
}

const separators = /[-/.年月日]/g

/** `9999-12-31` also stands for `9999/12/31` and `99991231 23:59:59`. */
function isOpenEnd(text: string, openEnds: readonly string[]): boolean {
  if (openEnds.length === 0) return false
  const bare = halfWidth(text).replace(separators, '')
  return openEnds.some((end) => bare.startsWith(end.replace(separators, '')))
}

function readJson(text: string): Parsed<string> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return text
  } catch {
    // Said below.
  }
  return valueProblem('JSON_UNREADABLE')
}

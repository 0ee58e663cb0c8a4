import type { LineBlock } from './lines.ts'
import { badRow, rowFault, type SourceRow } from './source.ts'

const columnLimit = 10_000

// A double holds 15 digits whatever they are; longer numbers are kept as the file wrote them.
const longNumber = /[:[,]\s*-?[\d.]{16,}/
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/**
 * The records of JSON Lines: one object a line, its keys being the columns, nested values as JSON.
 *
 * @param columns names found so far; new ones are appended as they come up
 */
export async function* objectsOf(
  blocks: AsyncIterable<LineBlock>,
  columns: string[],
): AsyncGenerator<SourceRow[], void, void> {
  const places = new Map(columns.map((name, index) => [name, index]))
  for await (const block of blocks) {
    const rows: SourceRow[] = []
    for (const [i, text] of block.lines.entries()) {
      const line = block.first + i
      const fault = block.faults.get(i)
      if (fault !== undefined) rows.push(badRow(line, fault, text))
      else if (text.trim() !== '') rows.push(readObject(line, text, columns, places))
    }
    if (rows.length > 0) yield rows
  }
}

function readObject(
  line: number,
  text: string,
  columns: string[],
  places: Map<string, number>,
): SourceRow {
  let value: unknown
  try {
    value = JSON.parse(longNumber.test(text) ? quoteLongNumbers(text) : text)
  } catch {
    return badRow(line, rowFault('JSON_INVALID'), text)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return badRow(line, rowFault('JSON_NOT_OBJECT'), text)
  }
  const entries = Object.entries(value)
  const cells: string[] = new Array(columns.length).fill('')
  for (const [key, item] of entries) {
    let place = places.get(key)
    if (place === undefined) {
      if (columns.length >= columnLimit) {
        return badRow(line, rowFault('TOO_MANY_COLUMNS', String(columnLimit)), text)
      }
      place = columns.push(key) - 1
      places.set(key, place)
    }
    const cell = cellOrNull(item)
    if (cell === null) return badRow(line, rowFault('JSON_TOO_DEEP'), text)
    if (cell.includes('\0')) return badRow(line, rowFault('NUL_BYTE'), text)
    while (cells.length < place) cells.push('')
    cells[place] = cell
  }
  return { line, cells }
}

function quoteLongNumbers(text: string): string {
  return text.replace(stringOrNumber, (found) =>
    found.startsWith('"') || found.length < 16 ? found : `"${found}"`,
  )
}

/** Reading JSON takes any depth, writing it does not: null for a value that is nested too deeply. */
export function cellOrNull(value: unknown): string | null {
  try {
    return cellOf(value)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** A JSON value as the text of a cell. */
export function cellOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') {
    return String(value)
  }
  return JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v))
}

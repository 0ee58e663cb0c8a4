import type { MappedFile } from '../mapping/schema.ts'
import { type Cells, cellOf, type ReadingContext } from './cells.ts'

/** Whether a row is to be imported, as the mapping's `where` says. */
export function filterOf(
  file: MappedFile,
  context: ReadingContext,
): ((cells: Cells) => boolean) | null {
  const conditions = Object.entries(file.where).map(([column, wanted]) => {
    const cell = cellOf(context, column)
    const among = wanted.in === undefined ? null : new Set(wanted.in)
    const notAmong = new Set(wanted.notIn ?? [])
    return (cells: Cells): boolean => {
      const text = cell(cells)
      if (wanted.empty !== undefined && (text === '') !== wanted.empty) return false
      return (among === null || among.has(text)) && !notAmong.has(text)
    }
  })
  if (conditions.length === 0) return null
  return (cells) => conditions.every((holds) => holds(cells))
}

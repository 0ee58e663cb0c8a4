import { createHash } from 'node:crypto'
import type { MappedFile } from '../mapping/schema.ts'
import { type ValueProblem, valueProblem } from '../values/problem.ts'
import { type Cells, cellOf, type ReadingContext } from './cells.ts'
import type { Reject } from './row.ts'

/** What names the record of a row, within its target. */
export interface Identity {
  /** As the source wrote it; empty where the source has no ids. */
  readonly sourceId: string
  readonly recordId: string
}

// Ids of a file that must not repeat are held in memory; more of them than this are not checked.
const rememberedIds = 2_000_000
const longestId = 500

/**
 * How the rows of a file are identified: by their id, or by all of the row where the mapping names no
 * id or keeps rows of one id apart. The hash does not depend on the order of columns, nor on empty
 * ones, so that an export with one more column still gives the same records.
 *
 * @param columns names of all columns; more may be appended while reading
 */
export function identityOf(
  file: MappedFile,
  columns: readonly string[],
  context: ReadingContext,
): (cells: Cells, rejects: Reject[]) => Identity {
  const prefix = file.idPrefix ?? ''
  const ids = (file.id ?? []).map((column) => ({ column, cell: cellOf(context, column) }))
  const hash = rowHash(columns)
  const seen = file.repeatedId === 'reject' ? new Set<string>() : null

  return (cells, rejects) => {
    if (ids.length === 0) return { sourceId: '', recordId: prefix + hash(cells) }
    const parts: string[] = []
    for (const { column, cell } of ids) {
      const part = cell(cells)
      parts.push(part)
      if (part === '') rejects.push({ column, value: '', problem: valueProblem('REQUIRED') })
      else if (part.length > longestId) rejects.push({ column, value: part, problem: tooLong })
    }
    const sourceId = parts.join('~')
    if (seen?.has(sourceId)) {
      const column = ids[0]?.column ?? null
      rejects.push({ column, value: sourceId, problem: valueProblem('ID_REPEATED') })
    } else if (seen !== null && seen.size < rememberedIds) seen.add(sourceId)
    const suffix = file.repeatedId === 'keep' ? `~${hash(cells)}` : ''
    return { sourceId, recordId: prefix + sourceId + suffix }
  }
}

const tooLong: ValueProblem = valueProblem('TOO_LONG', String(longestId))

function rowHash(columns: readonly string[]): (cells: Cells) => string {
  let order: number[] = []
  return (cells) => {
    if (order.length !== columns.length) {
      order = columns
        .map((_, i) => i)
        .sort((a, b) => ((columns[a] ?? '') < (columns[b] ?? '') ? -1 : 1))
    }
    const hash = createHash('sha256')
    let text = ''
    for (const i of order) {
      const cell = cells[i]
      if (cell !== undefined && cell !== '') text += `${columns[i]}\u0001${cell}\u0002`
    }
    return hash.update(text).digest('base64url').slice(0, 22)
  }
}

import type { Problem } from '@tomoshibi/contract/errors'
import type { Load, StagedRow } from '@tomoshibi/facts/loading'
import { type BadRow, SourceError } from './formats/source.ts'
import type { Mapping } from './mapping/schema.ts'
import { note, tallyNote, unreadableNote } from './notes.ts'
import type { ImportEntry } from './plan.ts'
import type { RejectedCell, RejectsFile } from './rejects.ts'
import type { Lookup } from './rows/account.ts'
import { attributeMapper } from './rows/attributes.ts'
import type { ReadingContext } from './rows/cells.ts'
import { factMapper } from './rows/facts.ts'
import { Tally } from './rows/row.ts'
import { ZoneDays } from './values/zone.ts'

/** Rows of an entry before they are compared with what is stored. */
export interface EntryRows {
  read: number
  staged: number
  leftOut: number
  rejected: number
}

export interface EntryInput {
  readonly entry: ImportEntry
  readonly mapping: Mapping
  /** Time zone of dates where the mapping names none. */
  readonly timeZone: string
  readonly lookup: Lookup | undefined
  readonly load: Load
  /** Number of the entry's first row within the load. */
  readonly firstRowNo: number
  /** ISO instant at which the import started. */
  readonly startedAt: string
  readonly rejects: RejectsFile
  onProgress(bytes: number, rows: number): void
}

const blockRows = 20_000

/**
 * Reads a file, makes facts of its rows and stages them. Every row that is read is staged, left out
 * or rejected.
 */
export async function stageEntry(
  input: EntryInput,
): Promise<{ rows: EntryRows; notes: Problem[] }> {
  const { entry, mapping, load, rejects } = input
  const { mapped, target, source } = entry
  const rows: EntryRows = { read: 0, staged: 0, leftOut: 0, rejected: 0 }
  const tally = new Tally()
  const context = contextOf(input, tally)
  const map = (target.hasAttributes ? attributeMapper : factMapper)({
    mapping,
    file: mapped,
    target,
    columns: source.columns,
    context,
    lookup: input.lookup,
    source: mapped.source ?? source.file,
  })
  const notes = headerNotes(input)
  let block: StagedRow[] = []
  let bytes = 0
  let inFlight: Promise<void> = Promise.resolve()
  // One block is on its way while the next is read.
  const flush = async () => {
    await inFlight
    inFlight = load.stage(target.table, block)
    inFlight.catch(() => {})
    block = []
  }

  try {
    for await (const batch of source.rows((read) => {
      bytes = read
    })) {
      const refused: RejectedCell[] = []
      for (const row of batch) {
        rows.read += 1
        if ('fault' in row) {
          rows.rejected += 1
          refused.push(badRowReject(row, input))
          continue
        }
        const outcome = map(row.cells)
        if (outcome.kind === 'leftOut') rows.leftOut += 1
        else if (outcome.kind === 'rejected') {
          rows.rejected += 1
          for (const { column, value, problem } of outcome.rejects) {
            const { code, says: reason } = problem
            const place = { file: source.file, target: target.name, line: row.line }
            refused.push({ ...place, column, value, code, reason })
          }
        } else {
          rows.staged += 1
          const rowNo = input.firstRowNo + rows.read
          for (const fact of outcome.facts) {
            if (fact.known_at !== null && fact.known_at > input.startedAt)
              tally.add('KNOWN_IN_FUTURE')
            fact.row_no = rowNo
            block.push(fact)
          }
        }
      }
      await rejects.add(refused)
      if (block.length >= blockRows) await flush()
      input.onProgress(bytes, rows.read)
    }
  } catch (error) {
    // A file that breaks off: what came before it is imported, and the rest is said to be missing.
    if (!(error instanceof SourceError)) throw error
    notes.push(unreadableNote(error.file, error.says))
  }
  await flush()
  await inFlight
  input.onProgress(source.bytes, rows.read)
  if (rows.read === 0) notes.push(note('NO_ROWS', source.file))
  for (const [code, count] of tally.counts) notes.push(tallyNote(code, source.file, count))
  return { rows, notes }
}

function contextOf({ entry, mapping, timeZone }: EntryInput, tally: Tally): ReadingContext {
  const { mapped, source } = entry
  const places = new Map<string, number>()
  return {
    place(column) {
      // A file of open columns may append some while it is read.
      for (let i = places.size; i < source.columns.length; i++) {
        const name = source.columns[i]
        if (name !== undefined) places.set(name, i)
      }
      return places.get(column) ?? -1
    },
    zone: new ZoneDays(mapped.timeZone ?? mapping.timeZone ?? timeZone),
    decimal: mapped.decimal ?? mapping.decimal,
    onOpenEnd: () => tally.add('OPEN_END'),
  }
}

function badRowReject(row: BadRow, { entry }: EntryInput): RejectedCell {
  return {
    file: entry.source.file,
    target: entry.target.name,
    line: row.line,
    column: null,
    value: row.excerpt,
    code: row.fault.code,
    reason: row.fault.says,
  }
}

function headerNotes({ entry }: EntryInput): Problem[] {
  return entry.source.oddColumns.map(({ kind, names }) => {
    const code = kind === 'unnamed' ? 'COLUMN_UNNAMED' : 'COLUMN_REPEATED'
    return note(code, entry.source.file, names.join(', '))
  })
}

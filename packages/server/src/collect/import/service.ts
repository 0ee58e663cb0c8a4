import { randomUUID } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImportCounts, ImportSummary } from '@tomoshibi/contract/collect'
import type { Problem } from '@tomoshibi/contract/errors'
import { dropStaleLoads, type Load, openLoad } from '@tomoshibi/facts/loading'
import type { FactStore } from '@tomoshibi/facts/store'
import * as z from 'zod'
import { Failure } from '../../call/failure.ts'
import { admitting, type Erased } from '../../personal-data/erased.ts'
import type { Clock } from '../../platform/clock.ts'
import { inTurn } from '../turns.ts'
import { givenFiles } from './files.ts'
import { SourceError } from './formats/source.ts'
import { type EntryRows, stageEntry } from './load-entry.ts'
import { Lookups } from './lookups.ts'
import { note, unreadableDetails } from './notes.ts'
import { type ImportPlan, planImport } from './plan.ts'
import { RejectsFile } from './rejects.ts'
import { unusedColumns } from './used-columns.ts'

export interface ImportProgress {
  readonly phase: 'reading' | 'comparing' | 'storing'
  readonly file: string | null
  readonly bytesDone: number
  readonly bytesTotal: number
  readonly rows: number
}

export interface ImportPorts {
  readonly facts: FactStore
  readonly clock: Clock
}

export interface ImportRequest {
  readonly workspaceId: string
  /** Time zone of the workspace, for dates that have no other. */
  readonly timeZone: string
  /** Files and folders. */
  readonly paths: readonly string[]
  /** The mapping, YAML. */
  readonly mapping: string
  /** Its name, for messages. */
  readonly mappingFile?: string | undefined
  /** Tells what would happen and changes nothing. */
  readonly dryRun?: boolean | undefined
  /** Id of the import; left out = a new one. */
  readonly id?: string | undefined
  /** Where rejected rows go: this file, */
  readonly rejectsFile?: string | undefined
  /** or `imports/<id>/rejects.csv` in this folder, unless it is a dry run; without both, nowhere. */
  readonly dataDir?: string | undefined
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined
  /** Reads of whom nothing may be taken, when the import's turn has come. */
  readonly erased?: (() => Promise<Erased | null>) | undefined
}

/** Row numbers of one entry; a file can't have more rows. */
const rowsPerEntry = 2 ** 40

/**
 * Imports files as a mapping says. Imports into one store run one after the other.
 *
 * Facts are staged first and compared with what is stored; only what differs is inserted. An import
 * that was cut off at any instant, and is run again, ends in the state of an undisturbed one.
 *
 * @returns what became of every row, file by file; read = the sum of all the others
 * @throws Failure BAD_MAPPING with all problems, FILE_UNREADABLE; nothing was changed then
 * @throws FactsError when the fact store fails; run the import again
 */
export function runImport(ports: ImportPorts, request: ImportRequest): Promise<ImportSummary> {
  return inTurn(ports.facts, () => importNow(ports, request))
}

async function importNow(ports: ImportPorts, request: ImportRequest): Promise<ImportSummary> {
  const { facts, clock } = ports
  const id = request.id ?? randomUUID()
  const dryRun = request.dryRun ?? false
  const plan = await openPlan(request)
  const rejectsFile = rejectsPath(request, id, dryRun)
  const rejects = new RejectsFile(rejectsFile)
  try {
    await spareSources(rejectsFile, plan)
    // No other import runs, so whatever is staged was left by one that was killed.
    await dropStaleLoads(facts, [])
    const startedAt = clock.now().toString({ smallestUnit: 'millisecond' })
    const { workspaceId, timeZone } = request
    const admit = admitting((await request.erased?.()) ?? null)
    const load = openLoad(facts, { workspaceId, loadId: id, startedAt, timeZone, admit })
    try {
      const { files, notes } = await loadAll(plan, load, rejects, startedAt, dryRun, request)
      return {
        id,
        dryRun,
        files,
        notes: [...plan.notes, ...notes],
        rejectsFile: rejects.path,
        rejectExamples: rejects.examples.map(({ file, line, column, value, reason }) => {
          return { file, line, column, value, reason }
        }),
      }
    } finally {
      await load.discard()
    }
  } finally {
    await rejects.close().catch(() => {})
    await plan.close()
  }
}

/** @throws Failure BAD_INPUT when the rejected rows would be written over a file that is imported. */
async function spareSources(rejectsFile: string | null, { entries }: ImportPlan): Promise<void> {
  if (rejectsFile === null) return
  const real = await realpath(rejectsFile).catch(() => null)
  if (real === null) return
  for (const { source } of entries) {
    if ((await realpath(source.path)) !== real) continue
    const problem = `the rejected rows would be written over the imported file ${source.file}`
    throw new Failure('BAD_INPUT', { problem })
  }
}

async function openPlan(request: ImportRequest): Promise<ImportPlan> {
  try {
    return await planImport(request.mapping, await givenFiles(request.paths), request.mappingFile)
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    throw new Failure('FILE_UNREADABLE', unreadableDetails(error.file, error.says), [], {
      cause: error,
    })
  }
}

async function loadAll(
  plan: ImportPlan,
  load: Load,
  rejects: RejectsFile,
  startedAt: string,
  dryRun: boolean,
  request: ImportRequest,
): Promise<{ files: ImportCounts[]; notes: Problem[] }> {
  const { mapping, entries } = plan
  const files = await givenFiles(request.paths)
  const lookups = new Lookups(mapping, files)
  const bytesTotal = entries.reduce((sum, { source }) => sum + source.bytes, 0)
  const tell = (progress: Omit<ImportProgress, 'bytesTotal'>) =>
    request.onProgress?.({ ...progress, bytesTotal })
  const staged: EntryRows[] = []
  const notes: Problem[] = []
  let bytesBefore = 0
  let rowsBefore = 0
  for (const [i, entry] of entries.entries()) {
    const lookup = entry.mapped.account?.lookup
    const outcome = await stageEntry({
      entry,
      mapping,
      timeZone: request.timeZone,
      lookup: lookup === undefined ? undefined : await lookups.get(lookup),
      load,
      firstRowNo: i * rowsPerEntry,
      startedAt,
      rejects,
      onProgress: (bytes, rows) =>
        tell({
          phase: 'reading',
          file: entry.source.file,
          bytesDone: bytesBefore + bytes,
          rows: rowsBefore + rows,
        }),
    })
    staged.push(outcome.rows)
    notes.push(...outcome.notes)
    bytesBefore += entry.source.bytes
    rowsBefore += outcome.rows.read
  }
  for (const source of new Set(entries.map((entry) => entry.source))) {
    const unused = unusedColumns(mapping, source.file, source.columns)
    if (unused.length > 0) notes.push(note('COLUMNS_UNUSED', source.file, listed(unused)))
  }
  // Before anything is stored: rows that can neither be stored nor told must stop the import.
  await rejects.close()
  const done = { file: null, bytesDone: bytesTotal, rows: rowsBefore }
  tell({ phase: 'comparing', ...done })
  await load.diff()
  const outcomes = await outcomesByEntry(load, entries)
  if (!dryRun) {
    tell({ phase: 'storing', ...done })
    await load.commit()
  }
  return { files: entries.map((entry, i) => countsOf(entry, staged[i], outcomes[i])), notes }
}

interface Outcomes {
  readonly stored: number
  readonly updated: number
  readonly unchanged: number
}

const outcomeRow = z.object({
  entry: z.coerce.number(),
  stored: z.coerce.number(),
  updated: z.coerce.number(),
  unchanged: z.coerce.number(),
})

/** By entry: source rows by the best that became of any of their facts. */
async function outcomesByEntry(
  load: Load,
  entries: ImportPlan['entries'],
): Promise<(Outcomes | undefined)[]> {
  const rows = await load.query(
    {
      sql: `
SELECT intDiv(row_no, {rows_per_entry:UInt64}) AS entry,
  countIf(best = 3) AS stored, countIf(best = 2) AS updated, countIf(best = 1) AS unchanged
FROM (
  SELECT row_no, max(outcome) AS best FROM load_outcomes
  WHERE load_id = {load_id:String}
  GROUP BY row_no
)
GROUP BY entry`,
      params: { rows_per_entry: rowsPerEntry },
    },
    outcomeRow,
  )
  return entries.map((_, i) => rows.find((row) => row.entry === i))
}

function countsOf(
  { source, target }: ImportPlan['entries'][number],
  rows: EntryRows | undefined,
  outcomes: Outcomes | undefined,
): ImportCounts {
  const { read, staged, leftOut, rejected } = rows ?? {
    read: 0,
    staged: 0,
    leftOut: 0,
    rejected: 0,
  }
  const { stored, updated, unchanged } = outcomes ?? { stored: 0, updated: 0, unchanged: 0 }
  const superseded = staged - stored - updated - unchanged
  const file = source.file
  return {
    file,
    target: target.name,
    read,
    stored,
    updated,
    unchanged,
    superseded,
    leftOut,
    rejected,
  }
}

function rejectsPath(request: ImportRequest, id: string, dryRun: boolean): string | null {
  if (request.rejectsFile !== undefined) return request.rejectsFile
  if (request.dataDir === undefined || dryRun) return null
  return join(request.dataDir, 'imports', id, 'rejects.csv')
}

const listedColumns = 20

function listed(columns: readonly string[]): string {
  const shown = columns.slice(0, listedColumns).join(', ')
  return columns.length > listedColumns ? `${shown}, … (${columns.length})` : shown
}

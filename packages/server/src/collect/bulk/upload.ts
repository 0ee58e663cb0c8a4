import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FactTarget, RecordReason } from '@tomoshibi/contract/bulk'
import { type ErrorData, errorData } from '@tomoshibi/contract/errors'
import { openLoad, type StagedRow } from '@tomoshibi/facts/loading'
import * as z from 'zod'
import type { Ports } from '../../call/context.ts'
import { Failure, failureOf } from '../../call/failure.ts'
import { admitting, readErased } from '../../personal-data/erased.ts'
import { folderFailure } from '../../platform/data-folder.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { arrived } from '../arrivals.ts'
import { fileBytes } from '../import/formats/bytes.ts'
import { encodingOf } from '../import/formats/encoding.ts'
import { linesOf } from '../import/formats/lines.ts'
import { rowFault } from '../import/formats/source.ts'
import { importTargets } from '../import/targets/catalogue.ts'
import { isRecord } from '../ingest/hostile.ts'
import { inTurn } from '../turns.ts'
import { type BulkRecord, recordReader } from './bulk.ts'
import { idOf } from './service.ts'

export interface UploadProgress {
  readonly phase: 'receiving' | 'waiting' | 'reading' | 'comparing' | 'storing' | 'done' | 'failed'
  /** Records read so far. */
  readonly records: number
}

/** A record that was not taken, by its line. */
export interface UploadReject {
  readonly line: number
  readonly id: string
  readonly reasons: readonly RecordReason[]
}

export interface UploadResult extends UploadProgress {
  readonly phase: 'done'
  readonly counts: {
    readonly created: number
    readonly updated: number
    readonly unchanged: number
    readonly superseded: number
    readonly rejected: number
  }
  /** The first of them. */
  readonly rejects: readonly UploadReject[]
}

export interface UploadFailure extends UploadProgress {
  readonly phase: 'failed'
  readonly code: string
  readonly data: ErrorData
}

export interface Upload {
  readonly type: FactTarget
  /** JSON objects, one a line; gzip where `gzip` says so. */
  readonly body: AsyncIterable<Buffer>
  readonly gzip: boolean
  /** Where the body is kept while it is read. */
  readonly dataDir: string
}

const tellEveryMs = 500
const blockRows = 20_000
const shownRejects = 100

/**
 * Stores records of one kind from a body of any size, in constant memory: the body goes to a file first,
 * so that a slow sender holds nothing up. Cut off at any instant and sent again, it ends in the state of
 * an undisturbed one.
 *
 * @returns how far it is, every half second, and at last what became of the records
 */
export async function* upload(
  ports: Ports,
  given: Upload,
): AsyncGenerator<UploadProgress | UploadResult | UploadFailure> {
  let now: UploadProgress = { phase: 'receiving', records: 0 }
  const run = receive(ports, given, (progress) => {
    now = progress
  }).catch((error: unknown): UploadFailure => {
    const failure = failureOf(error)
    const id = randomUUID()
    if (failure === null) ports.log.error({ err: error, id }, 'an upload failed')
    const { code, details } = failure ?? new Failure('INTERNAL', { id })
    return { phase: 'failed', records: now.records, code, data: errorData(code, details) }
  })
  for (;;) {
    const end = await Promise.race([run, sleep(tellEveryMs, null)])
    yield end ?? now
    if (end !== null) return
  }
}

const folderOf = (dataDir: string): string => join(dataDir, 'uploads')

/** Drops the bodies that a killed process had not read. */
export async function dropUnfinishedUploads(dataDir: string): Promise<void> {
  await rm(folderOf(dataDir), { recursive: true, force: true })
}

async function receive(
  ports: Ports,
  given: Upload,
  tell: (progress: UploadProgress) => void,
): Promise<UploadResult> {
  const folder = folderOf(given.dataDir)
  const path = join(folder, randomUUID())
  try {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await pipeline(given.body, createWriteStream(path, { mode: 0o600 }))
    } catch (error) {
      throw folderFailure(error, given.dataDir)
    }
    tell({ phase: 'waiting', records: 0 })
    return await inTurn(ports.facts, () => store(ports, given, path, tell))
  } finally {
    await rm(path, { force: true })
  }
}

const countsRow = z.object({
  created: z.coerce.number(),
  updated: z.coerce.number(),
  unchanged: z.coerce.number(),
})

async function store(
  ports: Ports,
  { type, gzip }: Upload,
  path: string,
  tell: (progress: UploadProgress) => void,
): Promise<UploadResult> {
  const { facts, state, workspaceId, clock } = ports
  const { settings } = await getWorkspace(ports)
  const { table } = importTargets[type]
  const read = recordReader(importTargets[type], settings.timeZone)
  const startedAt = clock.now().toString({ smallestUnit: 'millisecond' })
  const { timeZone } = settings
  const load = openLoad(facts, {
    workspaceId,
    loadId: randomUUID(),
    startedAt,
    timeZone,
    admit: admitting(await readErased(state.db, workspaceId)),
  })
  const rejects: UploadReject[] = []
  let records = 0
  let rejected = 0
  let block: StagedRow[] = []
  let inFlight: Promise<void> = Promise.resolve()
  const flush = async () => {
    await inFlight
    inFlight = load.stage(table, block)
    inFlight.catch(() => {})
    block = []
  }
  try {
    for await (const { line, record, reasons } of recordsOf(path, gzip)) {
      records += 1
      const found = reasons === null ? read(record) : { reasons }
      if ('reasons' in found) {
        rejected += 1
        if (rejects.length < shownRejects) {
          rejects.push({ line, id: idOf(record), reasons: found.reasons })
        }
        continue
      }
      for (const fact of found.facts) {
        fact.row_no = records
        block.push(fact)
      }
      if (block.length >= blockRows) await flush()
      if (records % 1000 === 0) tell({ phase: 'reading', records })
    }
    if (block.length > 0) await flush()
    await inFlight
    const none = { created: 0, updated: 0, unchanged: 0 }
    if (rejected === records) {
      const counts = { ...none, superseded: 0, rejected }
      return { phase: 'done', records, counts, rejects }
    }
    tell({ phase: 'comparing', records })
    await load.diff()
    const [stored = none] = await load.query(
      {
        sql: `
SELECT countIf(best = 3) AS created, countIf(best = 2) AS updated, countIf(best = 1) AS unchanged
FROM (
  SELECT row_no, max(outcome) AS best FROM load_outcomes
  WHERE load_id = {load_id:String}
  GROUP BY row_no
)`,
        params: {},
      },
      countsRow,
    )
    tell({ phase: 'storing', records })
    await load.commit()
    if (stored.created + stored.updated > 0) arrived(facts, { workspaceId, accounts: 'all' })
    const superseded = records - rejected - stored.created - stored.updated - stored.unchanged
    return { phase: 'done', records, counts: { ...stored, superseded, rejected }, rejects }
  } finally {
    await inFlight.catch(() => {})
    await load.discard()
  }
}

interface Line {
  readonly line: number
  readonly record: BulkRecord
  readonly reasons: readonly RecordReason[] | null
}

/** Characters that JSON may have and no text of the stores can, as JSON writes them. */
const escaped = /\\u(?:0000|d[89a-f])/i
const noText = /[\0\p{Surrogate}]/u

async function* recordsOf(path: string, gzip: boolean): AsyncGenerator<Line> {
  const { encoding } = encodingOf(Buffer.alloc(0), 'utf-8')
  for await (const { first, lines, faults } of linesOf(
    fileBytes(path, 'the body', gzip),
    encoding,
    0,
    0x0a,
  )) {
    for (const [i, text] of lines.entries()) {
      if (text.trim() === '') continue
      const line = first + i
      const bad = (code: string, what: RecordReason['what']): Line => {
        return {
          line,
          record: {},
          reasons: [{ field: null, value: text.slice(0, 200), code, what }],
        }
      }
      const fault = faults.get(i)
      if (fault !== undefined) yield bad(fault.code, fault.says)
      else yield lineOf(line, text, bad)
    }
  }
}

function lineOf(
  line: number,
  text: string,
  bad: (code: string, what: RecordReason['what']) => Line,
): Line {
  let record: unknown
  try {
    record = JSON.parse(text)
    // Writing takes less depth than reading does; what cannot be written cannot be stored.
    if (escaped.test(text) && noText.test(unescaped(record))) {
      const { code, says } = rowFault('NUL_BYTE')
      return bad(code, says)
    }
  } catch (error) {
    const { code, says } = rowFault(error instanceof RangeError ? 'JSON_TOO_DEEP' : 'JSON_INVALID')
    return bad(code, says)
  }
  if (isRecord(record)) return { line, record, reasons: null }
  const { code, says } = rowFault('JSON_NOT_OBJECT')
  return bad(code, says)
}

/** All keys and texts of a JSON value, one after the other. */
function unescaped(value: unknown): string {
  const texts: string[] = []
  JSON.stringify(value, (key, inside: unknown) => {
    texts.push(key)
    if (typeof inside === 'string') texts.push(inside)
    return inside
  })
  return texts.join(' ')
}

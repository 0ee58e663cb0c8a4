import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type ImportState,
  type ImportSummary,
  importStateSchema,
  importSummarySchema,
} from '@tomoshibi/contract/collect'
import { errorData } from '@tomoshibi/contract/errors'
import { imports } from '@tomoshibi/state/schema/imports'
import { and, eq } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import type { Ports } from '../../call/context.ts'
import { Failure, failureOf } from '../../call/failure.ts'
import { evaluateLamps } from '../../light/lamps/evaluate.ts'
import { readErased } from '../../personal-data/erased.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { arrivedSince, lastSettledAt } from './arrivals.ts'
import { settleCurrency } from './currency.ts'
import { type ImportProgress, runImport } from './service.ts'

export interface ImportOrder {
  readonly paths: readonly string[]
  readonly mapping: string
  readonly mappingFile?: string | undefined
  readonly dryRun: boolean
  readonly rejectsFile?: string | undefined
}

type Progress = ImportState['progress']

const atStart: Progress = { phase: 'reading', file: null, done: 0, total: 0, rows: 0 }

/** How long to wait before asking again for lamps that somebody else is evaluating, and how often. */
const evaluationPauseMs = 1_000
const evaluationTries = 600

/** Imports that run in the background of this process; what became of them is in the state store. */
export class ImportRuns {
  readonly #dataDir: string
  readonly #running = new Map<string, { progress: Progress; ended: Promise<void> }>()

  /** @param dataDir where files of rejected rows go. */
  constructor(dataDir: string) {
    this.#dataDir = dataDir
  }

  /** Begins an import. @returns its id. */
  async start(ports: Ports, order: ImportOrder): Promise<string> {
    // An import may be the first thing that ever happens in a workspace.
    await getWorkspace(ports)
    const id = randomUUID()
    await ports.state.db.insert(imports).values({
      id,
      workspaceId: ports.workspaceId,
      state: 'running',
      dryRun: order.dryRun,
      startedAt: ports.clock.now(),
      files: order.paths,
    })
    const isFirst = this.#running.size === 0
    const progress: Progress = isFirst ? atStart : { ...atStart, phase: 'waiting' }
    const run = { progress, ended: Promise.resolve() }
    this.#running.set(id, run)
    const tell = (now: Progress) => {
      run.progress = now
    }
    run.ended = this.#run(ports, id, order, tell).finally(() => this.#running.delete(id))
    return id
  }

  /** @throws Failure IMPORT_NOT_FOUND */
  async get(ports: Ports, id: string): Promise<ImportState> {
    const progress = this.#running.get(id)?.progress
    if (progress) return { id, state: 'running', progress, summary: null, error: null }
    const known = /^[0-9a-f-]{36}$/.test(id) ? await find(ports, id) : null
    if (known === null) throw new Failure('IMPORT_NOT_FOUND', { id })
    return importStateSchema.parse({
      id,
      state: known.state,
      progress: { ...atStart, phase: 'storing' },
      summary: known.summary,
      error: known.error,
    })
  }

  /** Resolves when an import has ended, whatever became of it; at once when none of that id runs. */
  async ended(id: string): Promise<void> {
    await this.#running.get(id)?.ended
  }

  async #run(
    ports: Ports,
    id: string,
    order: ImportOrder,
    tell: (progress: Progress) => void,
  ): Promise<void> {
    try {
      const startedAt = ports.clock.now()
      const loaded = await this.#load(ports, id, order, tell)
      // Before the lamps: without a reporting currency that fits, no account would have an MRR.
      const currencyNotes = order.dryRun ? [] : await settleCurrency(ports)
      const summary = { ...loaded, notes: [...loaded.notes, ...currencyNotes] }
      if (!order.dryRun) await light(ports, id, startedAt, summary, tell)
      await settle(ports, id, { state: 'done', summary: importSummarySchema.parse(summary) })
    } catch (error) {
      const failed = await settle(ports, id, { state: 'failed', error: errorOf(ports, id, error) })
        .then(() => null)
        .catch((cause: unknown) => cause)
      // The state store is away: the next start finds the import unfinished and marks it.
      if (failed) ports.log.error({ err: failed, id }, 'the end of an import was not recorded')
    }
  }

  async #load(
    ports: Ports,
    id: string,
    order: ImportOrder,
    tell: (progress: Progress) => void,
  ): Promise<ImportSummary> {
    const { settings } = await getWorkspace(ports)
    const onProgress = ({ phase, file, bytesDone, bytesTotal, rows }: ImportProgress) =>
      tell({ phase, file, done: bytesDone, total: bytesTotal, rows })
    return await runImport(ports, {
      ...order,
      id,
      workspaceId: ports.workspaceId,
      timeZone: settings.timeZone,
      dataDir: this.#dataDir,
      onProgress,
      erased: () => readErased(ports.state.db, ports.workspaceId),
    })
  }
}

/**
 * Brings the lamps up to date with what has arrived. Facts that were known in days already evaluated
 * need a replay; those of today need today only. What an earlier import stored before it was cut off
 * counts as well, although repeating it stores nothing.
 */
async function light(
  ports: Ports,
  id: string,
  startedAt: Temporal.Instant,
  summary: ImportSummary,
  tell: (progress: Progress) => void,
): Promise<void> {
  const since = await lastSettledAt(ports, id)
  const changed = summary.files.some((file) => file.stored > 0 || file.updated > 0)
  // Its own facts count in any case, were they stored in the very millisecond of the last import's end.
  const before = startedAt.subtract({ milliseconds: 1 })
  const isOwnEarlier = changed && Temporal.Instant.compare(before, since) < 0
  const arrived = await arrivedSince(ports, isOwnEarlier ? before : since)
  if (arrived === null) return
  const rows = summary.files.reduce((sum, file) => sum + file.read, 0)
  const options = {
    replay: arrived.beforeLastEvaluated,
    onProgress: ({ daysDone, daysTotal }: { daysDone: number; daysTotal: number }) =>
      tell({ phase: 'lighting', file: null, done: daysDone, total: daysTotal, rows }),
  }
  for (let tried = 1; ; tried++) {
    try {
      await evaluateLamps(ports, options)
      return
    } catch (error) {
      const isBusy = failureOf(error)?.code === 'EVALUATION_RUNNING'
      if (!isBusy || tried >= evaluationTries) throw error
      await sleep(evaluationPauseMs)
    }
  }
}

type Outcome =
  | { readonly state: 'done'; readonly summary: ImportSummary }
  | { readonly state: 'failed'; readonly error: NonNullable<ImportState['error']> }

async function settle(ports: Ports, id: string, outcome: Outcome): Promise<void> {
  await ports.state.db
    .update(imports)
    .set({ ...outcome, finishedAt: ports.clock.now() })
    .where(and(eq(imports.workspaceId, ports.workspaceId), eq(imports.id, id)))
}

async function find(ports: Ports, id: string) {
  const [row] = await ports.state.db
    .select()
    .from(imports)
    .where(and(eq(imports.workspaceId, ports.workspaceId), eq(imports.id, id)))
  return row ?? null
}

function errorOf(ports: Ports, id: string, error: unknown): NonNullable<ImportState['error']> {
  const failure = failureOf(error)
  if (!failure) ports.log.error({ err: error, id }, 'an import failed')
  const { code, details, problems } = failure ?? new Failure('INTERNAL', { id })
  const { what, mend } = errorData(code, details)
  return { code, what, mend, problems: [...problems] }
}

/** Imports that were running when their process ended are over; run them again. */
export async function settleAbandoned(ports: Ports): Promise<void> {
  const { what, mend } = errorData('IMPORT_CUT_OFF')
  const error = { code: 'IMPORT_CUT_OFF', what, mend, problems: [] }
  await ports.state.db
    .update(imports)
    .set({ state: 'failed', error, finishedAt: ports.clock.now() })
    .where(and(eq(imports.workspaceId, ports.workspaceId), eq(imports.state, 'running')))
}

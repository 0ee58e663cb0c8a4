/**
 * The one way in which facts get in in bulk: rows are staged, compared with what is stored, and only
 * what differs is inserted. Loading the same rows again changes nothing.
 *
 * Loads of one workspace must not run at the same time: each compares with what was stored before it.
 */
import { type ZodType, z } from 'zod'
import type { BoundQuery } from './bound-query.ts'
import { onCluster, stagingName, storedName } from './ddl.ts'
import {
  bucketOf,
  compareStaged,
  insertChanged,
  insertTombstones,
  type LoadScope,
  loadCounts,
  outcomesTable,
  useInLoad,
} from './loading-queries.ts'
import type { FactStore } from './store.ts'
import { type FactTableName, factTables } from './tables.ts'
import { markVersions, noteLoadedIds, type UseScope } from './use-rollup/marks.ts'
import { beginUseRollup, refreshUse } from './use-rollup/refresh.ts'
import { currentScope, type Mark, openMark } from './use-rollup/state.ts'

export interface StagedRow {
  /** Place of the source row within the load. A source row may yield facts in several tables. */
  readonly row_no: number
  readonly account_id: string
  readonly record_id: string
  /** When the version became known (ISO instant); null = the source does not say: when it was loaded. */
  readonly known_at: string | null
  /** Content columns of the table, and `source`, `source_id`, `deleted`; left out = the default. */
  readonly [column: string]: string | number | boolean | null
}

/** Numbers of source rows, by the best that became of any of their facts in one table. */
export interface TableCounts {
  readonly rows: number
  /** Not stored before. */
  readonly stored: number
  readonly updated: number
  readonly unchanged: number
  /** A later row of the load is the same version of the same record. */
  readonly superseded: number
}

export type LoadCounts = Partial<Readonly<Record<FactTableName, TableCounts>>>

export interface LoadOptions {
  readonly workspaceId: string
  /** Letters, digits, `-` and `_`; new for each load. */
  readonly loadId: string
  /**
   * ISO instant. It is the `known_at` of rows without their own, and the version that decides between
   * rows of equal `known_at`: it must be later than that of every load before.
   */
  readonly startedAt: string
  /** The workspace's time zone, in which use is rolled up by days. */
  readonly timeZone: string
  /** A row as it may be stored; null where it may not at all. Without it, all may as they are. */
  readonly admit?: ((table: FactTableName, row: StagedRow) => StagedRow | null) | undefined
}

export interface Load {
  readonly loadId: string
  /** Stages rows; staging the same rows twice is the same as once. @throws FactsError */
  stage(table: FactTableName, rows: readonly StagedRow[]): Promise<void>
  /** What committing would do; changes nothing that readers see. @throws FactsError */
  diff(): Promise<LoadCounts>
  /**
   * Inserts what differs. Cut off at any instant, a repeat of the whole load ends in the state of an
   * undisturbed one. The staged rows stay until `discard`. @throws FactsError
   */
  commit(): Promise<LoadCounts>
  /** Drops what was staged. */
  discard(): Promise<void>
  /** A query that may read the staging tables; `load_id` and `workspace_id` are bound for it. */
  query<T>(bound: BoundQuery, row: ZodType<T>): Promise<T[]>
}

/** One insert holds at most so many rows, which bounds the memory of both ends. */
const ROWS_PER_INSERT = 25_000
/** Records are compared in buckets of about this many staged rows, which bounds the engine's memory. */
const ROWS_PER_BUCKET = 250_000

const LOAD_ID = /^[A-Za-z0-9_-]{1,64}$/

/** Begins a load. Nothing is written before the first `stage`. */
export const openLoad = (store: FactStore, options: LoadOptions): Load => {
  const { workspaceId, loadId, startedAt, timeZone, admit } = options
  const useScope: UseScope = { workspaceId, timeZone }
  const startedAtMs = Date.parse(startedAt)
  if (!LOAD_ID.test(loadId)) throw new RangeError(`"${loadId}" can't be the id of a load.`)
  if (Number.isNaN(startedAtMs)) throw new RangeError(`"${startedAt}" is not an instant.`)

  const touched = new Set<FactTableName>()
  let leftOversDropped: Promise<void> | undefined
  let counts: LoadCounts | undefined

  const head = (known: string): string =>
    `{"load_id":${JSON.stringify(loadId)},"workspace_id":${JSON.stringify(workspaceId)},"version":${startedAtMs},${known}`
  const explicitHead = head('')
  const implicitHead = head(`"known_implicitly":true,"known_at":${JSON.stringify(startedAt)},`)

  const line = (row: StagedRow): string => {
    if (row.known_at !== null) return explicitHead + JSON.stringify(row).slice(1)
    const { known_at: _, ...rest } = row
    return implicitHead + JSON.stringify(rest).slice(1)
  }

  const scope = (table: FactTableName): LoadScope => ({
    table: factTables[table],
    workspaceId,
    loadId,
    startedAtMs,
  })

  const bucketsOf = async (table: FactTableName): Promise<number> => {
    const [row] = await store.query(
      {
        sql: `SELECT count() AS staged FROM ${stagingName(factTables[table])} WHERE load_id = {load_id:String}`,
        params: { load_id: loadId },
      },
      z.object({ staged: z.coerce.number() }),
    )
    return Math.max(1, Math.ceil((row?.staged ?? 0) / ROWS_PER_BUCKET))
  }

  const diff = async (): Promise<LoadCounts> => {
    if (counts !== undefined) return counts
    await dropPartition(store, outcomesTable, loadId)
    const found: Partial<Record<FactTableName, TableCounts>> = {}
    for (const table of touched) {
      const buckets = await bucketsOf(table)
      for (let bucket = 0; bucket < buckets; bucket += 1) {
        // Repeatable, because outcomes are only ever asked for as a set and by their maximum.
        const comparison = compareStaged(scope(table), bucketOf(bucket, buckets))
        await store.command(comparison, { repeatable: true })
      }
      const [row] = await store.query(loadCounts(scope(table)), countsShape)
      if (row !== undefined) {
        const superseded = row.rows - row.stored - row.updated - row.unchanged
        found[table] = { ...row, superseded }
      }
    }
    counts = found
    return found
  }

  /** Notes what the roll-up of use has to look at again, before anything of it is stored. */
  const noteUse = async (buckets: number, mark: Mark): Promise<void> => {
    await beginUseRollup(store, useScope)
    const own = await currentScope(store, useScope)
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      const { params, ...versions } = useInLoad(scope('usage_events'), bucketOf(bucket, buckets))
      const [row] = await store.query(
        { sql: versions.countCorrected, params },
        z.object({ corrected: z.coerce.number() }),
      )
      const corrected = (row?.corrected ?? 0) > 0 ? versions.corrected : null
      await markVersions(store, own, mark, { coming: versions.coming, corrected, params })
      await store.command(noteLoadedIds(versions.coming, params), { repeatable: true })
    }
  }

  const storeChanges = async (table: FactTableName, buckets: number): Promise<void> => {
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      const part = bucketOf(bucket, buckets)
      // Tombstones first: were a kill to leave the new version alone, the repeat would find it
      // unchanged and never bury the old one.
      await store.command(insertTombstones(scope(table), part), { repeatable: true })
      await store.command(insertChanged(scope(table), part), { repeatable: true })
    }
  }

  return {
    loadId,
    diff,
    stage: async (table, rows) => {
      leftOversDropped ??= dropLoads(store, [loadId])
      await leftOversDropped
      counts = undefined
      touched.add(table)
      const admitted = admit === undefined ? rows : rows.flatMap((row) => admit(table, row) ?? [])
      for (let start = 0; start < admitted.length; start += ROWS_PER_INSERT) {
        const lines = admitted.slice(start, start + ROWS_PER_INSERT).map(line)
        // Repeatable, because of two equal staged rows one is superseded by the other.
        await store.insertLines(stagingName(factTables[table]), lines.join('\n'), {
          repeatable: true,
        })
      }
    },
    commit: async () => {
      const found = await diff()
      for (const table of touched) {
        const tableCounts = found[table]
        if (tableCounts === undefined || tableCounts.stored + tableCounts.updated === 0) continue
        if (table !== 'usage_events') {
          await storeChanges(table, await bucketsOf(table))
          continue
        }
        const mark = await openMark(store, workspaceId)
        try {
          const buckets = await bucketsOf(table)
          await noteUse(buckets, mark)
          await storeChanges(table, buckets)
        } finally {
          mark.close()
        }
      }
      // Also when nothing is new: what is there may have come by a load that was cut off.
      if (touched.has('usage_events')) await refreshUse(store, useScope)
      counts = undefined
      return found
    },
    discard: async () => {
      await dropLoads(store, [loadId])
      touched.clear()
      counts = undefined
    },
    query: (bound, row) =>
      store.query(
        { sql: bound.sql, params: { ...bound.params, load_id: loadId, workspace_id: workspaceId } },
        row,
      ),
  }
}

const countsShape = z.object({
  rows: z.coerce.number(),
  stored: z.coerce.number(),
  updated: z.coerce.number(),
  unchanged: z.coerce.number(),
})

const stagingTables: readonly string[] = [
  ...Object.values(factTables).map((table) => stagingName(table)),
  outcomesTable,
]

const dropPartition = (store: FactStore, table: string, loadId: string): Promise<void> =>
  // DDL takes no bound values; an id of a load holds nothing that could end the literal.
  store.everywhere(
    `ALTER TABLE ${storedName(table, store.layout)}${onCluster(store.layout)} DROP PARTITION '${loadId}'`,
  )

/** The ids of loads that have anything staged, with the tables it is in. */
const stagedLoads = (store: FactStore) =>
  store.query(
    {
      sql: stagingTables
        .map((table) => `SELECT DISTINCT '${table}' AS staging, load_id FROM ${table}`)
        .join(' UNION ALL '),
      params: {},
    },
    z.object({ staging: z.string(), load_id: z.string() }),
  )

const dropLoads = async (store: FactStore, loadIds: readonly string[]): Promise<void> => {
  for (const { staging, load_id } of await stagedLoads(store)) {
    if (loadIds.includes(load_id)) await dropPartition(store, staging, load_id)
  }
}

/**
 * Drops what dead loads left staged.
 *
 * @param keepLoadIds loads that still run
 * @returns the ids of the loads dropped
 */
export const dropStaleLoads = async (
  store: FactStore,
  keepLoadIds: readonly string[],
): Promise<readonly string[]> => {
  const stale = new Set<string>()
  for (const { staging, load_id } of await stagedLoads(store)) {
    if (keepLoadIds.includes(load_id) || !LOAD_ID.test(load_id)) continue
    await dropPartition(store, staging, load_id)
    stale.add(load_id)
  }
  return [...stale]
}

/** All facts as they are at one instant, read out and put back. */
import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import type { FactStore } from './store.ts'

export interface SnapshotTable {
  readonly name: string
  /** Columns that are stored; those that the engine computes are computed again. */
  readonly columns: readonly string[]
}

/** What must be the same of a table wherever its rows are. */
export interface TableSum {
  /** Rows, those that were inserted twice counted once. */
  readonly rows: number
  /** Sum of the hashes of all of them; a decimal number of 64 bits. */
  readonly hash: string
}

export interface FactsSnapshot {
  readonly tables: readonly SnapshotTable[]
  /** Whether it stays as it is while facts are written. If not, nothing may write until it is dropped. */
  readonly isIsolated: boolean
  sum(table: SnapshotTable): Promise<TableSum>
  /** The rows of a table, for `FactStore.writeBytes`. */
  read(table: SnapshotTable): Promise<Readable>
  drop(): Promise<void>
}

/** Tables of loads that run are no facts yet, and each database counts its own migrations. */
const passing = /^(staging_|snapshot_|load_outcomes$|migrations$)/
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Every table that holds facts or what was made of them, by its name. */
export const factTablesOf = async (store: FactStore): Promise<SnapshotTable[]> => {
  const engine = store.layout.kind === 'single' ? '%MergeTree' : 'Distributed'
  const rows = await store.query(
    {
      sql: `
SELECT table, name
FROM system.columns
WHERE database = currentDatabase() AND default_kind NOT IN ('MATERIALIZED', 'ALIAS')
  AND table IN (
    SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE {engine:String}
  )
ORDER BY table, position`,
      params: { engine },
    },
    z.object({ table: z.string().regex(NAME), name: z.string().regex(NAME) }),
  )
  const columns = new Map<string, string[]>()
  for (const { table, name } of rows) {
    if (passing.test(table)) continue
    columns.set(table, [...(columns.get(table) ?? []), name])
  }
  return [...columns].map(([name, all]) => ({ name, columns: all }))
}

/** Of a table that replaces rows, equal versions count once, whether it has merged them or not. */
const isReplacing = async (store: FactStore, table: string): Promise<boolean> => {
  const stored = store.layout.kind === 'single' ? table : `${table}_local`
  const rows = await store.query(
    {
      sql: `
SELECT name FROM system.tables
WHERE database = currentDatabase() AND name = {name:String} AND engine LIKE '%ReplacingMergeTree'`,
      params: { name: stored },
    },
    z.object({ name: z.string() }),
  )
  return rows.length > 0
}

/** Rows and hash of a table. @param source what is read in its place */
export const sumOf = async (
  store: FactStore,
  table: SnapshotTable,
  source = table.name,
): Promise<TableSum> => {
  const final = (await isReplacing(store, source)) ? ' FINAL' : ''
  const [sum] = await store.query(
    {
      // In a tuple, because the hash of a bare NULL is NULL.
      sql: `
SELECT count() AS rows, toString(sum(cityHash64(tuple(${table.columns.join(', ')})))) AS hash
FROM ${source}${final}`,
      params: {},
    },
    z.object({ rows: z.coerce.number(), hash: z.string() }),
  )
  return sum ?? { rows: 0, hash: '0' }
}

/**
 * Takes a snapshot. On one server each table is cloned, some milliseconds each whatever its size, since
 * its files are shared; facts may then be written again. On a cluster the tables themselves are read.
 * Nothing may write facts while this runs.
 */
export const snapshotFacts = async (store: FactStore): Promise<FactsSnapshot> => {
  await dropSnapshots(store)
  const tables = await factTablesOf(store)
  const isIsolated = store.layout.kind === 'single'
  const prefix = `snapshot_${randomBytes(4).toString('hex')}_`
  const sourceOf = (name: string) => (isIsolated ? `${prefix}${name}` : name)
  if (isIsolated) {
    try {
      for (const { name } of tables) {
        await store.everywhere(`CREATE TABLE ${sourceOf(name)} CLONE AS ${name}`)
      }
    } catch (error) {
      await dropSnapshots(store)
      throw error
    }
  }
  return {
    tables,
    isIsolated,
    sum: (table) => sumOf(store, table, sourceOf(table.name)),
    read: ({ name, columns }) =>
      store.readBytes({ sql: `SELECT ${columns.join(', ')} FROM ${sourceOf(name)}`, params: {} }),
    drop: () => dropSnapshots(store),
  }
}

/** Drops what killed processes left of their snapshots; whoever takes one has the store to themselves. */
export const dropSnapshots = async (store: FactStore): Promise<void> => {
  if (store.layout.kind !== 'single') return
  const rows = await store.query(
    {
      sql: `
SELECT name FROM system.tables
WHERE database = currentDatabase() AND match(name, '^snapshot_[0-9a-f]{8}_[a-z_]+$')`,
      params: {},
    },
    z.object({ name: z.string().regex(NAME) }),
  )
  for (const { name } of rows) await store.everywhere(`DROP TABLE IF EXISTS ${name} SYNC`)
}

/** All of the state as it is at one instant, read out and put back. */
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { z } from 'zod'
import type { StateStore } from './store.ts'

export interface StateTable {
  readonly name: string
  readonly columns: readonly string[]
}

export interface StateSequence {
  readonly name: string
  /** The last number that was given out. */
  readonly last: string
  /** False when none was: `last` is then the first to come. */
  readonly called: boolean
}

export interface StateSnapshot {
  /** Those that others refer to come first. */
  readonly tables: readonly StateTable[]
  readonly sequences: readonly StateSequence[]
  /** The rows of a table as PostgreSQL's COPY writes them, one a line. */
  read(table: StateTable): Readable
  /** Ends it; safe to call twice. */
  close(): Promise<void>
}

const columnRows = z.array(z.object({ table: z.string(), column: z.string() }))
const referenceRows = z.array(z.object({ from: z.string(), to: z.string() }))
const sequenceRows = z.array(z.object({ name: z.string(), last: z.string(), called: z.boolean() }))

const quoted = (name: string): string => pg.escapeIdentifier(name)

/**
 * Begins to read the state in one transaction, which sees it as it is now, whatever is written meanwhile.
 * Jobs are not part of it: each start plans them anew.
 */
export async function snapshotState(state: StateStore): Promise<StateSnapshot> {
  const client = await state.pool.connect()
  let isOpen = true
  const close = async () => {
    if (!isOpen) return
    isOpen = false
    // The connection goes with it: a COPY may still run on it.
    client.release(true)
  }
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    await client.query('SET LOCAL idle_in_transaction_session_timeout = 0')
    const tables = await tablesOf(client)
    const sequences = sequenceRows.parse(
      (
        await client.query(`
SELECT sequencename AS name, coalesce(last_value, start_value)::text AS last,
  last_value IS NOT NULL AS called
FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1`)
      ).rows,
    )
    return {
      tables,
      sequences,
      read: ({ name, columns }) =>
        client.query(copyTo(`COPY ${quoted(name)} (${columns.map(quoted).join(', ')}) TO STDOUT`)),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

type Queries = Pick<pg.ClientBase, 'query'>

/** The tables of the program in the order in which they can be filled. */
async function tablesOf(client: Queries): Promise<StateTable[]> {
  const found = columnRows.parse(
    (
      await client.query(`
SELECT c.relname AS table, a.attname AS column
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
  AND NOT a.attisdropped AND a.attgenerated = ''
ORDER BY c.relname, a.attnum`)
    ).rows,
  )
  const references = referenceRows.parse(
    (
      await client.query(`
SELECT DISTINCT conrelid::regclass::text AS "from", confrelid::regclass::text AS "to"
FROM pg_constraint
WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conrelid <> confrelid`)
    ).rows,
  )
  const columns = new Map<string, string[]>()
  for (const { table, column } of found) {
    columns.set(table, [...(columns.get(table) ?? []), column])
  }
  const ordered: StateTable[] = []
  const open = new Map(columns)
  while (open.size > 0) {
    const ready = [...open].filter(([name]) =>
      references.every(({ from, to }) => from !== name || !open.has(to)),
    )
    if (ready.length === 0)
      throw new Error('the tables of the state refer to each other in a circle')
    for (const [name, all] of ready) {
      ordered.push({ name, columns: all })
      open.delete(name)
    }
  }
  return ordered
}

/** Rows of each table; of the program's own, not of its jobs and migrations. */
export async function stateRows(state: StateStore): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (const { name } of await tablesOf(state.pool)) {
    const counted = await state.pool.query(`SELECT count(*)::int AS n FROM ${quoted(name)}`)
    counts.set(name, z.array(z.object({ n: z.number() })).parse(counted.rows)[0]?.n ?? 0)
  }
  return counts
}

/** Fills empty tables, all of them or none. */
export interface StateFill {
  table(table: StateTable, rows: Readable): Promise<void>
  sequence(sequence: StateSequence): Promise<void>
}

/** Runs `work` in one transaction; what it put in is there when it is done, else nothing is. */
export async function fillState(
  state: StateStore,
  work: (fill: StateFill) => Promise<void>,
): Promise<void> {
  const client = await state.pool.connect()
  try {
    await client.query('BEGIN')
    await work({
      table: async ({ name, columns }, rows) => {
        const into = copyFrom(`COPY ${quoted(name)} (${columns.map(quoted).join(', ')}) FROM STDIN`)
        await pipeline(rows, client.query(into))
      },
      sequence: async ({ name, last, called }) => {
        await client.query('SELECT setval($1::regclass, $2, $3)', [
          `public.${quoted(name)}`,
          last,
          called,
        ])
      },
    })
    await client.query('COMMIT')
    client.release()
  } catch (error) {
    client.release(true)
    throw error
  }
}

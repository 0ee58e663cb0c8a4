/** What the facts hold of a person: counted, row by row, and what is left after an erasure. */
import { z } from 'zod'
import type { FactStore } from '../store.ts'
import {
  type FactErasure,
  isAnyNaming,
  isHeldOf,
  isOwn,
  isTheirs,
  names,
  normal,
  spread,
  tables,
} from './conditions.ts'
import { beginAll, forget } from './notes.ts'

/** How many rows of a table held the person in which way, counted before anything is changed. */
export interface HeldIn {
  readonly table: string
  /** The person's own. */
  readonly own: number
  /** Others that name them. */
  readonly naming: number
}

const countRow = z.object({ own: z.coerce.number(), naming: z.coerce.number() })

/**
 * Counts what the facts hold of a person; it changes nothing but what it notes and forgets again. Nothing else
 * may write facts while this runs.
 *
 * @throws FactsError
 */
export const countHeld = async (store: FactStore, erasure: FactErasure): Promise<HeldIn[]> => {
  await beginAll(store, erasure)
  try {
    return await counted(store, erasure)
  } finally {
    await forget(store, erasure.erasureId)
  }
}

/** As `countHeld`, where it is written down already who is meant. */
export const counted = async (store: FactStore, erasure: FactErasure): Promise<HeldIn[]> => {
  const { erasureId, workspaceId } = erasure
  const held: HeldIn[] = []
  const count = async (table: string, own: string, naming: string) => {
    const [row] = await store.query(
      {
        sql: `
SELECT countIf(${spread(own)}) AS own, countIf(NOT ${spread(own)} AND ${naming}) AS naming
FROM ${table} WHERE workspace_id = {workspace_id:String}`,
        params: { workspace_id: workspaceId },
      },
      countRow,
    )
    held.push({ table, own: row?.own ?? 0, naming: row?.naming ?? 0 })
  }
  for (const table of tables) {
    const naming = `(${isAnyNaming(erasure, table)} OR ${names(erasure, 'record_id')})`
    await count(table, isOwn(erasureId, table), naming)
  }
  await count('user_numbers', isTheirs(erasureId, 'user_id', 'user'), 'false')
  await count('held_events', isHeldOf(erasure), names(erasure, 'message'))
  return held
}

/** A row of a table that is a person's own, or names them. */
interface HeldRow {
  readonly table: string
  readonly row: Readonly<Record<string, unknown>>
}

/**
 * Everything that the facts hold of a person, row by row. Nothing else may write facts while this runs.
 *
 * @throws FactsError
 */
export async function* heldRows(store: FactStore, erasure: FactErasure): AsyncGenerator<HeldRow> {
  await beginAll(store, erasure)
  try {
    for (const table of tables) {
      const isHeld = `(${isOwn(erasure.erasureId, table)} OR ${isAnyNaming(erasure, table)} OR ${names(erasure, 'record_id')})`
      yield* rowsOf(store, erasure, table, isHeld)
    }
    yield* rowsOf(
      store,
      erasure,
      'held_events',
      `(${isHeldOf(erasure)} OR ${names(erasure, 'message')})`,
    )
  } finally {
    await forget(store, erasure.erasureId)
  }
}

async function* rowsOf(
  store: FactStore,
  { workspaceId }: FactErasure,
  table: string,
  condition: string,
): AsyncGenerator<HeldRow> {
  const rows = store.stream(
    {
      sql: `SELECT * FROM ${table} WHERE workspace_id = {workspace_id:String} AND ${spread(condition)}`,
      params: { workspace_id: workspaceId },
    },
    z.record(z.string(), z.unknown()),
  )
  for await (const row of rows) yield { table, row }
}

/**
 * Where texts and ids still name a person: every column of text of every table, those that an erasure leaves as
 * they are as well. Nothing else may write facts while this runs.
 *
 * @returns table and column, and how many rows
 */
export const textsLeft = async (
  store: FactStore,
  { workspaceId, patterns }: FactErasure,
): Promise<{ readonly place: string; readonly rows: number }[]> => {
  if (patterns.length === 0) return []
  const columns = await store.query(
    {
      sql: `
SELECT table, groupArray(name) AS names FROM system.columns
WHERE database = currentDatabase() AND type LIKE '%String%' AND table IN (
  SELECT table FROM system.columns WHERE database = currentDatabase() AND name = 'workspace_id'
) AND NOT startsWith(table, 'staging_') AND NOT endsWith(table, '_local')
GROUP BY table ORDER BY table`,
      params: {},
    },
    z.object({ table: z.string(), names: z.array(z.string()) }),
  )
  const left: { place: string; rows: number }[] = []
  const params = {
    workspace_id: workspaceId,
    ...Object.fromEntries(patterns.map((pattern, number) => [`pattern_${number}`, pattern])),
  }
  for (const { table, names: texts } of columns) {
    const counts = texts.map((column) => {
      const any = patterns.map(
        (_, number) => `match(${normal(column)}, {pattern_${number}:String})`,
      )
      return `countIf(${any.join(' OR ')})`
    })
    const [row] = await store.query(
      {
        sql: `SELECT [${counts.join(', ')}] AS counts FROM ${table} WHERE workspace_id = {workspace_id:String}`,
        params,
      },
      z.object({ counts: z.array(z.coerce.number()) }),
    )
    row?.counts.forEach((rows, i) => {
      if (rows > 0) left.push({ place: `${table}.${texts[i]}`, rows })
    })
  }
  return left
}

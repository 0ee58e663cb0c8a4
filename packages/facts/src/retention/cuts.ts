/** From when on there are facts. */
import { z } from 'zod'
import type { FactStore } from '../store.ts'

/** Tables of which old facts can be deleted without any figure becoming another one. */
export const cutTables = ['usage_events', 'tickets', 'survey_answers'] as const
export type CutTable = (typeof cutTables)[number]

export interface FactCut {
  readonly table: CutTable
  /** ISO instant: facts of before it are deleted, or about to be. */
  readonly before: string
  /** In which that is the start of a month. */
  readonly timeZone: string
  readonly begunAt: string
  /** When all were deleted; null = not yet. */
  readonly doneAt: string | null
  /** Versions of facts that it deletes, counted when it was begun. */
  readonly rows: number
}

const cutRow = z
  .object({
    table_name: z.enum(cutTables),
    before: z.string(),
    time_zone: z.string(),
    begun_at: z.string(),
    done_at: z.string().nullable(),
    rows_deleted: z.coerce.number(),
  })
  .transform(
    (row): FactCut => ({
      table: row.table_name,
      before: row.before,
      timeZone: row.time_zone,
      begunAt: row.begun_at,
      doneAt: row.done_at,
      rows: row.rows_deleted,
    }),
  )

/** All cuts of a workspace, the latest of each table first. @throws FactsError */
export const readCuts = async (store: FactStore, workspaceId: string): Promise<FactCut[]> =>
  store.query(
    {
      sql: `
SELECT table_name, before, time_zone, begun_at, done_at, rows_deleted
FROM fact_cuts FINAL
WHERE workspace_id = {workspace_id:String}
ORDER BY table_name, fact_cuts.before DESC`,
      params: { workspace_id: workspaceId },
    },
    cutRow,
  )

/** Where the facts of each table begin, ISO instants; what is not named is whole. */
export type Cuts = Readonly<Partial<Record<CutTable, string>>>

/** @throws FactsError */
export const currentCuts = async (store: FactStore, workspaceId: string): Promise<Cuts> => {
  const cuts: Partial<Record<CutTable, string>> = {}
  for (const { table, before } of await readCuts(store, workspaceId)) cuts[table] ??= before
  return cuts
}

/** Notes a cut, or how far it has come. */
export const noteCut = async (
  store: FactStore,
  workspaceId: string,
  cut: FactCut,
): Promise<void> => {
  const [last] = await store.query(
    {
      sql: 'SELECT max(version) AS newest FROM fact_cuts WHERE workspace_id = {workspace_id:String}',
      params: { workspace_id: workspaceId },
    },
    z.object({ newest: z.coerce.number() }),
  )
  const row = {
    workspace_id: workspaceId,
    table_name: cut.table,
    before: cut.before,
    time_zone: cut.timeZone,
    begun_at: cut.begunAt,
    done_at: cut.doneAt,
    rows_deleted: cut.rows,
    version: (last?.newest ?? 0) + 1,
  }
  await store.insert('fact_cuts', [row], { repeatable: true })
}

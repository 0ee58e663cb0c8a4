/** Which roll-ups are whole, in which time zone, and which marks are being written to. */
import { z } from 'zod'
import type { FactStore } from '../store.ts'
import type { UseScope } from './marks.ts'
import { monthsIn } from './months.ts'

/** Which way of making the roll-up this program knows; another one is made anew. */
export const DEFINITION = 1
/** In place of it: not all months of which there are events are marked yet. */
const UNMARKED = 0

const stateRow = z.object({
  time_zone: z.string(),
  definition: z.number(),
  whole: z.boolean(),
  cut_before: z.string().nullable(),
})

export interface UseState {
  /** The zone of its rows and marks; whoever marks or rolls up goes by it. */
  readonly timeZone: string
  /** Every month that is not rolled up as this program does is marked. */
  readonly marked: boolean
  /** Nothing waits: it may be read. */
  readonly whole: boolean
  /**
   * Events of months before this one are deleted, or about to be. From then on the zone stays as it is as well,
   * since those months cannot be made anew; null = there are all events.
   */
  readonly firstMonth: number | null
}

/** What there is of the roll-up of a workspace; null where none was ever begun. */
export const readState = async (
  store: FactStore,
  workspaceId: string,
): Promise<UseState | null> => {
  const [row] = await store.query(
    {
      sql: `
SELECT time_zone, definition, whole, (
  SELECT maxOrNull(before) FROM fact_cuts
  WHERE workspace_id = {workspace_id:String} AND table_name = 'usage_events'
) AS cut_before
FROM rollup_builds FINAL
WHERE workspace_id = {workspace_id:String} AND rollup = 'use'`,
      params: { workspace_id: workspaceId },
    },
    stateRow,
  )
  if (row === undefined) return null
  const marked = row.definition === DEFINITION
  const { time_zone: timeZone, cut_before } = row
  const firstMonth = cut_before === null ? null : monthsIn(timeZone)(Date.parse(cut_before)).local
  return { timeZone, marked, whole: marked && row.whole, firstMonth }
}

export const noteState = async (
  store: FactStore,
  workspaceId: string,
  { timeZone, marked, whole }: Omit<UseState, 'firstMonth'>,
): Promise<void> => {
  const [row] = await store.query(
    {
      sql: "SELECT max(version) AS newest FROM rollup_builds WHERE workspace_id = {workspace_id:String} AND rollup = 'use'",
      params: { workspace_id: workspaceId },
    },
    z.object({ newest: z.coerce.number() }),
  )
  const definition = marked ? DEFINITION : UNMARKED
  const version = (row?.newest ?? 0) + 1
  await store.insert(
    'rollup_builds',
    [{ workspace_id: workspaceId, rollup: 'use', definition, whole, time_zone: timeZone, version }],
    { repeatable: true },
  )
}

/**
 * The scope with the zone of the roll-up, where there is one: its rows and marks are of one zone. And with the
 * first month of which there are events.
 */
export const currentScope = async (store: FactStore, scope: UseScope): Promise<UseScope> => {
  const state = await readState(store, scope.workspaceId)
  if (state === null) return scope
  const { timeZone, firstMonth } = state
  return {
    workspaceId: scope.workspaceId,
    timeZone,
    ...(firstMonth === null ? {} : { firstMonth }),
  }
}

/** Marks under which events are still being stored, by store and workspace. */
const openMarks = new WeakMap<FactStore, Map<string, Set<number>>>()

const openOf = (store: FactStore, workspaceId: string): Set<number> => {
  const byWorkspace = openMarks.get(store) ?? new Map<string, Set<number>>()
  openMarks.set(store, byWorkspace)
  const open = byWorkspace.get(workspaceId) ?? new Set<number>()
  byWorkspace.set(workspaceId, open)
  return open
}

/** The version under which what is about to change is marked. */
export interface Mark {
  /** Even, and greater than that of any mark before. */
  readonly version: number
  /** To be called when the events are stored, or will not be: only then may it be rolled up. */
  close(): void
}

/** Opens a mark. Only one process writes facts. @throws FactsError */
export const openMark = async (store: FactStore, workspaceId: string): Promise<Mark> => {
  const [row] = await store.query(
    {
      sql: 'SELECT max(version) AS newest FROM use_touched WHERE workspace_id = {workspace_id:String}',
      params: { workspace_id: workspaceId },
    },
    z.object({ newest: z.coerce.number() }),
  )
  const open = openOf(store, workspaceId)
  const newest = Math.max(row?.newest ?? 0, ...open)
  const version = 2 * Math.floor(newest / 2) + 2
  open.add(version)
  return { version, close: () => void open.delete(version) }
}

/** Marks from this version on are not to be rolled up yet. */
export const firstOpenMark = (store: FactStore, workspaceId: string): number =>
  Math.min(Number.MAX_SAFE_INTEGER, ...openOf(store, workspaceId))

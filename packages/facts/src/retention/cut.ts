/** Deletes old facts, month by month; cut off at any instant, it goes on where it was. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { onCluster, quoted, storedName } from '../ddl.ts'
import type { FactStore } from '../store.ts'
import { refreshUse } from '../use-rollup/refresh.ts'
import { readState } from '../use-rollup/state.ts'
import { type FactCut, noteCut, readCuts } from './cuts.ts'
import {
  type Due,
  keptEvents,
  oldEvents,
  oldEventsParams,
  oldRecords,
  recordTables,
} from './old.ts'

/** How much there is to delete. */
export interface Old {
  /** Versions of facts. */
  readonly rows: number
  /** ISO month (in UTC) of the first and the last of them; null where there are none. */
  readonly firstMonth: string | null
  readonly lastMonth: string | null
}

/** Of this workspace, table and instant; letters and digits, since it stands in DDL. */
const cutIdOf = ({ workspaceId, table, before }: Due): string =>
  createHash('sha256')
    .update(JSON.stringify([workspaceId, table, new Date(before).toISOString()]))
    .digest('hex')
    .slice(0, 32)

const monthRow = z.object({ month: z.number(), rows: z.coerce.number() })
type MonthRows = z.infer<typeof monthRow>

/** A tombstone has no time of its own: it is at the beginning of all time. */
const TOMBSTONES = 197_001

const sameName = (table: string): string => table

/** What would be deleted; it changes nothing. @throws FactsError */
export const findOld = async (store: FactStore, due: Due): Promise<Old> => {
  const months = await monthsOf(store, due, null)
  const dated = months.filter(({ month }) => month !== TOMBSTONES)
  return {
    rows: months.reduce((sum, { rows }) => sum + rows, 0),
    firstMonth: isoMonth(dated[0]?.month),
    lastMonth: isoMonth(dated.at(-1)?.month),
  }
}

const isoMonth = (month: number | undefined): string | null =>
  month === undefined ? null : `${Math.floor(month / 100)}-${String(month % 100).padStart(2, '0')}`

/** Rows to delete by month. @param cutId of a cut that has begun; null: one that might */
const monthsOf = async (store: FactStore, due: Due, cutId: string | null): Promise<MonthRows[]> => {
  if (due.table === 'usage_events') {
    // On a cluster, what is asked of all shards must not be asked of each again.
    const where = oldEvents(sameName, cutId).replaceAll(' NOT IN ', ' GLOBAL NOT IN ')
    const kept =
      cutId === null
        ? `
  AND (account_id, record_id) GLOBAL NOT IN (SELECT account_id, record_id FROM (${keptEvents(due, '').sql}))`
        : ''
    return store.query(
      {
        sql: `
SELECT toUInt32(toYYYYMM(occurred_at)) AS month, count() AS rows FROM usage_events
WHERE ${where}${kept}
GROUP BY month ORDER BY month`,
        params: oldEventsParams(due, cutId ?? ''),
      },
      monthRow,
    )
  }
  const old =
    cutId === null
      ? oldRecords(due, recordTables[due.table], '').sql
      : `SELECT account_id, record_id, month FROM cut_records FINAL
WHERE cut_id = {cut_id:String} AND workspace_id = {workspace_id:String}`
  return store.query(
    {
      sql: `
SELECT month, count() AS rows
FROM ${due.table} AS fact
GLOBAL INNER JOIN (SELECT account_id, record_id, month FROM (${old})) AS old USING (account_id, record_id)
WHERE fact.workspace_id = {workspace_id:String}
GROUP BY month ORDER BY month`,
      params: oldEventsParams(due, cutId ?? ''),
    },
    monthRow,
  )
}

export type Begun =
  | { readonly ok: true; readonly cut: FactCut }
  /** The roll-up of use does not hold all of them, so that figures would be lost. */
  | { readonly ok: false; readonly why: 'not_rolled_up' }

/**
 * Notes which facts go. From then on figures that would need them have no value, and the roll-up of use is no
 * longer made of them. Nothing else may write facts while this runs.
 *
 * @param timeZone the workspace's, in which `before` is the start of a month
 * @param now ISO instant
 * @throws FactsError
 */
export const beginCut = async (
  store: FactStore,
  due: Due,
  { timeZone, now }: { readonly timeZone: string; readonly now: string },
): Promise<Begun> => {
  const cutId = cutIdOf(due)
  // What was written down for a cut that was never noted may have changed since.
  await dropNotes(store, due, cutId)
  if (due.table === 'usage_events') {
    await refreshUse(store, { workspaceId: due.workspaceId, timeZone })
    const state = await readState(store, due.workspaceId)
    if (state === null || !state.whole || state.timeZone !== timeZone) {
      return { ok: false, why: 'not_rolled_up' }
    }
    const { sql, params } = keptEvents(due, cutId)
    await store.command(
      {
        sql: `INSERT INTO kept_records (cut_id, workspace_id, account_id, record_id) ${sql}`,
        params,
      },
      { repeatable: true },
    )
  } else {
    const { sql, params } = oldRecords(due, recordTables[due.table], cutId)
    await store.command(
      {
        sql: `
INSERT INTO cut_records (cut_id, workspace_id, account_id, record_id, month, known_at, version)
${sql}`,
        params,
      },
      { repeatable: true },
    )
  }
  const { table, before } = due
  // What came late for months that are cut already goes by the same cut, once more.
  const again = (await readCuts(store, due.workspaceId)).find(
    (each) => each.table === table && Date.parse(each.before) === Date.parse(before),
  )
  // Counted before the first is deleted: a kill in the middle of a month must not lose count of it.
  const found = await monthsOf(store, due, cutId)
  const rows = found.reduce((sum, month) => sum + month.rows, again?.rows ?? 0)
  const cut: FactCut = { table, before, timeZone, begunAt: now, doneAt: null, rows }
  await noteCut(store, due.workspaceId, cut)
  return { ok: true, cut }
}

const dropNotes = async (store: FactStore, { table }: Due, cutId: string): Promise<void> => {
  const notes = table === 'usage_events' ? 'kept_records' : 'cut_records'
  await store.everywhere(
    `ALTER TABLE ${storedName(notes, store.layout)}${onCluster(store.layout)} DROP PARTITION '${cutId}'`,
  )
}

/** Does a thing while nobody else writes facts. */
type Turn = <T>(work: () => Promise<T>) => Promise<T>

/**
 * Deletes what a cut that has begun still has to delete, a month in each turn.
 *
 * @param now ISO instant
 * @returns the cut as it then is, and how many rows it still had to delete
 * @throws FactsError; the next call goes on
 */
export const carryOut = async (
  store: FactStore,
  workspaceId: string,
  begun: FactCut,
  { turn, now }: { readonly turn: Turn; readonly now: () => string },
): Promise<{ readonly cut: FactCut; readonly deletedNow: number }> => {
  const due: Due = { workspaceId, table: begun.table, before: begun.before }
  const cutId = cutIdOf(due)
  const months = await monthsOf(store, due, cutId)
  // Tombstones go last, so that nothing that was void comes to life in between.
  const last = months.filter(({ month }) => month === TOMBSTONES)
  for (const { month } of [...months.filter((each) => !last.includes(each)), ...last]) {
    await turn(async () => {
      for (const where of deletions(store, due, cutId, month)) {
        const stored = storedName(due.table, store.layout)
        await store.everywhere(`DELETE FROM ${stored}${onCluster(store.layout)} WHERE ${where}`)
      }
    })
  }
  // Until here rows are only marked; now the engine writes its files without them, behind what else goes on.
  await store.everywhere(
    `ALTER TABLE ${storedName(due.table, store.layout)}${onCluster(store.layout)} APPLY DELETED MASK SETTINGS mutations_sync = 0`,
  )
  const cut: FactCut = { ...begun, doneAt: now() }
  await turn(async () => {
    await noteCut(store, workspaceId, cut)
    // Only now: without its notes a cut would no longer know what stays.
    await dropNotes(store, due, cutId)
  })
  return { cut, deletedNow: months.reduce((sum, { rows }) => sum + rows, 0) }
}

/** The conditions of the rows of one month, in the order in which they go. */
const deletions = (store: FactStore, due: Due, cutId: string, month: number): string[] => {
  const stored = (table: string) => storedName(table, store.layout)
  // DDL takes no bound values.
  const literal = (sql: string) => {
    const values = oldEventsParams(due, cutId)
    return sql
      .replaceAll('{workspace_id:String}', quoted(values.workspace_id))
      .replaceAll('{cut_id:String}', quoted(cutId))
      .replaceAll("{before:DateTime64(3, 'UTC')}", `toDateTime64('${values.before}', 3, 'UTC')`)
  }
  if (due.table === 'usage_events') {
    return [literal(`toYYYYMM(occurred_at) = ${month} AND ${oldEvents(stored, cutId)}`)]
  }
  const those = (columns: string) => `(
  SELECT ${columns} FROM ${stored('cut_records')}
  WHERE cut_id = {cut_id:String} AND workspace_id = {workspace_id:String} AND month = ${month}
)`
  // A version that came since says something new, and stays.
  const ofThose = `workspace_id = {workspace_id:String} AND known_at < {before:DateTime64(3, 'UTC')}
  AND (account_id, record_id) IN ${those('account_id, record_id')}`
  const holds = `(account_id, record_id, known_at, version) IN ${those('account_id, record_id, known_at, version')}`
  // The version that holds goes last, so that no earlier one holds in between.
  return [literal(`${ofThose} AND NOT (${holds})`), literal(ofThose)]
}

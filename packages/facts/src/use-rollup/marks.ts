/**
 * What is noted before usage events are stored, so that the roll-up can follow whatever happens then:
 * the months that change, and the events that get a further version.
 */
import { z } from 'zod'
import type { BoundQuery } from '../bound-query.ts'
import type { FactStore } from '../store.ts'

/** SQL: the month of an instant, as the roll-up counts it. */
export const monthOf = (instant: string): string => monthOfDay(localDay(instant))
/** SQL: the local day of an instant. */
export const localDay = (instant: string): string => `toDate32(${instant}, {time_zone:String})`
export const monthOfDay = (day: string): string =>
  `toUInt16(toYear(${day}) * 12 + toMonth(${day}) - 1)`

/** Ids of events that came in a load stand among those of messages, behind every place in the journal. */
export const LOADED = {
  id: (record: string): string =>
    `reinterpretAsUInt128(reverse(substring(SHA256(${record}), 1, 16)))`,
  seq: 'toUInt64(18446744073709551615)',
}

export interface UseScope {
  readonly workspaceId: string
  /** The workspace's time zone, in which a day is a day. */
  readonly timeZone: string
}

const scopeParams = ({ workspaceId, timeZone }: UseScope) => ({
  workspace_id: workspaceId,
  time_zone: timeZone,
})

/** The version of marks made now: even, and greater than any before. Only one process writes facts. */
export const nextMark = async (store: FactStore, workspaceId: string): Promise<number> => {
  const [row] = await store.query(
    {
      sql: 'SELECT max(version) AS newest FROM use_touched WHERE workspace_id = {workspace_id:String}',
      params: { workspace_id: workspaceId },
    },
    z.object({ newest: z.coerce.number() }),
  )
  return 2 * Math.floor((row?.newest ?? 0) / 2) + 2
}

/** Where versions of events are: SELECTs of account_id, record_id and occurred_at. */
interface Versions {
  /** All that are about to be stored. */
  readonly coming: string
  /** Those there already of records that get a further one; null where none does. */
  readonly corrected: { readonly stored: string; readonly coming: string } | null
  readonly params: Readonly<Record<string, unknown>>
}

const ACCOUNT_MONTHS = (from: string): string =>
  `SELECT DISTINCT account_id, ${monthOf('occurred_at')} AS month FROM (${from})`

/** Notes the months that change and the events that get several versions. */
export const markVersions = async (
  store: FactStore,
  scope: UseScope,
  mark: number,
  { coming, corrected, params }: Versions,
): Promise<void> => {
  const all = { ...params, ...scopeParams(scope), mark }
  const changing = corrected === null ? coming : `${coming} UNION ALL ${corrected.stored}`
  if (corrected !== null) {
    await store.command(
      {
        // Tombstones have no time of their own: they are at the beginning of all time.
        sql: `
INSERT INTO use_corrected (workspace_id, account_id, record_id, utc_month)
SELECT DISTINCT {workspace_id:String}, account_id, record_id, arrayJoin([toYYYYMM(occurred_at), 197001])
FROM (${corrected.stored} UNION ALL ${corrected.coming})`,
        params: all,
      },
      { repeatable: true },
    )
  }
  await store.command(
    {
      sql: `
INSERT INTO use_touched (workspace_id, account_id, month, version)
SELECT {workspace_id:String}, account_id, month, {mark:UInt64} FROM (${ACCOUNT_MONTHS(changing)})`,
      params: all,
    },
    { repeatable: true },
  )
}

/** Notes the ids of events that come in a load, for those that are sent later under the same id. */
export const noteLoadedIds = (from: string, params: BoundQuery['params']): BoundQuery => ({
  sql: `
INSERT INTO event_ids (workspace_id, id, seq)
SELECT {workspace_id:String}, ${LOADED.id('record_id')}, ${LOADED.seq} FROM (${from})`,
  params,
})

/** A usage event that is about to be stored. */
export interface ComingUse {
  readonly accountId: string
  readonly recordId: string
  readonly atMs: number
}

/** Where time zones begin their days: none is off by less than a quarter of an hour. */
const QUARTER_HOUR_MS = 900_000
const USES_AT_ONCE = 50_000

const COMING = `
SELECT
  {accounts:Array(String)}[number + 1] AS account_id,
  {records:Array(String)}[number + 1] AS record_id,
  fromUnixTimestamp64Milli({instants:Array(Int64)}[number + 1]) AS occurred_at
FROM numbers({uses:UInt64})`

/**
 * Notes what changes by events that were sent, before they are stored.
 *
 * @param loaded ids of those of them that had come in a load before
 */
export const markUse = async (
  store: FactStore,
  scope: UseScope,
  uses: readonly ComingUse[],
  loaded: ReadonlySet<string>,
): Promise<void> => {
  const byMonth = new Map<string, ComingUse>()
  for (const use of uses) {
    // Of several in one quarter of an hour one will do, unless it matters which record it is.
    const record = loaded.has(use.recordId) ? use.recordId : ''
    const key = `${Math.floor(use.atMs / QUARTER_HOUR_MS)} ${record.length} ${record}${use.accountId}`
    if (!byMonth.has(key)) byMonth.set(key, { ...use, recordId: record })
  }
  const distinct = [...byMonth.values()]
  if (distinct.length === 0) return
  const mark = await nextMark(store, scope.workspaceId)
  for (let start = 0; start < distinct.length; start += USES_AT_ONCE) {
    const part = distinct.slice(start, start + USES_AT_ONCE)
    const again = part.flatMap(({ recordId }) => (recordId === '' ? [] : [recordId]))
    await markVersions(store, scope, mark, {
      coming: COMING,
      corrected:
        again.length === 0
          ? null
          : {
              stored: `
SELECT account_id, record_id, occurred_at FROM usage_events
WHERE workspace_id = {workspace_id:String} AND record_id IN {again:Array(String)}`,
              coming: `SELECT * FROM (${COMING}) WHERE record_id != ''`,
            },
      params: {
        accounts: part.map(({ accountId }) => accountId),
        records: part.map(({ recordId }) => recordId),
        instants: part.map(({ atMs }) => atMs),
        uses: part.length,
        again,
      },
    })
  }
}

/** Notes every month of which there are events, or were. */
export const markAll = async (store: FactStore, scope: UseScope): Promise<void> => {
  const mark = await nextMark(store, scope.workspaceId)
  await store.command(
    {
      sql: `
INSERT INTO use_touched (workspace_id, account_id, month, version)
SELECT DISTINCT {workspace_id:String}, account_id, month, {mark:UInt64}
FROM (
  SELECT account_id, ${monthOf('occurred_at')} AS month FROM usage_events
  WHERE workspace_id = {workspace_id:String}
  UNION ALL
  SELECT account_id, month FROM use_by_month WHERE workspace_id = {workspace_id:String}
)`,
      params: { ...scopeParams(scope), mark },
    },
    { repeatable: true },
  )
}

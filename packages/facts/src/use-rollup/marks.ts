/**
 * What is noted before usage events are stored, so that the roll-up can follow whatever happens then:
 * the months that change, and the events that get a further version.
 */
import { z } from 'zod'
import type { BoundQuery } from '../bound-query.ts'
import type { FactStore } from '../store.ts'
import { monthsIn } from './months.ts'
import type { Mark } from './state.ts'

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
  /**
   * Events of months before this one are deleted, or about to be: what the roll-up says of these months stays as
   * it is, whatever still comes. Without it there are all events.
   */
  readonly firstMonth?: number
}

const scopeParams = ({ workspaceId, timeZone, firstMonth = 0 }: UseScope) => ({
  workspace_id: workspaceId,
  time_zone: timeZone,
  cut_month: firstMonth,
})
/** SQL: of this month events are still there. */
const NOT_CUT = 'month >= {cut_month:UInt16}'

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
  mark: Mark,
  { coming, corrected, params }: Versions,
): Promise<void> => {
  const all = { ...params, ...scopeParams(scope), mark: mark.version }
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
SELECT {workspace_id:String}, account_id, month, {mark:UInt64} FROM (${ACCOUNT_MONTHS(changing)})
WHERE ${NOT_CUT}`,
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

/** Ids of events that may have versions already. */
export interface AgainIds {
  /** Came in a load before: their versions are looked for. */
  readonly loaded: ReadonlySet<string>
  /** The same at the same time, but known at another instant when they are stored once more. */
  readonly released: ReadonlySet<string>
}

/** Ids are looked for, and marks written, so many at a time. */
const AT_ONCE = 5_000

const storedUse = z.object({
  account_id: z.string(),
  record_id: z.string(),
  at_ms: z.coerce.number(),
})

/** Where versions of these records are. */
const storedVersions = async (
  store: FactStore,
  workspaceId: string,
  records: readonly string[],
): Promise<ComingUse[]> => {
  const found: ComingUse[] = []
  for (let start = 0; start < records.length; start += AT_ONCE) {
    const rows = await store.query(
      {
        sql: `
SELECT account_id, record_id, toUnixTimestamp64Milli(occurred_at) AS at_ms FROM usage_events
WHERE workspace_id = {workspace_id:String} AND record_id IN {records:Array(String)}`,
        params: { workspace_id: workspaceId, records: records.slice(start, start + AT_ONCE) },
      },
      storedUse,
    )
    for (const { account_id, record_id, at_ms } of rows) {
      found.push({ accountId: account_id, recordId: record_id, atMs: at_ms })
    }
  }
  return found
}

const insertAll = async (
  store: FactStore,
  table: string,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> => {
  for (let start = 0; start < rows.length; start += AT_ONCE) {
    await store.insert(table, rows.slice(start, start + AT_ONCE), { repeatable: true })
  }
}

/** Notes what changes by events that were sent, before they are stored. */
export const markUse = async (
  store: FactStore,
  scope: UseScope,
  mark: Mark,
  uses: readonly ComingUse[],
  again: AgainIds,
): Promise<void> => {
  const { workspaceId } = scope
  const monthsOf = monthsIn(scope.timeZone)
  const { loaded, released } = again
  const repeated = uses.filter(({ recordId }) => loaded.has(recordId) || released.has(recordId))
  const ids = [...new Set(repeated.map(({ recordId }) => recordId))].filter((id) => loaded.has(id))
  const stored = ids.length === 0 ? [] : await storedVersions(store, workspaceId, ids)
  const corrected = new Map<string, Readonly<Record<string, unknown>>>()
  for (const { accountId, recordId, atMs } of [...repeated, ...stored]) {
    const { utc } = monthsOf(atMs)
    corrected.set(JSON.stringify([accountId, recordId, utc]), {
      workspace_id: workspaceId,
      account_id: accountId,
      record_id: recordId,
      utc_month: utc,
    })
  }
  await insertAll(store, 'use_corrected', [...corrected.values()])
  const touched = new Map<string, Readonly<Record<string, unknown>>>()
  for (const { accountId, atMs } of [...uses, ...stored]) {
    const { local } = monthsOf(atMs)
    if (local < (scope.firstMonth ?? 0)) continue
    touched.set(`${local} ${accountId}`, {
      workspace_id: workspaceId,
      account_id: accountId,
      month: local,
      version: mark.version,
    })
  }
  await insertAll(store, 'use_touched', [...touched.values()])
}

/** So many events at a time are looked through for records of several versions. */
const EVENTS_AT_ONCE = 2_000_000

/** Notes which events have several versions, of those that are there. */
const noteCorrected = async (store: FactStore, { workspaceId }: UseScope): Promise<void> => {
  const [row] = await store.query(
    {
      sql: 'SELECT count() AS events FROM usage_events WHERE workspace_id = {workspace_id:String}',
      params: { workspace_id: workspaceId },
    },
    z.object({ events: z.coerce.number() }),
  )
  const buckets = Math.max(1, Math.ceil((row?.events ?? 0) / EVENTS_AT_ONCE))
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    await store.command(
      {
        sql: `
INSERT INTO use_corrected (workspace_id, account_id, record_id, utc_month)
SELECT {workspace_id:String}, account_id, record_id, arrayJoin(months)
FROM (
  SELECT account_id, record_id, groupUniqArray(toYYYYMM(occurred_at)) AS months
  FROM usage_events
  WHERE workspace_id = {workspace_id:String}
    AND cityHash64(record_id) % {buckets:UInt64} = {bucket:UInt64}
  GROUP BY account_id, record_id
  HAVING uniqExact(known_at, version) > 1
)`,
        params: { workspace_id: workspaceId, buckets, bucket },
      },
      { repeatable: true },
    )
  }
}

/** Notes every month of which there are events, or were, and all events of several versions. */
export const markAll = async (store: FactStore, scope: UseScope, mark: Mark): Promise<void> => {
  await noteCorrected(store, scope)
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
)
WHERE ${NOT_CUT}`,
      params: { ...scopeParams(scope), mark: mark.version },
    },
    { repeatable: true },
  )
}

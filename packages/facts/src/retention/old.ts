/** Which facts are old: what their age is, and which of them stay all the same. */
import type { BoundQuery } from '../bound-query.ts'
import type { CutTable } from './cuts.ts'

/** What is about to be deleted. */
export interface Due {
  readonly workspaceId: string
  readonly table: CutTable
  /** ISO instant. */
  readonly before: string
}

/**
 * Tables whose records are deleted with all of their versions. Such a record is old when the last thing that any
 * version of it says lies before the cut, when it became known before it, and when nothing of it is open. So at
 * whatever instant after the cut it is asked what was known, that is what is known now.
 */
export interface RecordTable {
  /** Instants of a version, the first of which is when it happened. */
  readonly instants: readonly string[]
  /** SQL over a version: nothing of it is still to come. */
  readonly closed: string
  /** Of the records of an account that are one in this, the last one stays: figures ask for it. */
  readonly lastOf: string
}

export const recordTables: Readonly<Record<Exclude<CutTable, 'usage_events'>, RecordTable>> = {
  tickets: {
    instants: ['opened_at', 'first_response_at', 'resolved_at'],
    closed: 'resolved_at IS NOT NULL',
    lastOf: "''",
  },
  survey_answers: {
    instants: ['answered_at', 'delivered_at'],
    closed: 'true',
    lastOf: 'toString(answered_at IS NOT NULL)',
  },
}

const paramsOf = ({ workspaceId, before }: Due, cutId: string) => ({
  workspace_id: workspaceId,
  cut_id: cutId,
  before: engineInstant(before),
})

const engineInstant = (instant: string): string =>
  new Date(instant).toISOString().replace('T', ' ').replace('Z', '')

const BEFORE = "{before:DateTime64(3, 'UTC')}"
const NEVER = "toDateTime64('1900-01-01 00:00:00', 3, 'UTC')"

/** Old records of a table but the last ones: rows as in `cut_records`. */
export const oldRecords = (due: Due, table: RecordTable, cutId: string): BoundQuery => {
  const [happened = ''] = table.instants
  const instants = table.instants.map((name) => `ifNull(toNullable(${name}), ${NEVER})`)
  const at = table.instants.map((name) => `toNullable(${name})`)
  return {
    sql: `
SELECT {cut_id:String} AS cut_id, {workspace_id:String} AS workspace_id, account_id, record_id,
  toUInt32(toYYYYMM(at)) AS month, last_known_at AS known_at, last_version AS version
FROM (
  SELECT *, row_number() OVER (
    PARTITION BY account_id, last_of ORDER BY void ASC, at DESC, record_id DESC
  ) AS place
  FROM (
    SELECT account_id, record_id,
      tupleElement(last, 1) AS last_known_at, tupleElement(last, 2) AS last_version,
      tupleElement(last, 3) AS void, tupleElement(last, 4) AS is_closed,
      tupleElement(last, 5) AS last_of, tupleElement(last, 6) AS at, newest
    FROM (
      SELECT account_id, record_id,
        max(greatest(known_at, ${instants.join(', ')})) AS newest,
        argMax(
          tuple(known_at, version, deleted, ${table.closed}, ${table.lastOf},
            assumeNotNull(coalesce(${at.join(', ')}, toNullable(${NEVER})))),
          tuple(known_at, version)
        ) AS last
      FROM ${due.table}
      WHERE workspace_id = {workspace_id:String}
      GROUP BY account_id, record_id
    )
  )
  WHERE newest < ${BEFORE} AND (void OR is_closed)
)
-- ${happened}: the last one of an account says when it was last heard of
WHERE place > 1`,
    params: paramsOf(due, cutId),
  }
}

/**
 * Usage events are old by when they happened: their figures stand in the roll-up, whenever they became known.
 * What is corrected to another month may still count there, so that records with any version from the month of
 * the cut on stay.
 *
 * @param stored how a table is called where the statement runs
 */
export const oldEvents = (stored: (table: string) => string, cutId: string | null): string => `
workspace_id = {workspace_id:String} AND occurred_at < ${BEFORE}
  AND (account_id, record_id) NOT IN (
    SELECT account_id, record_id FROM ${stored('use_corrected')}
    WHERE workspace_id = {workspace_id:String} AND utc_month >= toYYYYMM(${BEFORE})
  )${
    cutId === null
      ? ''
      : `
  AND (account_id, record_id) NOT IN (
    SELECT account_id, record_id FROM ${stored('kept_records')}
    WHERE cut_id = {cut_id:String} AND workspace_id = {workspace_id:String}
  )`
  }`

export const oldEventsParams = paramsOf

/**
 * The events of each account that stay to show, at whatever instant it is asked, that it has any: the first one
 * that became known and never was void, and those that became known before it.
 */
export const keptEvents = (due: Due, cutId: string): BoundQuery => ({
  sql: `
SELECT DISTINCT {cut_id:String} AS cut_id, {workspace_id:String} AS workspace_id, account_id, record_id
FROM usage_events AS event
GLOBAL LEFT JOIN (
  SELECT account_id, true AS is_there, min(tuple(known_at, record_id)) AS first
  FROM usage_events
  WHERE workspace_id = {workspace_id:String} AND occurred_at < ${BEFORE} AND NOT deleted
    AND (account_id, record_id) GLOBAL NOT IN (
      SELECT account_id, record_id FROM usage_events
      WHERE workspace_id = {workspace_id:String} AND deleted
    )
  GROUP BY account_id
) AS firsts USING (account_id)
WHERE workspace_id = {workspace_id:String} AND occurred_at < ${BEFORE}
  AND (NOT ifNull(is_there, false) OR tuple(known_at, record_id) <= first)`,
  params: paramsOf(due, cutId),
})

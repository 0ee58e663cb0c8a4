/** The statements of a load. Each works on one bucket of records, so that its memory is bounded. */
import type { BoundQuery } from './bound-query.ts'
import { loadOutcomesDdl, stagingName } from './ddl.ts'
import { contentHashColumn, type FactTable, sharedColumns } from './tables.ts'

export interface LoadScope {
  readonly table: FactTable
  readonly workspaceId: string
  readonly loadId: string
  readonly startedAtMs: number
}

export interface Bucket {
  readonly bucket: number
  readonly buckets: number
}

export const bucketOf = (bucket: number, buckets: number): Bucket => ({ bucket, buckets })

export const outcomesTable = loadOutcomesDdl.name

const inBucket = 'cityHash64(record_id) % {buckets:UInt64} = {bucket:UInt64}'

const paramsOf = (scope: LoadScope, part: Bucket) => ({
  workspace_id: scope.workspaceId,
  load_id: scope.loadId,
  table_name: scope.table.name,
  started_at_ms: scope.startedAtMs,
  ...part,
})

/**
 * What versions are compared and ordered by, as plain numbers, over which the engine aggregates ten
 * times as fast as over tuples. A hash of 64 bits will do within one record.
 */
const comparable = (row: string, known: string): string => `record_id, known_at,
      cityHash64(account_id) AS account_hash,
      -- equal when two versions say the same
      cityHash64(account_id, ${contentHashColumn}, deleted) AS state,
      -- greatest for the stored version that counts: where versions tie, a live one beats a tombstone
      version * 2 + (NOT deleted) AS stored_order,
      -- greatest for the staged row that counts; holds its row_no and content hash
      bitOr(bitShiftLeft(toUInt128(${row}), 64), toUInt128(${contentHashColumn})) AS staged_order,
      ${known} AS known_implicitly`

/**
 * Writes down, for the last staged row of each (record, known_at), whether it is new, an update or
 * unchanged.
 *
 * A row that says when it became known is compared with the stored version of that instant; one that
 * does not, with the version that was the latest when the load started.
 */
export const compareStaged = (scope: LoadScope, part: Bucket): BoundQuery => {
  const staging = stagingName(scope.table)
  return {
    sql: `
INSERT INTO ${outcomesTable} (load_id, table_name, record_id, known_at, row_no, content_hash, outcome, moved)
WITH
  -- versions, staged and stored, of the staged records of this bucket
  versions AS (
    SELECT true AS staged, ${comparable('row_no', 'known_implicitly')}
    FROM ${staging}
    WHERE load_id = {load_id:String} AND workspace_id = {workspace_id:String} AND ${inBucket}
    UNION ALL
    SELECT false AS staged, ${comparable('0', 'false')}
    FROM ${scope.table.name}
    WHERE workspace_id = {workspace_id:String} AND ${inBucket} AND record_id GLOBAL IN (
      SELECT record_id FROM ${staging}
      WHERE load_id = {load_id:String} AND workspace_id = {workspace_id:String} AND ${inBucket}
    )
  ),
  -- one row for each record and instant
  instants AS (
    SELECT record_id, known_at,
      countIf(staged) AS staged_rows,
      countIf(NOT staged) AS stored_rows,
      maxIf(staged_order, staged) AS last_row,
      argMaxIf(state, staged_order, staged) AS staged_state,
      argMaxIf(known_implicitly, staged_order, staged) AS implicitly,
      argMaxIf(state, stored_order, NOT staged) AS stored_state,
      min(account_hash) AS least_account,
      max(account_hash) AS greatest_account
    FROM versions
    GROUP BY record_id, known_at
  ),
  -- beside each, what the record's other instants say
  compared AS (
    SELECT *,
      sum(stored_rows) OVER record AS record_stored_rows,
      countIf(stored_rows > 0 AND known_at <= fromUnixTimestamp64Milli({started_at_ms:Int64}))
        OVER record AS stored_until_start,
      argMaxIf(stored_state, known_at, stored_rows > 0
        AND known_at <= fromUnixTimestamp64Milli({started_at_ms:Int64})) OVER record AS latest_state,
      min(least_account) OVER record != max(greatest_account) OVER record AS moved
    FROM instants
    WINDOW record AS (PARTITION BY record_id)
  )
SELECT {load_id:String}, {table_name:String}, record_id, known_at,
  toUInt64(bitShiftRight(last_row, 64)) AS row_no, toUInt64(last_row) AS last_hash,
  multiIf(
    record_stored_rows = 0, 3,
    implicitly AND stored_until_start > 0 AND staged_state = latest_state, 1,
    NOT implicitly AND stored_rows > 0 AND staged_state = stored_state, 1,
    2
  ) AS outcome,
  moved
FROM compared
WHERE staged_rows > 0`,
    params: paramsOf(scope, part),
  }
}

/** Counts source rows by the best outcome of any of their facts. */
export const loadCounts = (scope: LoadScope): BoundQuery => ({
  sql: `
SELECT rows, stored, updated, unchanged
FROM (
  SELECT count() AS rows FROM (
    SELECT row_no FROM ${stagingName(scope.table)}
    WHERE load_id = {load_id:String} AND workspace_id = {workspace_id:String}
    GROUP BY row_no
  )
) AS staged
CROSS JOIN (
  SELECT countIf(best = 3) AS stored, countIf(best = 2) AS updated, countIf(best = 1) AS unchanged
  FROM (
    SELECT row_no, max(outcome) AS best FROM ${outcomesTable}
    WHERE load_id = {load_id:String} AND table_name = {table_name:String}
    GROUP BY row_no
  )
) AS compared`,
  params: {
    workspace_id: scope.workspaceId,
    load_id: scope.loadId,
    table_name: scope.table.name,
  },
})

const changed = (columns: string, condition: string): string => `(
  SELECT ${columns} FROM ${outcomesTable}
  WHERE load_id = {load_id:String} AND table_name = {table_name:String} AND outcome >= 2
    AND ${inBucket}${condition}
)`

/**
 * Buries versions that are left under another account. Readers group by account and record, so where a
 * record's next version sits under another account, the old account gets a deleted version at that
 * instant.
 *
 * The tombstones are a function of all the record's versions, stored and staged, whatever the order
 * they came in: at each instant one version counts (the greatest version number, a live one before a
 * tombstone); every account that was live at that instant or at the one before, and is not that
 * version's account, is buried with that version's number.
 */
export const insertTombstones = (scope: LoadScope, part: Bucket): BoundQuery => {
  const moved = changed('record_id', ' AND moved')
  return {
    sql: `
INSERT INTO ${scope.table.name} (workspace_id, account_id, record_id, known_at, version, deleted)
WITH
  versions AS (
    SELECT record_id, known_at, account_id, version, deleted
    FROM ${scope.table.name}
    WHERE workspace_id = {workspace_id:String} AND record_id GLOBAL IN ${moved}
    UNION ALL
    SELECT record_id, known_at, account_id, version, deleted
    FROM ${stagingName(scope.table)}
    WHERE load_id = {load_id:String} AND workspace_id = {workspace_id:String}
      AND (record_id, known_at, row_no, ${contentHashColumn})
        GLOBAL IN ${changed(`record_id, known_at, row_no, ${contentHashColumn}`, ' AND moved')}
  ),
  accounts AS (
    SELECT record_id, known_at, account_id,
      max(version) AS newest_version,
      argMax(deleted, tuple(version, NOT deleted)) AS buried
    FROM versions
    GROUP BY record_id, known_at, account_id
  ),
  instants AS (
    SELECT record_id, known_at,
      argMax(tuple(account_id, newest_version, buried), tuple(newest_version, NOT buried)) AS top,
      groupArrayIf(account_id, NOT buried) AS live_accounts,
      groupArrayIf(tuple(account_id, newest_version), buried) AS buried_accounts
    FROM accounts
    GROUP BY record_id, known_at
  ),
  neighbours AS (
    SELECT *,
      lagInFrame(top) OVER (
        PARTITION BY record_id ORDER BY known_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS before,
      row_number() OVER (
        PARTITION BY record_id ORDER BY known_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS place
    FROM instants
  )
SELECT {workspace_id:String}, left_behind, record_id, known_at, top.2, true
FROM neighbours
ARRAY JOIN arrayDistinct(arrayFilter(
  account -> account != top.1 AND NOT has(buried_accounts, tuple(account, top.2)),
  arrayConcat(live_accounts, if(place > 1 AND NOT before.3, [before.1], []))
)) AS left_behind`,
    params: paramsOf(scope, part),
  }
}

/** Inserts the staged versions that are new or differ from what is stored. */
export const insertChanged = (scope: LoadScope, part: Bucket): BoundQuery => {
  const columns = [...Object.keys(sharedColumns), ...Object.keys(scope.table.columns)].join(', ')
  return {
    sql: `
INSERT INTO ${scope.table.name} (${columns})
SELECT ${columns}
FROM ${stagingName(scope.table)}
WHERE load_id = {load_id:String} AND workspace_id = {workspace_id:String} AND ${inBucket}
  AND (record_id, known_at, row_no, ${contentHashColumn})
    GLOBAL IN ${changed(`record_id, known_at, row_no, ${contentHashColumn}`, '')}`,
    params: paramsOf(scope, part),
  }
}

/**
 * Where the usage events of a load are that change what is stored: those that come, and of records that
 * get a further version, or come in several, those that are there.
 */
export const useInLoad = (scope: LoadScope, part: Bucket) => {
  const several = `(
  SELECT record_id FROM ${outcomesTable}
  WHERE load_id = {load_id:String} AND table_name = {table_name:String} AND outcome >= 2 AND ${inBucket}
  GROUP BY record_id HAVING max(outcome) = 2 OR count() > 1
)`
  const coming = `
SELECT account_id, record_id, occurred_at FROM ${stagingName(scope.table)}
WHERE load_id = {load_id:String} AND workspace_id = {workspace_id:String} AND ${inBucket}
  AND record_id GLOBAL IN ${changed('record_id', '')}`
  return {
    coming,
    corrected: {
      coming: `${coming} AND record_id GLOBAL IN ${several}`,
      stored: `
SELECT account_id, record_id, occurred_at FROM ${scope.table.name}
WHERE workspace_id = {workspace_id:String} AND record_id GLOBAL IN ${several}`,
    },
    countCorrected: `SELECT count() AS corrected FROM ${several}`,
    params: paramsOf(scope, part),
  }
}

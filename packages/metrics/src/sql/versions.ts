/** A date after every other: what has no end yet ends then. */
export const FAR = "toDateTime64('2299-12-31 00:00:00', 3, 'UTC')"

export interface VersionsOf {
  readonly table: string
  /** Columns to read beside account_id and record_id; each may be an expression with its alias. */
  readonly columns: readonly string[]
  /** Only these accounts, bound as `account_ids`. */
  readonly someAccounts: boolean
  /** A further condition on the scan that holds for all versions of a record alike. */
  readonly where?: string
}

/**
 * Every version of every fact of a table with the stretch of time in which it was the latest one,
 * `[known_at, known_until)`. At an instant K exactly one version of a record holds, so that one scan
 * serves windows that are known at different instants. Versions that void the fact are dropped.
 */
export const factVersions = ({ table, columns, someAccounts, where }: VersionsOf): string => `
SELECT * EXCEPT (deleted)
FROM (
  SELECT
    ${['account_id', 'record_id', ...columns, 'deleted', 'known_at'].join(',\n    ')},
    leadInFrame(known_at, 1, ${FAR}) OVER (
      PARTITION BY account_id, record_id ORDER BY known_at, version
      ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
    ) AS known_until
  FROM ${table}
  WHERE ${[
    'workspace_id = {workspace_id:String}',
    "known_at <= {known_at:DateTime64(3, 'UTC')}",
    ...(someAccounts ? ['account_id IN {account_ids:Array(String)}'] : []),
    ...(where === undefined ? [] : [where]),
  ].join(' AND ')}
)
WHERE NOT deleted`

/** True for the version that was the latest one when the window's facts were known. */
export const KNOWN_IN_WINDOW = 'known_at <= window_known AND window_known < known_until'

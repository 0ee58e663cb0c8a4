import { thoseRead } from './layers.ts'
import type { Window } from './windows.ts'
import { everyWord, type Words } from './words.ts'

/** A date after every other: what has no end yet ends then. */
export const FAR = "toDateTime64('2299-12-31 00:00:00', 3, 'UTC')"

/**
 * Which accounts a scan reads. true: those that are bound as `account_ids`. false: all that whoever asks
 * may see. 'whole': every account of the workspace, where an account is compared with all the others, so
 * that its figure is the same whoever asks; nothing of a single other account may come of it.
 */
export type WhichAccounts = boolean | 'whole'

/**
 * The condition that holds a scan to its workspace. Scans in this form may be held to the accounts that
 * somebody sees; those of the whole workspace name it otherwise, and are not.
 */
export const ofWorkspace = (which: WhichAccounts): string =>
  which === 'whole'
    ? 'workspace_id = {whole_workspace_id:String}'
    : 'workspace_id = {workspace_id:String}'

/** The condition that holds a scan to the accounts that are asked for. */
export const ofAccounts = (which: WhichAccounts): string[] =>
  which === true ? ['account_id IN {account_ids:Array(String)}'] : []

export interface VersionsOf {
  readonly table: string
  /** Columns to read beside account_id and record_id; each may be an expression with its alias. */
  readonly columns: readonly string[]
  readonly someAccounts: WhichAccounts
  /** A further condition on the scan that holds for all versions of a record alike. */
  readonly where?: string
}

const scan = ({ table, someAccounts, where }: VersionsOf): string =>
  `FROM ${table}
  WHERE ${[
    ofWorkspace(someAccounts),
    "known_at <= {known_at:DateTime64(3, 'UTC')}",
    ...ofAccounts(someAccounts),
    ...(where === undefined ? [] : [where]),
  ].join(' AND ')}`

/**
 * Every version of every fact of a table with the stretch of time in which it was the latest one,
 * `[known_at, known_until)`. At an instant K exactly one version of a record holds, so that one scan
 * serves windows that are known at different instants. Versions that void the fact are dropped.
 */
export const factVersions = (of: VersionsOf): string => `
SELECT * EXCEPT (deleted)
FROM (
  SELECT
    ${['account_id', 'record_id', ...of.columns, 'deleted', 'known_at'].join(',\n    ')},
    leadInFrame(known_at, 1, ${FAR}) OVER (
      PARTITION BY account_id, record_id ORDER BY known_at, version
      ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
    ) AS known_until
  ${scan(of)}
)
WHERE NOT deleted`

/**
 * The latest known version of every fact of a table. Facts are stored in this order, so that the engine
 * picks the first version of each as it reads them.
 */
const latestVersions = (of: VersionsOf): string => `
SELECT * EXCEPT (deleted)
FROM (
  SELECT
    ${['account_id', 'record_id', ...of.columns, 'deleted', 'known_at'].join(',\n    ')}
  ${scan(of)}
  ORDER BY account_id, record_id, known_at DESC, version DESC
  LIMIT 1 BY account_id, record_id
)
WHERE NOT deleted`

/** What a query knows: the windows with the instant at which each is known. */
export interface Knowing {
  readonly windows: readonly Window[]
}

/** True when all windows know the same. Then the latest version of a fact holds in each of them. */
export const knownAtOnce = ({ windows: [first, ...others] }: Knowing): boolean =>
  others.every(({ knownAt }) => knownAt === first?.knownAt)

/**
 * The versions of the facts of a table that hold in any window. Whoever repeats them for each window
 * sets the conditions of `knownThere`.
 *
 * @param read leaves out the columns that are not read
 */
export const knownFacts = (of: VersionsOf, knowing: Knowing, read: Words = everyWord): string => {
  const used = { ...of, columns: thoseRead(read, of.columns) }
  return knownAtOnce(knowing) ? latestVersions(used) : factVersions(used)
}

/** True for the version that was the latest one when the window's facts were known. */
export const KNOWN_IN_WINDOW = 'known_at <= window_known AND window_known < known_until'

/** Conditions that hold for the version that a window knows; none where all know the same. */
export const knownThere = (knowing: Knowing): string[] =>
  knownAtOnce(knowing) ? [] : [KNOWN_IN_WINDOW]

/** What `knownThere` reads, to be handed on by a SELECT that names its columns. */
export const versionTimes = (knowing: Knowing): string =>
  knownAtOnce(knowing) ? '' : ', known_at, known_until'

/** A WHERE clause of all of some conditions; nothing without any. */
export const whereAll = (...conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`

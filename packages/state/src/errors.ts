/** Why the state store could not do something. The server's error registry has the words for each. */
export type StateErrorCode =
  /** No PostgreSQL for this system among the npm packages, and no DATABASE_URL. */
  | 'STATE_ENGINE_MISSING'
  /** PostgreSQL was there but did not come up; `details.log` has its last lines. */
  | 'STATE_ENGINE_FAILED'
  /** There is no space left for the embedded PostgreSQL on the disk of `details.path`. */
  | 'STATE_DISK_FULL'
  /** Started as root, and the unprivileged user that PostgreSQL needs cannot enter `details.path`. */
  | 'STATE_FOLDER_UNREACHABLE'
  /** Another live program (`details.pid`) runs a PostgreSQL on the same folder. */
  | 'STATE_FOLDER_OWNED'
  /** The database cannot be reached. */
  | 'STATE_UNAVAILABLE'
  /** The database refuses the user name or the password. */
  | 'STATE_ACCESS_REFUSED'
  /** The tables could not be brought up to date; nothing was changed. */
  | 'STATE_MIGRATION_FAILED'
  /** The tables were made by a newer version of the program; nothing was changed. */
  | 'STATE_SCHEMA_NEWER'

/** An expected failure of the state store, with structured details for the one who words it. */
export class StateError extends Error {
  override readonly name = 'StateError'
  readonly code: StateErrorCode
  readonly details: Readonly<Record<string, string | number>>

  constructor(
    code: StateErrorCode,
    message: string,
    details: Readonly<Record<string, string | number>> = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.details = details
  }
}

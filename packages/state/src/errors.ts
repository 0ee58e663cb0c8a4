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

/** SQLSTATE invalid_password and invalid_authorization_specification. */
const accessRefused = /^28(P01|000)$/
/** SQLSTATE disk_full. */
const diskFull = '53100'
/** The server stops, starts or has no connection left, or the connection broke. */
const unreachableState = /^(57P0[1-5]|53300|08...)$/
const unreachableNetwork =
  /^E(CONN(REFUSED|RESET|ABORTED)|TIMEDOUT|HOSTUNREACH|NETUNREACH|NOTFOUND|AI_AGAIN)$/
/** The driver's own words, which have no code. */
const unreachableWords = /^(Connection terminated|timeout exceeded when trying to connect)/

/**
 * What an error of the driver says about the store, whatever it is wrapped in; null when it says
 * nothing about the store but that the query is wrong.
 */
export function asStateError(error: unknown): StateError | null {
  if (error instanceof StateError) return error
  if (!(error instanceof Error)) return null
  // A bare EPIPE may be anybody's; below a failed query it is the store's.
  if (isBrokenPipe(error.cause)) return unavailable(error.cause)
  if (error instanceof AggregateError) {
    return error.errors.some((each) => asStateError(each) !== null) ? unavailable(error) : null
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (accessRefused.test(code)) {
    return new StateError('STATE_ACCESS_REFUSED', error.message, {}, error)
  }
  if (code === diskFull) return new StateError('STATE_DISK_FULL', error.message, {}, error)
  const isUnreachable =
    unreachableState.test(code) ||
    unreachableNetwork.test(code) ||
    unreachableWords.test(error.message)
  return isUnreachable ? unavailable(error) : asStateError(error.cause)
}

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE'
}

/** The store does not answer, for the reason that `cause` gives. */
export function unavailable(cause: unknown, reason = reasonOf(cause)): StateError {
  return new StateError(
    'STATE_UNAVAILABLE',
    `PostgreSQL does not answer: ${reason}`,
    { reason },
    cause,
  )
}

/** A refused connection to a name with several addresses is an AggregateError without a message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}

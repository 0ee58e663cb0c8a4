import { ClickHouseError } from '@clickhouse/client'

export type FactsErrorCode =
  /** The engine can't be reached: stopped, restarting for too long, or the address is wrong. */
  | 'FACTS_UNAVAILABLE'
  /** The engine of this process could not be started, or fell again and again. */
  | 'FACTS_ENGINE_FAILED'
  /** User name or password were refused. */
  | 'FACTS_ACCESS_REFUSED'
  /** The query needed more memory than a query may take. */
  | 'FACTS_QUERY_TOO_LARGE'
  /** The query took longer than a query may take. */
  | 'FACTS_QUERY_TOO_SLOW'
  /** The engine refused the query or failed at it. */
  | 'FACTS_QUERY_FAILED'
  /** The rows that came back are not of the shape that was asked for. */
  | 'FACTS_ROWS_UNEXPECTED'
  /** The disk that holds the facts is full. */
  | 'FACTS_DISK_FULL'
  /** Files of the engine cannot be read. */
  | 'FACTS_DAMAGED'
  /** The stored tables are of a newer version of the program. */
  | 'FACTS_SCHEMA_NEWER'

export interface FactsErrorDetails {
  readonly queryId?: string
  /** ClickHouse's own error code, such as 241. */
  readonly engineCode?: string
  readonly engineMessage?: string
  readonly logFile?: string
}

/** What goes wrong in the fact store, as a value: a code, structured details, the cause. */
export class FactsError extends Error {
  readonly code: FactsErrorCode
  readonly details: FactsErrorDetails

  constructor(
    code: FactsErrorCode,
    message: string,
    details: FactsErrorDetails = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'FactsError'
    this.code = code
    this.details = details
  }
}

const engineCodes: Readonly<Record<string, FactsErrorCode>> = {
  '241': 'FACTS_QUERY_TOO_LARGE',
  '307': 'FACTS_QUERY_TOO_LARGE',
  '396': 'FACTS_QUERY_TOO_LARGE',
  '159': 'FACTS_QUERY_TOO_SLOW',
  '160': 'FACTS_QUERY_TOO_SLOW',
  '193': 'FACTS_ACCESS_REFUSED',
  '194': 'FACTS_ACCESS_REFUSED',
  '516': 'FACTS_ACCESS_REFUSED',
  '243': 'FACTS_DISK_FULL',
  '40': 'FACTS_DAMAGED',
  '246': 'FACTS_DAMAGED',
}

const networkCode = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  if (error instanceof AggregateError)
    return error.errors.map(networkCode).find((c) => c !== undefined)
  return networkCode(error.cause)
}

/** No connection was made, so whatever was asked has not been done. */
export const wasRefused = (error: unknown): boolean => {
  const code = networkCode(error)
  return code === 'ECONNREFUSED' || code === 'ENOENT'
}

/** There is no such machine, or no way to it. */
const isUnreachable = (error: unknown): boolean =>
  /^E(NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH|TIMEDOUT)$/.test(networkCode(error) ?? '')

/** The connection broke, so what was asked may have been done, in part or whole. */
export const wasCutOff = (error: unknown): boolean => {
  const code = networkCode(error)
  if (code === 'ECONNRESET' || code === 'EPIPE') return true
  return error instanceof Error && /socket hang up|premature close|aborted/i.test(error.message)
}

/** Whatever a call to the engine threw, as a `FactsError`. */
export const asFactsError = (error: unknown, queryId: string | undefined): FactsError => {
  if (error instanceof FactsError) return error
  const id = queryId === undefined ? {} : { queryId }
  if (error instanceof ClickHouseError) {
    const full = /no space left on device/i.test(error.message)
    const code = full ? 'FACTS_DISK_FULL' : (engineCodes[error.code] ?? 'FACTS_QUERY_FAILED')
    const details = { ...id, engineCode: error.code, engineMessage: error.message }
    return new FactsError(code, `${code}: ${error.message}`, details, error)
  }
  const message = error instanceof Error ? error.message : String(error)
  if (wasRefused(error) || wasCutOff(error) || isUnreachable(error)) {
    return new FactsError(
      'FACTS_UNAVAILABLE',
      `The fact engine can't be reached: ${message}`,
      { ...id, engineMessage: message },
      error,
    )
  }
  if (/timeout/i.test(message)) {
    return new FactsError(
      'FACTS_QUERY_TOO_SLOW',
      `The fact engine did not answer in time: ${message}`,
      { ...id, engineMessage: message },
      error,
    )
  }
  return new FactsError(
    'FACTS_QUERY_FAILED',
    `FACTS_QUERY_FAILED: ${message}`,
    { ...id, engineMessage: message },
    error,
  )
}

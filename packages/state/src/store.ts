import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { asStateError, unavailable } from './errors.ts'
import { migrateState } from './migrate.ts'

/** What queries are written against: the database itself or a transaction on it. */
export type StateDb = Pick<
  NodePgDatabase,
  | 'select'
  | 'selectDistinct'
  | 'insert'
  | 'update'
  | 'delete'
  | 'execute'
  | 'transaction'
  | '$count'
>

/** The state store: PostgreSQL with its tables up to date. */
export interface StateStore {
  readonly db: StateDb
  /** For what Drizzle does not do, and for libraries that want their own connections. */
  readonly pool: pg.Pool
  /** Runs `work` in one transaction; rolled back when it throws. */
  transaction<T>(work: (tx: StateDb) => Promise<T>): Promise<T>
  /** @throws StateError STATE_UNAVAILABLE or STATE_ACCESS_REFUSED when the database does not answer. */
  ping(): Promise<void>
  /** Waits for running queries and closes the connections. */
  close(): Promise<void>
}

export interface OpenStateOptions {
  /** Told what each statement took, when it has ended; it says nothing of what it was. Must not throw. */
  readonly onStatement?: (taken: { readonly elapsedMs: number; readonly failed: boolean }) => void
  /** False leaves the tables as they are, for looking at them only. */
  readonly migrate?: boolean
}

/** The embedded PostgreSQL allows 30 connections, some of them for jobs and for a second program. */
const connections = 10
const answersWithinMs = 10_000

/**
 * Connects to PostgreSQL (15 or later) and brings the tables up to date.
 *
 * @param url `postgresql://user:password@host:port/database`
 * @throws StateError STATE_UNAVAILABLE, STATE_ACCESS_REFUSED, STATE_MIGRATION_FAILED or
 *   STATE_SCHEMA_NEWER.
 */
export async function openState(url: string, options: OpenStateOptions = {}): Promise<StateStore> {
  const pool = newPool(url)
  const { onStatement } = options
  if (onStatement !== undefined) pool.on('connect', (client) => timeStatements(client, onStatement))
  try {
    await ping(pool)
    if (options.migrate !== false) await migrateState(pool)
  } catch (error) {
    await pool.end()
    throw error
  }
  const db = drizzle({ client: pool })
  let closing: Promise<void> | null = null
  return {
    db,
    pool,
    transaction: (work) => db.transaction(work),
    ping: () => ping(pool),
    close: () => {
      closing ??= pool.end()
      return closing
    },
  }
}

function newPool(url: string): pg.Pool {
  let pool: pg.Pool
  try {
    pool = new pg.Pool({
      connectionString: url,
      max: connections,
      connectionTimeoutMillis: answersWithinMs,
      application_name: 'tomoshibi',
    })
  } catch (error) {
    throw unavailable(error, 'the database address is not of the form postgresql://…')
  }
  // An idle connection breaks when the server restarts; the pool makes a new one when it is needed.
  pool.on('error', () => {})
  // One that breaks between two statements of a transaction tells its client, which would end the program if
  // nobody heard; the next statement fails, which is heard.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** The driver tells nobody what a statement took, so its one way in is wrapped. */
function timeStatements(
  client: pg.PoolClient,
  onStatement: NonNullable<OpenStateOptions['onStatement']>,
): void {
  const query = client.query.bind(client)
  const timed = (...args: unknown[]): unknown => {
    const startedMs = performance.now()
    const told = (failed: boolean) =>
      onStatement({ elapsedMs: performance.now() - startedMs, failed })
    const callback = args.at(-1)
    if (typeof callback === 'function') {
      args[args.length - 1] = (error: unknown, ...rest: unknown[]) => {
        told(error !== null && error !== undefined)
        callback(error, ...rest)
      }
      return Reflect.apply(query, client, args)
    }
    const result: unknown = Reflect.apply(query, client, args)
    if (result instanceof Promise) {
      result.then(
        () => told(false),
        () => told(true),
      )
    }
    return result
  }
  Object.defineProperty(client, 'query', { value: timed, configurable: true, writable: true })
}

async function ping(pool: pg.Pool): Promise<void> {
  try {
    await pool.query('SELECT 1')
  } catch (error) {
    throw asStateError(error) ?? unavailable(error)
  }
}

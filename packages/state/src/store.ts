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
export async function openState(url: string): Promise<StateStore> {
  const pool = newPool(url)
  try {
    await ping(pool)
    await migrateState(pool)
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
  return pool
}

async function ping(pool: pg.Pool): Promise<void> {
  try {
    await pool.query('SELECT 1')
  } catch (error) {
    throw asStateError(error) ?? unavailable(error)
  }
}

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import type pg from 'pg'
import { z } from 'zod'
import { StateError } from './errors.ts'

/** The same folder from `src` and from `dist`. */
const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url))

/** Any number will do; all programs that migrate this database must use the same one. */
const lockKey = 7_466_321_409

/**
 * Brings the tables up to date. Two programs may call it at once: the second waits for the first and
 * then finds nothing to do. All missing migrations are one transaction.
 *
 * @throws StateError STATE_MIGRATION_FAILED, or STATE_SCHEMA_NEWER; nothing was changed.
 */
export async function migrateState(pool: pg.Pool): Promise<void> {
  await migrateFrom(pool, migrationsFolder)
}

const journalShape = z.looseObject({ entries: z.array(z.looseObject({ idx: z.int() })) })

/**
 * As `migrateState`, through the first `count` migrations only: the tables as they were when a backup
 * was taken.
 */
export async function migrateStateThrough(pool: pg.Pool, count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tomoshibi-migrations-'))
  try {
    cpSync(migrationsFolder, folder, { recursive: true })
    const path = join(folder, 'meta', '_journal.json')
    const journal = journalShape.parse(JSON.parse(readFileSync(path, 'utf8')))
    const entries = journal.entries.filter(({ idx }) => idx < count)
    writeFileSync(path, JSON.stringify({ ...journal, entries }))
    await migrateFrom(pool, folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function migrateFrom(pool: pg.Pool, migrationsFolder: string): Promise<void> {
  try {
    const client = await pool.connect()
    try {
      await client.query('SELECT pg_advisory_lock($1)', [lockKey])
      await refuseNewer(client)
      await migrate(drizzle({ client }), { migrationsFolder })
      await client.query('SELECT pg_advisory_unlock($1)', [lockKey])
      client.release()
    } catch (error) {
      // Closes the connection, and with it gives the lock back in whatever state we are.
      client.release(true)
      throw error
    }
  } catch (error) {
    if (error instanceof StateError) throw error
    const reason = deepestMessage(error)
    const message = `The state tables could not be brought up to date: ${reason}`
    throw new StateError('STATE_MIGRATION_FAILED', message, { reason }, error)
  }
}

/** How many migrations this program knows. */
export const knownMigrations = (): number => readMigrationFiles({ migrationsFolder }).length

/** How many migrations this program knows, and how many the database has been through. */
export async function migrationsOf(pool: pg.Pool): Promise<{ known: number; applied: number }> {
  const known = knownMigrations()
  const journal = await pool.query(`SELECT to_regclass('drizzle.__drizzle_migrations') AS name`)
  if (journal.rows[0].name === null) return { known, applied: 0 }
  const counted = await pool.query('SELECT count(*)::int AS n FROM drizzle.__drizzle_migrations')
  return { known, applied: counted.rows[0].n }
}

/** Drizzle itself would find nothing to do and let an old program work on new tables. */
async function refuseNewer(client: pg.PoolClient): Promise<void> {
  const journal = await client.query(`SELECT to_regclass('drizzle.__drizzle_migrations') AS name`)
  if (journal.rows[0].name === null) return
  const newest = Math.max(...readMigrationFiles({ migrationsFolder }).map((m) => m.folderMillis))
  const later = await client.query(
    'SELECT 1 FROM drizzle.__drizzle_migrations WHERE created_at > $1',
    [newest],
  )
  if (later.rowCount === 0) return
  const message = 'The state tables are of a newer version of Tomoshibi: update the program'
  throw new StateError('STATE_SCHEMA_NEWER', message)
}

function deepestMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : deepestMessage(error.cause)
}

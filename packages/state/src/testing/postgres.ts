import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { silentLog } from '../engine/log.ts'
import { startPostgres } from '../engine/postgres.ts'
import { openState, type StateStore } from '../store.ts'
import { startGivenServer } from './given-server.ts'

/** A state store for one test file. */
export interface TestState {
  readonly state: StateStore
  readonly url: string
  /** Closes it and leaves nothing behind. */
  stop(): Promise<void>
}

/**
 * A fresh, migrated state store: a database of its own on the server that
 * `TOMOSHIBI_TEST_DATABASE_URL` names, or else an embedded PostgreSQL in a new folder; with
 * `TOMOSHIBI_TEST_STORES=given` one that stands for a company's own.
 */
export async function startTestState(): Promise<TestState> {
  const given = process.env.TOMOSHIBI_TEST_DATABASE_URL
  const isGiven = process.env.TOMOSHIBI_TEST_STORES === 'given'
  const { url, stop } = given
    ? await freshDatabase(given)
    : await (isGiven ? startGivenServer() : freshServer())
  try {
    const state = await openState(url)
    return {
      state,
      url,
      stop: async () => {
        await state.close()
        await stop()
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** A new, empty database on a running server; `stop` drops it. */
export async function freshDatabase(
  server: string,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await onServer(server, `CREATE DATABASE ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, stop: () => onServer(server, `DROP DATABASE ${name} WITH (FORCE)`) }
}

async function freshServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tomoshibi-state-'))
  const server = await startPostgres({ dataDir, log: silentLog })
  return {
    url: server.url,
    stop: async () => {
      await server.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import pg from 'pg'
import { Temporal } from 'temporal-polyfill'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asStateError } from './errors.ts'
import { migrateState } from './migrate.ts'
import { lampDefinitions, lampEpisodes } from './schema/lamps.ts'
import { tasks } from './schema/tasks.ts'
import { workspaces } from './schema/workspaces.ts'
import { openState, type StateStore } from './store.ts'
import { startGivenServer } from './testing/given-server.ts'
import { freshDatabase, startTestState } from './testing/postgres.ts'

const now = Temporal.Instant.from('2026-04-01T00:00:00.123Z')

/** Everything that must hold whoever runs the PostgreSQL. */
const servers = [
  { name: 'the embedded PostgreSQL', start: startTestState },
  { name: 'a PostgreSQL that was given', start: startGivenServer },
] as const

describe.each(servers)('on $name', ({ start }) => {
  let server: { url: string; stop: () => Promise<void> }
  beforeAll(async () => {
    server = await start()
  })
  afterAll(() => server.stop())

  /** Runs `work` with a store of its own on an empty database. */
  async function withStore(work: (state: StateStore, url: string) => Promise<void>) {
    const database = await freshDatabase(server.url)
    const state = await openState(database.url)
    try {
      await state.db.insert(workspaces).values({
        id: 'main',
        name: 'Main',
        settings: { timeZone: 'Asia/Tokyo' },
        createdAt: now,
      })
      await work(state, database.url)
    } finally {
      await state.close()
      await database.stop()
    }
  }

  const definition = {
    workspaceId: 'main',
    key: 'silence',
    version: 1,
    definition: { when: 'true' },
  }

  async function lightSilence(state: StateStore): Promise<string> {
    await state.db.insert(lampDefinitions).values({ ...definition, createdAt: now })
    const id = randomUUID()
    await state.db.insert(lampEpisodes).values({
      id,
      workspaceId: 'main',
      accountId: 'a1',
      lampKey: 'silence',
      lampVersion: 1,
      litOn: '2026-04-01',
      why: { silent_days: 40 },
    })
    return id
  }

  it('gives back instants, dates and JSON as they went in, whatever zone the session has', () =>
    withStore(async (state, url) => {
      const id = await lightSilence(state)
      await state.pool.query(
        `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET timezone = 'Asia/Kolkata'`,
      )
      const again = await openState(url)
      const [workspace] = await again.db.select().from(workspaces)
      const [episode] = await again.db.select().from(lampEpisodes).where(eq(lampEpisodes.id, id))
      await again.close()
      expect(workspace?.createdAt.equals(now)).toBe(true)
      expect(workspace?.settings).toEqual({ timeZone: 'Asia/Tokyo' })
      expect(episode).toMatchObject({
        litOn: '2026-04-01',
        clearedOn: null,
        why: { silent_days: 40 },
      })
    }))

  it('migrates once, also when asked twice and by two programs at the same time', async () => {
    const database = await freshDatabase(server.url)
    const stores = await Promise.all([1, 2, 3].map(() => openState(database.url)))
    const [first] = stores
    await first?.close()
    const [, second] = stores
    if (second === undefined) throw new Error('three were opened')
    await migrateState(second.pool)
    const { rows } = await second.pool.query(
      'SELECT count(*)::int AS n, count(DISTINCT hash)::int AS different FROM drizzle.__drizzle_migrations',
    )
    expect(rows[0].n).toBe(rows[0].different)
    expect(rows[0].n).toBeGreaterThan(0)
    await Promise.all(stores.map((store) => store.close()))
    await database.stop()
  })

  it('leaves tables of a newer version alone', () =>
    withStore(async (state, url) => {
      await state.pool.query(
        `INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('later', 32503680000000)`,
      )
      await expect(openState(url)).rejects.toMatchObject({ code: 'STATE_SCHEMA_NEWER' })
    }))

  it('says what hindered a migration, and changes nothing', async () => {
    const database = await freshDatabase(server.url)
    const pool = new pg.Pool({ connectionString: database.url })
    await pool.query('CREATE TABLE workspaces (id int)')
    await expect(migrateState(pool)).rejects.toMatchObject({
      code: 'STATE_MIGRATION_FAILED',
      details: { reason: expect.stringContaining('workspaces') },
    })
    const { rows } = await pool.query(`SELECT to_regclass('tasks') AS name`)
    expect(rows[0].name).toBeNull()
    await pool.query('DROP TABLE workspaces')
    await migrateState(pool)
    await pool.end()
    await database.stop()
  })

  it('lets a transaction fail whose connection breaks between two statements, and goes on', () =>
    withStore(async (state) => {
      const work = state.transaction(async (tx) => {
        const found = await tx.execute<{ pid: number }>('SELECT pg_backend_pid() AS pid')
        // The driver tells the client, which would end this process if nobody heard.
        await state.pool.query('SELECT pg_terminate_backend($1, 5000)', [found.rows[0]?.pid])
        await sleep(50)
        await tx.update(workspaces).set({ name: 'Never' })
      })
      await expect(work).rejects.toThrow()
      expect(await state.db.select({ name: workspaces.name }).from(workspaces)).toEqual([
        { name: 'Main' },
      ])
    }))

  it('rolls a transaction back when the work in it fails', () =>
    withStore(async (state) => {
      const work = state.transaction(async (tx) => {
        await tx.insert(workspaces).values({ id: 'b', name: 'B', settings: {}, createdAt: now })
        throw new Error('changed my mind')
      })
      await expect(work).rejects.toThrow('changed my mind')
      expect(await state.db.$count(workspaces)).toBe(1)
    }))

  it('refuses to change or delete a lamp definition', () =>
    withStore(async (state) => {
      await state.db.insert(lampDefinitions).values({ ...definition, createdAt: now })
      const refusal = { cause: { message: expect.stringContaining('never changed') } }
      await expect(
        state.db.update(lampDefinitions).set({ definition: { when: 'false' } }),
      ).rejects.toMatchObject(refusal)
      await expect(state.db.delete(lampDefinitions)).rejects.toMatchObject(refusal)
      await expect(state.pool.query('TRUNCATE lamp_definitions CASCADE')).rejects.toThrow(
        'never changed',
      )
      expect(await state.db.$count(lampDefinitions)).toBe(1)
    }))

  it('lets an episode make one task only, and an account light a lamp once a day', () =>
    withStore(async (state) => {
      const episodeId = await lightSilence(state)
      const task = {
        workspaceId: 'main',
        accountId: 'a1',
        lampKey: 'silence',
        episodeId,
        title: { en: 'Call them', ja: '電話する' },
        body: { en: '', ja: '' },
        dueOn: '2026-04-08',
        state: 'open',
        createdAt: now,
      } as const
      await state.db.insert(tasks).values({ ...task, id: randomUUID() })
      const again = state.db.insert(tasks).values({ ...task, id: randomUUID() })
      await expect(again).rejects.toMatchObject({ cause: { code: '23505' } })
      const [episode] = await state.db.select().from(lampEpisodes)
      if (episode === undefined) throw new Error('an episode was lit')
      const relit = state.db.insert(lampEpisodes).values({ ...episode, id: randomUUID() })
      await expect(relit).rejects.toMatchObject({ cause: { code: '23505' } })
    }))
})

describe('a PostgreSQL that refuses the password', () => {
  it('is told apart from one that is away', async () => {
    const server = await startTestState()
    try {
      const url = new URL(server.url)
      url.password = 'wrong'
      await expect(openState(url.href)).rejects.toMatchObject({ code: 'STATE_ACCESS_REFUSED' })
    } finally {
      await server.stop()
    }
  })
})

describe('an address at which no PostgreSQL answers', () => {
  it.each([
    ['nobody listens', 'postgresql://a:b@127.0.0.1:1/c'],
    ['no such host', 'postgresql://a:b@nowhere.invalid/c'],
    ['not an address', 'postgresql://[bad'],
  ])('is an error that says so: %s', async (_, url) => {
    await expect(openState(url)).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' })
  })
})

describe('an error of the driver', () => {
  const coded = (code: string) => Object.assign(new Error('m'), { code })
  it.each([
    ['ECONNREFUSED', 'STATE_UNAVAILABLE'],
    ['57P01', 'STATE_UNAVAILABLE'],
    ['28P01', 'STATE_ACCESS_REFUSED'],
    ['53100', 'STATE_DISK_FULL'],
    ['42P01', undefined],
  ])('%s is told as %s, wrapped or not', (code, told) => {
    expect(asStateError(coded(code))?.code).toBe(told)
    expect(asStateError(new Error('Failed query', { cause: coded(code) }))?.code).toBe(told)
  })
})

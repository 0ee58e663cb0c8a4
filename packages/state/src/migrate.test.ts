import { readFileSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { migrateState, migrateStateThrough } from './migrate.ts'
import { freshDatabase, startTestState, type TestState } from './testing/postgres.ts'

let server: TestState
beforeAll(async () => {
  server = await startTestState()
})
afterAll(() => server.stop())

const journal = z
  .object({ entries: z.array(z.object({ idx: z.int(), tag: z.string() })) })
  .parse(JSON.parse(readFileSync('packages/state/migrations/meta/_journal.json', 'utf8')))

/** A database as it was before a migration, filled, and then migrated. */
async function migrated(name: string, fill: string, ask: string): Promise<unknown[]> {
  const before = journal.entries.find(({ tag }) => tag.endsWith(name))?.idx
  if (before === undefined) throw new Error(`no migration ${name}`)
  const database = await freshDatabase(server.url)
  const pool = new pg.Pool({ connectionString: database.url })
  try {
    await migrateStateThrough(pool, before)
    await pool.query(fill)
    await migrateState(pool)
    return (await pool.query(ask)).rows
  } finally {
    await pool.end()
    await database.stop()
  }
}

test('who set a score by hand becomes the user where one member goes by that name, and else nobody', async () => {
  const user = (id: string, name: string) =>
    `('${id}', '${name}', '${id}@example.com', false, now(), now())`
  const member = (id: string, workspace = 'w') => `('${workspace}', '${id}', 'csm', '', '', now())`
  const override = (account: string, by: string | null, withdrawnBy: string | null = null) =>
    `(gen_random_uuid(), 'w', '${account}', 100, 'r', ${by === null ? 'NULL' : `'${by}'`}, now(), '2030-01-01', '2030-01-02', ${withdrawnBy === null ? 'NULL, NULL' : `now(), '${withdrawnBy}'`})`
  const rows = await migrated(
    'overrides_by_user',
    `INSERT INTO workspaces (id, name, settings, created_at) VALUES ('w', 'w', '{}', now()), ('x', 'x', '{}', now());
INSERT INTO users (id, name, email, email_verified, created_at, updated_at)
VALUES ${[user('u1', 'Sato'), user('u2', 'Mori'), user('u3', 'Mori'), user('u4', 'Ito')].join(', ')};
INSERT INTO members (workspace_id, user_id, role, team, owner_name, joined_at)
VALUES ${[member('u1'), member('u2'), member('u3'), member('u4', 'x')].join(', ')};
INSERT INTO health_overrides (id, workspace_id, account_id, score_hundredths, reason, set_by, set_at, ends_on, ends_at, withdrawn_at, withdrawn_by)
VALUES ${[
      override('one', 'Sato'),
      override('two of that name', 'Mori'),
      override('of another workspace', 'Ito', 'Sato'),
      override('a program', null, 'Mori'),
    ].join(', ')}`,
    'SELECT account_id, set_by, withdrawn_by FROM health_overrides ORDER BY account_id',
  )
  expect(rows).toEqual([
    { account_id: 'a program', set_by: null, withdrawn_by: null },
    { account_id: 'of another workspace', set_by: null, withdrawn_by: 'u1' },
    { account_id: 'one', set_by: 'u1', withdrawn_by: null },
    { account_id: 'two of that name', set_by: null, withdrawn_by: null },
  ])
})

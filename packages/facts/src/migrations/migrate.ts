import { z } from 'zod'
import { createTable, type Layout, type TableDdl } from '../ddl.ts'
import { FactsError } from '../errors.ts'
import type { FactStore } from '../store.ts'
import { factTablesMigration } from './001-fact-tables.ts'
import { cesDirectionMigration } from './002-ces-direction.ts'
import { eventsMigration } from './003-events.ts'
import { useRollupMigration } from './004-use-rollup.ts'
import { retentionMigration } from './005-retention.ts'
import { erasureMigration } from './006-erasure.ts'
import type { Migration } from './migration.ts'

export const migrations: readonly Migration[] = [
  factTablesMigration,
  cesDirectionMigration,
  eventsMigration,
  useRollupMigration,
  retentionMigration,
  erasureMigration,
]

const migrationsTable: TableDdl = {
  name: 'migrations',
  says: 'Which migrations this database has been through.',
  columns: [
    { name: 'version', type: 'UInt32', says: 'Number of the migration.' },
    { name: 'name', type: 'String', says: 'What it did.' },
  ],
  derived: [],
  replacedBy: 'version',
  partitionBy: null,
  orderBy: ['version'],
  shardBy: 'version',
}

/**
 * Brings the database to the newest version. Safe to run again, and from several processes at once:
 * every statement does nothing where its work is done, and a version is recorded after its statements,
 * so that a migration that was cut off is run again.
 *
 * @returns the versions that were run now.
 * @throws FactsError FACTS_SCHEMA_NEWER when a newer version of the program has been here.
 */
export const migrate = async (
  store: Pick<FactStore, 'query' | 'everywhere' | 'insert'>,
  layout: Layout,
): Promise<readonly number[]> => {
  for (const statement of createTable(migrationsTable, layout)) await store.everywhere(statement)
  const applied = await store.query(
    { sql: 'SELECT DISTINCT version FROM migrations ORDER BY version', params: {} },
    z.object({ version: z.int() }),
  )
  const done = new Set(applied.map(({ version }) => version))
  const newest = migrations.at(-1)?.version ?? 0
  const newerThanUs = [...done].filter((version) => version > newest)
  if (newerThanUs.length > 0) {
    throw new FactsError(
      'FACTS_SCHEMA_NEWER',
      `The fact tables are of version ${Math.max(...newerThanUs)}, this program knows ${newest}.`,
    )
  }
  const pending = migrations.filter(({ version }) => !done.has(version))
  for (const migration of pending) {
    for (const statement of migration.statements(layout)) await store.everywhere(statement)
    await store.insert('migrations', [{ version: migration.version, name: migration.name }])
  }
  return pending.map(({ version }) => version)
}

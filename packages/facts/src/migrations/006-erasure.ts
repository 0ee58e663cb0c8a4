import { createTable } from '../ddl.ts'
import { erasureTables } from '../erasure/tables.ts'
import type { Migration } from './migration.ts'

/** What is noted while a person is erased. */
export const erasureMigration: Migration = {
  version: 6,
  name: 'erasure',
  statements: (layout) => erasureTables.flatMap((table) => createTable(table, layout)),
}

import { createTable } from '../ddl.ts'
import { retentionTables } from '../retention/tables.ts'
import type { Migration } from './migration.ts'

/** What is noted of facts that were deleted because of their age. */
export const retentionMigration: Migration = {
  version: 5,
  name: 'retention',
  statements: (layout) => retentionTables.flatMap((table) => createTable(table, layout)),
}

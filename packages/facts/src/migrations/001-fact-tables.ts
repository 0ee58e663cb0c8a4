import { createTable, factTableDdl, type Layout, loadOutcomesDdl, stagingTableDdl } from '../ddl.ts'
import { factTables } from '../tables.ts'
import type { Migration } from './migration.ts'

/** Every fact table as it is described today; later migrations bring older installations there. */
export const factTablesMigration: Migration = {
  version: 1,
  name: 'fact tables',
  statements: (layout: Layout) => [
    ...Object.values(factTables).flatMap((table) => [
      ...createTable(factTableDdl(table), layout),
      ...createTable(stagingTableDdl(table), layout),
    ]),
    ...createTable(loadOutcomesDdl, layout),
  ],
}

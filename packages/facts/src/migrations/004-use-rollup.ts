import { createTable, storedName } from '../ddl.ts'
import { eventIdsDdl } from '../event-tables.ts'
import { factTables } from '../tables.ts'
import { LOADED } from '../use-rollup/marks.ts'
import { useRollupTables } from '../use-rollup/tables.ts'
import type { Migration } from './migration.ts'

/**
 * The roll-up of usage events, and the ids of those that came from files beside those that were sent. A
 * table of events that is older keeps its order, by account and not by month first: figures are the same,
 * and rolling up reads more.
 */
export const useRollupMigration: Migration = {
  version: 4,
  name: 'roll-up of usage events',
  statements: (layout) => [
    ...useRollupTables.flatMap((table) => createTable(table, layout)),
    `INSERT INTO ${eventIdsDdl.name} (workspace_id, id, seq)
SELECT workspace_id, ${LOADED.id('record_id')}, ${LOADED.seq}
FROM ${storedName(factTables.usage_events.name, layout)} WHERE source != 'events'`,
  ],
}

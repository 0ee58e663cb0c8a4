import { createTable, type Layout, storedName } from '../ddl.ts'
import { eventIdsDdl } from '../event-tables.ts'
import { factTables } from '../tables.ts'
import { LOADED } from '../use-rollup/marks.ts'
import { useRollupTables } from '../use-rollup/tables.ts'
import type { Migration } from './migration.ts'

/** What the statement reads where it runs: on each server of a cluster its own, on one of them all. */
const loadedFrom = (layout: Layout): string => {
  const { name } = factTables.usage_events
  return layout.kind === 'cluster' && layout.replicated ? name : storedName(name, layout)
}

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
FROM ${loadedFrom(layout)} WHERE source != 'events'`,
  ],
}

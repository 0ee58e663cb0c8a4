import { createTable, factTableDdl, onCluster, stagingTableDdl, storedName } from '../ddl.ts'
import { eventIdsDdl, heldEventsDdl } from '../event-tables.ts'
import { factTables } from '../tables.ts'
import type { Migration } from './migration.ts'

/** Tables that facts from events go to, with what their intake needs beside them. */
const tables = [
  factTableDdl(factTables.usage_events),
  factTableDdl(factTables.account_attributes),
  factTableDdl(factTables.user_attributes),
  factTableDdl(factTables.contacts),
  eventIdsDdl,
  heldEventsDdl,
]

/**
 * The intake of events. What is in these tables is on disk before the journal forgets it, so that the
 * loss of power costs nothing either; batches are large, so that this costs little.
 */
export const eventsMigration: Migration = {
  version: 3,
  name: 'events',
  statements: (layout) => [
    ...createTable(factTableDdl(factTables.user_attributes), layout),
    ...createTable(stagingTableDdl(factTables.user_attributes), layout),
    ...createTable(eventIdsDdl, layout),
    ...createTable(heldEventsDdl, layout),
    ...tables.map(
      ({ name }) =>
        `ALTER TABLE ${storedName(name, layout)}${onCluster(layout)} MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1`,
    ),
  ],
}

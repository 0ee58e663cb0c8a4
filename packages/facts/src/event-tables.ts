/** Tables beside the facts that the intake of events needs. */
import type { TableDdl } from './ddl.ts'

/** Which message ids have ever been taken, and where in the journal each came first. */
export const eventIdsDdl: TableDdl = {
  name: 'event_ids',
  says: 'Ids of all messages ever taken, so that a repeat has no effect however late it comes.',
  columns: [
    { name: 'workspace_id', type: 'LowCardinality(String)', says: 'The workspace.' },
    { name: 'id', type: 'UInt128', says: 'The first 16 bytes of the SHA-256 of the message id.' },
    {
      name: 'seq',
      type: 'UInt64',
      says: 'Place in the journal; the least one of an id is the message that counts.',
    },
  ],
  derived: [],
  replacedBy: null,
  partitionBy: null,
  orderBy: ['workspace_id', 'id'],
  shardBy: 'toUInt64(id)',
}

/** Messages of people whose account is not known yet. */
export const heldEventsDdl: TableDdl = {
  name: 'held_events',
  says: 'Messages that wait until the account of their person is known; they stay when it is.',
  columns: [
    { name: 'workspace_id', type: 'LowCardinality(String)', says: 'The workspace.' },
    { name: 'person', type: 'String', says: 'u:user id, or a:anonymous id.' },
    { name: 'seq', type: 'UInt64', says: 'Place in the journal.' },
    { name: 'message', type: 'String', says: 'The message, JSON.' },
  ],
  derived: [],
  replacedBy: 'seq',
  partitionBy: null,
  orderBy: ['workspace_id', 'person', 'seq'],
  shardBy: 'cityHash64(workspace_id, person)',
}

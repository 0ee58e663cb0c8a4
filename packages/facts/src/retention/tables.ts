/** What is noted of facts that were deleted because of their age. */
import { ACCOUNT_SHARD, type TableDdl } from '../ddl.ts'

const workspace = {
  name: 'workspace_id',
  type: 'LowCardinality(String)',
  says: 'The workspace.',
} as const
const version = {
  name: 'version',
  type: 'UInt64',
  says: 'The greater replaces the smaller.',
} as const

/** Cuts, those that are done included: a record of what was deleted, how much and until when. */
const factCuts: TableDdl = {
  name: 'fact_cuts',
  says: 'From when on there are facts: what is older is deleted.',
  columns: [
    workspace,
    { name: 'table_name', type: 'LowCardinality(String)', says: 'The fact table.' },
    { name: 'before', type: "DateTime64(3, 'UTC')", says: 'Facts of before this instant go.' },
    { name: 'time_zone', type: 'String', says: 'In which it is the start of a month.' },
    { name: 'begun_at', type: "DateTime64(3, 'UTC')", says: 'When it was begun with.' },
    {
      name: 'done_at',
      type: "Nullable(DateTime64(3, 'UTC'))",
      says: 'When all were deleted; null = not yet.',
    },
    {
      name: 'rows_deleted',
      type: 'UInt64',
      says: 'How many rows, versions of facts, counted when it was begun.',
    },
    version,
  ],
  derived: [],
  replacedBy: 'version',
  partitionBy: null,
  orderBy: ['workspace_id', 'table_name', 'before'],
  shardBy: 'cityHash64(workspace_id)',
}

const record = [
  { name: 'cut_id', type: 'String', says: 'The cut.' },
  workspace,
  { name: 'account_id', type: 'String', says: 'The customer account.' },
  { name: 'record_id', type: 'String', says: 'The record.' },
] as const

/**
 * The records that a cut deletes. They are written down before the first is deleted, since what is left of a
 * record in the middle of it no longer says how old it is.
 */
const cutRecords: TableDdl = {
  name: 'cut_records',
  says: 'Records that a running cut deletes.',
  columns: [
    ...record,
    { name: 'month', type: 'UInt32', says: 'toYYYYMM of when it happened.' },
    { name: 'known_at', type: "DateTime64(3, 'UTC')", says: 'Of the version that holds.' },
    { name: 'version', type: 'UInt64', says: 'Of the version that holds.' },
  ],
  derived: [],
  replacedBy: 'version',
  partitionBy: 'cut_id',
  orderBy: ['cut_id', 'account_id', 'record_id'],
  shardBy: ACCOUNT_SHARD,
}

/** Records that stay although they are old enough. */
const keptRecords: TableDdl = {
  name: 'kept_records',
  says: 'Records that a running cut leaves, since they show that an account has any.',
  columns: record,
  derived: [],
  replacedBy: null,
  partitionBy: 'cut_id',
  orderBy: ['cut_id', 'account_id', 'record_id'],
  shardBy: ACCOUNT_SHARD,
}

export const retentionTables: readonly TableDdl[] = [factCuts, cutRecords, keptRecords]

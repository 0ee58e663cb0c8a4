/** What is noted while a person is erased from the facts; nothing of it stays when that is done. */
import type { TableDdl } from '../ddl.ts'

const erasure = { name: 'erasure_id', type: 'String', says: 'The erasure.' } as const
const shared = {
  derived: [],
  replacedBy: null,
  partitionBy: 'erasure_id',
} as const

/** Statements that change what is stored keep their text for a while, so that they name nobody and read this. */
const erasureIds: TableDdl = {
  ...shared,
  name: 'erasure_ids',
  says: 'Ids of people who are being erased, and what stands in their place.',
  columns: [
    erasure,
    { name: 'kind', type: 'LowCardinality(String)', says: "'user' or 'contact'." },
    {
      name: 'account_id',
      type: 'String',
      says: 'The customer account within which the id is theirs.',
    },
    { name: 'old', type: 'String', says: 'The id.' },
    { name: 'new', type: 'String', says: 'What takes its place.' },
  ],
  orderBy: ['erasure_id', 'kind', 'account_id', 'old'],
  shardBy: 'cityHash64(erasure_id)',
}

const erasurePatterns: TableDdl = {
  ...shared,
  name: 'erasure_patterns',
  says: 'What is looked for in texts while people are erased.',
  columns: [
    erasure,
    { name: 'number', type: 'UInt8', says: 'In this order.' },
    {
      name: 'pattern',
      type: 'String',
      says: 'A regular expression of three groups; the second goes.',
    },
  ],
  orderBy: ['erasure_id', 'number'],
  shardBy: 'cityHash64(erasure_id)',
}

const erasureRecords: TableDdl = {
  ...shared,
  name: 'erasure_records',
  says: 'Records whose own id names a person who is being erased.',
  columns: [
    erasure,
    { name: 'table_name', type: 'LowCardinality(String)', says: 'The fact table.' },
    { name: 'account_id', type: 'String', says: 'The customer account.' },
    { name: 'record_id', type: 'String', says: 'The id.' },
    { name: 'new_id', type: 'String', says: 'What takes its place.' },
  ],
  orderBy: ['erasure_id', 'table_name', 'account_id', 'record_id'],
  shardBy: 'cityHash64(erasure_id)',
}

export const erasureTables: readonly TableDdl[] = [erasureIds, erasurePatterns, erasureRecords]

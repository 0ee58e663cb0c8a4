/** DDL of the fact tables and their staging twins, generated from `tables.ts`. */
import { contentHashColumn, type FactTable, sharedColumns } from './tables.ts'

/** Where tables are made: one server, or a cluster by its name. */
export type Layout =
  | { readonly kind: 'single' }
  | {
      readonly kind: 'cluster'
      readonly cluster: string
      readonly database: string
      /**
       * True for a cluster with a keeper: tables are replicated and DDL runs `ON CLUSTER`. False for a
       * cluster of plain servers, where every statement has to be run on each of them.
       */
      readonly replicated: boolean
    }

interface ColumnDdl {
  readonly name: string
  readonly type: string
  readonly says: string
}

/** Everything that makes one table, whatever the layout. */
export interface TableDdl {
  readonly name: string
  readonly says: string
  readonly columns: readonly ColumnDdl[]
  /** Columns that the engine computes from the others at insert. */
  readonly derived: readonly (ColumnDdl & { readonly expression: string })[]
  /** Column whose greatest value survives among rows of one sorting key; null keeps every row. */
  readonly replacedBy: string | null
  readonly partitionBy: string | null
  readonly orderBy: readonly string[]
  /** Chooses the shard. */
  readonly shardBy: string
}

/** A text as a literal, for DDL, which takes no bound values. */
export const quoted = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** Facts of one account live on one shard, so that versions of a fact meet where they are stored. */
export const ACCOUNT_SHARD = 'cityHash64(workspace_id, account_id)'

const listed = (columns: Readonly<Record<string, { type: string; says: string }>>): ColumnDdl[] =>
  Object.entries(columns).map(([name, { type, says }]) => ({ name, type, says }))

const contentHash = (table: FactTable) => ({
  name: contentHashColumn,
  type: 'UInt64',
  says: 'Hash of the content columns.',
  // In a tuple, because the hash of a bare NULL is NULL.
  expression: `cityHash64(tuple(${Object.keys(table.columns).join(', ')}))`,
})

/** The table that holds every version of a fact. */
export const factTableDdl = (table: FactTable): TableDdl => ({
  name: table.name,
  says: table.says,
  columns: [...listed(sharedColumns), ...listed(table.columns)],
  derived: [contentHash(table)],
  replacedBy: 'version',
  partitionBy: null,
  orderBy: [
    'workspace_id',
    ...(table.clusteredBy === undefined ? [] : [table.clusteredBy]),
    'account_id',
    ...table.sortedBy,
    'record_id',
    'known_at',
  ],
  shardBy: ACCOUNT_SHARD,
})

/** Name of a fact table's staging twin. */
export const stagingName = (table: FactTable): string => `staging_${table.name}`

/** Columns that a staging twin has before those of its fact table. */
export const stagingColumns = {
  load_id: { type: 'String', says: 'The load that the row belongs to.' },
  row_no: { type: 'UInt64', says: 'Place of the source row within the load; the last one wins.' },
  known_implicitly: {
    type: 'Bool',
    says: 'The source does not say when it was known; known_at is when the load started.',
  },
} as const

/** The twin of a fact table that a load fills before it is compared with what is stored. */
export const stagingTableDdl = (table: FactTable): TableDdl => ({
  name: stagingName(table),
  says: `Rows of running loads on their way into ${table.name}.`,
  columns: [...listed(stagingColumns), ...listed(sharedColumns), ...listed(table.columns)],
  derived: [contentHash(table)],
  replacedBy: null,
  partitionBy: 'load_id',
  orderBy: ['record_id', 'known_at', 'row_no'],
  shardBy: ACCOUNT_SHARD,
})

/** What became of each staged row when it was compared with what is stored. */
export const loadOutcomesDdl: TableDdl = {
  name: 'load_outcomes',
  says: 'For each record version of running loads, what committing the load does with it.',
  columns: [
    { name: 'load_id', type: 'String', says: 'The load.' },
    { name: 'table_name', type: 'LowCardinality(String)', says: 'The fact table.' },
    { name: 'record_id', type: 'String', says: 'The record.' },
    { name: 'known_at', type: "DateTime64(3, 'UTC')", says: 'When the version became known.' },
    { name: 'row_no', type: 'UInt64', says: 'Place of the source row within the load.' },
    { name: 'content_hash', type: 'UInt64', says: 'Hash of the content columns.' },
    {
      name: 'outcome',
      type: 'UInt8',
      says: '3 stored for the first time, 2 updated, 1 unchanged.',
    },
    { name: 'moved', type: 'Bool', says: 'Versions of the record sit under several accounts.' },
  ],
  derived: [],
  replacedBy: null,
  partitionBy: 'load_id',
  orderBy: ['table_name', 'record_id', 'known_at', 'row_no'],
  shardBy: 'cityHash64(record_id)',
}

const body = (table: TableDdl): string =>
  [
    ...table.columns.map(({ name, type, says }) => `  ${name} ${type} COMMENT ${quoted(says)}`),
    ...table.derived.map(
      ({ name, type, says, expression }) =>
        `  ${name} ${type} MATERIALIZED ${expression} COMMENT ${quoted(says)}`,
    ),
  ].join(',\n')

const storage = (table: TableDdl): string =>
  [
    table.partitionBy === null ? '' : `PARTITION BY ${table.partitionBy}\n`,
    `ORDER BY (${table.orderBy.join(', ')})`,
  ].join('')

const engine = (table: TableDdl, layout: Layout): string => {
  const family = table.replacedBy === null ? 'MergeTree' : 'ReplacingMergeTree'
  const version = table.replacedBy === null ? [] : [table.replacedBy]
  if (layout.kind === 'single' || !layout.replicated) return `${family}(${version.join('')})`
  const path = `'/clickhouse/tables/{shard}/${layout.database}/${table.name}'`
  return `Replicated${family}(${[path, "'{replica}'", ...version].join(', ')})`
}

/** The part of a table that is stored on one server: the table itself, or a shard's `_local`. */
export const storedName = (table: string, layout: Layout): string =>
  layout.kind === 'single' ? table : `${table}_local`

/** ` ON CLUSTER name` where the cluster itself spreads a statement, otherwise nothing. */
export const onCluster = (layout: Layout): string =>
  layout.kind === 'cluster' && layout.replicated ? ` ON CLUSTER ${layout.cluster}` : ''

/** Statements that make a table where it does not exist, in order. */
export const createTable = (table: TableDdl, layout: Layout): readonly string[] => {
  const on = onCluster(layout)
  const stored = `CREATE TABLE IF NOT EXISTS ${storedName(table.name, layout)}${on} (
${body(table)}
)
ENGINE = ${engine(table, layout)}
${storage(table)}
COMMENT ${quoted(table.says)}`
  if (layout.kind === 'single') return [stored]
  return [
    stored,
    `CREATE TABLE IF NOT EXISTS ${table.name}${on} (
${body(table)}
)
ENGINE = Distributed(${quoted(layout.cluster)}, ${quoted(layout.database)}, ${quoted(storedName(table.name, layout))}, ${table.shardBy})
COMMENT ${quoted(table.says)}`,
  ]
}

/**
 * Statements that bring an older table and its staging twin to today's description: they add the
 * content columns that it lacks and hash all rows anew, so that a repeat of what was stored before is
 * still recognised as unchanged. A migration that adds columns runs them for the table.
 */
export const addMissingColumns = (table: FactTable, layout: Layout): readonly string[] => {
  const on = onCluster(layout)
  const { name: hash, type, expression } = contentHash(table)
  return [table.name, stagingName(table)].flatMap((name) => {
    const stored = storedName(name, layout)
    const described = (each: string) => [
      `ALTER TABLE ${each}${on}\n${listed(table.columns)
        .map(
          (column) =>
            `  ADD COLUMN IF NOT EXISTS ${column.name} ${column.type} COMMENT ${quoted(column.says)}`,
        )
        .join(',\n')}`,
      `ALTER TABLE ${each}${on} MODIFY COLUMN ${hash} ${type} MATERIALIZED ${expression}`,
    ]
    return [
      ...described(stored),
      ...(layout.kind === 'single' ? [] : described(name)),
      // 2: until it is done everywhere, since the next load compares hashes.
      `ALTER TABLE ${stored}${on} MATERIALIZE COLUMN ${hash} SETTINGS mutations_sync = 2`,
    ]
  })
}

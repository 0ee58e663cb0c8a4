/**
 * The roll-up of usage events: who used the product on which days, by account and month. It is a
 * function of the events and can be made anew from them at any time.
 *
 * A row holds what is known in the same way: from a day on, until a day. So it answers for every instant
 * at which a local day ends, and for any at which all of it is known.
 */
import { ACCOUNT_SHARD, type TableDdl } from '../ddl.ts'

/** In place of `known_from`: each day of use was known by its own end, as is usual for events. */
export const KNOWN_THE_SAME_DAY = '1900-01-01'
/** `known_until` of what still holds. */
export const STILL_KNOWN = '2299-12-31'
/** `first_at` of a row of which nothing is left. */
export const NOTHING_LEFT = '2299-12-31 00:00:00.000'

/** Users of an account are numbered; each block of so many numbers has rows of its own. */
export const USERS_PER_BLOCK = 64

const workspace = {
  name: 'workspace_id',
  type: 'LowCardinality(String)',
  says: 'The workspace.',
} as const
const account = { name: 'account_id', type: 'String', says: 'The customer account.' } as const
const month = {
  name: 'month',
  type: 'UInt16',
  says: "Year × 12 + month − 1, in the workspace's time zone.",
} as const
const version = {
  name: 'version',
  type: 'UInt64',
  says: 'The greater replaces the smaller.',
} as const

const key = [
  {
    name: 'block',
    type: 'UInt32',
    says: '0: use that names nobody, and times of use by all users; else user number ÷ 64.',
  },
  {
    name: 'known_from',
    type: 'Date32',
    says: 'Known from the end of this local day on; 1900-01-01 = each from the end of its own day on.',
  },
  { name: 'known_until', type: 'Date32', says: 'No longer known at the end of this local day.' },
] as const

const content = [
  version,
  {
    name: 'days',
    type: 'Array(UInt32)',
    says: 'By user number modulo 64: the days of the month with use, the first day as the lowest bit.',
  },
  { name: 'first_at', type: "DateTime64(3, 'UTC')", says: 'The first use in the row.' },
  { name: 'times_on', type: 'Array(UInt8)', says: 'Days of the month with use by users.' },
  { name: 'times', type: 'Array(UInt64)', says: 'Beside each, how many times.' },
  {
    name: 'last_known_at',
    type: "DateTime64(3, 'UTC')",
    says: 'From this instant on all of the row is known.',
  },
] as const

/**
 * By event, which is what features and chosen events are counted from. Sorted by month first, since it is
 * the running month that is rolled up again and again, of many accounts.
 */
const eventUseByMonth: TableDdl = {
  name: 'event_use_by_month',
  says: 'Who used the product on which days, by account, event and month.',
  columns: [
    workspace,
    account,
    { name: 'event', type: 'LowCardinality(String)', says: 'Name of the event or feature.' },
    month,
    ...key,
    ...content,
  ],
  derived: [],
  replacedBy: 'version',
  partitionBy: null,
  orderBy: ['workspace_id', 'month', 'account_id', 'event', ...key.map(({ name }) => name)],
  shardBy: ACCOUNT_SHARD,
}

/** By whatever event; made of the rows by event. */
const useByMonth: TableDdl = {
  name: 'use_by_month',
  says: 'Who used the product on which days, by account and month.',
  columns: [workspace, account, month, ...key, ...content],
  derived: [],
  replacedBy: 'version',
  partitionBy: null,
  orderBy: ['workspace_id', 'month', 'account_id', ...key.map(({ name }) => name)],
  shardBy: ACCOUNT_SHARD,
}

/** Numbers stand for users, so that those of an account can be looked at together. */
const userNumbers: TableDdl = {
  name: 'user_numbers',
  says: 'The number of each user within the account; it never changes.',
  columns: [
    workspace,
    account,
    { name: 'user_id', type: 'String', says: 'The user id that usage events carry.' },
    { name: 'number', type: 'UInt32', says: 'From 64 on.' },
  ],
  derived: [],
  replacedBy: 'number',
  partitionBy: null,
  orderBy: ['workspace_id', 'account_id', 'user_id'],
  shardBy: ACCOUNT_SHARD,
}

/** Months whose events have changed. */
const useTouched: TableDdl = {
  name: 'use_touched',
  says: 'Months of accounts whose events were about to change; an even version: not rolled up since.',
  columns: [workspace, account, month, version],
  derived: [],
  replacedBy: 'version',
  partitionBy: null,
  orderBy: ['workspace_id', 'account_id', 'month'],
  shardBy: ACCOUNT_SHARD,
}

/** Events of more than one version: only of these it has to be asked until when a version holds. */
const useCorrected: TableDdl = {
  name: 'use_corrected',
  says: 'Usage events that may have several versions, and where these are.',
  columns: [
    workspace,
    account,
    { name: 'record_id', type: 'String', says: 'The record.' },
    { name: 'utc_month', type: 'UInt32', says: 'toYYYYMM of a version of it.' },
  ],
  derived: [],
  replacedBy: 'utc_month',
  partitionBy: null,
  orderBy: ['workspace_id', 'account_id', 'record_id', 'utc_month'],
  shardBy: ACCOUNT_SHARD,
}

/** Which roll-ups are whole. */
const rollupBuilds: TableDdl = {
  name: 'rollup_builds',
  says: 'What there is of the roll-ups of a workspace.',
  columns: [
    workspace,
    { name: 'rollup', type: 'LowCardinality(String)', says: "'use'." },
    {
      name: 'definition',
      type: 'UInt32',
      says: 'Which way of making it; 0: not all months are marked yet.',
    },
    { name: 'time_zone', type: 'String', says: 'In which a day is a day.' },
    { name: 'whole', type: 'Bool', says: 'Nothing waits to be rolled up: it may be read.' },
    version,
  ],
  derived: [],
  replacedBy: 'version',
  partitionBy: null,
  orderBy: ['workspace_id', 'rollup'],
  shardBy: 'cityHash64(workspace_id)',
}

/** All tables of the roll-up. */
export const useRollupTables: readonly TableDdl[] = [
  eventUseByMonth,
  useByMonth,
  userNumbers,
  useTouched,
  useCorrected,
  rollupBuilds,
]

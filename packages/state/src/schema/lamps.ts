import { sql } from 'drizzle-orm'
import {
  bigserial,
  check,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { instant } from './instant.ts'
import { workspaces } from './workspaces.ts'

/** Where a lamp stands for one account. `acting` and `snoozed` are lit ones that a person took up. */
export const lampPositions = ['off', 'lit', 'acting', 'snoozed'] as const
export type LampPosition = (typeof lampPositions)[number]

/** What moved a lamp: the facts, or somebody. */
export const lampCauses = ['data', 'person'] as const
export type LampCause = (typeof lampCauses)[number]

/** How an episode ended: its condition cleared, or the lamp's definition was withdrawn. */
export const lampEndings = ['data', 'retired'] as const
export type LampEnding = (typeof lampEndings)[number]

const position = (name: string) => text(name, { enum: lampPositions })
const oneOf = (column: string, values: readonly string[]) =>
  sql.raw(`${column} IN (${values.map((value) => `'${value}'`).join(', ')})`)

/**
 * Every version of every lamp's definition. Rows are never changed or deleted (a trigger refuses it):
 * an episode names the version that lit it, and must be explainable for ever.
 */
export const lampDefinitions = pgTable(
  'lamp_definitions',
  {
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    key: text('key').notNull(),
    version: integer('version').notNull(),
    definition: jsonb('definition').$type<unknown>().notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.key, table.version] }),
    check('lamp_definitions_version_positive', sql`version > 0`),
  ],
)

/** From lighting to going out, for one account. At most one lighting a day. */
export const lampEpisodes = pgTable(
  'lamp_episodes',
  {
    id: uuid('id').primaryKey(),
    workspaceId: text('workspace_id').notNull(),
    accountId: text('account_id').notNull(),
    lampKey: text('lamp_key').notNull(),
    lampVersion: integer('lamp_version').notNull(),
    litOn: date('lit_on', { mode: 'string' }).notNull(),
    /** Null while it is still lit. */
    clearedOn: date('cleared_on', { mode: 'string' }),
    clearedBy: text('cleared_by', { enum: lampEndings }),
    /** The values that the condition saw when it lit. */
    why: jsonb('why').$type<unknown>().notNull(),
  },
  (table) => [
    unique('lamp_episodes_one_lighting_a_day').on(
      table.workspaceId,
      table.accountId,
      table.lampKey,
      table.litOn,
    ),
    foreignKey({
      name: 'lamp_episodes_definition',
      columns: [table.workspaceId, table.lampKey, table.lampVersion],
      foreignColumns: [lampDefinitions.workspaceId, lampDefinitions.key, lampDefinitions.version],
    }),
    check('lamp_episodes_cleared_by', oneOf('cleared_by', lampEndings)),
    check('lamp_episodes_cleared_whole', sql`(cleared_on IS NULL) = (cleared_by IS NULL)`),
    check('lamp_episodes_in_order', sql`cleared_on >= lit_on`),
  ],
)

/** Where every account × lamp stands now; no row means off and never lit. */
export const lampStates = pgTable(
  'lamp_states',
  {
    workspaceId: text('workspace_id').notNull(),
    accountId: text('account_id').notNull(),
    lampKey: text('lamp_key').notNull(),
    state: position('state').notNull(),
    since: instant('since').notNull(),
    episodeId: uuid('episode_id').references(() => lampEpisodes.id),
    lampVersion: integer('lamp_version').notNull(),
    /** First day of the unbroken run on which the condition holds; for hold times. */
    conditionSince: date('condition_since', { mode: 'string' }),
    /** First day of the unbroken run on which the off condition holds. */
    clearSince: date('clear_since', { mode: 'string' }),
    snoozedUntil: date('snoozed_until', { mode: 'string' }),
    snoozeReason: text('snooze_reason'),
    /** While snoozed: the condition (CEL, and in words) that ends it before its day; null = the day only. */
    snoozeCondition: jsonb('snooze_condition').$type<unknown>(),
    why: jsonb('why').$type<unknown>(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.accountId, table.lampKey] }),
    foreignKey({
      name: 'lamp_states_definition',
      columns: [table.workspaceId, table.lampKey, table.lampVersion],
      foreignColumns: [lampDefinitions.workspaceId, lampDefinitions.key, lampDefinitions.version],
    }),
    index('lamp_states_lit').on(table.workspaceId, table.lampKey).where(sql`state <> 'off'`),
    check('lamp_states_state', oneOf('state', lampPositions)),
    check('lamp_states_episode_while_lit', sql`(state = 'off') = (episode_id IS NULL)`),
    check('lamp_states_snoozed_until', sql`(state = 'snoozed') = (snoozed_until IS NOT NULL)`),
    check('lamp_states_snooze_condition', sql`state = 'snoozed' OR snooze_condition IS NULL`),
  ],
)

/** Every move of every lamp, in the order in which it happened. */
export const lampTransitions = pgTable(
  'lamp_transitions',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    workspaceId: text('workspace_id').notNull(),
    accountId: text('account_id').notNull(),
    lampKey: text('lamp_key').notNull(),
    lampVersion: integer('lamp_version').notNull(),
    episodeId: uuid('episode_id')
      .notNull()
      .references(() => lampEpisodes.id),
    /** The day evaluated (by data), or the day on which the person acted, in the workspace's zone. */
    onDate: date('on_date', { mode: 'string' }).notNull(),
    /** When it was recorded. */
    at: instant('at').notNull(),
    fromState: position('from_state').notNull(),
    toState: position('to_state').notNull(),
    cause: text('cause', { enum: lampCauses }).notNull(),
    reason: text('reason'),
    actor: text('actor'),
    why: jsonb('why').$type<unknown>(),
  },
  (table) => [
    foreignKey({
      name: 'lamp_transitions_definition',
      columns: [table.workspaceId, table.lampKey, table.lampVersion],
      foreignColumns: [lampDefinitions.workspaceId, lampDefinitions.key, lampDefinitions.version],
    }),
    index('lamp_transitions_account').on(table.workspaceId, table.accountId, table.id),
    index('lamp_transitions_lamp').on(table.workspaceId, table.lampKey, table.onDate),
    check('lamp_transitions_from_state', oneOf('from_state', lampPositions)),
    check('lamp_transitions_to_state', oneOf('to_state', lampPositions)),
    check('lamp_transitions_cause', oneOf('cause', lampCauses)),
  ],
)

/**
 * A lamp that is kept from asking anybody about one account. One that ended or was taken back stays, as it
 * counted then.
 */
export const lampSilences = pgTable(
  'lamp_silences',
  {
    id: uuid('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    accountId: text('account_id').notNull(),
    lampKey: text('lamp_key').notNull(),
    reason: text('reason').notNull(),
    /** The user's id; null for a program. */
    silencedBy: text('silenced_by'),
    silencedAt: instant('silenced_at').notNull(),
    /** The day on which it counts no more; null = until somebody takes it back. */
    until: date('until', { mode: 'string' }),
    withdrawnAt: instant('withdrawn_at'),
    withdrawnBy: text('withdrawn_by'),
  },
  (table) => [
    index('lamp_silences_account').on(table.workspaceId, table.accountId, table.silencedAt),
    check('lamp_silences_reason', sql`reason <> ''`),
    check('lamp_silences_in_order', sql`withdrawn_at >= silenced_at`),
  ],
)

/** That a lamp is evaluated no more; taken back, it stays as it counted then. */
export const lampRetirements = pgTable(
  'lamp_retirements',
  {
    id: uuid('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    lampKey: text('lamp_key').notNull(),
    reason: text('reason').notNull(),
    /** The user's id; null for a program. */
    retiredBy: text('retired_by'),
    retiredAt: instant('retired_at').notNull(),
    restoredAt: instant('restored_at'),
    restoredBy: text('restored_by'),
  },
  (table) => [
    uniqueIndex('lamp_retirements_one_open')
      .on(table.workspaceId, table.lampKey)
      .where(sql`restored_at IS NULL`),
    check('lamp_retirements_reason', sql`reason <> ''`),
    check('lamp_retirements_in_order', sql`restored_at >= retired_at`),
  ],
)

/** That an episode was brought before somebody else since nobody acted on it: once at most. */
export const lampEscalations = pgTable('lamp_escalations', {
  episodeId: uuid('episode_id')
    .primaryKey()
    .references(() => lampEpisodes.id, { onDelete: 'cascade' }),
  workspaceId: text('workspace_id').notNull(),
  onDate: date('on_date', { mode: 'string' }).notNull(),
  at: instant('at').notNull(),
  /** Working days for which it had burnt without anybody acting. */
  businessDays: integer('business_days').notNull(),
  /** Names of those whom it was brought before. */
  recipients: jsonb('recipients').$type<unknown>().notNull(),
})

/** How far each lamp has been evaluated: every day up to and including `evaluated_through`. */
export const lampEvaluations = pgTable(
  'lamp_evaluations',
  {
    workspaceId: text('workspace_id').notNull(),
    lampKey: text('lamp_key').notNull(),
    lampVersion: integer('lamp_version').notNull(),
    evaluatedThrough: date('evaluated_through', { mode: 'string' }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.lampKey] }),
    foreignKey({
      name: 'lamp_evaluations_definition',
      columns: [table.workspaceId, table.lampKey, table.lampVersion],
      foreignColumns: [lampDefinitions.workspaceId, lampDefinitions.key, lampDefinitions.version],
    }),
  ],
)

import { sql } from 'drizzle-orm'
import {
  check,
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

/** Every version of every playbook. Rows are never changed or deleted (a trigger refuses it): runs stay on theirs. */
export const playbookDefinitions = pgTable(
  'playbook_definitions',
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
    check('playbook_definitions_version_positive', sql`version > 0`),
  ],
)

/** `skipped` and `held_out` never began; `done`, `stopped` and `cancelled` are over. */
export const runStates = [
  'running',
  'paused',
  'failed',
  'done',
  'stopped',
  'cancelled',
  'held_out',
  'skipped',
] as const
export type RunState = (typeof runStates)[number]

/** Why a run ended, or never began. */
export const runEndings = [
  'finished',
  'exit',
  'lamp_cleared',
  'account_gone',
  'person',
  'hold_out',
  'limit',
  'open_run',
] as const
export type RunEnding = (typeof runEndings)[number]

const oneOf = (column: string, values: readonly string[]) =>
  sql.raw(`${column} IN (${values.map((value) => `'${value}'`).join(', ')})`)

/** A playbook under way for an account, on the version with which it began. */
export const playbookRuns = pgTable(
  'playbook_runs',
  {
    id: uuid('id').primaryKey(),
    workspaceId: text('workspace_id').notNull(),
    playbookKey: text('playbook_key').notNull(),
    playbookVersion: integer('playbook_version').notNull(),
    accountId: text('account_id').notNull(),
    /** The lighting that began it; null = begun by hand. Its id outlives a replay that does not find it again. */
    episodeId: uuid('episode_id'),
    state: text('state', { enum: runStates }).notNull(),
    /** The step that is next; null where none is. */
    stepId: text('step_id'),
    /** Since when it waits at that step; null where it has not come to it yet. */
    waitingSince: instant('waiting_since'),
    /** When it is looked at next, while it runs. */
    nextAt: instant('next_at'),
    begunAt: instant('begun_at').notNull(),
    /** The user's id; null for a lamp or a program. */
    begunBy: text('begun_by'),
    endedAt: instant('ended_at'),
    ending: text('ending', { enum: runEndings }),
    /** Why the step failed, in both languages. */
    problem: jsonb('problem').$type<unknown>(),
  },
  (table) => [
    foreignKey({
      name: 'playbook_runs_definition',
      columns: [table.workspaceId, table.playbookKey, table.playbookVersion],
      foreignColumns: [
        playbookDefinitions.workspaceId,
        playbookDefinitions.key,
        playbookDefinitions.version,
      ],
    }),
    unique('playbook_runs_one_for_a_lighting').on(
      table.workspaceId,
      table.playbookKey,
      table.episodeId,
    ),
    uniqueIndex('playbook_runs_one_open')
      .on(table.workspaceId, table.playbookKey, table.accountId)
      .where(sql`state IN ('running', 'paused', 'failed')`),
    index('playbook_runs_due').on(table.nextAt).where(sql`state = 'running'`),
    index('playbook_runs_account').on(table.workspaceId, table.accountId),
    index('playbook_runs_by_time').on(table.workspaceId, table.begunAt),
    check('playbook_runs_state', oneOf('state', runStates)),
    check('playbook_runs_ending', oneOf('ending', runEndings)),
    check(
      'playbook_runs_ended_whole',
      sql`(state IN ('running', 'paused', 'failed')) = (ended_at IS NULL) AND (ended_at IS NULL) = (ending IS NULL)`,
    ),
    check('playbook_runs_next_at', sql`state <> 'running' OR next_at IS NOT NULL`),
    check('playbook_runs_problem', sql`(state = 'failed') = (problem IS NOT NULL)`),
  ],
)

/**
 * What became of a step of a run, with the effect that was written in the same transaction. Steps go forwards only, so
 * that each is done once at most, and the key says so.
 */
export const playbookSteps = pgTable(
  'playbook_steps',
  {
    runId: uuid('run_id')
      .notNull()
      .references(() => playbookRuns.id),
    stepId: text('step_id').notNull(),
    workspaceId: text('workspace_id').notNull(),
    /** The place of the step in the run, from 1. */
    place: integer('place').notNull(),
    /** What was done, as `outcomeSchema` of the server says. */
    outcome: jsonb('outcome').$type<unknown>().notNull(),
    at: instant('at').notNull(),
    taskId: uuid('task_id'),
    mailId: uuid('mail_id'),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.stepId] }),
    unique('playbook_steps_places').on(table.runId, table.place),
  ],
)

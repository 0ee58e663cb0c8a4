import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core'
import { instant } from './instant.ts'
import { workspaces } from './workspaces.ts'

/**
 * Every version of every scorecard. Rows are never changed or deleted (a trigger refuses it): what a
 * health score was on a day can be computed again as it was computed then.
 */
export const scorecards = pgTable(
  'scorecards',
  {
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    key: text('key').notNull(),
    version: integer('version').notNull(),
    /** The file as it was applied, to be given back byte for byte. */
    yaml: text('yaml').notNull(),
    definition: jsonb('definition').$type<unknown>().notNull(),
    /** From this version on no account is scored by it, until a newer one is applied. */
    retired: boolean('retired').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.key, table.version] }),
    check('scorecards_version_positive', sql`version > 0`),
  ],
)

/** Health scores that people set by hand. One that ended or was taken back stays, as it counted then. */
export const healthOverrides = pgTable(
  'health_overrides',
  {
    id: uuid('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    accountId: text('account_id').notNull(),
    /** From 0 to 10000. */
    scoreHundredths: integer('score_hundredths').notNull(),
    reason: text('reason').notNull(),
    /** The user's id; null for a program. */
    setBy: text('set_by'),
    setAt: instant('set_at').notNull(),
    /** The last day on which it counts, in the workspace's zone, and the instant at which that day ends. */
    endsOn: date('ends_on', { mode: 'string' }).notNull(),
    endsAt: instant('ends_at').notNull(),
    /** When a person took it back, or set another one. */
    withdrawnAt: instant('withdrawn_at'),
    withdrawnBy: text('withdrawn_by'),
  },
  (table) => [
    index('health_overrides_account').on(table.workspaceId, table.accountId, table.setAt),
    check('health_overrides_score', sql`score_hundredths BETWEEN 0 AND 10000`),
    check('health_overrides_reason', sql`reason <> ''`),
    check('health_overrides_in_order', sql`ends_at > set_at AND withdrawn_at >= set_at`),
  ],
)

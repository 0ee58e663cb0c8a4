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
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { instant } from './instant.ts'
import { workspaces } from './workspaces.ts'

/**
 * Every version of every goal. Rows are never changed or deleted (a trigger refuses it): whether a goal was
 * reached is told against what was set out to be reached, and a target that was moved is seen to be.
 */
export const goals = pgTable(
  'goals',
  {
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    key: text('key').notNull(),
    version: integer('version').notNull(),
    /** The file as it was applied, to be given back byte for byte. */
    yaml: text('yaml').notNull(),
    definition: jsonb('definition').$type<unknown>().notNull(),
    /** From this version on it is no goal any more, until a newer one is applied. */
    retired: boolean('retired').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.key, table.version] }),
    check('goals_version_positive', sql`version > 0`),
  ],
)

/** How it ended that a goal was off its course: it came back, its time was over, or it was retired. */
export const goalNoticeEndings = ['returned', 'over', 'retired'] as const

/** That a goal left its course, and who was told: once for each leaving. */
export const goalNotices = pgTable(
  'goal_notices',
  {
    id: uuid('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    goalKey: text('goal_key').notNull(),
    goalVersion: integer('goal_version').notNull(),
    leftOn: date('left_on', { mode: 'string' }).notNull(),
    at: instant('at').notNull(),
    /** Names or addresses. */
    told: jsonb('told').$type<unknown>().notNull(),
    /** How the goal stood then, in a sentence. */
    says: jsonb('says').$type<unknown>().notNull(),
    /** Null while it is off its course. */
    endedOn: date('ended_on', { mode: 'string' }),
    ending: text('ending', { enum: goalNoticeEndings }),
  },
  (table) => [
    index('goal_notices_of_workspace').on(table.workspaceId, table.at),
    uniqueIndex('goal_notices_one_open')
      .on(table.workspaceId, table.goalKey)
      .where(sql`ended_on IS NULL`),
    check('goal_notices_ending', sql`ending IN ('returned', 'over', 'retired')`),
    check('goal_notices_ended_whole', sql`(ended_on IS NULL) = (ending IS NULL)`),
  ],
)

import { sql } from 'drizzle-orm'
import { boolean, check, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
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

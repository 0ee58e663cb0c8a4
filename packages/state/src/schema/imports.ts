import { sql } from 'drizzle-orm'
import { boolean, check, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './instant.ts'
import { workspaces } from './workspaces.ts'

export const importStates = ['running', 'done', 'failed'] as const
export type ImportState = (typeof importStates)[number]

/** One run of an import. A run that was killed stays `running` until the next start marks it failed. */
export const imports = pgTable(
  'imports',
  {
    id: uuid('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    state: text('state', { enum: importStates }).notNull(),
    dryRun: boolean('dry_run').notNull(),
    startedAt: instant('started_at').notNull(),
    finishedAt: instant('finished_at'),
    files: jsonb('files').$type<unknown>().notNull(),
    summary: jsonb('summary').$type<unknown>(),
    error: jsonb('error').$type<unknown>(),
  },
  (table) => [
    index('imports_by_start').on(table.workspaceId, table.startedAt),
    check('imports_state', sql`state IN ('running', 'done', 'failed')`),
  ],
)

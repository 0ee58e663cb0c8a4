import { sql } from 'drizzle-orm'
import { check, date, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './instant.ts'
import { lampEpisodes } from './lamps.ts'
import { workspaces } from './workspaces.ts'

export const taskStates = ['open', 'started', 'done', 'cancelled'] as const
export type TaskState = (typeof taskStates)[number]

/** Something for a person to do for an account. A lamp's episode makes at most one. */
export const tasks = pgTable(
  'tasks',
  {
    id: uuid('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    accountId: text('account_id').notNull(),
    lampKey: text('lamp_key').notNull(),
    episodeId: uuid('episode_id')
      .unique()
      .references(() => lampEpisodes.id),
    title: jsonb('title').$type<{ en: string; ja: string }>().notNull(),
    body: jsonb('body').$type<{ en: string; ja: string }>().notNull(),
    owner: text('owner'),
    dueOn: date('due_on', { mode: 'string' }).notNull(),
    state: text('state', { enum: taskStates }).notNull(),
    createdAt: instant('created_at').notNull(),
    startedAt: instant('started_at'),
    doneAt: instant('done_at'),
    note: text('note'),
  },
  (table) => [
    index('tasks_account').on(table.workspaceId, table.accountId),
    index('tasks_to_do')
      .on(table.workspaceId, table.dueOn)
      .where(sql`state IN ('open', 'started')`),
    check('tasks_state', sql`state IN ('open', 'started', 'done', 'cancelled')`),
  ],
)

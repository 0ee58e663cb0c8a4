import { sql } from 'drizzle-orm'
import { check, date, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './instant.ts'
import { lampEpisodes } from './lamps.ts'
import { playbookRuns } from './playbooks.ts'
import { workspaces } from './workspaces.ts'

export const taskStates = ['open', 'started', 'done', 'cancelled'] as const
export type TaskState = (typeof taskStates)[number]

/** Something for a person to do for an account, made by a lamp or by a person. A lamp's episode makes at most one. */
export const tasks = pgTable(
  'tasks',
  {
    id: uuid('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    accountId: text('account_id').notNull(),
    /** The lamp that made it; null = somebody did. */
    lampKey: text('lamp_key'),
    episodeId: uuid('episode_id')
      .unique()
      .references(() => lampEpisodes.id),
    /** What a person wrote is the same in both. */
    /** The run of a playbook that made it. */
    runId: uuid('run_id').references(() => playbookRuns.id),
    title: jsonb('title').$type<{ en: string; ja: string }>().notNull(),
    body: jsonb('body').$type<{ en: string; ja: string }>().notNull(),
    /** Who does it, as accounts call their owner; null = whoever owns the account. */
    owner: text('owner'),
    dueOn: date('due_on', { mode: 'string' }).notNull(),
    state: text('state', { enum: taskStates }).notNull(),
    createdAt: instant('created_at').notNull(),
    startedAt: instant('started_at'),
    doneAt: instant('done_at'),
    /** Null also where its lamp cancelled it. */
    cancelledAt: instant('cancelled_at'),
    /** The user's id; null for a program or a lamp. */
    madeBy: text('made_by'),
    /** Who finished or cancelled it; the user's id, null for a program or a lamp. */
    closedBy: text('closed_by'),
    note: text('note'),
  },
  (table) => [
    index('tasks_account').on(table.workspaceId, table.accountId),
    index('tasks_to_do')
      .on(table.workspaceId, table.dueOn)
      .where(sql`state IN ('open', 'started')`),
    check('tasks_state', sql`state IN ('open', 'started', 'done', 'cancelled')`),
    check('tasks_done_at', sql`(state = 'done') = (done_at IS NOT NULL)`),
    check('tasks_cancelled_at', sql`cancelled_at IS NULL OR state = 'cancelled'`),
    check('tasks_closed_by', sql`closed_by IS NULL OR state IN ('done', 'cancelled')`),
  ],
)

/** What people said about a task. */
export const taskComments = pgTable(
  'task_comments',
  {
    id: uuid('id').primaryKey(),
    workspaceId: text('workspace_id').notNull(),
    taskId: uuid('task_id')
      .notNull()
      .references(() => tasks.id, { onDelete: 'cascade' }),
    text: text('text').notNull(),
    /** The user's id; null for a program. */
    madeBy: text('made_by'),
    madeAt: instant('made_at').notNull(),
  },
  (table) => [
    index('task_comments_of_task').on(table.taskId, table.madeAt),
    check('task_comments_text', sql`text <> ''`),
  ],
)

import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import { instant } from './instant.ts'
import { workspaces } from './workspaces.ts'

/** Addresses that are told of what happens. With what their messages are signed is in `secrets`. */
export const webhooks = pgTable(
  'webhooks',
  {
    id: uuid('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    name: text('name').notNull(),
    url: text('url').notNull(),
    /** Of what it is told: a list of names. */
    events: jsonb('events').$type<unknown>().notNull(),
    isOn: boolean('is_on').notNull(),
    createdAt: instant('created_at').notNull(),
    lastSentAt: instant('last_sent_at'),
    /** Why the latest attempt failed; null when it did not. */
    problem: text('problem'),
    /** How often in a row it could not be reached, and until when nothing is sent there for that. */
    failures: integer('failures').notNull(),
    pausedUntil: instant('paused_until'),
    /** Until then messages are signed with the secret of before as well. */
    oldSecretUntil: instant('old_secret_until'),
  },
  (table) => [
    unique('webhooks_names').on(table.workspaceId, table.name),
    index('webhooks_of_workspace').on(table.workspaceId, table.createdAt),
  ],
)

export const webhookMessageStates = ['waiting', 'sent', 'failed'] as const

/** Messages on their way, and what became of them. */
export const webhookMessages = pgTable(
  'webhook_messages',
  {
    id: uuid('id').primaryKey(),
    webhookId: uuid('webhook_id')
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    /** What it tells of, so that nothing is told twice. */
    about: text('about').notNull(),
    type: text('type').notNull(),
    /** JSON, to the letter: what is signed is what is sent. */
    body: text('body').notNull(),
    state: text('state', { enum: webhookMessageStates }).notNull(),
    attempts: integer('attempts').notNull(),
    /** When it is tried next, while it waits. */
    nextAt: instant('next_at').notNull(),
    problem: text('problem'),
    createdAt: instant('created_at').notNull(),
    doneAt: instant('done_at'),
  },
  (table) => [
    unique('webhook_messages_once').on(table.webhookId, table.about),
    index('webhook_messages_waiting').on(table.nextAt).where(sql`state = 'waiting'`),
    index('webhook_messages_by_time').on(table.webhookId, table.createdAt),
    check('webhook_messages_state', sql`state IN ('waiting', 'sent', 'failed')`),
  ],
)

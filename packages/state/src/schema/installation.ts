import { sql } from 'drizzle-orm'
import { check, index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './instant.ts'

/** What was chosen for the installation as a whole, such as its mail server. Secrets are in `secrets`. */
export const installationSettings = pgTable('installation_settings', {
  key: text('key').primaryKey(),
  value: jsonb('value').$type<unknown>().notNull(),
  changedAt: instant('changed_at').notNull(),
})

export const mailStates = ['waiting', 'sent', 'failed'] as const

/** E-mails on their way, and what became of them. What they say is in `secrets` until they are sent. */
export const mails = pgTable(
  'mails',
  {
    id: uuid('id').primaryKey(),
    kind: text('kind').notNull(),
    toAddress: text('to_address').notNull(),
    language: text('language', { enum: ['ja', 'en'] }).notNull(),
    state: text('state', { enum: mailStates }).notNull(),
    attempts: integer('attempts').notNull(),
    /** When it is tried next, while it waits. */
    nextAt: instant('next_at').notNull(),
    /** Why the last attempt failed. */
    problem: text('problem'),
    createdAt: instant('created_at').notNull(),
    doneAt: instant('done_at'),
  },
  (table) => [
    index('mails_waiting').on(table.nextAt).where(sql`state = 'waiting'`),
    index('mails_by_time').on(table.createdAt),
    check('mails_state', sql`state IN ('waiting', 'sent', 'failed')`),
  ],
)

import { sql } from 'drizzle-orm'
import { bigint, check, index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './instant.ts'
import { workspaces } from './workspaces.ts'

export const erasureStates = ['running', 'done'] as const

/** Erasures of people. Of one that is done only the receipt stays, which does not say who it was. */
export const erasures = pgTable(
  'erasures',
  {
    id: uuid('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    state: text('state', { enum: erasureStates }).notNull(),
    askedAt: instant('asked_at').notNull(),
    /** Id of the user or key that asked; empty for the command line. */
    askedBy: text('asked_by').notNull(),
    doneAt: instant('done_at'),
    /** Who is meant and what is being done, while it is; so that it goes on after a crash. */
    plan: jsonb('plan').$type<unknown>(),
    receipt: jsonb('receipt').$type<unknown>(),
  },
  (table) => [
    index('erasures_of_workspace').on(table.workspaceId, table.askedAt),
    check('erasures_state', sql`state IN ('running', 'done')`),
    check('erasures_plan_goes', sql`(state = 'running') = (plan IS NOT NULL)`),
    check('erasures_receipt_comes', sql`(state = 'done') = (receipt IS NOT NULL)`),
  ],
)

/** What hashes of erased ids are made with, so that nobody can look them up in a list. */
export const erasureSalts = pgTable('erasure_salts', {
  workspaceId: text('workspace_id')
    .primaryKey()
    .references(() => workspaces.id),
  salt: text('salt').notNull(),
})

/** Ids and addresses of which nothing is taken any more, as salted hashes. */
export const erasedIds = pgTable(
  'erased_ids',
  {
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    /** HMAC-SHA-256 of what kind of id it is, the id and the account within which it is one. */
    hash: text('hash').notNull(),
    erasureId: uuid('erasure_id')
      .notNull()
      .references(() => erasures.id),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.hash] })],
)

/**
 * Entries of the audit log out of which a person was taken, and the hash of what they say since. The entry of
 * the erasure has a hash over all of its rows here.
 */
export const auditRewritten = pgTable(
  'audit_rewritten',
  {
    seq: bigint('seq', { mode: 'number' }).notNull(),
    /** Seq of the erasure's own entry. */
    erasedIn: bigint('erased_in', { mode: 'number' }).notNull(),
    hash: text('hash').notNull(),
  },
  (table) => [primaryKey({ columns: [table.seq, table.erasedIn] })],
)

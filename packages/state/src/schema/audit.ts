import { sql } from 'drizzle-orm'
import { bigint, check, index, pgTable, text } from 'drizzle-orm/pg-core'
import { instant } from './instant.ts'

export const actorKinds = ['program', 'person', 'key', 'nobody'] as const
export const auditOutcomes = ['done', 'refused'] as const

/**
 * Who did what, when, from where. Rows are only ever added (a trigger refuses anything else), and each
 * holds a hash of itself and the one before.
 */
export const auditLog = pgTable(
  'audit_log',
  {
    /** 1, 2, 3 … without a gap, over all workspaces. */
    seq: bigint('seq', { mode: 'number' }).primaryKey(),
    /** No reference: the log outlives everything else. */
    workspaceId: text('workspace_id').notNull(),
    at: instant('at').notNull(),
    actorKind: text('actor_kind', { enum: actorKinds }).notNull(),
    actorId: text('actor_id'),
    actorName: text('actor_name').notNull(),
    /** The operation's name, such as people.change. */
    action: text('action').notNull(),
    outcome: text('outcome', { enum: auditOutcomes }).notNull(),
    /** The code of the refusal. */
    code: text('code'),
    /** JSON with `input`, `before` and `after`, without secrets. Text, so that its hash stays the same. */
    details: text('details').notNull(),
    address: text('address'),
    userAgent: text('user_agent'),
    /**
     * Random, and part of the hash, so that the hash confirms no guess of what it is of. It goes when a person is
     * taken out of the entry; entries of earlier versions have none.
     */
    salt: text('salt'),
    /** Of the entry before; empty for the first. */
    previousHash: text('previous_hash').notNull(),
    /** SHA-256 over all of the above, hexadecimal. */
    hash: text('hash').notNull(),
  },
  (table) => [
    index('audit_log_of_workspace').on(table.workspaceId, table.seq),
    check('audit_log_outcome', sql`outcome IN ('done', 'refused')`),
    check('audit_log_actor_kind', sql`actor_kind IN ('program', 'person', 'key', 'nobody')`),
  ],
)

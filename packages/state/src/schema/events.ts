import { sql } from 'drizzle-orm'
import { bigint, check, index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './instant.ts'
import { workspaces } from './workspaces.ts'

/** Keys with which products send events. Only a hash is kept; the key is shown once. */
export const writeKeys = pgTable(
  'write_keys',
  {
    id: uuid('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    name: text('name').notNull(),
    /** SHA-256 of the key, hexadecimal. A key is random and long, so that no salt is needed. */
    hash: text('hash').notNull().unique(),
    /** The first characters of the key, to tell keys apart. */
    hint: text('hint').notNull(),
    createdAt: instant('created_at').notNull(),
    /** Null: until it is revoked. */
    expiresAt: instant('expires_at'),
    /** To about a minute. */
    lastUsedAt: instant('last_used_at'),
    revokedAt: instant('revoked_at'),
  },
  (table) => [index('write_keys_by_workspace').on(table.workspaceId, table.createdAt)],
)

/** How far the journal of events has been turned into facts. One row. */
export const eventProgress = pgTable(
  'event_progress',
  {
    id: text('id').primaryKey(),
    /** Number of the first record of the journal that is not in the facts yet. */
    nextRecord: bigint('next_record', { mode: 'number' }).notNull(),
  },
  () => [check('event_progress_one', sql`id = 'journal'`)],
)

/** Who an anonymous visitor, or a user by an earlier id, turned out to be. */
export const personLinks = pgTable(
  'person_links',
  {
    workspaceId: text('workspace_id').notNull(),
    /** `a:` and an anonymous id, or `u:` and a user id. */
    person: text('person').notNull(),
    /** The same, of whom it is. */
    isPerson: text('is_person').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.person] }),
    index('person_links_by_target').on(table.workspaceId, table.isPerson),
  ],
)

/** To which account a person belongs, from when on. */
export const personAccounts = pgTable(
  'person_accounts',
  {
    workspaceId: text('workspace_id').notNull(),
    person: text('person').notNull(),
    accountId: text('account_id').notNull(),
    since: instant('since').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.person, table.since] })],
)

import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { instant } from './instant.ts'

/** What the program must be able to read again, encrypted; the key is not in the database. */
export const secrets = pgTable(
  'secrets',
  {
    /** `installation`, `workspace:` and an id, or `user:` and an id. */
    scope: text('scope').notNull(),
    name: text('name').notNull(),
    /** Which key it was sealed with. */
    keyId: text('key_id').notNull(),
    /** Nonce, text and tag of AES-256-GCM, base64url. */
    sealed: text('sealed').notNull(),
    changedAt: instant('changed_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.scope, table.name] })],
)

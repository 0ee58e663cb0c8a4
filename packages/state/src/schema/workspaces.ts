import { jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { instant } from './instant.ts'

/** A company that uses the system. Everything else belongs to exactly one. */
export const workspaces = pgTable('workspaces', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  /** Only what was set by hand; defaults are the server's, so that a new setting needs no migration. */
  settings: jsonb('settings').$type<unknown>().notNull(),
  createdAt: instant('created_at').notNull(),
})

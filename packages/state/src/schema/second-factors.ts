import { bigint, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { instant } from './instant.ts'
import { users } from './people.ts'

/** Who signs in with codes of an app as well. What the codes come from is in `secrets`. */
export const secondFactors = pgTable('second_factors', {
  userId: text('user_id')
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  since: instant('since').notNull(),
  /** Number of the half minute whose code was used last: neither it nor one before is good again. */
  lastStep: bigint('last_step', { mode: 'number' }).notNull(),
  /** Wrong codes in a row. */
  failures: integer('failures').notNull(),
  /** Until then no code is looked at. */
  blockedUntil: instant('blocked_until'),
})

/** Codes for who lost the app, each good once. Only hashes are kept. */
export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    userId: text('user_id')
      .notNull()
      .references(() => secondFactors.userId, { onDelete: 'cascade' }),
    /** SHA-256 of the code, hexadecimal. A code is random and long, so that no salt is needed. */
    hash: text('hash').notNull(),
    usedAt: instant('used_at'),
  },
  (table) => [primaryKey({ columns: [table.userId, table.hash] })],
)

import { sql } from 'drizzle-orm'
import { bigint, check, date, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { workspaces } from './workspaces.ts'

export const demonstrationStates = ['loading', 'ready'] as const
export type DemonstrationState = (typeof demonstrationStates)[number]

/**
 * A workspace that was filled with a simulated company. Its parameters are kept, so that a loading that
 * was cut off is finished with the very same company, on a later day as well.
 */
export const demonstrations = pgTable(
  'demonstrations',
  {
    workspaceId: text('workspace_id')
      .primaryKey()
      .references(() => workspaces.id),
    state: text('state', { enum: demonstrationStates }).notNull(),
    accounts: integer('accounts').notNull(),
    months: integer('months').notNull(),
    seed: bigint('seed', { mode: 'number' }).notNull(),
    endsOn: date('ends_on', { mode: 'string' }).notNull(),
  },
  () => [check('demonstrations_state', sql`state IN ('loading', 'ready')`)],
)

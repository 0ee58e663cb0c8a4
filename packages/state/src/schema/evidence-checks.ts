import { sql } from 'drizzle-orm'
import { check, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { instant } from './instant.ts'
import { workspaces } from './workspaces.ts'

export const checkedSubjects = ['metric', 'lamp'] as const
export type CheckedSubject = (typeof checkedSubjects)[number]

/**
 * What the workspace's own data said each time that it was asked whether a metric or a lamp goes before an
 * outcome. Rows are added and never changed: that a relation has faded is seen by what was found before.
 */
export const evidenceChecks = pgTable(
  'evidence_checks',
  {
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    subject: text('subject', { enum: checkedSubjects }).notNull(),
    key: text('key').notNull(),
    version: integer('version').notNull(),
    outcome: text('outcome').notNull(),
    checkedAt: instant('checked_at').notNull(),
    found: jsonb('found').$type<unknown>().notNull(),
  },
  (table) => [
    primaryKey({
      columns: [table.workspaceId, table.subject, table.key, table.outcome, table.checkedAt],
    }),
    check('evidence_checks_subject', sql`subject IN ('metric', 'lamp')`),
  ],
)

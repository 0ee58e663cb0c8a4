import { sql } from 'drizzle-orm'
import { check, foreignKey, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { instant } from './instant.ts'
import { workspaces } from './workspaces.ts'

/**
 * Every version of every metric that a workspace defined. Rows are never changed or deleted (a trigger
 * refuses it): a figure names the version that made it, and must be explainable for ever.
 */
export const customMetrics = pgTable(
  'custom_metrics',
  {
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    key: text('key').notNull(),
    version: integer('version').notNull(),
    /** The file as it was applied, to be given back byte for byte. */
    yaml: text('yaml').notNull(),
    /** What the file was checked to say, with the versions of the metrics that it is made of. */
    definition: jsonb('definition').$type<unknown>().notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.key, table.version] }),
    check('custom_metrics_version_positive', sql`version > 0`),
  ],
)

/** Versions after which a metric is not offered any more, until a newer one is applied. */
export const retiredMetrics = pgTable(
  'retired_metrics',
  {
    workspaceId: text('workspace_id').notNull(),
    key: text('key').notNull(),
    version: integer('version').notNull(),
    retiredAt: instant('retired_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.key, table.version] }),
    foreignKey({
      name: 'retired_metrics_definition',
      columns: [table.workspaceId, table.key, table.version],
      foreignColumns: [customMetrics.workspaceId, customMetrics.key, customMetrics.version],
    }),
  ],
)

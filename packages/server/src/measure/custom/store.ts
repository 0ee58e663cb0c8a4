import { customMetrics, retiredMetrics } from '@tomoshibi/state/schema/custom-metrics'
import type { StateDb } from '@tomoshibi/state/store'
import { and, asc, desc, eq, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'

/** One version of a metric as it is stored. */
export interface StoredMetric {
  readonly key: string
  readonly version: number
  readonly yaml: string
  /** Unchecked. */
  readonly definition: unknown
  readonly createdAt: Temporal.Instant
  readonly retired: boolean
}

/** Keeps others from changing the metrics of this workspace until the transaction ends. */
export async function lockMetrics(tx: StateDb, workspaceId: string): Promise<void> {
  await tx.execute(
    sql`SELECT pg_advisory_xact_lock(hashtextextended(${`metrics of ${workspaceId}`}, 0))`,
  )
}

/** Every version of every metric of a workspace, by key, newest version first. */
export async function allVersions(db: StateDb, workspaceId: string): Promise<StoredMetric[]> {
  const rows = await db
    .select({ metric: customMetrics, retiredAt: retiredMetrics.retiredAt })
    .from(customMetrics)
    .leftJoin(
      retiredMetrics,
      and(
        eq(retiredMetrics.workspaceId, customMetrics.workspaceId),
        eq(retiredMetrics.key, customMetrics.key),
        eq(retiredMetrics.version, customMetrics.version),
      ),
    )
    .where(eq(customMetrics.workspaceId, workspaceId))
    .orderBy(asc(customMetrics.key), desc(customMetrics.version))
  return rows.map(({ metric, retiredAt }) => ({
    key: metric.key,
    version: metric.version,
    yaml: metric.yaml,
    definition: metric.definition,
    createdAt: metric.createdAt,
    retired: retiredAt !== null,
  }))
}

export async function addVersions(
  tx: StateDb,
  workspaceId: string,
  metrics: readonly Omit<StoredMetric, 'retired'>[],
): Promise<void> {
  if (metrics.length === 0) return
  await tx.insert(customMetrics).values(metrics.map((metric) => ({ workspaceId, ...metric })))
}

export async function retireVersion(
  tx: StateDb,
  workspaceId: string,
  key: string,
  version: number,
  retiredAt: Temporal.Instant,
): Promise<void> {
  await tx.insert(retiredMetrics).values({ workspaceId, key, version, retiredAt })
}

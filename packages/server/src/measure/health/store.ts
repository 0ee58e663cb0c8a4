import { customMetrics } from '@tomoshibi/state/schema/custom-metrics'
import { healthOverrides, scorecards } from '@tomoshibi/state/schema/health'
import type { StateDb } from '@tomoshibi/state/store'
import { and, asc, count, desc, eq, gt, isNull, lte } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { userNames } from '../../people/names.ts'

export type StoredScorecard = typeof scorecards.$inferSelect
export type StoredOverride = typeof healthOverrides.$inferSelect & {
  /** What who set it is called now; null for a program. */
  readonly setByName: string | null
}

/** Every version of every scorecard of a workspace, by key, newest version first. */
export async function allScorecards(db: StateDb, workspaceId: string): Promise<StoredScorecard[]> {
  return db
    .select()
    .from(scorecards)
    .where(eq(scorecards.workspaceId, workspaceId))
    .orderBy(asc(scorecards.key), desc(scorecards.version))
}

export async function addScorecards(
  tx: StateDb,
  added: readonly (typeof scorecards.$inferInsert)[],
): Promise<void> {
  if (added.length > 0) await tx.insert(scorecards).values([...added])
}

/** How many versions of metrics the workspace has had defined by an instant. */
export async function countMetricVersions(
  db: StateDb,
  workspaceId: string,
  at?: Temporal.Instant,
): Promise<number> {
  const [row] = await db
    .select({ n: count() })
    .from(customMetrics)
    .where(
      and(
        eq(customMetrics.workspaceId, workspaceId),
        at === undefined ? undefined : lte(customMetrics.createdAt, at),
      ),
    )
  return row?.n ?? 0
}

/** Every override of a workspace, oldest first. */
export async function allOverrides(db: StateDb, workspaceId: string): Promise<StoredOverride[]> {
  const rows = await db
    .select()
    .from(healthOverrides)
    .where(eq(healthOverrides.workspaceId, workspaceId))
    .orderBy(asc(healthOverrides.setAt), asc(healthOverrides.id))
  const ids = rows.flatMap(({ setBy }) => setBy ?? [])
  const names = await userNames(db, ids)
  return rows.map((row) => ({
    ...row,
    setByName: row.setBy === null ? null : (names.get(row.setBy) ?? null),
  }))
}

export async function addOverride(
  tx: StateDb,
  override: typeof healthOverrides.$inferInsert,
): Promise<void> {
  await tx.insert(healthOverrides).values(override)
}

/** Takes back what holds for an account, and gives back how many those were: one or none. */
export async function withdrawOverrides(
  tx: StateDb,
  workspaceId: string,
  accountId: string,
  by: { readonly at: Temporal.Instant; readonly actor: string | null },
): Promise<number> {
  const rows = await tx
    .update(healthOverrides)
    .set({ withdrawnAt: by.at, withdrawnBy: by.actor })
    .where(
      and(
        eq(healthOverrides.workspaceId, workspaceId),
        eq(healthOverrides.accountId, accountId),
        isNull(healthOverrides.withdrawnAt),
        gt(healthOverrides.endsAt, by.at),
      ),
    )
    .returning({ id: healthOverrides.id })
  return rows.length
}

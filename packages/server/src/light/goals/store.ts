import { goals } from '@tomoshibi/state/schema/goals'
import type { StateDb } from '@tomoshibi/state/store'
import { asc, desc, eq, sql } from 'drizzle-orm'

export type StoredGoal = typeof goals.$inferSelect

/** Keeps others from changing the goals of this workspace until the transaction ends. */
export async function lockGoals(tx: StateDb, workspaceId: string): Promise<void> {
  await tx.execute(
    sql`SELECT pg_advisory_xact_lock(hashtextextended(${`goals of ${workspaceId}`}, 0))`,
  )
}

/** Every version of every goal of a workspace, by key, newest version first. */
export async function allGoals(db: StateDb, workspaceId: string): Promise<StoredGoal[]> {
  return db
    .select()
    .from(goals)
    .where(eq(goals.workspaceId, workspaceId))
    .orderBy(asc(goals.key), desc(goals.version))
}

export async function addGoals(
  tx: StateDb,
  added: readonly (typeof goals.$inferInsert)[],
): Promise<void> {
  if (added.length > 0) await tx.insert(goals).values([...added])
}

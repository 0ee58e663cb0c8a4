import { goalNotices, goals } from '@tomoshibi/state/schema/goals'
import type { StateDb } from '@tomoshibi/state/store'
import { and, asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm'

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

export type StoredNotice = typeof goalNotices.$inferSelect

/** Those of goals that are off their course still. */
export async function openNotices(db: StateDb, workspaceId: string): Promise<StoredNotice[]> {
  return db
    .select()
    .from(goalNotices)
    .where(and(eq(goalNotices.workspaceId, workspaceId), isNull(goalNotices.endedOn)))
}

/** The newest ones. */
export async function newestNotices(
  db: StateDb,
  workspaceId: string,
  limit: number,
): Promise<StoredNotice[]> {
  return db
    .select()
    .from(goalNotices)
    .where(eq(goalNotices.workspaceId, workspaceId))
    .orderBy(desc(goalNotices.at), asc(goalNotices.goalKey))
    .limit(limit)
}

export async function addNotices(
  tx: StateDb,
  added: readonly (typeof goalNotices.$inferInsert)[],
): Promise<void> {
  if (added.length > 0) await tx.insert(goalNotices).values([...added])
}

export async function endNotices(
  tx: StateDb,
  ids: readonly string[],
  how: { readonly on: string; readonly ending: NonNullable<StoredNotice['ending']> },
): Promise<void> {
  if (ids.length === 0) return
  await tx
    .update(goalNotices)
    .set({ endedOn: how.on, ending: how.ending })
    .where(inArray(goalNotices.id, [...ids]))
}

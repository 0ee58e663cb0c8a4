import { type CheckedSubject, evidenceChecks } from '@tomoshibi/state/schema/evidence-checks'
import type { StateDb } from '@tomoshibi/state/store'
import { and, desc, eq } from 'drizzle-orm'

export type StoredCheck = typeof evidenceChecks.$inferSelect

/** Every check of a workspace, of one kind of subject, newest first. */
export async function allChecks(
  db: StateDb,
  workspaceId: string,
  subject: CheckedSubject,
): Promise<StoredCheck[]> {
  return db
    .select()
    .from(evidenceChecks)
    .where(and(eq(evidenceChecks.workspaceId, workspaceId), eq(evidenceChecks.subject, subject)))
    .orderBy(desc(evidenceChecks.checkedAt))
}

/** Keeps checks; the same one again changes nothing. */
export async function addChecks(
  db: StateDb,
  added: readonly (typeof evidenceChecks.$inferInsert)[],
): Promise<void> {
  if (added.length === 0) return
  await db
    .insert(evidenceChecks)
    .values([...added])
    .onConflictDoNothing()
}

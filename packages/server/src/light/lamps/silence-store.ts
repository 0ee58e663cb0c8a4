import { lampSilences } from '@tomoshibi/state/schema/lamps'
import type { StateDb } from '@tomoshibi/state/store'
import { and, asc, eq, gt, isNull, or, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'

export type StoredSilence = typeof lampSilences.$inferSelect

/** One name for a lamp of an account. */
export const silenceKey = ({ accountId, lampKey }: Pick<StoredSilence, 'accountId' | 'lampKey'>) =>
  JSON.stringify([accountId, lampKey])

/** The silences that count on a day (ISO date), by `silenceKey`. */
export async function silencesOn(
  db: StateDb,
  workspaceId: string,
  on: string,
): Promise<Map<string, StoredSilence>> {
  const rows = await db
    .select()
    .from(lampSilences)
    .where(
      and(
        eq(lampSilences.workspaceId, workspaceId),
        isNull(lampSilences.withdrawnAt),
        or(isNull(lampSilences.until), gt(lampSilences.until, on)),
      ),
    )
    .orderBy(asc(lampSilences.silencedAt))
  return new Map(rows.map((row) => [silenceKey(row), row]))
}

/** Everything that was ever silenced, in order. */
export async function allSilences(db: StateDb, workspaceId: string): Promise<StoredSilence[]> {
  return db
    .select()
    .from(lampSilences)
    .where(eq(lampSilences.workspaceId, workspaceId))
    .orderBy(asc(lampSilences.silencedAt), sql`withdrawn_at ASC NULLS LAST`, asc(lampSilences.id))
}

export async function addSilence(tx: StateDb, silence: StoredSilence): Promise<void> {
  await tx.insert(lampSilences).values(silence)
}

export async function withdrawSilence(
  tx: StateDb,
  id: string,
  by: { readonly at: Temporal.Instant; readonly actor: string | null },
): Promise<void> {
  await tx
    .update(lampSilences)
    .set({ withdrawnAt: by.at, withdrawnBy: by.actor })
    .where(eq(lampSilences.id, id))
}

import { lampEpisodes, lampRetirements, lampTransitions } from '@tomoshibi/state/schema/lamps'
import type { StateDb } from '@tomoshibi/state/store'
import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import type { Transition } from './ledger.ts'
import { readWhy, transitionOf } from './store.ts'

export type StoredRetirement = typeof lampRetirements.$inferSelect

/** The lamps that are retired now, by key. */
export async function retirementsNow(
  db: StateDb,
  workspaceId: string,
): Promise<Map<string, StoredRetirement>> {
  const rows = await db
    .select()
    .from(lampRetirements)
    .where(and(eq(lampRetirements.workspaceId, workspaceId), isNull(lampRetirements.restoredAt)))
    .orderBy(asc(lampRetirements.retiredAt))
  return new Map(rows.map((row) => [row.lampKey, row]))
}

export async function addRetirement(tx: StateDb, retirement: StoredRetirement): Promise<void> {
  await tx.insert(lampRetirements).values(retirement)
}

export async function endRetirement(
  tx: StateDb,
  id: string,
  by: { readonly at: Temporal.Instant; readonly actor: string | null },
): Promise<void> {
  await tx
    .update(lampRetirements)
    .set({ restoredAt: by.at, restoredBy: by.actor })
    .where(eq(lampRetirements.id, id))
}

const ofIds = (ids: readonly string[]) => inArray(lampEpisodes.id, [...ids])

/** Ends episodes on a day, since their lamp was retired. */
export async function endEpisodes(tx: StateDb, ids: readonly string[], on: string): Promise<void> {
  if (ids.length === 0) return
  await tx
    .update(lampEpisodes)
    .set({ clearedOn: sql`greatest(${on}::date, lit_on)`, clearedBy: 'retired' })
    .where(ofIds(ids))
}

/** Opens episodes again that a retirement ended. */
export async function reopenEpisodes(tx: StateDb, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await tx.update(lampEpisodes).set({ clearedOn: null, clearedBy: null }).where(ofIds(ids))
}

/** What a retirement put out, each with the day on which its episode began and why it lit. */
export async function putOutBy(tx: StateDb, { workspaceId, lampKey, retiredAt }: StoredRetirement) {
  const rows = await tx
    .select({
      transition: lampTransitions,
      litOn: lampEpisodes.litOn,
      why: lampEpisodes.why,
    })
    .from(lampTransitions)
    .innerJoin(lampEpisodes, eq(lampEpisodes.id, lampTransitions.episodeId))
    .where(
      and(
        eq(lampTransitions.workspaceId, workspaceId),
        eq(lampTransitions.lampKey, lampKey),
        eq(lampTransitions.at, retiredAt),
        eq(lampTransitions.cause, 'person'),
        eq(lampTransitions.toState, 'off'),
        eq(lampEpisodes.clearedBy, 'retired'),
      ),
    )
    .orderBy(asc(lampTransitions.id))
  // Retired twice within one instant, the last counts.
  const byAccount = new Map(rows.map((row) => [row.transition.accountId, row]))
  return [...byAccount.values()].map(
    ({ transition, litOn, why }): PutOut => ({
      transition: transitionOf(transition),
      litOn,
      why: readWhy(why),
    }),
  )
}

export interface PutOut {
  readonly transition: Transition
  readonly litOn: string
  readonly why: ReturnType<typeof readWhy>
}

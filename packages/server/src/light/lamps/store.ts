import {
  lampDefinitions,
  lampEpisodes,
  lampEvaluations,
  lampStates,
  lampTransitions,
} from '@tomoshibi/state/schema/lamps'
import { tasks } from '@tomoshibi/state/schema/tasks'
import type { StateDb } from '@tomoshibi/state/store'
import { and, asc, desc, eq, gte, inArray, isNotNull, isNull, ne, or, sql } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import * as z from 'zod'
import { snoozeConditionSchema } from './act-record.ts'
import { type LampDefinition, lampDefinitionSchema } from './definition.ts'
import type { LampState, Why } from './lamps.ts'
import type { Entry, Episode, Transition } from './ledger.ts'

/** PostgreSQL takes 65,535 parameters in a statement; the widest row here has 13. */
const rowsAtOnce = 2_000

/**
 * Waits until nobody else changes lamps of this workspace, and keeps others out until the transaction
 * ends. Evaluation takes it for each block of days and every act of a person takes it, so that neither
 * overwrites the other.
 */
export async function lockLamps(tx: StateDb, workspaceId: string): Promise<void> {
  await tx.execute(
    sql`SELECT pg_advisory_xact_lock(hashtextextended(${`lamps of ${workspaceId}`}, 0))`,
  )
}

/** The same without waiting. @returns whether nobody else changes lamps, and nobody will until the end */
export async function tryLockLamps(tx: StateDb, workspaceId: string): Promise<boolean> {
  const { rows } = await tx.execute<{ got: boolean }>(
    sql`SELECT pg_try_advisory_xact_lock(hashtextextended(${`lamps of ${workspaceId}`}, 0)) AS got`,
  )
  return rows[0]?.got === true
}

/** Stores definitions that are not there yet; a version that is there stays as it is. */
export async function registerDefinitions(
  tx: StateDb,
  workspaceId: string,
  definitions: readonly LampDefinition[],
  now: Temporal.Instant,
): Promise<void> {
  if (definitions.length === 0) return
  await tx
    .insert(lampDefinitions)
    .values(
      definitions.map((definition) => ({
        workspaceId,
        key: definition.key,
        version: definition.version,
        definition,
        createdAt: now,
      })),
    )
    .onConflictDoNothing()
}

/** Every version of every lamp, newest version first. */
export async function allDefinitions(tx: StateDb, workspaceId: string): Promise<LampDefinition[]> {
  const rows = await tx
    .select({ definition: lampDefinitions.definition })
    .from(lampDefinitions)
    .where(eq(lampDefinitions.workspaceId, workspaceId))
    .orderBy(asc(lampDefinitions.key), desc(lampDefinitions.version))
  return rows.map(({ definition }) => lampDefinitionSchema.parse(definition))
}

/** The last day through which each lamp was evaluated; a lamp that never was is not in it. */
export async function watermarks(tx: StateDb, workspaceId: string): Promise<Map<string, string>> {
  const rows = await tx
    .select()
    .from(lampEvaluations)
    .where(eq(lampEvaluations.workspaceId, workspaceId))
  return new Map(rows.map(({ lampKey, evaluatedThrough }) => [lampKey, evaluatedThrough]))
}

export async function moveWatermarks(
  tx: StateDb,
  workspaceId: string,
  lamps: readonly Pick<LampDefinition, 'key' | 'version'>[],
  through: string,
): Promise<void> {
  if (lamps.length === 0) return
  await tx
    .insert(lampEvaluations)
    .values(
      lamps.map(({ key, version }) => ({
        workspaceId,
        lampKey: key,
        lampVersion: version,
        evaluatedThrough: through,
      })),
    )
    .onConflictDoUpdate({
      target: [lampEvaluations.workspaceId, lampEvaluations.lampKey],
      set: {
        lampVersion: sql`excluded.lamp_version`,
        evaluatedThrough: sql`greatest(lamp_evaluations.evaluated_through, excluded.evaluated_through)`,
      },
    })
}

const whySchema = z.object({
  text: z.object({ en: z.string(), ja: z.string() }),
  values: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])),
})

/** Reads what `why` columns hold; null where it is not a reason by data. */
export function readWhy(value: unknown): Why | null {
  const parsed = whySchema.safeParse(value)
  return parsed.success ? parsed.data : null
}

type StateRow = typeof lampStates.$inferSelect

function entryOf(row: StateRow, litOn: string | null): Entry {
  const state: LampState = {
    position: row.state,
    litOn,
    conditionSince: row.conditionSince,
    clearSince: row.clearSince,
    snoozedUntil: row.snoozedUntil,
    snoozeCondition: snoozeConditionSchema.nullable().parse(row.snoozeCondition),
    snoozeReason: row.snoozeReason,
  }
  return {
    accountId: row.accountId,
    lampKey: row.lampKey,
    lampVersion: row.lampVersion,
    state,
    since: row.since.toString(),
    episodeId: row.episodeId,
    why: readWhy(row.why),
  }
}

/** Every lamp that is not off or is about to light, of some accounts or of all. */
export async function trackedEntries(
  tx: StateDb,
  workspaceId: string,
  accountIds: readonly string[] | 'all' = 'all',
): Promise<Entry[]> {
  const rows = await tx
    .select({ state: lampStates, litOn: lampEpisodes.litOn })
    .from(lampStates)
    .leftJoin(lampEpisodes, eq(lampEpisodes.id, lampStates.episodeId))
    .where(
      and(
        eq(lampStates.workspaceId, workspaceId),
        accountIds === 'all'
          ? undefined
          : sql`${lampStates.accountId} = ANY(${sql.param([...accountIds])})`,
        or(ne(lampStates.state, 'off'), isNotNull(lampStates.conditionSince)),
      ),
    )
  return rows.map(({ state, litOn }) => entryOf(state, litOn))
}

/** Every lamp that is lit or was once, of one account or of all. */
export async function allEntries(
  db: StateDb,
  workspaceId: string,
  accountId: string | null,
): Promise<Entry[]> {
  const rows = await db
    .select({ state: lampStates, litOn: lampEpisodes.litOn })
    .from(lampStates)
    .leftJoin(lampEpisodes, eq(lampEpisodes.id, lampStates.episodeId))
    .where(
      and(
        eq(lampStates.workspaceId, workspaceId),
        accountId === null ? undefined : eq(lampStates.accountId, accountId),
      ),
    )
  return rows.map(({ state, litOn }) => entryOf(state, litOn))
}

/** One lamp of one account; null = off and never lit. */
export async function entryOfAccount(
  tx: StateDb,
  workspaceId: string,
  accountId: string,
  lampKey: string,
): Promise<Entry | null> {
  const [row] = await tx
    .select({ state: lampStates, litOn: lampEpisodes.litOn })
    .from(lampStates)
    .leftJoin(lampEpisodes, eq(lampEpisodes.id, lampStates.episodeId))
    .where(
      and(
        eq(lampStates.workspaceId, workspaceId),
        eq(lampStates.accountId, accountId),
        eq(lampStates.lampKey, lampKey),
      ),
    )
  return row ? entryOf(row.state, row.litOn) : null
}

/** Lightings of a lamp, from a day on, that have not gone out. */
export const openEpisodesOf = async (
  db: StateDb,
  workspaceId: string,
  lampKey: string,
  from: string,
): Promise<{ readonly accountId: string; readonly episodeId: string }[]> =>
  await db
    .select({ accountId: lampEpisodes.accountId, episodeId: lampEpisodes.id })
    .from(lampEpisodes)
    .where(
      and(
        eq(lampEpisodes.workspaceId, workspaceId),
        eq(lampEpisodes.lampKey, lampKey),
        isNull(lampEpisodes.clearedOn),
        gte(lampEpisodes.litOn, from),
      ),
    )
    .orderBy(asc(lampEpisodes.litOn), asc(lampEpisodes.accountId))

/** Those of some lightings that have not gone out; one that a replay did not find again is not among them. */
export async function stillOpen(
  db: StateDb,
  workspaceId: string,
  episodeIds: readonly string[],
): Promise<Set<string>> {
  if (episodeIds.length === 0) return new Set()
  const rows = await db
    .select({ id: lampEpisodes.id })
    .from(lampEpisodes)
    .where(
      and(
        eq(lampEpisodes.workspaceId, workspaceId),
        isNull(lampEpisodes.clearedOn),
        sql`${lampEpisodes.id} = ANY(${sql.param([...episodeIds])}::uuid[])`,
      ),
    )
  return new Set(rows.map(({ id }) => id))
}

/**
 * Writes episodes. Of one that is there already only its end changes: an episode that lights again on
 * its own day is open again. A replay knows them `whole`, and may have found other reasons.
 */
export async function writeEpisodes(
  tx: StateDb,
  workspaceId: string,
  episodes: readonly Episode[],
  whole = false,
): Promise<void> {
  const end = { clearedOn: sql`excluded.cleared_on`, clearedBy: sql`excluded.cleared_by` }
  const set = whole
    ? { ...end, why: sql`excluded.why`, lampVersion: sql`excluded.lamp_version` }
    : end
  for (const part of chunks(episodes)) {
    await tx
      .insert(lampEpisodes)
      .values(
        part.map((e) => ({
          ...e,
          workspaceId,
          clearedBy: e.clearedOn === null ? null : ('data' as const),
        })),
      )
      .onConflictDoUpdate({
        target: lampEpisodes.id,
        set,
      })
  }
}

export async function writeTransitions(
  tx: StateDb,
  workspaceId: string,
  transitions: readonly Transition[],
): Promise<void> {
  for (const part of chunks(transitions)) {
    await tx.insert(lampTransitions).values(
      part.map(({ on, at, from, to, ...t }) => ({
        ...t,
        workspaceId,
        onDate: on,
        at: Temporal.Instant.from(at),
        fromState: from,
        toState: to,
      })),
    )
  }
}

export async function writeEntries(
  tx: StateDb,
  workspaceId: string,
  entries: readonly Entry[],
): Promise<void> {
  for (const part of chunks(entries)) {
    await tx
      .insert(lampStates)
      .values(
        part.map(({ state, since, ...entry }) => ({
          ...entry,
          workspaceId,
          state: state.position,
          since: Temporal.Instant.from(since),
          conditionSince: state.conditionSince,
          clearSince: state.clearSince,
          snoozedUntil: state.snoozedUntil,
          snoozeCondition: state.snoozeCondition,
          snoozeReason: state.snoozeReason,
        })),
      )
      .onConflictDoUpdate({
        target: [lampStates.workspaceId, lampStates.accountId, lampStates.lampKey],
        set: {
          state: sql`excluded.state`,
          since: sql`excluded.since`,
          episodeId: sql`excluded.episode_id`,
          lampVersion: sql`excluded.lamp_version`,
          conditionSince: sql`excluded.condition_since`,
          clearSince: sql`excluded.clear_since`,
          snoozedUntil: sql`excluded.snoozed_until`,
          snoozeCondition: sql`excluded.snooze_condition`,
          snoozeReason: sql`excluded.snooze_reason`,
          why: sql`excluded.why`,
        },
      })
  }
}

/** A person's act as it is stored, with the day on which its episode began. */
export interface StoredAct {
  readonly transition: Transition
  readonly litOn: string
}

/** Everything that people did with lamps, in order. */
export async function personActs(tx: StateDb, workspaceId: string): Promise<StoredAct[]> {
  const rows = await tx
    .select({ transition: lampTransitions, litOn: lampEpisodes.litOn })
    .from(lampTransitions)
    .innerJoin(lampEpisodes, eq(lampEpisodes.id, lampTransitions.episodeId))
    .where(and(eq(lampTransitions.workspaceId, workspaceId), eq(lampTransitions.cause, 'person')))
    .orderBy(asc(lampTransitions.id))
  return rows.map(({ transition, litOn }) => ({ transition: transitionOf(transition), litOn }))
}

export function transitionOf(row: typeof lampTransitions.$inferSelect): Transition {
  return {
    accountId: row.accountId,
    lampKey: row.lampKey,
    lampVersion: row.lampVersion,
    episodeId: row.episodeId,
    on: row.onDate,
    at: row.at.toString(),
    from: row.fromState,
    to: row.toState,
    cause: row.cause,
    reason: row.reason,
    actor: row.actor,
    why: row.why,
  }
}

/** The last move of an episode. */
export async function lastTransition(tx: StateDb, episodeId: string): Promise<Transition | null> {
  const [row] = await tx
    .select()
    .from(lampTransitions)
    .where(eq(lampTransitions.episodeId, episodeId))
    .orderBy(desc(lampTransitions.id))
    .limit(1)
  return row ? transitionOf(row) : null
}

/** The moves of an account's lamps, newest first. */
export async function transitionsOfAccount(
  db: StateDb,
  workspaceId: string,
  accountId: string,
  limit: number,
): Promise<Transition[]> {
  const rows = await db
    .select()
    .from(lampTransitions)
    .where(
      and(eq(lampTransitions.workspaceId, workspaceId), eq(lampTransitions.accountId, accountId)),
    )
    .orderBy(desc(lampTransitions.onDate), desc(lampTransitions.id))
    .limit(limit)
  return rows.map(transitionOf)
}

/** Every lighting of every lamp. */
export async function allEpisodes(db: StateDb, workspaceId: string) {
  return db
    .select({
      accountId: lampEpisodes.accountId,
      lampKey: lampEpisodes.lampKey,
      litOn: lampEpisodes.litOn,
      clearedOn: lampEpisodes.clearedOn,
    })
    .from(lampEpisodes)
    .where(eq(lampEpisodes.workspaceId, workspaceId))
}

/**
 * Forgets what data decided about some lamps, but for the episodes in `keep`, which a replay found again.
 * Tasks of other episodes stay without an episode; those that were still to do are cancelled. Other lamps,
 * which were retired, keep their history.
 */
export async function forgetDerived(
  tx: StateDb,
  workspaceId: string,
  lampKeys: readonly string[],
  keep: readonly string[],
): Promise<void> {
  const ofLamps = sql`lamp_key = ANY(${sql.param([...lampKeys])}::text[])`
  for (const table of [lampStates, lampTransitions, lampEvaluations]) {
    await tx.delete(table).where(and(eq(table.workspaceId, workspaceId), ofLamps))
  }
  const lost = sql`episode_id IS NOT NULL AND episode_id <> ALL(${sql.param([...keep])}::uuid[])`
  await tx
    .update(tasks)
    .set({ state: 'cancelled', note: 'cleared' })
    .where(
      and(
        eq(tasks.workspaceId, workspaceId),
        inArray(tasks.state, ['open', 'started']),
        ofLamps,
        lost,
      ),
    )
  await tx
    .update(tasks)
    .set({ episodeId: null })
    .where(and(eq(tasks.workspaceId, workspaceId), ofLamps, lost))
  await tx
    .delete(lampEpisodes)
    .where(
      and(
        eq(lampEpisodes.workspaceId, workspaceId),
        ofLamps,
        sql`id <> ALL(${sql.param([...keep])}::uuid[])`,
      ),
    )
}

/** Splits rows into statements of a bearable size. */
export function* chunks<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < rows.length; i += rowsAtOnce) yield rows.slice(i, i + rowsAtOnce)
}

import { playbookDefinitions, playbookRuns, playbookSteps } from '@tomoshibi/state/schema/playbooks'
import type { StateDb } from '@tomoshibi/state/store'
import { and, asc, count, desc, eq, gt, inArray, lte, ne, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { type PlaybookDefinition, playbookDefinitionSchema } from './definition.ts'

export type StoredRun = typeof playbookRuns.$inferSelect
export type NewRun = typeof playbookRuns.$inferInsert
export type StoredStep = typeof playbookSteps.$inferSelect
export type RunChange = Partial<Omit<StoredRun, 'id' | 'workspaceId'>>

export interface StoredPlaybook {
  readonly definition: PlaybookDefinition
  readonly createdAt: Temporal.Instant
}

/** Every version of every playbook, by key, the newest version first. */
export async function allPlaybooks(db: StateDb, workspaceId: string): Promise<StoredPlaybook[]> {
  const rows = await db
    .select()
    .from(playbookDefinitions)
    .where(eq(playbookDefinitions.workspaceId, workspaceId))
    .orderBy(asc(playbookDefinitions.key), desc(playbookDefinitions.version))
  return rows.map(({ definition, createdAt }) => ({
    definition: playbookDefinitionSchema.parse(definition),
    createdAt,
  }))
}

export async function addPlaybooks(
  tx: StateDb,
  workspaceId: string,
  definitions: readonly PlaybookDefinition[],
  createdAt: Temporal.Instant,
): Promise<void> {
  if (definitions.length === 0) return
  const rows = definitions.map((definition) => {
    const { key, version } = definition
    return { workspaceId, key, version, definition, createdAt }
  })
  await tx.insert(playbookDefinitions).values(rows)
}

/** Keeps others from beginning runs of this workspace until the transaction ends: limits count what is there. */
export async function lockBeginnings(tx: StateDb, workspaceId: string): Promise<void> {
  await tx.execute(
    sql`SELECT pg_advisory_xact_lock(hashtextextended(${`runs of playbooks of ${workspaceId}`}, 0))`,
  )
}

/** The lightings of those given that a playbook has a run for already. */
export async function episodesWithRun(
  db: StateDb,
  { workspaceId, playbook }: { readonly workspaceId: string; readonly playbook: string },
  episodeIds: readonly string[],
): Promise<Set<string>> {
  const found = await db
    .select({ episodeId: playbookRuns.episodeId })
    .from(playbookRuns)
    .where(
      and(
        eq(playbookRuns.workspaceId, workspaceId),
        eq(playbookRuns.playbookKey, playbook),
        sql`${playbookRuns.episodeId} = ANY(${sql.param([...episodeIds])}::uuid[])`,
      ),
    )
  return new Set(found.flatMap(({ episodeId }) => episodeId ?? []))
}

export const openStates = ['running', 'paused', 'failed'] as const

/** Whether a run is open for an account, and how many began after an instant. */
export async function beginningsOf(
  db: StateDb,
  of: { readonly workspaceId: string; readonly playbook: string; readonly accountId: string },
  after: Temporal.Instant | null,
): Promise<{ readonly isOpen: boolean; readonly begun: number }> {
  const same = and(
    eq(playbookRuns.workspaceId, of.workspaceId),
    eq(playbookRuns.playbookKey, of.playbook),
    eq(playbookRuns.accountId, of.accountId),
  )
  const open = await db.$count(
    playbookRuns,
    and(same, inArray(playbookRuns.state, [...openStates])),
  )
  if (after === null) return { isOpen: open > 0, begun: 0 }
  const since = and(same, ne(playbookRuns.state, 'skipped'), gt(playbookRuns.begunAt, after))
  return { isOpen: open > 0, begun: await db.$count(playbookRuns, since) }
}

/** @returns false where the lighting has a run already */
export async function addRun(tx: StateDb, run: NewRun): Promise<boolean> {
  const added = await tx
    .insert(playbookRuns)
    .values(run)
    .onConflictDoNothing()
    .returning({ id: playbookRuns.id })
  return added.length > 0
}

/** Runs that are due, the longest due first, which nobody else is at. They are the caller's until the transaction ends. */
export const claimDue = async (
  tx: StateDb,
  workspaceId: string,
  now: Temporal.Instant,
  limit: number,
): Promise<StoredRun[]> =>
  await tx
    .select()
    .from(playbookRuns)
    .where(
      and(
        eq(playbookRuns.workspaceId, workspaceId),
        eq(playbookRuns.state, 'running'),
        lte(playbookRuns.nextAt, now),
      ),
    )
    .orderBy(asc(playbookRuns.nextAt), asc(playbookRuns.id))
    .limit(limit)
    .for('update', { skipLocked: true })

export async function changeRun(tx: StateDb, id: string, change: RunChange): Promise<void> {
  await tx.update(playbookRuns).set(change).where(eq(playbookRuns.id, id))
}

export async function addStep(tx: StateDb, row: StoredStep): Promise<void> {
  await tx.insert(playbookSteps).values(row)
}

export const stepsOf = async (db: StateDb, runId: string): Promise<StoredStep[]> =>
  await db
    .select()
    .from(playbookSteps)
    .where(eq(playbookSteps.runId, runId))
    .orderBy(asc(playbookSteps.place))

/** How many steps each run has gone through; one without any is not in it. */
export async function stepCounts(
  db: StateDb,
  runIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await db
    .select({ id: playbookSteps.runId, steps: count() })
    .from(playbookSteps)
    .where(inArray(playbookSteps.runId, [...runIds]))
    .groupBy(playbookSteps.runId)
  return new Map(rows.map(({ id, steps }) => [id, steps]))
}

export async function runById(
  db: StateDb,
  workspaceId: string,
  id: string,
  lock?: 'locked',
): Promise<StoredRun | null> {
  const query = db
    .select()
    .from(playbookRuns)
    .where(and(eq(playbookRuns.workspaceId, workspaceId), eq(playbookRuns.id, id)))
  const [row] = lock === undefined ? await query : await query.for('update')
  return row ?? null
}

export interface AskedRuns {
  readonly workspaceId: string
  /** The accounts that are seen; left out = all. */
  readonly seen: ReadonlySet<string> | undefined
  readonly playbook: string | undefined
  readonly account: string | undefined
  readonly state: StoredRun['state'] | undefined
}

const asked = ({ workspaceId, seen, playbook, account, state }: AskedRuns) =>
  and(
    eq(playbookRuns.workspaceId, workspaceId),
    seen === undefined
      ? undefined
      : sql`${playbookRuns.accountId} = ANY(${sql.param([...seen])}::text[])`,
    playbook === undefined ? undefined : eq(playbookRuns.playbookKey, playbook),
    account === undefined ? undefined : eq(playbookRuns.accountId, account),
    state === undefined ? undefined : eq(playbookRuns.state, state),
  )

/** A page of the runs, the newest first. */
export async function listRuns(
  db: StateDb,
  question: AskedRuns,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<{ readonly total: number; readonly rows: StoredRun[] }> {
  const rows = await db
    .select()
    .from(playbookRuns)
    .where(asked(question))
    .orderBy(desc(playbookRuns.begunAt), asc(playbookRuns.accountId), asc(playbookRuns.id))
    .limit(limit)
    .offset(offset)
  return { total: await db.$count(playbookRuns, asked(question)), rows }
}

/** How many runs there are of each playbook in each state. */
export async function runCounts(
  db: StateDb,
  question: Pick<AskedRuns, 'workspaceId' | 'seen'>,
): Promise<readonly { playbook: string; state: StoredRun['state']; runs: number }[]> {
  return await db
    .select({ playbook: playbookRuns.playbookKey, state: playbookRuns.state, runs: count() })
    .from(playbookRuns)
    .where(asked({ playbook: undefined, account: undefined, state: undefined, ...question }))
    .groupBy(playbookRuns.playbookKey, playbookRuns.state)
}

/** Workspaces that have playbooks at all. */
export async function workspacesWithPlaybooks(db: StateDb): Promise<string[]> {
  const rows = await db
    .selectDistinct({ id: playbookDefinitions.workspaceId })
    .from(playbookDefinitions)
  return rows.map(({ id }) => id)
}

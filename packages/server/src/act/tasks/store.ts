import type { taskStatesAsked } from '@tomoshibi/contract/tasks'
import { type Text, textSchema } from '@tomoshibi/contract/text'
import { playbookDefinitions, playbookRuns } from '@tomoshibi/state/schema/playbooks'
import { taskComments, tasks } from '@tomoshibi/state/schema/tasks'
import type { StateDb } from '@tomoshibi/state/store'
import { and, asc, count, desc, eq, inArray, lte, or, type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Owned } from './owners.ts'

export type StoredTask = typeof tasks.$inferSelect
export type StoredComment = typeof taskComments.$inferSelect

export interface Asked {
  readonly workspaceId: string
  /** The accounts that are seen; left out = all. */
  readonly seen: ReadonlySet<string> | undefined
  readonly account: string | undefined
  readonly owned: Owned | null
  readonly state: (typeof taskStatesAsked)[number]
  /** ISO date; null = any. */
  readonly dueThrough: string | null
}

const openStates = ['open', 'started'] as const
const closedStates = ['done', 'cancelled'] as const

/** As one value: a list may have ten thousand accounts. */
const oneOf = (column: SQL, values: Iterable<string>): SQL =>
  sql`${column} = ANY(${sql.param([...values])}::text[])`

/** The owner as names are compared; see `plainName`. */
const plainOwner = sql`btrim(lower(normalize(${tasks.owner}, NFKC)))`

const ofOwned = ({ names, accountIds }: Owned) =>
  or(
    oneOf(plainOwner, names),
    and(sql`${tasks.owner} IS NULL`, oneOf(sql`${tasks.accountId}`, accountIds)),
  )

const asked = ({ workspaceId, seen, account, owned, state, dueThrough }: Asked) =>
  and(
    eq(tasks.workspaceId, workspaceId),
    seen === undefined ? undefined : oneOf(sql`${tasks.accountId}`, seen),
    account === undefined ? undefined : eq(tasks.accountId, account),
    owned === null ? undefined : ofOwned(owned),
    state === 'all'
      ? undefined
      : inArray(tasks.state, [...(state === 'open' ? openStates : closedStates)]),
    dueThrough === null ? undefined : lte(tasks.dueOn, dueThrough),
  )

/** A page of the tasks: open ones by their day, closed ones the last closed first. */
export async function listTasks(
  db: StateDb,
  question: Asked,
  page: { readonly limit: number; readonly offset: number },
): Promise<{ readonly total: number; readonly rows: StoredTask[] }> {
  const closedAt = desc(sql`coalesce(${tasks.doneAt}, ${tasks.cancelledAt}, ${tasks.createdAt})`)
  const first = question.state === 'closed' ? [closedAt] : [asc(tasks.dueOn)]
  const rows = await db
    .select()
    .from(tasks)
    .where(asked(question))
    .orderBy(...first, asc(tasks.accountId), asc(tasks.createdAt), asc(tasks.id))
    .limit(page.limit)
    .offset(page.offset)
  return { total: await db.$count(tasks, asked(question)), rows }
}

/** One task of a workspace; null when there is none. */
export async function taskById(
  db: StateDb,
  workspaceId: string,
  id: string,
  lock?: 'locked',
): Promise<StoredTask | null> {
  const query = db
    .select()
    .from(tasks)
    .where(and(eq(tasks.workspaceId, workspaceId), eq(tasks.id, id)))
  const [row] = lock === undefined ? await query : await query.for('update')
  return row ?? null
}

export async function addTask(db: StateDb, row: typeof tasks.$inferInsert): Promise<void> {
  await db.insert(tasks).values(row)
}

export async function changeTask(
  db: StateDb,
  id: string,
  change: Partial<Omit<StoredTask, 'id' | 'workspaceId'>>,
): Promise<void> {
  if (Object.keys(change).length === 0) return
  await db.update(tasks).set(change).where(eq(tasks.id, id))
}

export async function addComment(db: StateDb, row: StoredComment): Promise<void> {
  await db.insert(taskComments).values(row)
}

export const commentsOf = async (db: StateDb, taskId: string): Promise<StoredComment[]> =>
  await db
    .select()
    .from(taskComments)
    .where(eq(taskComments.taskId, taskId))
    .orderBy(asc(taskComments.madeAt), asc(taskComments.id))

/** How many comments tasks have; one without any is not in it. */
export async function commentCounts(
  db: StateDb,
  taskIds: readonly string[],
): Promise<Map<string, number>> {
  if (taskIds.length === 0) return new Map()
  const rows = await db
    .select({ id: taskComments.taskId, comments: count() })
    .from(taskComments)
    .where(inArray(taskComments.taskId, [...taskIds]))
    .groupBy(taskComments.taskId)
  return new Map(rows.map(({ id, comments }) => [id, comments]))
}

const namedSchema = z.object({ name: textSchema })

/** Which playbook each run is of, by the version that it is on. */
export async function playbooksOfRuns(
  db: StateDb,
  runIds: readonly string[],
): Promise<Map<string, { readonly key: string; readonly name: Text }>> {
  if (runIds.length === 0) return new Map()
  const rows = await db
    .select({
      id: playbookRuns.id,
      key: playbookRuns.playbookKey,
      definition: playbookDefinitions.definition,
    })
    .from(playbookRuns)
    .innerJoin(
      playbookDefinitions,
      and(
        eq(playbookDefinitions.workspaceId, playbookRuns.workspaceId),
        eq(playbookDefinitions.key, playbookRuns.playbookKey),
        eq(playbookDefinitions.version, playbookRuns.playbookVersion),
      ),
    )
    .where(inArray(playbookRuns.id, [...runIds]))
  return new Map(
    rows.map(({ id, key, definition }) => [id, { key, name: namedSchema.parse(definition).name }]),
  )
}

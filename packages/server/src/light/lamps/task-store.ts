import { tasks } from '@tomoshibi/state/schema/tasks'
import type { StateDb } from '@tomoshibi/state/store'
import { and, eq, inArray, type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { chunks } from './store.ts'

export type Task = typeof tasks.$inferSelect
export type NewTask = typeof tasks.$inferInsert

/** As one value: a statement with thousands of places takes longer to write than to run. */
const ofEpisodes = (ids: readonly string[]): SQL =>
  sql`${tasks.episodeId} = ANY(${sql.param([...ids])}::uuid[])`

/** The notes of tasks that nobody has to do any more: the data put the lamp out, or it was silenced or retired. */
export const clearedNote = 'cleared'
export const silencedNote = 'silenced'
export const retiredNote = 'retired'

/** Makes the tasks that are not there yet, and gives back how many those were. */
export async function createTasks(tx: StateDb, made: readonly NewTask[]): Promise<number> {
  let created = 0
  for (const part of chunks(made)) {
    const rows = await tx
      .insert(tasks)
      .values([...part])
      .onConflictDoNothing()
      .returning({ id: tasks.id })
    created += rows.length
  }
  return created
}

/** Closes what was still to do for episodes that ended or were silenced. What is done stays done. */
export async function cancelTasks(
  tx: StateDb,
  episodeIds: readonly string[],
  note: typeof clearedNote | typeof silencedNote | typeof retiredNote = clearedNote,
): Promise<void> {
  if (episodeIds.length === 0) return
  await tx
    .update(tasks)
    .set({ state: 'cancelled', note })
    .where(and(ofEpisodes(episodeIds), inArray(tasks.state, ['open', 'started'])))
}

/**
 * An episode that went out and lit again on the same day has its task again; so has one that is silenced or
 * retired no more, started where it was.
 */
export async function reopenTasks(tx: StateDb, episodeIds: readonly string[]): Promise<void> {
  if (episodeIds.length === 0) return
  const cancelled = and(
    ofEpisodes(episodeIds),
    eq(tasks.state, 'cancelled'),
    inArray(tasks.note, [clearedNote, silencedNote, retiredNote]),
  )
  const state = sql`CASE WHEN note <> ${clearedNote} AND started_at IS NOT NULL THEN 'started' ELSE 'open' END`
  await tx.update(tasks).set({ state, note: null }).where(cancelled)
}

/** Those of the episodes for which no task was ever made. */
export async function episodesWithoutTask(
  tx: StateDb,
  episodeIds: readonly string[],
): Promise<Set<string>> {
  if (episodeIds.length === 0) return new Set()
  const { rows } = await tx.execute(sql`
SELECT id FROM unnest(${sql.param([...episodeIds])}::uuid[]) AS asked (id)
WHERE NOT EXISTS (SELECT FROM ${tasks} WHERE ${tasks.episodeId} = asked.id)`)
  return new Set(idRows.parse(rows).map(({ id }) => id))
}

const idRows = z.array(z.object({ id: z.string() }))

export async function taskOfEpisode(tx: StateDb, episodeId: string): Promise<Task | null> {
  const [row] = await tx.select().from(tasks).where(eq(tasks.episodeId, episodeId))
  return row ?? null
}

/** The tasks of some episodes, by episode. */
export async function tasksOf(
  db: StateDb,
  episodeIds: readonly string[],
): Promise<Map<string, Task>> {
  const found = new Map<string, Task>()
  if (episodeIds.length === 0) return found
  const rows = await db.select().from(tasks).where(ofEpisodes(episodeIds))
  for (const row of rows) if (row.episodeId !== null) found.set(row.episodeId, row)
  return found
}

export type TaskChange = Pick<Task, 'state' | 'startedAt' | 'doneAt' | 'closedBy' | 'note'>

export async function changeTask(tx: StateDb, id: string, change: TaskChange): Promise<void> {
  await tx.update(tasks).set(change).where(eq(tasks.id, id))
}

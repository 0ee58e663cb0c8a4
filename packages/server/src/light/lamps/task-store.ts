import { tasks } from '@tomoshibi/state/schema/tasks'
import type { StateDb } from '@tomoshibi/state/store'
import { and, eq, inArray } from 'drizzle-orm'
import { chunks } from './store.ts'

export type Task = typeof tasks.$inferSelect
export type NewTask = typeof tasks.$inferInsert

/** The note of a task that nobody has to do any more, because the data put the lamp out. */
export const clearedNote = 'cleared'

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

/** Closes what was still to do for episodes that ended. What is done stays done. */
export async function cancelTasks(tx: StateDb, episodeIds: readonly string[]): Promise<void> {
  for (const part of chunks(episodeIds)) {
    await tx
      .update(tasks)
      .set({ state: 'cancelled', note: clearedNote })
      .where(and(inArray(tasks.episodeId, [...part]), inArray(tasks.state, ['open', 'started'])))
  }
}

/** An episode that went out and lit again on the same day has its task again. */
export async function reopenTasks(tx: StateDb, episodeIds: readonly string[]): Promise<void> {
  for (const part of chunks(episodeIds)) {
    const cleared = and(
      inArray(tasks.episodeId, [...part]),
      eq(tasks.state, 'cancelled'),
      eq(tasks.note, clearedNote),
    )
    await tx.update(tasks).set({ state: 'open', note: null }).where(cleared)
  }
}

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
  for (const part of chunks(episodeIds)) {
    const rows = await db
      .select()
      .from(tasks)
      .where(inArray(tasks.episodeId, [...part]))
    for (const row of rows) if (row.episodeId !== null) found.set(row.episodeId, row)
  }
  return found
}

export type TaskChange = Pick<Task, 'state' | 'startedAt' | 'doneAt' | 'note'>

export async function changeTask(tx: StateDb, id: string, change: TaskChange): Promise<void> {
  await tx.update(tasks).set(change).where(eq(tasks.id, id))
}

import { errorData } from '@tomoshibi/contract/errors'
import type { BulkAct, BulkResult } from '@tomoshibi/contract/tasks'
import { failureOf } from '../../call/failure.ts'
import { within } from '../../call/within.ts'
import { actOnTask, changeOpenTask, type TaskChanges, type TaskPorts } from './service.ts'

export interface BulkRequest extends Pick<TaskChanges, 'dueOn' | 'owner'> {
  readonly ids: readonly string[]
  readonly act: BulkAct
  readonly note?: string | undefined
}

/**
 * Does the same to several tasks, each on its own: one that is refused leaves the others done.
 *
 * @returns what became of each, in the order asked
 */
export async function actOnTasks(ports: TaskPorts, request: BulkRequest): Promise<BulkResult[]> {
  const { ids, act, note, dueOn, owner } = request
  const results = new Map<string, BulkResult>()
  // In an order that all callers share, so that two of them never wait for each other.
  for (const id of [...new Set(ids)].toSorted()) {
    const result = await resultOf(id, () =>
      ports.state.transaction(async (tx) => {
        // What was there before is told of single tasks only.
        const { noteBefore: _, ...inside } = within(ports, tx)
        await (act === 'change'
          ? changeOpenTask(inside, id, { dueOn, owner })
          : actOnTask(inside, id, act, note))
      }),
    )
    results.set(id, result)
  }
  return ids.flatMap((id) => results.get(id) ?? [])
}

async function resultOf(id: string, work: () => Promise<void>): Promise<BulkResult> {
  try {
    await work()
    return { id, done: true, code: null, says: null }
  } catch (error) {
    const failure = failureOf(error)
    // A store that went away fails all of them.
    if (failure === null || failure.status >= 500) throw error
    const { code, details } = failure
    return { id, done: false, code, says: errorData(code, details).what }
  }
}

import type { taskDue } from '@tomoshibi/contract/tasks'
import type { TaskState } from '@tomoshibi/state/schema/tasks'
import { Temporal } from 'temporal-polyfill'

/** What a person does to a task as a whole. */
export type TaskAct = 'finish' | 'reopen' | 'cancel'

const becomes: Readonly<Record<TaskAct, Readonly<Record<TaskState, TaskState | null>>>> = {
  finish: { open: 'done', started: 'done', done: 'done', cancelled: null },
  cancel: { open: 'cancelled', started: 'cancelled', done: null, cancelled: 'cancelled' },
  reopen: { open: 'open', started: 'started', done: 'open', cancelled: 'open' },
}

/** The state after an act: the same where there is nothing to do; null where the act is refused. */
export const stateAfter = (act: TaskAct, state: TaskState): TaskState | null => becomes[act][state]

export const isOpen = (state: TaskState): boolean => state === 'open' || state === 'started'

/** @param today ISO date in the workspace's zone; the due day itself is still in time */
export const isOverdue = (state: TaskState, dueOn: string, today: string): boolean =>
  isOpen(state) && dueOn < today

/** The last due day (ISO date) that is asked for; null = any. */
export function dueThrough(asked: (typeof taskDue)[number], today: string): string | null {
  if (asked === 'any') return null
  const days = { today: 0, overdue: -1, week: 6 }[asked]
  return Temporal.PlainDate.from(today).add({ days }).toString()
}

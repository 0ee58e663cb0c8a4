import { randomUUID } from 'node:crypto'
import type {
  AccountTask,
  TaskWithComments,
  taskDue,
  taskStatesAsked,
} from '@tomoshibi/contract/tasks'
import type { Text } from '@tomoshibi/contract/text'
import { type Caller, userBehind } from '../../call/caller.ts'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { within } from '../../call/within.ts'
import { unknownAccounts } from '../../collect/accounts/service.ts'
import { actOnLamp, undoLastAct } from '../../light/lamps/acts.ts'
import { userNames } from '../../people/names.ts'
import { todayIn } from '../../platform/clock.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { knownOwner, ownedBy } from './owners.ts'
import {
  addComment,
  addTask,
  changeTask,
  commentsOf,
  listTasks as listStored,
  type StoredTask,
  taskById,
} from './store.ts'
import { dueThrough, isOpen, stateAfter, type TaskAct } from './tasks.ts'
import { taskView, taskViews } from './view.ts'

/** What tasks need of a call. */
export interface TaskPorts extends Ports {
  readonly caller: Caller
  readonly noteBefore?: (value: unknown) => void
}

export interface TaskQuestion {
  readonly whose: 'all' | 'mine' | 'team'
  readonly account?: string | undefined
  readonly state: (typeof taskStatesAsked)[number]
  readonly due: (typeof taskDue)[number]
  readonly limit: number
  readonly offset: number
}

/** Tasks of the accounts that are seen. @throws Failure UNKNOWN_ACCOUNT, SIGN_IN_NEEDED */
export async function listTasks(
  ports: TaskPorts,
  { whose, account, state, due, limit, offset }: TaskQuestion,
): Promise<{ total: number; rows: AccountTask[] }> {
  if (account !== undefined && ports.seen?.has(account) === false) {
    throw new Failure('UNKNOWN_ACCOUNT', { accountId: account })
  }
  const { settings } = await getWorkspace(ports)
  const today = todayIn(ports.clock, settings.timeZone).toString()
  const question = {
    workspaceId: ports.workspaceId,
    seen: ports.seen,
    account,
    owned: whose === 'all' ? null : await ownedBy(ports, ports.caller, whose),
    state,
    dueThrough: dueThrough(due, today),
  }
  const { total, rows } = await listStored(ports.state.db, question, { limit, offset })
  return { total, rows: await taskViews(ports, rows) }
}

/** The task, where its account is seen. @throws Failure TASK_NOT_FOUND */
async function seenTask(ports: Ports, id: string, lock?: 'locked'): Promise<StoredTask> {
  const { state, workspaceId, seen } = ports
  const row = await taskById(state.db, workspaceId, id, lock)
  if (row === null || seen?.has(row.accountId) === false) throw new Failure('TASK_NOT_FOUND')
  return row
}

/** @throws Failure TASK_NOT_FOUND */
export async function showTask(ports: Ports, id: string): Promise<TaskWithComments> {
  const row = await seenTask(ports, id)
  const comments = await commentsOf(ports.state.db, id)
  const names = await userNames(
    ports.state.db,
    comments.flatMap(({ madeBy }) => madeBy ?? []),
  )
  return {
    task: await taskView(ports, row),
    comments: comments.map(({ id, text, madeBy, madeAt }) => ({
      id,
      text,
      madeBy: madeBy === null ? null : (names.get(madeBy) ?? null),
      madeAt: madeAt.toString(),
    })),
  }
}

export interface NewTask {
  readonly account: string
  readonly title: string
  readonly body: string
  readonly dueOn: string
  readonly owner: string | null
}

/** @throws Failure UNKNOWN_ACCOUNT, UNKNOWN_OWNER */
export async function createTask(ports: TaskPorts, task: NewTask): Promise<AccountTask> {
  const { account, title, body, dueOn } = task
  const unknown = await unknownAccounts(ports.facts, ports.workspaceId, [account])
  if (unknown.length > 0) throw new Failure('UNKNOWN_ACCOUNT', { accountId: account })
  const owner = task.owner === null ? null : await knownOwner(ports, task.owner)
  await getWorkspace(ports)
  const id = randomUUID()
  await addTask(ports.state.db, {
    id,
    workspaceId: ports.workspaceId,
    accountId: account,
    title: { en: title, ja: title },
    body: { en: body, ja: body },
    owner,
    dueOn,
    state: 'open',
    createdAt: ports.clock.now(),
    madeBy: userBehind(ports.caller),
  })
  return taskView(ports, await seenTask(ports, id))
}

/** A task that a step of a playbook makes. */
export interface RunTask {
  readonly id: string
  readonly runId: string
  readonly account: string
  readonly title: Text
  readonly body: Text
  readonly dueDays: number
  /** As accounts call their owner; null = whoever owns the account. */
  readonly owner: string | null
}

/** Makes the task of a playbook's step, in the transaction of the ports. */
export async function addRunTask(ports: Ports, task: RunTask): Promise<void> {
  const { settings } = await getWorkspace(ports)
  const { id, runId, account, title, body, dueDays, owner } = task
  await addTask(ports.state.db, {
    ...{ id, runId, title, body, owner },
    workspaceId: ports.workspaceId,
    accountId: account,
    dueOn: todayIn(ports.clock, settings.timeZone).add({ days: dueDays }).toString(),
    state: 'open',
    createdAt: ports.clock.now(),
  })
}

export interface TaskChanges {
  readonly title?: string | undefined
  readonly body?: string | undefined
  readonly dueOn?: string | undefined
  /** null = whoever owns the account. */
  readonly owner?: string | null | undefined
}

/** @throws Failure TASK_NOT_FOUND, TASK_CLOSED, TASK_OF_LAMP, UNKNOWN_OWNER */
export async function changeOpenTask(
  ports: TaskPorts,
  id: string,
  { title, body, dueOn, owner }: TaskChanges,
): Promise<AccountTask> {
  return ports.state.transaction(async (tx) => {
    const inside = within(ports, tx)
    const row = await seenTask(inside, id, 'locked')
    if (!isOpen(row.state)) throw new Failure('TASK_CLOSED')
    // Its words are those of the lamp's definition, in both languages.
    if (row.lampKey !== null && (title !== undefined || body !== undefined)) {
      throw new Failure('TASK_OF_LAMP', { lamp: row.lampKey })
    }
    ports.noteBefore?.(await taskView(inside, row))
    await changeTask(tx, id, {
      ...(title === undefined ? {} : { title: { en: title, ja: title } }),
      ...(body === undefined ? {} : { body: { en: body, ja: body } }),
      ...(dueOn === undefined ? {} : { dueOn }),
      ...(owner === undefined
        ? {}
        : { owner: owner === null ? null : await knownOwner(inside, owner) }),
    })
    return taskView(inside, await seenTask(inside, id))
  })
}

/**
 * Finishes, cancels or opens a task again; the same again changes nothing. What a lamp made is done to the lamp.
 *
 * @throws Failure TASK_NOT_FOUND, TASK_CLOSED, TASK_OF_LAMP; of a lamp's also FORBIDDEN, UNKNOWN_ACCOUNT, LAMP_NOT_LIT
 */
export async function actOnTask(
  ports: TaskPorts,
  id: string,
  act: TaskAct,
  note?: string,
): Promise<AccountTask> {
  return ports.state.transaction(async (tx) => {
    const inside = within(ports, tx)
    const { lampKey } = await seenTask(inside, id)
    if (lampKey === null) await actOnOwn(inside, id, act, note)
    else await actThroughLamp(inside, id, lampKey, act, note)
    return taskView(inside, await seenTask(inside, id))
  })
}

async function actOnOwn(
  ports: TaskPorts,
  id: string,
  act: TaskAct,
  note: string | undefined,
): Promise<void> {
  const row = await seenTask(ports, id, 'locked')
  const state = stateAfter(act, row.state)
  if (state === null) throw new Failure('TASK_CLOSED')
  if (state === row.state) return
  const now = ports.clock.now()
  await changeTask(ports.state.db, id, {
    state,
    doneAt: state === 'done' ? now : null,
    cancelledAt: state === 'cancelled' ? now : null,
    closedBy: isOpen(state) ? null : userBehind(ports.caller),
    note: isOpen(state) ? null : (note ?? null),
  })
}

/**
 * The task is not locked before the lamp is: whoever evaluates lamps holds the lamps first, and the tasks after them.
 */
async function actThroughLamp(
  ports: TaskPorts,
  id: string,
  lamp: string,
  act: TaskAct,
  note: string | undefined,
): Promise<void> {
  const { accountId: account, state } = await seenTask(ports, id)
  if (act === 'cancel') throw new Failure('TASK_OF_LAMP', { lamp })
  if (stateAfter(act, state) === null) throw new Failure('TASK_CLOSED')
  if (stateAfter(act, state) === state) return
  if (!ports.caller.permissions.has('lamps:act')) {
    throw new Failure('FORBIDDEN', { permission: 'lamps:act' })
  }
  const actor = userBehind(ports.caller)
  if (act === 'finish') {
    await actOnLamp(ports, { account, lamp, act: { kind: 'done' }, note, actor })
    return
  }
  if (state === 'cancelled') throw new Failure('TASK_OF_LAMP', { lamp })
  await undoLastAct(ports, { account, lamp, actor })
  // Another act came after it was finished: that one is not what is to be taken back.
  if (!isOpen((await seenTask(ports, id)).state)) throw new Failure('TASK_OF_LAMP', { lamp })
}

/** @throws Failure TASK_NOT_FOUND */
export async function commentOnTask(
  ports: TaskPorts,
  id: string,
  text: string,
): Promise<TaskWithComments> {
  await seenTask(ports, id)
  await addComment(ports.state.db, {
    id: randomUUID(),
    workspaceId: ports.workspaceId,
    taskId: id,
    text,
    madeBy: userBehind(ports.caller),
    madeAt: ports.clock.now(),
  })
  return showTask(ports, id)
}

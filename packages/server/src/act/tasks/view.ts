import type { AccountTask, TaskMaker } from '@tomoshibi/contract/tasks'
import type { Ports } from '../../call/context.ts'
import { namedAccounts } from '../../collect/accounts/owned.ts'
import { lampNames } from '../../light/lamps/service.ts'
import { userNames } from '../../people/names.ts'
import { todayIn } from '../../platform/clock.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { commentCounts, playbooksOfRuns, type StoredTask } from './store.ts'
import { isOverdue } from './tasks.ts'

/** Tasks as people see them, in the order given. */
export async function taskViews(ports: Ports, rows: readonly StoredTask[]): Promise<AccountTask[]> {
  if (rows.length === 0) return []
  const { db } = ports.state
  const { settings } = await getWorkspace(ports)
  const today = todayIn(ports.clock, settings.timeZone).toString()
  const accountIds = rows.map((row) => row.accountId)
  const accounts = await namedAccounts(ports, accountIds)
  const lampName = await lampNames(ports)
  const people = rows.flatMap(({ madeBy, closedBy }) => [madeBy, closedBy])
  const names = await userNames(
    db,
    people.filter((id) => id !== null),
  )
  const taskIds = rows.map((row) => row.id)
  const comments = await commentCounts(db, taskIds)
  const nameOf = (userId: string | null) => (userId === null ? null : (names.get(userId) ?? null))
  const runs = await playbooksOfRuns(
    db,
    rows.flatMap(({ runId }) => runId ?? []),
  )
  const makerOf = ({ lampKey, madeBy, runId }: StoredTask): TaskMaker => {
    if (lampKey !== null) return { kind: 'lamp', lamp: lampKey, name: lampName(lampKey) }
    const playbook = runId === null ? undefined : runs.get(runId)
    if (runId === null || playbook === undefined) return { kind: 'person', name: nameOf(madeBy) }
    return { kind: 'playbook', playbook: playbook.key, name: playbook.name, run: runId }
  }
  return rows.map((row) => {
    const account = accounts.get(row.accountId)
    return {
      id: row.id,
      account: row.accountId,
      accountName: account?.name ?? row.accountId,
      title: row.title,
      body: row.body,
      owner: row.owner ?? account?.owner ?? null,
      assigned: row.owner !== null,
      dueOn: row.dueOn,
      overdue: isOverdue(row.state, row.dueOn, today),
      state: row.state,
      madeBy: makerOf(row),
      createdAt: row.createdAt.toString(),
      closedAt: (row.doneAt ?? row.cancelledAt)?.toString() ?? null,
      closedBy: nameOf(row.closedBy),
      note: row.note,
      comments: comments.get(row.id) ?? 0,
    }
  })
}

export async function taskView(ports: Ports, row: StoredTask): Promise<AccountTask> {
  const [view] = await taskViews(ports, [row])
  if (view === undefined) throw new Error(`task ${row.id} has no view`)
  return view
}

import type { LampState as LampView } from '@tomoshibi/contract/light'
import type { StateDb } from '@tomoshibi/state/store'
import { Temporal } from 'temporal-polyfill'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { todayIn } from '../../platform/clock.ts'
import { getWorkspace, type Workspace } from '../../platform/workspace.ts'
import { readAccounts } from './accounts.ts'
import { type ActRecord, actRecordSchema, held } from './act-record.ts'
import { acted } from './lamps.ts'
import type { Entry } from './ledger.ts'
import { lampOf, readDefinitions } from './registry.ts'
import { type AskedAct, checkedAct } from './snooze.ts'
import {
  entryOfAccount,
  lastTransition,
  lockLamps,
  writeEntries,
  writeTransitions,
} from './store.ts'
import { changeTask, type Task, type TaskChange, taskOfEpisode } from './task-store.ts'
import { lampView, readAround } from './view.ts'

export interface ActTarget {
  readonly account: string
  readonly lamp: string
}

/** A person does something about a lit lamp; `note` goes with a task that is done. */
export interface PersonAct extends ActTarget {
  readonly act: AskedAct
  readonly note?: string | undefined
  /** The user's id; null for a program. */
  readonly actor?: string | null
}

/**
 * Starts, finishes or snoozes, in one transaction with its transition. Doing the same again changes
 * nothing.
 *
 * @throws Failure UNKNOWN_LAMP, UNKNOWN_ACCOUNT, LAMP_NOT_LIT, SNOOZE_IN_THE_PAST, BAD_CONDITION,
 *   SNOOZE_ENDS_AT_ONCE
 */
export async function actOnLamp(ports: Ports, person: PersonAct): Promise<LampView> {
  const workspace = await getWorkspace(ports)
  const today = todayIn(ports.clock, workspace.settings.timeZone).toString()
  return onOpenLamp(ports, workspace, person, async (tx, entry, task) => {
    const act = await checkedAct(ports, workspace, today, person)
    const state = acted(entry.state, act)
    if (state === null) throw new Failure('LAMP_NOT_LIT', { key: person.lamp })
    const change = task && taskAfter(task, person, ports.clock.now())
    const same = JSON.stringify(held(state)) === JSON.stringify(held(entry.state))
    if (same && !change) return entry
    const record: ActRecord = {
      act: act.kind,
      before: { ...held(entry.state), since: entry.since },
      after: held(state),
      task: task && change ? taskRecord(task) : null,
    }
    const reason = act.kind === 'snooze' ? act.reason : (person.note ?? null)
    if (task && change) await changeTask(tx, task.id, change)
    const since = same ? entry.since : ports.clock.now().toString()
    return put(tx, ports, { ...entry, state, since }, entry, record, today, reason, person.actor)
  })
}

/**
 * Takes back the last act by a person, with what it did to the task. Where data moved the lamp since,
 * or the act was taken back already, nothing changes.
 *
 * @throws Failure UNKNOWN_LAMP, UNKNOWN_ACCOUNT, LAMP_NOT_LIT
 */
export async function undoLastAct(
  ports: Ports,
  target: ActTarget & { actor?: string | null },
): Promise<LampView> {
  const workspace = await getWorkspace(ports)
  const today = todayIn(ports.clock, workspace.settings.timeZone).toString()
  return onOpenLamp(ports, workspace, target, async (tx, entry, task, episodeId) => {
    const last = await lastTransition(tx, episodeId)
    const done = actRecordSchema.safeParse(last?.why)
    if (!done.success || !canBeUndone.has(done.data.act)) return entry
    const { before, task: taskBefore } = done.data
    const { since, ...heldBefore } = before
    const record: ActRecord = {
      act: 'undo',
      before: { ...held(entry.state), since: entry.since },
      after: heldBefore,
      task: task && taskRecord(task),
    }
    if (task && taskBefore) {
      await changeTask(tx, task.id, {
        state: taskBefore.state,
        startedAt: instantOrNull(taskBefore.startedAt),
        doneAt: instantOrNull(taskBefore.doneAt),
        // An act is done to a task that is open, so that before it nobody had closed it.
        closedBy: null,
        note: taskBefore.note,
      })
    }
    const state = { ...entry.state, ...heldBefore }
    return put(tx, ports, { ...entry, state, since }, entry, record, today, null, target.actor)
  })
}

const canBeUndone: ReadonlySet<ActRecord['act']> = new Set(['start', 'done', 'snooze'])

type Work = (tx: StateDb, entry: Entry, task: Task | null, episodeId: string) => Promise<Entry>

/** Finds the lamp under the lock, refuses what is not open, and shows what became of it. */
async function onOpenLamp(
  ports: Ports,
  workspace: Workspace,
  { account, lamp }: ActTarget,
  work: Work,
): Promise<LampView> {
  const definitions = await readDefinitions(ports.state.db, workspace.id, ports.clock.now())
  lampOf(definitions, lamp)
  const accounts = await readAccounts(ports, workspace, [account])
  if (!accounts.has(account)) throw new Failure('UNKNOWN_ACCOUNT', { accountId: account })
  const entry = await ports.state.transaction(async (tx) => {
    await lockLamps(tx, workspace.id)
    const found = await entryOfAccount(tx, workspace.id, account, lamp)
    const episodeId = found?.episodeId ?? null
    if (found === null || episodeId === null) throw new Failure('LAMP_NOT_LIT', { key: lamp })
    return work(tx, found, await taskOfEpisode(tx, episodeId), episodeId)
  })
  return lampView(await readAround(ports, { workspace, definitions, accounts }, [entry]), entry)
}

async function put(
  tx: StateDb,
  ports: Ports,
  entry: Entry,
  before: Entry,
  record: ActRecord,
  on: string,
  reason: string | null,
  actor: string | null = null,
): Promise<Entry> {
  const { accountId, lampKey, lampVersion, episodeId } = entry
  if (episodeId === null) throw new Error(`no episode to act on: ${lampKey} of ${accountId}`)
  await writeEntries(tx, ports.workspaceId, [entry])
  await writeTransitions(tx, ports.workspaceId, [
    {
      accountId,
      lampKey,
      lampVersion,
      episodeId,
      on,
      at: ports.clock.now().toString(),
      from: before.state.position,
      to: entry.state.position,
      cause: 'person',
      reason,
      actor,
      why: record,
    },
  ])
  return entry
}

/** What an act makes of the task; null where it stays as it is. */
function taskAfter(task: Task, person: PersonAct, now: Temporal.Instant): TaskChange | null {
  const { kind } = person.act
  if (kind === 'start' && task.state === 'open') {
    return { state: 'started', startedAt: now, doneAt: null, closedBy: null, note: task.note }
  }
  if (kind === 'done' && (task.state === 'open' || task.state === 'started')) {
    const note = person.note ?? task.note
    const closedBy = person.actor ?? null
    return { state: 'done', startedAt: task.startedAt ?? now, doneAt: now, closedBy, note }
  }
  return null
}

const taskRecord = ({ state, startedAt, doneAt, note }: Task) => ({
  state,
  startedAt: startedAt?.toString() ?? null,
  doneAt: doneAt?.toString() ?? null,
  note,
})

const instantOrNull = (text: string | null) => (text === null ? null : Temporal.Instant.from(text))

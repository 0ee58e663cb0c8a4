import type { StateDb } from '@tomoshibi/state/store'
import { Temporal } from 'temporal-polyfill'
import type { Ports } from '../../call/context.ts'
import { readRollups } from '../../collect/rollups/service.ts'
import type { Workspace } from '../../platform/workspace.ts'
import { readAccounts } from './accounts.ts'
import { startOfDay } from './days.ts'
import type { Lamp } from './definition.ts'
import type { Course } from './evaluation.ts'
import { taskId } from './ids.ts'
import { Ledger } from './ledger.ts'
import { readNames } from './names.ts'
import { checkedLamps, readDefinitions } from './registry.ts'
import { silenceKey, silencesOn } from './silence-store.ts'
import { writeEntries, writeEpisodes, writeTransitions } from './store.ts'
import { cancelTasks, createTasks, episodesWithoutTask, reopenTasks } from './task-store.ts'

/** An evaluation that is under way. */
export interface Run {
  readonly ports: Ports
  readonly workspace: Workspace
  readonly lamps: readonly Lamp[]
  readonly course: Course
  /** The last day that it looks at (ISO date). */
  readonly target: string
}

/** What is needed to ask for days. */
export async function courseOf(ports: Ports, workspace: Workspace): Promise<Course> {
  return {
    workspaceId: workspace.id,
    facts: ports.facts,
    settings: workspace.settings,
    scope: await readNames(ports, workspace),
    rollups: await readRollups(ports),
    now: ports.clock.now().toString(),
  }
}

/** What an evaluation needs to know before it looks at any day. @throws Failure BAD_CONDITION */
export async function prepare(ports: Ports, workspace: Workspace, target: string): Promise<Run> {
  const course = await courseOf(ports, workspace)
  const definitions = await readDefinitions(ports.state.db, workspace.id, ports.clock.now())
  return { ports, workspace, lamps: checkedLamps(definitions, course.scope), course, target }
}

/** A book for the run that begins with what is stored. */
export function newLedger(run: Run, entries: ConstructorParameters<typeof Ledger>[1]): Ledger {
  const { timeZone } = run.workspace.settings
  const startsAt = (on: string) => startOfDay(on, timeZone)
  const { workspaceId, now } = run.course
  return new Ledger({ workspaceId, now, startOfDay: startsAt }, entries)
}

/** Stores what the ledger found; tasks of episodes that ended are cancelled. */
export async function write(
  tx: StateDb,
  workspaceId: string,
  ledger: Ledger,
  whole = false,
): Promise<void> {
  const episodes = [...ledger.episodes.values()]
  await writeEpisodes(tx, workspaceId, episodes, whole)
  await writeTransitions(tx, workspaceId, ledger.transitions)
  await writeEntries(tx, workspaceId, ledger.changes)
  const ended = episodes.filter((episode) => episode.clearedOn !== null)
  await cancelTasks(
    tx,
    ended.map((episode) => episode.id),
  )
}

/**
 * A task for every episode that is open now and has none. Those that came and went have none, nor have those
 * of lamps that are silenced.
 */
export async function makeTasks(tx: StateDb, run: Run, ledger: Ledger): Promise<number> {
  const silenced = await silencesOn(tx, run.workspace.id, run.target)
  const open = ledger.entries.flatMap((entry) =>
    entry.episodeId === null || silenced.has(silenceKey(entry))
      ? []
      : [{ ...entry, episodeId: entry.episodeId }],
  )
  const episodeIds = open.map((entry) => entry.episodeId)
  await reopenTasks(tx, episodeIds)
  const lacking = await episodesWithoutTask(tx, episodeIds)
  const without = open.filter((entry) => lacking.has(entry.episodeId))
  const owned = without.filter(
    ({ lampKey }) => definitionOf(run, lampKey)?.task.owner === 'account_owner',
  )
  const accounts = await readAccounts(
    run.ports,
    run.workspace,
    owned.map((entry) => entry.accountId),
  )
  const tasks = without.flatMap((entry) => {
    const definition = definitionOf(run, entry.lampKey)
    if (!definition) return []
    const { title, body, owner, dueDays } = definition.task
    return [
      {
        id: taskId(entry.episodeId),
        workspaceId: run.workspace.id,
        accountId: entry.accountId,
        lampKey: entry.lampKey,
        episodeId: entry.episodeId,
        title,
        body,
        owner:
          owner === 'account_owner' ? (accounts.get(entry.accountId)?.owner ?? null) : owner.fixed,
        dueOn: Temporal.PlainDate.from(run.target).add({ days: dueDays }).toString(),
        state: 'open' as const,
        createdAt: run.ports.clock.now(),
      },
    ]
  })
  return createTasks(tx, tasks)
}

const definitionOf = (run: Run, key: string) =>
  run.lamps.find((lamp) => lamp.definition.key === key)?.definition

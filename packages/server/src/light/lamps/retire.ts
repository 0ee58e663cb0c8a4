import { randomUUID } from 'node:crypto'
import type { LampRetirement } from '@tomoshibi/contract/light'
import type { StateDb } from '@tomoshibi/state/store'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { userNames } from '../../people/names.ts'
import { todayIn } from '../../platform/clock.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { type ActRecord, actRecordSchema, held } from './act-record.ts'
import { offState } from './lamps.ts'
import type { Entry, Transition } from './ledger.ts'
import { type Definitions, lampOf, readDefinitions } from './registry.ts'
import {
  addRetirement,
  endEpisodes,
  endRetirement,
  putOutBy,
  reopenEpisodes,
  retirementsNow,
  type StoredRetirement,
} from './retire-store.ts'
import { silenceKey, silencesOn } from './silence-store.ts'
import { lockLamps, trackedEntries, writeEntries, writeTransitions } from './store.ts'
import { cancelTasks, reopenTasks, retiredNote } from './task-store.ts'

interface Asked {
  readonly lamp: string
  /** The user's id; null for a program. */
  readonly actor?: string | null
}

/**
 * Evaluates a lamp no more. Where it burns it ends with the reason, and what was to do is cancelled; its
 * history stays.
 *
 * @throws Failure UNKNOWN_LAMP, also for one that is retired already
 */
export async function retireLamp(
  ports: Ports,
  { lamp, reason, actor = null }: Asked & { readonly reason: string },
): Promise<LampRetirement> {
  const workspace = await getWorkspace(ports)
  const today = todayIn(ports.clock, workspace.settings.timeZone).toString()
  const at = ports.clock.now()
  const retirement: StoredRetirement = {
    id: randomUUID(),
    workspaceId: workspace.id,
    lampKey: lamp,
    reason,
    retiredBy: actor,
    retiredAt: at,
    restoredAt: null,
    restoredBy: null,
  }
  const definitions = await ports.state.transaction(async (tx) => {
    await lockLamps(tx, workspace.id)
    const known = await readDefinitions(tx, workspace.id, at)
    lampOf(known, lamp)
    await addRetirement(tx, retirement)
    const burning = (await trackedEntries(tx, workspace.id)).flatMap((entry) =>
      entry.lampKey === lamp && entry.episodeId !== null
        ? [{ ...entry, episodeId: entry.episodeId }]
        : [],
    )
    const ids = burning.map(({ episodeId }) => episodeId)
    await writeTransitions(
      tx,
      workspace.id,
      burning.map((entry): Transition => {
        const record: ActRecord = {
          act: 'retire',
          before: { ...held(entry.state), since: entry.since },
          after: held(offState),
          task: null,
        }
        return moved(entry, entry.state.position, 'off', { on: today, at, reason, actor, record })
      }),
    )
    const since = at.toString()
    await writeEntries(
      tx,
      workspace.id,
      burning.map((entry) => ({ ...entry, state: offState, since, episodeId: null, why: null })),
    )
    await endEpisodes(tx, ids, today)
    await cancelTasks(tx, ids, retiredNote)
    return known
  })
  return viewed(ports, definitions, retirement)
}

/**
 * Takes back that a lamp was retired: what it put out burns again as it did, and the next evaluation goes
 * through the days since.
 *
 * @throws Failure UNKNOWN_LAMP, LAMP_NOT_RETIRED
 */
export async function restoreLamp(
  ports: Ports,
  { lamp, actor = null }: Asked,
): Promise<LampRetirement> {
  const workspace = await getWorkspace(ports)
  return ports.state.transaction(async (tx) => {
    await lockLamps(tx, workspace.id)
    const definitions = await readDefinitions(tx, workspace.id, ports.clock.now())
    const retirement = definitions.retired.get(lamp)
    if (retirement === undefined) {
      lampOf(definitions, lamp)
      throw new Failure('LAMP_NOT_RETIRED', { key: lamp })
    }
    const by = { at: ports.clock.now(), actor }
    await restoreWithin(tx, ports, retirement, by)
    return viewed(ports, definitions, { ...retirement, restoredAt: by.at, restoredBy: actor })
  })
}

/** The same in a transaction that has the lock, as a lamp comes back by being defined again. */
export async function restoreWithin(
  tx: StateDb,
  ports: Ports,
  retirement: StoredRetirement,
  by: Parameters<typeof endRetirement>[2],
): Promise<void> {
  const workspace = await getWorkspace(ports)
  const on = todayIn(ports.clock, workspace.settings.timeZone).toString()
  await endRetirement(tx, retirement.id, by)
  const entries: Entry[] = []
  const transitions: Transition[] = []
  for (const { transition, litOn, why } of await putOutBy(tx, retirement)) {
    const record = actRecordSchema.safeParse(transition.why)
    if (!record.success || record.data.act !== 'retire') continue
    const { since, ...before } = record.data.before
    const { accountId, lampKey, lampVersion, episodeId } = transition
    const state = { ...offState, ...before, litOn }
    const entry: Entry = { accountId, lampKey, lampVersion, state, since, episodeId, why }
    const restored: ActRecord = {
      act: 'restore',
      before: { ...held(offState), since: transition.at },
      after: held(state),
      task: null,
    }
    entries.push(entry)
    const move = { on, at: by.at, reason: null, actor: by.actor, record: restored }
    transitions.push(moved(entry, 'off', state.position, move))
  }
  const ids = entries.flatMap(({ episodeId }) => episodeId ?? [])
  await reopenEpisodes(tx, ids)
  await writeEntries(tx, workspace.id, entries)
  await writeTransitions(tx, workspace.id, transitions)
  const silenced = await silencesOn(tx, workspace.id, on)
  await reopenTasks(
    tx,
    entries.flatMap((entry) => (silenced.has(silenceKey(entry)) ? [] : (entry.episodeId ?? []))),
  )
}

interface Moving {
  readonly on: string
  readonly at: StoredRetirement['retiredAt']
  readonly reason: string | null
  readonly actor: string | null
  readonly record: ActRecord
}

function moved(
  { accountId, lampKey, lampVersion, episodeId }: Entry,
  from: Transition['from'],
  to: Transition['to'],
  { on, at, reason, actor, record }: Moving,
): Transition {
  if (episodeId === null) throw new Error(`no episode to move: ${lampKey} of ${accountId}`)
  return {
    ...{ accountId, lampKey, lampVersion, episodeId, on, from, to, reason, actor },
    at: at.toString(),
    cause: 'person',
    why: record,
  }
}

/** The lamps that are retired now. */
export async function listRetired(ports: Ports): Promise<LampRetirement[]> {
  const definitions = await readDefinitions(ports.state.db, ports.workspaceId, ports.clock.now())
  const found: LampRetirement[] = []
  for (const retirement of (await retirementsNow(ports.state.db, ports.workspaceId)).values()) {
    found.push(await viewed(ports, definitions, retirement))
  }
  return found
}

async function viewed(
  ports: Ports,
  definitions: Definitions,
  { lampKey, reason, retiredAt, retiredBy, restoredAt }: StoredRetirement,
): Promise<LampRetirement> {
  const names = await userNames(ports.state.db, retiredBy === null ? [] : [retiredBy])
  return {
    lamp: lampKey,
    name: definitions.named(lampKey)?.name ?? { en: lampKey, ja: lampKey },
    reason,
    retiredAt: retiredAt.toString(),
    retiredBy: retiredBy === null ? null : (names.get(retiredBy) ?? null),
    restoredAt: restoredAt?.toString() ?? null,
  }
}

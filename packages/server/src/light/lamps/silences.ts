import { randomUUID } from 'node:crypto'
import type { LampSilence } from '@tomoshibi/contract/light'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { userNames } from '../../people/names.ts'
import { todayIn } from '../../platform/clock.ts'
import { getWorkspace, type Workspace } from '../../platform/workspace.ts'
import { type AccountFacts, readAccounts } from './accounts.ts'
import type { ActTarget } from './acts.ts'
import { type Definitions, lampOf, readDefinitions } from './registry.ts'
import {
  addSilence,
  allSilences,
  type StoredSilence,
  silenceKey,
  silencesOn,
  withdrawSilence,
} from './silence-store.ts'
import { entryOfAccount, lockLamps } from './store.ts'
import { cancelTasks, reopenTasks, silencedNote } from './task-store.ts'

export interface NewSilence extends ActTarget {
  readonly reason: string
  /** The day (ISO date) on which it counts no more; left out = until somebody takes it back. */
  readonly until?: string | undefined
  /** The user's id; null for a program. */
  readonly actor?: string | null
}

/**
 * Keeps a lamp from asking anybody about one account, lit or not. Its state goes on by the data, so that
 * its evidence stays whole; what is still to do is cancelled. It takes the place of a silence that counted.
 *
 * @throws Failure UNKNOWN_LAMP, UNKNOWN_ACCOUNT, SNOOZE_IN_THE_PAST
 */
export async function silenceLamp(ports: Ports, asked: NewSilence): Promise<LampSilence> {
  const known = await knownTarget(ports, asked)
  const { workspace, today } = known
  const { reason, until = null, actor = null } = asked
  if (until !== null && until <= today) throw new Failure('SNOOZE_IN_THE_PAST')
  const at = ports.clock.now()
  const silence: StoredSilence = {
    id: randomUUID(),
    workspaceId: workspace.id,
    accountId: asked.account,
    lampKey: asked.lamp,
    reason,
    silencedBy: actor,
    silencedAt: at,
    until,
    withdrawnAt: null,
    withdrawnBy: null,
  }
  await ports.state.transaction(async (tx) => {
    await lockLamps(tx, workspace.id)
    const before = (await silencesOn(tx, workspace.id, today)).get(silenceKey(silence))
    if (before !== undefined) await withdrawSilence(tx, before.id, { at, actor })
    await addSilence(tx, silence)
    const entry = await entryOfAccount(tx, workspace.id, asked.account, asked.lamp)
    if (entry?.episodeId) await cancelTasks(tx, [entry.episodeId], silencedNote)
  })
  return viewed(ports, known, silence)
}

/**
 * Takes a silence back: the lamp asks again, where it burns, and its task is to do again.
 *
 * @throws Failure UNKNOWN_LAMP, UNKNOWN_ACCOUNT, NOT_SILENCED
 */
export async function unsilenceLamp(
  ports: Ports,
  target: ActTarget & { readonly actor?: string | null },
): Promise<LampSilence> {
  const known = await knownTarget(ports, target)
  const { workspace, today } = known
  const { account, lamp, actor = null } = target
  const at = ports.clock.now()
  const silence = await ports.state.transaction(async (tx) => {
    await lockLamps(tx, workspace.id)
    const counting = await silencesOn(tx, workspace.id, today)
    const found = counting.get(silenceKey({ accountId: account, lampKey: lamp }))
    if (found === undefined) throw new Failure('NOT_SILENCED', { key: lamp })
    await withdrawSilence(tx, found.id, { at, actor })
    const entry = await entryOfAccount(tx, workspace.id, account, lamp)
    if (entry?.episodeId) await reopenTasks(tx, [entry.episodeId])
    return { ...found, withdrawnAt: at, withdrawnBy: actor }
  })
  return viewed(ports, known, silence)
}

/** Lamps that are silenced for accounts, newest first. @param all also those that count no more */
export async function listSilences(
  ports: Ports,
  { account, all }: { readonly account?: string | undefined; readonly all: boolean },
): Promise<LampSilence[]> {
  const workspace = await getWorkspace(ports)
  const today = todayIn(ports.clock, workspace.settings.timeZone).toString()
  const definitions = await readDefinitions(ports.state.db, workspace.id, ports.clock.now())
  const found = (await allSilences(ports.state.db, workspace.id))
    .filter(({ accountId }) => account === undefined || accountId === account)
    .filter(({ accountId }) => ports.seen?.has(accountId) ?? true)
    .filter((silence) => all || stateOf(silence, today) === 'counts')
    .toReversed()
  const ids = found.map(({ accountId }) => accountId)
  const accounts = await readAccounts(ports, workspace, ids)
  const names = await userNames(ports.state.db, found.flatMap(peopleIn))
  return found.map((silence) => view({ definitions, accounts, names, today }, silence))
}

interface Known {
  readonly workspace: Workspace
  /** ISO date. */
  readonly today: string
  readonly definitions: Definitions
  readonly accounts: ReadonlyMap<string, AccountFacts>
}

/** @throws Failure UNKNOWN_LAMP, UNKNOWN_ACCOUNT */
async function knownTarget(ports: Ports, { account, lamp }: ActTarget): Promise<Known> {
  const workspace = await getWorkspace(ports)
  const definitions = await readDefinitions(ports.state.db, workspace.id, ports.clock.now())
  lampOf(definitions, lamp)
  const accounts = await readAccounts(ports, workspace, [account])
  if (!accounts.has(account)) throw new Failure('UNKNOWN_ACCOUNT', { accountId: account })
  const today = todayIn(ports.clock, workspace.settings.timeZone).toString()
  return { workspace, today, definitions, accounts }
}

const viewed = async (ports: Ports, known: Known, silence: StoredSilence) =>
  view({ ...known, names: await userNames(ports.state.db, peopleIn(silence)) }, silence)

const peopleIn = ({ silencedBy, withdrawnBy }: StoredSilence): string[] =>
  [silencedBy, withdrawnBy].filter((id) => id !== null)

function stateOf({ withdrawnAt, until }: StoredSilence, today: string): LampSilence['state'] {
  if (withdrawnAt !== null) return 'withdrawn'
  return until !== null && until <= today ? 'ended' : 'counts'
}

function view(
  {
    definitions,
    accounts,
    names,
    today,
  }: Pick<Known, 'definitions' | 'accounts' | 'today'> & {
    readonly names: ReadonlyMap<string, string>
  },
  silence: StoredSilence,
): LampSilence {
  const { accountId, lampKey, silencedBy, withdrawnBy } = silence
  return {
    account: accountId,
    accountName: accounts.get(accountId)?.name ?? accountId,
    lamp: lampKey,
    name: definitions.named(lampKey)?.name ?? { en: lampKey, ja: lampKey },
    reason: silence.reason,
    until: silence.until,
    silencedAt: silence.silencedAt.toString(),
    silencedBy: silencedBy === null ? null : (names.get(silencedBy) ?? null),
    withdrawnAt: silence.withdrawnAt?.toString() ?? null,
    withdrawnBy: withdrawnBy === null ? null : (names.get(withdrawnBy) ?? null),
    state: stateOf(silence, today),
  }
}

import type {
  LampDefinition as LampDefinitionView,
  LampTransition as LampTransitionView,
  LampState as LampView,
} from '@tomoshibi/contract/light'
import { explainCondition } from '@tomoshibi/metrics/condition/explain'
import Big from 'big.js'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import type { Catalogue } from '../../measure/custom/service.ts'
import { userNames } from '../../people/names.ts'
import { todayIn } from '../../platform/clock.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { historyOf, readAccounts } from './accounts.ts'
import { causeOf } from './cause.ts'
import { dayAfter } from './days.ts'
import type { Lamp } from './definition.ts'
import { type LampScope, readNames } from './names.ts'
import { checkLamp } from './parse.ts'
import { checkedLamps, defineLamp, readDefinitions } from './registry.ts'
import { sayMove, sayRule } from './say.ts'
import { silenceKey, silencesOn } from './silence-store.ts'
import {
  allEntries,
  allEpisodes,
  openEpisodesOf,
  readWhy,
  stillOpen,
  transitionsOfAccount,
  watermarks,
} from './store.ts'
import { lampView, readAround } from './view.ts'

export interface ListOptions {
  /** Only those lit or acted on, and not silenced. */
  readonly lit?: boolean
  readonly account?: string | undefined
}

/**
 * Lamps that are lit or were once, the most urgent ones first.
 *
 * @throws Failure UNKNOWN_ACCOUNT
 */
export async function listLamps(ports: Ports, options: ListOptions = {}): Promise<LampView[]> {
  const workspace = await getWorkspace(ports)
  const definitions = await readDefinitions(ports.state.db, workspace.id, ports.clock.now())
  const found = await allEntries(ports.state.db, workspace.id, options.account ?? null)
  const entries = found
    .filter(({ accountId }) => ports.seen?.has(accountId) ?? true)
    .filter(({ state: { position } }) =>
      options.lit ? position === 'lit' || position === 'acting' : true,
    )
  const accountIds = new Set(entries.map((entry) => entry.accountId))
  if (options.account !== undefined) accountIds.add(options.account)
  const accounts = await readAccounts(ports, workspace, [...accountIds])
  if (options.account !== undefined && !accounts.has(options.account)) {
    throw new Failure('UNKNOWN_ACCOUNT', { accountId: options.account })
  }
  const around = await readAround(ports, { workspace, definitions, accounts }, entries)
  return entries
    .map((entry) => lampView(around, entry))
    .filter(({ silenced }) => !options.lit || silenced === null)
    .sort(byUrgency)
}

/** What needs somebody today: lit lamps and those acted on, the most urgent first. */
export const todaysLamps = (ports: Ports): Promise<LampView[]> => listLamps(ports, { lit: true })

/** Whether a lamp is silenced for an account now. */
export async function silencedNow(
  ports: Ports,
): Promise<(accountId: string, lampKey: string) => boolean> {
  const { id, settings } = await getWorkspace(ports)
  const today = todayIn(ports.clock, settings.timeZone).toString()
  const silences = await silencesOn(ports.state.db, id, today)
  return (accountId, lampKey) => silences.has(silenceKey({ accountId, lampKey }))
}

/** All lamps that are evaluated, with their conditions in words. */
export async function lampDefinitions(ports: Ports): Promise<LampDefinitionView[]> {
  const workspace = await getWorkspace(ports)
  const definitions = await readDefinitions(ports.state.db, workspace.id, ports.clock.now())
  const scope = await readNames(ports, workspace)
  return checkedLamps(definitions, scope).map((lamp) => definitionView(lamp, scope))
}

const definitionView = ({ definition, condition }: Lamp, scope: LampScope): LampDefinitionView => ({
  key: definition.key,
  version: definition.version,
  name: definition.name,
  condition: definition.condition,
  off: definition.off,
  says: explainCondition(condition),
  holdDays: definition.holdDays,
  severity: definition.severity,
  cause: causeOf(definition, scope),
  escalates: definition.escalate && sayRule(definition.escalate),
  todo: {
    title: definition.task.title,
    body: definition.task.body,
    dueDays: definition.task.dueDays,
  },
})

/**
 * Adds a lamp, or a new version of one, from YAML.
 *
 * @throws Failure BAD_CONDITION with every problem, also when that version is there and says otherwise.
 */
export async function addLampDefinition(ports: Ports, yaml: string): Promise<LampDefinitionView> {
  const lamp = await defineLamp(ports, yaml)
  return definitionView(lamp, await readNames(ports, await getWorkspace(ports)))
}

/** Keys of the lamps whose conditions or reasons name a metric. */
export async function lampsNaming(ports: Ports, metric: string): Promise<string[]> {
  const workspace = await getWorkspace(ports)
  const definitions = await readDefinitions(ports.state.db, workspace.id, ports.clock.now())
  const scope = await readNames(ports, workspace)
  return definitions.newest.flatMap((definition) => {
    const checked = checkLamp(definition, scope)
    return checked.ok && checked.lamp.names.includes(metric) ? [definition.key] : []
  })
}

/** Keys of all lamps. */
export async function lampKeys(ports: Ports): Promise<string[]> {
  const definitions = await readDefinitions(ports.state.db, ports.workspaceId, ports.clock.now())
  return definitions.newest.map(({ key }) => key)
}

/** Lightings of a lamp from a day (ISO date) on that have not gone out and are not silenced. */
export async function openLightings(
  ports: Ports,
  lampKey: string,
  from: string,
): Promise<{ readonly accountId: string; readonly episodeId: string }[]> {
  const open = await openEpisodesOf(ports.state.db, ports.workspaceId, lampKey, from)
  if (open.length === 0) return []
  const isSilenced = await silencedNow(ports)
  return open.filter(({ accountId }) => !isSilenced(accountId, lampKey))
}

/** Those of some lightings whose lamp has not gone out. */
export const openEpisodes = (ports: Ports, episodeIds: readonly string[]): Promise<Set<string>> =>
  stillOpen(ports.state.db, ports.workspaceId, episodeIds)

/** What lamps are called, retired ones as well; one that is not known is called by its key. */
export async function lampNames(
  ports: Ports,
): Promise<(key: string) => LampDefinitionView['name']> {
  const definitions = await readDefinitions(ports.state.db, ports.workspaceId, ports.clock.now())
  return (key) => definitions.named(key)?.name ?? { en: key, ja: key }
}

/** The version in force of every lamp. */
export async function lampsInForce(
  ports: Ports,
): Promise<Pick<LampHistory, 'key' | 'version' | 'name' | 'outcome'>[]> {
  const workspace = await getWorkspace(ports)
  const definitions = await readDefinitions(ports.state.db, workspace.id, ports.clock.now())
  return definitions.newest.map(({ key, version, name, outcome }) => ({
    key,
    version,
    name,
    outcome,
  }))
}

/** Keys of the lamps whose conditions or reasons use a name, by name. */
export async function lampsByName(ports: Ports): Promise<Map<string, string[]>> {
  const workspace = await getWorkspace(ports)
  const definitions = await readDefinitions(ports.state.db, workspace.id, ports.clock.now())
  const scope = await readNames(ports, workspace)
  const found = new Map<string, string[]>()
  for (const definition of definitions.newest) {
    const checked = checkLamp(definition, scope)
    for (const name of checked.ok ? checked.lamp.names : []) {
      found.set(name, [...(found.get(name) ?? []), definition.key])
    }
  }
  return found
}

/** The lamps that work now and would not with other metrics, each with the first reason. */
export async function lampsBroken(
  ports: Ports,
  catalogue: Catalogue,
): Promise<{ readonly lamp: string; readonly text: LampDefinitionView['name'] }[]> {
  const workspace = await getWorkspace(ports)
  const definitions = await readDefinitions(ports.state.db, workspace.id, ports.clock.now())
  const now = await readNames(ports, workspace)
  const then = await readNames(ports, workspace, catalogue)
  return definitions.newest.flatMap((definition) => {
    if (!checkLamp(definition, now).ok) return []
    const checked = checkLamp(definition, then)
    const [problem] = checked.ok ? [] : checked.problems
    return problem === undefined ? [] : [{ lamp: definition.key, text: problem.text }]
  })
}

/** The moves of an account's lamps, newest first. */
export async function lampHistory(
  ports: Ports,
  accountId: string,
  limit = 500,
): Promise<LampTransitionView[]> {
  const definitions = await readDefinitions(ports.state.db, ports.workspaceId, ports.clock.now())
  if (ports.seen?.has(accountId) === false) return []
  const moves = await transitionsOfAccount(ports.state.db, ports.workspaceId, accountId, limit)
  const names = await userNames(
    ports.state.db,
    moves.flatMap(({ actor }) => actor ?? []),
  )
  return moves.map((move) => ({
    account: move.accountId,
    lamp: move.lampKey,
    name: definitions.version(move.lampKey, move.lampVersion).name,
    on: move.on,
    at: move.at,
    from: move.from,
    to: move.to,
    cause: move.cause,
    reason: move.reason,
    why: readWhy(move.why)?.text ?? null,
    says: sayMove(move, move.actor === null ? null : (names.get(move.actor) ?? null)),
  }))
}

/** Every lighting of one lamp over the days for which it was evaluated. */
export interface LampHistory {
  readonly key: string
  readonly version: number
  readonly name: LampDefinitionView['name']
  /** What it claims to announce. */
  readonly outcome: 'churn' | 'expansion'
  readonly episodes: readonly {
    readonly accountId: string
    readonly litOn: string
    readonly clearedOn: string | null
  }[]
  /**
   * ISO dates [from, before) of the finished days on which it could have lit: from the first sign of
   * any account on. null where there are none.
   */
  readonly evaluated: { readonly from: string; readonly before: string } | null
}

/** The history of every lamp. */
export async function lampHistories(ports: Ports): Promise<LampHistory[]> {
  const workspace = await getWorkspace(ports)
  const { db } = ports.state
  const definitions = await readDefinitions(db, workspace.id, ports.clock.now())
  const [episodes, through, history] = await Promise.all([
    allEpisodes(db, workspace.id),
    watermarks(db, workspace.id),
    historyOf(ports, workspace),
  ])
  return definitions.newest.map(({ key, version, name, outcome }) => {
    const last = through.get(key)
    const evaluated =
      history === null || last === undefined || last < history.firstSignDay
        ? null
        : { from: history.firstSignDay, before: dayAfter(last) }
    return {
      key,
      version,
      name,
      outcome,
      episodes: episodes.filter((episode) => episode.lampKey === key),
      evaluated,
    }
  })
}

/** The most urgent first; of equal ones that with more revenue, then the longer lit. */
function byUrgency(a: LampView, b: LampView): number {
  const points = b.urgency.points - a.urgency.points
  if (points !== 0) return points
  const revenue = compareMoney(b.mrr, a.mrr)
  if (revenue !== 0) return revenue
  const [x, y] = [
    `${a.litOn ?? '9999'} ${a.account} ${a.lamp}`,
    `${b.litOn ?? '9999'} ${b.account} ${b.lamp}`,
  ]
  return x < y ? -1 : x > y ? 1 : 0
}

/** No value comes after every value. */
function compareMoney(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null)
  return new Big(a).cmp(b)
}

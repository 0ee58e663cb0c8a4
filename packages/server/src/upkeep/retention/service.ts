import type { Retention, RetentionOutcome } from '@tomoshibi/contract/retention'
import type { Text } from '@tomoshibi/contract/text'
import { beginCut, carryOut, findOld } from '@tomoshibi/facts/retention/cut'
import {
  type CutTable,
  currentCuts,
  cutTables,
  type FactCut,
  readCuts,
} from '@tomoshibi/facts/retention/cuts'
import type { FactStore } from '@tomoshibi/facts/store'
import { type FactTableName, factTables } from '@tomoshibi/facts/tables'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { inTurn } from '../../collect/turns.ts'
import { choicesOf, inBatches, requestsFor } from '../../measure/metrics/service.ts'
import { todayIn } from '../../platform/clock.ts'
import { getWorkspace, updateWorkspaceSettings } from '../../platform/workspace.ts'
import type { WorkspaceSettings } from '../../platform/workspace-settings.ts'
import { dayOf, firstDayKept, isCutTable, policies, replicated, startOf } from './retention.ts'

const isFactTable = (table: string): table is FactTableName => Object.hasOwn(factTables, table)

/** How long facts of each kind are kept, and what was deleted of them. @throws FactsError, StateError */
export async function showRetention(ports: Ports): Promise<Retention[]> {
  const { settings } = await getWorkspace(ports)
  const cuts = await readCuts(ports.facts, ports.workspaceId)
  const today = todayIn(ports.clock, settings.timeZone)
  return Object.values(factTables).map(({ name }): Retention => {
    const months = isCutTable(name) ? (settings.retentionMonths[name] ?? null) : null
    return {
      table: name,
      ...policies[name],
      keptBecause: whyKept(ports, name),
      months,
      dueBefore: months === null ? null : firstDayKept(today, months).toString(),
      cuts: cuts.filter(({ table }) => table === name).map(cutView),
    }
  })
}

/** Why facts of a kind are kept for ever; null = they need not be. */
const whyKept = ({ facts: { layout } }: Pick<Ports, 'facts'>, table: FactTableName): Text | null =>
  policies[table].keptBecause ??
  (layout.kind === 'cluster' && layout.replicated ? replicated : null)

const cutView = ({ before, timeZone, begunAt, doneAt, rows }: FactCut) => ({
  before: dayOf(before, timeZone),
  begunAt,
  doneAt,
  rows,
})

/**
 * Chooses how long facts of a kind are kept; null = for ever. Nothing is deleted before the next night, or
 * `applyRetention`.
 *
 * @throws Failure FACTS_KEPT where facts of this kind are never deleted, FACTS_NEEDED where figures of today
 *   would lose their value, BAD_INPUT where there is no such kind
 */
export async function setRetention(
  ports: Ports,
  table: string,
  months: number | null,
): Promise<Retention> {
  if (!isFactTable(table)) {
    const names = Object.keys(factTables).join(', ')
    throw new Failure('BAD_INPUT', {
      problem: `table: there are no facts '${table}'; there are ${names}`,
      problemJa: `table: 「${table}」というデータはありません。指定できるもの: ${names}`,
    })
  }
  const { label } = policies[table]
  const keptBecause = whyKept(ports, table)
  if (!isCutTable(table) || (keptBecause !== null && months !== null)) {
    throw new Failure('FACTS_KEPT', {
      label: label.en,
      labelJa: label.ja,
      reason: keptBecause?.en ?? '',
      reasonJa: keptBecause?.ja ?? '',
    })
  }
  const { settings } = await getWorkspace(ports)
  if (months !== null) {
    const before = dueBefore(ports, settings, months)
    const metrics = await neededBy(ports, table, before)
    if (metrics.length > 0) {
      throw new Failure('FACTS_NEEDED', {
        label: label.en,
        labelJa: label.ja,
        months: String(months),
        metrics: metrics.join(', '),
      })
    }
  }
  const { [table]: _, ...others } = settings.retentionMonths
  await updateWorkspaceSettings(ports, {
    retentionMonths: months === null ? others : { ...others, [table]: months },
  })
  const shown = (await showRetention(ports)).find((each) => each.table === table)
  if (shown === undefined) throw new Error(`${table} is no table of facts`)
  return shown
}

/** ISO instant. */
const dueBefore = ({ clock }: Ports, { timeZone }: WorkspaceSettings, months: number): string =>
  startOf(firstDayKept(todayIn(clock, timeZone), months), timeZone)

/** Metrics whose value of today needs facts of before an instant. */
async function neededBy(ports: Ports, table: CutTable, before: string): Promise<string[]> {
  const choices = await choicesOf(ports)
  const { timeZone } = choices.settings
  const rollups = {
    cuts: { ...choices.rollups.cuts, [table]: before },
    // Nothing is deleted before it holds all events.
    use: { timeZone, lastKnownAt: null },
  }
  const on = todayIn(ports.clock, timeZone).toString()
  const needing = new Set<string>()
  for (const perAccount of [false, true]) {
    const grain = perAccount ? 'account' : 'portfolio'
    const metrics = [...choices.catalogue.values()]
      .filter(({ grains }) => grains.includes(grain))
      .map(({ key }) => key)
    if (metrics.length === 0) continue
    const [request] = await requestsFor(
      ports,
      {
        metrics,
        on,
        by: [],
        accounts: [],
        perAccount,
        drill: false,
        compare: [],
        intervals: false,
      },
      { ...choices, rollups },
    )
    for (const { withoutFacts } of inBatches(request).batches) {
      for (const key of withoutFacts) needing.add(key)
    }
  }
  return [...needing].toSorted()
}

/** One after the other in each store: each looks at what the one before has left. */
const applying = new WeakMap<FactStore, Promise<unknown>>()

/**
 * Deletes what is past its period, and goes on with what was cut off; done again it changes nothing.
 *
 * @returns what became of each kind with a period
 * @throws FactsError, StateError; the next call goes on
 */
export function applyRetention(ports: Ports, { dryRun = false } = {}): Promise<RetentionOutcome[]> {
  const before = applying.get(ports.facts) ?? Promise.resolve()
  const work = before.then(() => applyNow(ports, dryRun))
  applying.set(
    ports.facts,
    work.catch(() => {}),
  )
  return work
}

async function applyNow(ports: Ports, dryRun: boolean): Promise<RetentionOutcome[]> {
  const { settings } = await getWorkspace(ports)
  const outcomes: RetentionOutcome[] = []
  for (const table of cutTables) {
    if (whyKept(ports, table) !== null) continue
    const resumed = dryRun ? 0 : await resume(ports, table)
    const months = settings.retentionMonths[table]
    if (months === undefined) continue
    const outcome = await applyTo(ports, settings, { table, months, dryRun })
    outcomes.push(
      resumed > 0 ? { ...outcome, outcome: 'deleted', rows: outcome.rows + resumed } : outcome,
    )
  }
  return outcomes
}

/** Ends a cut that was cut off itself. @returns how many rows that were */
async function resume(ports: Ports, table: CutTable): Promise<number> {
  const cuts = await readCuts(ports.facts, ports.workspaceId)
  const begun = cuts.find((cut) => cut.table === table && cut.doneAt === null)
  if (begun === undefined) return 0
  return await carryOutLogged(ports, begun)
}

async function applyTo(
  ports: Ports,
  settings: WorkspaceSettings,
  asked: { readonly table: CutTable; readonly months: number; readonly dryRun: boolean },
): Promise<RetentionOutcome> {
  const { facts, workspaceId, clock } = ports
  const { table } = asked
  const current = (await currentCuts(facts, workspaceId))[table]
  const wanted = dueBefore(ports, settings, asked.months)
  // A longer period brings nothing back: what came late for a month that is cut goes as well.
  const before =
    current !== undefined && Date.parse(current) > Date.parse(wanted) ? current : wanted
  const due = { workspaceId, table, before }
  const old = await findOld(facts, due)
  const outcome = {
    table,
    before: dayOf(before, settings.timeZone),
    ...old,
    neededBy: [],
  }
  if (old.rows === 0) return { ...outcome, outcome: 'nothing_old' }
  const metrics = before === current ? [] : await neededBy(ports, table, before)
  if (metrics.length > 0) {
    ports.log.warn(
      { table, before, metrics },
      'old facts are kept, since figures of today need them',
    )
    return { ...outcome, outcome: 'needed', neededBy: metrics }
  }
  if (asked.dryRun) return { ...outcome, outcome: 'would_delete' }
  const now = clock.now().toString({ smallestUnit: 'millisecond' })
  const { timeZone } = settings
  const begun = await inTurn(facts, () => beginCut(facts, due, { timeZone, now }))
  if (!begun.ok) return { ...outcome, outcome: begun.why, rows: 0 }
  return { ...outcome, outcome: 'deleted', rows: await carryOutLogged(ports, begun.cut) }
}

/** @returns how many rows were deleted */
async function carryOutLogged(ports: Ports, begun: FactCut): Promise<number> {
  const { facts, workspaceId, clock, log } = ports
  const { cut, deletedNow } = await carryOut(facts, workspaceId, begun, {
    turn: (work) => inTurn(facts, work),
    now: () => clock.now().toString({ smallestUnit: 'millisecond' }),
  })
  const { table, before, rows } = cut
  log.info({ workspaceId, table, before, rows, deletedNow }, 'old facts were deleted')
  return deletedNow
}

/** How retention stands, for the doctor. */
export interface RetentionState {
  /** Cuts that were begun before yesterday and are not done. */
  readonly unfinished: readonly CutTable[]
  /** Kinds of which facts are past their period by days. */
  readonly late: readonly CutTable[]
  /** Zone of the roll-up of use, whose events are deleted, where the workspace has another one. */
  readonly otherZone: string | null
}

const lateAfterDays = 3

/** @throws FactsError, StateError */
export async function retentionState(ports: Ports): Promise<RetentionState> {
  const { facts, workspaceId, clock } = ports
  const { settings } = await getWorkspace(ports)
  const cuts = await readCuts(facts, workspaceId)
  const yesterday = clock.now().subtract({ hours: 24 }).epochMilliseconds
  const unfinished = cuts.filter(
    ({ doneAt, begunAt }) => doneAt === null && Date.parse(begunAt) < yesterday,
  )
  const today = todayIn(clock, settings.timeZone)
  const late: CutTable[] = []
  for (const table of cutTables) {
    const months = settings.retentionMonths[table]
    if (months === undefined || whyKept(ports, table) !== null) continue
    if (today.day <= lateAfterDays) continue
    const before = dueBefore(ports, settings, months)
    const current = cuts.find((cut) => cut.table === table)?.before
    if (current !== undefined && Date.parse(current) >= Date.parse(before)) continue
    if ((await findOld(facts, { workspaceId, table, before })).rows > 0) late.push(table)
  }
  const ofUse = cuts.find(({ table }) => table === 'usage_events')
  const otherZone =
    ofUse !== undefined && ofUse.timeZone !== settings.timeZone ? ofUse.timeZone : null
  return { unfinished: unfinished.map(({ table }) => table), late, otherZone }
}

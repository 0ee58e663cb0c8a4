import { isDeepStrictEqual } from 'node:util'
import type {
  Comparison,
  MetricDescription,
  MetricQuery,
  MetricSummary,
  MetricValue,
} from '@tomoshibi/contract/metrics'
import { currentCuts } from '@tomoshibi/facts/retention/cuts'
import { type CompiledBatches, compileInBatches } from '@tomoshibi/metrics/batches'
import {
  type CompiledMetrics,
  compileMetrics,
  type MetricRow,
  type RefusedMetrics,
} from '@tomoshibi/metrics/compile'
import { usedMetrics } from '@tomoshibi/metrics/custom/recipes'
import type { MetricDefinition } from '@tomoshibi/metrics/definition'
import { breakdownKeys } from '@tomoshibi/metrics/plan/breakdown'
import { planInWords } from '@tomoshibi/metrics/plan/node'
import type { MetricRequest } from '@tomoshibi/metrics/request'
import type { Rollups } from '@tomoshibi/metrics/rollup'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { attributeKeys, unknownAccounts } from '../../collect/accounts/service.ts'
import { readRollups } from '../../collect/rollups/service.ts'
import { todayIn } from '../../platform/clock.ts'
import { chosenSettings, getWorkspace } from '../../platform/workspace.ts'
import type { WorkspaceSettings } from '../../platform/workspace-settings.ts'
import { type Catalogue, catalogueOf, workspaceMetrics } from '../custom/service.ts'
import { drillDown } from './drill.ts'
import { withIntervals } from './intervals.ts'
import {
  checkAccountGrain,
  checkAttributes,
  definitionsOf,
  knownAtOf,
  periodsOf,
} from './question.ts'

/** A question with its defaults filled in. */
export type Question = MetricQuery & {
  readonly by: string[]
  readonly accounts: string[]
  readonly perAccount: boolean
  readonly drill: boolean
  readonly compare: Comparison[]
  readonly intervals: boolean
}

/** What figures are made of. */
export type FactPorts = Pick<Ports, 'facts' | 'clock' | 'workspaceId' | 'seen'>

/** What was chosen for figures: settings, and the metrics that there are. */
export interface Choices {
  readonly settings: WorkspaceSettings
  /** The settings that were chosen; the others are defaults. */
  readonly chosen: Readonly<Record<string, unknown>>
  readonly catalogue: Catalogue
  readonly rollups: Rollups
}

/** What a workspace chose. */
export async function choicesOf(ports: Ports): Promise<Choices> {
  const { settings } = await getWorkspace(ports)
  const [chosen, catalogue, rollups] = await Promise.all([
    chosenSettings(ports),
    catalogueOf(ports),
    readRollups(ports),
  ])
  return { settings, chosen, catalogue, rollups }
}

function summaryOf(definition: MetricDefinition, custom: boolean): MetricSummary {
  const { key, version, group, name, says, formula, unit, better, time, grains } = definition
  const settings = definition.settings
  const summary = { key, version, group, name, says, formula, unit, better, time, grains }
  const breakdown = definition.breakdown?.by
  return { ...summary, settings, custom, ...(breakdown === undefined ? {} : { breakdown }) }
}

/** All metrics, in the order in which people read them; those of the workspace come last. */
export async function listMetrics(ports: Ports): Promise<MetricSummary[]> {
  const { catalogue, own } = await workspaceMetrics(ports)
  return [...catalogue.values()].map((metric) => summaryOf(metric, own.has(metric.key)))
}

/**
 * What a metric means and how it is made: the plan and the query of its value today.
 *
 * @throws Failure UNKNOWN_METRIC
 */
export async function describeMetric(
  ports: Ports,
  key: string,
  withSql: boolean,
): Promise<MetricDescription> {
  const { catalogue, own } = await workspaceMetrics(ports)
  const [definition] = definitionsOf([key], catalogue)
  if (!definition) throw new Failure('UNKNOWN_METRIC', { key })
  const { settings } = await getWorkspace(ports)
  const rollups = await readRollups(ports)
  const request = requestFor(ports, { metrics: [key], ...usual }, { settings, catalogue, rollups })
  const grain = definition.grains.includes('portfolio') ? 'portfolio' : 'account'
  const { plan, query } = compiled({ ...request, grain })
  return {
    ...summaryOf(definition, own.has(key)),
    uses: usedMetrics(definition.measure).map(({ metric, version }) => ({ key: metric, version })),
    yaml: own.get(key)?.yaml ?? null,
    plan: planInWords(plan),
    sql: withSql ? query.sql : null,
    params: withSql ? { ...query.params } : null,
  }
}

const usual = {
  by: [],
  accounts: [],
  perAccount: false,
  drill: false,
  compare: [],
  intervals: false,
}

/**
 * Answers a question for figures.
 *
 * @throws Failure UNKNOWN_METRIC, UNKNOWN_ATTRIBUTE, UNKNOWN_ACCOUNT, METRIC_HAS_NO_ACCOUNT_VALUE or
 *   BAD_PERIOD, FactsError
 */
export async function queryMetrics(
  ports: FactPorts,
  question: Question,
  choices: Choices,
): Promise<MetricValue[]> {
  const [first, ...others] = await requestsFor(ports, question, choices)
  const [figures = [], parts] = await Promise.all(
    [first, ...others].map((request) => run(ports, request)),
  )
  // Old facts were begun to be deleted meanwhile: some of it may have been asked of what was left.
  const cuts = await currentCuts(ports.facts, ports.workspaceId)
  if (!isDeepStrictEqual(cuts, choices.rollups.cuts ?? {})) {
    return queryMetrics(ports, question, { ...choices, rollups: await readRollups(ports) })
  }
  return parts === undefined ? figures : drillDown(figures, parts)
}

/**
 * The requests that answer a question: one, and for a drill-down a second one by account.
 *
 * @throws Failure as `queryMetrics`
 */
export async function requestsFor(
  ports: FactPorts,
  question: Question,
  choices: Choices,
): Promise<[MetricRequest, ...MetricRequest[]]> {
  const definitions = definitionsOf(question.metrics, choices.catalogue)
  const perAccount = question.perAccount || question.accounts.length > 0
  if (perAccount || question.drill) checkAccountGrain(definitions)
  if (question.by.length > 0) {
    checkAttributes(question.by, [
      ...(await attributeKeys(ports.facts, ports.workspaceId)),
      ...breakdownKeys(definitions),
    ])
  }
  if (question.accounts.length > 0) {
    const [accountId] = await unknownAccounts(ports.facts, ports.workspaceId, question.accounts)
    if (accountId !== undefined) throw new Failure('UNKNOWN_ACCOUNT', { accountId })
  }
  const request = requestFor(ports, question, choices)
  if (!question.drill) return [{ ...request, grain: perAccount ? 'account' : 'portfolio' }]
  return [
    { ...request, grain: 'portfolio' },
    { ...request, grain: 'account' },
  ]
}

function requestFor(
  ports: FactPorts,
  question: Question,
  { settings, catalogue, rollups }: Pick<Choices, 'settings' | 'catalogue' | 'rollups'>,
): MetricRequest {
  const { workspaceId, clock } = ports
  const today = todayIn(clock, settings.timeZone).toString()
  return {
    workspaceId,
    settings,
    metrics: [...new Set(question.metrics)],
    periods: periodsOf(question, settings, today),
    grain: 'portfolio',
    by: question.by,
    ...(question.intervals ? { intervals: true } : {}),
    ...(question.accounts.length > 0 ? { accountIds: question.accounts } : accountsSeen(ports)),
    knownAt: knownAtOf(question.knownAt, settings.timeZone),
    now: clock.now().toString(),
    catalogue,
    rollups,
    ...(question.trailing === undefined ? {} : { trailing: question.trailing }),
    ...(question.compare.length > 0 ? { compare: [...new Set(question.compare)] } : {}),
  }
}

/** What holds a request for figures to the accounts that are seen. */
export const accountsSeen = ({ seen }: Pick<Ports, 'seen'>): { accountIds?: readonly string[] } =>
  seen === undefined ? {} : { accountIds: [...seen] }

export async function run({ facts }: FactPorts, request: MetricRequest): Promise<MetricValue[]> {
  const { batches, decode } = inBatches(request)
  const rows: MetricRow[][] = []
  for (const { query, rowSchema } of batches) rows.push(await facts.query(query, rowSchema))
  return await withIntervals(decode(rows))
}

export function inBatches(request: MetricRequest): CompiledBatches {
  const outcome = compileInBatches(request)
  if (!outcome.ok) throw refused(outcome)
  return outcome
}

function compiled(request: MetricRequest): CompiledMetrics {
  const outcome = compileMetrics(request)
  if (outcome.ok) return outcome
  throw refused(outcome)
}

/** Unknown keys were told before, all at once. */
function refused({ problems: [problem] }: RefusedMetrics): Failure {
  return new Failure(problem?.code ?? 'INTERNAL', { key: problem?.key ?? '' })
}

import type { Goal, GoalCheck, GoalCourse } from '@tomoshibi/contract/goals'
import type { Text } from '@tomoshibi/contract/text'
import { reasonText } from '@tomoshibi/evidence/reason-text'
import { forecastWithDrift } from '@tomoshibi/evidence/series/forecast'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import { formatNumber } from '@tomoshibi/metrics/condition/format-value'
import type { MetricDefinition } from '@tomoshibi/metrics/definition'
import { Temporal } from 'temporal-polyfill'
import type { Ports } from '../../call/context.ts'
import { noticesOfEnds } from '../../collect/accounts/notices.ts'
import { allVersions } from '../../measure/custom/service.ts'
import { scorecardTimes } from '../../measure/health/catalogue.ts'
import { type Choices, choicesOf } from '../../measure/metrics/service.ts'
import { todayIn } from '../../platform/clock.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { keepMetricChecks, readChecks } from '../../verify/checks/service.ts'
import { evidenceOfMetrics } from '../../verify/metric-evidence/service.ts'
import { historyOf } from '../lamps/accounts.ts'
import { dayBefore, earlier } from '../lamps/days.ts'
import { lampsByName } from '../lamps/service.ts'
import { definitionOf, goalsInForce, unknownGoal } from './apply.ts'
import { rangeOf } from './bounds.ts'
import { findingsOf } from './find.ts'
import {
  attainmentOf,
  contractEndMetrics,
  expectedOn,
  type GoalDefinition,
  inTree,
  outcomeOf,
  reaches,
  rootOf,
  stateOf,
  timeOver,
} from './goal.ts'
import { sayGoal } from './say.ts'
import { type SeriesPoint, seriesOf } from './series.ts'
import { allGoals, type StoredGoal } from './store.ts'

/** A forecast looks back so many months, and history for what is possible so many. */
const monthsForForecast = 18
const monthsOfHistory = 36
const horizonDays = 90

interface Followed {
  readonly goal: GoalDefinition
  readonly metric: MetricDefinition
  readonly shown: (value: number) => Text
}

interface All {
  readonly choices: Choices
  readonly today: string
  readonly stored: readonly StoredGoal[]
  readonly goals: readonly GoalDefinition[]
  /** Keys of the lamps whose conditions or reasons name a metric, by metric. */
  readonly lamps: ReadonlyMap<string, readonly string[]>
}

async function readAll(ports: Ports): Promise<All> {
  const choices = await choicesOf(ports)
  const stored = await allGoals(ports.state.db, ports.workspaceId)
  return {
    choices,
    today: todayIn(ports.clock, choices.settings.timeZone).toString(),
    stored,
    goals: goalsInForce(stored).map(definitionOf),
    lamps: await lampsByName(ports),
  }
}

function followed({ choices }: All, goal: GoalDefinition): Followed {
  const metric = choices.catalogue.get(goal.metric)
  if (metric === undefined) throw new Error(`the goal ${goal.key} has no metric ${goal.metric}`)
  const style = { unit: metric.unit, currency: choices.settings.currency }
  return { goal, metric, shown: (value) => formatNumber(value, style) }
}

/** The tree of goals, KGIs first, each followed by those that serve it. */
export async function listGoals(
  ports: Ports,
  { offCourse }: { readonly offCourse: boolean },
): Promise<Goal[]> {
  const all = await readAll(ports)
  const found: Goal[] = []
  for (const { goal, depth } of inTree(all.goals)) {
    const view = await standing(ports, all, goal, depth)
    if (!offCourse || view.offCourse) found.push(view)
  }
  return found
}

async function standing(
  ports: Ports,
  all: All,
  goal: GoalDefinition,
  depth: number,
): Promise<Goal> {
  const { choices, today } = all
  const { metric, shown } = followed(all, goal)
  const on = earlier(today, goal.due)
  const before = dayBefore(goal.from)
  const months = await monthsBack(ports, on, monthsForForecast)
  const points = await seriesOf(ports, choices, goal, [
    ...new Set([...(before <= today ? [before] : []), ...months, on].toSorted()),
  ])
  const at = (day: string): SeriesPoint | undefined => points.find((point) => point.on === day)
  const measured = at(before)?.value ?? null
  const baseline = goal.baseline ?? measured
  const point = at(on)
  const value = on < goal.from ? null : (point?.value ?? null)
  const state = stateOf(goal, { value, baseline, on })
  const attainment =
    value === null || baseline === null ? null : attainmentOf(value, baseline, goal.target)
  const isOpen = state === 'on_course' || state === 'behind'
  const ahead = monthsBetween(on, goal.due)
  const answer = forecastWithDrift({
    values: [...months, on].flatMap((day) => at(day)?.value ?? []),
    ahead: Math.max(0, ahead),
    range: rangeOf(metric, builtInMetrics.has(metric.key)),
  })
  const made = isOpen && answer.known ? answer.value : null
  const forecast =
    made === null || baseline === null
      ? null
      : {
          ...{ value: made.value, low: made.low, high: made.high, changes: made.n },
          reaches: reaches(made, baseline, goal.target),
        }
  const facts = {
    state,
    value,
    target: goal.target,
    attainment,
    expectedAttainment: on < goal.from ? null : timeOver(goal, on),
    forecast,
    due: goal.due,
    from: goal.from,
  }
  return {
    ...facts,
    key: goal.key,
    version: goal.version,
    name: goal.name,
    parent: goal.parent ?? null,
    depth,
    why: goal.why ?? null,
    metric: metric.key,
    metricName: metric.name,
    metricVersion: metric.version,
    unit: metric.unit,
    currency: metric.unit === 'money' ? choices.settings.currency : null,
    slice: goal.slice,
    owner: goal.owner,
    baseline,
    baselineMeasured: goal.baseline === undefined,
    reason: value === null && on >= goal.from ? (point?.reason ?? 'no_data') : null,
    expected: baseline === null || on < goal.from ? null : expectedOn(goal, baseline, on),
    noForecast: isOpen && !answer.known ? reasonText(answer.reason) : null,
    offCourse: state === 'behind' && forecast?.reaches !== 'likely',
    tell: [...new Set([goal.owner, ...goal.tell])],
    levers: leversOf(all, goal),
    says: sayGoal(facts, shown),
  }
}

const leversOf = ({ lamps }: All, goal: GoalDefinition): string[] =>
  [...new Set([...(lamps.get(goal.metric) ?? []), ...goal.movedBy])].toSorted()

/** The way of a goal, at the ends of months and now. @throws Failure UNKNOWN_GOAL */
export async function goalCourse(ports: Ports, key: string): Promise<GoalCourse> {
  const all = await readAll(ports)
  const goal = all.goals.find((each) => each.key === key)
  if (goal === undefined) throw unknownGoal(key, all.goals)
  const last = earlier(all.today, goal.due)
  const before = dayBefore(goal.from)
  const days = [
    ...new Set([
      ...(await monthsBack(ports, last, monthsOfHistory)),
      ...(before <= all.today ? [before] : []),
      last,
    ]),
  ].toSorted()
  const points = await seriesOf(ports, all.choices, goal, days)
  const measured = points.find(({ on }) => on === before)?.value ?? null
  const baseline = goal.baseline ?? measured
  const shown = points.map(({ on, value }) => ({
    on,
    value,
    expected: baseline === null || on < before ? null : expectedOn(goal, baseline, on),
  }))
  const end = { on: goal.due, value: null, expected: goal.target }
  return { key, points: last < goal.due ? [...shown, end] : shown }
}

/** What is found of the KPIs, by what is known of them now. @throws Failure UNKNOWN_GOAL */
export async function checkGoals(ports: Ports, key?: string): Promise<GoalCheck[]> {
  const all = await readAll(ports)
  const wanted = all.goals.filter((goal) => key === undefined || goal.key === key)
  if (key !== undefined && wanted.length === 0) throw unknownGoal(key, all.goals)
  const checksOf = await readChecks(ports, 'metric')
  const notices = await noticesOfEnds(ports, all.choices.settings.timeZone)
  const changes = await changesOfMetrics(ports, all)
  const found: GoalCheck[] = []
  for (const { goal } of inTree(wanted)) {
    const { metric, shown } = followed(all, goal)
    const root = rootOf(goal, all.goals)
    const outcome = outcomeOf(root)
    const [last = null, earlier = null] = checksOf({ key: goal.metric, outcome })
    const before = dayBefore(goal.from)
    const months = await monthsBack(ports, all.today, monthsOfHistory)
    const points = await seriesOf(ports, all.choices, goal, [
      ...new Set([...months, ...(before <= all.today ? [before] : [])].toSorted()),
    ])
    const baseline = goal.baseline ?? points.find(({ on }) => on === before)?.value ?? null
    const spanDays = daysBetween(goal.from, goal.due) + 1
    const findings = findingsOf({
      name: goal.name,
      isKpi: root.key !== goal.key,
      rises: baseline === null ? null : goal.target > baseline,
      levers: leversOf(all, goal),
      spanDays,
      noticeDays: contractEndMetrics.has(goal.metric) ? notices : null,
      pastChanges: changesOver(
        points.filter(({ on }) => months.includes(on)),
        spanDays,
      ),
      asked: baseline === null ? null : goal.target - baseline,
      hasAccountValue: metric.grains.includes('account'),
      verification: last,
      verificationBefore: earlier,
      verifiedDaysAgo: last === null ? null : daysSince(last.checkedAt, ports),
      changed: [
        ...(changes.get(goal.metric) ?? []).map((on) => ({ what: 'metric' as const, on })),
        ...all.stored
          .filter((each) => each.key === goal.key && each.version > 1)
          .map(({ createdAt }) => ({ what: 'goal' as const, on: dayOf(createdAt, all) })),
      ].filter(({ on }) => on >= goal.from && on <= goal.due),
      owner: goal.owner,
      ownersGoals: all.goals.filter(
        (each) => each.owner === goal.owner && each.from <= all.today && all.today <= each.due,
      ).length,
      formatted: shown,
    })
    found.push({
      key: goal.key,
      name: goal.name,
      metric: goal.metric,
      findings,
      verification: last,
    })
  }
  return found
}

interface Relation {
  readonly metric: string
  readonly outcome: ReturnType<typeof outcomeOf>
}

/** What each KPI is held to have to do with: its metric, and the outcome behind its KGI. */
function relationsOf(all: All, wanted: readonly GoalDefinition[]): Relation[] {
  return wanted.flatMap((goal) => {
    const root = rootOf(goal, all.goals)
    const hasAccountValue = all.choices.catalogue.get(goal.metric)?.grains.includes('account')
    if (root.key === goal.key || hasAccountValue !== true) return []
    return [{ metric: goal.metric, outcome: outcomeOf(root) }]
  })
}

/** The same of all goals in force. */
export async function goalRelations(ports: Ports): Promise<Relation[]> {
  const all = await readAll(ports)
  return relationsOf(all, all.goals)
}

/**
 * Asks the data anew whether each KPI has to do with its KGI, keeps the answers, and checks.
 *
 * @throws Failure UNKNOWN_GOAL
 */
export async function verifyGoals(ports: Ports, key?: string): Promise<GoalCheck[]> {
  const all = await readAll(ports)
  const wanted = all.goals.filter((goal) => key === undefined || goal.key === key)
  if (key !== undefined && wanted.length === 0) throw unknownGoal(key, all.goals)
  await getWorkspace(ports)
  const byOutcome = new Map<Relation['outcome'], Set<string>>()
  for (const { metric, outcome } of relationsOf(all, wanted)) {
    byOutcome.set(outcome, (byOutcome.get(outcome) ?? new Set()).add(metric))
  }
  for (const [outcome, metrics] of byOutcome) {
    const evidence = await evidenceOfMetrics(ports, {
      keys: [...metrics],
      outcome,
      horizon: horizonDays,
    })
    await keepMetricChecks(ports, evidence)
  }
  return checkGoals(ports, key)
}

/** Days on which the definition of a metric changed, by metric: of those of the workspace, and of scores. */
async function changesOfMetrics(ports: Ports, all: All): Promise<Map<string, string[]>> {
  const { db } = ports.state
  const changes = new Map<string, string[]>()
  for (const { key, version, createdAt } of await allVersions(db, ports.workspaceId)) {
    if (version > 1) changes.set(key, [...(changes.get(key) ?? []), dayOf(createdAt, all)])
  }
  const scores = (await scorecardTimes(db, ports.workspaceId)).map((at) => dayOf(at, all))
  for (const key of ['health_score', 'health_score_computed', 'health_coverage']) {
    if (all.choices.catalogue.get(key)?.measure.kind === 'scorecards') changes.set(key, scores)
  }
  return changes
}

/** Changes between points that lie as far from each other as a period is long, to half a month. */
function changesOver(points: readonly SeriesPoint[], spanDays: number): number[] {
  return points.flatMap((first) => {
    if (first.value === null) return []
    const then = points.find(
      ({ on, value }) => value !== null && Math.abs(daysBetween(first.on, on) - spanDays) <= 15,
    )
    return then?.value === undefined || then.value === null ? [] : [then.value - first.value]
  })
}

/** Days a month apart, back from a day and without it, the earliest first; none before the history. */
async function monthsBack(ports: Ports, on: string, months: number): Promise<string[]> {
  const workspace = await getWorkspace(ports)
  const history = await historyOf(ports, workspace)
  if (history === null) return []
  const last = Temporal.PlainDate.from(on)
  return Array.from({ length: months }, (_, k) =>
    last.subtract({ months: months - k }).toString(),
  ).filter((day) => day >= history.firstDay)
}

const daysBetween = (from: string, to: string): number =>
  Temporal.PlainDate.from(from).until(to, { largestUnit: 'day' }).days

/** Months from one day to another, parts of one as its share of 30.44 days. */
const monthsBetween = (from: string, to: string): number => daysBetween(from, to) / 30.44

const daysSince = (instant: string, { clock }: Ports): number =>
  Math.floor(
    Temporal.Instant.from(instant).until(clock.now(), { largestUnit: 'hour' }).total('hours') / 24,
  )

const dayOf = (instant: Temporal.Instant, { choices }: All): string =>
  instant.toZonedDateTimeISO(choices.settings.timeZone).toPlainDate().toString()

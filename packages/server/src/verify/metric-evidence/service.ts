import type { MetricEvidence, MetricEvidenceQuery } from '@tomoshibi/contract/verify'
import type { MetricDefinition } from '@tomoshibi/metrics/definition'
import { Temporal } from 'temporal-polyfill'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { showWorkspace } from '../../collect/workspace/service.ts'
import { historyOf } from '../../light/lamps/accounts.ts'
import { checkAccountGrain, definitionsOf } from '../../measure/metrics/question.ts'
import { choicesOf } from '../../measure/metrics/service.ts'
import { todayIn } from '../../platform/clock.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { type Panel, readPanel } from '../panel/service.ts'
import { type JudgeQuestion, judge } from './judge.ts'
import { limitsOfMetricEvidence, sayMetricEvidence } from './say.ts'

/**
 * Whether a metric goes before an outcome, on the workspace's own history: month ends from when it was
 * first known what accounts do, to the last one whose horizon has passed.
 *
 * @throws Failure UNKNOWN_METRIC, METRIC_HAS_NO_ACCOUNT_VALUE, BAD_PERIOD; FactsError
 */
export async function evidenceOfMetric(
  ports: Ports,
  question: MetricEvidenceQuery,
): Promise<MetricEvidence> {
  const { key, outcome, horizon } = question
  const choices = await choicesOf(ports)
  const definitions = definitionsOf([key], choices.catalogue)
  const [definition] = definitions
  if (!definition) throw new Failure('UNKNOWN_METRIC', { key })
  checkAccountGrain(definitions)
  const { days, through } = await daysOf(ports, question)
  const panel: Panel =
    days.length === 0
      ? emptyPanel
      : await readPanel(ports.facts, {
          workspaceId: ports.workspaceId,
          settings: choices.settings,
          catalogue: choices.catalogue,
          rollups: choices.rollups,
          metrics: [key],
          days,
          outcome,
          horizonDays: horizon,
          now: ports.clock.now().toString(),
        })
  const value = panel.features.get(key) ?? new Float64Array()
  const found = judge(
    { ...panel, value },
    {
      horizonDays: horizon,
      through,
      expected: expectedOf(definition, outcome),
      outcomeIsLoss: outcome === 'churn',
    },
  )
  const { version, name } = definition
  return {
    metric: key,
    version,
    name,
    outcome,
    horizonDays: horizon,
    ...found,
    says: sayMetricEvidence({ name, outcome, horizonDays: horizon }, found),
    limits: [...limitsOfMetricEvidence],
  }
}

const emptyPanel: Panel = {
  days: [],
  day: new Uint32Array(),
  account: [],
  features: new Map(),
  happened: new Float64Array(),
  lostOn: [],
}

/** A figure that is better high is held to be low before a loss, and high before an expansion. */
function expectedOf(
  { better }: MetricDefinition,
  outcome: MetricEvidence['outcome'],
): JudgeQuestion['expected'] {
  if (better === 'neither') return null
  return (better === 'higher') === (outcome === 'expansion') ? 'higher' : 'lower'
}

/** Month ends of the history whose horizon has passed, and the last day that is known. */
async function daysOf(
  ports: Ports,
  { from, to, horizon }: MetricEvidenceQuery,
): Promise<{ days: string[]; through: string }> {
  if (from !== undefined && to !== undefined && from > to) {
    throw new Failure('BAD_PERIOD', {
      problem: `${from} is after ${to}`,
      problemJa: `${from} は ${to} より後です`,
    })
  }
  const workspace = await getWorkspace(ports)
  const { timeZone } = workspace.settings
  const [history, { factsKnownThrough }] = await Promise.all([
    historyOf(ports, workspace),
    showWorkspace(ports),
  ])
  const yesterday = todayIn(ports.clock, timeZone).subtract({ days: 1 })
  if (history === null || factsKnownThrough === null) return { days: [], through: `${yesterday}` }
  const newest = Temporal.Instant.from(factsKnownThrough).toZonedDateTimeISO(timeZone).toPlainDate()
  const through = earlier(newest, yesterday)
  const decided = through.subtract({ days: horizon })
  const last = to === undefined ? decided : earlier(Temporal.PlainDate.from(to), decided)
  const first = Temporal.PlainDate.from(
    from === undefined || from < history.firstSignDay ? history.firstSignDay : from,
  )
  const days: string[] = []
  const monthEnd = (day: Temporal.PlainDate) => day.with({ day: day.daysInMonth })
  for (
    let day = monthEnd(first);
    Temporal.PlainDate.compare(day, last) <= 0;
    day = monthEnd(day.with({ day: 1 }).add({ months: 1 }))
  ) {
    days.push(day.toString())
  }
  return { days, through: through.toString() }
}

const earlier = (a: Temporal.PlainDate, b: Temporal.PlainDate) =>
  Temporal.PlainDate.compare(a, b) <= 0 ? a : b

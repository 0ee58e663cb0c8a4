import { setImmediate } from 'node:timers/promises'
import type { MetricEvidence, MetricEvidenceQuery } from '@tomoshibi/contract/verify'
import type { MetricDefinition } from '@tomoshibi/metrics/definition'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { checkAccountGrain, definitionsOf } from '../../measure/metrics/question.ts'
import { type Choices, choicesOf } from '../../measure/metrics/service.ts'
import { findCause } from '../cause/cause.ts'
import { noticeKey, readNotices, readTouches, readTraitKeys } from '../cause/read.ts'
import { sizeKey } from '../cause/rows.ts'
import { adviseOnCause, sayCause } from '../cause/say.ts'
import { outcomeNames } from '../outcomes.ts'
import { historyDays } from '../panel/history.ts'
import { emptyPanel, type Panel, readPanel } from '../panel/service.ts'
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
  { key, ...question }: MetricEvidenceQuery,
  choices?: Choices,
): Promise<MetricEvidence> {
  const [found] = await evidenceOfMetrics(ports, { ...question, keys: [key] }, choices)
  if (!found) throw new Failure('UNKNOWN_METRIC', { key })
  return found
}

/**
 * The same for several metrics, from one panel.
 *
 * @throws as `evidenceOfMetric`
 */
export async function evidenceOfMetrics(
  ports: Ports,
  question: Omit<MetricEvidenceQuery, 'key'> & { readonly keys: readonly string[] },
  given?: Choices,
): Promise<MetricEvidence[]> {
  const { keys, outcome, horizon } = question
  const choices = given ?? (await choicesOf(ports))
  const definitions = definitionsOf(keys, choices.catalogue)
  checkAccountGrain(definitions)
  const history = await historyDays(ports, question)
  const { days, through } = history
  const { workspaceId, facts } = ports
  const { timeZone } = choices.settings
  const metrics = [...new Set([...keys, ...signalKeys, ...heldEqualKeys])]
  const attributes = days.length === 0 ? [] : await readTraitKeys(facts, workspaceId)
  const panel: Panel =
    days.length === 0
      ? emptyPanel(metrics, [])
      : await readPanel(facts, {
          workspaceId,
          settings: choices.settings,
          catalogue: choices.catalogue,
          rollups: choices.rollups,
          metrics,
          attributes,
          days,
          outcome,
          horizonDays: horizon,
          now: ports.clock.now().toString(),
        })
  const [notices, touches] = await Promise.all([
    readNotices(facts, workspaceId, days, timeZone),
    readTouches(facts, workspaceId, timeZone),
  ])
  const gaveNotice = Uint8Array.from(panel.account, (account, row) =>
    notices.has(noticeKey(panel.day[row] ?? 0, account)) ? 1 : 0,
  )
  const signals = new Map(
    signalKeys.flatMap((signal) => {
      const named = choices.catalogue.get(signal)?.name
      return named ? [[signal, named]] : []
    }),
  )
  const outcomeIsLoss = outcome === 'churn'
  const told: MetricEvidence[] = []
  for (const definition of definitions) {
    // It is arithmetic for a while; others get their turn between metrics.
    await setImmediate()
    const { key, version, name } = definition
    const value = panel.features.get(key) ?? new Float64Array()
    const judged = judge(
      { ...panel, value },
      { horizonDays: horizon, through, expected: expectedOf(definition, outcome), outcomeIsLoss },
    )
    const others = [...signalKeys, ...heldEqualKeys].filter((other) => other !== key)
    const found = findCause(
      {
        ...panel,
        value,
        gaveNotice,
        others: new Map(others.map((other) => [nameOf(other), heldEqual(panel, other)])),
        traits: panel.attributes,
      },
      {
        relation: judged.verdict,
        from: history.firstSignDay,
        through,
        signals: signalKeys,
        outcomeIsLoss,
        touches,
      },
    )
    const asked = { name, outcome: outcomeNames[outcome], horizonDays: horizon }
    const { ground: _, ...cause } = found
    told.push({
      metric: key,
      version,
      name,
      outcome,
      horizonDays: horizon,
      ...judged,
      says: sayMetricEvidence(asked, judged),
      cause: {
        ...cause,
        says: sayCause({ ...asked, signals }, found),
        advice: adviseOnCause({ ...asked, signals }, found),
      },
      limits: [...limitsOfMetricEvidence],
    })
  }
  return told
}

/** Signs of risk, lower being worse: what a metric must not merely follow. */
const signalKeys = ['licence_utilisation', 'csm_sentiment']
/** What else accounts are held equal for. */
const heldEqualKeys = ['login_trend', 'mrr']

const nameOf = (key: string) => (key === 'mrr' ? sizeKey : key)

function heldEqual(panel: Panel, key: string): Float64Array {
  const column = panel.features.get(key) ?? new Float64Array()
  return key === 'mrr' ? column.map((mrr) => Math.log(1 + Math.max(0, mrr))) : column
}

/** A figure that is better high is held to be low before a loss, and high before an expansion. */
function expectedOf(
  { better }: MetricDefinition,
  outcome: MetricEvidence['outcome'],
): JudgeQuestion['expected'] {
  if (better === 'neither') return null
  return (better === 'higher') === (outcome === 'expansion') ? 'higher' : 'lower'
}

import type { MetricEvidence, MetricEvidenceQuery } from '@tomoshibi/contract/verify'
import type { MetricDefinition } from '@tomoshibi/metrics/definition'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { checkAccountGrain, definitionsOf } from '../../measure/metrics/question.ts'
import { choicesOf } from '../../measure/metrics/service.ts'
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
  question: MetricEvidenceQuery,
): Promise<MetricEvidence> {
  const { key, outcome, horizon } = question
  const choices = await choicesOf(ports)
  const definitions = definitionsOf([key], choices.catalogue)
  const [definition] = definitions
  if (!definition) throw new Failure('UNKNOWN_METRIC', { key })
  checkAccountGrain(definitions)
  const history = await historyDays(ports, question)
  const { days, through } = history
  const others = [...signalKeys, ...heldEqualKeys].filter((other) => other !== key)
  const { workspaceId, facts } = ports
  const { timeZone } = choices.settings
  const attributes = days.length === 0 ? [] : await readTraitKeys(facts, workspaceId)
  const panel: Panel =
    days.length === 0
      ? emptyPanel([key, ...others], [])
      : await readPanel(facts, {
          workspaceId,
          settings: choices.settings,
          catalogue: choices.catalogue,
          rollups: choices.rollups,
          metrics: [key, ...others],
          attributes,
          days,
          outcome,
          horizonDays: horizon,
          now: ports.clock.now().toString(),
        })
  const value = panel.features.get(key) ?? new Float64Array()
  const outcomeIsLoss = outcome === 'churn'
  const judged = judge(
    { ...panel, value },
    { horizonDays: horizon, through, expected: expectedOf(definition, outcome), outcomeIsLoss },
  )
  const [notices, touches] = await Promise.all([
    readNotices(facts, workspaceId, days, timeZone),
    readTouches(facts, workspaceId, timeZone),
  ])
  const found = findCause(
    {
      ...panel,
      value,
      gaveNotice: Uint8Array.from(panel.account, (account, row) =>
        notices.has(noticeKey(panel.day[row] ?? 0, account)) ? 1 : 0,
      ),
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
  const { version, name } = definition
  const asked = { name, outcome: outcomeNames[outcome], horizonDays: horizon }
  const signals = new Map(
    signalKeys.flatMap((signal) => {
      const named = choices.catalogue.get(signal)?.name
      return named ? [[signal, named]] : []
    }),
  )
  const { ground: _, ...cause } = found
  return {
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
  }
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

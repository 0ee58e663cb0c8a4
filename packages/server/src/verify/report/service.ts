import type { ReportQuery } from '@tomoshibi/contract/report'
import { epochDay } from '@tomoshibi/evidence/epoch-day'
import { kaplanMeier } from '@tomoshibi/evidence/survival/kaplan-meier'
import type { Ports } from '../../call/context.ts'
import { choicesOf } from '../../measure/metrics/service.ts'
import { todayIn } from '../../platform/clock.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { readPayingHistory } from '../evidence/churn.ts'
import { evidenceOfLamps } from '../evidence/service.ts'
import { evidenceOfMetrics } from '../metric-evidence/service.ts'
import { outcomeNames } from '../outcomes.ts'
import { historyDays } from '../panel/history.ts'
import { learnedScore } from '../score/service.ts'
import { type Report, reportDocument } from './document.ts'

/** What a report is of unless told otherwise; those without a value say so. */
const usualMetrics = [
  'licence_utilisation',
  'login_trend',
  'breadth',
  'csm_sentiment',
  'nps_by_account',
  'decision_maker_contacts',
  'ticket_rate',
]

/**
 * The evidence of metrics, score and lamps as one HTML file.
 *
 * @throws Failure UNKNOWN_METRIC, METRIC_HAS_NO_ACCOUNT_VALUE; FactsError
 */
export async function evidenceReport(ports: Ports, query: ReportQuery): Promise<File> {
  const { outcome, horizon, language } = query
  const workspace = await getWorkspace(ports)
  const { catalogue } = await choicesOf(ports)
  const keys =
    query.metrics ??
    usualMetrics.filter((key) => catalogue.get(key)?.grains.includes('account') === true)
  const today = todayIn(ports.clock, workspace.settings.timeZone).toString()
  const report: Report = {
    workspace: workspace.name,
    outcome: outcomeNames[outcome],
    horizonDays: horizon,
    on: today,
    metrics: await evidenceOfMetrics(ports, { outcome, horizon, keys: [...new Set(keys)] }),
    score: await learnedScore(ports, { outcome, horizon }),
    lamps: await evidenceOfLamps(ports),
    survival: await survivalOf(ports, workspace, today),
  }
  return new File([reportDocument(report, language)], 'evidence.html', {
    type: 'text/html; charset=utf-8',
  })
}

/**
 * How long accounts pay without a gap, those that still do being censored today. Contracts from before it
 * was known what accounts do are those that stayed, so each is watched only from then on (delayed entry).
 */
async function survivalOf(
  ports: Ports,
  { id, settings }: Awaited<ReturnType<typeof getWorkspace>>,
  today: string,
): Promise<Report['survival']> {
  const { paying } = await readPayingHistory(ports.facts, id, settings)
  const end = epochDay(today)
  const { firstSignDay } = await historyDays(ports, { horizon: 0 })
  const begins = epochDay(firstSignDay)
  const spans = paying
    .map(({ from, to }) => ({
      entry: Math.max(0, begins - epochDay(from)),
      time: Math.min(end, to === null ? end : epochDay(to)) - epochDay(from),
      event: to !== null && epochDay(to) <= end ? 1 : 0,
    }))
    .filter(({ time, entry }) => time > entry)
  const curve = kaplanMeier({
    time: spans.map(({ time }) => time),
    event: spans.map(({ event }) => event),
    entry: spans.map(({ entry }) => entry),
  })
  if (!curve.known) return null
  return {
    accounts: curve.value.n,
    lost: curve.value.events,
    medianDays: curve.value.median,
    steps: curve.value.steps.map(({ time, survival, interval }) => ({
      time,
      survival,
      low: interval?.low ?? null,
      high: interval?.high ?? null,
    })),
  }
}

import type { Badge, Verification } from '@tomoshibi/contract/verification'
import type { MetricDefinition } from '@tomoshibi/metrics/definition'
import type { Ports } from '../../call/context.ts'
import { goalRelations } from '../../light/goals/service.ts'
import { lampsByName, lampsInForce } from '../../light/lamps/service.ts'
import { cardsOf, openedLeaves } from '../../measure/health/scored.ts'
import { type Choices, choicesOf } from '../../measure/metrics/service.ts'
import { judgeLamps, lampsToJudge } from '../evidence/service.ts'
import { evidenceOfMetrics } from '../metric-evidence/service.ts'
import { badgeStateOf, daysSince, isDue, verifyEveryDays } from './badge.ts'
import { keepLampChecks, keepMetricChecks, readChecks } from './service.ts'

type Outcome = Verification['outcome']

const horizonDays = 90

interface MetricInUse {
  readonly metric: MetricDefinition
  readonly outcome: Outcome
}

/** The metrics that lamps, scorecards and goals name, each with the outcome before which it is to go. */
async function metricsInUse(ports: Ports, choices: Choices): Promise<MetricInUse[]> {
  const { catalogue } = choices
  const keys = new Set((await lampsByName(ports)).keys())
  for (const card of cardsOf(catalogue)) {
    keys.add('health_score')
    for (const { metric } of openedLeaves(card).leaves) if (metric !== null) keys.add(metric)
  }
  const pairs = [...keys].map((key) => ({ key, outcome: 'churn' as Outcome }))
  for (const { metric: key, outcome } of await goalRelations(ports)) pairs.push({ key, outcome })
  const found = new Map<string, MetricInUse>()
  for (const { key, outcome } of pairs) {
    const metric = catalogue.get(key)
    if (metric?.grains.includes('account') !== true) continue
    found.set(`${key} ${outcome}`, { metric, outcome })
  }
  return [...found.values()]
}

/** The badge of every lamp, and of every metric in use. */
export async function readBadges(ports: Ports): Promise<Badge[]> {
  const now = ports.clock.now()
  const [lamps, ofLamp, ofMetric, choices] = await Promise.all([
    lampsInForce(ports),
    readChecks(ports, 'lamp'),
    readChecks(ports, 'metric'),
    choicesOf(ports),
  ])
  const used = await metricsInUse(ports, choices)
  const badge = (
    about: Pick<Badge, 'subject' | 'key' | 'version' | 'name' | 'outcome'>,
    checks: readonly Verification[],
  ): Badge => {
    const last = checks[0] ?? null
    return {
      ...about,
      state: badgeStateOf(checks),
      checkedAt: last?.checkedAt ?? null,
      isOld: last !== null && daysSince(last.checkedAt, now) > verifyEveryDays,
      says: last?.says ?? null,
    }
  }
  return [
    ...lamps.map(({ name, ...about }) => {
      return badge({ subject: 'lamp', name, ...about }, ofLamp(about))
    }),
    ...used.map(({ metric: { key, version, name }, outcome }) => {
      const about = { key, version, outcome }
      return badge({ subject: 'metric', name, ...about }, ofMetric(about))
    }),
  ]
}

/**
 * Asks the data anew about what is in use, and keeps the answers: what was never checked in its version, or
 * not within the last week.
 *
 * @param all also what was checked since
 * @returns how many metrics and lamps were checked
 * @throws FactsError, StateError; what was checked by then is kept
 */
export async function checkInUse(
  ports: Ports,
  { all }: { readonly all: boolean },
): Promise<number> {
  const now = ports.clock.now()
  const [lamps, ofLamp, ofMetric, choices] = await Promise.all([
    lampsInForce(ports),
    readChecks(ports, 'lamp'),
    readChecks(ports, 'metric'),
    choicesOf(ports),
  ])
  const dueLamps = new Set(
    lamps.filter((lamp) => all || isDue(ofLamp(lamp), now)).map(({ key }) => key),
  )
  if (dueLamps.size > 0) {
    const histories = (await lampsToJudge(ports)).filter(({ key }) => dueLamps.has(key))
    await keepLampChecks(ports, await judgeLamps(ports, histories))
  }
  const due = (await metricsInUse(ports, choices)).filter(
    ({ metric: { key, version }, outcome }) =>
      all || isDue(ofMetric({ key, version, outcome }), now),
  )
  for (const outcome of new Set(due.map((each) => each.outcome))) {
    const keys = due.filter((each) => each.outcome === outcome).map(({ metric }) => metric.key)
    const evidence = await evidenceOfMetrics(
      ports,
      { keys, outcome, horizon: horizonDays },
      choices,
    )
    await keepMetricChecks(ports, evidence)
  }
  return dueLamps.size + due.length
}

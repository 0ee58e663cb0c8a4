import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import type { MetricDefinition } from '@tomoshibi/metrics/definition'
import { type HealthChoices, healthMetrics } from '@tomoshibi/metrics/health/metrics'
import type { Scorecard } from '@tomoshibi/metrics/health/scorecard'
import type { StateDb } from '@tomoshibi/state/store'
import type { Temporal } from 'temporal-polyfill'
import { inForce, lacks, versionsOf } from './health.ts'
import { allOverrides, allScorecards, countMetricVersions, type StoredOverride } from './store.ts'

type Catalogue = ReadonlyMap<string, MetricDefinition>

/**
 * What the health scores of a workspace are made of. A scorecard that does not hold up with the metrics
 * that there are, as after a later release, is left out; the list of scorecards says so.
 *
 * @param metrics the other metrics of the workspace
 * @param at as the definitions were at this instant; left out = now
 */
export async function healthChoices(
  { db, workspaceId }: { readonly db: StateDb; readonly workspaceId: string },
  metrics: Catalogue,
  at?: Temporal.Instant,
): Promise<HealthChoices> {
  // One after the other: within a transaction all are on one connection.
  const stored = await allScorecards(db, workspaceId)
  const overrides = await allOverrides(db, workspaceId)
  const metricVersions = await countMetricVersions(db, workspaceId, at)
  const versions = versionsOf(stored)
  const known = [...versions.values()]
    .flat()
    .filter(
      ({ createdAt }) =>
        createdAt !== null &&
        (at === undefined || createdAt.epochNanoseconds <= at.epochNanoseconds),
    )
  return {
    version: 1 + known.length + metricVersions,
    scorecards: inForce(versions, at)
      .map(({ scorecard }) => scorecard)
      .filter((scorecard) => lacks(scorecard, metrics).length === 0),
    overrides: overrides.map(overrideOf),
  }
}

export const overrideOf = (override: StoredOverride): HealthChoices['overrides'][number] => ({
  accountId: override.accountId,
  score: override.scoreHundredths / 100,
  setAt: override.setAt.toString(),
  endsAt: override.endsAt.toString(),
  withdrawnAt: override.withdrawnAt?.toString() ?? null,
})

/** The built-in metrics, the health scores, and the metrics of a workspace, which keep their names. */
export function withHealth(own: Catalogue, choices: HealthChoices): Map<string, MetricDefinition> {
  const others = new Map([...builtInMetrics, ...own])
  const health = healthMetrics(choices, others).map((metric) => [metric.key, metric] as const)
  return new Map([...builtInMetrics, ...health, ...own])
}

/** The choices with some scorecards in place of those of their keys, and without some. */
export const choicesWith = (
  choices: HealthChoices,
  changed: readonly Scorecard[],
  without: readonly string[],
  inOrder: (a: Scorecard, b: Scorecard) => number,
): HealthChoices => {
  const gone = new Set([...without, ...changed.map(({ key }) => key)])
  return {
    ...choices,
    version: choices.version + changed.length + without.length,
    scorecards: [...choices.scorecards.filter(({ key }) => !gone.has(key)), ...changed].toSorted(
      inOrder,
    ),
  }
}

/** The scorecards in force, in the order in which they are tried, whether they hold up or not. */
export async function scorecardsInForce(db: StateDb, workspaceId: string): Promise<Scorecard[]> {
  const versions = versionsOf(await allScorecards(db, workspaceId))
  return inForce(versions).map(({ scorecard }) => scorecard)
}

/** When scorecards were added, changed or retired, the built-in ones being there from the start. */
export async function scorecardTimes(
  db: StateDb,
  workspaceId: string,
): Promise<Temporal.Instant[]> {
  return (await allScorecards(db, workspaceId)).map(({ createdAt }) => createdAt)
}

import { compileAccountFrame, type FrameAttribute } from '@tomoshibi/metrics/account-frame'
import type { MetricDefinition } from '@tomoshibi/metrics/definition'
import { pulsesOf, scorecardKey, scorecardMetric } from '@tomoshibi/metrics/health/metrics'
import { isBadPeriod, periodsOnDay } from '@tomoshibi/metrics/periods'
import type { MetricRequest } from '@tomoshibi/metrics/request'
import * as z from 'zod'
import type { Ports } from '../../call/context.ts'
import { readRollups } from '../../collect/rollups/service.ts'
import type { WorkspaceSettings } from '../../platform/workspace-settings.ts'

type Catalogue = ReadonlyMap<string, MetricDefinition>

export interface HealthFrameRequest {
  readonly settings: WorkspaceSettings
  readonly catalogue: Catalogue
  /** ISO dates; each is asked at its end. */
  readonly days: readonly string[]
  readonly knownAt: MetricRequest['knownAt']
  /** Metrics beside the scores. */
  readonly metrics?: readonly string[]
  readonly attributes?: readonly FrameAttribute[]
  readonly accountIds?: readonly string[]
}

/** What is known of the health of one account at the end of one day. */
export interface HealthRow {
  /** Index into the days. */
  readonly day: number
  readonly accountId: string
  /** Index into the scorecards in force; null where none fits. */
  readonly card: number | null
  readonly score: number | null
  readonly computed: number | null
  readonly coverage: number | null
  /** By metric. */
  readonly values: ReadonlyMap<string, number | null>
  readonly attributes: ReadonlyMap<string, string | null>
}

const scoreKeys = [
  'health_score',
  'health_score_computed',
  'health_coverage',
  scorecardKey,
] as const

const row = z.object({
  i: z.coerce.number(),
  account_id: z.string(),
  numbers: z.array(z.number().nullable()),
  texts: z.array(z.string().nullable()),
})

/** The catalogue with what scorecards are made of and nobody asks for by itself. */
export const withParts = (catalogue: Catalogue): Map<string, MetricDefinition> => {
  const health = healthOf(catalogue)
  const recipe = health.measure
  const cards = recipe.kind === 'scorecards' ? recipe.scorecards : []
  const parts = [...pulsesOf(cards), scorecardMetric(health)]
  return new Map([...catalogue, ...parts.map((metric) => [metric.key, metric] as const)])
}

/** The health score of a catalogue. @throws Error where a metric of the workspace took its name */
export const healthOf = (catalogue: Catalogue): MetricDefinition => {
  const health = catalogue.get('health_score')
  if (health?.measure.kind !== 'scorecards') throw new Error('health_score is no health score.')
  return health
}

/**
 * The health of accounts, as the metrics say it: one query for all days. Former customers are not in it.
 *
 * @throws FactsError
 */
export async function readHealth(
  { facts, workspaceId, clock, seen }: Pick<Ports, 'facts' | 'workspaceId' | 'clock' | 'seen'>,
  request: HealthFrameRequest,
): Promise<HealthRow[]> {
  const { settings, days, knownAt } = request
  const accountIds = request.accountIds ?? (seen === undefined ? undefined : [...seen])
  const extra = [...(request.metrics ?? [])].filter((key) => !scoreKeys.some((own) => own === key))
  const attributes = request.attributes ?? []
  const rollups = await readRollups({ facts, workspaceId })
  const frame = compileAccountFrame({
    workspaceId,
    settings,
    catalogue: withParts(request.catalogue),
    metrics: [...scoreKeys, ...extra],
    attributes,
    periods: days.flatMap((day) => {
      const periods = periodsOnDay(day, settings.timeZone)
      if (isBadPeriod(periods)) throw new RangeError(periods.says.en)
      return periods
    }),
    knownAt,
    now: clock.now().toString(),
    rollups,
    ...(accountIds === undefined ? {} : { accountIds }),
  })
  if (!frame.ok) throw new Error(`no frame of health: ${JSON.stringify(frame.problems)}`)
  const columns = (kind: 'metric' | 'attribute') =>
    frame.columns.filter((column) => column.kind === kind).map(({ column }) => column)
  const [card] = columns('metric').slice(3)
  const sql = `${frame.with}
SELECT
  i,
  account_id,
  CAST([${columns('metric')
    .map((column) => `toFloat64(${column})`)
    .join(', ')}] AS Array(Nullable(Float64))) AS numbers,
  CAST([${columns('attribute')
    .map((column) => `toString(${column})`)
    .join(', ')}] AS Array(Nullable(String))) AS texts
FROM ${frame.from}
WHERE isNotNull(${card ?? 'NULL'})
ORDER BY account_id, i`
  const rows = await facts.query({ sql, params: frame.params }, row)
  return rows.map(({ i, account_id: accountId, numbers, texts }): HealthRow => {
    const [score = null, computed = null, coverage = null, fits = null, ...others] = numbers
    return {
      day: i,
      accountId,
      card: fits === null || fits === 0 ? null : fits - 1,
      score,
      computed,
      coverage,
      values: new Map(extra.map((key, k) => [key, others[k] ?? null])),
      attributes: new Map(attributes.map(({ key }, k) => [key, texts[k] ?? null])),
    }
  })
}

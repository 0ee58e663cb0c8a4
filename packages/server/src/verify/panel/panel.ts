import { type AccountFrame, compileAccountFrame } from '@tomoshibi/metrics/account-frame'
import type { MetricDefinition } from '@tomoshibi/metrics/definition'
import { isBadPeriod, type Period, periodsOnDay, trailing } from '@tomoshibi/metrics/periods'
import type { BoundQuery } from '@tomoshibi/metrics/query'
import type { Rollups } from '@tomoshibi/metrics/rollup'
import type { MetricSettings } from '@tomoshibi/metrics/settings'
import { Temporal } from 'temporal-polyfill'
import { compilePayingSpans } from '../evidence/churn.ts'

/** What may happen to an account within the horizon. */
export const outcomes = ['churn', 'downgrade', 'expansion', 'non_renewal'] as const
export type Outcome = (typeof outcomes)[number]

/** The metric over (D, D + h] that tells an outcome, and when it means that it happened. */
const toldBy: Readonly<Record<Exclude<Outcome, 'churn'>, { metric: string; happened: string }>> = {
  downgrade: { metric: 'mrr_contraction', happened: '> 0' },
  expansion: { metric: 'mrr_expansion', happened: '> 0' },
  // The share of the due terms that was renewed; no value where none was due or decided.
  non_renewal: { metric: 'renewal_rate', happened: '< 1' },
}

export interface PanelQuestion {
  readonly workspaceId: string
  readonly settings: MetricSettings
  readonly catalogue: ReadonlyMap<string, MetricDefinition>
  /** Metrics with a value for one account. */
  readonly metrics: readonly string[]
  /** Attributes, as text. */
  readonly attributes: readonly string[]
  /** ISO dates; everything is as known at the end of each. */
  readonly days: readonly string[]
  readonly outcome: Outcome
  readonly horizonDays: number
  readonly rollups?: Rollups
  /** ISO instant: what the outcome is told from is everything known then. */
  readonly now: string
}

/** Columns of a row: `feature_<n>` in the order of metrics, then attributes. */
export interface CompiledPanel {
  readonly query: BoundQuery
  readonly features: readonly { readonly key: string; readonly kind: 'metric' | 'attribute' }[]
}

/**
 * One row for each day D and account that pays at its end: every metric as known at the end of D, and
 * what happened in (D, D + h] as known now.
 *
 * Columns: `i` (index of the day), `account_id`, `feature_<n>`, `lost_on` (the day on which the account
 * stopped paying, if it did), `since` (the day from whose end on it has paid without a gap), `happened`
 * (0, 1 or NULL: cannot be told, such as a renewal where no term was due).
 *
 * @throws Error when a metric has no value for one account; check before.
 */
export function compilePanel(question: PanelQuestion): CompiledPanel {
  const { settings, days, metrics, attributes, catalogue } = question
  const { timeZone } = settings
  const ends = days.map((day) => periodOf(day, timeZone))
  // Metrics of one kind of period share a frame: those of an instant, of a month, of a year.
  const byPeriod = new Map<string, string[]>([['', []]])
  for (const key of metrics) {
    const definition = catalogue.get(key)
    const period = definition?.time === 'period' ? (definition.headlinePeriod ?? '') : ''
    byPeriod.set(period, [...(byPeriod.get(period) ?? []), key])
  }
  const columnOf = new Map<string, string>()
  const parts: Part[] = []
  for (const [headline, keys] of byPeriod) {
    const withAttributes = headline === ''
    if (keys.length === 0 && !(withAttributes && attributes.length > 0)) continue
    const frame = frameOf(question, {
      metrics: keys,
      attributes: withAttributes ? attributes : [],
      periods: ends.map((end) => (headline === '' ? end : trailing(end, headline, timeZone))),
      knownAt: 'period-end',
    })
    const part = partOf(`features${parts.length}`, frame)
    for (const { key, kind, column } of frame.columns)
      columnOf.set(`${kind} ${key}`, `${part.name}.${column}`)
    parts.push(part)
  }
  const told = question.outcome === 'churn' ? null : toldBy[question.outcome]
  if (told !== null) {
    const frame = frameOf(question, {
      metrics: [told.metric],
      attributes: [],
      periods: ends.map(({ end }) => after(end, question.horizonDays, timeZone)),
      knownAt: 'now',
    })
    parts.push(partOf('outcome', frame))
  }
  const spans = prefixed('paying', compilePayingSpans(question.workspaceId, settings))
  const features = [
    ...metrics.map((key) => ({ key, kind: 'metric' as const })),
    ...attributes.map((key) => ({ key, kind: 'attribute' as const })),
  ]
  const selected = features.map(
    ({ key, kind }, n) => `${columnOf.get(`${kind} ${key}`) ?? 'NULL'} AS feature_${n}`,
  )
  const happened =
    told === null
      ? 'ifNull(toDate32(base.lost_on) <= base.day + {horizon:UInt32}, 0)'
      : `outcome.metric_${told.metric} ${told.happened}`
  const sql = `
SELECT
  ${['base.i AS i', 'base.account_id AS account_id', ...selected].join(',\n  ')},
  base.lost_on AS lost_on,
  base.since AS since,
  toUInt8(${happened}) AS happened
FROM (
  -- The accounts that pay at the end of each day.
  SELECT i, day, account_id, lost_on, spans.from AS since
  FROM (
${indented(spans.sql, 4)}
  ) AS spans
  ARRAY JOIN {day_index:Array(UInt32)} AS i, {days:Array(Date32)} AS day
  WHERE toDate32(spans.from) <= day AND (spans.to IS NULL OR day < toDate32(assumeNotNull(spans.to)))
) AS base
${parts
  .map(
    ({ name, sql: part }) =>
      `LEFT JOIN (\n${indented(part, 2)}\n) AS ${name} ON ${name}.i = base.i AND ${name}.account_id = base.account_id`,
  )
  .join('\n')}
ORDER BY i, account_id`
  return {
    features,
    query: {
      sql,
      params: {
        ...spans.params,
        ...Object.assign({}, ...parts.map(({ params }) => params)),
        horizon: question.horizonDays,
        day_index: days.map((_, i) => i),
        days,
      },
    },
  }
}

interface Part {
  readonly name: string
  readonly sql: string
  readonly params: Readonly<Record<string, unknown>>
}

const partOf = (name: string, frame: AccountFrame): Part => {
  const columns = ['i', 'account_id', ...frame.columns.map(({ column }) => column)]
  const sql = `${frame.with}\nSELECT ${columns.join(', ')} FROM ${frame.from}`
  return { name, ...prefixed(name, { sql, params: frame.params }) }
}

/** The query with a prefix before each of its parameters, so that several can be one. */
const prefixed = (prefix: string, { sql, params }: BoundQuery): BoundQuery => ({
  sql: sql.replaceAll(/\{(\w+):/g, (_, name: string) => `{${prefix}_${name}:`),
  params: Object.fromEntries(
    Object.entries(params).map(([name, value]) => [`${prefix}_${name}`, value]),
  ),
})

const indented = (sql: string, by: number): string =>
  sql
    .trim()
    .split('\n')
    .map((line) => `${' '.repeat(by)}${line}`)
    .join('\n')

function frameOf(
  { workspaceId, settings, now, catalogue, rollups }: PanelQuestion,
  asked: Pick<Parameters<typeof compileAccountFrame>[0], 'metrics' | 'periods' | 'knownAt'> & {
    readonly attributes: readonly string[]
  },
): AccountFrame {
  const frame = compileAccountFrame({
    workspaceId,
    settings,
    now,
    catalogue,
    ...(rollups === undefined ? {} : { rollups }),
    ...asked,
    attributes: asked.attributes.map((key) => ({ key, type: 'string' })),
  })
  if (!frame.ok) throw new Error(`a panel cannot hold ${JSON.stringify(frame.problems)}`)
  return frame
}

function periodOf(day: string, timeZone: string): Period {
  const periods = periodsOnDay(day, timeZone)
  const [period] = isBadPeriod(periods) ? [] : periods
  if (period === undefined) throw new RangeError(`not a day: ${day}`)
  return period
}

/** The days that follow an instant at which a day begins. */
function after(start: string, days: number, timeZone: string): Period {
  const from = Temporal.Instant.from(start).toZonedDateTimeISO(timeZone)
  const to = from.add({ days })
  const day = (at: Temporal.ZonedDateTime) => at.toPlainDate().toString()
  return { start, end: to.toInstant().toString(), label: { start: day(from), end: day(to) } }
}

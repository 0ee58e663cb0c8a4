import {
  type AccountFrame,
  compileAccountFrame,
  type FrameColumn,
} from '@tomoshibi/metrics/account-frame'
import type { ValueType } from '@tomoshibi/metrics/condition/scope'
import { isBadPeriod, type Period, periodsOnDay } from '@tomoshibi/metrics/periods'
import type { BoundQuery } from '@tomoshibi/metrics/query'
import type { Rollups } from '@tomoshibi/metrics/rollup'
import type { MetricSettings } from '@tomoshibi/metrics/settings'
import { daysAfter } from './days.ts'
import type { LampScope } from './names.ts'
import {
  calendarColumns,
  calendarEntries,
  metricYearAgo,
  yearAgoColumn,
  yearOfWeeks,
} from './season.ts'

/** The column of a metric in a frame of lamps. The key is one of the catalogue's. */
export const metricColumn = (key: string): string => `metric_${key}`

/** The column of an attribute; the key is an identifier of the condition language. */
export const attributeColumn = (key: string): string => `attr_${key}`

export interface LampFrame {
  /** A WITH clause that ends in the frame. */
  readonly with: string
  /** Columns `i` (index of the day), `account_id`, and those of the names. */
  readonly from: string
  readonly params: Readonly<Record<string, unknown>>
}

export interface LampFrameRequest {
  readonly workspaceId: string
  readonly settings: MetricSettings
  /** ISO instant. */
  readonly now: string
  /** ISO dates; each is asked at its end. */
  readonly days: readonly string[]
  readonly knownAt: 'period-end' | 'now'
  /** Names that conditions use. */
  readonly names: readonly string[]
  /** Only these accounts; left out = all. */
  readonly accountIds?: readonly string[]
  readonly scope: LampScope
  readonly rollups: Rollups
}

/** One row for each day and account, with a column for each name. */
export function lampFrame(request: LampFrameRequest): LampFrame {
  const { names, scope, days, settings } = request
  const entries = names.map((key) => ({ key, entry: scope.names.get(key) }))
  const ofAttributes = entries.flatMap(({ key, entry }): { key: string; type: ValueType }[] =>
    entry !== undefined && entry.column === attributeColumn(key) ? [{ key, type: entry.type }] : [],
  )
  const ofMetrics = entries
    .filter(({ key, entry }) => entry?.column === metricColumn(key))
    .map(({ key }) => key)
  const ofLastYear = [
    ...new Set(
      entries.flatMap(({ key, entry }) =>
        entry === undefined ? [] : (metricYearAgo(key, entry) ?? []),
      ),
    ),
  ]
  const frame = compiled({
    ...request,
    catalogue: scope.catalogue,
    metrics: ofMetrics,
    attributes: ofAttributes,
    periods: days.map((day) => periodOf(day, settings.timeZone)),
  })
  const columns = frame.columns.map((each) =>
    each.kind === 'metric'
      ? `${finiteValue(each, frame.from)} AS ${each.column}`
      : `${each.column} AS ${attributeColumn(each.key)}`,
  )
  const calendar = calendarColumns(
    entries.flatMap(({ key, entry }) =>
      entry?.column === calendarEntries.get(key)?.column ? [key] : [],
    ),
    days,
    settings,
  )
  const before = ofLastYear.length === 0 ? null : yearBefore(request, ofLastYear)
  const terms = [
    ...['i', 'account_id', ...columns, ...calendar.terms],
    ...(before === null ? [] : ofLastYear.map(yearAgoColumn)),
  ]
  return {
    with: `${frame.with},${before === null ? '' : before.sql}
-- Under the names that conditions use.
lamp_frame AS (
  SELECT ${terms.join(', ')}
  FROM ${frame.from}${
    before === null
      ? ''
      : '\n  LEFT JOIN year_before ON day_before = i AND account_before = account_id'
  }
)`,
    from: 'lamp_frame',
    params: { ...frame.params, ...calendar.params, ...before?.params },
  }
}

/** A metric's value in a frame; what is not finite counts as missing, as conditions would have it. */
function finiteValue({ column, exact }: FrameColumn, frame: string): string {
  const value = `${frame}.${column}`
  return exact ? value : `if(isFinite(${value}), ${value}, NULL)`
}

/** The name of every parameter in SQL of ours; texts from outside are bound, and so not in it. */
const parameterNames = /\{(\w+):/g

/**
 * A table of the same accounts 52 weeks before each day, as another frame within the query: it has the few
 * metrics that are asked for a year before, and names of parameters of its own.
 */
function yearBefore(request: LampFrameRequest, metrics: readonly string[]): BoundQuery {
  const { days, settings, scope } = request
  const frame = compiled({
    ...request,
    catalogue: scope.catalogue,
    metrics,
    attributes: [],
    periods: days.map((day) => periodOf(daysAfter(day, -yearOfWeeks), settings.timeZone)),
  })
  const columns = frame.columns.map(
    (each) => `${finiteValue(each, frame.from)} AS ${yearAgoColumn(each.key)}`,
  )
  const own = (name: string) => `before_${name}`
  const sql = `${frame.with}
  SELECT ${['i AS day_before', 'account_id AS account_before', ...columns].join(', ')}
  FROM ${frame.from}`
  return {
    sql: `
-- The same accounts 52 weeks before each day.
year_before AS (
  ${sql.replace(parameterNames, (_, name: string) => `{${own(name)}:`)}
),`,
    params: Object.fromEntries(
      Object.entries(frame.params).map(([name, value]) => [own(name), value]),
    ),
  }
}

interface OnDay {
  readonly workspaceId: string
  readonly settings: MetricSettings
  readonly on: string
  readonly now: string
}

/** Name, owner, recurring revenue and renewal of some accounts at the end of a day, as known now. */
export function compileAccountFacts(
  request: OnDay & { readonly accountIds: readonly string[] },
): BoundQuery {
  const frame = compiled({
    ...request,
    metrics: ['mrr', 'days_to_renewal'],
    attributes: [
      { key: 'name', type: 'string' },
      { key: 'owner', type: 'string' },
    ],
    periods: [periodOf(request.on, request.settings.timeZone)],
    knownAt: 'now',
  })
  const column = (key: string) => frame.columns.find((each) => each.key === key)?.column ?? 'NULL'
  return {
    sql: `${frame.with}
SELECT
  account_id,
  ${column('name')} AS name,
  ${column('owner')} AS owner,
  toString(${column('mrr')}) AS mrr,
  toFloat64(${column('days_to_renewal')}) AS days_to_renewal
FROM ${frame.from}`,
    params: frame.params,
  }
}

/** The recurring revenue of all accounts together at the end of a day, and how many have any. */
export function compilePortfolio(request: OnDay): BoundQuery {
  const frame = compiled({
    ...request,
    metrics: ['mrr'],
    attributes: [],
    periods: [periodOf(request.on, request.settings.timeZone)],
    knownAt: 'now',
  })
  const mrr = frame.columns[0]?.column ?? 'NULL'
  return {
    sql: `${frame.with}
SELECT toString(sumIf(${mrr}, ${mrr} > 0)) AS mrr, countIf(${mrr} > 0) AS customers
FROM ${frame.from}`,
    params: frame.params,
  }
}

function periodOf(day: string, timeZone: string): Period {
  const periods = periodsOnDay(day, timeZone)
  const [period] = isBadPeriod(periods) ? [] : periods
  if (!period) throw new RangeError(`not a day: ${day}`)
  return period
}

function compiled(request: Parameters<typeof compileAccountFrame>[0]): AccountFrame {
  const frame = compileAccountFrame(request)
  if (!frame.ok) throw new Error(`the catalogue lacks ${JSON.stringify(frame.problems)}`)
  return frame
}

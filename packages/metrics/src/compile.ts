import * as z from 'zod'
import { builtInMetrics, findMetric } from './catalogue.ts'
import { goneWindows } from './cuts.ts'
import { decodeValues } from './decode.ts'
import type { MetricDefinition } from './definition.ts'
import { accountsNode } from './plan/accounts.ts'
import { breakdownOf, eachPart, withParts } from './plan/breakdown.ts'
import { figuresPerAccount, namesOf } from './plan/contributions.ts'
import { figureSet } from './plan/figure-set.ts'
import type { Figure } from './plan/figures.ts'
import type { PlanNode } from './plan/node.ts'
import { renderPlan } from './plan/render.ts'
import { withSample } from './plan/sample.ts'
import { sharedParams } from './plan/shared-params.ts'
import { windowsOf } from './plan/windows.ts'
import type { BoundQuery } from './query.ts'
import type { MetricRequest, RequestProblem } from './request.ts'
import { usable } from './rollup.ts'
import { inSlices } from './sources/cohort-slices.ts'
import type { Window } from './sql/windows.ts'
import type { MetricValue } from './value.ts'

/** A row of a compiled query: the window, the slice or the account, and columns for each metric. */
export type MetricRow = Readonly<Record<string, string | number | null>>

const isCell = (cell: unknown): boolean =>
  cell === null || typeof cell === 'string' || typeof cell === 'number'

/** Checked by hand: of ten thousand accounts with all metrics there are millions of cells. */
export const metricRowSchema = z.custom<MetricRow>(
  (row) => typeof row === 'object' && row !== null && Object.values(row).every(isCell),
)

export interface CompiledMetrics {
  readonly ok: true
  readonly query: BoundQuery
  /** What the query does; `planInWords` says it step by step. */
  readonly plan: PlanNode
  readonly rowSchema: typeof metricRowSchema
  /** The stretches of time that the column `i` of a row counts. */
  readonly windows: readonly Window[]
  /** Keys of the metrics that would need deleted facts in some window, where they have no value. */
  readonly withoutFacts: readonly string[]
  /** The columns that say what a row is about: `i`, then slices and the account. */
  readonly kept: readonly string[]
  /** Makes values of the query's rows, in the order asked for: by metric, period, slice, account. */
  decode(rows: readonly MetricRow[]): MetricValue[]
}

export interface RefusedMetrics {
  readonly ok: false
  readonly problems: readonly RequestProblem[]
}

const definitionsOf = (
  request: MetricRequest,
): { definitions: MetricDefinition[]; problems: RequestProblem[] } => {
  const definitions: MetricDefinition[] = []
  const problems: RequestProblem[] = []
  for (const key of request.metrics) {
    const found = findMetric(key, request.catalogue ?? builtInMetrics)
    if ('code' in found) problems.push(found)
    else if (found.grains.includes(request.grain)) definitions.push(found)
    else if (request.grain === 'account') {
      problems.push({ code: 'METRIC_HAS_NO_ACCOUNT_VALUE', key })
    } else problems.push({ code: 'METRIC_HAS_NO_PORTFOLIO_VALUE', key })
  }
  return { definitions, problems }
}

const folds = {
  sum: (sql: string) => `sum(${sql})`,
  max: (sql: string) => `max(${sql})`,
  samples: (sql: string) => `groupArrayArray(${sql})`,
  counts_by_key: (sql: string) => `sumMap(${sql})`,
}

/** What all accounts, or those of each slice, contribute together. */
const totals = (
  input: PlanNode,
  figures: readonly Figure[],
  group: readonly string[],
): PlanNode => ({
  name: 'figures',
  says: {
    en: `Put together over ${group.length > 1 ? 'the accounts of each slice' : 'all accounts'}: ${namesOf(figures, 'en')}`,
    ja: `${group.length > 1 ? '区分ごとに' : '全顧客を'}合計する: ${namesOf(figures, 'ja')}`,
  },
  inputs: [input],
  sql: `SELECT\n  ${[
    ...group,
    ...figures.flatMap(({ columns }) =>
      columns.map(({ name, perAccount, fold }) => `${folds[fold](perAccount)} AS ${name}`),
    ),
  ].join(',\n  ')}\nFROM ${input.name}\nGROUP BY ${group.join(', ')}`,
})

const results = (
  input: PlanNode,
  figures: readonly Figure[],
  kept: readonly string[],
): PlanNode => ({
  name: 'results',
  says: {
    en: 'Numerator, denominator, value and n; no value where there is nothing to divide by',
    ja: '分子・分母・値・件数。割る数がない場合は値なしとする',
  },
  inputs: [input],
  sql: `SELECT\n  ${[
    ...kept,
    ...figures.flatMap((figure, k) => [
      ...(figure.numerator === 'NULL' ? [] : [`${figure.numerator} AS numerator_${k}`]),
      ...(figure.denominator === 'NULL' ? [] : [`${figure.denominator} AS denominator_${k}`]),
      // What says the same is said once: of ten thousand accounts it would be a lot of text.
      ...(figure.value === figure.numerator ? [] : [`${figure.value} AS value_${k}`]),
      `${figure.n} AS n_${k}`,
      ...(figure.gap === '0' ? [] : [`${figure.gap} AS gap_${k}`]),
      ...(figure.sample === undefined ? [] : [`${figure.sample} AS sample_${k}`]),
      ...(figure.whole === undefined ? [] : [`${figure.whole} AS whole_${k}`]),
    ]),
  ].join(',\n  ')}\nFROM ${input.name}`,
})

/**
 * Plans many metrics at once and compiles them to one query: each fact source is read once, whatever
 * number of metrics is made of it.
 *
 * @returns the query with its plan and a decoder, or every problem of the request
 */
export const compileMetrics = (request: MetricRequest): CompiledMetrics | RefusedMetrics => {
  const { definitions, problems } = definitionsOf(request)
  if (problems.length > 0) return { ok: false, problems }

  const figures = figureSet(definitions, request.catalogue ?? builtInMetrics, request.settings)
  const { windows, asked } = windowsOf(request, definitions)
  const someAccounts = request.accountIds !== undefined
  const slices = request.by.map((key, index) => ({ key, column: `slice_${index}` }))
  const breakdown = breakdownOf(slices, definitions)
  const ofAccounts = slices.filter((slice) => slice !== breakdown)
  // Parts overlap and are none of an account's own, so that they have no interval of theirs.
  const sampled =
    request.intervals === true && request.grain === 'portfolio' && breakdown === undefined
      ? withSample
      : (figure: Figure) => figure
  const made = (breakdown === undefined ? figures.all : figures.all.map(withParts)).map(sampled)
  const { settings } = request
  const context = {
    settings,
    windows,
    someAccounts,
    ...usable(request.rollups, windows, settings.timeZone),
  }
  const measured = accountsNode(
    made.flatMap(({ measures }) => measures),
    context,
    undefined,
    false,
  )
  const accounts = inSlices(
    figures.withConditions(measured),
    ofAccounts,
    context,
    request.attributesAt,
  )
  const group = ['i', ...ofAccounts.map(({ column }) => column)]
  const perAccount = request.grain === 'account'
  const account = perAccount ? ['account_id'] : []
  const contributions = perAccount
    ? figuresPerAccount(accounts, made, [...group, ...account])
    : totals(accounts, made, group)
  const columns =
    breakdown === undefined ? contributions : eachPart(contributions, made, breakdown, perAccount)
  const kept = ['i', ...slices.map(({ column }) => column), ...account]
  const gone = goneWindows(figures.shown, figures.all, context)
  const plan = results(figures.withFormulas(columns), figures.shown.map(sampled), kept)
  return {
    ok: true,
    plan,
    query: renderPlan(
      plan,
      kept,
      sharedParams({ ...request, windows, accountIds: request.accountIds }),
    ),
    rowSchema: metricRowSchema,
    windows,
    withoutFacts: definitions.flatMap(({ key }, k) => ((gone[k]?.size ?? 0) > 0 ? [key] : [])),
    kept,
    decode: (rows) => decodeValues({ request, figures: figures.shown, gone, asked, slices, rows }),
  }
}

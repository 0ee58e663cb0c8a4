import { builtInMetrics, findMetric } from './catalogue.ts'
import { goneWindows } from './cuts.ts'
import type { MetricDefinition } from './definition.ts'
import type { Period } from './periods.ts'
import { accountsNode } from './plan/accounts.ts'
import { figuresPerAccount } from './plan/contributions.ts'
import { figureSet } from './plan/figure-set.ts'
import { valueType } from './plan/figures.ts'
import type { PlanNode } from './plan/node.ts'
import { nodeParams, renderTables } from './plan/render.ts'
import { sharedParams } from './plan/shared-params.ts'
import { windowOfPeriod } from './plan/windows.ts'
import type { MetricRequest, RequestProblem } from './request.ts'
import { type Rollups, usable } from './rollup.ts'
import type { MetricSettings } from './settings.ts'
import { type AttributeType, attributesNode } from './sources/attributes.ts'

export interface FrameAttribute {
  readonly key: string
  readonly type: AttributeType
}

export interface FrameRequest {
  readonly workspaceId: string
  readonly settings: MetricSettings
  /** Metrics with a value for one account; one of a period covers the period as it stands. */
  readonly metrics: readonly string[]
  readonly attributes: readonly FrameAttribute[]
  readonly periods: readonly Period[]
  readonly knownAt: MetricRequest['knownAt']
  /** ISO instant. */
  readonly now: string
  readonly accountIds?: readonly string[]
  /** Roll-ups that may be read in place of facts; the values are the same. */
  readonly rollups?: Rollups
  readonly catalogue?: ReadonlyMap<string, MetricDefinition>
}

/** A column of the frame; NULL means no value. */
export interface FrameColumn {
  /** Key of the metric or attribute. */
  readonly key: string
  readonly kind: 'metric' | 'attribute'
  /** Its column; a name of our own, safe in SQL. */
  readonly column: string
  /** Its type, always nullable. */
  readonly sqlType: string
  readonly type: AttributeType
  /** An exact decimal of scale 8, not a float. */
  readonly exact: boolean
}

const attributeTypes: Readonly<Record<AttributeType, string>> = {
  string: 'Nullable(String)',
  number: 'Nullable(Float64)',
  bool: 'Nullable(Bool)',
  date: 'Nullable(Date32)',
}

/** The columns that a frame has for these metrics and attributes, in that order. */
export const frameColumns = (
  metrics: readonly MetricDefinition[],
  attributes: readonly FrameAttribute[],
): FrameColumn[] => [
  ...metrics.map(
    (definition): FrameColumn => ({
      key: definition.key,
      kind: 'metric',
      column: `metric_${definition.key}`,
      sqlType: `Nullable(${valueType(definition)})`,
      type: 'number',
      exact: definition.unit === 'money',
    }),
  ),
  ...attributes.map(
    ({ key, type }, index): FrameColumn => ({
      key,
      kind: 'attribute',
      column: `attribute_${index}`,
      sqlType: attributeTypes[type],
      type,
      exact: false,
    }),
  ),
]

export interface AccountFrame {
  readonly ok: true
  /** A WITH clause that ends in the frame; a caller goes on with `, more AS (…)` or `SELECT … FROM`. */
  readonly with: string
  /** The name of the frame: columns `i` (index into the periods), `account_id`, and `columns`. */
  readonly from: string
  readonly params: Readonly<Record<string, unknown>>
  readonly columns: readonly FrameColumn[]
  readonly plan: PlanNode
}

/**
 * One row for each period and account that exists or has facts, with a column for each metric and each
 * attribute as it was at the period's end. Conditions over all accounts are evaluated on it in one
 * query.
 */
export const compileAccountFrame = (
  request: FrameRequest,
): AccountFrame | { readonly ok: false; readonly problems: readonly RequestProblem[] } => {
  const problems: RequestProblem[] = []
  const definitions: MetricDefinition[] = []
  for (const key of request.metrics) {
    const found = findMetric(key, request.catalogue ?? builtInMetrics)
    if ('code' in found) problems.push(found)
    else if (found.grains.includes('account')) definitions.push(found)
    else problems.push({ code: 'METRIC_HAS_NO_ACCOUNT_VALUE', key })
  }
  if (problems.length > 0) return { ok: false, problems }

  const columns = frameColumns(definitions, request.attributes)
  const figures = figureSet(definitions, request.catalogue ?? builtInMetrics, request.settings)
  const windows = request.periods.map((period) => windowOfPeriod(period, request, period.end))
  const someAccounts = request.accountIds !== undefined
  const attributes = columns.filter(({ kind }) => kind === 'attribute')
  const context = {
    settings: request.settings,
    windows,
    someAccounts,
    ...usable(request.rollups, windows, request.settings.timeZone),
  }
  const gone = goneWindows(figures.shown, figures.all, context)
  const accounts = figures.withConditions(
    accountsNode(
      figures.all.flatMap(({ measures }) => measures),
      context,
      {
        node: attributesNode(attributes, { windows, someAccounts, everyAccount: true }),
        columns: attributes.map(({ column }) => column),
      },
      true,
    ),
  )
  const kept = ['i', 'account_id', ...attributes.map(({ column }) => column)]
  const contributions = figures.withFormulas(figuresPerAccount(accounts, figures.all, kept))
  const plan: PlanNode = {
    name: 'account_frame',
    says: {
      en: 'One row for each account and period, with its metrics and attributes',
      ja: '顧客と期間ごとに1行、指標と属性を並べる',
    },
    inputs: [contributions],
    sql: `SELECT\n  ${[
      ...kept,
      ...figures.shown.map((figure, k) => {
        const sqlType = `Nullable(${valueType(figure.definition)})`
        const windowsGone = [...(gone[k] ?? [])]
        const value =
          windowsGone.length === 0
            ? figure.value
            : `if(i IN (${windowsGone.join(', ')}), NULL, ${figure.value})`
        return `CAST(${value} AS ${sqlType}) AS ${columns[k]?.column ?? ''}`
      }),
    ].join(',\n  ')}\nFROM ${contributions.name}`,
  }
  return {
    ok: true,
    with: renderTables(plan),
    from: plan.name,
    params: { ...sharedParams({ ...request, windows }), ...nodeParams(plan) },
    columns,
    plan,
  }
}

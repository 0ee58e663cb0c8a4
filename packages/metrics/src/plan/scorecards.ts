import { type AccountCondition, checkAccountCondition } from '../account-condition.ts'
import { compileCondition } from '../condition/compile.ts'
import type { MetricDefinition, Recipe } from '../definition.ts'
import { pulsesOf } from '../health/metrics.ts'
import { pointsSql, scaleOf } from '../health/scale.ts'
import { type Leaves, leavesOf } from '../health/scorecard.ts'
import { attributeTexts } from '../sources/attribute-texts.ts'
import type { MeasureRef } from '../sources/registry.ts'
import { layered } from '../sql/layers.ts'
import { engineInstant, windowArray } from '../sql/windows.ts'
import { measureColumn } from './accounts.ts'
import type { FigureSet } from './figure-set.ts'
import { type Figure, valueType } from './figures.ts'
import type { PlanNode } from './node.ts'
import { conditionColumn } from './share-where.ts'

type Catalogue = ReadonlyMap<string, MetricDefinition>
export type ScorecardsRecipe = Extract<Recipe, { kind: 'scorecards' }>

/** The scorecards of a query, checked, with the metrics that they are made of. */
export interface CheckedScorecards {
  readonly recipe: ScorecardsRecipe
  readonly cards: readonly {
    readonly key: string
    readonly when: AccountCondition | null
    readonly leaves: Leaves
  }[]
  readonly metrics: readonly MetricDefinition[]
  readonly attributes: readonly string[]
}

/**
 * @param prefix begins the names of columns
 * @throws Error when a scorecard was not checked by `checkScorecard`
 */
export const checkedScorecards = (
  recipe: ScorecardsRecipe,
  catalogue: Catalogue,
  prefix: string,
): CheckedScorecards => {
  const pulses = new Map(pulsesOf(recipe.scorecards).map((metric) => [metric.key, metric]))
  const metrics = new Map<string, MetricDefinition>()
  const attributes = new Set<string>()
  const cards = recipe.scorecards.map(({ key, when, measures }) => {
    const leaves = leavesOf({ measures })
    const checked =
      when === undefined
        ? null
        : checkAccountCondition(when, catalogue, (name) => conditionColumn(prefix, name))
    if (leaves === null || checked?.ok === false) {
      throw new Error(`The scorecard ${key} was not checked.`)
    }
    for (const { metric } of leaves.leaves) {
      const definition = pulses.get(metric) ?? catalogue.get(metric)
      if (definition === undefined) throw new Error(`There is no metric '${metric}'.`)
      metrics.set(metric, definition)
    }
    for (const metric of checked?.condition.metrics ?? []) metrics.set(metric.key, metric)
    for (const attribute of checked?.condition.attributes ?? []) attributes.add(attribute)
    return { key, when: checked?.condition ?? null, leaves }
  })
  return { recipe, cards, metrics: [...metrics.values()], attributes: [...attributes] }
}

export interface ScorecardsPlan {
  /** The figure of one of the metrics. @param prefix begins the names of its columns */
  figure(definition: MetricDefinition, recipe: ScorecardsRecipe, prefix: string): Figure
  /** Adds to a row for each account which scorecard fits, its points, and what was set by hand. */
  withScores(accounts: PlanNode): PlanNode
}

/**
 * Plans the scores of all accounts: values of the metrics, the first scorecard that fits, points of each
 * of its measures as whole hundredths, and their sum by weight. All in whole numbers, so that a score at
 * the edge of a band is on the side on which it belongs.
 *
 * @param prefix begins the names of columns and parameters
 * @param of the metrics that the scorecards name, planned with columns of their own
 * @param former the measure that is 1 for former customers, who have no score
 */
export const scorecardsPlan = (
  { recipe, cards, metrics, attributes }: CheckedScorecards,
  prefix: string,
  of: FigureSet,
  former: MeasureRef,
): ScorecardsPlan => {
  const texts = attributeTexts(`${prefix}_texts`, attributes)
  const textRefs = Object.entries(texts.measures).map(
    ([name, measure]): MeasureRef => ({ source: texts, name, measure }),
  )
  const columns = {
    score: `${prefix}_score`,
    computed: `${prefix}_computed`,
    coverage: `${prefix}_coverage`,
    card: `${prefix}_card`,
  }
  const params: Record<string, unknown> = {}
  let bound = 0
  const bind = (value: number): string => {
    const name = `${prefix}_n${bound}`
    bound += 1
    params[name] = value
    return `{${name}:Float64}`
  }
  const conditions = cards.map(({ when }, k) => {
    if (when === null) return `toUInt8(1) AS ${prefix}_fits${k}`
    const compiled = compileCondition(when.condition, `${prefix}_c${k}`)
    Object.assign(params, compiled.params)
    return `ifNull(${compiled.sql}, 0) AS ${prefix}_fits${k}`
  })
  const chosen = columns.card
  const points = (k: number, j: number) => `${prefix}_p${k}_${j}`
  const leafColumns = cards.flatMap(({ leaves }, k) =>
    leaves.leaves.map(({ node, metric }, j) => {
      const sql = pointsSql(scaleOf(node), `${conditionColumn(prefix, metric)}_float`, bind)
      return `${sql} AS ${points(k, j)}`
    }),
  )
  const ofChosen = (each: (card: (typeof cards)[number], k: number) => string) =>
    `multiIf(${cards.map((card, k) => `${chosen} = ${k + 1}, ${each(card, k)}`).join(', ')}${cards.length > 0 ? ', ' : ''}toInt64(0))`
  const sum = (parts: readonly string[]) => `toInt64(${parts.join(' + ') || '0'})`
  const sums =
    cards.length === 0
      ? [
          `toInt64(0) AS ${prefix}_points`,
          `toInt64(0) AS ${prefix}_weight`,
          `toInt64(0) AS ${prefix}_total`,
        ]
      : [
          `${ofChosen(({ leaves }, k) => sum(leaves.leaves.map(({ weight }, j) => `ifNull(${points(k, j)}, 0) * ${weight}`)))} AS ${prefix}_points`,
          `${ofChosen(({ leaves }, k) => sum(leaves.leaves.map(({ weight }, j) => `if(isNull(${points(k, j)}), 0, ${weight})`)))} AS ${prefix}_weight`,
          `${ofChosen(({ leaves }) => `toInt64(${leaves.total})`)} AS ${prefix}_total`,
        ]
  const overridden = overrideSql(recipe, prefix, params)
  return {
    figure: (definition, { gives }, own) => {
      const value = `if(ifNull(${measureColumn(former)}, 0) = 1, NULL, ${columns[gives]})`
      const numerator = { name: `${own}_numerator`, perAccount: value, fold: 'sum' as const }
      const denominator = {
        name: `${own}_denominator`,
        perAccount: `if(isNull(${value}), NULL, toUInt64(1))`,
        fold: 'sum' as const,
      }
      return {
        definition,
        measures: [...of.all.flatMap(({ measures }) => measures), ...textRefs, former],
        columns: [numerator, denominator],
        numerator: numerator.name,
        denominator: denominator.name,
        value: `if(ifNull(${denominator.name}, 0) = 0, NULL, ${numerator.name} / ${denominator.name})`,
        n: `ifNull(${denominator.name}, 0)`,
        gap: '0',
        numeratorIsMoney: false,
        denominatorIsMoney: false,
      }
    },
    withScores: (accounts) => {
      const parts: PlanNode = {
        name: `${prefix}_parts`,
        says: {
          en: 'Per account: what its health is made of',
          ja: '顧客ごと: ヘルススコアの計算に使う値',
        },
        inputs: [accounts],
        sql: layered(
          `SELECT * FROM ${accounts.name}`,
          of.all.flatMap(({ columns: all }) =>
            all.map(({ name, perAccount }) => `${perAccount} AS ${name}`),
          ),
        ),
      }
      const input = of.withFormulas(parts)
      const values = [
        ...metrics.map((metric, k) => {
          const sql = of.shown[k]?.value ?? 'NULL'
          return `CAST(${sql} AS Nullable(${valueType(metric)})) AS ${conditionColumn(prefix, metric.key)}`
        }),
        ...textRefs.map(
          (ref, k) => `${measureColumn(ref)} AS ${conditionColumn(prefix, attributes[k] ?? '')}`,
        ),
      ]
      const said = cards.map(({ key }) => key).join(', ')
      return {
        name: `${prefix}_scores`,
        says: {
          en: `Per account: the first of the scorecards ${said} that fits, and Σ weight × points ÷ Σ weight over its measures with a value; none under half of the weight`,
          ja: `顧客ごと: ${said} のうち最初に条件に合うスコアカードで、値のある項目の Σ(重み×点数)÷Σ重み。重みの半分に満たなければ値なし`,
        },
        inputs: [input],
        sql: layered(
          `SELECT * FROM ${input.name}`,
          values.length === 0 ? [`0 AS ${prefix}_nothing`] : values,
          [
            ...conditions,
            ...metrics.map((metric) => {
              const column = conditionColumn(prefix, metric.key)
              return `toFloat64(${column}) AS ${column}_float`
            }),
            `0 AS ${prefix}_none`,
          ],
          [
            `${cards.length === 0 ? '0' : `multiIf(${cards.map((_, k) => `${prefix}_fits${k} = 1, ${k + 1}`).join(', ')}, 0)`} AS ${chosen}`,
            ...leafColumns,
          ],
          sums,
          [
            `if(${prefix}_weight > 0 AND ${prefix}_weight * 2 >= ${prefix}_total, ${prefix}_points / (100 * ${prefix}_weight), NULL) AS ${columns.computed}`,
            `if(${prefix}_total = 0, NULL, ${prefix}_weight / ${prefix}_total) AS ${columns.coverage}`,
            `${overridden} AS ${prefix}_override`,
          ],
          [`ifNull(${prefix}_override, ${columns.computed}) AS ${columns.score}`],
        ),
        params,
      }
    },
  }
}

/**
 * What was set by hand and holds at a window's end, as known then: Nullable(Float64). At most one does,
 * as setting one takes back the one before it.
 */
const overrideSql = (
  { overrides }: ScorecardsRecipe,
  prefix: string,
  params: Record<string, unknown>,
): string => {
  if (overrides.length === 0) return 'CAST(NULL AS Nullable(Float64))'
  const never = '2299-12-31T00:00:00Z'
  const instants = "Array(DateTime64(3, 'UTC'))"
  const array = (name: string, type: string, values: readonly unknown[]): string => {
    params[`${prefix}_${name}`] = values
    return `{${prefix}_${name}:${type}}`
  }
  const accounts = array(
    'of',
    'Array(String)',
    overrides.map(({ accountId }) => accountId),
  )
  const found = `arrayFirstIndex((account, set_at, ends_at, withdrawn_at) ->
    account = account_id
    AND set_at < ${windowArray('end')}[i + 1] AND set_at <= ${windowArray('known')}[i + 1]
    AND ends_at >= ${windowArray('end')}[i + 1]
    AND NOT (withdrawn_at < ${windowArray('end')}[i + 1] AND withdrawn_at <= ${windowArray('known')}[i + 1]),
    ${accounts},
    ${array(
      'set',
      instants,
      overrides.map(({ setAt }) => engineInstant(setAt)),
    )},
    ${array(
      'ends',
      instants,
      overrides.map(({ endsAt }) => engineInstant(endsAt)),
    )},
    ${array(
      'withdrawn',
      instants,
      overrides.map(({ withdrawnAt }) => engineInstant(withdrawnAt ?? never)),
    )})`
  const scores = array(
    'to',
    'Array(Float64)',
    overrides.map(({ score }) => score),
  )
  return `if(has(${accounts}, account_id), arrayMap(x -> if(x = 0, NULL, arrayElement(${scores}, x)), [${found}])[1], NULL)`
}

import { dimensionOf } from '../condition/amount.ts'
import { checkFormula } from '../condition/check.ts'
import { compileFormula } from '../condition/compile-formula.ts'
import type { NameEntry } from '../condition/scope.ts'
import { type NumberExpr, namesIn } from '../condition/syntax.ts'
import { isCustomRecipe } from '../custom/recipes.ts'
import type { MetricDefinition } from '../definition.ts'
import type { MetricSettings } from '../settings.ts'
import { layered } from '../sql/layers.ts'
import { CustomMeasures } from './custom.ts'
import { type Figure, FORMER, figureOf } from './figures.ts'
import type { PlanNode } from './node.ts'
import { checkedScorecards, type ScorecardsPlan, scorecardsPlan } from './scorecards.ts'
import { conditionOf, type ShareWhere, shareWhere } from './share-where.ts'

type Catalogue = ReadonlyMap<string, MetricDefinition>

interface Layer {
  readonly expressions: string[]
  readonly params: Record<string, unknown>
  readonly metrics: MetricDefinition[]
}

/** The metrics of a query, with those that they are made of. */
export interface FigureSet {
  /** The metrics asked for, in their order. */
  readonly shown: readonly Figure[]
  /** Those and all that formulas among them are made of, each once. */
  readonly all: readonly Figure[]
  /**
   * Adds to a row for each account the conditions of which some metrics are the share of accounts.
   * Their columns and measures are those of the account, whatever the grain asked for.
   */
  withConditions(accounts: PlanNode): PlanNode
  /**
   * Adds what formulas compute to a node that holds the columns of all figures. Formulas over formulas
   * come in layers, so that an expression stands once in the query however often its name is used.
   */
  withFormulas(node: PlanNode): PlanNode
}

/** The definition of a formula's operand. @throws Error when the catalogue lacks it */
const found = (catalogue: Catalogue, key: string): MetricDefinition => {
  const definition = catalogue.get(key)
  if (definition === undefined) throw new Error(`There is no metric '${key}'.`)
  return definition
}

/** The names that a formula may use, each read from the column that holds its figure. */
export const formulaScope = (
  metrics: Iterable<Pick<MetricDefinition, 'key' | 'name' | 'unit'>>,
  columnOf: (key: string) => string = (key) => key,
): ReadonlyMap<string, NameEntry> =>
  new Map(
    [...metrics].map(({ key, name, unit }) => [
      key,
      {
        type: 'number',
        column: columnOf(key),
        label: name,
        unit,
        ...(unit === 'money' ? { exact: true } : {}),
      },
    ]),
  )

/** Plans the metrics of a query: their columns, and what is computed of them. */
export const figureSet = (
  definitions: readonly MetricDefinition[],
  catalogue: Catalogue,
  settings: MetricSettings,
): FigureSet => prepared(definitions, catalogue, settings, new CustomMeasures(catalogue), 'm')()

/**
 * Collects the measures of the metrics, and returns what plans them once all of a query are collected.
 *
 * @param prefix begins the names of all columns
 */
const prepared = (
  definitions: readonly MetricDefinition[],
  catalogue: Catalogue,
  settings: MetricSettings,
  measures: CustomMeasures,
  prefix: string,
): (() => FigureSet) => {
  const indexes = new Map<string, number>()
  const ordered: MetricDefinition[] = []
  const depths = new Map<string, number>()
  const visit = (definition: MetricDefinition): number => {
    const known = depths.get(definition.key)
    if (known !== undefined) return known
    // Stands in while it is being visited: the check of definitions refuses cycles.
    depths.set(definition.key, 0)
    if (!indexes.has(definition.key)) {
      indexes.set(definition.key, ordered.push(definition) - 1)
    }
    const recipe = definition.measure
    const depth =
      recipe.kind === 'formula'
        ? 1 + Math.max(...recipe.uses.map(({ metric }) => visit(found(catalogue, metric))))
        : 0
    depths.set(definition.key, depth)
    return depth
  }
  for (const definition of definitions) {
    indexes.set(definition.key, ordered.push(definition) - 1)
  }
  for (const definition of definitions) visit(definition)

  const lowered = ordered.map((definition) =>
    definition.measure.kind === 'formula' ? definition : measures.lowered(definition),
  )
  const healths = new Map<number, () => ScorecardsPlan>()
  const shares = ordered.map((definition, k): (() => ShareWhere) | null => {
    if (definition.measure.kind === 'scorecards') {
      const { measure, version } = definition
      // Score, computed score and coverage of one version are made together, once.
      const known = healths.get(version)
      const health =
        known ?? plannedHealth(measure, `${prefix}h${k}`, catalogue, settings, measures)
      healths.set(version, health)
      return () => ({
        figure: health().figure(definition, measure, `${prefix}${k}`),
        withCondition: (node) => (known === undefined ? health().withScores(node) : node),
      })
    }
    if (definition.measure.kind !== 'share_where') return null
    const name = `${prefix}${k}`
    const condition = conditionOf(definition, settings, catalogue, name)
    const of = prepared(condition.metrics, catalogue, settings, measures, `${name}_w`)
    const { over } = definition.measure
    return () => shareWhere(definition, name, condition, of(), measures.measureOf(over))
  })
  return () => {
    const shared = shares.map((share) => share?.() ?? null)
    const base = ordered.map((definition, k) =>
      definition.measure.kind === 'formula'
        ? null
        : (shared[k]?.figure ??
          figureOf(lowered[k] ?? definition, `${prefix}${k}`, (path) => measures.measureOf(path))),
    )
    const operands = new Set(
      ordered.flatMap(({ measure }) =>
        measure.kind === 'formula' ? measure.uses.map(({ metric }) => metric) : [],
      ),
    )
    const layers: Layer[] = []
    const layerAt = (depth: number): Layer => {
      const layer = layers[depth] ?? { expressions: [], params: {}, metrics: [] }
      layers[depth] = layer
      return layer
    }
    const columnOf = (key: string) => `${prefix}${indexes.get(key) ?? 0}`
    const all = ordered.map((definition, k): Figure => {
      const figure = base[k]
      if (figure === null || figure === undefined) {
        return formulaFigure(
          definition,
          `${prefix}${k}`,
          layerAt(depths.get(definition.key) ?? 0),
          catalogue,
          columnOf,
        )
      }
      if (operands.has(definition.key)) {
        layerAt(0).expressions.push(
          `${figure.value} AS ${prefix}${k}_value`,
          `${figure.n} AS ${prefix}${k}_cases`,
          `toUInt64(${figure.gap}) AS ${prefix}${k}_gaps`,
          `toUInt8(isNull(${figure.value}) AND ifNull(${figure.denominator} = 0, false)) AS ${prefix}${k}_zero`,
        )
      }
      return figure
    })
    return {
      shown: all.slice(0, definitions.length),
      all,
      withConditions: (accounts) =>
        shared.reduce((node, share) => share?.withCondition(node) ?? node, accounts),
      withFormulas: (node) => withLayers(node, layers, prefix === 'm' ? '' : `${prefix}_`),
    }
  }
}

/** Collects the measures of the metrics of scorecards, and returns what plans them once, when asked. */
const plannedHealth = (
  recipe: Extract<MetricDefinition['measure'], { kind: 'scorecards' }>,
  name: string,
  catalogue: Catalogue,
  settings: MetricSettings,
  measures: CustomMeasures,
): (() => ScorecardsPlan) => {
  const checked = checkedScorecards(recipe, catalogue, name)
  const of = prepared(checked.metrics, catalogue, settings, measures, `${name}_w`)
  let plan: ScorecardsPlan | null = null
  return () => {
    plan ??= scorecardsPlan(checked, name, of(), measures.measureOf(FORMER))
    return plan
  }
}

const formulaFigure = (
  definition: MetricDefinition,
  prefix: string,
  layer: Layer,
  catalogue: Catalogue,
  columnOf: (key: string) => string,
): Figure => {
  const recipe = definition.measure
  if (!isCustomRecipe(recipe) || recipe.kind !== 'formula') {
    throw new Error(`${definition.key} is no formula.`)
  }
  const keys = recipe.uses.map(({ metric }) => metric)
  const names = formulaScope(
    keys.map((key) => found(catalogue, key)),
    (key) => `${columnOf(key)}_value`,
  )
  const checked = checkFormula(recipe.cel, { names })
  if (!checked.ok) throw new Error(`${definition.key} was not checked.`)
  const { expr } = checked.formula
  const money = definition.unit === 'money'
  const gaps = `(${keys.map((key) => `${columnOf(key)}_gaps`).join(' + ')})`
  const there = keys.map((key) => `isNotNull(${columnOf(key)}_value)`)
  // An amount that has no exchange rate is not one that is not there: no default stands in for it. And
  // where nothing is there at all, nothing is made of defaults, so that a figure does not depend on
  // whether the account has a row by what else is asked.
  // A branch of an 'if' is worked out lazily, again in each place that uses it: in formulas over formulas
  // that grows exponentially. What a lambda is applied to is worked out once.
  const guarded = (sql: string) =>
    `arrayMap(x -> if(${gaps} > 0 OR NOT (${there.join(' OR ')}), NULL, x), [${sql}])[1]`
  const compiled = compileFormula(checked.formula, `${prefix}_f`, money)
  Object.assign(layer.params, compiled.params)
  const sides = sidesOf(expr).map((side, index) => {
    const sql = compileFormula({ text: '', expr: side }, `${prefix}_s${index}`, isAmount(side))
    Object.assign(layer.params, sql.params)
    return { sql: guarded(sql.sql), money: isAmount(side) }
  })
  const [top, bottom] = sides
  // What has no value only because it would divide by 0 is not missing, and neither is this then.
  const zero = (key: string) =>
    found(catalogue, key).measure.kind === 'formula'
      ? `(isNull(${columnOf(key)}_value) AND ${columnOf(key)}_whole = 1)`
      : `${columnOf(key)}_zero = 1`
  const whole = keys.map((key, i) => `(${there[i]} OR ${zero(key)})`)
  layer.expressions.push(
    `${guarded(compiled.sql)} AS ${prefix}_value`,
    `${gaps} AS ${prefix}_gaps`,
    // As many cases as the operand with the fewest; one without a value takes no part.
    `ifNull(arrayMin(arrayFilter(x -> isNotNull(x), [${keys
      .map((key, i) => `toInt64(${columnOf(key)}_cases) * nullIf(toInt64(${there[i]}), 0)`)
      .join(', ')}])), 0) AS ${prefix}_cases`,
    `toUInt8(${whole.join(' AND ')}) AS ${prefix}_whole`,
    ...(top === undefined ? [] : [`${top.sql} AS ${prefix}_top`]),
    ...(bottom === undefined ? [] : [`${bottom.sql} AS ${prefix}_bottom`]),
  )
  layer.metrics.push(definition)
  return {
    definition,
    measures: [],
    columns: [],
    numerator: top === undefined ? 'NULL' : `${prefix}_top`,
    denominator: bottom === undefined ? 'NULL' : `${prefix}_bottom`,
    value: `${prefix}_value`,
    n: `${prefix}_cases`,
    gap: `${prefix}_gaps`,
    whole: `${prefix}_whole`,
    numeratorIsMoney: top?.money ?? false,
    denominatorIsMoney: bottom?.money ?? false,
  }
}

/** Numerator and denominator of a formula that is a quotient of figures. */
const sidesOf = (e: NumberExpr): readonly NumberExpr[] =>
  e.kind === 'arithmetic' && e.op === '/' && namesIn({ text: '', expr: e.right }).length > 0
    ? [e.left, e.right]
    : []

const isAmount = (e: NumberExpr): boolean => dimensionOf(e) === 'money'

const withLayers = (node: PlanNode, layers: readonly Layer[], prefix: string): PlanNode => {
  if (layers.length === 0) return node
  const formulas = layers.flatMap(({ metrics }) => metrics)
  const said = formulas.map(({ name, measure }) => ({
    name,
    cel: measure.kind === 'formula' ? measure.cel : '',
  }))
  return {
    name: `${prefix}formulas`,
    says: {
      en: `Of the figures of the same grain: ${said.map(({ name, cel }) => `${name.en} = ${cel}`).join('; ')}`,
      ja: `同じ単位の指標から計算: ${said.map(({ name, cel }) => `${name.ja} = ${cel}`).join('、')}`,
    },
    inputs: [node],
    sql: layered(`SELECT * FROM ${node.name}`, ...layers.map(({ expressions }) => expressions)),
    params: Object.assign({}, ...layers.map(({ params }) => params)),
  }
}

import { isCustomRecipe } from '../custom/recipes.ts'
import { type MetricDefinition, measuresOf } from '../definition.ts'
import { findMeasure, type MeasureRef } from '../sources/registry.ts'
import { decimalOf, MONEY, moneyQuotient } from '../sql/money.ts'
import { restrictedMeanSurvival, spansEnded, survivalMedian } from '../sql/survival.ts'
import { measureColumn } from './accounts.ts'

/** A measure that a definition names. @throws Error when it was not checked by `checkDefinition` */
export const measureOfSource = (path: string): MeasureRef => {
  const found = findMeasure(path)
  if (found === undefined) throw new Error(`There is no measure '${path}'.`)
  return found
}

/** How a column of many accounts becomes one of the portfolio. */
export type Fold = 'sum' | 'max' | 'samples' | 'counts_by_key'

export interface FigureColumn {
  readonly name: string
  /** Over a row of `accounts`. */
  readonly perAccount: string
  readonly fold: Fold
}

/**
 * One metric as columns: what each account brings along, how that folds into a portfolio, and the value
 * made of it. The value is the same expression at both grains, so that they can't differ.
 */
export interface Figure {
  readonly definition: MetricDefinition
  readonly measures: readonly MeasureRef[]
  readonly columns: readonly FigureColumn[]
  /** SQL of the results over the folded columns; NULL where there is none. */
  readonly numerator: string
  readonly denominator: string
  readonly value: string
  readonly n: string
  /** How many amounts had no exchange rate; above 0 there is no value. */
  readonly gap: string
  /** What the interval is made of, as text; `sample.ts` says how. */
  readonly sample?: string
  /** Of a formula: whether all that it is made of has a value, or has none as it divides by 0. */
  readonly whole?: string
  readonly numeratorIsMoney: boolean
  readonly denominatorIsMoney: boolean
}

const isMoney = ({ measure }: MeasureRef): boolean => measure.type === 'money'

/** NULL instead of a division by 0; the divisor is replaced as well, since both branches may run. */
const unlessZero = (divisor: string, quotient: (safe: string) => string): string =>
  `if(ifNull(${divisor} = 0, true), NULL, ${quotient(`if(ifNull(${divisor} = 0, true), 1, assumeNotNull(${divisor}))`)})`

const moneyOrFloat = (
  definition: MetricDefinition,
  numerator: string,
  denominator: string,
  times: number,
): string =>
  unlessZero(denominator, (safe) =>
    definition.unit === 'money'
      ? moneyQuotient(numerator, safe)
      : `${times === 1 ? '' : `${times} * `}toFloat64(${numerator}) / toFloat64(${safe})`,
  )

export const FORMER = 'standing.former'

/** What a former customer brings along to a figure of those who are here: nothing. */
const butFormer = (figure: Figure, former: MeasureRef): Figure => {
  const isFormer = `ifNull(${measureColumn(former)}, 0) = 1`
  const nothing = ({ name, fold }: FigureColumn): string =>
    fold === 'samples' ? '[]' : name === figure.n ? 'toUInt64(0)' : 'NULL'
  return {
    ...figure,
    measures: [...figure.measures, former],
    columns: figure.columns.map((column) => ({
      ...column,
      perAccount: `if(${isFormer}, ${nothing(column)}, ${column.perAccount})`,
    })),
  }
}

/**
 * The columns and expressions of a metric; all columns start with `prefix`. Its recipe is one over
 * measures; those of custom metrics are brought to one before.
 *
 * @param measureOf finds the measure of a path
 */
export const figureOf = (
  definition: MetricDefinition,
  prefix: string,
  measureOf: (path: string) => MeasureRef = measureOfSource,
): Figure => {
  const figure = figureOfAll(definition, prefix, measureOf)
  return definition.counts === 'present' ? butFormer(figure, measureOfSource(FORMER)) : figure
}

const figureOfAll = (
  definition: MetricDefinition,
  prefix: string,
  measureOf: (path: string) => MeasureRef,
): Figure => {
  const recipe = definition.measure
  if (isCustomRecipe(recipe)) throw new Error(`${definition.key} is not made of measures.`)
  const refs = measuresOf(recipe).map(measureOf)
  const nRef = definition.n === undefined ? undefined : measureOf(definition.n)
  const gaps = [
    ...new Set(
      refs.flatMap(({ source, measure }) =>
        measure.gap === undefined ? [] : [measureColumn({ source, name: measure.gap })],
      ),
    ),
  ]
  const column = (name: string, perAccount: string, fold: Fold = 'sum'): FigureColumn => ({
    name: `${prefix}_${name}`,
    perAccount,
    fold,
  })
  const gapColumn = column('gap', gaps.map((gap) => `ifNull(${gap}, 0)`).join(' + '))
  const gap = gaps.length === 0 ? '0' : gapColumn.name
  const guarded = (value: string): string =>
    gaps.length === 0 ? value : `if(${gap} > 0, NULL, ${value})`
  const nColumn = (hasValue: string): FigureColumn =>
    column(
      'n',
      nRef === undefined ? `toUInt64(${hasValue})` : `toUInt64(ifNull(${measureColumn(nRef)}, 0))`,
    )
  const base = {
    definition,
    measures: nRef === undefined ? refs : [...refs, nRef],
    gap,
    n: `${prefix}_n`,
    numerator: 'NULL',
    denominator: 'NULL',
    numeratorIsMoney: false,
    denominatorIsMoney: false,
  }
  const withGap = (...columns: FigureColumn[]): FigureColumn[] =>
    gaps.length === 0 ? columns : [...columns, gapColumn]

  switch (recipe.kind) {
    case 'sum': {
      const numerator = column('numerator', refs.map(measureColumn).join(' + '))
      return {
        ...base,
        columns: withGap(numerator, nColumn(`isNotNull(${numerator.perAccount})`)),
        numerator: guarded(numerator.name),
        value: guarded(numerator.name),
        numeratorIsMoney: refs.every(isMoney),
      }
    }
    case 'ratio': {
      const over = measureOf(recipe.over)
      const parts = recipe.of.map(measureOf)
      const top = parts.map(measureColumn).join(' + ')
      const bottom = measureColumn(over)
      // An account with only one of the two would bend the ratio, so it is in neither.
      const paired = parts.some(({ source }) => source !== over.source)
      const both = `isNotNull(${top}) AND isNotNull(${bottom})`
      const numerator = column('numerator', paired ? `if(${both}, ${top}, NULL)` : top)
      const denominator = column('denominator', paired ? `if(${both}, ${bottom}, NULL)` : bottom)
      const n =
        paired && nRef !== undefined
          ? column('n', `toUInt64(if(${both}, ifNull(${measureColumn(nRef)}, 0), 0))`)
          : nColumn(both)
      return {
        ...base,
        columns: withGap(numerator, denominator, n),
        numerator: guarded(numerator.name),
        denominator: guarded(denominator.name),
        value: guarded(moneyOrFloat(definition, numerator.name, denominator.name, recipe.times)),
        numeratorIsMoney: parts.every(isMoney),
        denominatorIsMoney: isMoney(over),
      }
    }
    case 'quantile': {
      const [ref] = refs
      const of = ref === undefined ? 'NULL' : measureColumn(ref)
      const samples =
        ref?.measure.type === 'samples'
          ? of
          : `if(isNull(${of}), [], [toFloat64(assumeNotNull(${of}))])`
      const all = column('samples', samples, 'samples')
      return {
        ...base,
        columns: withGap(all),
        n: `length(${all.name})`,
        value: guarded(
          `if(empty(${all.name}), NULL, arrayReduce('quantileExactInclusive(${recipe.level})', ${all.name}))`,
        ),
      }
    }
    case 'mean': {
      const [ref] = refs
      const of = ref === undefined ? 'NULL' : measureColumn(ref)
      const sampled = ref?.measure.type === 'samples'
      const total = column('numerator', sampled ? `if(empty(${of}), NULL, arraySum(${of}))` : of)
      const cases = column(
        'denominator',
        sampled ? `nullIf(length(${of}), 0)` : `if(isNull(${of}), NULL, 1)`,
      )
      return {
        ...base,
        columns: withGap(
          total,
          cases,
          ...(nRef === undefined ? [] : [nColumn(`isNotNull(${total.perAccount})`)]),
        ),
        n: nRef === undefined ? `ifNull(${cases.name}, 0)` : base.n,
        numerator: guarded(total.name),
        denominator: guarded(cases.name),
        value: guarded(moneyOrFloat(definition, total.name, cases.name, 1)),
        numeratorIsMoney: refs.every(isMoney),
      }
    }
    case 'weighted_mean': {
      const weightRef = measureOf(recipe.weight)
      const of = measureColumn(measureOf(recipe.of))
      const weight = measureColumn(weightRef)
      const both = `isNotNull(${of}) AND isNotNull(${weight})`
      const weighed = column(
        'numerator',
        `if(${both}, toFloat64(${weight}) * toFloat64(${of}), NULL)`,
      )
      const weights = column('denominator', `if(${both}, ${weight}, NULL)`)
      return {
        ...base,
        // What weighs nothing has no say.
        columns: withGap(weighed, weights, nColumn(`${both} AND ${weight} != 0`)),
        numerator: guarded(weighed.name),
        denominator: guarded(weights.name),
        value: guarded(moneyOrFloat(definition, weighed.name, weights.name, 1)),
        denominatorIsMoney: isMoney(weightRef),
      }
    }
    case 'share_where':
    case 'scorecards':
      throw new Error(`${definition.key} is not made of measures alone.`)
    case 'survival': {
      const spans = column('spans', measureColumn(measureOf(recipe.of)), 'samples')
      return {
        ...base,
        columns: withGap(spans),
        // Of so many cases so many ended; the value is not their quotient.
        numerator: spansEnded(spans.name),
        denominator: `length(${spans.name})`,
        n: `length(${spans.name})`,
        value:
          recipe.statistic === 'median'
            ? survivalMedian(spans.name)
            : restrictedMeanSurvival(spans.name, recipe.horizon),
      }
    }
    case 'max': {
      const [ref] = refs
      const of = ref === undefined ? 'NULL' : measureColumn(ref)
      const greatest = column('greatest', of, 'max')
      return {
        ...base,
        columns: withGap(greatest, nColumn(`isNotNull(${of})`)),
        value: guarded(greatest.name),
      }
    }
    case 'survival_value': {
      const revenue = column('revenue', measureColumn(measureOf(recipe.revenue)))
      const payers = column('payers', measureColumn(measureOf(recipe.payers)))
      const spans = column('spans', measureColumn(measureOf(recipe.spans)), 'samples')
      const months = restrictedMeanSurvival(spans.name, '{survival_horizon_months:Float64}')
      const numerator = `toDecimal128(round(
        toDecimal256(${revenue.name}, 8) * toDecimal256(${decimalOf(months)}, 8)
        * {gross_margin_share:Decimal(9, 6)}, 8), 8)`
      return {
        ...base,
        columns: withGap(revenue, payers, spans),
        numerator: guarded(numerator),
        denominator: guarded(payers.name),
        value: guarded(moneyOrFloat(definition, numerator, payers.name, 1)),
        n: `length(${spans.name})`,
        numeratorIsMoney: true,
      }
    }
    case 'lifetime': {
      const [revenue, payers, lost, customers] = (
        ['revenue', 'payers', 'lost', 'customers'] as const
      ).map((name) => column(name, measureColumn(measureOf(recipe[name]))))
      if (!revenue || !payers || !lost || !customers)
        throw new Error('A lifetime has four measures.')
      const numerator = `toDecimal128(round(
        toDecimal256(${revenue.name}, 8) * {window_months:Array(Decimal(18, 4))}[i + 1]
        * ${customers.name} * {gross_margin_share:Decimal(9, 6)}, 8), 8)`
      const denominator = `(${payers.name} * ${lost.name})`
      return {
        ...base,
        columns: withGap(revenue, payers, lost, customers, nColumn('1')),
        numerator: guarded(numerator),
        denominator: guarded(denominator),
        value: guarded(moneyOrFloat(definition, numerator, denominator, 1)),
        numeratorIsMoney: true,
      }
    }
  }
}

/** SQL type of a metric's value, without its being nullable. */
export const valueType = (definition: MetricDefinition): typeof MONEY | 'Float64' =>
  definition.unit === 'money' ? MONEY : 'Float64'

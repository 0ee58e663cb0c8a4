import { isCustomRecipe } from '../custom/recipes.ts'
import type { MetricDefinition } from '../definition.ts'
import { measureColumn } from './accounts.ts'
import { type Figure, measureOfSource } from './figures.ts'

/** How sure one can be of a figure: what is to be drawn again, if anything. */
export type IntervalMethod =
  | { readonly kind: 'proportion' }
  | { readonly kind: 'accounts' }
  | { readonly kind: 'persons'; readonly against: string }
  | { readonly kind: 'none' }

/**
 * The method that a definition names, or the one that follows from it. A percentage whose denominator is
 * its n, counting cases of the same source as the numerator counts, is a proportion of them. Any other
 * ratio of sums, and a mean, varies with the accounts that make it.
 *
 * @param definition with a recipe over measures
 */
export const intervalMethodOf = ({
  interval,
  measure,
  unit,
  n,
}: Pick<MetricDefinition, 'interval' | 'measure' | 'unit' | 'n'>): IntervalMethod => {
  if (typeof interval === 'object') return { kind: 'persons', against: interval.persons }
  if (interval !== undefined) return { kind: interval }
  if (isCustomRecipe(measure)) return { kind: 'none' }
  if (['mean', 'weighted_mean', 'scorecards'].includes(measure.kind)) return { kind: 'accounts' }
  // Each account either gets along or does not.
  if (measure.kind === 'share_where') return { kind: 'proportion' }
  if (measure.kind !== 'ratio') return { kind: 'none' }
  const [top, ...others] = measure.of
  const sourceOf = (path: string | undefined) => path?.split('.')[0]
  const isShare =
    unit === 'percent' &&
    measure.times === 1 &&
    others.length === 0 &&
    n === measure.over &&
    sourceOf(top) === sourceOf(measure.over)
  return {
    kind: isShare && countsCases(measure.over) && countsCases(top) ? 'proportion' : 'accounts',
  }
}

/** Custom measures count cases where they are the n of something. */
const countsCases = (path: string | undefined): boolean => {
  if (path === undefined) return false
  if (path.startsWith('custom_')) return true
  return measureOfSource(path).measure.type === 'count'
}

/** A number that names an account: it decides what the account draws, and fits a double exactly. */
const SEED = 'bitShiftRight(cityHash64(account_id), 12)'

/**
 * The figure with what its interval is made of: for each account what it brings along, or how many
 * persons are against. What needs nothing more stays as it is.
 */
export const withSample = (figure: Figure): Figure => {
  const method = intervalMethodOf(figure.definition)
  if (method.kind === 'persons') {
    const against = measureOfSource(method.against)
    const name = `${figure.columns[0]?.name ?? 'figure'}_against`
    return {
      ...figure,
      measures: [...figure.measures, against],
      columns: [...figure.columns, { name, perAccount: measureColumn(against), fold: 'sum' }],
      sample: `toString(${name})`,
    }
  }
  const side = (name: string) => figure.columns.find((column) => column.name.endsWith(`_${name}`))
  const [top, bottom] = [side('numerator'), side('denominator')]
  if (method.kind !== 'accounts' || top === undefined || bottom === undefined) return figure
  const number = (sql: string) => `toString(toFloat64(ifNull(${sql}, 0)))`
  const name = `${top.name}_sample`
  return {
    ...figure,
    columns: [
      ...figure.columns,
      {
        name,
        perAccount: `if(isNull(${bottom.perAccount}) AND isNull(${top.perAccount}), [],
    [concat(toString(${SEED}), ' ', ${number(top.perAccount)}, ' ', ${number(bottom.perAccount)})])`,
        fold: 'samples',
      },
    ],
    sample: `arrayStringConcat(${name}, '\\n')`,
  }
}

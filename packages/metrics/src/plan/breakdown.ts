import type { MetricDefinition } from '../definition.ts'
import { findMeasure } from '../sources/registry.ts'
import { measureColumn } from './accounts.ts'
import type { Figure } from './figures.ts'
import type { PlanNode } from './node.ts'

/** A slice that lies within accounts, such as the features that they use. */
export interface Breakdown {
  readonly key: string
  /** The column that says which part it is. */
  readonly column: string
}

/** The keys by which all of these metrics can be broken down. */
export const breakdownKeys = (definitions: readonly MetricDefinition[]): string[] =>
  [...new Set(definitions.flatMap(({ breakdown }) => breakdown?.by ?? []))].filter((key) =>
    definitions.every(({ breakdown }) => breakdown?.by === key),
  )

/**
 * The slice that cuts within accounts, if all metrics asked for have it; for others the key is one of an
 * account attribute like any other.
 */
export const breakdownOf = (
  slices: readonly Breakdown[],
  definitions: readonly MetricDefinition[],
): Breakdown | undefined => {
  const keys = breakdownKeys(definitions)
  return slices.find(({ key }) => keys.includes(key))
}

const partsColumn = (figure: Figure): string => `${figure.numerator}_parts`

/** The figure with one more column: what replaces its numerator, by part. */
export const withParts = (figure: Figure): Figure => {
  const { breakdown } = figure.definition
  const measure = breakdown === undefined ? undefined : findMeasure(breakdown.of)
  if (measure === undefined) throw new Error(`${figure.definition.key} has no breakdown.`)
  return {
    ...figure,
    measures: [...figure.measures, measure],
    columns: [
      ...figure.columns,
      { name: partsColumn(figure), perAccount: measureColumn(measure), fold: 'counts_by_key' },
    ],
  }
}

/**
 * One row for each part: its own numerator over the denominator of the whole. Who is in several parts
 * counts in each, so a part is counted by itself and never made by adding or taking apart.
 *
 * @param input the columns of `figures`, for each account or each slice of accounts
 */
export const eachPart = (
  input: PlanNode,
  figures: readonly Figure[],
  { key, column }: Breakdown,
  perAccount: boolean,
): PlanNode => {
  const used = figures.map((figure) => `mapKeys(${partsColumn(figure)})`)
  // A part that one slice does not have is 0 there; for accounts that would be mostly noughts.
  const there = used.map((keys) =>
    perAccount ? keys : `groupUniqArrayArray(${keys}) OVER (PARTITION BY i)`,
  )
  const replaced = figures.map(
    (figure) =>
      `if(isNull(${figure.denominator}), NULL, ${partsColumn(figure)}[${column}]) AS ${figure.numerator}`,
  )
  // A feature that nobody uses is there with 0; of kinds of tickets there is no list.
  const overlaps = key === 'feature'
  const listed = overlaps ? ['{features:Array(String)}'] : []
  return {
    name: 'parts',
    says: {
      en: `By ${key}: what counts for it, over the whole${overlaps ? '. Parts overlap and do not add up' : ''}`,
      ja: `${key}ごと: 該当する数を全体で割る${overlaps ? '。重なりがあるため合計しても全体にはならない' : ''}`,
    },
    inputs: [input],
    sql: `
SELECT * EXCEPT (part_keys) REPLACE (${replaced.join(', ')}), ${column}
FROM (
  SELECT *, arrayDistinct(arrayConcat(${[...listed, ...there].join(', ')})) AS part_keys
  FROM ${input.name}
)
ARRAY JOIN part_keys AS ${column}`,
  }
}

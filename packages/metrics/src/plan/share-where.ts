import { type AccountCondition, checkAccountCondition } from '../account-condition.ts'
import { compileCondition } from '../condition/compile.ts'
import type { MetricDefinition } from '../definition.ts'
import type { MetricSettings } from '../settings.ts'
import { attributeTexts } from '../sources/attribute-texts.ts'
import type { MeasureRef } from '../sources/registry.ts'
import { layered } from '../sql/layers.ts'
import { measureColumn } from './accounts.ts'
import type { FigureSet } from './figure-set.ts'
import { type Figure, valueType } from './figures.ts'
import type { PlanNode } from './node.ts'

type Catalogue = ReadonlyMap<string, MetricDefinition>

/** The share of accounts of which a condition holds, that being worked out for each account. */
export interface ShareWhere {
  readonly figure: Figure
  /** Adds to a row for each account whether the condition is decided there, and whether it holds. */
  withCondition(accounts: PlanNode): PlanNode
}

/** The column of a name of a condition. @param prefix begins it */
export const conditionColumn = (prefix: string, name: string): string => {
  if (!/^[A-Za-z_]\w*$/.test(name)) throw new Error(`'${name}' is no name of a condition.`)
  return `${prefix}_of_${name}`
}

/**
 * The condition of a definition, as the workspace has it.
 *
 * @throws Error when the setting was not checked by `checkAccountCondition`
 */
export const conditionOf = (
  { key, measure }: MetricDefinition,
  settings: MetricSettings,
  catalogue: Catalogue,
  prefix: string,
): AccountCondition => {
  if (measure.kind !== 'share_where') throw new Error(`${key} is no share.`)
  const checked = checkAccountCondition(settings[measure.setting], catalogue, (name) =>
    conditionColumn(prefix, name),
  )
  if (!checked.ok) throw new Error(`The setting ${measure.setting} was not checked.`)
  return checked.condition
}

/**
 * Plans such a share.
 *
 * @param prefix begins the names of its columns and parameters
 * @param of the metrics that the condition names, planned with columns of their own
 * @param over the measure that is 1 for each account that it is asked of
 */
export const shareWhere = (
  definition: MetricDefinition,
  prefix: string,
  { condition, metrics, attributes, needed }: AccountCondition,
  of: FigureSet,
  over: MeasureRef,
): ShareWhere => {
  const texts = attributeTexts(`${prefix}_texts`, attributes)
  const textRefs = Object.entries(texts.measures).map(
    ([name, measure]): MeasureRef => ({ source: texts, name, measure }),
  )
  const compiled = compileCondition(condition, `${prefix}_c`)
  const [decided, holds] = [`${prefix}_decided`, `${prefix}_holds`]
  const asked = measureColumn(over)
  const count = (name: string, sql: string) => ({
    name: `${prefix}_${name}`,
    perAccount: `if(${decided} AND isNotNull(${holds}) AND isNotNull(${asked}), toUInt64(${sql}), NULL)`,
    fold: 'sum' as const,
  })
  const numerator = count('numerator', `ifNull(${holds}, 0) AND ${asked} > 0`)
  const denominator = count('denominator', `${asked} > 0`)
  return {
    figure: {
      definition,
      measures: [...of.all.flatMap(({ measures }) => measures), ...textRefs, over],
      columns: [numerator, denominator],
      numerator: numerator.name,
      denominator: denominator.name,
      value: `if(ifNull(${denominator.name}, 0) = 0, NULL, ${numerator.name} / ${denominator.name})`,
      n: `ifNull(${denominator.name}, 0)`,
      gap: '0',
      numeratorIsMoney: false,
      denominatorIsMoney: false,
    },
    withCondition: (accounts) => {
      const parts: PlanNode = {
        name: `${prefix}_parts`,
        says: {
          en: `Per account: what decides on '${definition.name.en}'`,
          ja: `顧客ごと: 「${definition.name.ja}」の判定に使う値`,
        },
        inputs: [accounts],
        sql: layered(
          `SELECT * FROM ${accounts.name}`,
          of.all.flatMap(({ columns }) =>
            columns.map(({ name, perAccount }) => `${perAccount} AS ${name}`),
          ),
        ),
      }
      const input = of.withFormulas(parts)
      const values = [
        ...metrics.map((metric, k) => {
          const sql = of.shown[k]?.value ?? 'NULL'
          return `CAST(${sql} AS Nullable(${valueType(metric)})) AS ${conditionColumn(prefix, metric.key)}`
        }),
        ...textRefs.map((ref, k) => {
          return `${measureColumn(ref)} AS ${conditionColumn(prefix, attributes[k] ?? '')}`
        }),
      ]
      const there = needed.map((name) => `isNotNull(${conditionColumn(prefix, name)})`)
      return {
        name: `${prefix}_condition`,
        says: {
          en: `Per account: whether ${condition.text}; not decided where a figure is missing that it needs`,
          ja: `顧客ごと: ${condition.text} を満たすか。必要な値がない場合は判定しない`,
        },
        inputs: [input],
        sql: layered(
          `SELECT * FROM ${input.name}`,
          values.length === 0 ? [`0 AS ${prefix}_nothing`] : values,
          [
            `${there.length === 0 ? 'true' : there.join(' AND ')} AS ${decided}`,
            `${compiled.sql} AS ${holds}`,
          ],
        ),
        params: { ...compiled.params },
      }
    },
  }
}

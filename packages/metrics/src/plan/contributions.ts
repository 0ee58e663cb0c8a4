import type { Figure } from './figures.ts'
import type { PlanNode } from './node.ts'

/** The columns that each account brings along for each metric, beside the columns that are kept. */
export const figuresPerAccount = (
  input: PlanNode,
  figures: readonly Figure[],
  kept: readonly string[],
): PlanNode => ({
  name: 'figures',
  says: {
    en: `Per account: what it contributes to ${figures.map(({ definition }) => definition.name.en).join(', ')}`,
    ja: `顧客ごとの内訳: ${figures.map(({ definition }) => definition.name.ja).join('、')}`,
  },
  inputs: [input],
  sql: `SELECT\n  ${[
    ...kept,
    ...figures.flatMap(({ columns }) =>
      columns.map(({ name, perAccount }) => `${perAccount} AS ${name}`),
    ),
  ].join(',\n  ')}\nFROM accounts`,
})

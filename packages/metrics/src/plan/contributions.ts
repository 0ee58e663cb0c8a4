import type { Figure } from './figures.ts'
import type { PlanNode } from './node.ts'

/** The names of the metrics, for the words of a plan. */
export const namesOf = (figures: readonly Figure[], language: 'en' | 'ja'): string =>
  figures.map(({ definition }) => definition.name[language]).join(language === 'ja' ? '、' : ', ')

/** The columns that each account brings along for each metric, beside the columns that are kept. */
export const figuresPerAccount = (
  input: PlanNode,
  figures: readonly Figure[],
  kept: readonly string[],
): PlanNode => ({
  name: 'figures',
  says: {
    en: `Per account: what it contributes to ${namesOf(figures, 'en')}`,
    ja: `顧客ごとの内訳: ${namesOf(figures, 'ja')}`,
  },
  inputs: [input],
  sql: `SELECT\n  ${[
    ...kept,
    ...figures.flatMap(({ columns }) =>
      columns.map(({ name, perAccount }) => `${perAccount} AS ${name}`),
    ),
  ].join(',\n  ')}\nFROM ${input.name}`,
})

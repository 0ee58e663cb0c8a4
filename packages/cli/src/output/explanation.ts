import type { MetricExplanation } from '@tomoshibi/contract/metrics'
import type { Text } from '@tomoshibi/contract/text'
import { clean } from './table.ts'
import type { Terminal } from './terminal.ts'

const words = {
  definitions: { en: 'Definitions', ja: '定義' },
  settings: { en: 'Settings', ja: '設定' },
  chosen: { en: 'chosen', ja: '選択値' },
  byDefault: { en: 'default', ja: '既定値' },
  filters: { en: 'Filters', ja: '絞り込み' },
  workspace: { en: 'workspace', ja: 'ワークスペース' },
  accounts: { en: 'accounts', ja: '顧客' },
  all: { en: 'all', ja: 'すべて' },
  cutBy: { en: 'cut by', ja: '区分' },
  periods: {
    en: 'Periods (from the first instant to before the last)',
    ja: '期間(開始時点を含み、終了時点を含まない)',
  },
  known: { en: 'As known at', ja: 'この時点で判明していた事実による' },
  read: { en: 'Read', ja: '読み取り' },
  rows: { en: 'rows', ja: '行' },
  steps: { en: 'Steps', ja: '手順' },
} as const satisfies Record<string, Text>

/** How figures were made, for reading: below their table. */
export function explanationText(explained: MetricExplanation, terminal: Terminal): string {
  const { say, locale } = terminal
  const count = new Intl.NumberFormat(locale)
  const { workspace, accounts, by } = explained.filters
  const section = (title: Text, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', `${say(title)}:`, ...lines.map((line) => `  ${clean(line)}`)]
  const definitions = explained.definitions.flatMap(({ key, version, name, formula, measures }) => [
    `${key} v${version}  ${say(name)}: ${say(formula)}`,
    ...measures.map(({ measure, says }) => `  ${measure}: ${say(says)}`),
  ])
  const settings = explained.settings.map(
    ({ key, value, says, chosen }) =>
      `${key} = ${typeof value === 'string' ? value : JSON.stringify(value)} (${say(chosen ? words.chosen : words.byDefault)})  ${say(says)}`,
  )
  const periods = explained.periods.map(
    ({ on, start, end }) => `${on === undefined ? '' : `${on}  `}${start} – ${end}`,
  )
  const lines = [
    ...section(words.definitions, definitions),
    ...section(words.settings, settings),
    ...section(words.filters, [
      `${say(words.workspace)}: ${workspace}`,
      `${say(words.accounts)}: ${accounts === null ? say(words.all) : accounts.join(', ')}`,
      ...(by.length === 0 ? [] : [`${say(words.cutBy)}: ${by.join(', ')}`]),
    ]),
    ...section(words.periods, periods),
    ...section(words.known, [explained.knownAt]),
    ...explained.queries.flatMap(
      ({ steps, sql, params, tables, rowsRead, bytesRead, elapsedMs }) => [
        ...section(words.read, [
          `${count.format(rowsRead)} ${say(words.rows)}, ${count.format(bytesRead)} bytes, ${count.format(Math.round(elapsedMs))} ms: ${tables.join(', ')}`,
        ]),
        ...section(
          words.steps,
          steps.map((step, i) => `${i + 1}. ${say(step)}`),
        ),
        '',
        sql,
        '',
        JSON.stringify(params, null, 2),
      ],
    ),
  ]
  return `${lines.join('\n')}\n`
}

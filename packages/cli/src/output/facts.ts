import type { MetricFacts } from '@tomoshibi/contract/metrics'
import type { Text } from '@tomoshibi/contract/text'
import { decimal, figure, money } from './figures.ts'
import { table } from './table.ts'
import type { Terminal } from './terminal.ts'
import { periodOf } from './values.ts'

const words = {
  record: { en: 'Record', ja: '記録' },
  source: { en: 'From', ja: '取込元' },
  adds: { en: 'Adds', ja: '内訳' },
  toBase: { en: 'Adds below', ja: '内訳(分母)' },
  together: { en: 'All together', ja: '合計' },
  noSum: {
    en: 'This figure is no sum of its facts; they are listed without what each adds.',
    ja: 'この指標は合計ではないため、記録ごとの内訳はありません。',
  },
} as const satisfies Record<string, Text>

/** The facts behind a figure, table by table, with what each adds. */
export function factsText(facts: MetricFacts, terminal: Terminal): string {
  const { say } = terminal
  const { value, adds, madeOf, tables } = facts
  const shown = figure(value, terminal)
  const lines = [`${value.metric}  ${value.account ?? ''}  ${periodOf(value)}  ${shown}`]
  if (madeOf.length > 0) {
    lines.push(
      say({
        en: `It is computed of ${madeOf.join(', ')}; ask for the facts of each.`,
        ja: `${madeOf.join('、')} から計算します。それぞれの記録を確認してください。`,
      }),
    )
  } else if (!adds && tables.every(({ deletedBefore }) => deletedBefore === null)) {
    lines.push(say(words.noSum))
  }
  for (const { label, deletedBefore } of tables) {
    if (deletedBefore === null) continue
    lines.push(
      say({
        en: `It was made of ${label.en} of before ${deletedBefore} as well, which were deleted because of their age.`,
        ja: `${label.ja}のうち ${deletedBefore} より前のものは、保存期間を過ぎたため削除されています。`,
      }),
    )
  }
  return `${lines.join('\n')}\n${tables.map((each) => `\n${tableText(facts, each, terminal)}`).join('')}`
}

function tableText(
  { value, adds }: MetricFacts,
  { label, columns, total, lookedAt, added, offset, rows }: MetricFacts['tables'][number],
  terminal: Terminal,
): string {
  const { say } = terminal
  const amount = (given: string | number | null | undefined): string => {
    if (given === undefined || given === null) return ''
    return typeof given === 'string' && value.currency !== null
      ? money(given, value.currency, terminal)
      : decimal(Number(given), terminal, 4)
  }
  const below = adds && (added?.denominator ?? null) !== null
  const upTo = offset + rows.length
  const left = lookedAt - total
  const heading = say({
    en: `${label.en}: ${rows.length === 0 ? total : `${offset + 1}–${upTo} of ${total}`}${left > 0 ? ` (${left} more add nothing)` : ''}`,
    ja: `${label.ja}: ${total}件${rows.length === 0 ? '' : `中 ${offset + 1}〜${upTo}`}${left > 0 ? `(ほか${left}件は内訳なし)` : ''}`,
  })
  if (rows.length === 0) return `${heading}\n`
  const head = [
    { title: say(words.record) },
    ...columns.map((title) => ({ title })),
    { title: say(words.source) },
    ...(adds ? [{ title: say(words.adds), right: true }] : []),
    ...(below ? [{ title: say(words.toBase), right: true }] : []),
  ]
  const cells = rows.map((row) => [
    row.sourceId === '' ? row.record : row.sourceId,
    ...columns.map((column) => cell(row.values[column])),
    row.source,
    ...(adds ? [amount(row.adds?.numerator)] : []),
    ...(below ? [amount(row.adds?.denominator)] : []),
  ])
  const sums = [
    say(words.together),
    ...columns.map(() => ''),
    '',
    ...(adds ? [amount(added?.numerator)] : []),
    ...(below ? [amount(added?.denominator)] : []),
  ]
  return `${heading}\n${table(head, adds ? [...cells, sums] : cells)}`
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

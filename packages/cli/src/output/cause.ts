import type { Cause } from '@tomoshibi/contract/cause'
import type { Text } from '@tomoshibi/contract/text'
import { decimal } from './figures.ts'
import { clean, table } from './table.ts'
import type { Terminal } from './terminal.ts'

const words = {
  title: { en: 'Is it a cause?', ja: '原因といえるか' },
  method: { en: 'Effect', ja: '効果' },
  above: { en: 'Above', ja: '超える' },
  other: { en: 'Others', ja: 'それ以外' },
  ratio: { en: 'Ratio', ja: '比' },
  interval: { en: '95 % interval', ja: '95%区間' },
  why: { en: '', ja: '' },
  starters: { en: 'just gone above', ja: '超えたばかり' },
  crude: { en: 'crude', ja: '調整なし' },
  standardised: { en: 'standardised', ja: '回帰標準化' },
  weighted: { en: 'weighted', ja: '逆確率重み付け' },
  doubly_robust: { en: 'doubly robust', ja: '二重頑健' },
} as const satisfies Record<string, Text>

/** Whether a metric is a cause: the paragraph, what to do, and the figures of the comparison. */
export function causeText(cause: Cause, terminal: Terminal): string {
  const { say } = terminal
  const lines = [`${say(words.title)}`, clean(say(cause.says)), clean(say(cause.advice))]
  const text = `${lines.join('\n')}\n`
  if (cause.mark === null) return text
  return `${text}\n${effects(cause, terminal)}${say(footnote(cause, terminal))}\n`
}

function effects({ effects, starters }: Cause, terminal: Terminal): string {
  const { say } = terminal
  const { method, above, other, ratio, interval, why } = words
  const titles = [
    { title: say(method) },
    ...[above, other, ratio, interval].map((title) => ({ title: say(title), right: true })),
    { title: say(why) },
  ]
  const share = (value: number | null) =>
    value === null ? '–' : `${decimal(100 * value, terminal, 2)}%`
  const figure = (value: number | null) => (value === null ? '–' : decimal(value, terminal, 2))
  const range = (low: number | null, high: number | null) =>
    low === null || high === null ? '–' : `${figure(low)} – ${figure(high)}`
  return table(titles, [
    ...effects.map((effect) => [
      say(words[effect.method]),
      share(effect.rateAbove),
      share(effect.rateOther),
      figure(effect.ratio),
      range(effect.low, effect.high),
      effect.reason === null ? '' : say(effect.reason),
    ]),
    [
      say(words.starters),
      '–',
      '–',
      figure(starters.ratio),
      range(starters.low, starters.high),
      starters.reason === null ? '' : say(starters.reason),
    ],
  ])
}

function footnote(cause: Cause, terminal: Terminal): Text {
  const { rows, accounts, accountsWithOutcome, eValue } = cause
  const mark = decimal(cause.mark ?? 0, terminal, 3)
  const strength = eValue === null ? null : decimal(eValue.interval ?? 1, terminal, 2)
  return {
    en: `Above ${mark} against the rest: ${rows} rows of ${accounts} accounts (90 days paying, no notice given), ${accountsWithOutcome} with the outcome.${strength === null ? '' : ` E-value of the interval ${strength}.`}`,
    ja: `${mark} を超える場合とそれ以外の比較: ${accounts}社の${rows}行(利用開始から90日以上、解約通知前)、うち結果が起きた顧客${accountsWithOutcome}社。${strength === null ? '' : `区間のE値 ${strength}。`}`,
  }
}

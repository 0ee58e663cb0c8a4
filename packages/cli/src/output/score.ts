import type { LearnedScore } from '@tomoshibi/contract/score'
import type { Text } from '@tomoshibi/contract/text'
import { decimal } from './figures.ts'
import { clean, table } from './table.ts'
import type { Terminal } from './terminal.ts'

const words = {
  card: { en: 'Card', ja: 'スコアの概要' },
  metric: { en: 'Metric', ja: '指標' },
  higher: { en: 'Risk is higher when', ja: 'リスクが高いのは' },
  rising: { en: 'high', ja: '高いとき' },
  falling: { en: 'low', ja: '低いとき' },
  weight: { en: 'Weight', ja: '重み' },
  drift: { en: 'Drift', ja: '分布の変化' },
  steady: { en: 'steady', ja: '安定' },
  shifting: { en: 'shifting', ja: '変化中' },
  changed: { en: 'changed', ja: '変化あり' },
  account: { en: 'Account', ja: '顧客' },
  health: { en: 'Health', ja: 'ヘルス' },
  risk: { en: 'Risk', ja: 'リスク' },
  why: { en: 'Most of it from (log odds)', ja: '主な内訳(対数オッズ)' },
  predicted: { en: 'Predicted', ja: '予測' },
  happened: { en: 'Happened', ja: '実際' },
  rows: { en: 'Rows', ja: '行' },
  interval: { en: '95 % interval', ja: '95%区間' },
} as const satisfies Record<string, Text>

/** A learned score: what it is worth, its card, its parts, and the accounts most at risk. */
export function scoreText(score: LearnedScore, limit: number, terminal: Terminal): string {
  const { say } = terminal
  const parts = [`${clean(say(score.says))}\n`, `${say(words.card)}\n${say(cardText(score))}\n`]
  if (score.card.calibration !== null)
    parts.push(calibrationTable(score.card.calibration, terminal))
  if (score.verdict === 'offered') {
    parts.push(partsTable(score, terminal), accountsTable(score, limit, terminal))
  }
  return parts.join('\n')
}

function cardText({ card, outcome, horizonDays }: LearnedScore): Text {
  const { fittedOn, judgedOn, rows, accounts, accountsWithOutcome, groups } = card
  const worse = groups.filter(({ isWorse }) => isWorse)
  const list = worse.map(({ attribute, kind, auc }) => `${attribute} ${kind} (${auc.toFixed(2)})`)
  const span = ({ from, to }: { from: string | null; to: string | null }, word: string) =>
    from === null || to === null ? '–' : `${from} ${word} ${to}`
  return {
    en: `${outcome} within ${horizonDays} days. Fitted on ${span(fittedOn, 'to')}, judged on ${span(judgedOn, 'to')}: ${rows} rows of ${accounts} accounts, ${accountsWithOutcome} with the outcome.${list.length === 0 ? '' : ` Worse for: ${list.join(', ')}.`}`,
    ja: `${horizonDays}日以内の ${outcome}。学習 ${span(fittedOn, '〜')}、検証 ${span(judgedOn, '〜')}: ${accounts}社の${rows}行、うち結果が起きた顧客${accountsWithOutcome}社。${list.length === 0 ? '' : `精度が劣る層: ${list.join('、')}。`}`,
  }
}

const percent = (share: number, terminal: Terminal) => `${decimal(100 * share, terminal, 1)}%`

function calibrationTable(
  { bins }: NonNullable<LearnedScore['card']['calibration']>,
  terminal: Terminal,
): string {
  const { predicted, happened, interval, rows } = words
  const titles = [predicted, happened, interval, rows].map((title) => ({
    title: terminal.say(title),
    right: true,
  }))
  return table(
    titles,
    bins.map((bin) => [
      percent(bin.predicted, terminal),
      percent(bin.rate, terminal),
      `${percent(bin.low, terminal)} – ${percent(bin.high, terminal)}`,
      String(bin.n),
    ]),
  )
}

function partsTable({ parts }: LearnedScore, terminal: Terminal): string {
  const { say } = terminal
  return table(
    [
      { title: say(words.metric) },
      { title: say(words.higher) },
      { title: say(words.weight), right: true },
      { title: say(words.drift) },
    ],
    parts.map(({ name, direction, weight, drift, driftLevel }) => [
      say(name),
      say(words[direction]),
      decimal(weight, terminal, 2),
      driftLevel === null || drift === null
        ? '–'
        : `${say(words[driftLevel])} (${decimal(drift, terminal, 2)})`,
    ]),
  )
}

function accountsTable(
  { accounts, parts }: LearnedScore,
  limit: number,
  terminal: Terminal,
): string {
  const { say } = terminal
  const nameOf = new Map(parts.map(({ metric, name }) => [metric, say(name)]))
  return table(
    [
      { title: say(words.account) },
      { title: say(words.health), right: true },
      { title: say(words.risk), right: true },
      { title: say(words.why) },
    ],
    accounts.slice(0, limit).map(({ accountId, health, risk, contributions }) => [
      accountId,
      String(health),
      percent(risk, terminal),
      [...contributions]
        .sort((a, b) => Math.abs(b.logOdds) - Math.abs(a.logOdds))
        .slice(0, 3)
        .map(
          ({ metric, logOdds }) =>
            `${nameOf.get(metric)} ${logOdds > 0 ? '+' : ''}${decimal(logOdds, terminal, 2)}`,
        )
        .join(', '),
    ]),
  )
}

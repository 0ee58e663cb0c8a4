import type { Text } from '@tomoshibi/contract/text'
import type { MetricEvidence } from '@tomoshibi/contract/verify'
import { causeText } from './cause.ts'
import { decimal } from './figures.ts'
import { table } from './table.ts'
import type { Terminal } from './terminal.ts'

const words = {
  from: { en: 'From', ja: 'から' },
  to: { en: 'To', ja: 'まで' },
  rows: { en: 'Rows', ja: '行' },
  accounts: { en: 'Accounts', ja: '顧客' },
  events: { en: 'Events', ja: '発生' },
  rate: { en: 'Rate', ja: '発生率' },
  interval: { en: '95 % interval', ja: '95%区間' },
  group: { en: 'Fifth most at risk', ja: 'リスクの高い順(5等分)' },
  lift: { en: 'Lift', ja: 'リフト' },
  lead: { en: 'Days before', ja: '何日前' },
  auc: { en: 'AUC', ja: 'AUC' },
  why: { en: '', ja: '' },
  bins: { en: 'Outcome rate by value', ja: '値ごとの発生率' },
  limits: { en: 'Limits:', ja: '注意点:' },
} as const satisfies Record<string, Text>

/** The evidence of a metric: the sentence first, then the figures behind it. */
export function metricEvidenceText(evidence: MetricEvidence, terminal: Terminal): string {
  const { say } = terminal
  const parts = [`${say(evidence.says)}\n`, `${say(basis(evidence, terminal))}\n`]
  if (evidence.bins.length > 0) parts.push(`${say(words.bins)}\n${bins(evidence, terminal)}`)
  if (evidence.lift.length > 0) parts.push(lift(evidence, terminal))
  if (evidence.rows > 0 && evidence.leadTime.length > 0) parts.push(leadTime(evidence, terminal))
  parts.push(causeText(evidence.cause, terminal))
  const limits = evidence.limits.map((limit) => `  ${say(limit)}\n`)
  return [...parts, `${say(words.limits)}\n${limits.join('')}`].join('\n')
}

const three = (value: number, terminal: Terminal) => decimal(value, terminal, 3)
const range = (low: number | null, high: number | null, terminal: Terminal) =>
  low === null || high === null ? '–' : `${three(low, terminal)} – ${three(high, terminal)}`

function basis(evidence: MetricEvidence, terminal: Terminal): Text {
  const { days, rows, accounts, accountsWithOutcome, leftOut, averagePrecision } = evidence
  const [first] = days
  const last = days.at(-1)
  if (first === undefined || last === undefined) {
    return {
      en: 'There is no month end whose horizon has passed.',
      ja: '結果が判明している月末がまだありません。',
    }
  }
  const precision =
    averagePrecision === null
      ? null
      : [averagePrecision.value, averagePrecision.base].map((value) => three(value, terminal))
  return {
    en: `Judged on ${days.length} month ends, ${first} to ${last}: ${rows} rows of ${accounts} accounts, ${accountsWithOutcome} with the outcome; ${leftOut} rows without a value.${precision === null ? '' : ` Average precision ${precision[0]} (base ${precision[1]}).`}`,
    ja: `${first} から ${last} までの月末${days.length}回で検証: ${accounts}社の${rows}行、うち結果が起きた顧客${accountsWithOutcome}社。値のない行${leftOut}。${precision === null ? '' : `平均適合率 ${precision[0]}(基準率 ${precision[1]})。`}`,
  }
}

function bins(evidence: MetricEvidence, terminal: Terminal): string {
  const { from, to, rows, accounts, events, rate, interval } = words
  const titles = [from, to, rows, accounts, events, rate, interval].map((title) => ({
    title: terminal.say(title),
    right: true,
  }))
  return table(
    titles,
    evidence.bins.map((bin) => [
      three(bin.from, terminal),
      three(bin.to, terminal),
      String(bin.n),
      String(bin.accounts),
      String(bin.events),
      three(bin.rate, terminal),
      range(bin.low, bin.high, terminal),
    ]),
  )
}

function lift(evidence: MetricEvidence, terminal: Terminal): string {
  const { group, rows, events, rate, lift: times } = words
  const titles = [group, rows, events, rate, times].map((title) => ({
    title: terminal.say(title),
    right: true,
  }))
  return table(
    titles,
    evidence.lift.map((step) => [
      String(step.group),
      String(step.n),
      decimal(step.events, terminal, 1),
      three(step.rate, terminal),
      decimal(step.lift, terminal, 2),
    ]),
  )
}

function leadTime(evidence: MetricEvidence, terminal: Terminal): string {
  const { say } = terminal
  const { lead, auc, interval, events } = words
  const titles = [
    ...[lead, auc, interval, events].map((title) => ({ title: say(title), right: true })),
    { title: say(words.why) },
  ]
  return table(
    titles,
    evidence.leadTime.map(({ days, auc: area, reason }) => [
      String(days),
      area === null ? '–' : three(area.value, terminal),
      area === null ? '–' : range(area.low, area.high, terminal),
      area === null ? '–' : String(area.events),
      reason === null ? '' : say(reason),
    ]),
  )
}

import type { Text } from '@tomoshibi/contract/text'
import type {
  EffectEvidence,
  FileEvidence,
  SurvivalEvidence,
  ToldEffect,
} from '@tomoshibi/server/verify/file-evidence/file-evidence'
import type { Told } from '@tomoshibi/server/verify/told'
import { clean, table } from './table.ts'
import type { Terminal } from './terminal.ts'

const words = {
  column: { en: 'Column', ja: '列' },
  auc: { en: 'AUC', ja: 'AUC' },
  interval: { en: '95 % interval', ja: '95%区間' },
  precision: { en: 'Avg. precision', ja: '平均適合率' },
  base: { en: 'Base', ja: '基準率' },
  n: { en: 'n', ja: 'n' },
  missing: { en: 'Left out', ja: '除外' },
  from: { en: 'From', ja: 'から' },
  to: { en: 'To', ja: 'まで' },
  events: { en: 'Events', ja: '発生' },
  rate: { en: 'Rate', ja: '発生率' },
  rates: { en: 'Outcome rate by bins of equal count', ja: '等しい件数に区切った発生率' },
  coefficient: { en: 'Coefficient', ja: '係数' },
  error: { en: 'Error', ja: '標準誤差' },
  hazard: { en: 'Hazard ratio', ja: 'ハザード比' },
  p: { en: 'p', ja: 'p値' },
  method: { en: 'Effect', ja: '効果' },
  ifExposed: { en: 'If exposed', ja: '要因あり' },
  ifNot: { en: 'If not', ja: '要因なし' },
  difference: { en: 'Difference', ja: '差' },
  ratio: { en: 'Ratio', ja: '比' },
  eValue: { en: 'E-value (interval)', ja: 'E値(区間)' },
  crude: { en: 'crude', ja: '調整なし' },
  standardised: { en: 'standardised', ja: '回帰標準化' },
  weighted: { en: 'weighted', ja: '逆確率重み付け' },
  doublyRobust: { en: 'doubly robust', ja: '二重頑健' },
  before: { en: 'Before', ja: '調整前' },
  after: { en: 'After', ja: '調整後' },
  balance: {
    en: 'Standardised differences of the groups, before and after weighting (below 0.1 is small)',
    ja: '2群の標準化差(重み付けの前と後。0.1 未満なら小さい)',
  },
  limits: {
    en: 'Rows are taken as independent. An adjusted effect is one of cause only if everything that both depend on was adjusted for.',
    ja: '各行は互いに独立とみなしています。調整した効果が因果といえるのは、両方に影響するものをすべて調整した場合だけです。',
  },
} as const satisfies Record<string, Text>

/** Four significant digits; a dash for none. */
const short = (value: number | null): string =>
  value === null ? '–' : String(Number(value.toPrecision(4)))
const range = (low: number | null, high: number | null): string =>
  low === null && high === null ? '–' : `${short(low)} – ${short(high)}`

/** The evidence of a file as tables. */
export function fileEvidenceTables(evidence: FileEvidence, terminal: Terminal): string {
  const { say } = terminal
  const { outcome } = evidence
  const head = say({
    en: `${evidence.file}: ${evidence.rows} rows; ${outcome.column} in ${outcome.events} of ${outcome.n}${outcome.missing > 0 ? `, ${outcome.missing} without it` : ''}.`,
    ja: `${evidence.file}: ${evidence.rows}行。${outcome.column} は${outcome.n}行のうち${outcome.events}行${outcome.missing > 0 ? `(値なし${outcome.missing}行)` : ''}。`,
  })
  const parts = [`${clean(head)}\n`, separation(evidence, terminal)]
  const notNumbers = evidence.notNumbers.map(
    ({ column, line, cell }) =>
      `${clean(say({ en: `Left out: ${column} (line ${line}: '${cell}' is not a number)`, ja: `対象外: ${column}(${line}行目の「${cell}」は数値ではありません)` }))}\n`,
  )
  if (notNumbers.length > 0) parts.push(notNumbers.join(''))
  parts.push(binTables(evidence, terminal))
  if (evidence.survival) parts.push(survivalTables(evidence.survival, terminal))
  if (evidence.effect) parts.push(effectTables(evidence.effect, terminal))
  parts.push(`${say(words.limits)}\n`)
  return parts.filter((part) => part !== '').join('\n')
}

const noted = (name: string, { reason }: Told<unknown>, { say }: Terminal): string =>
  reason === null ? '' : `${clean(`${name}: ${say(reason)}`)}\n`

function separation({ columns }: FileEvidence, terminal: Terminal): string {
  const { say } = terminal
  if (columns.length === 0) return ''
  const rows = columns.map(({ column, auc, averagePrecision, n, leftOut }) => [
    column,
    short(auc.value?.value ?? null),
    range(auc.value?.low ?? null, auc.value?.high ?? null),
    short(averagePrecision.value?.value ?? null),
    short(averagePrecision.value?.base ?? null),
    String(n),
    String(leftOut),
  ])
  const titles = [
    { title: say(words.column) },
    ...[words.auc, words.interval, words.precision, words.base, words.n, words.missing].map(
      (title) => ({ title: say(title), right: true }),
    ),
  ]
  const reasons = columns.map(({ column, auc }) => noted(column, auc, terminal))
  return table(titles, rows) + reasons.join('')
}

function binTables({ columns }: FileEvidence, terminal: Terminal): string {
  const { say } = terminal
  const rows = columns.flatMap(({ column, bins }) =>
    (bins.value ?? []).map((bin, i) => [
      i === 0 ? column : '',
      short(bin.from),
      short(bin.to),
      String(bin.n),
      String(bin.events),
      short(bin.rate),
      range(bin.low, bin.high),
    ]),
  )
  if (rows.length === 0) return ''
  const { from, to, n, events, rate, interval } = words
  const titles = [
    { title: say(words.column) },
    ...[from, to, n, events, rate, interval].map((title) => ({ title: say(title), right: true })),
  ]
  return `${say(words.rates)}\n${table(titles, rows)}`
}

function survivalTables(survival: SurvivalEvidence, terminal: Terminal): string {
  const { say } = terminal
  const { curve, cox } = survival
  const name = `${survival.time}, ${survival.event}`
  const median =
    curve.value === null
      ? noted('Kaplan–Meier', curve, terminal)
      : `${clean(say(medianText(name, curve.value)))}\n`
  if (cox.value === null) return median + noted('Cox', cox, terminal)
  const rows = cox.value.coefficients.map((each) => [
    each.column,
    short(each.estimate),
    short(each.standardError),
    short(each.hazardRatio),
    range(each.low, each.high),
    short(each.p),
  ])
  const { coefficient, error, hazard, interval, p } = words
  const titles = [
    { title: say(words.column) },
    ...[coefficient, error, hazard, interval, p].map((title) => ({
      title: say(title),
      right: true,
    })),
  ]
  const { n, events, logLikelihood, concordance, likelihoodRatio } = cox.value
  const c = concordance?.value ?? null
  const fit = say({
    en: `Cox (Efron ties): n=${n}, events ${events}, left out ${survival.leftOut}; log-likelihood ${short(logLikelihood.null)} to ${short(logLikelihood.fitted)} (χ² ${short(likelihoodRatio.chiSquare)}, p ${short(likelihoodRatio.p)}); concordance ${short(c)} on the same data.`,
    ja: `Cox(同順位は Efron 法): n=${n}、発生${events}、除外${survival.leftOut}。対数尤度 ${short(logLikelihood.null)} → ${short(logLikelihood.fitted)}(χ² ${short(likelihoodRatio.chiSquare)}、p ${short(likelihoodRatio.p)})。一致度 ${short(c)}(同じデータ上)。`,
  })
  return `${median}${table(titles, rows)}${fit}\n`
}

function medianText(name: string, curve: NonNullable<SurvivalEvidence['curve']['value']>): Text {
  const { n, events, median, medianLow, medianHigh } = curve
  const cases = { en: `n=${n}, events ${events}`, ja: `n=${n}、発生${events}` }
  if (median === null) {
    return {
      en: `Kaplan–Meier (${name}): more than half have not had it by the end; there is no median (${cases.en}).`,
      ja: `Kaplan–Meier(${name}): 半数に達していないため、中央値はありません(${cases.ja})。`,
    }
  }
  return {
    en: `Kaplan–Meier (${name}): median ${short(median)}, 95 % interval ${range(medianLow, medianHigh)} (${cases.en}).`,
    ja: `Kaplan–Meier(${name}): 中央値 ${short(median)}、95%区間 ${range(medianLow, medianHigh)}(${cases.ja})。`,
  }
}

const methods = ['crude', 'standardised', 'weighted', 'doublyRobust'] as const

function effectTables(effect: EffectEvidence, terminal: Terminal): string {
  const { say } = terminal
  const rows = methods.map((method) => effectRow(say(words[method]), effect[method].value))
  const { ifExposed, ifNot, difference, interval, ratio, eValue, n } = words
  const titles = [
    { title: `${say(words.method)}: ${effect.exposure}` },
    ...[n, ifExposed, ifNot, difference, interval, ratio, interval, eValue].map((title) => ({
      title: say(title),
      right: true,
    })),
  ]
  const reasons = methods.map((method) => noted(say(words[method]), effect[method], terminal))
  return table(titles, rows) + reasons.join('') + weightsText(effect, terminal)
}

function effectRow(method: string, value: ToldEffect | null): string[] {
  if (value === null) return [method, ...Array.from({ length: 8 }, () => '–')]
  const { difference, ratio, eValue } = value
  return [
    method,
    String(value.n),
    short(value.meanIfExposed),
    short(value.meanIfNot),
    short(difference.estimate),
    range(difference.low, difference.high),
    short(ratio?.estimate ?? null),
    range(ratio?.low ?? null, ratio?.high ?? null),
    eValue === null ? '–' : `${short(eValue.point)} (${short(eValue.interval)})`,
  ]
}

function weightsText({ weights, leftOut }: EffectEvidence, terminal: Terminal): string {
  const { say } = terminal
  if (weights === null) return ''
  const { overlap, trimmed, largestWeight } = weights
  const text = say({
    en: `Chance of exposure shared by both groups: ${short(overlap.from)} – ${short(overlap.to)}; left out ${trimmed} for a chance near 0 or 1, ${leftOut} for missing values; largest weight ${short(largestWeight)}.`,
    ja: `2群に共通する傾向スコアの範囲: ${short(overlap.from)} – ${short(overlap.to)}。0 か 1 に近いため除外${trimmed}行、値がないため除外${leftOut}行。最大の重み ${short(largestWeight)}。`,
  })
  if (weights.balance.length === 0) return `${text}\n`
  const titles = [
    { title: say(words.column) },
    { title: say(words.before), right: true },
    { title: say(words.after), right: true },
  ]
  const rows = weights.balance.map(({ name, before, after }) => [name, short(before), short(after)])
  return `${text}\n\n${say(words.balance)}\n${table(titles, rows)}`
}

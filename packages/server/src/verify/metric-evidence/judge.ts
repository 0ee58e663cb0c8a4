import type { Text } from '@tomoshibi/contract/text'
import type { MetricEvidence } from '@tomoshibi/contract/verify'
import { bootstrapRatio } from '@tomoshibi/evidence/bootstrap'
import { pick } from '@tomoshibi/evidence/columns'
import { type Auc, auc } from '@tomoshibi/evidence/discrimination/auc'
import { equalCountBins } from '@tomoshibi/evidence/discrimination/bins'
import { smallestDetectableAuc } from '@tomoshibi/evidence/discrimination/power'
import { averagePrecision, liftByGroup } from '@tomoshibi/evidence/discrimination/ranking'
import { epochDay } from '@tomoshibi/evidence/epoch-day'
import { reasonText } from '@tomoshibi/evidence/reason-text'
import { told } from '../told.ts'

/** Rows of a panel with one metric. */
export interface JudgedPanel {
  /** ISO dates, ascending. */
  readonly days: readonly string[]
  /** Index into the days. */
  readonly day: ArrayLike<number>
  readonly account: readonly string[]
  readonly value: Float64Array
  readonly happened: Float64Array
  readonly lostOn: readonly (string | null)[]
}

export interface JudgeQuestion {
  readonly horizonDays: number
  /** Last day of which everything is known, ISO date. */
  readonly through: string
  /** Which way the definition holds to go before the outcome, where it does. */
  readonly expected: 'higher' | 'lower' | null
  /** Whether the day of loss is the outcome, so that it can be asked how early it is told. */
  readonly outcomeIsLoss: boolean
}

export type Judged = Pick<
  MetricEvidence,
  | 'days'
  | 'pastDays'
  | 'rows'
  | 'accounts'
  | 'accountsWithOutcome'
  | 'leftOut'
  | 'direction'
  | 'directionFrom'
  | 'auc'
  | 'averagePrecision'
  | 'lift'
  | 'bins'
  | 'leadTime'
  | 'power'
  | 'verdict'
  | 'reasons'
>

/** With fewer accounts on one side, areas and their intervals are not worth their digits. */
const fewestAccounts = 10
/** For a direction, and a point of the lead-time curve. */
const fewestForPoint = 5
const leadDays = [14, 30, 60, 90, 180] as const
const leadWindowDays = 30
const groups = 5

/**
 * Whether a metric goes before an outcome. The earlier half of the days gives the direction, from those
 * whose horizon had passed when the later half begins; the later half is judged. Nothing else is taken
 * from the past, so no account is fitted and judged at once.
 */
export function judge(panel: JudgedPanel, question: JudgeQuestion): Judged {
  const { days } = panel
  // Before the metric was recorded there is nothing to be halved.
  const begins = panel.day[panel.value.findIndex((value) => !Number.isNaN(value))] ?? 0
  const cut = begins + Math.floor((days.length - begins) / 2)
  const starts = epochDay(days[cut] ?? question.through)
  const isPast = days.map(
    (day, i) => i >= begins && i < cut && epochDay(day) + question.horizonDays <= starts,
  )
  const usable = [...panel.account.keys()].filter(
    (row) => !Number.isNaN(panel.value[row]) && !Number.isNaN(panel.happened[row]),
  )
  const later = [...panel.account.keys()].filter((row) => (panel.day[row] ?? 0) >= cut)
  const rows = usable.filter((row) => (panel.day[row] ?? 0) >= cut)
  const past = usable.filter((row) => isPast[panel.day[row] ?? 0])
  const { direction, directionFrom } = directionOf(panel, past, question.expected)
  const sign = direction === 'lower' ? -1 : 1
  const scored: Scored = { panel, sign }
  const accounts = countAccounts(panel, rows)
  const area = areaOf(scored, rows, panel.happened)
  const power = told(
    smallestDetectableAuc({
      events: accounts.withOutcome,
      nonEvents: accounts.all - accounts.withOutcome,
    }),
    (value) => value,
  )
  const reasons = whyNot(
    accounts,
    { rows: rows.length, leftOut: later.length - rows.length },
    direction,
  )
  const score = pick(panel.value, rows).map((value) => sign * value)
  const outcome = pick(panel.happened, rows)
  const precision = averagePrecision({ score, outcome })
  const lift = liftByGroup({ score, outcome }, { groups })
  return {
    days: days.slice(cut),
    pastDays: days.filter((_, i) => isPast[i]),
    rows: rows.length,
    accounts: accounts.all,
    accountsWithOutcome: accounts.withOutcome,
    leftOut: later.length - rows.length,
    direction,
    directionFrom,
    auc: area.value,
    averagePrecision: precision.known
      ? { value: precision.value.value, base: precision.value.base }
      : null,
    lift: lift.known
      ? lift.value.map(({ group, n, events, rate, lift: times }) => ({
          group,
          n,
          events,
          rate,
          lift: times,
        }))
      : [],
    bins: binsOf(panel, rows),
    leadTime: question.outcomeIsLoss
      ? leadDays.map((lead) => leadPoint(scored, later, lead, question.through))
      : [],
    power: { smallestAuc: power.value, reason: power.reason },
    reasons,
    verdict: reasons.length > 0 ? 'cannot_tell' : verdictOf(area.value),
  }
}

function verdictOf(area: Judged['auc']): Judged['verdict'] {
  if (area === null) return 'cannot_tell'
  // No interval: a perfect order.
  if ((area.low ?? area.value) > 0.5) return 'separates'
  if ((area.high ?? area.value) < 0.5) return 'turned_round'
  return 'no_relation_seen'
}

function directionOf(
  panel: JudgedPanel,
  past: readonly number[],
  expected: JudgeQuestion['expected'],
): Pick<Judged, 'direction' | 'directionFrom'> {
  const { withOutcome, all } = countAccounts(panel, past)
  const seen = auc({ score: pick(panel.value, past), outcome: pick(panel.happened, past) })
  if (
    withOutcome >= fewestForPoint &&
    all - withOutcome >= fewestForPoint &&
    seen.known &&
    seen.value.value !== 0.5
  ) {
    return { direction: seen.value.value > 0.5 ? 'higher' : 'lower', directionFrom: 'past' }
  }
  return { direction: expected, directionFrom: expected === null ? null : 'definition' }
}

function countAccounts({ account, happened }: JudgedPanel, rows: readonly number[]) {
  const all = new Set<string>()
  const withOutcome = new Set<string>()
  for (const row of rows) {
    const id = account[row] ?? ''
    all.add(id)
    if (happened[row] === 1) withOutcome.add(id)
  }
  return { all: all.size, withOutcome: withOutcome.size }
}

interface Scored {
  readonly panel: JudgedPanel
  readonly sign: 1 | -1
}

function areaOf({ panel, sign }: Scored, rows: readonly number[], outcome: ArrayLike<number>) {
  const found = auc({
    score: pick(panel.value, rows).map((value) => sign * value),
    outcome: pick(outcome, rows),
    cluster: rows.map((row) => panel.account[row] ?? ''),
  })
  return told(found, ({ value, interval, events, nonEvents }: Auc) => ({
    value,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    events,
    nonEvents,
  }))
}

/** Those lost in the 30 days that begin `lead` days later against those still there after them. */
function leadPoint(
  scored: Scored,
  later: readonly number[],
  lead: number,
  through: string,
): Judged['leadTime'][number] {
  const { panel } = scored
  const end = epochDay(through)
  const dayNumbers = panel.days.map(epochDay)
  const outcome = new Float64Array(panel.account.length).fill(Number.NaN)
  const rows = later.filter((row) => {
    const day = dayNumbers[panel.day[row] ?? 0] ?? 0
    if (day + lead + leadWindowDays > end || Number.isNaN(panel.value[row])) return false
    const lost = panel.lostOn[row]
    const until = lost == null ? Number.POSITIVE_INFINITY : epochDay(lost) - day
    if (until <= lead) return false
    outcome[row] = until <= lead + leadWindowDays ? 1 : 0
    return true
  })
  const { all, withOutcome } = countAccounts({ ...panel, happened: outcome }, rows)
  if (withOutcome < fewestForPoint || all - withOutcome < fewestForPoint) {
    const numbers = { events: withOutcome, needed: fewestForPoint }
    return { days: lead, auc: null, reason: reasonText({ code: 'too_few_events', numbers }) }
  }
  const area = areaOf(scored, rows, outcome)
  return { days: lead, auc: area.value, reason: area.reason }
}

function binsOf(panel: JudgedPanel, rows: readonly number[]): Judged['bins'] {
  if (rows.length === 0) return []
  // The same account draws alike in every bin.
  const seeds = new Map<string, number>()
  const drawn = new Map<number, Uint8Array>()
  return equalCountBins(pick(panel.value, rows), groups).map((bin) => {
    const byAccount = new Map<string, { seed: number; numerator: number; denominator: number }>()
    let events = 0
    for (const at of bin.rows) {
      const row = rows[at] ?? 0
      const id = panel.account[row] ?? ''
      const seed = seeds.get(id) ?? seeds.size
      seeds.set(id, seed)
      const sum = byAccount.get(id) ?? { seed, numerator: 0, denominator: 0 }
      sum.numerator += panel.happened[row] ?? 0
      sum.denominator += 1
      byAccount.set(id, sum)
      events += panel.happened[row] ?? 0
    }
    const n = bin.rows.length
    // With no outcome in a bin, or nothing else, drawing again knows no spread: that is not certainty.
    const varies = events > 0 && events < n
    const interval = varies ? bootstrapRatio([...byAccount.values()], drawn) : null
    return {
      from: bin.from,
      to: bin.to,
      n,
      accounts: byAccount.size,
      events,
      rate: events / n,
      low: interval?.low ?? null,
      high: interval?.high ?? null,
    }
  })
}

function whyNot(
  { all, withOutcome }: { all: number; withOutcome: number },
  { rows, leftOut }: { rows: number; leftOut: number },
  direction: Judged['direction'],
): Text[] {
  if (rows === 0 && leftOut === 0) return [reasonText({ code: 'no_cases', numbers: {} })]
  if (rows === 0) {
    return [
      {
        en: 'No paying account has a value of the metric on these days.',
        ja: '対象の日に、この指標の値がある有料の顧客はありません。',
      },
    ]
  }
  const without = all - withOutcome
  const reasons: Text[] = []
  if (withOutcome < fewestAccounts) {
    reasons.push({
      en: `Accounts with the outcome: ${withOutcome}; at least ${fewestAccounts} are needed.`,
      ja: `結果が起きた顧客は${withOutcome}社です。${fewestAccounts}社以上必要です。`,
    })
  }
  if (without < fewestAccounts) {
    reasons.push({
      en: `Accounts without the outcome: ${without}; at least ${fewestAccounts} are needed.`,
      ja: `結果が起きなかった顧客は${without}社です。${fewestAccounts}社以上必要です。`,
    })
  }
  if (direction === null) {
    reasons.push({
      en: 'The earlier part of the history does not tell in which direction to look.',
      ja: '前半の実績からは、値が高いときと低いときのどちらに注目すべきかがわかりません。',
    })
  }
  return reasons
}

import type { LampEvidence as LampEvidenceView } from '@tomoshibi/contract/lamp-evidence'
import type { LampEvidence } from '@tomoshibi/evidence/lamp-evidence'
import { tooFewText } from '@tomoshibi/evidence/too-few-text'
import type { Text } from '@tomoshibi/metrics/text'

type Outcome = 'churn' | 'expansion'

const words = {
  churn: {
    followed: { en: 'churn', ja: '解約しました' },
    counted: { en: 'churns', ja: '解約' },
    told: '解約の兆候',
    less: { en: 'churn less', ja: '解約が少なく' },
  },
  expansion: {
    followed: { en: 'an expansion', ja: 'アップセルに至りました' },
    counted: { en: 'expansions', ja: 'アップセル' },
    told: 'アップセルの兆候',
    less: { en: 'expand less', ja: 'アップセルが少なく' },
  },
} as const

/** The evidence of one lamp in one sentence, or why there is not enough of it. */
export function sayEvidence(e: LampEvidence, outcome: Outcome = 'churn'): Text {
  const { precision, horizonDays, medianLeadDays } = e
  if (e.verdict === 'not_enough_cases' || precision.value === null) {
    const reasons = e.reasons.map((reason) => tooFewText[reason])
    const counted = countedCases(e, outcome)
    return {
      en: ['Not enough cases:', ...reasons.map((r) => r.en), counted.en].join(' '),
      ja: ['件数が不足しています。', ...reasons.map((r) => r.ja), counted.ja].join(''),
    }
  }
  const share = percent(precision.value)
  const range = precision.interval
    ? {
        en: `, 95 % interval ${digits(precision.interval.low)}–${percent(precision.interval.high)}`,
        ja: `、95%区間 ${digits(precision.interval.low)}–${percent(precision.interval.high)}`,
      }
    : { en: '', ja: '' }
  const lead = medianLeadDays.value
  const days = lead === null ? null : String(Math.round(lead))
  const base = comparison(e, outcome)
  const { followed } = words[outcome]
  return {
    en: `Of the ${e.judged} times it lit, ${e.followed} (${share}${range.en}) were followed by ${followed.en} within ${horizonDays} days${days === null ? '' : `, ${days} days later by the median`}.${base.en}`,
    ja: `点灯した${e.judged}件のうち${e.followed}件(${share}${range.ja})が${horizonDays}日以内に${followed.ja}${days === null ? '' : `(点灯からの中央値は${days}日)`}。${base.ja}`,
  }
}

function countedCases(
  { judged, followed, outcomes, horizonDays }: LampEvidence,
  outcome: Outcome,
): Text {
  const said = words[outcome]
  if (judged === 0)
    return {
      en: `${outcomes} ${said.counted.en} in the history.`,
      ja: `${said.counted.ja}は${outcomes}件です。`,
    }
  return {
    en: `So far ${followed} of ${judged} were followed by ${said.followed.en} within ${horizonDays} days.`,
    ja: `これまでに判定できた${judged}件のうち、${followed}件が${horizonDays}日以内に${said.followed.ja}。`,
  }
}

function comparison(e: LampEvidence, outcome: Outcome): Text {
  const said = words[outcome]
  if (e.baseRate.value === null || e.against === null) return { en: '', ja: '' }
  const base = percent(e.baseRate.value)
  switch (e.against) {
    case 'above_base':
      return {
        en: ` On any day ${base} of the paying accounts were; the lamp tells them apart.`,
        ja: `有料の顧客全体では${base}のため、このランプは${said.told}を捉えています。`,
      }
    case 'below_base':
      return {
        en: ` On any day ${base} of the paying accounts were: accounts with this lamp ${said.less.en} than others.`,
        ja: `有料の顧客全体では${base}のため、点灯した顧客のほうが${said.less.ja}なっています。`,
      }
    case 'not_told_apart':
      return {
        en: ` On any day ${base} of the paying accounts were, which is too near to tell apart.`,
        ja: `有料の顧客全体の${base}と比べて、差があるとはいえません。`,
      }
  }
}

const digits = (share: number) => String(Math.round(share * 100))
const percent = (share: number) => `${digits(share)}%`

/** The evidence in the form in which operations give it. */
export function evidenceView(
  lamp: {
    readonly key: string
    readonly version: number
    readonly name: Text
    readonly outcome?: Outcome
  },
  e: LampEvidence,
): LampEvidenceView {
  const share = (p: LampEvidence['precision']) => ({
    numerator: p.numerator,
    denominator: p.denominator,
    value: p.value,
    low: p.interval?.low ?? null,
    high: p.interval?.high ?? null,
  })
  return {
    lamp: lamp.key,
    version: lamp.version,
    name: lamp.name,
    horizonDays: e.horizonDays,
    lit: e.lit,
    judged: e.judged,
    undecided: e.undecided,
    precision: share(e.precision),
    recall: share(e.recall),
    // In account-days; they are not independent of each other, so there is no interval.
    baseRate: {
      numerator: e.baseRate.followedAccountDays,
      denominator: e.baseRate.accountDays,
      value: e.baseRate.value,
      low: null,
      high: null,
    },
    leadDays: { median: e.medianLeadDays.value, n: e.medianLeadDays.n },
    verdict: e.verdict,
    says: sayEvidence(e, lamp.outcome),
  }
}

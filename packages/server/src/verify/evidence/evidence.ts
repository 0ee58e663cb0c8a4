import type { LampEvidence as LampEvidenceView } from '@tomoshibi/contract/verify'
import type { LampEvidence } from '@tomoshibi/evidence/lamp-evidence'
import { tooFewText } from '@tomoshibi/evidence/too-few-text'
import type { Text } from '@tomoshibi/metrics/text'

/** The evidence of one lamp in one sentence, or why there is not enough of it. */
export function sayEvidence(e: LampEvidence): Text {
  const { precision, horizonDays, medianLeadDays } = e
  if (e.verdict === 'not_enough_cases' || precision.value === null) {
    const reasons = e.reasons.map((reason) => tooFewText[reason])
    const counted = countedCases(e)
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
  const base = comparison(e)
  return {
    en: `Of the ${e.judged} times it lit, ${e.followed} (${share}${range.en}) were followed by churn within ${horizonDays} days${days === null ? '' : `, ${days} days later by the median`}.${base.en}`,
    ja: `点灯した${e.judged}件のうち${e.followed}件(${share}${range.ja})が${horizonDays}日以内に解約しました${days === null ? '' : `(点灯から解約までの中央値は${days}日)`}。${base.ja}`,
  }
}

function countedCases({ judged, followed, outcomes, horizonDays }: LampEvidence): Text {
  if (judged === 0)
    return { en: `${outcomes} churns in the history.`, ja: `解約は${outcomes}件です。` }
  return {
    en: `So far ${followed} of ${judged} were followed by churn within ${horizonDays} days.`,
    ja: `これまでに判定できた${judged}件のうち、${followed}件が${horizonDays}日以内に解約しました。`,
  }
}

function comparison(e: LampEvidence): Text {
  if (e.baseRate.value === null || e.against === null) return { en: '', ja: '' }
  const base = percent(e.baseRate.value)
  switch (e.against) {
    case 'above_base':
      return {
        en: ` On any day ${base} of the paying accounts were; the lamp tells them apart.`,
        ja: `有料の顧客全体では${base}のため、このランプは解約の兆候を捉えています。`,
      }
    case 'below_base':
      return {
        en: ` On any day ${base} of the paying accounts were: accounts with this lamp churn less than others.`,
        ja: `有料の顧客全体では${base}のため、点灯した顧客のほうが解約が少なくなっています。`,
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
  lamp: { readonly key: string; readonly version: number; readonly name: Text },
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
    says: sayEvidence(e),
  }
}

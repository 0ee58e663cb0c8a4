import { define } from './define.ts'

const rate = {
  group: 'revenue',
  unit: 'percent',
  better: 'higher',
  time: 'period',
  headlinePeriod: 'P3M',
} as const
const ofMoney = ['currency', 'mrrBasis', 'timeZone']
const ofTerms = ['renewalGraceDays', 'timeZone']

/** Contract terms that come to their end, and what customers add. */
export const renewalMetrics = [
  define({
    ...rate,
    key: 'renewal_rate',
    name: { en: 'Renewal rate', ja: '契約更新率' },
    says: {
      en: 'The share of contract terms ending in the period that were renewed.',
      ja: '期間内に満了した契約のうち、更新された割合です。',
    },
    formula: {
      en: 'Terms renewed ÷ terms due, by count. A term counts as not renewed when no line of the product follows within the grace days; until those are over it is undecided and in neither.',
      ja: '更新された契約期間数÷満了した契約期間数。猶予日数内に同じ製品の契約が続かなければ非更新とし、それまでは未確定として含めません。',
    },
    settings: ofTerms,
    measure: { kind: 'ratio', of: ['terms.terms_renewed'], over: 'terms.terms_due' },
    n: 'terms.terms_due',
  }),
  define({
    ...rate,
    key: 'renewal_rate_arr',
    name: { en: 'Renewal rate by ARR', ja: '契約更新率(ARR)' },
    says: {
      en: 'The share of the ARR of terms ending in the period that was renewed.',
      ja: '期間内に満了した契約のARRのうち、更新された割合です。',
    },
    formula: {
      en: 'ARR renewed, at most the ARR due ÷ ARR due.',
      ja: '更新されたARR(満了分を上限とする)÷満了したARR。',
    },
    settings: [...ofTerms, 'currency', 'mrrBasis'],
    measure: { kind: 'ratio', of: ['terms.arr_renewed'], over: 'terms.arr_due' },
    n: 'terms.terms_due',
  }),
  define({
    ...rate,
    unit: 'count',
    better: 'neither',
    key: 'renewals_undecided',
    name: { en: 'Undecided renewals', ja: '更新未確定数' },
    says: {
      en: 'Terms ending in the period whose renewal is still open.',
      ja: '期間内に満了し、更新の有無がまだ確定していない契約の数です。',
    },
    formula: {
      en: 'Terms not yet over, or over for less than the grace days with nothing that follows.',
      ja: '満了前、または満了後の猶予日数内で後続の契約がない契約期間の数。',
    },
    settings: ofTerms,
    measure: { kind: 'sum', of: ['terms.terms_undecided'] },
    n: 'terms.terms_undecided',
  }),
  define({
    ...rate,
    unit: 'money',
    better: 'neither',
    key: 'renewals_undecided_arr',
    name: { en: 'Undecided renewals (ARR)', ja: '更新未確定ARR' },
    says: {
      en: 'ARR of the terms ending in the period whose renewal is still open.',
      ja: '期間内に満了し、更新の有無がまだ確定していない契約のARRです。',
    },
    formula: {
      en: 'ARR of terms not yet over, or over for less than the grace days with nothing that follows.',
      ja: '満了前、または満了後の猶予日数内で後続の契約がない契約期間のARR。',
    },
    settings: [...ofTerms, 'currency', 'mrrBasis'],
    measure: { kind: 'sum', of: ['terms.arr_undecided'] },
    n: 'terms.terms_undecided',
  }),
  define({
    group: 'revenue',
    unit: 'days',
    key: 'days_to_renewal',
    name: { en: 'Days to renewal', ja: '契約更新までの日数' },
    says: {
      en: 'Days until the nearest end of a contract term of the account.',
      ja: '顧客の契約のうち、最も近い満了日までの日数です。',
    },
    formula: {
      en: 'Days from the end of the day to the next end of a term of any line that applies; over the portfolio the median.',
      ja: '日末から、有効な契約明細の次の満了までの日数。全体では中央値。',
    },
    better: 'neither',
    time: 'instant',
    settings: ['timeZone'],
    measure: { kind: 'quantile', of: 'contracts.days_to_renewal' },
  }),
  ...(
    [
      [
        'upsell_rate',
        'Upsell rate',
        'アップセル率',
        'accounts_upsold',
        'upgraded or took more seats',
        'アップグレードまたは席数を追加した',
      ],
      [
        'cross_sell_rate',
        'Cross-sell rate',
        'クロスセル率',
        'accounts_cross_sold',
        'took a further product',
        '新しい製品を追加した',
      ],
    ] as const
  ).map(([key, en, ja, measure, didEn, didJa]) =>
    define({
      ...rate,
      key,
      name: { en, ja },
      says: {
        en: `The share of paying accounts that ${didEn}.`,
        ja: `有料顧客のうち、${didJa}顧客の割合です。`,
      },
      formula: {
        en: `Accounts paying at the start that ${didEn} ÷ accounts paying at the start.`,
        ja: `期首に有料で${didJa}顧客数÷期首に有料の顧客数。`,
      },
      settings: ofMoney,
      measure: { kind: 'ratio', of: [`contracts.${measure}`], over: 'contracts.paying_start' },
      n: 'contracts.paying_start',
    }),
  ),
  ...(
    [
      [
        'upsell_rate_amount',
        'Upsell rate by amount',
        'アップセル率(金額)',
        'mrr_upsold',
        'plan and seats',
        'プランと席数',
      ],
      [
        'cross_sell_rate_amount',
        'Cross-sell rate by amount',
        'クロスセル率(金額)',
        'mrr_expansion_cross_sell',
        'further products',
        '新しい製品',
      ],
    ] as const
  ).map(([key, en, ja, measure, byEn, byJa]) =>
    define({
      ...rate,
      key,
      name: { en, ja },
      says: {
        en: `Expansion by ${byEn}, as a share of the revenue of the start.`,
        ja: `${byJa}による増額の、期首の売上に対する割合です。`,
      },
      formula: {
        en: `Expansion by ${byEn} ÷ MRR at the start.`,
        ja: `${byJa}による増額÷期首MRR。`,
      },
      settings: ofMoney,
      measure: { kind: 'ratio', of: [`contracts.${measure}`], over: 'contracts.mrr_start' },
      n: 'contracts.paying_start',
    }),
  ),
]

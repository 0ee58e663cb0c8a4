import type { Text } from '../text.ts'
import { define } from './define.ts'

interface Movement {
  readonly key: string
  readonly name: Text
  readonly says: Text
  readonly formula: Text
  readonly better: 'higher' | 'lower' | 'neither'
  readonly n?: string
}

const start: Movement = {
  key: 'mrr_start',
  name: { en: 'MRR at start', ja: '期首MRR' },
  says: { en: 'MRR when the period starts.', ja: '期首のMRRです。' },
  formula: {
    en: "MRR at the period's first instant.",
    ja: '期間の最初の時点のMRR。',
  },
  better: 'higher',
  n: 'contracts.paying_start',
}
const end: Movement = {
  key: 'mrr_end',
  name: { en: 'MRR at end', ja: '期末MRR' },
  says: { en: 'MRR when the period ends.', ja: '期末のMRRです。' },
  formula: {
    en: 'Start + new + reactivation + expansion − contraction − churn + fx, exactly.',
    ja: '期首+新規+復活+増額−減額−解約+為替に必ず一致します。',
  },
  better: 'higher',
  n: 'contracts.paying_end',
}

const changes: readonly Movement[] = [
  {
    key: 'mrr_new',
    name: { en: 'New MRR', ja: '新規MRR' },
    says: {
      en: 'MRR of accounts that never paid before the period.',
      ja: '期間前に支払い実績のない顧客のMRRです。',
    },
    formula: {
      en: 'MRR at the end of accounts that pay then, not at the start and never before.',
      ja: '期末に有料で、期首以前に支払い実績のない顧客の期末MRR。',
    },
    better: 'higher',
    n: 'contracts.accounts_new',
  },
  {
    key: 'mrr_reactivation',
    name: { en: 'Reactivated MRR', ja: '復活MRR' },
    says: {
      en: 'MRR of accounts that had left and came back.',
      ja: '一度解約し、再び契約した顧客のMRRです。',
    },
    formula: {
      en: 'MRR at the end of accounts that pay then, not at the start, but had paid before; with a longest gap set, beyond it the account is new.',
      ja: '期末に有料、期首は無料で、それ以前に支払い実績のある顧客の期末MRR。空白期間の上限を設定した場合、それを超えると新規とします。',
    },
    better: 'higher',
    n: 'contracts.accounts_reactivated',
  },
  {
    key: 'mrr_expansion',
    name: { en: 'Expansion MRR', ja: '増額MRR' },
    says: {
      en: 'Growth of accounts that paid at the start and still do.',
      ja: '期首から継続している顧客の増額分です。',
    },
    formula: {
      en: "Per account that pays at both ends, what its MRR gained at the start's exchange rates.",
      ja: '期首・期末とも有料の顧客ごとの増加額(期首の為替レート)。',
    },
    better: 'higher',
  },
  {
    key: 'mrr_contraction',
    name: { en: 'Contraction MRR', ja: '減額MRR' },
    says: {
      en: 'Shrinkage of accounts that paid at the start and still do.',
      ja: '期首から継続している顧客の減額分です。',
    },
    formula: {
      en: "Per account that pays at both ends, what its MRR lost at the start's exchange rates, as a positive amount.",
      ja: '期首・期末とも有料の顧客ごとの減少額(期首の為替レート、正の値)。',
    },
    better: 'lower',
  },
  {
    key: 'mrr_churn',
    name: { en: 'Churned MRR', ja: '解約MRR' },
    says: {
      en: 'MRR of accounts that paid at the start and do not at the end.',
      ja: '期首に有料で、期末に無料となった顧客のMRRです。',
    },
    formula: {
      en: 'Their MRR at the start, as a positive amount.',
      ja: 'その顧客の期首MRR(正の値)。',
    },
    better: 'lower',
    n: 'contracts.paying_start',
  },
  {
    key: 'mrr_fx',
    name: { en: 'Exchange-rate effect', ja: '為替影響' },
    says: {
      en: 'Change of MRR that comes from exchange rates alone.',
      ja: '為替レートだけによるMRRの変動です。',
    },
    formula: {
      en: "Per account that pays at both ends and per currency: MRR at the end less what the same amount is worth at the start's rate.",
      ja: '期首・期末とも有料の顧客と通貨ごとに、期末MRRから期首レートで評価した額を引きます。',
    },
    better: 'neither',
  },
]

const causes: readonly Movement[] = (
  [
    [
      'upgrade',
      'upgrade',
      'アップグレード',
      'of products whose plan changed',
      'プランが変わった製品',
    ],
    [
      'seats',
      'seats',
      '数量',
      'of products with the same plan and another quantity',
      'プランが同じで数量が変わった製品',
    ],
    [
      'cross_sell',
      'cross-sell',
      'クロスセル',
      'by products not had at the start',
      '期首になかった製品',
    ],
    ['price', 'price', '価格', 'with the same plan and quantity', 'プランと数量が同じ製品'],
    [
      'discount_end',
      'end of discount',
      '割引終了',
      'because a discount ended or shrank',
      '割引の終了または縮小',
    ],
  ] as const
).map(([key, en, ja, whyEn, whyJa]) => ({
  key: `mrr_expansion_${key}`,
  name: { en: `Expansion MRR: ${en}`, ja: `増額MRR: ${ja}` },
  says: { en: `Expansion ${whyEn}.`, ja: `${whyJa}による増額です。` },
  formula: {
    en: 'The part of expansion with this cause. What an account lost elsewhere is taken from price first, then discount, seats, upgrade and cross-sell, so that the parts add up.',
    ja: '増額のうちこの理由による分。同じ顧客の他の製品の減額は、価格、割引、数量、アップグレード、クロスセルの順に差し引くため、合計が一致します。',
  },
  better: 'higher',
}))

/** MRR movements: what lies between the MRR of the start and of the end of a period. */
export const movementMetrics = [start, ...changes, ...causes, end].map(({ n, ...movement }) =>
  define({
    ...movement,
    group: 'revenue',
    unit: 'money',
    time: 'period',
    headlinePeriod: 'P1M',
    settings: [
      'currency',
      'mrrBasis',
      'timeZone',
      ...(movement.key === 'mrr_new' || movement.key === 'mrr_reactivation'
        ? ['reactivationMaxGapDays']
        : []),
    ],
    measure: { kind: 'sum', of: [`contracts.${movement.key}`] },
    n: n ?? 'contracts.paying_both',
  }),
)

import { define } from './define.ts'

const shared = {
  group: 'voice',
  time: 'instant',
  settings: ['npsWindowDays', 'timeZone'] as string[],
} as const

/** What customers say in surveys. */
export const voiceMetrics = [
  define({
    ...shared,
    unit: 'score',
    better: 'higher',
    key: 'nps',
    name: { en: 'NPS', ja: 'NPS' },
    says: {
      en: 'How much more people recommend the product than warn of it, from −100 to 100.',
      ja: '製品を推奨する人が批判する人をどれだけ上回るかを−100〜100で示します。',
    },
    formula: {
      en: '100 × (people answering 9–10 − people answering 0–6) ÷ people who answered; the latest answer of each person in the window (90 days unless set).',
      ja: '100×(9〜10の人数−0〜6の人数)÷回答者数。期間内(初期値90日)の各人の最新の回答を使います。',
    },
    measure: { kind: 'ratio', of: ['answers.nps_net'], over: 'answers.nps_answers', times: 100 },
    n: 'answers.nps_answers',
  }),
  define({
    ...shared,
    unit: 'count',
    better: 'lower',
    key: 'detractors',
    name: { en: 'Detractors', ja: '批判者数' },
    says: {
      en: 'People whose latest NPS answer in the window is 0 to 6.',
      ja: '期間内の最新のNPS回答が0〜6の人数です。',
    },
    formula: {
      en: 'People whose latest answer in the window is at most 6. Without any answer there is no value.',
      ja: '期間内の最新の回答が6以下の人数。回答がなければ値はありません。',
    },
    measure: { kind: 'sum', of: ['answers.detractors'] },
    n: 'answers.nps_answers',
  }),
  define({
    ...shared,
    unit: 'percent',
    better: 'higher',
    key: 'csat',
    name: { en: 'CSAT', ja: 'CSAT(顧客満足度)' },
    says: {
      en: 'The share of answers that are satisfied: 4 or 5 of 5.',
      ja: '5段階のうち4または5と答えた割合です。',
    },
    formula: {
      en: 'Answers of 4 or 5 ÷ answers in the window (90 days unless set).',
      ja: '期間内(初期値90日)の4または5の回答数÷回答数。',
    },
    measure: { kind: 'ratio', of: ['answers.csat_good'], over: 'answers.csat_answers' },
    n: 'answers.csat_answers',
  }),
  define({
    ...shared,
    unit: 'score',
    better: 'higher',
    key: 'csat_mean',
    name: { en: 'CSAT mean', ja: 'CSAT平均' },
    says: { en: 'The mean satisfaction from 1 to 5.', ja: '満足度(1〜5)の平均です。' },
    formula: {
      en: 'Sum of the scores ÷ answers in the window (90 days unless set).',
      ja: '期間内(初期値90日)の点数の合計÷回答数。',
    },
    measure: { kind: 'ratio', of: ['answers.csat_total'], over: 'answers.csat_answers' },
    n: 'answers.csat_answers',
  }),
]

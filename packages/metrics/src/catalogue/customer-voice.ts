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
    interval: { persons: 'answers.detractors' },
  }),
  define({
    ...shared,
    unit: 'score',
    better: 'higher',
    key: 'nps_by_account',
    name: { en: 'NPS by account', ja: 'NPS(顧客ごとの平均)' },
    says: {
      en: 'The NPS in which every account has one voice, however many of its people answer.',
      ja: '回答者の人数によらず、1顧客を1票として数えたNPSです。',
    },
    formula: {
      en: 'Mean over accounts of the NPS of the people of each who answered in the window (90 days unless set).',
      ja: '期間内(初期値90日)に回答のあった顧客について、顧客ごとのNPSを求め、その平均をとります。',
    },
    measure: { kind: 'mean', of: 'answers.nps' },
  }),
  define({
    ...shared,
    unit: 'score',
    better: 'higher',
    key: 'nps_by_arr',
    name: { en: 'NPS by ARR', ja: 'NPS(ARR加重)' },
    says: {
      en: 'The NPS in which an account has as much voice as it pays.',
      ja: '契約金額の大きさに応じて顧客の声を重くみたNPSです。',
    },
    formula: {
      en: 'Σ ARR × NPS of the account ÷ Σ ARR, over accounts with answers in the window (90 days unless set) and with contracts.',
      ja: '期間内(初期値90日)に回答があり契約のある顧客について、Σ(ARR×顧客のNPS)÷Σ ARR。',
    },
    settings: [...shared.settings, 'currency', 'mrrBasis'],
    measure: { kind: 'weighted_mean', of: 'answers.nps', weight: 'contracts.arr_end' },
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
  define({
    ...shared,
    unit: 'score',
    better: 'higher',
    key: 'ces',
    name: { en: 'CES', ja: 'CES(顧客努力指標)' },
    says: {
      en: 'How easy customers find it to get something done, from 1 (hard) to 7 (easy).',
      ja: '目的を達するのがどれだけ容易だったかを1(大変)〜7(容易)で示します。',
    },
    formula: {
      en: 'Mean of the scores in the window (90 days unless set). Scores of a question in which low means easy are turned (8 − score), so that higher is always easier.',
      ja: '期間内(初期値90日)の点数の平均。小さいほど容易を表す設問の点数は反転し(8−点数)、常に大きいほど容易とします。',
    },
    measure: { kind: 'ratio', of: ['answers.ces_total'], over: 'answers.ces_answers' },
    n: 'answers.ces_answers',
  }),
  define({
    ...shared,
    unit: 'percent',
    better: 'higher',
    key: 'ces_easy_share',
    name: { en: 'CES, share who find it easy', ja: 'CESの容易回答率' },
    says: {
      en: 'The share of answers that find it easy: 5 to 7 of 7.',
      ja: '7段階のうち容易(5〜7)と答えた割合です。',
    },
    formula: {
      en: 'Answers of 5 to 7, higher being easier ÷ answers in the window (90 days unless set).',
      ja: '期間内(初期値90日)の5〜7(大きいほど容易)の回答数÷回答数。',
    },
    measure: { kind: 'ratio', of: ['answers.ces_easy'], over: 'answers.ces_answers' },
    n: 'answers.ces_answers',
  }),
  define({
    ...shared,
    unit: 'percent',
    better: 'higher',
    key: 'response_rate',
    name: { en: 'Response rate', ja: 'アンケート回答率' },
    says: {
      en: 'The share of surveys delivered that were answered.',
      ja: '配信したアンケートのうち、回答のあった割合です。',
    },
    formula: {
      en: 'Surveys answered ÷ surveys delivered in the window (90 days unless set), of all kinds. A survey whose delivery is not recorded is in neither.',
      ja: '期間内(初期値90日)に配信したアンケートのうち回答された数÷配信数(全種類)。配信の記録がないものは含みません。',
    },
    measure: { kind: 'ratio', of: ['answers.responded'], over: 'answers.delivered' },
    n: 'answers.delivered',
  }),
  define({
    group: 'voice',
    time: 'instant',
    settings: ['timeZone'],
    unit: 'score',
    better: 'higher',
    key: 'csm_sentiment',
    name: { en: 'CSM sentiment', ja: 'CSM所感' },
    says: {
      en: 'How the CSM last felt about the account, from 1 to 5. An old feeling says nothing any more.',
      ja: 'CSMが最後に記録した顧客への所感(1〜5)です。古い所感は値としません。',
    },
    formula: {
      en: 'The last pulse of a touchpoint in the last 90 days; older ones give no value. Over the portfolio the mean.',
      ja: '直近90日の接点に記録された最新の所感。それより古ければ値はありません。全体では平均。',
    },
    measure: { kind: 'mean', of: 'touchpoints.pulse' },
  }),
]

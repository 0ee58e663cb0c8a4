import { define } from './define.ts'

const shared = { group: 'revenue', unit: 'money' } as const
const ofMoney = ['currency', 'mrrBasis', 'timeZone']

/** Recurring revenue at one instant, and what it comes to for each payer. */
export const recurringRevenue = [
  define({
    ...shared,
    key: 'mrr',
    name: { en: 'MRR', ja: 'MRR(月次経常収益)' },
    says: {
      en: 'Monthly recurring revenue of all contracts that apply.',
      ja: '有効な契約から毎月得られる経常収益です。',
    },
    formula: {
      en: 'Sum over contract lines, active or past due at the instant, of the net amount ÷ the months of its billing period.',
      ja: 'その時点で有効または支払遅延の契約明細について、割引後の金額÷請求期間の月数を合計します。',
    },
    better: 'higher',
    time: 'instant',
    settings: ofMoney,
    measure: { kind: 'sum', of: ['contracts.mrr_end'] },
    n: 'contracts.paying_end',
  }),
  define({
    ...shared,
    key: 'arr',
    name: { en: 'ARR', ja: 'ARR(年次経常収益)' },
    says: {
      en: 'Annual recurring revenue: what the contracts that apply bring in a year.',
      ja: '有効な契約から1年間に得られる経常収益です。',
    },
    formula: {
      en: '12 × MRR, taken from the amount of each line and not from its rounded MRR.',
      ja: 'MRR×12。丸めたMRRではなく、契約明細の金額から計算します。',
    },
    better: 'higher',
    time: 'instant',
    settings: ofMoney,
    measure: { kind: 'sum', of: ['contracts.arr_end'] },
    n: 'contracts.paying_end',
  }),
  define({
    group: 'revenue',
    unit: 'count',
    key: 'paying_accounts',
    name: { en: 'Paying accounts', ja: '有料顧客数' },
    says: {
      en: 'Accounts with recurring revenue at the instant.',
      ja: 'その時点で経常収益のある顧客の数です。',
    },
    formula: { en: 'Accounts with MRR above 0.', ja: 'MRRが0より大きい顧客の数。' },
    better: 'higher',
    time: 'instant',
    settings: ['mrrBasis', 'timeZone'],
    measure: { kind: 'sum', of: ['contracts.paying_end'] },
    n: 'contracts.paying_end',
  }),
  define({
    ...shared,
    key: 'arpa',
    name: { en: 'ARPA', ja: 'ARPA(顧客あたり平均収益)' },
    says: {
      en: 'Average monthly revenue of a paying account.',
      ja: '有料顧客1社あたりの平均月次収益です。',
    },
    formula: { en: 'MRR ÷ paying accounts.', ja: 'MRR÷有料顧客数。' },
    better: 'higher',
    time: 'instant',
    settings: ofMoney,
    measure: { kind: 'ratio', of: ['contracts.mrr_end'], over: 'contracts.paying_end' },
    n: 'contracts.paying_end',
  }),
  define({
    ...shared,
    key: 'arpu',
    name: { en: 'ARPU', ja: 'ARPU(利用者あたり平均収益)' },
    says: {
      en: 'Monthly revenue for each user who was active in the month.',
      ja: 'その月に利用したユーザー1人あたりの月次収益です。',
    },
    formula: {
      en: 'MRR at the end ÷ users active in the period, over accounts that have both. A customer without use has 0 users.',
      ja: '期末のMRR÷期間内の利用者数(両方のある顧客が対象)。利用のない契約顧客の利用者数は0とします。',
    },
    better: 'higher',
    time: 'period',
    headlinePeriod: 'P1M',
    settings: [...ofMoney, 'activeEvents'],
    measure: {
      kind: 'ratio',
      of: ['contracts.mrr_end'],
      over: 'usage.users_in_period',
      whenZero: 'no_active_users',
    },
    n: 'usage.users_in_period',
  }),
  define({
    ...shared,
    key: 'ltv',
    name: { en: 'LTV', ja: 'LTV(顧客生涯価値)' },
    says: {
      en: 'What a paying account brings over its life, if customers keep leaving at the rate of the period.',
      ja: '期間の解約率が続くと仮定した場合に、有料顧客1社が生涯にもたらす粗利です。',
    },
    formula: {
      en: 'ARPA over the period × gross margin ÷ customer churn rate of the same period. The margin is a workspace setting, 100 % unless set.',
      ja: '期間あたりのARPA×粗利率÷同じ期間の顧客解約率。粗利率はワークスペース設定で、初期値は100%です。',
    },
    better: 'higher',
    time: 'period',
    headlinePeriod: 'P12M',
    grains: ['portfolio'],
    settings: [...ofMoney, 'grossMarginPercent', 'churnDate'],
    measure: {
      kind: 'lifetime',
      revenue: 'contracts.mrr_end',
      payers: 'contracts.paying_end',
      lost: 'contracts.customers_lost',
      customers: 'contracts.customers_start',
    },
    n: 'contracts.customers_start',
  }),
  define({
    ...shared,
    key: 'ltv_survival',
    name: { en: 'LTV (survival)', ja: 'LTV(生存時間モデル)' },
    says: {
      en: 'What a paying account brings in the time that customers have been seen to stay. Unlike LTV it does not assume that they leave at a constant rate.',
      ja: '顧客の実際の継続期間から見込む、有料顧客1社がもたらす粗利です。LTVと異なり、解約率が一定とは仮定しません。',
    },
    formula: {
      en: 'ARPA × gross margin × restricted mean of the months for which accounts have paid without a break (Kaplan–Meier; those still paying count for as long as they have). The mean ends with the horizon, a workspace setting of 60 months unless set, and at the latest with the longest stretch seen.',
      ja: 'ARPA×粗利率×支払いが途切れず続いた月数の境界内平均(カプラン・マイヤー法。継続中の顧客はこれまでの期間だけ考慮)。平均は設定した月数(初期値60か月)まで、最長でも観測された最長期間までで計算します。',
    },
    better: 'higher',
    time: 'instant',
    grains: ['portfolio'],
    settings: [...ofMoney, 'grossMarginPercent', 'renewalGraceDays', 'survivalHorizonMonths'],
    measure: {
      kind: 'survival_value',
      revenue: 'contracts.mrr_end',
      payers: 'contracts.paying_end',
      spans: 'lifetimes.spans',
    },
  }),
  define({
    ...shared,
    key: 'clv',
    name: { en: 'Revenue to date (CLV)', ja: '累計売上(CLV)' },
    says: {
      en: 'What the account has been invoiced so far, recurring and one-off. What is expected of it is a figure of its own, clv_expected.',
      ja: 'これまでに請求した継続・一時売上の累計です。今後の見込み額は別の指標(clv_expected)で示します。',
    },
    formula: {
      en: 'Sum of recurring and one-off invoices issued so far, converted at the rate of the day of issue.',
      ja: 'これまでに発行した継続・一時請求書の合計(発行日のレートで換算)。',
    },
    better: 'higher',
    time: 'instant',
    settings: ['currency', 'timeZone'],
    measure: { kind: 'sum', of: ['invoices.revenue_to_date'] },
  }),
  define({
    ...shared,
    key: 'clv_expected',
    name: { en: 'Expected revenue (CLV)', ja: '今後の見込み売上(CLV)' },
    says: {
      en: 'What the account is expected to pay from now on, beside what it has been invoiced so far (clv).',
      ja: '顧客から今後見込まれる売上です。これまでの累計(clv)とは別に示します。',
    },
    formula: {
      en: 'MRR × the months for which an account that has stayed as long is expected to stay on, of those up to the horizon (60 unless set). Expected by Kaplan–Meier over all accounts of the workspace; behind the longest stretch seen, customers are taken to leave at the mean rate of all.',
      ja: 'MRR×同じ期間継続している顧客が今後継続すると見込まれる月数(設定した月数まで、初期値60か月)。ワークスペース全顧客のカプラン・マイヤー曲線により、観測された最長期間より先は全体の平均解約率を用います。',
    },
    better: 'higher',
    time: 'instant',
    settings: [...ofMoney, 'renewalGraceDays', 'survivalHorizonMonths'],
    measure: { kind: 'sum', of: ['lifetimes.expected_revenue'] },
    n: 'lifetimes.paying',
  }),
]

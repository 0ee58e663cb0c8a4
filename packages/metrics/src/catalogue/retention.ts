import { define } from './define.ts'

const rate = { group: 'revenue', unit: 'percent', time: 'period' } as const
const ofMoney = ['currency', 'mrrBasis', 'timeZone']
const ofCustomers = ['churnDate', 'mrrBasis', 'timeZone']

/** How much of the revenue and of the customers of the start is there at the end. */
export const retentionMetrics = [
  define({
    ...rate,
    key: 'nrr',
    name: { en: 'Net revenue retention', ja: 'NRR(売上継続率)' },
    says: {
      en: 'What the customers of the start are worth at the end: above 100 %, growth outweighs losses.',
      ja: '期首の顧客の売上が期末にどれだけ残っているかを示します。100%を超えれば増額が減収を上回ります。',
    },
    formula: {
      en: "Σ MRR at the end (at the start's exchange rates) ÷ Σ MRR at the start, over accounts that pay at the start.",
      ja: '期首に有料の顧客について、期末MRR(期首の為替レート)の合計÷期首MRRの合計。',
    },
    better: 'higher',
    headlinePeriod: 'P12M',
    settings: ofMoney,
    measure: { kind: 'ratio', of: ['contracts.cohort_end'], over: 'contracts.cohort_start' },
    n: 'contracts.paying_start',
  }),
  define({
    ...rate,
    key: 'grr',
    name: { en: 'Gross revenue retention', ja: 'GRR(総売上継続率)' },
    says: {
      en: 'What is left of the revenue of the start, growth not counted. Never above 100 %.',
      ja: '期首の売上のうち、増額を除いて残った割合です。100%を超えません。',
    },
    formula: {
      en: "Σ the smaller of MRR at the end (at the start's exchange rates) and at the start ÷ Σ MRR at the start, over accounts that pay at the start.",
      ja: '期首に有料の顧客について、期末MRR(期首の為替レート)と期首MRRの小さい方の合計÷期首MRRの合計。',
    },
    better: 'higher',
    headlinePeriod: 'P12M',
    settings: ofMoney,
    measure: { kind: 'ratio', of: ['contracts.cohort_kept'], over: 'contracts.cohort_start' },
    n: 'contracts.paying_start',
  }),
  define({
    ...rate,
    key: 'revenue_churn_gross',
    name: { en: 'Gross revenue churn', ja: 'グロスレベニューチャーン' },
    says: {
      en: 'The share of revenue lost to churn and contraction.',
      ja: '解約と減額で失った売上の割合です。',
    },
    formula: {
      en: '(Churn + contraction) ÷ MRR at the start.',
      ja: '(解約+減額)÷期首MRR。',
    },
    better: 'lower',
    headlinePeriod: 'P1M',
    settings: ofMoney,
    measure: { kind: 'ratio', of: ['contracts.mrr_lost'], over: 'contracts.mrr_start' },
    n: 'contracts.paying_start',
  }),
  define({
    ...rate,
    key: 'revenue_churn_net',
    name: { en: 'Net revenue churn', ja: 'ネットレベニューチャーン' },
    says: {
      en: 'The share of revenue lost after expansion; below 0, expansion outweighs losses.',
      ja: '増額を差し引いた売上の減少率です。マイナスなら増額が上回ります。',
    },
    formula: {
      en: '(Churn + contraction − expansion) ÷ MRR at the start; reactivation is taken off as well when the workspace says so.',
      ja: '(解約+減額−増額)÷期首MRR。設定により復活も差し引きます。',
    },
    better: 'lower',
    headlinePeriod: 'P1M',
    settings: [...ofMoney, 'netChurnCountsReactivation', 'reactivationMaxGapDays'],
    measure: { kind: 'ratio', of: ['contracts.mrr_lost_net'], over: 'contracts.mrr_start' },
    n: 'contracts.paying_start',
  }),
  define({
    ...rate,
    key: 'customer_churn_rate',
    name: { en: 'Customer churn rate', ja: '解約率' },
    says: {
      en: 'The share of customers of the start that are lost at the end.',
      ja: '期首の顧客のうち、期末までに解約した割合です。',
    },
    formula: {
      en: 'Accounts paying at the start and not at the end ÷ accounts paying at the start. New ones are not in it.',
      ja: '期首に有料で期末に無料の顧客数÷期首に有料の顧客数。期間内の新規は含みません。',
    },
    better: 'lower',
    headlinePeriod: 'P1M',
    settings: ofCustomers,
    measure: {
      kind: 'ratio',
      of: ['contracts.customers_lost'],
      over: 'contracts.customers_start',
    },
    n: 'contracts.customers_start',
  }),
  define({
    ...rate,
    key: 'retention_rate',
    name: { en: 'Customer retention rate', ja: '継続率' },
    says: {
      en: 'The share of customers of the start that are still there at the end.',
      ja: '期首の顧客のうち、期末も継続している割合です。',
    },
    formula: { en: '1 − customer churn rate.', ja: '1−解約率。' },
    better: 'higher',
    headlinePeriod: 'P1M',
    settings: ofCustomers,
    measure: {
      kind: 'ratio',
      of: ['contracts.customers_kept'],
      over: 'contracts.customers_start',
    },
    n: 'contracts.customers_start',
  }),
  define({
    group: 'revenue',
    unit: 'percent',
    time: 'instant',
    better: 'higher',
    key: 'cohort_retention',
    name: { en: 'Cohort retention (accounts)', ja: 'コホート継続率(顧客数)' },
    says: {
      en: 'The share of all accounts that have ever paid that still pay. Slice it by cohort_month for one figure for each month of first payment, or by months_since for each age.',
      ja: '支払い実績のある顧客のうち、現在も有料の割合です。cohort_monthで分けると初回支払月ごと、months_sinceで分けると経過月数ごとの値になります。',
    },
    formula: {
      en: 'Accounts that pay at the instant ÷ accounts that first paid before it.',
      ja: 'その時点で有料の顧客数÷それ以前に支払い実績のある顧客数。',
    },
    settings: ['mrrBasis', 'timeZone'],
    measure: { kind: 'ratio', of: ['cohorts.retained'], over: 'cohorts.accounts' },
    n: 'cohorts.accounts',
  }),
  define({
    group: 'revenue',
    unit: 'percent',
    time: 'instant',
    better: 'higher',
    key: 'cohort_retention_revenue',
    name: { en: 'Cohort retention (revenue)', ja: 'コホート継続率(売上)' },
    says: {
      en: 'What accounts are worth against the month of their first payment, those that left counting as 0. Slice it by cohort_month or months_since.',
      ja: '初回支払月の月末と比べた現在の売上です(解約した顧客は0)。cohort_monthまたはmonths_sinceで分けられます。',
    },
    formula: {
      en: "Σ MRR at the instant (at the first month's exchange rates) ÷ Σ MRR at the end of the month of the first payment.",
      ja: 'その時点のMRRの合計(初回支払月の為替レート)÷初回支払月の月末MRRの合計。',
    },
    settings: ofMoney,
    measure: { kind: 'ratio', of: ['cohorts.mrr_retained'], over: 'cohorts.mrr_first' },
    n: 'cohorts.accounts',
  }),
  ...(
    [
      [
        'churned_accounts',
        'Churned accounts',
        '解約顧客数',
        'customers_lost',
        'lower',
        'Customers at the start that are none at the end.',
        '期首に顧客で、期末に顧客でなくなった数です。',
      ],
      [
        'new_accounts',
        'New accounts',
        '新規顧客数',
        'accounts_new',
        'higher',
        'Accounts that pay at the end and never paid before the period.',
        '期末に有料で、期間前に支払い実績のない顧客の数です。',
      ],
      [
        'reactivated_accounts',
        'Reactivated accounts',
        '復活顧客数',
        'accounts_reactivated',
        'higher',
        'Accounts that had left, and pay again at the end.',
        '一度解約し、期末に再び有料となった顧客の数です。',
      ],
      [
        'new_and_lost',
        'New and lost',
        '期間内の新規解約数',
        'new_and_lost',
        'lower',
        'Accounts that first paid inside the period and do not pay at its end. The churn rate does not count them.',
        '期間内に初めて有料となり、期末には無料の顧客の数です。解約率には含みません。',
      ],
    ] as const
  ).map(([key, en, ja, measure, better, saysEn, saysJa]) =>
    define({
      key,
      name: { en, ja },
      says: { en: saysEn, ja: saysJa },
      formula: { en: 'Counted per account.', ja: '顧客ごとに数えます。' },
      group: 'revenue',
      unit: 'count',
      better,
      time: 'period',
      headlinePeriod: 'P1M',
      settings:
        key === 'churned_accounts'
          ? ofCustomers
          : ['mrrBasis', 'reactivationMaxGapDays', 'timeZone'],
      measure: { kind: 'sum', of: [`contracts.${measure}`] },
    }),
  ),
]

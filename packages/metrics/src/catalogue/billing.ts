import { define } from './define.ts'

/** What customers owe. */
export const billingMetrics = [
  define({
    key: 'overdue',
    name: { en: 'Overdue amount', ja: '延滞額' },
    says: {
      en: 'What is unpaid although it is past due.',
      ja: '支払期限を過ぎて未払いの金額です。',
    },
    formula: {
      en: 'Sum of invoices past due at the end of the day, less what was paid, at the rate of the day of issue.',
      ja: '日末に支払期限を過ぎた請求書の金額から入金済みの額を引いた合計(発行日のレートで換算)。',
    },
    group: 'billing',
    unit: 'money',
    better: 'lower',
    time: 'instant',
    settings: ['currency', 'timeZone'],
    measure: { kind: 'sum', of: ['invoices.overdue'] },
    n: 'invoices.overdue_any',
  }),
  define({
    key: 'overdue_days',
    name: { en: 'Oldest overdue', ja: '最長延滞日数' },
    says: {
      en: 'Days for which the oldest unpaid invoice has been past due; 0 when nothing is.',
      ja: '最も古い未払い請求書の延滞日数です。延滞がなければ0です。',
    },
    formula: {
      en: 'Days since the due date of the oldest overdue invoice; over the portfolio the greatest.',
      ja: '最も古い延滞請求書の支払期限からの日数。全体では最大値。',
    },
    group: 'billing',
    unit: 'days',
    better: 'lower',
    time: 'instant',
    settings: ['timeZone'],
    measure: { kind: 'max', of: 'invoices.overdue_days' },
    n: 'invoices.overdue_any',
  }),
  define({
    key: 'overdue_accounts',
    name: { en: 'Accounts overdue', ja: '延滞顧客数' },
    says: { en: 'Accounts with anything overdue.', ja: '延滞のある顧客の数です。' },
    formula: {
      en: 'Accounts with an unpaid invoice past due.',
      ja: '支払期限を過ぎた未払い請求書のある顧客の数。',
    },
    group: 'billing',
    unit: 'count',
    better: 'lower',
    time: 'instant',
    settings: ['timeZone'],
    measure: { kind: 'sum', of: ['invoices.overdue_any'] },
  }),
]

import type { Text } from '../text.ts'
import { define } from './define.ts'

const hours = (key: string, of: string, level: number, name: Text, what: Text) =>
  define({
    key,
    name,
    says: {
      en: `${level === 0.5 ? 'Half of the tickets' : 'Nine of ten tickets'} resolved in the period were ${what.en} within this time.`,
      ja: `期間内に解決したチケットの${level === 0.5 ? '半数' : '9割'}が、この時間内に${what.ja}されました。`,
    },
    formula: {
      en: `${level === 0.5 ? 'Median' : '90th percentile'} of the hours elapsed since opening, over tickets resolved in the period.`,
      ja: `期間内に解決したチケットの、起票からの経過時間の${level === 0.5 ? '中央値' : '90パーセンタイル'}。`,
    },
    group: 'support',
    unit: 'hours',
    better: 'lower',
    time: 'period',
    headlinePeriod: 'P1M',
    settings: ['timeZone'],
    measure: { kind: 'quantile', of, level },
  })

const daysAgo = (key: string, name: Text, says: Text, formula: Text) =>
  define({
    key,
    name,
    says,
    formula,
    group: 'contact',
    unit: 'days',
    better: 'lower',
    time: 'instant',
    settings: ['timeZone'],
    measure: { kind: 'quantile', of: `signs.${key}` },
  })

/** Support, contact, billing and onboarding. */
export const serviceMetrics = [
  hours(
    'resolution_time',
    'tickets.resolution_hours',
    0.5,
    { en: 'Resolution time', ja: '解決時間' },
    { en: 'resolved', ja: '解決' },
  ),
  hours(
    'resolution_time_p90',
    'tickets.resolution_hours',
    0.9,
    { en: 'Resolution time, 90th percentile', ja: '解決時間(90パーセンタイル)' },
    { en: 'resolved', ja: '解決' },
  ),
  hours(
    'first_response_time',
    'tickets.first_response_hours',
    0.5,
    { en: 'First response time', ja: '初回回答時間' },
    { en: 'first answered', ja: '初回回答' },
  ),
  hours(
    'first_response_time_p90',
    'tickets.first_response_hours',
    0.9,
    { en: 'First response time, 90th percentile', ja: '初回回答時間(90パーセンタイル)' },
    { en: 'first answered', ja: '初回回答' },
  ),
  define({
    key: 'tickets_open',
    name: { en: 'Open tickets', ja: '未解決チケット数' },
    says: {
      en: 'Tickets that are open at the end of the day.',
      ja: '日末に未解決のチケットの数です。',
    },
    formula: {
      en: 'Tickets opened and not resolved by then.',
      ja: 'それまでに起票され、解決していないチケットの数。',
    },
    group: 'support',
    unit: 'count',
    better: 'lower',
    time: 'instant',
    settings: ['timeZone'],
    measure: { kind: 'sum', of: ['tickets.open'] },
  }),
  daysAgo(
    'silent_days',
    { en: 'Silent days', ja: '無反応日数' },
    {
      en: 'Days since the customer last gave a sign of life. Silence is itself a signal.',
      ja: '顧客から最後に反応があってからの日数です。沈黙もひとつのサインです。',
    },
    {
      en: 'Days since the last ticket, survey answer, inbound or two-way contact; over the portfolio the median.',
      ja: '最後のチケット、アンケート回答、顧客発または双方向の接触からの日数。全体では中央値。',
    },
  ),
  daysAgo(
    'days_since_contact',
    { en: 'Days since contact', ja: '最終接触からの日数' },
    {
      en: 'Days since anyone last talked with the customer.',
      ja: '顧客と最後に会話してからの日数です。',
    },
    {
      en: 'Days since the last two-way contact; over the portfolio the median.',
      ja: '最後の双方向の接触からの日数。全体では中央値。',
    },
  ),
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
  define({
    key: 'days_in_onboarding',
    name: { en: 'Days in onboarding', ja: 'オンボーディング経過日数' },
    says: {
      en: 'Days since the account started an onboarding that is not complete.',
      ja: 'オンボーディングを開始し、まだ完了していない顧客の経過日数です。',
    },
    formula: {
      en: 'Days since entering a programme with a required milestone not met; none when complete or never entered. Over the portfolio the median.',
      ja: '必須マイルストーンが残るプログラムの開始からの日数。完了済みまたは未開始なら値はありません。全体では中央値。',
    },
    group: 'onboarding',
    unit: 'days',
    better: 'lower',
    time: 'instant',
    settings: ['timeZone'],
    measure: { kind: 'quantile', of: 'milestones.days_in_onboarding' },
  }),
]

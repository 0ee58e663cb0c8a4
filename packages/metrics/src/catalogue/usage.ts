import { define } from './define.ts'

const shared = {
  group: 'usage',
  time: 'instant',
  settings: ['timeZone', 'activeEvents'] as string[],
} as const

const activeUsers = (key: string, days: number) =>
  define({
    ...shared,
    unit: 'count',
    better: 'higher',
    key,
    name: {
      en: days === 1 ? 'Active users (day)' : `Active users (${days} days)`,
      ja: days === 1 ? 'アクティブユーザー数(当日)' : `アクティブユーザー数(${days}日)`,
    },
    says: {
      en: `People who used the product ${days === 1 ? 'on the day' : `in the last ${days} days`}.`,
      ja: `${days === 1 ? '当日' : `直近${days}日間`}に製品を利用した人数です。`,
    },
    formula: {
      en: `Distinct users with an active event in the ${days} ${days === 1 ? 'day' : 'days'} that end with the day. Events that name nobody do not count. A customer without use has 0, where the workspace records use.`,
      ja: `当日までの${days}日間に利用(対象イベント)のあった利用者の数(重複なし)。利用者が特定できないイベントは数えません。利用の記録があるワークスペースでは、利用のない契約顧客は0です。`,
    },
    measure: { kind: 'sum', of: [`usage.users_${days}`] },
  })

/** Use of the product. */
export const usageMetrics = [
  activeUsers('active_users', 28),
  activeUsers('active_users_7d', 7),
  activeUsers('active_users_1d', 1),
  define({
    ...shared,
    unit: 'ratio',
    better: 'higher',
    key: 'login_trend',
    name: { en: 'Login trend', ja: '利用トレンド' },
    says: {
      en: 'Active users of the last 28 days against the 28 before: 0.5 means half as many.',
      ja: '直近28日の利用者数を、その前の28日と比べた比です。0.5なら半減です。',
    },
    formula: {
      en: 'Users active in the last 28 days ÷ users active in the 28 days before. Nobody before gives no value.',
      ja: '直近28日の利用者数÷その前の28日の利用者数。前の期間に利用者がいなければ値はありません。',
    },
    measure: { kind: 'ratio', of: ['usage.users_28'], over: 'usage.users_28_before' },
    n: 'usage.users_28_before',
  }),
  define({
    ...shared,
    unit: 'percent',
    better: 'higher',
    key: 'licence_utilisation',
    name: { en: 'Licence utilisation', ja: 'ライセンス利用率' },
    says: {
      en: 'How many of the seats paid for are used. It may exceed 100 %.',
      ja: '契約席数のうち、実際に使われている割合です。100%を超えることもあります。',
    },
    formula: {
      en: 'Users active in 28 days ÷ seats of the active and past-due lines that apply, over accounts that have both. A customer without use counts with 0 users.',
      ja: '28日間の利用者数÷有効な契約明細の席数(両方のある顧客が対象)。利用のない契約顧客は利用者0として数えます。',
    },
    measure: { kind: 'ratio', of: ['usage.users_28'], over: 'contracts.seats' },
  }),
]

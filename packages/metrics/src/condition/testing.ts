import type { NameScope } from './scope.ts'

/** Names for the tests of conditions. */
export const scopeForTests: NameScope = {
  names: new Map([
    [
      'login_trend',
      { type: 'number', column: 'login_trend', label: { en: 'Login trend', ja: 'ログイン傾向' } },
    ],
    [
      'days_to_renewal',
      {
        type: 'number',
        column: 'days_to_renewal',
        label: { en: 'Days to renewal', ja: '契約更新までの日数' },
        unit: 'days',
      },
    ],
    [
      'active_users',
      {
        type: 'number',
        column: 'active_users',
        label: { en: 'Active users', ja: 'アクティブユーザー数' },
        unit: 'count',
      },
    ],
    [
      'licence_utilisation',
      {
        type: 'number',
        column: 'licence_utilisation',
        label: { en: 'Licence utilisation', ja: 'ライセンス利用率' },
        unit: 'percent',
      },
    ],
    [
      'mrr',
      {
        type: 'number',
        column: 'mrr',
        label: { en: 'MRR', ja: 'MRR' },
        unit: 'money',
        currency: 'JPY',
        exact: true,
      },
    ],
    [
      'seats',
      { type: 'number', column: 'seats', label: { en: 'Seats', ja: '席数' }, unit: 'count' },
    ],
    ['plan', { type: 'string', column: 'plan', label: { en: 'Plan', ja: 'プラン' } }],
    ['paused', { type: 'bool', column: 'paused', label: { en: 'Paused', ja: '一時停止中' } }],
    [
      'signed_up_on',
      { type: 'date', column: 'signed_up_on', label: { en: 'Sign-up date', ja: '契約日' } },
    ],
  ]),
}

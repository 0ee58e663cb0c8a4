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
    unit: 'percent',
    better: 'higher',
    key: 'stickiness',
    name: { en: 'Stickiness', ja: '利用の定着度(スティッキネス)' },
    says: {
      en: 'How much of the people of 28 days come on a day: 20 % is about one working day a week for each.',
      ja: '直近28日の利用者のうち、1日に平均でどれだけの人が利用しているかです。20%なら1人あたり週1〜2日ほどの利用です。',
    },
    formula: {
      en: 'Mean daily active users ÷ users active in 28 days: the days of use of all users ÷ (users × days that count). Weekends and holidays count unless the workspace leaves them out; then use on them is in neither.',
      ja: '1日あたりの平均利用者数÷28日間の利用者数。各利用者の利用日数の合計÷(利用者数×対象日数)として計算します。土日・祝日を対象外とする設定では、その日の利用も対象日数も数えません。',
    },
    settings: [...shared.settings, 'countWeekends', 'holidays', 'extraHolidays'],
    measure: {
      kind: 'ratio',
      of: ['usage.user_days'],
      over: 'usage.user_days_possible',
      whenZero: 'no_active_users',
    },
    n: 'usage.users_28',
  }),
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
    unit: 'score',
    better: 'higher',
    key: 'login_trend_z',
    name: { en: 'Login trend, z-score', ja: '利用トレンド(zスコア)' },
    says: {
      en: 'How unusual the number of active users is for this account, once what moved all accounts alike is taken out. −2 is rare by chance; between −1 and 1 is ordinary.',
      ja: '全顧客に共通の増減を除いたうえで、その顧客の利用者数がどれだけ普段と違うかです。−2以下は偶然ではまれ、−1〜1は通常の範囲です。',
    },
    formula: {
      en: '(Users active in the last 28 days − mean) ÷ deviation, of up to six windows of 28 days before. Each is first carried forward by the change of the typical account since: the median, over accounts with users, of their users in a window ÷ those in the window before (no change with fewer than 10 accounts). The deviation is that of the windows, and at least √mean and 1. It takes three whole windows since the first use; over the portfolio the median. Former customers are left out.',
      ja: '(直近28日の利用者数−平均)÷標準偏差。平均と標準偏差は、その前の28日ごとの期間(最大6つ)から求めます。各期間の人数には、その後の標準的な顧客の変化率(利用者のいる顧客の「期間の利用者数÷前の期間の利用者数」の中央値。対象が10社未満なら変化なし)を掛けて季節変動を除きます。標準偏差は√平均と1を下限とします。初回利用から3期間以上が必要です。全体では中央値。契約が終了した顧客は除きます。',
    },
    counts: 'present',
    measure: { kind: 'quantile', of: 'usage.trend_z' },
  }),
  define({
    ...shared,
    unit: 'percent',
    better: 'higher',
    key: 'adoption_rate',
    name: { en: 'Adoption rate', ja: '利用率(招待済みユーザー)' },
    says: {
      en: 'How many of the people who were invited or are known as users did use the product.',
      ja: '招待済みまたは登録済みのユーザーのうち、実際に利用した割合です。',
    },
    formula: {
      en: 'Users active in 28 days ÷ contacts with a user id or an invitation who have not left, over accounts that have both. It may exceed 100 % where people use the product who are not among the contacts. Former customers are left out.',
      ja: '28日間の利用者数÷ユーザーIDまたは招待のある在籍中の担当者数(両方のある顧客が対象)。担当者に登録のない人が利用していると100%を超えることがあります。契約が終了した顧客は除きます。',
    },
    counts: 'present',
    measure: { kind: 'ratio', of: ['usage.users_28'], over: 'contacts.known_users' },
    n: 'contacts.known_users',
  }),
  define({
    ...shared,
    unit: 'percent',
    better: 'higher',
    key: 'feature_adoption',
    name: { en: 'Feature adoption (accounts)', ja: '機能の利用率(顧客)' },
    says: {
      en: 'Of the accounts that are active, how many use a feature. Ask for it by feature; without, it is the use of any.',
      ja: '利用のある顧客のうち、機能を使っている顧客の割合です。機能(feature)ごとに確認できます。指定しない場合は、いずれかの機能を使っている割合です。',
    },
    formula: {
      en: 'Accounts with the event in 28 days ÷ accounts active in 28 days. Features are those of the plans; if none are listed, every event is one. Events that name nobody count. Features overlap, so that their accounts do not add up.',
      ja: '28日間に該当イベントのある顧客数÷28日間に利用のある顧客数。機能はプランに登録したイベントで、登録がなければすべてのイベントです。利用者が特定できないイベントも数えます。機能どうしは重なるため、合計しても全体にはなりません。',
    },
    settings: [...shared.settings, 'planFeatures'],
    measure: {
      kind: 'ratio',
      of: ['usage.account_uses_feature'],
      over: 'usage.account_active',
    },
    breakdown: { by: 'feature', of: 'usage.accounts_by_feature' },
    n: 'usage.account_active',
  }),
  define({
    ...shared,
    unit: 'percent',
    better: 'higher',
    key: 'feature_adoption_users',
    name: { en: 'Feature adoption (users)', ja: '機能の利用率(利用者)' },
    says: {
      en: 'Of the people who are active, how many use a feature. Ask for it by feature; without, it is the use of any.',
      ja: '利用者のうち、機能を使っている人の割合です。機能(feature)ごとに確認できます。指定しない場合は、いずれかの機能を使っている割合です。',
    },
    formula: {
      en: 'Distinct users with the event in 28 days ÷ users active in 28 days. Features are those of the plans; if none are listed, every event is one. A user of two features is one user of each, so that they do not add up.',
      ja: '28日間に該当イベントのある利用者数÷28日間の利用者数。機能はプランに登録したイベントで、登録がなければすべてのイベントです。複数の機能を使う人は各機能で1人と数えるため、合計しても全体にはなりません。',
    },
    settings: [...shared.settings, 'planFeatures'],
    measure: {
      kind: 'ratio',
      of: ['usage.feature_users'],
      over: 'usage.users_28',
      whenZero: 'no_active_users',
    },
    breakdown: { by: 'feature', of: 'usage.users_by_feature' },
    n: 'usage.users_28',
  }),
  define({
    ...shared,
    unit: 'percent',
    better: 'higher',
    key: 'breadth',
    name: { en: 'Breadth of use', ja: '機能の活用幅' },
    says: {
      en: 'How many of the features that the customer pays for it uses.',
      ja: '契約プランに含まれる機能のうち、実際に使われている割合です。',
    },
    formula: {
      en: "Features of the account's plans with an event in 28 days ÷ features of its plans. Plans are those of the contract lines that apply; their features are a workspace setting, without which there is no value.",
      ja: '契約プランの機能のうち28日間に利用のあった数÷契約プランの機能の数。プランは有効な契約明細から判断します。プランごとの機能はワークスペース設定で登録し、未登録の場合は値がありません。',
    },
    settings: ['timeZone', 'planFeatures'],
    measure: { kind: 'ratio', of: ['usage.plan_features_used'], over: 'usage.plan_features' },
  }),
  define({
    ...shared,
    unit: 'ratio',
    better: 'higher',
    key: 'usage_rate',
    name: { en: 'Usage rate', ja: '利用頻度' },
    says: {
      en: 'How often an active user does what the product is for, in a week.',
      ja: '利用者1人が1週間に主要な操作を行う回数です。',
    },
    formula: {
      en: 'Core actions of named users in 28 days ÷ (users active in 28 days × 4 weeks). Core actions are a workspace setting; if none are chosen, every event is one.',
      ja: '28日間の主要な操作の回数(利用者が特定できるもの)÷(28日間の利用者数×4週)。主要な操作はワークスペース設定で、未設定の場合はすべてのイベントです。',
    },
    settings: [...shared.settings, 'coreActions'],
    measure: {
      kind: 'ratio',
      of: ['usage.core_events'],
      over: 'usage.user_weeks',
      whenZero: 'no_active_users',
    },
    n: 'usage.users_28',
  }),
  define({
    ...shared,
    unit: 'percent',
    better: 'higher',
    key: 'usage_rate_percentile',
    name: { en: 'Usage rate, percentile', ja: '利用頻度の順位(パーセンタイル)' },
    says: {
      en: 'How many of the other accounts of its segment an account is ahead of in usage rate: 80 % is ahead of four in five.',
      ja: '同じセグメントの他の顧客のうち、利用頻度で上回っている割合です。80%なら5社のうち4社を上回ります。',
    },
    formula: {
      en: 'Other accounts of the segment with a lower usage rate, and half of those with the same ÷ other accounts of the segment with a usage rate. Accounts without a segment are compared with one another. Over a slice, the comparisons of its accounts together; over all accounts it is 50 %.',
      ja: '同じセグメントで利用頻度が低い他の顧客数(同率は0.5社)÷同じセグメントで利用頻度のある他の顧客数。セグメントのない顧客は、セグメントのない顧客どうしで比べます。区分では所属する顧客の比較を合算し、全体では50%になります。',
    },
    settings: [...shared.settings, 'coreActions'],
    measure: { kind: 'ratio', of: ['usage.rate_above'], over: 'usage.rate_others' },
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

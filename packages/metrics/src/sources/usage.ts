import type { PlanNode } from '../plan/node.ts'
import { factVersions, KNOWN_IN_WINDOW } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import { list, type Source, type SourceContext, selected } from './source.ts'

/**
 * Who used the product on which local day, as long as it was known. Events are many, so days of one
 * user come together before any window is looked at: versions that were known until the same instant
 * are together known from the first of them on.
 *
 * Days before all windows come down to one row for an account, which only says that use is recorded.
 */
const userDays = ({ someAccounts }: SourceContext): PlanNode => ({
  name: 'user_days',
  says: {
    en: 'Users and the local days on which they used the product; events that name nobody are left out',
    ja: '利用者と利用日(現地日付)。利用者が特定できないイベントは除く',
  },
  inputs: [],
  sql: `
SELECT
  account_id,
  if(day < {usage_from:Date32}, '', user_id) AS user,
  if(day < {usage_from:Date32}, toDate32('1970-01-01'), day) AS used_on,
  known_until,
  min(known_at) AS known_at
FROM (${factVersions({
    table: 'usage_events',
    columns: ['user_id', 'toDate32(occurred_at, {time_zone:String}) AS day'],
    someAccounts,
  })}
)
WHERE user_id != '' AND day <= {usage_to:Date32}
GROUP BY account_id, user, used_on, known_until`,
})

const within = (days: number): string => `uniqExactIf(user, used_on > window_last_day - ${days})`

const measures = {
  users_1: within(1),
  users_7: within(7),
  users_28: within(28),
  users_28_before:
    'uniqExactIf(user, used_on > window_last_day - 56 AND used_on <= window_last_day - 28)',
  users_in_period: 'uniqExactIf(user, used_on >= window_first_day)',
}

/** One row for each account with any recorded use up to the window's end, also when it has stopped. */
export const usage: Source = {
  name: 'usage',
  measures: {
    users_1: { type: 'count', says: { en: 'users active on the day', ja: 'その日の利用者数' } },
    users_7: { type: 'count', says: { en: 'users active in 7 days', ja: '直近7日の利用者数' } },
    users_28: { type: 'count', says: { en: 'users active in 28 days', ja: '直近28日の利用者数' } },
    users_28_before: {
      type: 'count',
      says: { en: 'users active in the 28 days before those', ja: 'その前の28日の利用者数' },
    },
    users_in_period: {
      type: 'count',
      says: { en: 'users active in the period', ja: '期間内の利用者数' },
    },
  },
  node: (wanted, context) => ({
    name: 'account_usage',
    says: { en: 'Per account: distinct active users', ja: '顧客ごと: 利用者数(重複なし)' },
    inputs: [userDays(context)],
    sql: `
SELECT
${list('i', 'account_id', ...selected(measures, wanted))}
FROM user_days
${eachWindow('known', 'first_day', 'last_day')}
WHERE ${KNOWN_IN_WINDOW} AND used_on <= window_last_day
GROUP BY i, account_id`,
  }),
}

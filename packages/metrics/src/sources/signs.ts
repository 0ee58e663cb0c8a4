import type { PlanNode } from '../plan/node.ts'
import { factVersions, KNOWN_IN_WINDOW } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import { list, type Source, type SourceContext, selected } from './source.ts'

interface Sign {
  readonly table: string
  readonly at: string
  readonly where: string
  readonly twoWay: string
}

const touchpoints: Sign = {
  table: 'touchpoints',
  at: 'occurred_at',
  where: "direction IN ('inbound', 'two_way')",
  twoWay: "direction = 'two_way'",
}
const others: readonly Sign[] = [
  { table: 'tickets', at: 'opened_at', where: 'true', twoWay: 'false' },
  { table: 'survey_answers', at: 'answered_at', where: 'answered_at IS NOT NULL', twoWay: 'false' },
]

const signsOf = ({ table, at, where, twoWay }: Sign, someAccounts: boolean): string => `
SELECT account_id, assumeNotNull(${at}) AS at, ${twoWay} AS two_way, known_at, known_until
FROM (${factVersions({ table, columns: table === 'touchpoints' ? [at, 'direction'] : [at], someAccounts })}
)
WHERE ${where}`

const signsOfLife = ({ someAccounts }: SourceContext, onlyContacts: boolean): PlanNode => ({
  name: 'signs_of_life',
  says: onlyContacts
    ? { en: 'Two-way contacts', ja: '双方向の接触' }
    : {
        en: 'What came from the customer: tickets, survey answers, inbound and two-way contacts',
        ja: '顧客からの反応: チケット、アンケート回答、顧客発または双方向の接触',
      },
  inputs: [],
  sql: [touchpoints, ...(onlyContacts ? [] : others)]
    .map((sign) => signsOf(sign, someAccounts).trim())
    .join('\nUNION ALL\n'),
})

const daysSince = (last: string): string =>
  `dateDiff('day', toDate32(${last}, {time_zone:String}), any(window_last_day))`

const measures = {
  silent_days: daysSince('max(at)'),
  days_since_contact: daysSince('maxOrNullIf(at, two_way)'),
}

/** One row for each account that has ever given a sign of life before the window's end. */
export const signs: Source = {
  name: 'signs',
  measures: {
    silent_days: {
      type: 'count',
      says: { en: 'days since the last sign of life', ja: '最後の反応からの日数' },
    },
    days_since_contact: {
      type: 'count',
      says: { en: 'days since the last two-way contact', ja: '最後の双方向の接触からの日数' },
    },
  },
  node: (wanted, context) => ({
    name: 'account_signs',
    says: {
      en: 'Per account: local days since the last one',
      ja: '顧客ごと: 最後の日からの日数(現地日付)',
    },
    inputs: [signsOfLife(context, !wanted.has('silent_days'))],
    sql: `
SELECT
${list('i', 'account_id', ...selected(measures, wanted))}
FROM signs_of_life
${eachWindow('end', 'known', 'last_day')}
WHERE ${KNOWN_IN_WINDOW} AND at < window_end
GROUP BY i, account_id`,
  }),
}

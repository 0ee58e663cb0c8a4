import type { PlanNode } from '../plan/node.ts'
import type { MetricSettings } from '../settings.ts'
import { factVersions, KNOWN_IN_WINDOW } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import { amongCustomers } from './among-customers.ts'
import { list, type Measure, type Source, type SourceContext, selected } from './source.ts'
import { daysBefore, TOUCH_DAYS } from './touchpoints.ts'

/** The kinds of signs of life, in the order in which their weights are bound. */
const kinds = [
  'ticket',
  'reply',
  'surveyAnswer',
  'meeting',
  'communityPost',
  'event',
] as const satisfies readonly (keyof MetricSettings['engagementWeights'])[]
const numberOf = (kind: (typeof kinds)[number]): number => kinds.indexOf(kind) + 1

interface Sign {
  readonly table: 'touchpoints' | 'tickets' | 'survey_answers'
  readonly at: string
  readonly where: string
  readonly twoWay: string
  /** The number of its kind. */
  readonly sign: string
}

const touchpoints: Sign = {
  table: 'touchpoints',
  at: 'occurred_at',
  where: "direction IN ('inbound', 'two_way')",
  twoWay: "direction = 'two_way'",
  // What was written is a reply: e-mail and chat. A call is a meeting without a room.
  sign: `multiIf(kind IN ('meeting', 'call'), ${numberOf('meeting')}, kind = 'community', ${numberOf('communityPost')},
    kind = 'event', ${numberOf('event')}, ${numberOf('reply')})`,
}
const others: readonly Sign[] = [
  {
    table: 'tickets',
    at: 'opened_at',
    where: 'true',
    twoWay: 'false',
    sign: `${numberOf('ticket')}`,
  },
  {
    table: 'survey_answers',
    at: 'answered_at',
    where: 'answered_at IS NOT NULL',
    twoWay: 'false',
    sign: `${numberOf('surveyAnswer')}`,
  },
]

const signsOf = ({ table, at, where, twoWay, sign }: Sign, someAccounts: boolean): string => `
SELECT account_id, assumeNotNull(${at}) AS at, ${twoWay} AS two_way, ${sign} AS sign, known_at, known_until
FROM (${factVersions({
  table,
  columns: table === 'touchpoints' ? [at, 'direction', 'kind'] : [at],
  someAccounts,
})}
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

const expressions = {
  silent_days: daysSince('max(at)'),
  days_since_contact: daysSince('maxOrNullIf(at, two_way)'),
  // Exact, so that accounts add up to the portfolio whatever the weights.
  engagement: `sumIf({engagement_weights:Array(Decimal(18, 4))}[sign], at >= ${daysBefore(TOUCH_DAYS)})`,
}

const measures: Readonly<Record<keyof typeof expressions, Measure>> = {
  silent_days: {
    type: 'count',
    says: { en: 'days since the last sign of life', ja: '最後の反応からの日数' },
  },
  days_since_contact: {
    type: 'count',
    says: { en: 'days since the last two-way contact', ja: '最後の双方向の接触からの日数' },
  },
  engagement: {
    type: 'number',
    says: {
      en: `signs of life in ${TOUCH_DAYS} days, each by the weight of its kind`,
      ja: `直近${TOUCH_DAYS}日の顧客からの反応(種類ごとの重みを付けた合計)`,
    },
  },
}

/**
 * One row for each account that has ever given a sign of life before the window's end. Where the
 * workspace records signs, a customer that has given none has an engagement of 0.
 */
export const signs: Source = {
  name: 'signs',
  measures,
  node: (wanted, context) => {
    const node: PlanNode = {
      name: 'account_signs',
      says: {
        en: 'Per account: days since the last one, and what they weigh',
        ja: '顧客ごと: 最後の日からの日数と、重みを付けた合計',
      },
      inputs: [signsOfLife(context, !wanted.has('silent_days') && !wanted.has('engagement'))],
      sql: `
SELECT
${list('i', 'account_id', ...selected(expressions, wanted))}
FROM signs_of_life
${eachWindow('end', 'known', 'last_day')}
WHERE ${KNOWN_IN_WINDOW} AND at < window_end
GROUP BY i, account_id`,
      params: {
        engagement_weights: kinds.map((kind) =>
          Number(context.settings.engagementWeights[kind].toFixed(4)),
        ),
      },
    }
    const facts = [touchpoints, ...others]
    return amongCustomers(node, facts, measures, ['engagement'], wanted, context)
  },
}

import { shiftDays } from '../periods.ts'
import type { PlanNode } from '../plan/node.ts'
import type { MetricSettings } from '../settings.ts'
import { eachPartOfWindows, inEachWindow, partKey, windowsOfList } from '../sql/per-window.ts'
import { knownFacts, versionTimes } from '../sql/versions.ts'
import { wordsOf } from '../sql/words.ts'
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

const signsOf = ({ table, at, where, twoWay, sign }: Sign, context: SourceContext): string => `
SELECT account_id, assumeNotNull(${at}) AS at, ${twoWay} AS two_way, ${sign} AS sign${versionTimes(context)}
FROM (${knownFacts(
  {
    table,
    columns: table === 'touchpoints' ? [at, 'direction', 'kind'] : [at],
    someAccounts: context.someAccounts,
  },
  context,
)}
)
WHERE ${where}`

const signsOfLife = (context: SourceContext, onlyContacts: boolean): PlanNode => ({
  name: 'signs_of_life',
  says: onlyContacts
    ? { en: 'Two-way contacts', ja: '双方向の接触' }
    : {
        en: 'What came from the customer: tickets, survey answers, inbound and two-way contacts',
        ja: '顧客からの反応: チケット、アンケート回答、顧客発または双方向の接触',
      },
  inputs: [],
  sql: [touchpoints, ...(onlyContacts ? [] : others)]
    .map((sign) => signsOf(sign, context).trim())
    .join('\nUNION ALL\n'),
})

/** Before any sign of life: there was none. */
const NEVER = "toDateTime64('1900-01-01 00:00:00', 3, 'UTC')"

const daysSince = (last: string): string =>
  `if(${last} = ${NEVER}, NULL,
    dateDiff('day', toDate32(${last}, {time_zone:String}), {window_last_day:Array(Date32)}[i + 1]))`

const each = (
  context: SourceContext,
  conditions: readonly string[],
  then: string,
  otherwise: string,
  instants: Readonly<Record<string, string>> = {},
): string => {
  const all = [...conditions, 'at < window_end']
  return `ForEach(${inEachWindow(context, ['end'], all, then, otherwise, instants)})`
}

/** What the signs of an account come to: in all windows, as a list in their order, and in one of them. */
const LISTS = [
  {
    all: 'last_signs',
    one: 'last_sign',
    sql: (context: SourceContext) => `max${each(context, [], 'at', NEVER)}`,
  },
  {
    all: 'last_contacts',
    one: 'last_contact',
    sql: (context: SourceContext) => `max${each(context, ['two_way'], 'at', NEVER)}`,
  },
  {
    all: 'weights',
    one: 'weight_then',
    // Exact, so that accounts add up to the portfolio whatever the weights.
    sql: (context: SourceContext) =>
      `sum${each(context, ['at >= recent'], 'weight', 'toDecimal64(0, 4)', { recent: daysBefore(TOUCH_DAYS) })}`,
  },
] as const

const expressions = {
  silent_days: daysSince('last_sign'),
  days_since_contact: daysSince('last_contact'),
  engagement: 'weight_then',
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
  reach: (measure, { end }, { settings }) => {
    // Touchpoints are never deleted.
    if (measure === 'days_since_contact') return {}
    // The last one of an account is kept.
    const back = measure === 'silent_days' ? 0 : TOUCH_DAYS
    const from = shiftDays(end, -back, settings.timeZone)
    return { tickets: from, survey_answers: from }
  },
  node: (wanted, context) => {
    const asked = selected(expressions, wanted)
    const words = wordsOf(`${asked.join(' ')} last_sign`)
    const lists = LISTS.filter(({ one }) => words.has(one))
    const node: PlanNode = {
      name: 'account_signs',
      says: {
        en: 'Per account: days since the last one, and what they weigh',
        ja: '顧客ごと: 最後の日からの日数と、重みを付けた合計',
      },
      inputs: [signsOfLife(context, !wanted.has('silent_days') && !wanted.has('engagement'))],
      sql: `
SELECT
${list('i', 'account_id', ...asked)}
FROM (
  SELECT
  ${list(`account_id${partKey(context)}`, ...lists.map(({ sql, all }) => `${sql(context)} AS ${all}`))}
  FROM (SELECT *, {engagement_weights:Array(Decimal(18, 4))}[sign] AS weight FROM signs_of_life)
  ${eachPartOfWindows(context)}
  GROUP BY account_id${partKey(context)}
)
ARRAY JOIN
  ${windowsOfList(context)} AS i,
  ${lists.map(({ all, one }) => `${all} AS ${one}`).join(', ')}
WHERE last_sign != ${NEVER}`,
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

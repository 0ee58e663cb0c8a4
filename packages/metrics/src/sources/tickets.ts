import { shiftDays } from '../periods.ts'
import type { PlanNode } from '../plan/node.ts'
import { layered } from '../sql/layers.ts'
import { eachWindowThat, ofWindow } from '../sql/per-window.ts'
import { knownFacts } from '../sql/versions.ts'
import { daysBeforeEnd } from '../sql/windows.ts'
import { amongCustomers } from './among-customers.ts'
import { businessTimeParams, businessTimeUntil } from './business-time.ts'
import { list, type Measure, type Source, type SourceContext, selected } from './source.ts'

/** Days of which the tickets are set against active users. */
const RATE_DAYS = 28
/** Days without a how-to ticket, of an account that gets along by itself. */
const QUIET_DAYS = 60

const INSTANTS = ['opened_at', 'first_response_at', 'resolved_at']
const businessColumn = (instant: string): string => `business_until_${instant}`
/** What has not come yet is counted as if it had, and left out where it is read. */
const businessTimeOf = (instant: string): string =>
  `${businessTimeUntil(`ifNull(${instant}, opened_at)`)} AS ${businessColumn(instant)}`

const RESOLVED = 'resolved_at >= window_start AND resolved_at < window_end'
const MS_PER_HOUR = 3_600_000
/** Hours of the tickets resolved in the period from opening to an instant, if that has come. */
const hoursTo = (instant: string, milliseconds: string): string =>
  `groupArrayIf(${milliseconds} / ${MS_PER_HOUR},
    ${RESOLVED} AND ${instant} >= opened_at AND ${instant} < window_end)`
const elapsedTo = (instant: string): string =>
  hoursTo(instant, `dateDiff('millisecond', opened_at, assumeNotNull(${instant}))`)
const businessTo = (instant: string): string =>
  hoursTo(instant, `(${businessColumn(instant)} - ${businessColumn('opened_at')})`)

const expressions = {
  resolution_hours: elapsedTo('resolved_at'),
  first_response_hours: elapsedTo('first_response_at'),
  resolution_business_hours: businessTo('resolved_at'),
  first_response_business_hours: businessTo('first_response_at'),
  open: 'countIf(resolved_at IS NULL OR resolved_at >= window_end)',
  opened: `countIf(opened_at >= ${daysBeforeEnd(RATE_DAYS)})`,
  opened_by_kind: `sumMapIf(
    map(toString(kind), toUInt64(1)), opened_at >= ${daysBeforeEnd(RATE_DAYS)})`,
  how_to: `countIf(opened_at >= ${daysBeforeEnd(QUIET_DAYS)} AND kind IN {how_to_kinds:Array(String)})`,
}
const inBusinessHours = ['resolution_business_hours', 'first_response_business_hours']

const measures: Readonly<Record<keyof typeof expressions, Measure>> = {
  resolution_hours: {
    type: 'samples',
    says: { en: 'hours from opening to resolution', ja: '起票から解決までの時間' },
  },
  first_response_hours: {
    type: 'samples',
    says: { en: 'hours from opening to the first answer', ja: '起票から初回回答までの時間' },
  },
  resolution_business_hours: {
    type: 'samples',
    says: {
      en: 'business hours from opening to resolution',
      ja: '起票から解決までの営業時間',
    },
  },
  first_response_business_hours: {
    type: 'samples',
    says: {
      en: 'business hours from opening to the first answer',
      ja: '起票から初回回答までの営業時間',
    },
  },
  open: { type: 'count', says: { en: 'open tickets', ja: '未解決のチケット数' } },
  opened: {
    type: 'count',
    says: { en: `tickets opened in ${RATE_DAYS} days`, ja: `直近${RATE_DAYS}日に起票された件数` },
  },
  opened_by_kind: {
    type: 'counts_by_key',
    says: {
      en: `tickets of each kind opened in ${RATE_DAYS} days`,
      ja: `直近${RATE_DAYS}日に起票された種類ごとの件数`,
    },
  },
  how_to: {
    type: 'count',
    says: {
      en: `tickets opened in ${QUIET_DAYS} days that ask how something is done`,
      ja: `直近${QUIET_DAYS}日に起票された使い方の問い合わせ件数`,
    },
  },
}

/** Each ticket in each window, with the business time until each of its instants where wanted. */
const inWindows = (context: SourceContext, business: boolean): PlanNode => ({
  name: 'tickets_in_windows',
  says: business
    ? {
        en: 'Tickets opened before the end of each period, and the business time until they were opened, answered and resolved',
        ja: '各期末までに起票されたチケットと、起票・初回回答・解決の各時点までの累計営業時間',
      }
    : {
        en: 'Tickets opened before the end of each period',
        ja: '各期末までに起票されたチケット',
      },
  inputs: [],
  sql: `
SELECT
${list(
  ...['i', ofWindow('start'), ofWindow('end'), 'account_id', 'kind', ...INSTANTS],
  ...(business ? INSTANTS.map(businessColumn) : []),
)}
FROM (${layered(
    knownFacts(
      { table: 'tickets', columns: ['kind', ...INSTANTS], someAccounts: context.someAccounts },
      context,
    ),
    // Once for each ticket and not for each window.
    ...(business ? [INSTANTS.map(businessTimeOf)] : []),
  )}
)
${eachWindowThat(context, ['end'], 'opened_at < window_end')}`,
})

/** Of a customer without tickets these are 0, where the workspace records tickets. */
const counts = ['open', 'opened', 'how_to']

/** One row for each account with a ticket opened before the window's end, and for each customer. */
export const tickets: Source = {
  name: 'tickets',
  measures,
  reach: (measure, { start, end }, { settings }) => {
    const days: Readonly<Record<string, number>> = {
      opened: RATE_DAYS,
      opened_by_kind: RATE_DAYS,
      how_to: QUIET_DAYS,
      // An open one is never deleted.
      open: 0,
    }
    const back = days[measure]
    return { tickets: back === undefined ? start : shiftDays(end, -back, settings.timeZone) }
  },
  node: (wanted, context) => {
    const business = inBusinessHours.some((name) => wanted.has(name))
    const node: PlanNode = {
      name: 'account_tickets',
      says: {
        en: 'Per account: hours of tickets resolved in the period, and tickets opened, or open at its end',
        ja: '顧客ごと: 期間内に解決したチケットの所要時間と、起票件数・期末の未解決件数',
      },
      inputs: [inWindows(context, business)],
      sql: `
SELECT
${list('i', 'account_id', ...selected(expressions, wanted))}
FROM tickets_in_windows
GROUP BY i, account_id`,
      params: {
        how_to_kinds: context.settings.howToTicketKinds,
        ...(business ? businessTimeParams(context.windows, context.settings) : {}),
      },
    }
    const kind = { table: 'tickets', at: 'opened_at' } as const
    return amongCustomers(node, [kind], measures, counts, wanted, context)
  },
}

import type { PlanNode } from '../plan/node.ts'
import { knownFacts, knownThere, versionTimes, whereAll } from '../sql/versions.ts'
import { daysBeforeEnd, eachWindow } from '../sql/windows.ts'
import { amongCustomers } from './among-customers.ts'
import { list, type Measure, type Source, type SourceContext, selected } from './source.ts'

/** Days after which a CSM's pulse says nothing any more, and in which contacts are counted. */
export const TOUCH_DAYS = 90
/** Days without a contact out of plan, of an account that gets along by itself. */
export const QUIET_DAYS = 60

/** The start of the local day that lies some days before the end of the window. */
export const daysBefore = (days: number): string =>
  `toTimeZone(addDays(toTimeZone(window_end, {time_zone:String}), -${days}), 'UTC')`

/** Touchpoints and the contacts that they name, stacked: folded by contact, that needs no join. */
const withContacts = (context: SourceContext): PlanNode => ({
  name: 'touchpoints_and_contacts',
  says: {
    en: 'Touchpoints, and which contacts are decision makers',
    ja: '接点と、決裁者である担当者',
  },
  inputs: [],
  sql: `
SELECT
  account_id, record_id, contact_id, false AS decides, occurred_at AS at, kind, decision_maker, planned,
  sentiment${versionTimes(context)}
FROM (${knownFacts(
    {
      table: 'touchpoints',
      columns: ['contact_id', 'occurred_at', 'kind', 'decision_maker', 'planned', 'sentiment'],
      someAccounts: context.someAccounts,
    },
    context,
  )}
)
UNION ALL
SELECT
  account_id, record_id, if(source_id = '', record_id, source_id), true, NULL, '', false, false,
  NULL${versionTimes(context)}
FROM (${knownFacts(
    {
      table: 'contacts',
      columns: ['source_id', 'decision_maker'],
      someAccounts: context.someAccounts,
    },
    context,
  )}
)
WHERE decision_maker`,
})

const byContact = (context: SourceContext): PlanNode => ({
  name: 'touchpoints_by_contact',
  says: {
    en: 'Touchpoints before the end of each period, per contact; those that name nobody together',
    ja: '各期末までの接点を担当者ごとに集計(相手不明のものはまとめる)',
  },
  inputs: [withContacts(context)],
  sql: `
SELECT
  i, account_id, contact_id,
  countIf(NOT decides) AS touches,
  max(decides) AND contact_id != '' AS decides_here,
  countIf(talk AND at >= recent) AS talks,
  countIf(talk AND at >= recent AND decision_maker) AS talks_flagged,
  countIf(personal AND NOT planned AND at >= quiet) AS unplanned,
  maxIf(
    tuple(assumeNotNull(at), record_id, ifNull(sentiment, 0)),
    sentiment BETWEEN 1 AND 5 AND at >= recent) AS pulse
FROM (
  SELECT
    i, *,
    kind IN ('meeting', 'call') AS talk,
    kind IN ('meeting', 'call', 'email', 'chat') AS personal,
    ${daysBeforeEnd(TOUCH_DAYS)} AS recent,
    ${daysBeforeEnd(QUIET_DAYS)} AS quiet
  FROM touchpoints_and_contacts
  ${eachWindow('end', 'known')}
  ${whereAll(...knownThere(context), '(decides OR at < window_end)')}
)
GROUP BY i, account_id, contact_id`,
})

const expressions = {
  decision_maker_contacts: 'sum(if(decides_here, talks, talks_flagged))',
  unplanned_contacts: 'sum(unplanned)',
  pulse: 'nullIf(tupleElement(max(pulse), 3), 0)',
}

const measures: Readonly<Record<keyof typeof expressions, Measure>> = {
  decision_maker_contacts: {
    type: 'count',
    says: {
      en: `meetings and calls with a decision maker in ${TOUCH_DAYS} days`,
      ja: `直近${TOUCH_DAYS}日の決裁者との会議・電話の回数`,
    },
  },
  unplanned_contacts: {
    type: 'count',
    says: {
      en: `meetings, calls, e-mails and chats in ${QUIET_DAYS} days that were not planned`,
      ja: `直近${QUIET_DAYS}日の計画外の会議・電話・メール・チャットの回数`,
    },
  },
  pulse: {
    type: 'count',
    says: {
      en: `the last CSM pulse, 1 to 5, not older than ${TOUCH_DAYS} days`,
      ja: `直近${TOUCH_DAYS}日以内の最新のCSMの所感(1〜5)`,
    },
  },
}
/** Of a customer without touchpoints these are 0, where the workspace records touchpoints. */
const counts = ['decision_maker_contacts', 'unplanned_contacts']

/** One row for each account with a touchpoint before the window's end, and for each customer. */
export const touchpoints: Source = {
  name: 'touchpoints',
  measures,
  node: (wanted, context) => {
    const node: PlanNode = {
      name: 'account_touchpoints',
      says: {
        en: 'Per account: contacts with decision makers, contacts out of plan, and the last pulse',
        ja: '顧客ごと: 決裁者との接触、計画外の接触、最新の所感',
      },
      inputs: [byContact(context)],
      sql: `
SELECT
${list('i', 'account_id', ...selected(expressions, wanted))}
FROM touchpoints_by_contact
GROUP BY i, account_id
HAVING sum(touches) > 0`,
    }
    const kind = { table: 'touchpoints', at: 'occurred_at' } as const
    return amongCustomers(node, [kind], measures, counts, wanted, context)
  },
}

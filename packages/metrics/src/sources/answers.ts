import { shiftDays } from '../periods.ts'
import type { PlanNode } from '../plan/node.ts'
import { thoseRead } from '../sql/layers.ts'
import { eachWindowThat, ofWindow } from '../sql/per-window.ts'
import { FAR, knownFacts, versionTimes } from '../sql/versions.ts'
import { list, type Source, type SourceContext, selected } from './source.ts'

/** Answers out of their scale are left to the data-quality report. */
const scales = { nps: [0, 10], csat: [1, 5], ces: [1, 7] } as const
type Kind = keyof typeof scales

/** What of the answers the measures asked for are made of. */
interface Asked {
  readonly kinds: readonly Kind[]
  readonly deliveries: boolean
}

const askedBy = (wanted: Iterable<string>): Asked => {
  const names = [...wanted]
  const ofKind = (kind: Kind) =>
    names.some((name) => name.startsWith(kind) || (kind === 'nps' && name === 'detractors'))
  return {
    kinds: (['nps', 'csat', 'ces'] as const).filter(ofKind),
    deliveries: names.some((name) => name === 'delivered' || name === 'responded'),
  }
}

const inScale = ({ kinds }: Asked): string =>
  kinds.length === 0
    ? 'false'
    : `ifNull(${kinds
        .map((kind) => `kind = '${kind}' AND score BETWEEN ${scales[kind].join(' AND ')}`)
        .join(' OR ')}, false)`

const SCORED = 'in_scale AND answered >= window_answers_from AND answered < window_end'
const DELIVERED = 'delivered >= window_answers_from AND delivered < window_end'

/** Sorts as the instants do, and the records of one instant by their id. */
const ORDER = `concat(
      leftPad(toString(toUnixTimestamp64Milli(answered) + ${-Date.parse('1900-01-01')}), 15, '0'),
      record_id)`

/** Each answer, and each survey delivered, with what does not depend on the window. */
const each = (context: SourceContext, asked: Asked): string => `
SELECT
  account_id, kind,
  if(respondent_id = '', concat('\\x1f', record_id), respondent_id) AS person,
  ifNull(answered_at, ${FAR}) AS answered, ifNull(delivered_at, ${FAR}) AS delivered,
  ${inScale(asked)} AS in_scale,
  if(kind = 'ces' AND ces_direction = 'lower_is_easier', 8 - score, score) AS points,
  ${ORDER} AS answer_order${versionTimes(context)}
FROM (${knownFacts(
  {
    table: 'survey_answers',
    columns: ['kind', 'respondent_id', 'score', 'delivered_at', 'answered_at', 'ces_direction'],
    someAccounts: context.someAccounts,
  },
  context,
)}
)
WHERE ${asked.deliveries ? 'in_scale OR delivered_at IS NOT NULL' : 'in_scale'}`

const byPerson = (context: SourceContext, asked: Asked): PlanNode => ({
  name: 'answers_by_person',
  says: {
    en: `Answers, and surveys delivered, of the last ${context.settings.npsWindowDays} days, per person; an anonymous answer is a person of its own. CES scores are turned so that higher is easier`,
    ja: `直近${context.settings.npsWindowDays}日の回答と配信を人ごとに集計(匿名の回答はそれぞれ別の人とみなす)。CESは大きいほど容易になるよう向きをそろえる`,
  },
  inputs: [],
  sql: (read) => `
SELECT
${list(
  'i',
  'account_id',
  'kind',
  'person',
  ...thoseRead(read, [
    'argMaxIf(points, answer_order, scored) AS latest',
    'countIf(scored) AS answers',
    "countIf(scored AND points >= if(kind = 'csat', 4, 5)) AS good",
    'sumIf(points, scored) AS total',
    'countIf(is_delivered) AS deliveries',
    'countIf(is_delivered AND answered < window_end) AS responses',
  ]),
)}
FROM (
  SELECT *, ${SCORED} AS scored, ${DELIVERED} AS is_delivered
  FROM (
    SELECT i, *, ${ofWindow('end')}, ${ofWindow('answers_from')}
    FROM (${each(context, asked)}
    )
    ${eachWindowThat(
      context,
      ['end', 'answers_from'],
      asked.deliveries ? `(${SCORED} OR ${DELIVERED})` : SCORED,
    )}
  )
)
GROUP BY i, account_id, kind, person`,
})

const people = (more = ''): string => `countIf(kind = 'nps' AND answers > 0${more})`
const ofPeople = (sql: string): string => `if(${people()} = 0, NULL, ${sql})`
const NET = `toInt64(${people(' AND latest >= 9')}) - toInt64(${people(' AND latest <= 6')})`
const answersTo = (kind: string): string => `nullIf(sumIf(answers, kind = '${kind}'), 0)`
const ofAnswersTo = (kind: string, sql: string): string =>
  `if(sumIf(answers, kind = '${kind}') = 0, NULL, sumIf(${sql}, kind = '${kind}'))`

const measures = {
  nps_answers: `nullIf(${people()}, 0)`,
  nps_net: ofPeople(NET),
  nps: ofPeople(`100 * (${NET}) / ${people()}`),
  detractors: ofPeople(people(' AND latest <= 6')),
  csat_answers: answersTo('csat'),
  csat_good: ofAnswersTo('csat', 'good'),
  csat_total: ofAnswersTo('csat', 'total'),
  ces_answers: answersTo('ces'),
  ces_easy: ofAnswersTo('ces', 'good'),
  ces_total: ofAnswersTo('ces', 'total'),
  delivered: 'nullIf(sum(deliveries), 0)',
  responded: 'if(sum(deliveries) = 0, NULL, sum(responses))',
}

/**
 * One row for each account with an answer of a kind that is asked for in the window, or a delivery where
 * deliveries are; NULL where there is none of the others.
 */
export const answers: Source = {
  name: 'answers',
  measures: {
    nps_answers: { type: 'count', says: { en: 'people who answered', ja: '回答者数' } },
    nps_net: { type: 'count', says: { en: 'promoters less detractors', ja: '推奨者数−批判者数' } },
    nps: { type: 'number', says: { en: 'NPS of its people', ja: '顧客内の回答者のNPS' } },
    detractors: { type: 'count', says: { en: 'detractors', ja: '批判者数' } },
    csat_answers: { type: 'count', says: { en: 'CSAT answers', ja: 'CSATの回答数' } },
    csat_good: { type: 'count', says: { en: 'answers of 4 or 5', ja: '4または5の回答数' } },
    csat_total: { type: 'number', says: { en: 'sum of the CSAT scores', ja: 'CSATの点数の合計' } },
    ces_answers: { type: 'count', says: { en: 'CES answers', ja: 'CESの回答数' } },
    ces_easy: { type: 'count', says: { en: 'answers of 5 to 7', ja: '5〜7の回答数' } },
    ces_total: {
      type: 'number',
      says: {
        en: 'sum of the CES scores, higher being easier',
        ja: 'CESの点数の合計(大きいほど容易)',
      },
    },
    delivered: { type: 'count', says: { en: 'surveys delivered', ja: '配信されたアンケート数' } },
    responded: { type: 'count', says: { en: 'of them answered', ja: 'そのうち回答された数' } },
  },
  reach: (_measure, { end }, { settings }) => ({
    survey_answers: shiftDays(end, -settings.npsWindowDays, settings.timeZone),
  }),
  node: (wanted, context) => ({
    name: 'account_answers',
    says: {
      en: 'Per account: the latest NPS answer of each person, all CSAT and CES answers, and what was delivered',
      ja: '顧客ごと: 各人の最新のNPS回答、すべてのCSAT・CES回答、配信数',
    },
    inputs: [byPerson(context, askedBy(wanted))],
    sql: `
SELECT
${list('i', 'account_id', ...selected(measures, wanted))}
FROM answers_by_person
GROUP BY i, account_id`,
  }),
}

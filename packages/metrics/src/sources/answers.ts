import type { PlanNode } from '../plan/node.ts'
import { factVersions, KNOWN_IN_WINDOW } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import { list, type Source, type SourceContext, selected } from './source.ts'

/** Answers out of their scale are left to the data-quality report. */
const SCORED = `answered_at >= window_answers_from AND answered_at < window_end
    AND (kind = 'nps' AND score BETWEEN 0 AND 10
      OR kind = 'csat' AND score BETWEEN 1 AND 5 OR kind = 'ces' AND score BETWEEN 1 AND 7)`
const DELIVERED = 'delivered_at >= window_answers_from AND delivered_at < window_end'

const byPerson = ({ settings, someAccounts }: SourceContext): PlanNode => ({
  name: 'answers_by_person',
  says: {
    en: `Answers, and surveys delivered, of the last ${settings.npsWindowDays} days, per person; an anonymous answer is a person of its own. CES scores are turned so that higher is easier`,
    ja: `直近${settings.npsWindowDays}日の回答と配信を人ごとに集計(匿名の回答はそれぞれ別の人とみなす)。CESは大きいほど容易になるよう向きをそろえる`,
  },
  inputs: [],
  sql: `
SELECT
  i, account_id, kind, respondent_id, if(respondent_id = '', record_id, '') AS anonymous,
  argMaxIf(points, tuple(answered_at, record_id), scored) AS latest,
  countIf(scored) AS answers,
  countIf(scored AND points >= if(kind = 'csat', 4, 5)) AS good,
  sumIf(points, scored) AS total,
  countIf(delivered) AS deliveries,
  countIf(delivered AND answered_at < window_end) AS responses
FROM (
  SELECT
    i, window_end, *,
    ifNull(${SCORED}, false) AS scored,
    ifNull(${DELIVERED}, false) AS delivered,
    if(kind = 'ces' AND ces_direction = 'lower_is_easier', 8 - score, score) AS points
  FROM (${factVersions({
    table: 'survey_answers',
    columns: ['kind', 'respondent_id', 'score', 'delivered_at', 'answered_at', 'ces_direction'],
    someAccounts,
  })}
  )
  ${eachWindow('end', 'known', 'answers_from')}
  WHERE ${KNOWN_IN_WINDOW}
)
WHERE scored OR delivered
GROUP BY i, account_id, kind, respondent_id, anonymous`,
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

/** One row for each account with an answer or a delivery in the window; NULL where there is none. */
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
  node: (wanted, context) => ({
    name: 'account_answers',
    says: {
      en: 'Per account: the latest NPS answer of each person, all CSAT and CES answers, and what was delivered',
      ja: '顧客ごと: 各人の最新のNPS回答、すべてのCSAT・CES回答、配信数',
    },
    inputs: [byPerson(context)],
    sql: `
SELECT
${list('i', 'account_id', ...selected(measures, wanted))}
FROM answers_by_person
GROUP BY i, account_id`,
  }),
}

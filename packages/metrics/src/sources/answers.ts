import type { PlanNode } from '../plan/node.ts'
import { factVersions, KNOWN_IN_WINDOW } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import { list, type Source, type SourceContext, selected } from './source.ts'

/** Answers out of their scale are left to the data-quality report. */
const byPerson = ({ settings, someAccounts }: SourceContext): PlanNode => ({
  name: 'answers_by_person',
  says: {
    en: `Answers of the last ${settings.npsWindowDays} days, per person; an anonymous answer is a person of its own`,
    ja: `直近${settings.npsWindowDays}日の回答を人ごとに集計(匿名の回答はそれぞれ別の人とみなす)`,
  },
  inputs: [],
  sql: `
SELECT
  i, account_id, kind, respondent_id, if(respondent_id = '', record_id, '') AS anonymous,
  argMax(score, tuple(answered_at, record_id)) AS latest,
  count() AS answers, countIf(score >= 4) AS good, sum(score) AS total
FROM (${factVersions({
    table: 'survey_answers',
    columns: ['kind', 'respondent_id', 'score', 'answered_at'],
    someAccounts,
  })}
)
${eachWindow('end', 'known', 'answers_from')}
WHERE ${KNOWN_IN_WINDOW}
  AND answered_at >= window_answers_from AND answered_at < window_end
  AND (kind = 'nps' AND score BETWEEN 0 AND 10 OR kind = 'csat' AND score BETWEEN 1 AND 5)
GROUP BY i, account_id, kind, respondent_id, anonymous`,
})

const OF_NPS = "kind = 'nps'"
const measures = {
  nps_answers: `nullIf(countIf(${OF_NPS}), 0)`,
  nps_net: `if(countIf(${OF_NPS}) = 0, NULL,
    toInt64(countIf(${OF_NPS} AND latest >= 9)) - toInt64(countIf(${OF_NPS} AND latest <= 6)))`,
  detractors: `if(countIf(${OF_NPS}) = 0, NULL, countIf(${OF_NPS} AND latest <= 6))`,
  csat_answers: "nullIf(sumIf(answers, kind = 'csat'), 0)",
  csat_good: "if(csat_answers IS NULL, NULL, sumIf(good, kind = 'csat'))",
  csat_total: "if(csat_answers IS NULL, NULL, sumIf(total, kind = 'csat'))",
}

/** One row for each account with an answer in the window; counts are NULL where there is none. */
export const answers: Source = {
  name: 'answers',
  measures: {
    nps_answers: { type: 'count', says: { en: 'people who answered', ja: '回答者数' } },
    nps_net: { type: 'count', says: { en: 'promoters less detractors', ja: '推奨者数−批判者数' } },
    detractors: { type: 'count', says: { en: 'detractors', ja: '批判者数' } },
    csat_answers: { type: 'count', says: { en: 'answers', ja: '回答数' } },
    csat_good: { type: 'count', says: { en: 'answers of 4 or 5', ja: '4または5の回答数' } },
    csat_total: { type: 'number', says: { en: 'sum of the scores', ja: '点数の合計' } },
  },
  node: (wanted, context) => ({
    name: 'account_answers',
    says: {
      en: 'Per account: the latest NPS answer of each person, and all CSAT answers',
      ja: '顧客ごと: 各人の最新のNPS回答と、すべてのCSAT回答',
    },
    inputs: [byPerson(context)],
    sql: `
SELECT
${list('i', 'account_id', ...selected(measures, new Set([...wanted, 'csat_answers'])))}
FROM answers_by_person
GROUP BY i, account_id`,
  }),
}

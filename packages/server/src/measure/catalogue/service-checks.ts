/** Checks of the metrics of surveys, support, contacts and onboarding, on the service company. */
import type { Check } from './checks.ts'
import { SERVICE } from './service-company.ts'

const T1 = "toDateTime64('2026-04-30 15:00:00', 3, 'UTC')"
const HERE = "workspace_id = 'service'"
/** The last day of January is the first of the 90 days. */
const IN_90 = (at: string): string => `${at} >= ${T1} - INTERVAL 90 DAY AND ${at} < ${T1}`

const IN_28 = (at: string): string => `${at} >= ${T1} - INTERVAL 28 DAY AND ${at} < ${T1}`

const NPS = `SELECT account_id AS a, 100 * (countIf(latest >= 9) - countIf(latest <= 6)) / count() AS nps FROM (
  SELECT account_id, argMax(score, answered_at) AS latest FROM survey_answers
  WHERE ${HERE} AND kind = 'nps' AND score IS NOT NULL AND ${IN_90('answered_at')}
  GROUP BY account_id, respondent_id) GROUP BY account_id`
const CES = `SELECT if(ces_direction = 'lower_is_easier', 8 - score, score) AS ease FROM survey_answers
  WHERE ${HERE} AND kind = 'ces' AND score <= 7 AND ${IN_90('answered_at')}`
const touched = (expression: string): string =>
  `SELECT ${expression} AS value FROM touchpoints WHERE ${HERE} AND occurred_at < ${T1}`

/** Business hours of the tickets resolved in April, counted on the calendar by hand. */
const business = (hours: readonly number[], level: number): string =>
  `SELECT quantileExactInclusive(${level})(arrayJoin([${hours.join(', ')}])) AS value`
const TO_RESOLUTION = [4, 2, 6, 0, 45]
const TO_ANSWER = [1.5, 0, 0.25]

/** One row for each account with something required: when it entered, and when it was complete. */
const ONBOARDINGS = `SELECT account_id AS a, toDate(min(entered_at), 'Asia/Tokyo') AS entered,
    if(countIf(met_at IS NULL OR met_at >= ${T1}) > 0, NULL, toDate(max(met_at), 'Asia/Tokyo')) AS done
  FROM milestones WHERE ${HERE} AND required GROUP BY account_id`
const onboarded = (expression: string, where = '1'): string =>
  `SELECT ${expression} AS value FROM (${ONBOARDINGS}) WHERE ${where}`
const APRIL = (day: string): string => `${day} BETWEEN '2026-04-01' AND '2026-04-30'`
const DUE = APRIL('least(coalesce(done, entered + 90), entered + 90)')
/** The accounts that start in April, and the days to their first use and to their first value. */
const STARTS = `SELECT * FROM values('a String, used Nullable(Int32), valued Nullable(Int32), has_value Bool',
  ('t', 4, 10, true), ('u', NULL, NULL, true), ('v', 0, NULL, false), ('w', NULL, NULL, false))`

const byHand: Readonly<Record<string, Omit<Check, 'workspace'>>> = {
  // 0, 100, −100 and 100.
  nps_by_account: { value: 25, sql: `SELECT avg(nps) AS value FROM (${NPS})` },
  // The account without a contract weighs nothing.
  nps_by_arr: {
    value: 100 / 7,
    sql: `SELECT sum(arr * nps) / sum(arr) AS value FROM (${NPS}) AS answers INNER JOIN (
      SELECT account_id AS a, toFloat64(amount) * 12 AS arr FROM contract_lines WHERE ${HERE}) AS lines USING a`,
  },
  // 6, 8 − 2, 4, 8 − 5 and 1.
  ces: { value: 4, sql: `SELECT avg(ease) AS value FROM (${CES})` },
  ces_easy_share: {
    value: 2 / 5,
    sql: `SELECT countIf(ease >= 5) / count() AS value FROM (${CES})`,
  },
  response_rate: {
    value: 3 / 5,
    sql: `SELECT countIf(answered_at < ${T1}) / count() AS value FROM survey_answers
      WHERE ${HERE} AND ${IN_90('delivered_at')}`,
  },
  // 4 for p and 2 for r; that of q has expired.
  csm_sentiment: {
    value: 3,
    sql: `SELECT avg(pulse) AS value FROM (
      SELECT argMax(sentiment, occurred_at) AS pulse FROM touchpoints
      WHERE ${HERE} AND sentiment IS NOT NULL AND ${IN_90('occurred_at')} GROUP BY account_id)`,
  },
  resolution_time_business: { value: 4, sql: business(TO_RESOLUTION, 0.5) },
  // Between 6 and 45, at six tenths of the way.
  resolution_time_business_p90: { value: 29.4, sql: business(TO_RESOLUTION, 0.9) },
  first_response_time_business: { value: 0.25, sql: business(TO_ANSWER, 0.5) },
  first_response_time_business_p90: { value: 1.25, sql: business(TO_ANSWER, 0.9) },
  // Three opened from the 3rd on; five users, of whom two are of accounts without tickets.
  ticket_rate: {
    value: 60,
    sql: `SELECT 100 * (SELECT count() FROM tickets WHERE ${HERE} AND ${IN_28('opened_at')})
      / (SELECT uniqExact(account_id, user_id) FROM usage_events WHERE ${HERE}
        AND ${IN_28('occurred_at')}) AS value`,
  },
  how_to_tickets: {
    value: 3,
    sql: `SELECT count() AS value FROM tickets WHERE ${HERE} AND kind IN ('how_to', '使い方')
      AND opened_at >= ${T1} - INTERVAL 60 DAY`,
  },
  decision_maker_contacts: {
    value: 3,
    sql: touched(`countIf((decision_maker OR (account_id IN ('p', 'r') AND contact_id = 'k1'))
      AND kind IN ('meeting', 'call') AND ${IN_90('occurred_at')})`),
  },
  unplanned_contacts: {
    value: 2,
    sql: touched(
      `countIf(NOT planned AND kind != 'event' AND occurred_at >= ${T1} - INTERVAL 60 DAY)`,
    ),
  },
  // Of p, q, t and w all but p are complete; r was due in March.
  onboarding_completion_rate: { value: 3 / 4, sql: onboarded('count(done) / count()', DUE) },
  onboarding_in_progress: {
    value: 1,
    sql: onboarded('count()', "done IS NULL AND entered + 90 > '2026-04-30'"),
  },
  onboarding_complete: { value: 4, sql: onboarded('count(done)') },
  // 20, 95, 125 and 1.
  onboarding_days: { value: 60.25, sql: onboarded('avg(done - entered)', APRIL('done')) },
  onboarding_days_median: {
    value: 57.5,
    sql: onboarded('median(done - entered)', APRIL('done')),
  },
  // Of two one was complete after 20 days.
  onboarding_days_km: {
    value: 20,
    sql: onboarded('if(count(done) / count() >= 0.5, max(done - entered), NULL)', APRIL('entered')),
  },
  time_to_first_use: { value: 2, sql: `SELECT median(used) AS value FROM (${STARTS})` },
  time_to_first_use_pending: {
    value: 1 / 2,
    sql: `SELECT countIf(used IS NULL) / count() AS value FROM (${STARTS})`,
  },
  time_to_value: { value: 10, sql: `SELECT median(valued) AS value FROM (${STARTS})` },
  time_to_value_pending: {
    value: 1 / 2,
    sql: `SELECT countIf(valued IS NULL) / count() AS value FROM (${STARTS}) WHERE has_value`,
  },
  // p has not completed its onboarding, q is used by one of three; t gets along. Of v, which is active
  // as well, nothing says whether it is onboarded.
  self_sufficient_rate: {
    value: 1 / 3,
    sql: `SELECT countIf(done IS NOT NULL AND users >= 0.5 * known AND users >= 0.5 * seats
        AND a NOT IN ('p', 'q')) / count() AS value
      FROM (SELECT account_id AS a, uniqExact(user_id) AS users FROM usage_events
        WHERE ${HERE} AND ${IN_28('occurred_at')} GROUP BY a) AS used
      INNER JOIN (SELECT account_id AS a, countIf(user_id != '') AS known FROM contacts
        WHERE ${HERE} GROUP BY a HAVING known > 0) AS people USING a
      INNER JOIN (SELECT account_id AS a, toFloat64(quantity) AS seats FROM contract_lines
        WHERE ${HERE} AND state = 'active') AS lines USING a
      INNER JOIN (${ONBOARDINGS}) AS onboardings USING a`,
  },
}

export const serviceChecks: Readonly<Record<string, Check>> = Object.fromEntries(
  Object.entries(byHand).map(([key, check]) => [key, { ...check, workspace: SERVICE }]),
)

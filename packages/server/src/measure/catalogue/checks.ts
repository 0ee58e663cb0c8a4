/**
 * For each built-in metric a query written by hand, and the figure that it must give for April 2026 of
 * the tiny company (instant metrics at the end of 30 April, in Tokyo). The queries know the company:
 * they need not handle what it does not have. Money is compared as text, other figures as numbers.
 */
import { serviceChecks } from './service-checks.ts'

export interface Check {
  readonly value: string | number
  readonly sql: string
  /** Where it is asked; without it, the tiny company. */
  readonly workspace?: string
}

/** Settings that the figures are of: those without a default, without which there is no value. */
export const CHECKED_SETTINGS = {
  planFeatures: { pro: ['login', 'export'], enterprise: ['login', 'export', 'report'] },
}

const T0 = "toDateTime64('2026-03-31 15:00:00', 3, 'UTC')"
const T1 = "toDateTime64('2026-04-30 15:00:00', 3, 'UTC')"
const IN_TINY = "workspace_id = 'tiny'"

/** Yen a month of each line, without discount; the dollar line at 150 and at 160 yen. */
const LINES = `lines AS (
  SELECT
    account_id AS a, record_id AS id, product, plan, quantity, effective_from AS f,
    coalesce(effective_to, toDateTime64('2200-01-01 00:00:00', 3, 'UTC')) AS t,
    if(billing_unit = 'year', amount / 12, amount) AS yen,
    toDecimal128(multiIf(id = 'h1', '150', id = 'f1', '0.75', '1'), 2) AS at_start,
    toDecimal128(if(id = 'h1', 160, 1), 2) AS at_end,
    toDecimal128(if(id = 'h1', 150, 1), 2) AS at_end_constant,
    f <= ${T0} AND ${T0} < t AND state != 'trial' AS runs_start,
    f <= ${T1} AND ${T1} < t AND state != 'trial' AS runs_end
  FROM contract_lines WHERE ${IN_TINY}
)`

/** Yen at the start, at the end, and at the end at the start's exchange rate, for each account. */
const ACCOUNTS = `${LINES}, accounts AS (
  SELECT
    a,
    sum(toDecimal128(if(runs_start, yen * at_start, toDecimal128(0, 10)), 8)) AS s,
    sum(toDecimal128(if(runs_end, yen * at_end, toDecimal128(0, 10)), 8)) AS e,
    sum(toDecimal128(if(runs_end, yen * at_end_constant, toDecimal128(0, 10)), 8)) AS c,
    min(f) < ${T0} AS known_before
  FROM lines WHERE a != 'k' GROUP BY a
)`
const of = (expression: string, where = '1'): string =>
  `WITH ${ACCOUNTS} SELECT ${expression} AS value FROM accounts WHERE ${where}`
const ratio = (top: string, bottom: string): string =>
  of(`toFloat64(sum(${top})) / toFloat64(sum(${bottom}))`)
const BOTH = 's > 0 AND e > 0'

/** Which lines of the company grew for which reason: read off its description. */
const cause = (end: string, start: string): string =>
  `WITH ${LINES} SELECT sumIf(yen, id IN (${end})) - sumIf(yen * at_start, id IN (${start})) AS value FROM lines`

const users = (days: number, until = 30): string =>
  `SELECT uniqExact(account_id, user_id) AS value FROM usage_events WHERE ${IN_TINY} AND user_id != ''
   AND toDate(occurred_at, 'Asia/Tokyo') BETWEEN toDate('2026-04-${until}') - ${days - 1} AND toDate('2026-04-${until}')`

/** The use of the 28 days that end with 30 April. */
const USED = `SELECT account_id, user_id, event, toDate(occurred_at, 'Asia/Tokyo') AS day FROM usage_events
  WHERE ${IN_TINY} AND day BETWEEN toDate('2026-04-03') AND toDate('2026-04-30')`
const ofUsers = (top: string): string =>
  `SELECT ${top} / uniqExact(account_id, user_id) AS value FROM (${USED}) WHERE user_id != ''`

const NPS = `SELECT account_id, if(respondent_id = '', record_id, respondent_id) AS who,
    argMax(score, answered_at) AS latest
  FROM survey_answers WHERE ${IN_TINY} AND kind = 'nps' AND score <= 10
    AND answered_at >= ${T1} - INTERVAL 90 DAY AND answered_at < ${T1} GROUP BY account_id, who`
const csat = (expression: string): string =>
  `SELECT ${expression} AS value FROM survey_answers WHERE ${IN_TINY} AND kind = 'csat' AND score <= 5
   AND answered_at < ${T1}`

const hours = (expression: string, from: string): string =>
  `SELECT ${expression} AS value FROM (SELECT dateDiff('minute', opened_at, ${from}) / 60 AS h FROM tickets
   WHERE ${IN_TINY} AND resolved_at >= ${T0} AND resolved_at < ${T1})`

const OVERDUE = `SELECT account_id, due_at, if(currency = 'USD', 150, 1) * (amount - paid_amount) AS unpaid
  FROM invoices WHERE ${IN_TINY} AND due_at < ${T1} AND (paid_at IS NULL OR paid_at >= ${T1})`

/** Days from each last sign on the given tables, to 30 April. */
const daysSince = (last: string): string =>
  `SELECT median(30 - toDayOfMonth(d) + 31 * (4 - toMonth(d))) AS value FROM (
   SELECT a, toDate(max(at), 'Asia/Tokyo') AS d FROM (${last}) WHERE at < ${T1} GROUP BY a)`

/** Contracts of b and j ended in April; a figure of those who are there leaves them out. */
const PRESENT = "a NOT IN ('b', 'j')"

const SIGNS = `SELECT account_id AS a, opened_at AS at FROM tickets WHERE ${IN_TINY}
      UNION ALL SELECT account_id, assumeNotNull(answered_at) FROM survey_answers WHERE ${IN_TINY} AND answered_at IS NOT NULL
      UNION ALL SELECT account_id, occurred_at FROM touchpoints WHERE ${IN_TINY} AND direction != 'outbound'`

/** Terms of April, read off the company: what was due and what followed it, in yen a year. */
const TERMS = `SELECT * FROM values('id String, due UInt64, next UInt64',
  ('a1', 1200000, 1200000), ('a1', 1200000, 1800000), ('b1', 1000000, 0), ('c1', 600000, 960000),
  ('f2', 240000, 0), ('g1', 720000, 480000), ('j1', 120000, 0), ('l1', 840000, 924000))`

export const checks: Readonly<Record<string, Check>> = {
  mrr: { value: '794000', sql: of('sum(e)') },
  arr: { value: '9528000', sql: of('sum(e) * 12') },
  mrr_gross: { value: '794000', sql: of('sum(e)') },
  metered_revenue: {
    value: '7000',
    sql: `SELECT sum(amount) AS value FROM invoices WHERE ${IN_TINY} AND kind = 'metered'`,
  },
  paying_accounts: { value: 8, sql: of('countIf(e > 0)') },
  arpa: { value: '99250', sql: of('sum(e) / countIf(e > 0)') },
  arpu: {
    // Of all customers: those without use bring revenue and no users.
    value: '198500',
    sql: `WITH ${ACCOUNTS} SELECT toFloat64(sum(e)) / 4 AS value FROM accounts`,
  },
  ltv: {
    value: '694750',
    sql: of('(sum(e) / countIf(e > 0)) * countIf(s > 0) / countIf(s > 0 AND e = 0)'),
  },
  clv: {
    value: '395000',
    sql: `SELECT sum(amount * if(currency = 'USD', 150, 1)) AS value FROM invoices
      WHERE ${IN_TINY} AND kind != 'metered' AND issued_at < ${T1}`,
  },

  // Stretches of all accounts in days: 22, 243 and 323 ended, with 10, 5 and 4 at risk; the longest is 395.
  ltv_survival: {
    value: '1034906.4472575',
    sql: of(
      'toFloat64(sum(e)) / countIf(e > 0) * round((22 + 0.9 * 221 + 0.72 * 80 + 0.54 * 72) * 12 / 365.25, 8)',
    ),
  },
  // Behind day 395 they leave at 3 in 2206 days; 60 months are 1826.25 days.
  clv_expected: {
    value: '17091745.09067',
    sql: `SELECT sum(mrr * round((317.38 - area + 0.54 * (1 - exp(-3 / 2206 * (age + 1431.25))) / (3 / 2206)) / left * 12 / 365.25, 8))
        AS value FROM values('mrr Float64, age Float64, left Float64, area Float64',
        (150000, 395, 0.54, 317.38), (80000, 212, 0.9, 193), (30000, 26, 0.9, 25.6), (45000, 19, 1, 19),
        (200000, 365, 0.54, 301.18), (40000, 120, 0.9, 110.2), (160000, 120, 0.9, 110.2), (89000, 361, 0.54, 299.02))`,
  },

  mrr_start: { value: '683333.33333333', sql: of('sum(s)') },
  mrr_new: { value: '30000', sql: of('sum(e)', 's = 0 AND NOT known_before') },
  mrr_reactivation: { value: '45000', sql: of('sum(e)', 's = 0 AND known_before') },
  mrr_expansion: { value: '129000', sql: of('sum(greatest(c - s, 0))', BOTH) },
  mrr_contraction: { value: '20000', sql: of('sum(greatest(s - c, 0))', BOTH) },
  mrr_churn: { value: '83333.33333333', sql: of('sum(s)', 's > 0 AND e = 0') },
  mrr_fx: { value: '10000', sql: of('sum(e - c)', BOTH) },
  mrr_end: { value: '794000', sql: of('sum(e)') },
  mrr_expansion_upgrade: { value: '50000', sql: cause("'a2'", "'a1'") },
  mrr_expansion_seats: { value: '30000', sql: cause("'c2'", "'c1'") },
  mrr_expansion_cross_sell: { value: '12000', sql: cause("'l3'", "''") },
  mrr_expansion_price: { value: '7000', sql: cause("'l2'", "'l1'") },
  // The product that f dropped is taken off its growth.
  mrr_expansion_discount_end: { value: '30000', sql: cause("'f1'", "'f1', 'f2'") },

  nrr: {
    value: 709000 / 683333.33333333,
    sql: ratio('if(s > 0, if(e > 0, c, 0), 0)', 's'),
  },
  grr: {
    value: 580000 / 683333.33333333,
    sql: ratio('if(s > 0, least(s, if(e > 0, c, 0)), 0)', 's'),
  },
  revenue_churn_gross: {
    value: 103333.33333333 / 683333.33333333,
    sql: ratio('if(s > 0, greatest(s - if(e > 0, c, 0), 0), 0)', 's'),
  },
  revenue_churn_net: {
    value: (103333.33333333 - 129000) / 683333.33333333,
    sql: ratio('if(s > 0, s - if(e > 0, c, 0), 0)', 's'),
  },
  customer_churn_rate: { value: 1 / 7, sql: ratio('s > 0 AND e = 0', '(s > 0)') },
  retention_rate: { value: 6 / 7, sql: ratio(BOTH, '(s > 0)') },
  churned_accounts: { value: 1, sql: of('countIf(s > 0 AND e = 0)') },
  new_accounts: { value: 1, sql: of('countIf(s = 0 AND e > 0 AND NOT known_before)') },
  reactivated_accounts: { value: 1, sql: of('countIf(s = 0 AND e > 0 AND known_before)') },
  new_and_lost: { value: 1, sql: of('countIf(s = 0 AND e = 0 AND NOT known_before)') },

  cohort_retention: {
    value: 0.8,
    sql: of('countIf(e > 0) / count()'),
  },
  // Each account at the end of the month in which its first line starts, h in yen of that month.
  cohort_retention_revenue: {
    value: 784000 / 753333.33333333,
    sql: `WITH ${LINES}, starts AS (
        SELECT a, toDateTime(addMonths(toStartOfMonth(min(f), 'Asia/Tokyo'), 1), 'Asia/Tokyo') AS m
        FROM lines WHERE a != 'k' GROUP BY a
      )
      SELECT toFloat64(sumIf(yen * at_end_constant, runs_end)) / toFloat64(sumIf(yen * at_start, f <= m AND m < t))
        AS value FROM lines INNER JOIN starts USING (a)`,
  },

  renewal_rate: {
    value: 5 / 8,
    sql: `SELECT countIf(next > 0) / count() AS value FROM (${TERMS})`,
  },
  renewal_rate_arr: {
    value: 4320000 / 5920000,
    sql: `SELECT sum(least(due, next)) / sum(due) AS value FROM (${TERMS})`,
  },
  renewals_undecided: { value: 0, sql: 'SELECT 0 AS value' },
  renewals_undecided_arr: { value: '0', sql: 'SELECT 0 AS value' },
  // The first of May 2027 for f, since a term that ends with the day is over.
  days_to_renewal: {
    value: 345,
    sql: `SELECT median(d) AS value FROM (
      SELECT account_id, min(dateDiff('day', ${T1}, if(record_id = 'h1', addYears(effective_from, 1),
        addYears(effective_from, if(record_id = 'f1', 2, 1))), 'Asia/Tokyo')) AS d
      FROM contract_lines WHERE ${IN_TINY} AND effective_to IS NULL AND state != 'trial' GROUP BY account_id)`,
  },
  upsell_rate: { value: 2 / 7, sql: "SELECT length(['a', 'c']) / 7 AS value" },
  cross_sell_rate: { value: 1 / 7, sql: "SELECT length(['l']) / 7 AS value" },
  upsell_rate_amount: {
    value: 80000 / 683333.33333333,
    sql: of("toFloat64(sumIf(c - s, a IN ('a', 'c'))) / toFloat64(sum(s))"),
  },
  cross_sell_rate_amount: {
    value: 12000 / 683333.33333333,
    sql: of('12000 / toFloat64(sum(s))'),
  },

  active_users: { value: 4, sql: users(28) },
  active_users_7d: { value: 3, sql: users(7) },
  active_users_1d: { value: 2, sql: users(1) },
  login_trend: {
    value: 4 / 3,
    sql: `SELECT (${users(28)}) / (${users(28, 2)}) AS value`,
  },
  stickiness: { value: 5 / 112, sql: ofUsers('uniqExact(account_id, user_id, day) / 28') },
  // Only z has used it for long enough; its windows before the last had 0, 0, 2, 3 and 2 users.
  login_trend_z: {
    value: -1.4 / Math.sqrt(1.8),
    sql: 'SELECT (0 - avg(u)) / stddevSamp(u) AS value FROM (SELECT arrayJoin([0, 0, 2, 3, 2]) AS u)',
  },
  adoption_rate: {
    value: 3 / 6,
    sql: `SELECT (SELECT uniqExact(account_id, user_id) FROM (${USED}) WHERE user_id != '' AND account_id IN ('a', 'c', 'd'))
      / count() AS value FROM contacts WHERE ${IN_TINY} AND (user_id != '' OR invited_at < ${T1})
      AND coalesce(invited_at, ${T0}) < ${T1} AND coalesce(left_at, ${T1}) >= ${T1}`,
  },
  feature_adoption: {
    value: 1,
    sql: `SELECT uniqExactIf(account_id, event = 'login') / uniqExact(account_id) AS value FROM (${USED})`,
  },
  feature_adoption_users: {
    value: 1,
    sql: ofUsers("uniqExactIf((account_id, user_id), event = 'login')"),
  },
  // Logging in is one of three features of the enterprise plan of a, and one of two of the pro plan.
  breadth: {
    value: 4 / 17,
    sql: `SELECT countIf(used) / sum(if(plan = 'enterprise', 3, 2)) AS value FROM (
      SELECT account_id, any(plan) AS plan, account_id GLOBAL IN (SELECT account_id FROM (${USED})) AS used
      FROM contract_lines WHERE ${IN_TINY} AND effective_to IS NULL AND state != 'trial' GROUP BY account_id)`,
  },
  usage_rate: { value: 5 / 16, sql: ofUsers('count() / 4') },
  // a is ahead of d and f, which are level; all three are large.
  usage_rate_percentile: { value: 3 / 6, sql: 'SELECT (2 + 0.5 + 0.5) / (2 + 2 + 2) AS value' },
  licence_utilisation: {
    value: 4 / 65,
    sql: `SELECT (${users(28)}) / toFloat64(sum(quantity)) AS value FROM contract_lines
      WHERE ${IN_TINY} AND effective_to IS NULL AND state != 'trial'`,
  },

  nps: {
    value: 100 / 6,
    sql: `SELECT 100 * (countIf(latest >= 9) - countIf(latest <= 6)) / count() AS value FROM (${NPS})`,
  },
  detractors: { value: 2, sql: `SELECT countIf(latest <= 6) AS value FROM (${NPS})` },
  csat: { value: 0.5, sql: csat('countIf(score >= 4) / count()') },
  csat_mean: { value: 3, sql: csat('avg(score)') },

  resolution_time: { value: 10, sql: hours('medianExact(h)', 'resolved_at') },
  resolution_time_p90: {
    value: 59.6,
    sql: hours('quantileExactInclusive(0.9)(h)', 'resolved_at'),
  },
  first_response_time: { value: 1, sql: hours('medianExact(h)', 'first_response_at') },
  first_response_time_p90: {
    value: 1.8,
    sql: hours('quantileExactInclusive(0.9)(h)', 'first_response_at'),
  },
  tickets_open: {
    value: 2,
    sql: `SELECT count() AS value FROM tickets WHERE ${IN_TINY} AND opened_at < ${T1}
      AND coalesce(resolved_at, now()) >= ${T1}`,
  },
  silent_days: {
    value: 13,
    sql: daysSince(`SELECT * FROM (${SIGNS}) WHERE ${PRESENT}`),
  },
  // Of the eight customers, those that gave no sign as well.
  engagement: {
    value: 18 / 8,
    sql: `SELECT count() / 8 AS value FROM (${SIGNS}) WHERE ${PRESENT} AND at >= ${T1} - INTERVAL 90 DAY AND at < ${T1}`,
  },
  days_since_contact: {
    value: 19.5,
    sql: daysSince(
      `SELECT account_id AS a, occurred_at AS at FROM touchpoints WHERE ${IN_TINY} AND direction = 'two_way'`,
    ),
  },
  overdue: { value: '135000', sql: `SELECT sum(unpaid) AS value FROM (${OVERDUE})` },
  overdue_days: {
    value: 30,
    sql: `SELECT max(dateDiff('day', due_at, ${T1})) AS value FROM (${OVERDUE})`,
  },
  overdue_accounts: { value: 3, sql: `SELECT uniqExact(account_id) AS value FROM (${OVERDUE})` },
  days_in_onboarding: {
    value: 27,
    sql: `SELECT median(30 - toDayOfMonth(entered_at, 'Asia/Tokyo')) AS value FROM (
      SELECT account_id, min(entered_at) AS entered_at FROM milestones WHERE ${IN_TINY} AND required
      GROUP BY account_id HAVING countIf(met_at IS NULL OR met_at >= ${T1}) > 0)`,
  },

  ...serviceChecks,
}

/**
 * Figures of the board and the sheet as one would write them by hand for this company alone: all in one
 * currency, no fact ever corrected, settings as they are. They need not tell versions apart, convert
 * amounts, give reasons or n; the program does.
 *
 * One text for the three engines, with what they spell differently put in by `dialect`.
 */
import { WORKSPACE } from './company.ts'
import { months, type Shape } from './questions.ts'

export interface Dialect {
  readonly name: 'ClickHouse' | 'PostgreSQL' | 'DuckDB'
  /** The windows as a table w of i, t0 and t1; instants in UTC. */
  windows(of: readonly { start: string; end: string }[]): string
  /** The first of the group by the order, as an aggregate. */
  latest(value: string, by: string): string
  distinct(...columns: string[]): string
  localDay(at: string): string
  plus(at: string, days: number): string
  /** What is in a half-open or open interval of the lines. */
  where(table: string): string
}

const utc = (instant: string): string => instant.replace('T', ' ').replace('Z', '')

const valuesOf = (of: readonly { start: string; end: string }[], type: string): string =>
  of.map(({ start, end }, i) => `(${i}, ${type} '${utc(start)}', ${type} '${utc(end)}')`).join(', ')

export const clickHouse: Dialect = {
  name: 'ClickHouse',
  windows: (of) =>
    `w AS (SELECT * FROM values('i UInt32, t0 DateTime64(3), t1 DateTime64(3)', ${of
      .map(({ start, end }, i) => `(${i}, '${utc(start)}', '${utc(end)}')`)
      .join(', ')}))`,
  latest: (value, by) => `argMax(${value}, ${by})`,
  distinct: (...columns) => `uniqExact(${columns.join(', ')})`,
  localDay: (at) => `toDate(${at}, 'Asia/Tokyo')`,
  plus: (at, days) => `addDays(${at}, ${days})`,
  where: (table) => `${table}.workspace_id = '${WORKSPACE}'`,
}

const postgresLike = {
  windows: (of: readonly { start: string; end: string }[]) =>
    `w (i, t0, t1) AS (VALUES ${valuesOf(of, 'timestamp')})`,
  distinct: (...columns: string[]) => `count(DISTINCT (${columns.join(', ')}))`,
  localDay: (at: string) => `(${at} + interval '9 hours')::date`,
  plus: (at: string, days: number) => `(${at} + interval '${days} days')`,
  where: () => 'true',
}
export const postgres: Dialect = {
  ...postgresLike,
  name: 'PostgreSQL',
  latest: (value, by) => `(array_agg(${value} ORDER BY ${by} DESC))[1]`,
}
export const duckdb: Dialect = {
  ...postgresLike,
  name: 'DuckDB',
  latest: (value, by) => `arg_max(${value}, ${by})`,
}

export interface ByHand {
  readonly metric: string
  readonly shapes: readonly Shape[]
  /** Gives rows of what (window and plan, or account) and value. */
  sql(dialect: Dialect, shape: Shape): string
}

const lastDay = months.slice(-1)
const windowsOf = (d: Dialect, shape: Shape): string =>
  d.windows(shape === 'board' ? months : lastDay)

/** Plans of accounts at an end of each window. */
const plans = (d: Dialect, at: 't0' | 't1'): string => `plans AS (
  SELECT w.i AS i, a.account_id AS account_id, ${d.latest('a.value', 'a.effective_at')} AS plan
  FROM w CROSS JOIN account_attributes AS a
  WHERE ${d.where('a')} AND a.attribute = 'plan' AND a.effective_at <= w.${at}
  GROUP BY w.i, a.account_id
)`

/**
 * Figures of accounts brought to the shape asked for.
 *
 * @param accounts SELECT of i, account_id and the columns that `value` adds up
 */
const shaped = (
  d: Dialect,
  shape: Shape,
  accounts: string,
  value: string,
  at: 't0' | 't1' = 't1',
): string =>
  shape === 'sheet'
    ? `WITH ${windowsOf(d, shape)}, accounts AS (${accounts})
SELECT account_id AS what, ${value} AS value FROM accounts GROUP BY account_id`
    : `WITH ${windowsOf(d, shape)}, ${plans(d, at)}, accounts AS (${accounts})
SELECT concat(accounts.i, ' ', coalesce(plans.plan, '')) AS what, ${value} AS value
FROM accounts LEFT JOIN plans ON plans.i = accounts.i AND plans.account_id = accounts.account_id
GROUP BY accounts.i, plans.plan`

/** Accounts that had a contract of which nothing is left on the last day: nobody need call on them. */
const former = (d: Dialect): string => {
  const end = `${d.name === 'ClickHouse' ? '' : 'timestamp '}'${utc(lastDay[0]?.end ?? '')}'`
  return `SELECT l.account_id FROM contract_lines AS l
    WHERE ${d.where('l')} AND l.effective_from <= ${end}
    GROUP BY l.account_id HAVING max(CASE WHEN l.effective_to IS NULL OR ${end} < l.effective_to THEN 1 ELSE 0 END) = 0`
}

const NET = (at: string): string =>
  `round(l.amount * (100 - CASE WHEN l.discount_until IS NULL OR ${at} < l.discount_until
    THEN l.discount_percent ELSE 0 END) / 100 / CASE WHEN l.billing_unit = 'year' THEN 12 ELSE 1 END, 8)`
const RUNS = (at: string): string =>
  `l.effective_from <= ${at} AND (l.effective_to IS NULL OR ${at} < l.effective_to)`
/** The engine's division of decimals cuts; one decimal of more places is divided. */
const net = (d: Dialect, at: string): string =>
  d.name === 'ClickHouse' ? NET(at).replace('l.amount', 'toDecimal128(l.amount, 12)') : NET(at)

export const byHand: readonly ByHand[] = [
  {
    metric: 'mrr',
    shapes: ['board', 'sheet'],
    sql: (d, shape) =>
      shaped(
        d,
        shape,
        `SELECT w.i AS i, l.account_id AS account_id, ${net(d, 'w.t1')} AS mrr
  FROM w CROSS JOIN contract_lines AS l WHERE ${d.where('l')} AND ${RUNS('w.t1')}`,
        'sum(mrr)',
      ),
  },
  {
    metric: 'nrr',
    shapes: ['board'],
    sql: (d, shape) =>
      shaped(
        d,
        shape,
        `SELECT i, account_id, sum(s) AS at_start, sum(e) AS at_end FROM (
    SELECT w.i AS i, l.account_id AS account_id,
      CASE WHEN ${RUNS('w.t0')} THEN ${net(d, 'w.t0')} ELSE 0 END AS s,
      CASE WHEN ${RUNS('w.t1')} THEN ${net(d, 'w.t1')} ELSE 0 END AS e
    FROM w CROSS JOIN contract_lines AS l
    WHERE ${d.where('l')} AND l.effective_from <= w.t1 AND (l.effective_to IS NULL OR w.t0 < l.effective_to)
  ) AS ends GROUP BY i, account_id HAVING sum(s) > 0`,
        'sum(at_end) * 1.0 / sum(at_start)',
        't0',
      ),
  },
  {
    metric: 'active_users',
    shapes: ['board', 'sheet'],
    sql: (d, shape) =>
      shaped(
        d,
        shape,
        `SELECT w.i AS i, u.account_id AS account_id, ${d.distinct('u.user_id')} AS users
  FROM w CROSS JOIN usage_events AS u
  WHERE ${d.where('u')} AND u.user_id != '' AND u.occurred_at >= ${d.plus('w.t1', -28)} AND u.occurred_at < w.t1
  GROUP BY w.i, u.account_id`,
        'sum(users)',
      ),
  },
  {
    metric: 'nps',
    shapes: ['board', 'sheet'],
    sql: (d, shape) =>
      shaped(
        d,
        shape,
        `SELECT w.i AS i, s.account_id AS account_id, s.respondent_id AS who,
    ${d.latest('s.score', 's.answered_at')} AS score
  FROM w CROSS JOIN survey_answers AS s
  WHERE ${d.where('s')} AND s.kind = 'nps' AND s.score IS NOT NULL
    AND s.answered_at >= ${d.plus('w.t1', -90)} AND s.answered_at < w.t1
  GROUP BY w.i, s.account_id, s.respondent_id`,
        'sum(CASE WHEN score >= 9 THEN 100.0 WHEN score <= 6 THEN -100.0 ELSE 0.0 END) / count(*)',
      ),
  },
  {
    metric: 'tickets_open',
    shapes: ['board', 'sheet'],
    sql: (d, shape) =>
      shaped(
        d,
        shape,
        `SELECT w.i AS i, t.account_id AS account_id FROM w CROSS JOIN tickets AS t
  WHERE ${d.where('t')} AND t.opened_at < w.t1 AND (t.resolved_at IS NULL OR t.resolved_at >= w.t1)`,
        'count(*)',
      ),
  },
  {
    metric: 'overdue',
    shapes: ['board', 'sheet'],
    sql: (d, shape) =>
      shaped(
        d,
        shape,
        `SELECT w.i AS i, v.account_id AS account_id, v.amount AS amount FROM w CROSS JOIN invoices AS v
  WHERE ${d.where('v')} AND v.issued_at < w.t1 AND v.due_at < w.t1 AND (v.paid_at IS NULL OR v.paid_at >= w.t1)`,
        'sum(amount)',
      ),
  },
  {
    metric: 'days_since_contact',
    shapes: ['sheet'],
    sql: (d, shape) =>
      shaped(
        d,
        shape,
        `SELECT w.i AS i, c.account_id AS account_id, max(${d.localDay('c.occurred_at')}) AS last_on
  FROM w CROSS JOIN touchpoints AS c
  WHERE ${d.where('c')} AND c.direction = 'two_way' AND c.occurred_at < w.t1
    AND c.account_id NOT IN (${former(d)})
  GROUP BY w.i, c.account_id`,
        `${d.name === 'ClickHouse' ? "toDate('2026-10-31')" : "date '2026-10-31'"} - max(last_on)`,
      ),
  },
]

import type { PlanNode } from '../plan/node.ts'
import { knownThere, whereAll } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import { contractLines } from './contract-lines.ts'
import { movements } from './movements.ts'
import { list, type Source, type SourceContext, selected } from './source.ts'

/**
 * When each account first paid, as known in each window: one row for each window and account that has
 * paid by its end. `cohort_month` is the month of it, such as 2026-04, and `months_since` how many months
 * the one in which the window ends lies after it.
 */
export const cohortStarts = (context: SourceContext): PlanNode => ({
  name: 'account_cohorts',
  says: {
    en: 'Per account: the month of its first payment, and the months since then',
    ja: '顧客ごと: 初回支払月と、そこからの経過月数',
  },
  inputs: [contractLines(context)],
  sql: `
SELECT
  i, account_id, any(window_end) AS cohort_seen_at, any(window_known) AS cohort_known,
  any(window_epoch) AS cohort_epoch,
  min(paid_since) AS first_paid_at,
  toTimeZone(first_paid_at, {time_zone:String}) AS first_paid_local,
  formatDateTime(first_paid_local, '%Y-%m') AS cohort_month,
  toDate32(formatDateTime(first_paid_local, '%Y-%m-01')) AS cohort_starts_on,
  toString(dateDiff('month', cohort_starts_on, any(window_last_day))) AS months_since
FROM contract_lines_known
${eachWindow('end', 'known', 'epoch', 'last_day')}
${whereAll(...knownThere(context), 'ever_paid AND paid_since <= window_end')}
GROUP BY i, account_id`,
})

/** From the end of the month of an account's first payment, at the latest now, to the window's end. */
const sinceFirstMonth = (context: SourceContext): PlanNode => ({
  name: 'cohort_windows',
  says: {
    en: 'Per account: from the end of the month of its first payment on',
    ja: '顧客ごと: 初回支払月の月末から',
  },
  inputs: [cohortStarts(context)],
  sql: `
SELECT
  i, account_id, cohort_known AS window_known, cohort_epoch AS window_epoch,
  cohort_seen_at AS window_end,
  least(cohort_seen_at, toTimeZone(toDateTime64(
    concat(toString(addMonths(cohort_starts_on, 1)), ' 00:00:00'), 3, {time_zone:String}
  ), 'UTC')) AS window_start
FROM account_cohorts
WHERE first_paid_at < cohort_seen_at`,
})

const measures = {
  gap: 'gap',
  accounts: '1',
  retained: 'paying_end',
  mrr_first: 'mrr_start',
  mrr_retained: 'mrr_end_at_start_rates',
}

/** One row for each account that first paid before the window's end: what of it is there now. */
export const cohorts: Source = {
  name: 'cohorts',
  measures: {
    gap: {
      type: 'count',
      says: { en: 'lines without an exchange rate', ja: '為替レートのない契約明細数' },
    },
    accounts: {
      type: 'count',
      says: { en: '1 when the account has ever paid', ja: '支払い実績があれば1' },
    },
    retained: {
      type: 'count',
      says: { en: '1 when it pays at the instant', ja: 'その時点で有料なら1' },
    },
    mrr_first: {
      type: 'money',
      gap: 'gap',
      says: {
        en: 'MRR at the end of the month of the first payment',
        ja: '初回支払月の月末のMRR',
      },
    },
    mrr_retained: {
      type: 'money',
      gap: 'gap',
      says: {
        en: "MRR at the instant, at the first month's exchange rates",
        ja: 'その時点のMRR(初回支払月の為替レート)',
      },
    },
  },
  node: (wanted, context) => {
    const since = movements(
      new Set(['gap', 'paying_end', 'mrr_start', 'mrr_end_at_start_rates']),
      {},
      {},
      { ...context, accountWindows: { node: sinceFirstMonth(context), suffix: 'since_first' } },
    )
    return {
      name: 'account_cohort_revenue',
      says: {
        en: 'Per account that has ever paid: whether it pays now, and its revenue then and now',
        ja: '支払い実績のある顧客ごと: 現在有料か、当初と現在の売上',
      },
      inputs: [since],
      sql: `
SELECT
${list('i', 'account_id', ...selected(measures, wanted))}
FROM ${since.name}`,
    }
  },
}

import type { Range } from '@tomoshibi/evidence/series/forecast'
import type { MetricDefinition } from '@tomoshibi/metrics/definition'

/** Part of a whole: from 0 to 1. What may exceed it, such as revenue retention with expansion, is not here. */
const shares: ReadonlySet<string> = new Set([
  'grr',
  'revenue_churn_gross',
  'customer_churn_rate',
  'retention_rate',
  'cohort_retention',
  'renewal_rate',
  'upsell_rate',
  'cross_sell_rate',
  'stickiness',
  'feature_adoption',
  'feature_adoption_users',
  'breadth',
  'usage_rate_percentile',
  'csat',
  'ces_easy_share',
  'response_rate',
  'onboarding_completion_rate',
  'time_to_first_use_pending',
  'time_to_value_pending',
  'self_sufficient_rate',
  'health_coverage',
])

const scales: Readonly<Record<string, Range>> = {
  nps: { low: -100, high: 100 },
  nps_by_account: { low: -100, high: 100 },
  nps_by_arr: { low: -100, high: 100 },
  health_score: { low: 0, high: 100 },
  health_score_computed: { low: 0, high: 100 },
}

/** Built-in metrics that may be below 0. */
const signed: ReadonlySet<string> = new Set([
  'mrr_fx',
  'mrr_contraction',
  'mrr_churn',
  'revenue_churn_net',
  'login_trend_z',
])

/**
 * What the values of a metric cannot leave, so that no forecast does.
 *
 * @param isBuiltIn of a metric that a workspace wrote nothing is known but what its values were
 */
export function rangeOf({ key }: Pick<MetricDefinition, 'key'>, isBuiltIn: boolean): Range {
  if (shares.has(key)) return { low: 0, high: 1 }
  const scale = scales[key]
  if (scale !== undefined) return scale
  return !isBuiltIn || signed.has(key) ? {} : { low: 0 }
}

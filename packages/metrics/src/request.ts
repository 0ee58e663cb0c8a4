import type { UnknownMetric } from './catalogue.ts'
import type { Comparison } from './comparison.ts'
import type { MetricDefinition } from './definition.ts'
import type { Period } from './periods.ts'
import type { Rollups } from './rollup.ts'
import type { MetricSettings } from './settings.ts'

/** Figures asked for: some metrics, for some periods, of the portfolio, its slices or each account. */
export interface MetricRequest {
  readonly workspaceId: string
  readonly settings: MetricSettings
  readonly metrics: readonly string[]
  /** Instant metrics are asked at the end of each period. */
  readonly periods: readonly Period[]
  /** Metrics of a period cover the months that end with each period, instead of the period itself. */
  readonly trailing?: 'P1M' | 'P3M' | 'P12M'
  readonly grain: 'portfolio' | 'account'
  /**
   * Account attributes to slice by, or `cohort_month` and `months_since`, the month of an account's
   * first payment and the months since then. Attributes are read at the start of the period, or for
   * instant metrics at the instant. Slices add up to the whole; accounts without the attribute are the
   * slice null.
   */
  readonly by: readonly string[]
  /**
   * With 'first_payment', attributes to slice by are read when the account first paid, or else as they
   * were first known, so that an account stays in its slice from month to month.
   */
  readonly attributesAt?: 'period' | 'first_payment'
  /** Only these accounts. */
  readonly accountIds?: readonly string[]
  /**
   * 'now': everything known at `now`. An ISO instant: as known then. 'period-end': each period as known
   * at its own end, so that nothing learnt later has an influence.
   */
  readonly knownAt: 'now' | 'period-end' | (string & {})
  /** Each figure of the portfolio brings along what its 95 % interval is made of. */
  readonly intervals?: boolean
  /** Each figure is compared with these, in the same query. */
  readonly compare?: readonly Comparison[]
  /** ISO instant; decides which periods have ended. */
  readonly now: string
  /** Roll-ups that may be read in place of facts; the figures are the same. */
  readonly rollups?: Rollups
  /** Without it, the built-in metrics. */
  readonly catalogue?: ReadonlyMap<string, MetricDefinition>
}

export type RequestProblem =
  | UnknownMetric
  | { readonly code: 'METRIC_HAS_NO_ACCOUNT_VALUE'; readonly key: string }
  | { readonly code: 'METRIC_HAS_NO_PORTFOLIO_VALUE'; readonly key: string }

import { type CompiledMetrics, compileMetrics, type MetricRow } from './compile.ts'
import type { Period } from './periods.ts'
import type { MetricRequest } from './request.ts'
import type { MetricSettings } from './settings.ts'
import type { Amount, MetricValue, NoValueReason } from './value.ts'

export interface CohortRequest {
  readonly workspaceId: string
  readonly settings: MetricSettings
  /** Consecutive calendar months; a cohort is the accounts that first paid inside one of them. */
  readonly months: readonly Period[]
  /** Account attributes that cut each month further, as they were at the first payment. */
  readonly by?: readonly string[]
  /** Only these accounts. */
  readonly accountIds?: readonly string[]
  readonly knownAt: MetricRequest['knownAt']
  /** ISO instant. */
  readonly now: string
}

/** What is left of a cohort `month` months after the one of its first payment. */
export interface CohortValue {
  /** First local day of the cohort's month. */
  readonly cohort: string
  readonly month: number
  /** The attributes that cut the month further; null = the account had none. */
  readonly slice: Readonly<Record<string, string | null>>
  /** Accounts of the cohort, and how many of them pay at the end of the month. */
  readonly accounts: number
  readonly accountsRetained: number
  readonly logoRetention: number | null
  /**
   * Exact decimals: MRR of the cohort at the end of its first month, and at the end of this one at the
   * first month's exchange rates.
   */
  readonly mrrAtFirst: string | null
  readonly mrrRetained: string | null
  readonly revenueRetention: number | null
  readonly currency: string
  readonly complete: boolean
  readonly reason: NoValueReason | null
}

export interface CompiledCohorts extends Pick<CompiledMetrics, 'query' | 'plan' | 'rowSchema'> {
  /** By cohort, then slice, then month. */
  decode(rows: readonly MetricRow[]): CohortValue[]
}

const COHORT = 'cohort_month'

/**
 * Cohort retention: the metrics of that name at the end of each month, by the month of the first
 * payment. An account that came and went within its first month is in its cohort from the start,
 * retained in no month.
 */
export const compileCohorts = (request: CohortRequest): CompiledCohorts => {
  const { months, by = [], ...shared } = request
  const compiled = compileMetrics({
    ...shared,
    metrics: ['cohort_retention', 'cohort_retention_revenue'],
    periods: months,
    grain: 'portfolio',
    by: [COHORT, ...by],
    attributesAt: 'first_payment',
  })
  if (!compiled.ok) throw new Error('There are no metrics of cohorts.')
  const { query, plan, rowSchema, decode } = compiled
  return {
    query,
    plan,
    rowSchema,
    decode: (rows) => cohortsOf(decode(rows), months, request.settings.currency),
  }
}

const money = (amount: Amount): string | null => (amount === null ? null : String(amount))

const cohortsOf = (
  values: readonly MetricValue[],
  months: readonly Period[],
  currency: string,
): CohortValue[] => {
  const firstDays = months.map(({ label }) => ('on' in label ? label.on : label.start))
  const cellOf = ({ start, slice }: MetricValue) => JSON.stringify([start, slice])
  const revenues = new Map(
    values
      .filter(({ metric }) => metric === 'cohort_retention_revenue')
      .map((value) => [cellOf(value), value]),
  )
  const found = values.flatMap((logos): (CohortValue & { readonly order: string })[] => {
    const { [COHORT]: cohort, ...slice } = logos.slice
    const first = firstDays.findIndex((day) => day.slice(0, 7) === cohort)
    const month = firstDays.indexOf(logos.start ?? '') - first
    const revenue = revenues.get(cellOf(logos))
    const cohortDay = firstDays[first]
    const isOfCohort = logos.metric === 'cohort_retention' && month >= 0
    if (!isOfCohort || cohortDay === undefined || revenue === undefined) return []
    return [
      {
        cohort: cohortDay,
        month,
        slice,
        accounts: Number(logos.denominator ?? 0),
        accountsRetained: Number(logos.numerator ?? 0),
        logoRetention: logos.value === null ? null : Number(logos.value),
        mrrAtFirst: money(revenue.denominator),
        mrrRetained: money(revenue.numerator),
        revenueRetention: revenue.value === null ? null : Number(revenue.value),
        currency,
        complete: logos.complete,
        reason: revenue.reason,
        order: JSON.stringify([cohortDay, slice]),
      },
    ]
  })
  return found
    .toSorted((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : a.month - b.month))
    .map(({ order: _, ...value }) => value)
}

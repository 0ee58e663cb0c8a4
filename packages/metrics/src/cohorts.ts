import * as z from 'zod'
import { plainDecimal } from './decode.ts'
import type { Period } from './periods.ts'
import type { PlanNode } from './plan/node.ts'
import { renderPlan } from './plan/render.ts'
import { sharedParams } from './plan/shared-params.ts'
import { windowOfPeriod } from './plan/windows.ts'
import type { BoundQuery } from './query.ts'
import type { MetricRequest } from './request.ts'
import type { MetricSettings } from './settings.ts'
import { sources } from './sources/registry.ts'
import { ZERO } from './sql/money.ts'
import type { NoValueReason } from './value.ts'

export interface CohortRequest {
  readonly workspaceId: string
  readonly settings: MetricSettings
  /** Consecutive calendar months; a cohort is the accounts that first paid inside one of them. */
  readonly months: readonly Period[]
  readonly knownAt: MetricRequest['knownAt']
  /** ISO instant. */
  readonly now: string
}

/** What is left of a cohort `month` months after the one of its first payment. */
export interface CohortValue {
  /** First local day of the cohort's month. */
  readonly cohort: string
  readonly month: number
  /** Accounts of the cohort, and how many of them pay at the end of the month. */
  readonly accounts: number
  readonly accountsRetained: number
  readonly logoRetention: number | null
  /** Exact decimals: MRR of the cohort at the end of its first month, and at the end of this one. */
  readonly mrrAtFirst: string | null
  readonly mrrRetained: string | null
  readonly revenueRetention: number | null
  readonly currency: string
  readonly complete: boolean
  readonly reason: NoValueReason | null
}

const rowSchema = z.object({
  cohort: z.coerce.number(),
  months_since: z.coerce.number(),
  accounts: z.coerce.number(),
  retained: z.coerce.number(),
  first: z.string(),
  mrr: z.string(),
  gaps: z.coerce.number(),
})
export type CohortRow = z.infer<typeof rowSchema>

export interface CompiledCohorts {
  readonly query: BoundQuery
  readonly plan: PlanNode
  readonly rowSchema: typeof rowSchema
  decode(rows: readonly CohortRow[]): CohortValue[]
}

/**
 * Cohort retention: accounts by the month of their first payment, and what of them and of their revenue
 * is there at the end of each later month. An account that came and went within its first month is in
 * its cohort from the start, retained in no month.
 */
export const compileCohorts = (request: CohortRequest): CompiledCohorts => {
  const { settings, months } = request
  const windows = months.map((month) => windowOfPeriod(month, request, month.end))
  const contracts = sources.get('contracts')
  if (contracts === undefined) throw new Error('There is no source of contracts.')
  const accounts = contracts.node(
    new Set(['mrr_end', 'gap_end', 'paying_end', 'first_paid_inside']),
    { settings, windows, someAccounts: false },
  )
  const byAccount: PlanNode = {
    name: 'cohort_accounts',
    says: {
      en: 'The months of each account, counted from that of its first payment',
      ja: '顧客ごとの各月(初回支払月からの経過月数)',
    },
    inputs: [accounts],
    sql: `
SELECT
  account_id,
  minIf(i, first_paid_inside) AS cohort,
  arraySort(groupArray(tuple(i, toUInt8(paying_end), mrr_end, gap_end))) AS months
FROM account_contracts
GROUP BY account_id
HAVING countIf(first_paid_inside) > 0`,
  }
  const plan: PlanNode = {
    name: 'cohorts',
    says: {
      en: 'Per cohort and month: accounts and revenue that are still there',
      ja: 'コホートと経過月ごと: 継続している顧客数と売上',
    },
    inputs: [byAccount],
    sql: `
SELECT
  cohort, point.1 - cohort AS months_since,
  count() AS accounts,
  sum(point.2) AS retained,
  sum(point.3) AS mrr,
  sum(ifNull(arrayFirst(each -> each.1 = cohort, months).3, ${ZERO})) AS first,
  sum(point.4) + sum(arrayFirst(each -> each.1 = cohort, months).4) AS gaps
FROM cohort_accounts
ARRAY JOIN months AS point
WHERE point.1 >= cohort
GROUP BY cohort, months_since`,
  }
  return {
    plan,
    rowSchema,
    query: renderPlan(plan, ['cohort', 'months_since'], sharedParams({ ...request, windows })),
    decode: (rows) =>
      rows.flatMap((row) => {
        const cohort = months[row.cohort]
        const month = months[row.cohort + row.months_since]
        if (cohort === undefined || month === undefined || 'on' in cohort.label) return []
        const known = row.gaps === 0
        const first = Number(row.first)
        return [
          {
            cohort: cohort.label.start,
            month: row.months_since,
            accounts: row.accounts,
            accountsRetained: row.retained,
            logoRetention: row.accounts === 0 ? null : row.retained / row.accounts,
            mrrAtFirst: known ? plainDecimal(row.first) : null,
            mrrRetained: known ? plainDecimal(row.mrr) : null,
            revenueRetention: known && first !== 0 ? Number(row.mrr) / first : null,
            currency: settings.currency,
            complete: Date.parse(month.end) <= Date.parse(request.now),
            reason: known ? (first === 0 ? 'zero_denominator' : null) : 'missing_exchange_rate',
          },
        ]
      }),
  }
}

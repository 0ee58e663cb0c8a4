import type { PlanNode } from '../plan/node.ts'
import { layered } from '../sql/layers.ts'
import { moneyQuotient } from '../sql/money.ts'
import { FAR, factVersions } from '../sql/versions.ts'
import type { SourceContext } from './source.ts'

/**
 * One billing period is `over ÷ times` months long: 12 for a year, 3 for a quarter, and for days and
 * weeks days × 12 ÷ 365.25, kept as whole numbers so that nothing is rounded twice.
 */
const TIMES = "multiIf(billing_unit = 'day', 1461, billing_unit = 'week', 1461, 1) AS times"
const OVER = `greatest(billing_count, 1) * multiIf(
    billing_unit = 'day', 48, billing_unit = 'week', 336, billing_unit = 'year', 12, 1) AS over`

const monthly = (percent: string): string => moneyQuotient(`${percent} * times`, '100 * over')
const yearly = (percent: string): string => moneyQuotient(`${percent} * (times * 12)`, '100 * over')

/** A line counts while it is active or past due; one that says it has ended counted until its end. */
export const LINE_COUNTS =
  "state IN ('active', 'past_due') OR (state = 'ended' AND effective_to IS NOT NULL)"

const columns = [
  'product',
  'plan',
  'currency',
  'quantity',
  'amount',
  'discount_amount',
  'discount_percent',
  'discount_until',
  'billing_unit',
  'billing_count',
  'effective_from',
  'effective_to',
  'term_months',
  'cancelled_at',
  'state',
]

/**
 * Each known version of each contract line with its recurring revenue. The amount of a line is rounded
 * once, here; ARR is made from the amount and not from the rounded MRR.
 */
export const contractLines = ({ settings, someAccounts }: SourceContext): PlanNode => {
  const net = settings.mrrBasis === 'net'
  const basis = net ? 'net_percent' : 'full_percent'
  return {
    name: 'contract_lines_known',
    says: {
      en: `Contract lines with their ${settings.mrrBasis} monthly and yearly amount, rounded once per line to 8 decimals`,
      ja: `契約明細と、その月額・年額(${net ? '割引後' : '割引前'}、明細ごとに小数第8位で1回だけ丸める)`,
    },
    inputs: [],
    sql: layered(
      factVersions({ table: 'contract_lines', columns, someAccounts }),
      [
        'toTimeZone(effective_from, {time_zone:String}) AS starts_at',
        `ifNull(effective_to, ${FAR}) AS ends_at`,
        `ifNull(cancelled_at, ${FAR}) AS notice_at`,
        `ifNull(discount_until, ${FAR}) AS discount_ends_at`,
        `${LINE_COUNTS} AS counts`,
        "billing_unit IN ('month', 'year') AS billed_by_month",
        "greatest(billing_count, 1) * multiIf(billing_unit = 'year', 12, billing_unit = 'week', 7, 1) AS billing_length",
        TIMES,
        OVER,
        // Amounts × 100 %.
        'toDecimal256(amount, 14) * 100 AS full_percent',
        'toDecimal256(amount - discount_amount, 8) * (toDecimal256(100, 6) - discount_percent) AS net_percent',
      ],
      [
        'least(notice_at, ends_at) AS given_up_at',
        'greatest(1, ifNull(term_months, if(billed_by_month, billing_length, 1))) AS months_of_term',
        `${monthly('full_percent')} AS full_mrr`,
        `${yearly('full_percent')} AS full_arr`,
        `${monthly(basis)} AS discounted_mrr`,
        `${yearly(basis)} AS discounted_arr`,
      ],
      [
        // From when on it is paid for: a line that is free at first is so when its discount ends.
        `toTimeZone(multiIf(
    NOT counts, ${FAR},
    discounted_mrr > 0 AND starts_at < discount_ends_at, starts_at,
    full_mrr > 0, greatest(toTimeZone(discount_ends_at, {time_zone:String}), starts_at),
    ${FAR}
  ), 'UTC') AS paid_since`,
      ],
      ['paid_since < ends_at AS ever_paid'],
    ),
  }
}

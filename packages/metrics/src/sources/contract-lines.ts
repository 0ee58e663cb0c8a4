import type { PlanNode } from '../plan/node.ts'
import { layeredAsRead } from '../sql/layers.ts'
import { areUsual, moneyQuotient, ZERO } from '../sql/money.ts'
import { FAR, knownFacts } from '../sql/versions.ts'
import type { SourceContext } from './source.ts'

/**
 * One billing period is `over ÷ times` months long: 12 for a year, 3 for a quarter, and for days and
 * weeks days × 12 ÷ 365.25, kept as whole numbers so that nothing is rounded twice.
 */
const TIMES = "multiIf(billing_unit = 'day', 1461, billing_unit = 'week', 1461, 1) AS times"
const OVER = `greatest(billing_count, 1) * multiIf(
    billing_unit = 'day', 48, billing_unit = 'week', 336, billing_unit = 'year', 12, 1) AS over`

/**
 * The amount that is left of `percent` hundredths for a month or a year, `times` ÷ `over` of a billing
 * period: `usual` where the amounts are usual ones, else the same at full width.
 */
const each = (usual: string, wide: string, times: string): string =>
  `if(is_usual, toDecimal128(round(${usual} * ${times} / (100 * over), 8), 8),
    ${moneyQuotient(`${wide} * ${times}`, '100 * over')})`
const full = (times: string): string =>
  each('toDecimal128(usual_amount, 14) * 100', 'toDecimal256(amount, 14) * 100', times)
const discounted = (times: string): string =>
  each(
    '(usual_amount - usual_discount) * (toDecimal64(100, 6) - discount_percent)',
    'toDecimal256(amount - discount_amount, 8) * (toDecimal256(100, 6) - discount_percent)',
    times,
  )

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
 * Where all windows know the same, whether the line is the one that has a row in every window, so that
 * the account has one although none of its lines applies.
 */
const STANDS_FOR_ACCOUNT =
  'row_number() OVER (PARTITION BY account_id ORDER BY record_id) = 1 AS stands_for_account'

/**
 * Each known version of each contract line with its recurring revenue. The amount of a line is rounded
 * once, here; ARR is made from the amount and not from the rounded MRR.
 */
export const contractLines = ({ settings, windows, someAccounts }: SourceContext): PlanNode => {
  const net = settings.mrrBasis === 'net'
  const basis = net ? discounted : full
  return {
    name: 'contract_lines_known',
    says: {
      en: `Contract lines with their ${settings.mrrBasis} monthly and yearly amount, rounded once per line to 8 decimals`,
      ja: `契約明細と、その月額・年額(${net ? '割引後' : '割引前'}、明細ごとに小数第8位で1回だけ丸める)`,
    },
    inputs: [],
    sql: (reads) =>
      layeredAsRead(
        reads,
        (read) => knownFacts({ table: 'contract_lines', columns, someAccounts }, { windows }, read),
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
          `${areUsual('amount', 'discount_amount')} AS is_usual`,
          STANDS_FOR_ACCOUNT,
        ],
        [
          'least(notice_at, ends_at) AS given_up_at',
          'greatest(1, ifNull(term_months, if(billed_by_month, billing_length, 1))) AS months_of_term',
          `if(is_usual, amount, ${ZERO}) AS usual_amount`,
          `if(is_usual, discount_amount, ${ZERO}) AS usual_discount`,
        ],
        [
          `${full('times')} AS full_mrr`,
          `${full('(times * 12)')} AS full_arr`,
          `${basis('times')} AS discounted_mrr`,
          `${basis('(times * 12)')} AS discounted_arr`,
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

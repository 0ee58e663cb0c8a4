import type { PlanNode } from '../plan/node.ts'
import { converted, moneyQuotient, ZERO } from '../sql/money.ts'
import { FAR, factVersions, KNOWN_IN_WINDOW } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import { exchangeRates, rateAt, rateOf } from './exchange-rates.ts'
import type { SourceContext } from './source.ts'

/**
 * One billing period is `over ÷ times` months long: 12 for a year, 3 for a quarter, and for days and
 * weeks days × 12 ÷ 365.25, kept as whole numbers so that nothing is rounded twice.
 */
const TIMES = "multiIf(billing_unit = 'day', 1461, billing_unit = 'week', 1461, 1)"
const OVER = `greatest(billing_count, 1) * multiIf(
      billing_unit = 'day', 48, billing_unit = 'week', 336, billing_unit = 'year', 12, 1)`

const monthly = (amount: string): string => moneyQuotient(`${amount} * ${TIMES}`, `100 * ${OVER}`)
const yearly = (amount: string): string =>
  moneyQuotient(`${amount} * (${TIMES} * 12)`, `100 * ${OVER}`)

const GROSS = 'toDecimal256(amount, 14) * 100'
const NET = 'toDecimal256(amount - discount_amount, 8) * (toDecimal256(100, 6) - discount_percent)'

/**
 * Each known version of each contract line with its recurring revenue. The amount of a line is rounded
 * once, here; ARR is made from the amount and not from the rounded MRR.
 *
 * A line counts while it is active or past due. One that says it has ended counted until its end.
 */
export const contractLines = ({ settings, someAccounts }: SourceContext): PlanNode => ({
  name: 'contract_lines_known',
  says: {
    en: `Contract lines with their ${settings.mrrBasis} monthly and yearly amount, rounded once per line to 8 decimals`,
    ja: `契約明細と、その月額・年額(${settings.mrrBasis === 'net' ? '割引後' : '割引前'}、明細ごとに小数第8位で1回だけ丸める)`,
  },
  inputs: [],
  sql: `
SELECT
  account_id, record_id, product, plan, currency, quantity, known_at, known_until,
  toTimeZone(effective_from, {time_zone:String}) AS starts_at,
  ifNull(effective_to, ${FAR}) AS ends_at,
  -- When it was given up: the notice, where there was one before the end.
  if(cancelled_at IS NOT NULL AND cancelled_at < ends_at, assumeNotNull(cancelled_at), ends_at) AS given_up_at,
  ifNull(discount_until, ${FAR}) AS discount_ends_at,
  state IN ('active', 'past_due') OR (state = 'ended' AND effective_to IS NOT NULL) AS counts,
  billing_unit IN ('month', 'year') AS billed_by_month,
  greatest(billing_count, 1) * multiIf(billing_unit = 'year', 12, billing_unit = 'week', 7, 1) AS billing_length,
  greatest(1, ifNull(term_months, if(billed_by_month, billing_length, 1))) AS months_of_term,
  ${monthly(GROSS)} AS full_mrr,
  ${yearly(GROSS)} AS full_arr,
  ${settings.mrrBasis === 'gross' ? 'full_mrr' : monthly(NET)} AS discounted_mrr,
  ${settings.mrrBasis === 'gross' ? 'full_arr' : yearly(NET)} AS discounted_arr
FROM (${factVersions({
    table: 'contract_lines',
    columns: [
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
    ],
    someAccounts,
  })}
)`,
})

/**
 * The start of the billing period of a line that contains an instant: a whole number of periods after
 * the line's start. Counted from the start and not from the period before, so that a line of the 31st
 * comes back to the 31st after a short month.
 */
const serviceStart = (at: string): string => {
  const months =
    "intDiv(age('month', starts_at, AT, {time_zone:String}), billing_length) * billing_length"
  const monthly = `if(addMonths(starts_at, ${months} + billing_length) <= AT,
      addMonths(starts_at, ${months} + billing_length), addMonths(starts_at, ${months}))`
  const daily = `addDays(starts_at, intDiv(age('day', starts_at, AT, {time_zone:String}), billing_length) * billing_length)`
  return `toTimeZone(if(billed_by_month, ${monthly}, ${daily}), 'UTC')`.replaceAll(
    'AT',
    `toTimeZone(${at}, {time_zone:String})`,
  )
}

/**
 * The first end of a term after an instant: an anniversary of the line's start, a whole number of terms
 * later, or the line's own end.
 */
export const nextTermEnd = (at: string): string => {
  const terms =
    "intDiv(age('month', starts_at, AT, {time_zone:String}), months_of_term) * months_of_term"
  const first = `addMonths(starts_at, ${terms} + months_of_term)`
  const second = `addMonths(starts_at, ${terms} + 2 * months_of_term)`
  return `least(ends_at, if(${first} > AT, ${first}, ${second}))`.replaceAll(
    'AT',
    `toTimeZone(${at}, {time_zone:String})`,
  )
}

const sides = ['start', 'end'] as const
export type Side = (typeof sides)[number]

const runningAt = (side: Side): string[] => {
  const at = `window_${side}`
  return [
    `counts AND starts_at <= ${at} AND ${at} < ends_at AS runs_${side}`,
    `${serviceStart(at)} AS service_${side}`,
    `multiIf(NOT runs_${side}, ${ZERO}, ${at} < discount_ends_at, discounted_mrr, full_mrr) AS native_${side}`,
    `if(runs_${side}, full_mrr, ${ZERO}) AS native_full_${side}`,
    `if(${at} < given_up_at, native_${side}, ${ZERO}) AS native_kept_${side}`,
  ]
}

const LOCAL_PERIOD_START = 'toTimeZone(window_start, {time_zone:String})'
const ago = (count: string): string => `if(
    window_step_months > 0,
    addMonths(${LOCAL_PERIOD_START}, -toInt64(${count}) * window_step_months),
    addDays(${LOCAL_PERIOD_START}, -toInt64(${count}) * window_step_days))`

/**
 * Whether a line was ever paid for before the period: at its start or at the start of an earlier period
 * of the same length. History is cut where the movements are, so that an account is new exactly once:
 * one that came and went between two cuts was in no figure, and is new when it is first in one.
 */
const paidHistory: readonly string[] = [
  // From when on it was paid for: a line that is free at first is paid for when its discount ends.
  `toTimeZone(multiIf(
    NOT counts, ${FAR},
    discounted_mrr > 0 AND starts_at < discount_ends_at, starts_at,
    full_mrr > 0, greatest(toTimeZone(discount_ends_at, {time_zone:String}), starts_at),
    ${FAR}
  ), 'UTC') AS paid_since`,
  'paid_since < ends_at AS ever_paid',
  `if(
    window_step_months > 0,
    intDiv(age('month', toTimeZone(ends_at, {time_zone:String}), ${LOCAL_PERIOD_START}, {time_zone:String}), window_step_months),
    intDiv(age('day', toTimeZone(ends_at, {time_zone:String}), ${LOCAL_PERIOD_START}, {time_zone:String}), window_step_days)
  ) AS steps_since_end`,
  `multiIf(
    ends_at > window_start, ${LOCAL_PERIOD_START},
    ${ago('steps_since_end')} < ends_at, ${ago('steps_since_end')},
    ${ago('steps_since_end + 1')}) AS last_cut`,
  'ever_paid AND paid_since <= last_cut AS paid_at_cut',
]

/** Each line in each window: what it is worth at the window's end and, if asked, at its start. */
const linesInWindows = (context: SourceContext, used: readonly Side[]): PlanNode => ({
  name: 'contract_lines_in_windows',
  says: {
    en: `Each line at the ${used.join(' and the ')} of each period; it applies from its first instant to before its last`,
    ja: `各期間の${used.map((side) => (side === 'start' ? '期首' : '期末')).join('と')}における契約明細(開始時点を含み、終了時点を含まない)`,
  },
  inputs: [contractLines(context)],
  sql: `
SELECT
  i, window_start, window_end, window_epoch, account_id, product, plan, currency, quantity,
  starts_at, ends_at, months_of_term,
  ${used.flatMap(runningAt).join(',\n  ')},
  multiIf(NOT runs_end, ${ZERO}, window_end < discount_ends_at, discounted_arr, full_arr) AS native_arr_end${used.includes('start') ? `,\n  ${paidHistory.join(',\n  ')}` : ''}
FROM contract_lines_known
${eachWindow('start', 'end', 'known', 'epoch', 'step_months', 'step_days')}
WHERE ${KNOWN_IN_WINDOW}`,
})

const valueAt = (side: Side): string[] => [
  `${rateOf(`rate_${side}`, 'line')} AS rate_at_${side}`,
  `${converted(`line.native_${side}`, `rate_at_${side}`)} AS value_${side}`,
  `${converted(`line.native_full_${side}`, `rate_at_${side}`)} AS value_full_${side}`,
  `line.native_${side} != 0 AND rate_at_${side} = 0 AS unconverted_${side}`,
]

/** The lines with their value in the reporting currency at the rate of the service period's start. */
export const valuedLines = (context: SourceContext, used: readonly Side[]): PlanNode => ({
  name: 'contract_lines_valued',
  says: {
    en: 'Their value in the reporting currency, at the rate of the start of the service period',
    ja: '報告通貨での金額(サービス期間の開始時点のレートで換算)',
  },
  inputs: [linesInWindows(context, used), exchangeRates],
  sql: `
SELECT
  line.*,
  ${used.flatMap(valueAt).join(',\n  ')},
  ${converted('line.native_arr_end', 'rate_at_end')} AS arr_end
FROM contract_lines_in_windows AS line
${used.map((side) => rateAt(`rate_${side}`, 'line', `service_${side}`)).join('\n')}`,
})

import type { PlanNode } from '../plan/node.ts'
import { converted, ZERO } from '../sql/money.ts'
import { eachWindowThat, ofWindow } from '../sql/per-window.ts'
import { knownAtOnce, knownFacts, versionTimes } from '../sql/versions.ts'
import { windowArray } from '../sql/windows.ts'
import { exchangeRates, rateAt, rateOf } from './exchange-rates.ts'
import { list, type Source, type SourceContext, selected } from './source.ts'

/** Each invoice with what is left of it to pay, should it be past due and unpaid. */
const left = (context: SourceContext): string => `
SELECT
  account_id, kind, currency, amount, issued_at, due_at, paid_at, toUInt32(0) AS window_epoch,
  -- What had been paid by then of an invoice that was paid in full later is not recorded.
  greatest(if(paid_at IS NULL, amount - paid_amount, amount), ${ZERO}) AS left_to_pay${versionTimes(context)}
FROM (${knownFacts(
  {
    table: 'invoices',
    columns: ['kind', 'amount', 'currency', 'issued_at', 'due_at', 'paid_at', 'paid_amount'],
    someAccounts: context.someAccounts,
  },
  context,
)}
)`

const rated = (invoices: string): string => `
SELECT invoice.*, ${rateOf('rate', 'invoice')} AS rate_then
FROM (${invoices}
) AS invoice
${rateAt('rate', 'invoice', 'issued_at')}`

const repeated = (invoices: string, context: SourceContext): string => `
SELECT i, * REPLACE (${windowArray('epoch')}[i + 1] AS window_epoch)
FROM (${invoices}
)
${eachWindowThat(context, ['end'], 'issued_at < window_end')}`

const inWindows = (context: SourceContext): PlanNode => ({
  name: 'invoices_in_windows',
  says: {
    en: 'Invoices issued before the end of each period with the rate of the day of issue, and what of them is past due and unpaid then',
    ja: '各期末までに発行された請求書と発行日のレート、その時点の延滞額',
  },
  inputs: [exchangeRates(context)],
  sql: `
SELECT
  i, account_id, kind, amount, issued_at, due_at, rate_then, window_start, window_end,
  if(due_at >= window_end OR ifNull(paid_at < window_end, false), ${ZERO}, left_to_pay) AS unpaid
FROM (
  SELECT *, ${ofWindow('start')}, ${ofWindow('end')}
  FROM (${
    // Where all windows know the same rates, an invoice is rated once and not for each window.
    knownAtOnce(context)
      ? repeated(rated(left(context)), context)
      : rated(repeated(left(context), context))
  }
  )
)`,
})

const OF_CONTRACT = "kind IN ('recurring', 'one_off')"
/** Use beyond what the contract includes, or paid by use; never a part of recurring revenue. */
const METERED = "(kind = 'metered' AND issued_at >= window_start)"
const measures = {
  overdue_gap: 'countIf(unpaid > 0 AND rate_then = 0)',
  overdue: `sum(${converted('unpaid', 'rate_then')})`,
  overdue_any: 'max(unpaid > 0)',
  overdue_days: `maxIf(
    dateDiff('day', due_at, window_end, {time_zone:String}), unpaid > 0)`,
  metered_gap: `countIf(${METERED} AND amount != 0 AND rate_then = 0)`,
  metered_revenue: `sumIf(${converted('amount', 'rate_then')}, ${METERED})`,
  metered_any: `max(${METERED})`,
  revenue_gap: `countIf(${OF_CONTRACT} AND amount != 0 AND rate_then = 0)`,
  revenue_to_date: `sumIf(${converted('amount', 'rate_then')}, ${OF_CONTRACT})`,
}

/** One row for each account with an invoice issued before the window's end. */
export const invoices: Source = {
  name: 'invoices',
  measures: {
    overdue_gap: {
      type: 'count',
      says: { en: 'overdue invoices without an exchange rate', ja: '為替レートのない延滞請求書数' },
    },
    overdue: {
      type: 'money',
      gap: 'overdue_gap',
      says: { en: 'unpaid past due', ja: '支払期限を過ぎた未払い額' },
    },
    overdue_any: { type: 'count', says: { en: '1 when anything is overdue', ja: '延滞があれば1' } },
    overdue_days: {
      type: 'count',
      says: { en: 'days since the oldest was due', ja: '最も古い延滞の日数' },
    },
    metered_gap: {
      type: 'count',
      says: {
        en: 'metered invoices without an exchange rate',
        ja: '為替レートのない従量課金の請求書数',
      },
    },
    metered_revenue: {
      type: 'money',
      gap: 'metered_gap',
      says: { en: 'metered revenue invoiced in the period', ja: '期間内に請求した従量課金の売上' },
    },
    metered_any: {
      type: 'count',
      says: {
        en: '1 when metered revenue was invoiced in the period',
        ja: '期間内に従量課金の請求があれば1',
      },
    },
    revenue_gap: {
      type: 'count',
      says: { en: 'invoices without an exchange rate', ja: '為替レートのない請求書数' },
    },
    revenue_to_date: {
      type: 'money',
      gap: 'revenue_gap',
      says: { en: 'recurring and one-off revenue to date', ja: 'これまでの継続・一時売上' },
    },
  },
  node: (wanted, context) => ({
    name: 'account_invoices',
    says: {
      en: 'Per account: overdue and invoiced amounts, at the rate of the day of issue',
      ja: '顧客ごと: 延滞額と請求額(発行日のレートで換算)',
    },
    inputs: [inWindows(context)],
    sql: `
SELECT
${list('i', 'account_id', ...selected(measures, wanted))}
FROM invoices_in_windows
GROUP BY i, account_id`,
  }),
}

import type { PlanNode } from '../plan/node.ts'
import { converted, ZERO } from '../sql/money.ts'
import { factVersions, KNOWN_IN_WINDOW } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import { exchangeRates, rateAt, rateOf } from './exchange-rates.ts'
import { list, type Source, type SourceContext, selected } from './source.ts'

const inWindows = ({ someAccounts }: SourceContext): PlanNode => ({
  name: 'invoices_in_windows',
  says: {
    en: 'Invoices issued before the end of each period, and what of them is past due and unpaid then',
    ja: '各期末までに発行された請求書と、その時点の延滞額',
  },
  inputs: [],
  sql: `
SELECT
  i, window_start, window_end, window_epoch, account_id, kind, currency, amount, issued_at, due_at,
  -- What had been paid by then of an invoice that was paid in full later is not recorded.
  multiIf(
    due_at >= window_end OR paid_at < window_end, ${ZERO},
    paid_at IS NULL, greatest(amount - paid_amount, ${ZERO}),
    greatest(amount, ${ZERO})) AS unpaid
FROM (${factVersions({
    table: 'invoices',
    columns: ['kind', 'amount', 'currency', 'issued_at', 'due_at', 'paid_at', 'paid_amount'],
    someAccounts,
  })}
)
${eachWindow('start', 'end', 'known', 'epoch')}
WHERE ${KNOWN_IN_WINDOW} AND issued_at < window_end`,
})

const OF_CONTRACT = "invoice.kind IN ('recurring', 'one_off')"
/** Use beyond what the contract includes, or paid by use; never a part of recurring revenue. */
const METERED = "(invoice.kind = 'metered' AND invoice.issued_at >= invoice.window_start)"
const measures = {
  overdue_gap: 'countIf(invoice.unpaid > 0 AND rate_then = 0)',
  overdue: `sum(${converted('invoice.unpaid', 'rate_then')})`,
  overdue_any: 'max(invoice.unpaid > 0)',
  overdue_days: `maxIf(
    dateDiff('day', invoice.due_at, invoice.window_end, {time_zone:String}), invoice.unpaid > 0)`,
  metered_gap: `countIf(${METERED} AND invoice.amount != 0 AND rate_then = 0)`,
  metered_revenue: `sumIf(${converted('invoice.amount', 'rate_then')}, ${METERED})`,
  metered_any: `max(${METERED})`,
  revenue_gap: `countIf(${OF_CONTRACT} AND invoice.amount != 0 AND rate_then = 0)`,
  revenue_to_date: `sumIf(${converted('invoice.amount', 'rate_then')}, ${OF_CONTRACT})`,
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
    inputs: [inWindows(context), exchangeRates],
    sql: `
SELECT
${list('i', 'account_id', ...selected(measures, wanted))}
FROM (
  SELECT invoice.*, ${rateOf('rate', 'invoice')} AS rate_then
  FROM invoices_in_windows AS invoice
  ${rateAt('rate', 'invoice', 'issued_at')}
) AS invoice
GROUP BY i, account_id`,
  }),
}

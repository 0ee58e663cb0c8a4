import type { PlanNode } from '../plan/node.ts'
import { valuedLines } from './contract-values.ts'
import { movementMeasures, movements } from './movements.ts'
import { list, type Measure, type Source, type SourceContext, selected } from './source.ts'

/** What contract lines say of one instant, the window's end: of a valued line, and of its parts. */
const balance: Readonly<Record<string, { line: string; parts: string }>> = {
  gap_end: { line: 'countIf(unconverted_end)', parts: 'sum(gap_end)' },
  mrr_end: { line: 'sum(value_end)', parts: 'sum(mrr_end)' },
  gap_gross: { line: 'countIf(unconverted_full_end)', parts: 'sum(gap_gross)' },
  mrr_gross: { line: 'sum(value_full_end)', parts: 'sum(mrr_gross)' },
  arr_end: { line: 'sum(arr_end)', parts: 'sum(arr_end)' },
  seats: { line: 'sumIf(quantity, runs_end)', parts: 'toFloat64(sum(seats))' },
  days_to_renewal: {
    line: "minOrNullIf(dateDiff('day', window_end, renews_at, {time_zone:String}), runs_end)",
    parts: 'min(days_to_renewal)',
  },
}

const balanceMeasures: Readonly<Record<string, Measure>> = {
  gap_end: {
    type: 'count',
    says: { en: 'lines without an exchange rate', ja: '為替レートのない契約明細数' },
  },
  mrr_end: {
    type: 'money',
    gap: 'gap_end',
    says: { en: 'MRR at the instant', ja: 'その時点のMRR' },
  },
  gap_gross: {
    type: 'count',
    says: { en: 'lines without an exchange rate', ja: '為替レートのない契約明細数' },
  },
  mrr_gross: {
    type: 'money',
    gap: 'gap_gross',
    says: { en: 'MRR at the instant, before discounts', ja: 'その時点の割引前のMRR' },
  },
  arr_end: {
    type: 'money',
    gap: 'gap_end',
    says: { en: 'ARR at the instant', ja: 'その時点のARR' },
  },
  paying_end: {
    type: 'count',
    says: { en: '1 when the account pays at the instant', ja: 'その時点で有料契約があれば1' },
  },
  seats: {
    type: 'number',
    says: { en: 'seats of the lines that apply', ja: '有効な契約明細の席数' },
  },
  days_to_renewal: {
    type: 'count',
    says: { en: 'days to the next end of a term', ja: '次の契約満了までの日数' },
  },
}

const balanceOfLines = Object.fromEntries(Object.entries(balance).map(([k, { line }]) => [k, line]))
const balanceParts = Object.fromEntries(Object.entries(balance).map(([k, { parts }]) => [k, parts]))

/** One row for each account with a known contract line, also when none of its lines applies. */
const balances = (wanted: ReadonlySet<string>, context: SourceContext): PlanNode => ({
  name: 'account_contracts',
  says: {
    en: 'Per account: what its contract lines add up to at the instant',
    ja: '顧客ごと: その時点の契約明細の合計',
  },
  inputs: [valuedLines(context, ['end'])],
  sql: `
SELECT
${list(
  'i',
  'account_id',
  ...selected(balanceParts, wanted),
  // An account pays when its lines of one currency add up to more than nothing.
  ...selected({ paying_end: 'max(native > 0)' }, wanted),
)}
FROM (
  SELECT
  ${list('i', 'account_id', 'sum(native_end) AS native', ...selected(balanceOfLines, wanted))}
  FROM contract_lines_valued
  GROUP BY i, account_id, currency
)
GROUP BY i, account_id`,
})

export const contracts: Source = {
  name: 'contracts',
  measures: { ...balanceMeasures, ...movementMeasures },
  node: (wanted, context) =>
    [...wanted].some((measure) => measure in movementMeasures)
      ? movements(wanted, balanceOfLines, balanceParts, context)
      : balances(wanted, context),
}

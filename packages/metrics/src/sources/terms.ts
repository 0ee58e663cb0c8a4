import type { PlanNode } from '../plan/node.ts'
import { layered } from '../sql/layers.ts'
import { converted, ZERO } from '../sql/money.ts'
import { knownThere, whereAll } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import { contractLines } from './contract-lines.ts'
import { exchangeRates, rateAt, rateOf } from './exchange-rates.ts'
import { list, type Source, type SourceContext, selected } from './source.ts'

/** Lines that count, with their yearly amount in the reporting currency. */
const lines = (context: SourceContext): PlanNode => ({
  name: 'term_lines',
  says: {
    en: 'Contract lines known in each period; trials have no terms',
    ja: '各期間に判明している契約明細(トライアルは対象外)',
  },
  inputs: [contractLines(context)],
  sql: `
SELECT
  i, window_start, window_end, window_known, window_epoch, account_id, record_id, product, currency,
  toTimeZone(starts_at, 'UTC') AS line_starts, ends_at AS line_ends, discount_ends_at, months_of_term,
  discounted_arr, full_arr
FROM contract_lines_known
${eachWindow('start', 'end', 'known', 'epoch')}
${whereAll(...knownThere(context), 'counts')}`,
})

/**
 * All lines of a product of an account side by side. What a term was worth and what renews it are
 * converted at one rate, that of the period's end, so that a drifting rate renews nothing.
 */
const products = (context: SourceContext): PlanNode => ({
  name: 'term_products',
  says: {
    en: "The lines of each product of an account side by side, converted at the rate of the period's end",
    ja: '顧客の製品ごとの契約明細(期末のレートで換算)',
  },
  inputs: [lines(context), exchangeRates(context)],
  sql: `
SELECT
  i, account_id, product,
  any(window_start) AS period_start, any(window_end) AS period_end, any(window_known) AS as_of,
  groupArray(tuple(
    line_starts, line_ends, discount_ends_at, months_of_term,
    ${converted('discounted_arr', 'rate_now')},
    ${converted('full_arr', 'rate_now')},
    full_arr != 0 AND rate_now = 0
  )) AS lines
FROM (
  SELECT line.*, ${rateOf('rate', 'line')} AS rate_now
  FROM term_lines AS line
  ${rateAt('rate', 'line', 'window_end')}
)
GROUP BY i, account_id, product`,
})

const LOCAL_START = 'toTimeZone(line.1, {time_zone:String})'
const local = (instant: string): string => `toTimeZone(${instant}, {time_zone:String})`
const terms = (at: string): string =>
  `intDiv(age('month', ${LOCAL_START}, ${local(at)}, {time_zone:String}), line.4)`

/** Each end of a term inside the period: anniversaries while the line runs, and its own end. */
const due = (context: SourceContext): PlanNode => ({
  name: 'terms_due',
  says: {
    en: `Terms that end in the period. Renewed: the line goes on, or a line of the same product runs then or starts within ${context.settings.renewalGraceDays} days. Undecided until those days are over`,
    ja: `期間内に満了する契約期間。同じ製品の契約が継続、または${context.settings.renewalGraceDays}日以内に開始すれば更新。それまでは未確定`,
  },
  inputs: [products(context)],
  sql: layered(
    `
SELECT
  i, account_id, product, period_start, period_end, as_of, lines, line,
  arrayJoin(arrayDistinct(arrayConcat(
    arrayFilter(
      at -> at >= period_start AND at < period_end AND at < line.2 AND at > line.1,
      arrayMap(
        k -> toTimeZone(addMonths(${LOCAL_START}, k * line.4), 'UTC'),
        range(
          toUInt32(greatest(1, ${terms('period_start')})),
          toUInt32(greatest(1, ${terms('period_end')}) + 2)))),
    if(line.2 >= period_start AND line.2 < period_end AND line.2 > line.1, [line.2], [])
  ))) AS due_at
FROM term_products
ARRAY JOIN lines AS line
WHERE line.1 < period_end AND line.2 >= period_start`,
    [
      `toTimeZone(addDays(${local('due_at')}, {renewal_grace_days:UInt32}), 'UTC') AS grace_ends_at`,
      // Just before it ends; a discount that ends with the term still applied.
      'if(due_at <= line.3, line.5, line.6) AS due_amount',
    ],
    ['arrayFilter(other -> other.1 <= grace_ends_at AND other.2 > due_at, lines) AS successors'],
    [
      `arrayFold(
    (total, other) -> total + if(greatest(due_at, other.1) < other.3, other.5, other.6),
    successors, ${ZERO}) AS next_amount`,
      `multiIf(
    due_at > as_of, 'undecided',
    notEmpty(successors), 'renewed',
    as_of < grace_ends_at, 'undecided', 'lost') AS outcome`,
      'line.7 OR arrayExists(other -> other.7, successors) AS unconverted',
      // Lines that end together are followed by the same ones, which renew each amount once.
      `sum(due_amount) OVER (
    PARTITION BY i, account_id, product, due_at ORDER BY due_amount, line
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS due_up_to`,
    ],
    [
      'least(due_up_to, next_amount) - least(due_up_to - due_amount, next_amount) AS renewed_amount',
    ],
  ),
})

const measures = {
  gap: 'countIf(unconverted)',
  terms_due: "countIf(outcome != 'undecided')",
  terms_renewed: "countIf(outcome = 'renewed')",
  terms_undecided: "countIf(outcome = 'undecided')",
  arr_undecided: "sumIf(due_amount, outcome = 'undecided')",
  arr_due: "sumIf(due_amount, outcome != 'undecided')",
  arr_renewed: "sumIf(renewed_amount, outcome = 'renewed')",
}

export const contractTerms: Source = {
  name: 'terms',
  measures: {
    gap: {
      type: 'count',
      says: { en: 'terms without an exchange rate', ja: '為替レートのない契約期間数' },
    },
    terms_due: {
      type: 'count',
      says: {
        en: 'terms that ended and are decided',
        ja: '満了し、更新の有無が確定した契約期間数',
      },
    },
    terms_renewed: {
      type: 'count',
      says: { en: 'of them renewed', ja: 'そのうち更新された数' },
    },
    terms_undecided: {
      type: 'count',
      says: { en: 'terms not yet decided', ja: '未確定の契約期間数' },
    },
    arr_undecided: {
      type: 'money',
      gap: 'gap',
      says: { en: 'ARR of the terms not yet decided', ja: '未確定の契約期間のARR' },
    },
    arr_due: {
      type: 'money',
      gap: 'gap',
      says: { en: 'ARR of the decided terms', ja: '確定した契約期間のARR' },
    },
    arr_renewed: {
      type: 'money',
      gap: 'gap',
      says: {
        en: 'ARR that renews them, at most what was due',
        ja: '更新後のARR(満了分を上限とする)',
      },
    },
  },
  node: (wanted, context) => ({
    name: 'account_terms',
    says: {
      en: 'Per account: terms due, renewed and undecided',
      ja: '顧客ごと: 満了・更新・未確定の契約期間',
    },
    inputs: [due(context)],
    sql: `
SELECT
${list('i', 'account_id', ...selected(measures, wanted))}
FROM terms_due
GROUP BY i, account_id`,
    params: { renewal_grace_days: context.settings.renewalGraceDays },
  }),
}

import type { PlanNode } from '../plan/node.ts'
import { type Knowing, knownAtOnce, knownFacts } from '../sql/versions.ts'

const RATES = {
  table: 'exchange_rates',
  columns: ['currency', 'rate', 'effective_at'],
  someAccounts: false,
  where: 'reporting_currency = {reporting_currency:String}',
}

/**
 * The rate table as known in each epoch, one row for each currency and instant from which a rate
 * applies. Small: it is read again wherever amounts are converted.
 */
export const exchangeRates = (knowing: Knowing): PlanNode => ({
  name: 'rates',
  says: {
    en: 'Exchange rates into the reporting currency, as known then',
    ja: '報告通貨への為替レート(その時点で判明していたもの)',
  },
  inputs: [],
  sql: `
SELECT
  ${knownAtOnce(knowing) ? 'toUInt32(0)' : 'epoch'} AS rate_epoch,
  currency AS rate_currency, effective_at AS rate_from, argMax(rate, known_at) AS rate
FROM (${knownFacts(RATES, knowing)}
)
${
  knownAtOnce(knowing)
    ? ''
    : `ARRAY JOIN
  {epoch_index:Array(UInt32)} AS epoch,
  {epoch_known:Array(DateTime64(3, 'UTC'))} AS epoch_known
WHERE known_at <= epoch_known AND epoch_known < known_until`
}
GROUP BY rate_epoch, currency, effective_at`,
})

/**
 * Joins to each row the rate of its currency that applied at an instant of it.
 *
 * @param rows alias of the left side, which has `window_epoch` and `currency`
 * @param at column of the left side, an instant in UTC
 */
export const rateAt = (alias: string, rows: string, at: string): string =>
  `ASOF LEFT JOIN rates AS ${alias}
  ON ${rows}.window_epoch = ${alias}.rate_epoch AND ${rows}.currency = ${alias}.rate_currency
  AND ${rows}.${at} >= ${alias}.rate_from`

/** The rate for one unit: 1 for the reporting currency, 0 where the table has none. */
export const rateOf = (alias: string, rows: string): string =>
  `if(${rows}.currency = {reporting_currency:String}, toDecimal128(1, 12), ifNull(${alias}.rate, toDecimal128(0, 12)))`

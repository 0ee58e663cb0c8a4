import type { PlanNode } from '../plan/node.ts'
import { layeredAsRead, thoseRead } from '../sql/layers.ts'
import { moneyQuotient, ZERO } from '../sql/money.ts'
import { FAR } from '../sql/versions.ts'
import { wordsOf } from '../sql/words.ts'
import { named, valuedLines } from './contract-values.ts'
import { list, type Measure, type SourceContext, selected } from './source.ts'

const money = (en: string, ja: string, gap = 'gap'): Measure => ({
  type: 'money',
  gap,
  says: { en, ja },
})
const count = (en: string, ja: string): Measure => ({ type: 'count', says: { en, ja } })

/** What the contracts of an account did between the start and the end of a window. */
export const movementMeasures: Readonly<Record<string, Measure>> = {
  gap_start: count('lines at the start without an exchange rate', '期首で為替レートのない明細数'),
  gap: count('lines without an exchange rate', '為替レートのない契約明細数'),
  mrr_start: money('MRR at the start', '期首のMRR', 'gap_start'),
  mrr_new: money('MRR of accounts that never paid before', '新規顧客のMRR'),
  mrr_reactivation: money('MRR of accounts that came back', '復活した顧客のMRR'),
  mrr_expansion: money('growth of accounts that pay at both ends', '継続顧客の増額'),
  mrr_contraction: money('shrinkage of accounts that pay at both ends', '継続顧客の減額'),
  mrr_churn: money('MRR of accounts that stopped paying', '解約した顧客のMRR'),
  mrr_fx: money('change that only comes from exchange rates', '為替レートのみによる変動'),
  mrr_expansion_upgrade: money('expansion by a change of plan', 'プラン変更による増額'),
  mrr_expansion_seats: money('expansion by quantity', '数量による増額'),
  mrr_expansion_cross_sell: money('expansion by a product not had before', '新しい製品による増額'),
  mrr_expansion_price: money('expansion by price', '価格による増額'),
  mrr_expansion_discount_end: money('expansion by the end of a discount', '割引終了による増額'),
  mrr_upsold: money('expansion by plan and quantity', 'プラン変更と数量による増額'),
  mrr_lost: money('churn and contraction', '解約と減額'),
  mrr_lost_net: money('churn and contraction less expansion', '解約と減額から増額を引いた額'),
  cohort_start: money('MRR at the start of accounts paying then', '期首に有料の顧客の期首MRR'),
  cohort_end: money(
    "their MRR at the end, at the start's exchange rates",
    'その顧客の期末MRR(期首のレート)',
  ),
  cohort_kept: money(
    'their MRR at the end, at most what it was at the start',
    'その顧客の期末MRR(期首を上限とする)',
  ),
  paying_start: count('1 when the account pays at the start', '期首に有料なら1'),
  customers_start: count('1 when it is a customer at the start', '期首に顧客なら1'),
  customers_lost: count(
    '1 when it is a customer at the start and not at the end',
    '期首に顧客で期末に顧客でなければ1',
  ),
  paying_both: count('1 when it pays at both ends', '期首と期末に有料なら1'),
  customers_kept: count('1 when it is a customer at both ends', '期首と期末に顧客なら1'),
  accounts_new: count('1 when it never paid before and does at the end', '新規なら1'),
  accounts_reactivated: count('1 when it came back', '復活なら1'),
  new_and_lost: count(
    '1 when it first paid inside the period and does not at the end',
    '期間内に新規かつ解約なら1',
  ),
  first_paid_inside: count('1 when it first paid inside the period', '期間内に初めて支払ったなら1'),
  accounts_upsold: count('1 when it upgraded or took more', 'アップセルがあれば1'),
  accounts_cross_sold: count('1 when it took a further product', 'クロスセルがあれば1'),
}

/** Since when lines have been paid for, and what that is called of a product, and of its account. */
const HISTORY = [
  [`min(if(ever_paid, paid_since, ${FAR}))`, 'first_paid_at', 'first_paid'],
  ['max(paid_at_cut)', 'paid_before', 'paid_once'],
  // The end of what was paid before the period; only looked at when nothing is paid at its start.
  ['maxIf(ends_at, paid_since < window_start AND ever_paid)', 'paid_until', 'last_paid'],
  ['minIf(paid_since, paid_since >= window_start AND ever_paid)', 'paid_again_at', 'paid_again'],
] as const

/** Lines of one product in one currency, together. */
const productLines = (
  wanted: ReadonlySet<string>,
  balanceOfLines: Readonly<Record<string, string>>,
  context: SourceContext,
): PlanNode => {
  const lines = valuedLines(context, ['start', 'end'])
  return {
    name: named('contract_products', context),
    says: {
      en: 'Per account, product and currency: amounts, plans and quantities at the start and at the end',
      ja: '顧客・製品・通貨ごと: 期首と期末の金額、プラン、数量',
    },
    inputs: [lines],
    sql: (read) => `
SELECT
${list(
  'i',
  'account_id',
  'product',
  'currency',
  ...thoseRead(read, [
    'any(window_start) AS period_start',
    'any(window_end) AS period_end',
    ...['start', 'end'].flatMap((side) => [
      `sum(native_${side}) AS product_native_${side}`,
      `sum(native_kept_${side}) AS product_native_kept_${side}`,
      `sum(native_full_${side}) AS product_native_full_${side}`,
      `sum(value_${side}) AS product_value_${side}`,
      `sum(value_full_${side}) AS product_value_full_${side}`,
      `groupUniqArrayIf(plan, runs_${side}) AS plans_${side}`,
      // A line that is not sold by seat counts as one.
      `sumIf(ifNull(quantity, 1), runs_${side}) AS units_${side}`,
    ]),
    'countIf(unconverted_start) AS gaps_start',
    'countIf(unconverted_end) AS gaps_end',
    ...HISTORY.map(([sql, name]) => `${sql} AS ${name}`),
  ]),
  ...selected(balanceOfLines, wanted),
)}
FROM ${lines.name}
GROUP BY i, account_id, product, currency`,
  }
}

const AT_START_RATES = (native: string, value: string): string => `if(
    currency = {reporting_currency:String} OR currency_native_start <= 0,
    ${value},
    ${moneyQuotient(
      `toDecimal256(${native}, 8) * toDecimal256(currency_value_start, 8)`,
      'if(currency_native_start > 0, currency_native_start, toDecimal128(1, 8))',
    )})`

/**
 * What the end would be worth had no exchange rate moved: the native amount at the end × what one unit
 * of the account's amounts in that currency was worth at the start. Without an amount in the currency
 * at the start there is no drift to take out.
 */
const atConstantRates = (input: PlanNode, context: SourceContext): PlanNode => ({
  name: named('contract_products_at_start_rates', context),
  says: {
    en: 'The end valued at the exchange rates of the start, so that a drifting rate is no movement',
    ja: '期末の金額を期首の為替レートで評価し、為替の変動を増減に含めない',
  },
  inputs: [input],
  sql: (read) =>
    layeredAsRead(
      read,
      () => `SELECT * FROM ${input.name}`,
      (
        [
          'product_native_start',
          'product_native_end',
          'product_native_kept_start',
          'product_native_kept_end',
          'product_value_start',
        ] as const
      ).map(
        (column) =>
          `sum(${column}) OVER (PARTITION BY i, account_id, currency) AS ${column.replace('product', 'currency')}`,
      ),
      [
        `${AT_START_RATES('product_native_end', 'product_value_end')} AS product_constant_end`,
        `${AT_START_RATES('product_native_full_end', 'product_value_full_end')} AS product_constant_full_end`,
      ],
    ),
})

/** Measures that need the products of an account apart. */
const whyExpanded = [
  'mrr_expansion_upgrade',
  'mrr_expansion_seats',
  'mrr_expansion_cross_sell',
  'mrr_expansion_price',
  'mrr_expansion_discount_end',
  'mrr_upsold',
  'accounts_upsold',
  'accounts_cross_sold',
]

/**
 * What products and their growth come to in each currency, where nobody asks for the causes of an
 * expansion. The same to the last digit: what is in another currency than the reporting one is valued
 * at the start's rates product by product as well.
 */
const currencyTotals = (
  wanted: ReadonlySet<string>,
  balanceOfLines: Readonly<Record<string, string>>,
  context: SourceContext,
): PlanNode => {
  const lines = valuedLines(context, ['start', 'end'])
  return {
    name: named('contract_currencies', context),
    says: {
      en: 'Per account and currency: amounts at the start and at the end, the end also at the exchange rates of the start, so that a drifting rate is no movement',
      ja: '顧客・通貨ごと: 期首と期末の金額。期末は期首の為替レートでも評価し、為替の変動を増減に含めない',
    },
    inputs: [lines],
    sql: (reads) =>
      layeredAsRead(
        reads,
        (read) => `
SELECT
${list(
  'i',
  'account_id',
  'currency',
  ...thoseRead(read, [
    'any(window_start) AS starts',
    'any(window_end) AS ends',
    'sum(native_start) AS currency_native_start',
    'sum(native_end) AS currency_native_end',
    'sum(native_kept_start) AS currency_native_kept_start',
    'sum(native_kept_end) AS currency_native_kept_end',
    'sum(value_start) AS s',
    'sum(value_end) AS e',
    `sumMapIf(map(product, native_end), currency != {reporting_currency:String}) AS products_end`,
    'countIf(unconverted_start) AS no_rate_s',
    'countIf(unconverted_end) AS no_rate_e',
    ...HISTORY.map(([sql, , name]) => `${sql} AS ${name}`),
  ]),
  ...selected(balanceOfLines, wanted),
)}
FROM ${lines.name}
GROUP BY i, account_id, currency`,
        [
          `if(currency = {reporting_currency:String} OR currency_native_start <= 0, e, arraySum(
    (product_end, value_start, native_start) -> ${moneyQuotient('toDecimal256(product_end, 8) * toDecimal256(value_start, 8)', 'native_start')},
    mapValues(products_end),
    arrayResize([s], length(products_end), s),
    arrayResize([currency_native_start], length(products_end), currency_native_start))) AS c`,
          'currency_native_start > 0 AS pays_s',
          'currency_native_end > 0 AS pays_e',
          'currency_native_kept_start > 0 AS stays_s',
          'currency_native_kept_end > 0 AS stays_e',
        ],
      ),
  }
}

/** Why a product of an account grew. */
const productGrowth = (
  input: PlanNode,
  wanted: ReadonlySet<string>,
  balanceParts: Readonly<Record<string, string>>,
  context: SourceContext,
): PlanNode => ({
  name: named('contract_product_growth', context),
  says: {
    en: 'Why a product of an account grew: not had before, other plan, other quantity, end of a discount, else price',
    ja: '製品ごとの増額の理由: 新しい製品、プラン変更、数量変更、割引終了、それ以外は価格',
  },
  inputs: [input],
  sql: (reads) =>
    layeredAsRead(
      reads,
      (read) => `
SELECT
${list(
  'i',
  'account_id',
  'product',
  ...thoseRead(read, [
    'any(period_start) AS starts',
    'any(period_end) AS ends',
    'sum(product_value_start) AS s',
    'sum(product_value_end) AS e',
    'sum(product_constant_end) AS c',
    'sum(product_value_full_start) AS full_s',
    'sum(product_constant_full_end) AS full_c',
    'sum(units_start) AS units_s',
    'sum(units_end) AS units_e',
    'max(currency_native_start > 0) AS pays_s',
    'max(currency_native_end > 0) AS pays_e',
    'max(currency_native_kept_start > 0) AS stays_s',
    'max(currency_native_kept_end > 0) AS stays_e',
    'sum(gaps_start) AS no_rate_s',
    'sum(gaps_end) AS no_rate_e',
    'min(first_paid_at) AS first_paid',
    'max(paid_before) AS paid_once',
    'max(paid_until) AS last_paid',
    'minIf(paid_again_at, paid_again_at >= period_start) AS paid_again',
    'arraySort(groupUniqArrayArray(plans_start)) AS plans_s',
    'arraySort(groupUniqArrayArray(plans_end)) AS plans_e',
  ]),
  ...selected(balanceParts, wanted),
)}
FROM ${input.name}
GROUP BY i, account_id, product`,
      [
        `greatest(c - s, ${ZERO}) AS growth`,
        `multiIf(
    empty(plans_s), 'cross_sell', plans_s != plans_e, 'upgrade',
    units_s != units_e, 'seats', 'price') AS cause`,
      ],
      [
        // What the discount takes less of than at the start, as far as the product grew by it.
        `if(cause = 'price', least(growth, greatest(${ZERO}, (full_s - s) - (full_c - c))), ${ZERO}) AS by_discount`,
      ],
    ),
})

/** The account as a whole: what it pays at both ends, and its growth by cause before netting. */
const accountTotals = (
  input: PlanNode,
  wanted: ReadonlySet<string>,
  balanceParts: Readonly<Record<string, string>>,
  context: SourceContext,
): PlanNode => ({
  name: named('contract_totals', context),
  says: {
    en: 'Per account: the total at the start and at the end, and since when it has paid',
    ja: '顧客ごと: 期首と期末の合計と、支払いの開始時点',
  },
  inputs: [input],
  sql: (read) => `
SELECT
${list(
  'i',
  'account_id',
  ...thoseRead(read, [
    'any(starts) AS period_start',
    'any(ends) AS period_end',
    'sum(s) AS at_start',
    'sum(e) AS at_end',
    'sum(c) AS at_end_constant',
    'max(pays_s) AS pays_start',
    'max(pays_e) AS pays_end',
    'max(stays_s) AS stays_start',
    'max(stays_e) AS stays_end',
    'sum(no_rate_s) AS gap_start',
    'sum(no_rate_s) + sum(no_rate_e) AS gap',
    'min(first_paid) AS first_paid_at',
    'max(paid_once) AS paid_before',
    'max(last_paid) AS paid_until',
    'minIf(paid_again, paid_again >= starts) AS paid_again_at',
    ...['cross_sell', 'upgrade', 'seats'].map(
      (cause) => `sumIf(growth, cause = '${cause}') AS by_${cause}`,
    ),
    'sum(by_discount) AS by_discount_end',
  ]),
  ...selected(balanceParts, wanted),
)}
FROM ${input.name}
GROUP BY i, account_id`,
})

const nonNegative = (sql: string): string => `greatest(${sql}, ${ZERO})`
const when = (condition: string, sql: string): string => `if(${condition}, ${sql}, ${ZERO})`

/** Growth that the account's shrinking products leave over, given to the causes in a fixed order. */
const netted = ['cross_sell', 'upgrade', 'seats', 'discount_end'] as const

/**
 * Every movement of an account. Exactly one of the kinds is not zero (fx aside), and
 * start + new + reactivation + expansion − contraction − churn + fx = end.
 *
 * The expansion of an account is what its growing products leave over after its shrinking ones. The
 * causes take their part of it in a fixed order (a further product, plan, quantity, end of a discount)
 * and price gets the rest, so that the parts add up to it exactly.
 */
export const movements = (
  wanted: ReadonlySet<string>,
  balanceOfLines: Readonly<Record<string, string>>,
  balanceParts: Readonly<Record<string, string>>,
  context: SourceContext,
): PlanNode => {
  const { settings } = context
  const growth = whyExpanded.some((measure) => wanted.has(measure))
    ? productGrowth(
        atConstantRates(productLines(wanted, balanceOfLines, context), context),
        wanted,
        balanceParts,
        context,
      )
    : currencyTotals(wanted, balanceOfLines, context)
  const totals = accountTotals(growth, wanted, balanceParts, context)
  const notice = settings.churnDate === 'cancellation_notice'
  const [customerStart, customerEnd] = notice
    ? ['stays_start', 'stays_end']
    : ['pays_start', 'pays_end']
  const comesBack =
    settings.reactivationMaxGapDays === null
      ? 'paid_before'
      : `paid_before AND
    dateDiff('day', paid_until, paid_again_at, {time_zone:String}) <= {reactivation_max_gap_days:UInt32}`
  const expressions: Record<string, string> = {
    gap_start: 'gap_start',
    gap: 'gap',
    mrr_start: 'at_start',
    mrr_end: 'at_end',
    mrr_new: when('starts_paying AND NOT comes_back', 'change'),
    mrr_reactivation: when('starts_paying AND comes_back', 'change'),
    mrr_expansion: 'expansion',
    mrr_contraction: when('NOT starts_paying AND NOT stops_paying', nonNegative('-change')),
    mrr_churn: when('stops_paying', '-change'),
    mrr_fx: when('pays_start AND pays_end', 'at_end - at_end_constant'),
    mrr_expansion_cross_sell: 'net_cross_sell',
    mrr_expansion_upgrade: 'net_upgrade',
    mrr_expansion_seats: 'net_seats',
    mrr_expansion_discount_end: 'net_discount_end',
    mrr_expansion_price: `expansion - ${netted.map((cause) => `net_${cause}`).join(' - ')}`,
    mrr_upsold: 'net_upgrade + net_seats',
    mrr_lost: when('NOT starts_paying', nonNegative('-change')),
    mrr_lost_net: settings.netChurnCountsReactivation
      ? when('NOT starts_paying OR comes_back', '-change')
      : when('NOT starts_paying', '-change'),
    cohort_start: when('pays_start', 'at_start'),
    cohort_end: when('pays_start', 'at_start + change'),
    cohort_kept: when('pays_start', 'least(at_start, at_start + change)'),
    paying_start: 'pays_start',
    paying_end: 'pays_end',
    mrr_end_at_start_rates: 'at_start + change',
    window_starts_at: 'period_start',
    window_ends_at: 'period_end',
    paying_both: 'pays_start AND pays_end',
    customers_start: customerStart,
    customers_lost: `${customerStart} AND NOT ${customerEnd}`,
    customers_kept: `${customerStart} AND ${customerEnd}`,
    accounts_new: 'starts_paying AND NOT comes_back',
    accounts_reactivated: 'starts_paying AND comes_back',
    new_and_lost:
      'NOT pays_start AND NOT pays_end AND first_paid_at >= period_start AND first_paid_at < period_end',
    first_paid_inside: 'first_paid_at >= period_start AND first_paid_at < period_end',
    accounts_upsold: 'pays_start AND net_upgrade + net_seats > 0',
    accounts_cross_sold: 'pays_start AND net_cross_sell > 0',
    ...Object.fromEntries(Object.keys(balanceParts).map((name) => [name, name])),
  }
  const asked = selected(expressions, wanted)
  return {
    name: named('account_contracts', context),
    says: {
      en: `Per account: the movement between start and end. Expansion and contraction leave exchange rates out${notice ? '; a customer is lost when it gives notice' : ''}`,
      ja: `顧客ごと: 期首から期末への増減。増額・減額に為替の変動は含めない${notice ? '。解約通知の時点で解約とみなす' : ''}`,
    },
    inputs: [totals],
    sql: `
SELECT
${list('i', 'account_id', ...asked)}
FROM (
${layeredAsRead(
  wordsOf(asked.join(' ')),
  () => `SELECT * FROM ${totals.name}`,
  [
    'NOT pays_start AND pays_end AS starts_paying',
    'pays_start AND NOT pays_end AS stops_paying',
    `${comesBack} AS comes_back`,
    'if(pays_start AND pays_end, at_end_constant, at_end) - at_start AS change',
  ],
  [`${when('NOT starts_paying AND NOT stops_paying', nonNegative('change'))} AS expansion`],
  netted.map((cause, index) => {
    const upTo = (count: number) =>
      count === 0
        ? ZERO
        : `least(expansion, ${netted
            .slice(0, count)
            .map((each) => `by_${each}`)
            .join(' + ')})`
    return `${upTo(index + 1)} - ${upTo(index)} AS net_${cause}`
  }),
)}
)`,
    ...(settings.reactivationMaxGapDays === null
      ? {}
      : { params: { reactivation_max_gap_days: settings.reactivationMaxGapDays } }),
  }
}

import type { PlanNode } from '../plan/node.ts'
import { layeredAsRead, thoseRead } from '../sql/layers.ts'
import { converted, ZERO } from '../sql/money.ts'
import { eachWindowThat, ofWindow } from '../sql/per-window.ts'
import { knownAtOnce, knownThere, whereAll } from '../sql/versions.ts'
import { type Words, withWords } from '../sql/words.ts'
import { contractLines } from './contract-lines.ts'
import { exchangeRates, rateAt, rateOf } from './exchange-rates.ts'
import { list, type SourceContext } from './source.ts'

/** How many months or days of whole steps lie between two local instants. */
export const wholeSteps = (from: string, to: string, inMonths: string, step: string): string =>
  `if(${inMonths}, intDiv(age('month', ${from}, ${to}, {time_zone:String}), ${step}),
    intDiv(age('day', ${from}, ${to}, {time_zone:String}), ${step})) * ${step}`

/**
 * A local instant, some months or days later. Always counted from the first one and not step by step, so
 * that what starts on the 31st comes back to the 31st after a short month.
 */
export const later = (from: string, inMonths: string, count: string): string =>
  `if(${inMonths}, addMonths(${from}, ${count}), addDays(${from}, ${count}))`

export const local = (instant: string): string => `toTimeZone(${instant}, {time_zone:String})`

/** Expressions in layers: each layer may use the names of those before. */
interface Layers {
  readonly first: readonly string[]
  readonly second: readonly string[]
  readonly third: readonly string[]
}

export type Side = 'start' | 'end'

/** What a line is at one end of the window; `service` is the start of the billing period it is in. */
const atSide = (side: Side): Layers => {
  const at = `window_${side}`
  return {
    first: [
      `counts AND starts_at <= ${at} AND ${at} < ends_at AS runs_${side}`,
      `${wholeSteps('starts_at', `local_${side}`, 'billed_by_month', 'billing_length')} AS served_${side}`,
    ],
    second: [
      `${later('starts_at', 'billed_by_month', `served_${side}`)} AS service_here_${side}`,
      `${later('starts_at', 'billed_by_month', `served_${side} + billing_length`)} AS service_next_${side}`,
      `multiIf(NOT runs_${side}, ${ZERO}, ${at} < discount_ends_at, discounted_mrr, full_mrr) AS native_${side}`,
      `if(runs_${side}, full_mrr, ${ZERO}) AS native_full_${side}`,
    ],
    third: [
      // At the end of a short month a period has begun although its months are not full.
      `toTimeZone(if(service_next_${side} <= ${at}, service_next_${side}, service_here_${side}), 'UTC') AS service_${side}`,
      `if(${at} < given_up_at, native_${side}, ${ZERO}) AS native_kept_${side}`,
    ],
  }
}

/** ARR, and the first end of a term: an anniversary of the line's start, or the line's own end. */
const onlyAtEnd: Layers = {
  first: [`${wholeSteps('starts_at', 'local_end', 'true', 'months_of_term')} AS in_term`],
  second: [
    `multiIf(NOT runs_end, ${ZERO}, window_end < discount_ends_at, discounted_arr, full_arr) AS native_arr_end`,
    'addMonths(starts_at, in_term + months_of_term) AS anniversary',
    'addMonths(starts_at, in_term + 2 * months_of_term) AS anniversary_after',
  ],
  third: [
    'least(ends_at, if(anniversary > window_end, anniversary, anniversary_after)) AS renews_at',
  ],
}

/**
 * Whether a line was ever paid for before the period: at its start or at the start of an earlier period
 * of the same length. History is cut where the movements are, so that an account is new exactly once:
 * one that came and went between two cuts was in no figure, and is new when it is first in one.
 */
const paidHistory: Layers = {
  first: [
    `${wholeSteps(local('ends_at'), 'local_start', 'window_step_months > 0', 'step')} AS since_end`,
  ],
  second: [
    `${later('local_start', 'window_step_months > 0', '-since_end')} AS cut_here`,
    `${later('local_start', 'window_step_months > 0', '-since_end - step')} AS cut_before`,
  ],
  third: [
    `ever_paid AND paid_since <= multiIf(
    ends_at > window_start, local_start, cut_here < ends_at, cut_here, cut_before) AS paid_at_cut`,
  ],
}

/** The same where every change has its window: whatever was paid before it counts. */
const paidHistoryOfChanges: Layers = {
  first: [],
  second: [],
  third: ['ever_paid AND paid_since <= window_start AS paid_at_cut'],
}

const WINDOW_COLUMNS = ['start', 'end', 'epoch', 'step_months', 'step_days'] as const
const LINE_COLUMNS = [
  'account_id',
  'product',
  'plan',
  'currency',
  'quantity',
  'starts_at',
  'ends_at',
  'given_up_at',
  'discount_ends_at',
  'counts',
  'billed_by_month',
  'billing_length',
  'months_of_term',
  'full_mrr',
  'full_arr',
  'discounted_mrr',
  'discounted_arr',
  'paid_since',
  'ever_paid',
]

/** The name of a node that depends on the windows of a context, or on what is asked of them. */
export const named = (name: string, { accountWindows, suffix }: SourceContext): string =>
  [name, accountWindows?.suffix, suffix].filter((part) => part !== undefined).join('_')

/**
 * The lines that a window need not look at add nothing to it: those that apply at neither end and, where
 * it does not look back, those of the past. One line of each account stays.
 */
const matters = (used: readonly Side[], looksBack: boolean): string =>
  `(stands_for_account OR ${
    looksBack
      ? 'starts_at <= window_end'
      : used.includes('start')
        ? 'starts_at <= window_end AND window_start < ends_at'
        : 'starts_at <= window_end AND window_end < ends_at'
  })`

/** Each line in each window: what it is worth at the window's end and, if asked, at its start. */
const linesInWindows = (context: SourceContext, used: readonly Side[]): PlanNode => {
  const own = context.accountWindows
  const history = own === undefined ? paidHistory : paidHistoryOfChanges
  const parts = [...used.map(atSide), onlyAtEnd, ...(used.includes('start') ? [history] : [])]
  const rows = (read: Words): string => {
    const derived = thoseRead(read, [
      'toInt64(if(window_step_months > 0, window_step_months, window_step_days)) AS step',
      `${local('window_start')} AS local_start`,
      `${local('window_end')} AS local_end`,
    ])
    const words = withWords(read, derived.join(' '))
    const windows = WINDOW_COLUMNS.filter((column) => words.has(`window_${column}`))
    const looksBack = read.has('paid_at_cut') || read.has('paid_since')
    const columns = [...derived, ...thoseRead(read, LINE_COLUMNS)]
    if (own !== undefined) {
      return `
SELECT
${list('i', ...windows.map((column) => `window_${column}`), ...columns)}
FROM contract_lines_known
INNER JOIN ${own.node.name} USING (account_id)
${whereAll(...knownThere(context))}`
    }
    return `
SELECT
${list('i', ...windows.map(ofWindow), ...columns)}
FROM contract_lines_known
${eachWindowThat(
  context,
  ['start', 'end'],
  // Where windows know different things, so does the line that would stand for its account.
  ...(knownAtOnce(context) ? [matters(used, looksBack)] : []),
)}`
  }
  return {
    name: named('contract_lines_in_windows', context),
    says: {
      en: `Each line at the ${used.join(' and the ')} of each period; it applies from its first instant to before its last`,
      ja: `各期間の${used.map((side) => (side === 'start' ? '期首' : '期末')).join('と')}における契約明細(開始時点を含み、終了時点を含まない)`,
    },
    inputs: [contractLines(context), ...(own === undefined ? [] : [own.node])],
    sql: (read) =>
      layeredAsRead(
        read,
        rows,
        parts.flatMap(({ first }) => first),
        parts.flatMap(({ second }) => second),
        parts.flatMap(({ third }) => third),
      ),
  }
}

const valueAt = (side: Side): string[] => [
  `${converted(`native_${side}`, `rate_at_${side}`)} AS value_${side}`,
  `${converted(`native_full_${side}`, `rate_at_${side}`)} AS value_full_${side}`,
  `native_${side} != 0 AND rate_at_${side} = 0 AS unconverted_${side}`,
  `native_full_${side} != 0 AND rate_at_${side} = 0 AS unconverted_full_${side}`,
]

/** The lines with their value in the reporting currency at the rate of the service period's start. */
export const valuedLines = (context: SourceContext, used: readonly Side[]): PlanNode => {
  const lines = linesInWindows(context, used)
  return {
    name: named('contract_lines_valued', context),
    says: {
      en: 'Their value in the reporting currency, at the rate of the start of the service period',
      ja: '報告通貨での金額(サービス期間の開始時点のレートで換算)',
    },
    inputs: [lines, exchangeRates(context)],
    sql: (reads) =>
      layeredAsRead(
        reads,
        () => `
SELECT
  line.*,
  ${used.map((side) => `${rateOf(`rate_${side}`, 'line')} AS rate_at_${side}`).join(',\n  ')}
FROM ${lines.name} AS line
${used.map((side) => rateAt(`rate_${side}`, 'line', `service_${side}`)).join('\n')}`,
        [...used.flatMap(valueAt), `${converted('native_arr_end', 'rate_at_end')} AS arr_end`],
      ),
  }
}

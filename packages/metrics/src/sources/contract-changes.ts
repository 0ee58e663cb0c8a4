import type { PlanNode } from '../plan/node.ts'
import { layered } from '../sql/layers.ts'
import { knownThere, whereAll } from '../sql/versions.ts'
import { eachWindow, type WindowColumn, windowArray } from '../sql/windows.ts'
import { contractLines } from './contract-lines.ts'
import { later, local, valuedLines, wholeSteps } from './contract-values.ts'
import type { SourceContext } from './source.ts'

/** Changes of one account that lie at most so far apart are one. */
const TOGETHER_MINUTES = 60

const only = (column: WindowColumn): string => `${windowArray(column)}[1]`
/** The query has one window, the period. */
const PERIOD = {
  start: only('start'),
  end: only('end'),
  known: only('known'),
  epoch: only('epoch'),
}
const KNOWN = `${PERIOD.known} AS window_known, ${PERIOD.epoch} AS window_epoch`

/** Index of the window that covers the whole period; those of the changes come after it. */
export const WHOLE_PERIOD = 0

const steps = (to: string): string =>
  `intDiv(${wholeSteps('starts_at', local(to), 'billed_by_month', 'billing_length')}, billing_length)`

/**
 * The instants of the period at which an account's recurring revenue may change: a line starts or ends,
 * its discount ends, and for lines in another currency, a billing period starts, which has the rate of
 * its own start. What a period starts with is at its start already; what holds at its end is in it.
 */
const turningPoints = (context: SourceContext): PlanNode => ({
  name: 'contract_turning_points',
  says: {
    en: "Instants of the period at which an account's recurring revenue may change",
    ja: '期間内に経常収益が変わりうる時点',
  },
  inputs: [contractLines(context)],
  sql: `
SELECT
  account_id,
  arraySort(arrayDistinct(groupArrayArray(
    arrayFilter(at -> at > ${PERIOD.start} AND at <= ${PERIOD.end}, points)))) AS turns
FROM (
${layered(
  `
SELECT
  account_id, counts, starts_at, ends_at, discount_ends_at, currency, billed_by_month, billing_length,
  ${PERIOD.start} AS period_start, ${PERIOD.end} AS period_end
FROM contract_lines_known
${eachWindow('known')}
${whereAll(...knownThere(context))}`,
  [
    `if(counts AND currency != {reporting_currency:String}, range(
    toUInt32(greatest(0, ${steps('greatest(period_start, starts_at)')})),
    toUInt32(greatest(0, ${steps('least(period_end, ends_at)')}) + 2)), []) AS billed`,
  ],
  [
    `if(counts, arrayConcat(
    [toTimeZone(starts_at, 'UTC'), ends_at, discount_ends_at],
    arrayMap(
      k -> toTimeZone(${later('starts_at', 'billed_by_month', 'k * billing_length')}, 'UTC'), billed)
  ), []) AS points`,
  ],
)}
)
GROUP BY account_id`,
})

/** A window for the start of the period and for each turning point; only its end is looked at. */
const turns = (context: SourceContext): PlanNode => {
  const points = turningPoints(context)
  return {
    name: 'contract_turns',
    says: { en: "The period's start, and each of them", ja: '期首と、その各時点' },
    inputs: [points],
    sql: `
SELECT
  account_id, toUInt32(0) AS i, ${KNOWN}, ${PERIOD.start} AS window_start,
  arrayJoin(arrayPushFront(turns, ${PERIOD.start})) AS window_end
FROM ${points.name}`,
  }
}

/** What an account pays in each currency at each turning point, as a text to compare. */
const states = (context: SourceContext): PlanNode => {
  const lines = valuedLines(
    { ...context, accountWindows: { node: turns(context), suffix: 'at_turns' } },
    ['end'],
  )
  return {
    name: 'contract_states',
    says: {
      en: 'What the account pays in each currency then',
      ja: 'その各時点の通貨ごとの金額',
    },
    inputs: [lines],
    sql: `
SELECT
  account_id, at,
  toString(arraySort(groupArrayIf(
    tuple(currency, native, value), native != 0 OR value != 0))) AS state
FROM (
  SELECT
    account_id, window_end AS at, currency,
    sum(native_end) AS native, sum(value_end) AS value
  FROM ${lines.name}
  GROUP BY account_id, window_end, currency
)
GROUP BY account_id, at`,
  }
}

/**
 * The windows on which the movements of an account are made one by one: from just before the first to
 * the last of the changes that lie together. A chain of changes, each at most an hour after the one
 * before, is one, so that no two within the hour are ever told apart. Window 0 is the whole period.
 *
 * @param context of one window, the period
 */
export const changeWindows = (context: SourceContext): PlanNode => {
  const input = states(context)
  return {
    name: 'contract_change_windows',
    says: {
      en: `The whole period, and each change in it; changes at most ${TOGETHER_MINUTES} minutes after one another are one`,
      ja: `期間全体と、その中の各変更。直前の変更から${TOGETHER_MINUTES}分以内の変更はまとめて1件とする`,
    },
    inputs: [input],
    sql: `
SELECT
  account_id, i, ${KNOWN}, change.1 AS window_start, change.2 AS window_end
FROM (
${layered(
  `
SELECT account_id, arraySort(groupArray(tuple(at, state))) AS states
FROM ${input.name}
GROUP BY account_id`,
  [
    `arrayMap(after -> after.1, arrayFilter(
    (after, before) -> after.2 != before.2, arrayPopFront(states), arrayPopBack(states))) AS changed`,
  ],
  [
    `arraySplit(
    (at, before) -> at > addMinutes(before, ${TOGETHER_MINUTES}),
    changed, arrayPopBack(arrayPushFront(changed, ${PERIOD.start}))) AS together`,
  ],
  [
    `arrayPushFront(
    arrayMap(each -> tuple(subtractMilliseconds(each[1], 1), each[-1]), together),
    tuple(${PERIOD.start}, ${PERIOD.end})) AS changes`,
  ],
)}
)
ARRAY JOIN changes AS change, arrayMap(k -> toUInt32(k - 1), arrayEnumerate(changes)) AS i`,
  }
}

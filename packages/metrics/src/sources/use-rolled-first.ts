import type { PlanNode } from '../plan/node.ts'
import type { KnownDays } from '../rollup.ts'
import { ofAccounts, ofWorkspace } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import { list, type SourceContext } from './source.ts'
import { daysBack, EARLIER } from './use-kinds.ts'
import { KNOWN_ON, type RolledPart, SAME_DAY } from './use-rolled-rows.ts'

const earlierOnes = Array.from({ length: EARLIER }, (_, k) => k + 1)

/** What is known of the use of an account: whose first use, and whether it must not be void. */
export const ofRecords: Readonly<Record<string, { first: string }>> = {
  recorded: { first: 'person_on' },
  ever_recorded: { first: 'ever_person_on' },
  any_recorded: { first: 'any_on' },
  ever_any_recorded: { first: 'ever_any_on' },
  ...Object.fromEntries(earlierOnes.map((k) => [`recorded_${k}_before`, { first: 'person_on' }])),
}

/** Whether a row holds at the end of each day as of which it is asked, and whether it ever did by then. */
const heldSince = `if(known_from = ${SAME_DAY}, toDate32(first_at, {time_zone:String}), known_from) <= known_on`
const HELD = `${heldSince} AND known_on < known_until`

const NEVER_ON = "toDate32('2299-12-31')"
/** `first_at` of a row of which nothing is left. */
const NEVER_AT = "toDateTime64('2299-12-31 00:00:00', 3, 'UTC')"

/** The first of something over the rows of an account, for each day as of which it is asked. */
const firstForEach = (value: string, none: string, holds: string): string =>
  `minForEach(arrayMap(known_on -> if(${holds}, ${value}, ${none}), ${KNOWN_ON}))`

const knownParams = ({ days, ofWindow }: KnownDays) => ({
  use_as_of: days,
  use_window_as_of: ofWindow,
})

/** Whether any use of an account had been recorded by then, by whom. */
export const recordsOfUse = (
  columns: readonly string[],
  context: SourceContext,
  asOf: KnownDays,
): RolledPart => {
  const firsts: Readonly<Record<string, string>> = {
    person_on: `block > 0 AND ${HELD}`,
    ever_person_on: `block > 0 AND ${heldSince}`,
    any_on: HELD,
    ever_any_on: heldSince,
  }
  const used = new Set(columns.map((name) => ofRecords[name]?.first ?? ''))
  return {
    columns,
    node: {
      name: 'use_records_of_accounts',
      says: {
        en: 'Per account: whether any use of it had been recorded by then',
        ja: '顧客ごと: その時点までに利用の記録があるか',
      },
      inputs: [],
      sql: `
SELECT
${list(
  'i',
  'account_id',
  ...columns.map(
    (name) =>
      `${ofRecords[name]?.first}[known_place] <= window_last_day - ${daysBack(name)} AS ${name}`,
  ),
)}
FROM (
  SELECT account_id,
    ${Object.entries(firsts)
      .filter(([first]) => used.has(first))
      .map(([first, holds]) => `${firstForEach('first_on', NEVER_ON, holds)} AS ${first}`)
      .join(',\n    ')}
  FROM (
    SELECT account_id, block, known_from, known_until, first_at,
      toDate32(first_at, {time_zone:String}) AS first_on
    FROM use_by_month FINAL
    WHERE ${[ofWorkspace(context.someAccounts), ...ofAccounts(context.someAccounts)].join(' AND ')} AND first_at < ${NEVER_AT}
  )
  GROUP BY account_id
)
${eachWindow('last_day')}, arrayMap(x -> x + 1, {use_window_as_of:Array(UInt32)}) AS known_place`,
      params: knownParams(asOf),
    },
  }
}

/** The first use of each account, as known then: rows of i, account_id and first_use. */
export const rolledFirstUses = (
  { someAccounts }: SourceContext,
  asOf: KnownDays,
): Pick<PlanNode, 'sql' | 'params'> => ({
  sql: `
SELECT i, account_id, firsts[known_place] AS first_use
FROM (
  SELECT account_id,
    ${firstForEach('first_at', NEVER_AT, HELD)} AS firsts
  FROM use_by_month FINAL
  WHERE ${[ofWorkspace(someAccounts), ...ofAccounts(someAccounts)].join(' AND ')} AND first_at < ${NEVER_AT}
  GROUP BY account_id
)
${eachWindow('end')}, arrayMap(x -> x + 1, {use_window_as_of:Array(UInt32)}) AS known_place
WHERE first_use < window_end`,
  params: knownParams(asOf),
})

/** Whether the workspace had recorded use by each window's end: a row for each, of the account '', which is none. */
export const rolledWorkspaceUse = (
  context: SourceContext,
  asOf: KnownDays,
): Pick<PlanNode, 'sql' | 'params'> => {
  const columns = ['ever_recorded', 'ever_any_recorded']
  const { node } = recordsOfUse(columns, { ...context, someAccounts: 'whole' }, asOf)
  return {
    sql: `
SELECT i, '' AS account_id, ${columns.map((column) => `max(${column}) AS ${column}`).join(', ')}
FROM (${node.sql}
)
GROUP BY i`,
    params: node.params ?? {},
  }
}

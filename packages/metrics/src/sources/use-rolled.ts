import type { Temporal } from 'temporal-polyfill'
import type { PlanNode } from '../plan/node.ts'
import type { KnownDays } from '../rollup.ts'
import { eachWindow } from '../sql/windows.ts'
import { list, type SourceContext } from './source.ts'
import { useConditions } from './use.ts'
import {
  countedDays,
  daysBack,
  EARLIER,
  earlierUsers,
  KINDS,
  kindOf,
  USER_DAYS,
  type UseSpan,
  useSpans,
  windowDays,
} from './use-kinds.ts'
import { type UseMonths, useMonths, WORD_BITS } from './use-months.ts'

/**
 * What use comes to, from its roll-up by month in place of the events. The rows of an account hold, for
 * each of its users, the days of a month with use as bits; so a window is a mask over a month or two. The
 * figures are those of the events themselves, whatever was corrected and whenever it became known.
 */

/** In place of the day from which on a row is known: each of its days was, at its own end. */
const SAME_DAY = "toDate32('1900-01-01')"

/** The days as of which it is asked what was known. */
const KNOWN_ON = '{use_as_of:Array(Date32)}'

const KIND = `code % ${KINDS}`
const earlierOnes = Array.from({ length: EARLIER }, (_, k) => k + 1)

/** Columns of the counts of use, and the kind of use that each is made of; block 0 names nobody. */
const ofPersons: Readonly<Record<string, { kind: string; sql: string; ofAnyone?: true }>> = {
  ...Object.fromEntries(
    ['users_1', 'users_7', 'users_28', 'users_in_period', ...earlierOnes.map(earlierUsers)].map(
      (kind) => [kind, { kind, sql: `sumIf(users, ${KIND} = ${kindOf(kind)} AND block > 0)` }],
    ),
  ),
  account_active: {
    kind: 'users_28',
    sql: `toUInt64(sumIf(users, ${KIND} = ${kindOf('users_28')}) > 0)`,
    ofAnyone: true,
  },
}

/** What is known of the use of an account: whose first use, and whether it must not be void. */
const ofRecords: Readonly<Record<string, { first: string }>> = {
  recorded: { first: 'person_on' },
  ever_recorded: { first: 'ever_person_on' },
  any_recorded: { first: 'any_on' },
  ever_any_recorded: { first: 'ever_any_on' },
  ...Object.fromEntries(earlierOnes.map((k) => [`recorded_${k}_before`, { first: 'person_on' }])),
}

interface Scan {
  readonly table: 'use_by_month' | 'event_use_by_month'
  readonly where: readonly string[]
}

/** The rows that an event condition asks for: those of any event when it asks for all. */
const scanOf = (condition: string, someAccounts: boolean): Scan => ({
  table: condition === 'true' ? 'use_by_month' : 'event_use_by_month',
  where: [
    'workspace_id = {workspace_id:String}',
    ...(someAccounts ? ['account_id IN {account_ids:Array(String)}'] : []),
    ...(condition === 'true' ? [] : [condition]),
  ],
})

const slice = (prefix: string, of: string, type: string, at: string): string =>
  `arraySlice({${prefix}_${of}:${type}}, {${prefix}_${at}from:Array(UInt32)}[place], {${prefix}_${at}length:Array(UInt32)}[place])`

/** Rows of the months that are looked at, once for each day as of which it is asked what was known. */
const known = (
  scan: Scan,
  { cutsDays, days }: UseMonths,
  prefix: string,
  columns: readonly string[],
  more: readonly string[] = [],
): string => {
  const where = [
    ...scan.where,
    `month BETWEEN {${prefix}_first_month:UInt16} AND {${prefix}_last_month:UInt16}`,
    ...more,
  ].join(' AND ')
  const slot = `month - {${prefix}_first_month:UInt16} + 1 AS slot`
  if (days === 1 && !cutsDays) {
    return `
  SELECT account_id, ${columns.join(', ')}, ${slot}, 0 AS known_index
  FROM ${scan.table} FINAL
  WHERE ${where} AND known_from <= ${KNOWN_ON}[1] AND ${KNOWN_ON}[1] < known_until`
  }
  return `
  SELECT account_id, ${columns.join(', ')}, slot, known_index, known_from, known_days
  FROM (
    SELECT *, ${slot}, slot AS place
    FROM ${scan.table} FINAL
    WHERE ${where}
  )
  ARRAY JOIN
    ${slice(prefix, 'known', 'Array(UInt32)', 'known_')} AS known_index,
    ${slice(prefix, 'known_on', 'Array(Date32)', 'known_')} AS known_on,
    ${slice(prefix, 'known_days', 'Array(UInt32)', 'known_')} AS known_days
  WHERE known_from <= known_on AND known_on < known_until`
}

const CUT_DAYS = `if(known_from = ${SAME_DAY}, arrayMap(user_days -> bitAnd(user_days, known_days), days), days)`

/** For each user the days of use, as bits: rows of an account, block of users and month. */
const userDays = (
  scan: Scan,
  months: UseMonths,
  prefix: string,
  { byFeature, byAnyone }: { byFeature: boolean; byAnyone: boolean },
): PlanNode => ({
  name: `${prefix}_days`,
  says: {
    en: `The days of each month on which each user used ${byFeature ? 'each feature' : 'the product'}, from the roll-up of usage events, as known then`,
    ja: `利用イベントの月次集計から、月ごと・利用者ごとの${byFeature ? '機能別の' : ''}利用日(その時点で判明していたもの)`,
  },
  inputs: [],
  sql: `
SELECT account_id, block, ${byFeature ? 'event, ' : ''}slot, known_index, ${months.cutsDays ? CUT_DAYS : 'days'} AS user_bits
FROM (${known(
    scan,
    months,
    prefix,
    ['block', ...(byFeature ? ['event'] : []), 'days'],
    [byAnyone ? 'notEmpty(days)' : 'block > 0'],
  )}
)`,
  params: { ...months.params, use_as_of: months.asOf },
})

/** The lists of a row's month, for the day as of which it is asked. */
const withPlace = (days: string, prefix: string): string =>
  `(SELECT *, known_index * {${prefix}_months:UInt32} + slot AS place FROM ${days})`

/** The words of a row's month, with the masks and bits of each. */
const JOIN_WORDS = (prefix: string): string => `ARRAY JOIN
    ${slice(prefix, 'words', 'Array(UInt32)', '')} AS word,
    ${slice(prefix, 'word_from', 'Array(UInt32)', '')} AS word_from,
    ${slice(prefix, 'word_length', 'Array(UInt32)', '')} AS word_length`
const ofWord = (prefix: string, of: 'masks' | 'bits'): string =>
  `arraySlice({${prefix}_${of}:Array(UInt32)}, word_from, word_length) AS ${of}`
const CODE = (prefix: string): string =>
  `{${prefix}_codes:Array(UInt32)}[word * ${WORD_BITS} + bit + 1] AS code`

/** Each mask of a word by itself, with what it counts for. */
const JOIN_MASKS = (prefix: string): string => `ARRAY JOIN
    masks AS mask,
    arrayMap(
      bit -> {${prefix}_codes:Array(UInt32)}[word * ${WORD_BITS} + bitCount(bit - 1) + 1], bits) AS code`

/** How many users count for each kind in each window. */
const usersOfCodes = (days: PlanNode, prefix: string, byFeature: boolean): PlanNode => {
  const of = ['account_id', 'block', ...(byFeature ? ['event'] : [])]
  return {
    name: `${prefix}_users`,
    says: {
      en: 'How many users that makes in each stretch of days; whoever used it in two months counts once',
      ja: '期間ごとの利用者数(複数の月に利用した人も1人と数える)',
    },
    inputs: [days],
    sql: `
SELECT ${of.join(', ')}, ${CODE(prefix)}, arrayCount(user_word -> bitTest(user_word, bit), user_words) AS users
FROM (
  -- for each user, as bits, the stretches of days with use
  SELECT ${of.join(', ')}, word,
    groupBitOrForEach(arrayMap(
      user_days -> toUInt32(arraySum((mask, bit) -> if(bitAnd(user_days, mask) != 0, bit, 0), masks, bits)),
      user_bits)) AS user_words
  FROM (
    SELECT ${of.join(', ')}, word, user_bits, ${ofWord(prefix, 'masks')}, ${ofWord(prefix, 'bits')}
    FROM ${withPlace(days.name, prefix)}
    ${JOIN_WORDS(prefix)}
  )
  GROUP BY ${of.join(', ')}, word
)
ARRAY JOIN range(${WORD_BITS}) AS bit
WHERE users > 0`,
  }
}

const WINDOW = `intDiv(code, ${KINDS}) AS i`

/** Rows of `i`, `account_id` and some of the columns of the counts of use. */
interface Part {
  readonly node: PlanNode
  readonly columns: readonly string[]
}

interface Asked {
  readonly context: SourceContext
  readonly known: KnownDays
  readonly days: ReturnType<typeof windowDays>
  readonly spansOf: (kinds: readonly string[]) => UseSpan[]
  readonly lastDays: readonly Temporal.PlainDate[]
}

const persons = (columns: readonly string[], asked: Asked): Part => {
  const { active, params } = useConditions(asked.context.settings)
  const of = columns.flatMap((name) => {
    const column = ofPersons[name]
    return column === undefined ? [] : [{ name, ...column }]
  })
  const prefix = 'person'
  const spans = asked.spansOf(of.map(({ kind }) => kind))
  const months = useMonths(spans, asked.known, asked.lastDays, prefix)
  const byAnyone = of.some(({ ofAnyone }) => ofAnyone === true)
  const scan = scanOf(active, asked.context.someAccounts)
  const days = userDays(scan, months, prefix, { byFeature: false, byAnyone })
  const users = usersOfCodes(days, prefix, false)
  return {
    columns,
    node: {
      name: 'use_of_accounts',
      says: { en: 'Per account: its users', ja: '顧客ごと: 利用者数' },
      inputs: [users],
      sql: `
SELECT
${list(WINDOW, 'account_id', ...of.map(({ name, sql }) => `${sql} AS ${name}`))}
FROM ${users.name}
GROUP BY i, account_id`,
      params,
    },
  }
}

/** Days of use are added up, so that it does not matter whose they are. */
const daysOfUse = (asked: Asked): Part => {
  const { active, params } = useConditions(asked.context.settings)
  const prefix = 'day'
  const months = useMonths(asked.spansOf([USER_DAYS]), asked.known, asked.lastDays, prefix)
  const scan = scanOf(active, asked.context.someAccounts)
  const days = userDays(scan, months, prefix, { byFeature: false, byAnyone: false })
  return {
    columns: ['user_days'],
    node: {
      name: 'days_of_use_of_accounts',
      says: {
        en: 'Per account: days of use, added over users',
        ja: '顧客ごと: 利用日数(利用者ごとの日数の合計)',
      },
      inputs: [days],
      sql: `
SELECT ${WINDOW}, account_id,
  sum(arraySum(user_days -> bitCount(bitAnd(user_days, mask)), user_bits)) AS user_days
FROM (
  SELECT account_id, word, user_bits, ${ofWord(prefix, 'masks')}, ${ofWord(prefix, 'bits')}
  FROM ${withPlace(
    // A day that is in two rows, of two events or known in two ways, is one day.
    `(
    SELECT account_id, block, slot, known_index, groupBitOrForEach(days_of.user_bits) AS user_bits
    FROM ${days.name} AS days_of
    GROUP BY account_id, block, slot, known_index
  )`,
    prefix,
  )}
  ${JOIN_WORDS(prefix)}
)
${JOIN_MASKS(prefix)}
GROUP BY i, account_id`,
      params,
    },
  }
}

const features = (asked: Asked): Part => {
  const { feature, params } = useConditions(asked.context.settings)
  const prefix = 'feature'
  const months = useMonths(asked.spansOf(['feature']), asked.known, asked.lastDays, prefix)
  // Every event is a feature unless some are listed, but they are to be told apart.
  const scan = {
    ...scanOf(feature, asked.context.someAccounts),
    table: 'event_use_by_month',
  } as const
  const days = userDays(scan, months, prefix, { byFeature: true, byAnyone: true })
  const users = usersOfCodes(days, prefix, true)
  return {
    columns: ['features'],
    node: {
      name: 'features_of_accounts',
      says: {
        en: 'Per account: the users of each feature; one that only nobody used has 0 of them',
        ja: '顧客ごと: 機能別の利用者数(利用者が特定できない利用のみの機能は0)',
      },
      inputs: [users],
      sql: `
SELECT i, account_id,
  CAST((groupArray(toString(event)), groupArray(persons)), 'Map(String, UInt64)') AS features
FROM (
  SELECT ${WINDOW}, account_id, event, sumIf(users, block > 0) AS persons
  FROM ${users.name}
  GROUP BY i, account_id, event
  HAVING sum(users) > 0
)
GROUP BY i, account_id`,
      params,
    },
  }
}

const ofAnyFeature: Readonly<Record<string, string>> = {
  feature_users: 'sumIf(users, block > 0)',
  uses_feature: 'toUInt64(sum(users) > 0)',
}

const anyFeature = (columns: readonly string[], asked: Asked): Part => {
  const { feature, params } = useConditions(asked.context.settings)
  const prefix = 'any_feature'
  const months = useMonths(asked.spansOf(['feature']), asked.known, asked.lastDays, prefix)
  const scan = scanOf(feature, asked.context.someAccounts)
  const byAnyone = columns.includes('uses_feature')
  const days = userDays(scan, months, prefix, { byFeature: false, byAnyone })
  const users = usersOfCodes(days, prefix, false)
  return {
    columns,
    node: {
      name: 'feature_use_of_accounts',
      says: {
        en: 'Per account: use of any feature',
        ja: '顧客ごと: いずれかの機能の利用',
      },
      inputs: [users],
      sql: `
SELECT
${list(WINDOW, 'account_id', ...columns.map((name) => `${ofAnyFeature[name]} AS ${name}`))}
FROM ${users.name}
GROUP BY i, account_id`,
      params,
    },
  }
}

const coreEvents = (asked: Asked): Part => {
  const { core, params } = useConditions(asked.context.settings)
  const prefix = 'core'
  const months = useMonths(asked.spansOf(['core']), asked.known, asked.lastDays, prefix)
  const scan = scanOf(core, asked.context.someAccounts)
  return {
    columns: ['core_events'],
    node: {
      name: 'core_events_of_accounts',
      says: {
        en: 'Per account: how often its users did a core action, from the roll-up of usage events',
        ja: '顧客ごと: 利用イベントの月次集計から、利用者が主要な操作を行った回数',
      },
      inputs: [],
      sql: `
SELECT ${WINDOW}, account_id,
  sum(arraySum(
    (day, n) -> if(bitTest(counted_days, day - 1), n, 0), times_on, times)) AS core_events
FROM (
  SELECT account_id, code, times_on, times,
    ${months.cutsDays ? `if(known_from = ${SAME_DAY}, bitAnd(mask, known_days), mask)` : 'mask'} AS counted_days
  FROM (
    SELECT account_id, ${months.cutsDays ? 'known_from, known_days, ' : ''}times_on, times, word, ${ofWord(prefix, 'masks')}, ${ofWord(prefix, 'bits')}
    FROM ${withPlace(
      `(${known(scan, months, prefix, ['times_on', 'times'], ['block = 0', 'notEmpty(times_on)'])}
    )`,
      prefix,
    )}
    ${JOIN_WORDS(prefix)}
  )
  ${JOIN_MASKS(prefix)}
)
GROUP BY i, account_id`,
      params: { ...params, ...months.params, use_as_of: months.asOf },
    },
  }
}

/** Whether a row holds at the end of each day as of which it is asked, and whether it ever did by then. */
const heldSince = `if(known_from = ${SAME_DAY}, toDate32(first_at, {time_zone:String}), known_from) <= known_on`
const HELD = `${heldSince} AND known_on < known_until`

const NEVER_ON = "toDate32('2299-12-31')"

/** The first of something over the rows of an account, for each day as of which it is asked. */
const firstForEach = (value: string, none: string, holds: string): string =>
  `minForEach(arrayMap(known_on -> if(${holds}, ${value}, ${none}), ${KNOWN_ON}))`

const knownParams = ({ days, ofWindow }: KnownDays) => ({
  use_as_of: days,
  use_window_as_of: ofWindow,
})

const records = (columns: readonly string[], { context, known: asOf }: Asked): Part => {
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
    WHERE workspace_id = {workspace_id:String}${
      context.someAccounts ? ' AND account_id IN {account_ids:Array(String)}' : ''
    } AND first_at < toDateTime64('2299-12-31 00:00:00', 3, 'UTC')
  )
  GROUP BY account_id
)
${eachWindow('last_day')}, arrayMap(x -> x + 1, {use_window_as_of:Array(UInt32)}) AS known_place`,
      params: knownParams(asOf),
    },
  }
}

/**
 * One row and more for each window and account with use, with the columns of the counts of use asked for;
 * as `useCounts`, from the roll-up.
 *
 * @param columns names of `useColumns`, with what each is where a row says nothing of it
 */
export const rolledUseCounts = (
  columns: ReadonlyMap<string, { readonly none: string }>,
  context: SourceContext,
  known: KnownDays,
): PlanNode => {
  const days = windowDays(context.windows, context.settings)
  const asked: Asked = {
    context,
    known,
    days,
    spansOf: (kinds) => useSpans(days, new Set(kinds)),
    lastDays: days.map(({ last }) => last),
  }
  const names = [...columns.keys()]
  const personColumns = names.filter((name) => name in ofPersons)
  const recordColumns = names.filter((name) => name in ofRecords)
  const ofFeatures = names.filter((name) => name in ofAnyFeature)
  const parts: Part[] = [
    ...(personColumns.length > 0 ? [persons(personColumns, asked)] : []),
    ...(columns.has('user_days') ? [daysOfUse(asked)] : []),
    ...(columns.has('features') ? [features(asked)] : []),
    ...(ofFeatures.length > 0 ? [anyFeature(ofFeatures, asked)] : []),
    ...(columns.has('core_events') ? [coreEvents(asked)] : []),
    ...(recordColumns.length > 0 ? [records(recordColumns, asked)] : []),
  ]
  return {
    name: 'use_counts',
    says: { en: 'Per account: what its use comes to', ja: '顧客ごと: 利用の集計' },
    inputs: parts.map(({ node }) => node),
    sql: parts
      .map(
        (part) =>
          `SELECT ${[
            'i',
            'account_id',
            ...[...columns].map(
              ([name, { none }]) => `${part.columns.includes(name) ? name : none} AS ${name}`,
            ),
          ].join(', ')}\nFROM ${part.node.name}`,
      )
      .join('\nUNION ALL\n'),
    params: { use_counted_days: countedDays(days) },
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
    ${firstForEach('first_at', "toDateTime64('2299-12-31 00:00:00', 3, 'UTC')", HELD)} AS firsts
  FROM use_by_month FINAL
  WHERE workspace_id = {workspace_id:String}${
    someAccounts ? ' AND account_id IN {account_ids:Array(String)}' : ''
  }
  GROUP BY account_id
)
${eachWindow('end')}, arrayMap(x -> x + 1, {use_window_as_of:Array(UInt32)}) AS known_place
WHERE first_use < window_end`,
  params: knownParams(asOf),
})

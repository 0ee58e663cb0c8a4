import type { PlanNode } from '../plan/node.ts'
import { ofAccounts, ofWorkspace, type WhichAccounts } from '../sql/versions.ts'
import { type UseMonths, WORD_BITS } from './use-months.ts'

/** SQL over the rows of the roll-up of use: which are looked at, and whom they say to have used it when. */

/** In place of the day from which on a row is known: each of its days was, at its own end. */
export const SAME_DAY = "toDate32('1900-01-01')"

/** The days as of which it is asked what was known. */
export const KNOWN_ON = '{use_as_of:Array(Date32)}'

/** Rows of `i`, `account_id` and some of the columns of the counts of use. */
export interface RolledPart {
  readonly node: PlanNode
  readonly columns: readonly string[]
}

interface Scan {
  readonly table: 'use_by_month' | 'event_use_by_month'
  readonly where: readonly string[]
}

/** The rows that an event condition asks for: those of any event when it asks for all. */
export const scanOf = (condition: string, someAccounts: WhichAccounts): Scan => ({
  table: condition === 'true' ? 'use_by_month' : 'event_use_by_month',
  where: [
    ofWorkspace(someAccounts),
    ...ofAccounts(someAccounts),
    ...(condition === 'true' ? [] : [condition]),
  ],
})

const slice = (prefix: string, of: string, type: string, at: string): string =>
  `arraySlice({${prefix}_${of}:${type}}, {${prefix}_${at}from:Array(UInt32)}[place], {${prefix}_${at}length:Array(UInt32)}[place])`

/** Rows of the months that are looked at, once for each day as of which it is asked what was known. */
export const knownRows = (
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
export const userDays = (
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
FROM (${knownRows(
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
export const withPlace = (days: string, prefix: string): string =>
  `(SELECT *, known_index * {${prefix}_months:UInt32} + slot AS place FROM ${days})`

/** The words of a row's month, with the masks and bits of each. */
export const JOIN_WORDS = (prefix: string): string => `ARRAY JOIN
    ${slice(prefix, 'words', 'Array(UInt32)', '')} AS word,
    ${slice(prefix, 'word_from', 'Array(UInt32)', '')} AS word_from,
    ${slice(prefix, 'word_length', 'Array(UInt32)', '')} AS word_length`
export const ofWord = (prefix: string, of: 'masks' | 'bits'): string =>
  `arraySlice({${prefix}_${of}:Array(UInt32)}, word_from, word_length) AS ${of}`
const CODE = (prefix: string): string =>
  `{${prefix}_codes:Array(UInt32)}[word * ${WORD_BITS} + bit + 1] AS code`

/** Each mask of a word by itself, with what it counts for. */
export const JOIN_MASKS = (prefix: string): string => `ARRAY JOIN
    masks AS mask,
    arrayMap(
      bit -> {${prefix}_codes:Array(UInt32)}[word * ${WORD_BITS} + bitCount(bit - 1) + 1], bits) AS code`

/** How many users count for each kind in each window. */
export const usersOfCodes = (days: PlanNode, prefix: string, byFeature: boolean): PlanNode => {
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

import type { Temporal } from 'temporal-polyfill'
import type { PlanNode } from '../plan/node.ts'
import type { KnownDays } from '../rollup.ts'
import { list, type SourceContext } from './source.ts'
import { useConditions } from './use.ts'
import {
  countedDays,
  EARLIER,
  earlierUsers,
  KINDS,
  kindOf,
  USER_DAYS,
  type UseSpan,
  useSpans,
  windowDays,
} from './use-kinds.ts'
import { useMonths } from './use-months.ts'
import { ofRecords, recordsOfUse } from './use-rolled-first.ts'
import {
  JOIN_MASKS,
  JOIN_WORDS,
  knownRows,
  ofWord,
  type RolledPart,
  SAME_DAY,
  scanOf,
  userDays,
  usersOfCodes,
  withPlace,
} from './use-rolled-rows.ts'

/**
 * What use comes to, from its roll-up by month in place of the events. The rows of an account hold, for
 * each of its users, the days of a month with use as bits; so a window is a mask over a month or two. The
 * figures are those of the events themselves, whatever was corrected and whenever it became known.
 */

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

const WINDOW = `intDiv(code, ${KINDS}) AS i`

interface Asked {
  readonly context: SourceContext
  readonly known: KnownDays
  readonly days: ReturnType<typeof windowDays>
  readonly spansOf: (kinds: readonly string[]) => UseSpan[]
  readonly lastDays: readonly Temporal.PlainDate[]
}

const persons = (columns: readonly string[], asked: Asked): RolledPart => {
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
const daysOfUse = (asked: Asked): RolledPart => {
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

const features = (asked: Asked): RolledPart => {
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

const anyFeature = (columns: readonly string[], asked: Asked): RolledPart => {
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

const coreEvents = (asked: Asked): RolledPart => {
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
      `(${knownRows(scan, months, prefix, ['times_on', 'times'], ['block = 0', 'notEmpty(times_on)'])}
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
  const parts: RolledPart[] = [
    ...(personColumns.length > 0 ? [persons(personColumns, asked)] : []),
    ...(columns.has('user_days') ? [daysOfUse(asked)] : []),
    ...(columns.has('features') ? [features(asked)] : []),
    ...(ofFeatures.length > 0 ? [anyFeature(ofFeatures, asked)] : []),
    ...(columns.has('core_events') ? [coreEvents(asked)] : []),
    ...(recordColumns.length > 0 ? [recordsOfUse(recordColumns, context, known)] : []),
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

import { Temporal } from 'temporal-polyfill'
import type { PlanNode } from '../plan/node.ts'
import { factVersions, ofWorkspace, type WhichAccounts } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import { list, type SourceContext } from './source.ts'
import { type UseConditions, useConditions } from './use.ts'
import {
  ANYONE_SLOT,
  EARLIER,
  earlierUsers,
  KINDS,
  kindOf,
  PERSON_SLOT,
  SPAN,
  type UseCalendar,
  useCalendar,
  usersOfDay,
} from './use-kinds.ts'
import { rolledUseCounts } from './use-rolled.ts'
import { rolledWorkspaceUse } from './use-rolled-first.ts'

const KIND = `code % ${KINDS}`
const is = (kind: string): string => `${KIND} = ${kindOf(kind)}`

interface UseColumn {
  /** The kinds of use that it is made of. */
  readonly kinds: readonly string[]
  /** Over the codes of an account in a window; an event that names nobody has the user ''. */
  readonly sql: string
  /** Over several rows of the account, of which at most one has a value. */
  readonly fold: 'sum' | 'max' | 'sumMap'
  /** Events that name nobody count as well. */
  readonly ofAnyone?: true
  /** Its SQL, where there are no events. */
  readonly none: string
}

const persons = (kind: string): [string, UseColumn] => [
  kind,
  { kinds: [kind], sql: `countIf(${is(kind)} AND user != '')`, fold: 'sum', none: '0' },
]
const holds = (kind: string): [string, UseColumn] => [
  kind,
  { kinds: [kind], sql: `countIf(${is(kind)}) > 0`, fold: 'max', none: 'false' },
]
const EARLIER_ONES = Array.from({ length: EARLIER }, (_, k) => k + 1)
const DAYS = Array.from({ length: SPAN }, (_, k) => usersOfDay(k))

/** What the events of an account come to in a window, from which all measures of use are made. */
export const useColumns: ReadonlyMap<string, UseColumn> = new Map<string, UseColumn>([
  ...['users_1', 'users_7', 'users_28', 'users_in_period'].map(persons),
  ...EARLIER_ONES.map((k) => persons(earlierUsers(k))),
  [
    'user_days',
    {
      kinds: DAYS,
      sql: `countIf(${KIND} BETWEEN ${kindOf(usersOfDay(0))} AND ${kindOf(usersOfDay(SPAN - 1))} AND user != '')`,
      fold: 'sum',
      none: '0',
    },
  ],
  ['core_events', { kinds: ['core'], sql: `sumIf(times, ${is('core')})`, fold: 'sum', none: '0' }],
  [
    'account_active',
    {
      kinds: ['users_28'],
      sql: `toUInt64(countIf(${is('users_28')}) > 0)`,
      fold: 'sum',
      ofAnyone: true,
      none: '0',
    },
  ],
  [
    'uses_feature',
    {
      kinds: ['feature'],
      sql: `toUInt64(countIf(${is('feature')}) > 0)`,
      fold: 'max',
      ofAnyone: true,
      none: '0',
    },
  ],
  [
    'feature_users',
    {
      kinds: ['feature'],
      sql: `uniqExactIf(user, ${is('feature')} AND user != '')`,
      fold: 'sum',
      none: '0',
    },
  ],
  [
    'features',
    {
      kinds: ['feature'],
      // The users of each feature; one that only nobody used has 0 of them, and is used all the same.
      sql: `sumMapIf(map(feature, toUInt64(user != '')), ${is('feature')})`,
      fold: 'sumMap',
      ofAnyone: true,
      none: "CAST(map(), 'Map(String, UInt64)')",
    },
  ],
  ...['recorded', 'ever_recorded'].map(holds),
  ...['any_recorded', 'ever_any_recorded'].map((kind): [string, UseColumn] => [
    kind,
    { ...holds(kind)[1], ofAnyone: true },
  ]),
  ...EARLIER_ONES.map((k) => holds(`recorded_${k}_before`)),
])

/** An instant before all others, in milliseconds. */
const BEFORE_ALL = -8_640_000_000_000_000

/** The last of the instants asked for at which something was not known yet, in milliseconds. */
const epochBefore = (knownAt: string): string =>
  `roundDown(toUnixTimestamp64Milli(${knownAt}) - 1, {use_epochs:Array(Int64)})`

/** What of use a question needs to look at. */
interface Parts {
  readonly persons: boolean
  readonly anyone: boolean
  readonly features: boolean
  readonly core: boolean
}

/** What one event counts for: a row for each, in the slot of its month, or for core actions its day. */
interface Part {
  readonly slot: string
  readonly where: readonly string[]
  readonly user?: true
  readonly feature?: true
}

const partsOf = (needs: Parts, { slots }: UseCalendar, conditions: UseConditions): Part[] => {
  const { byPerson, active, core, feature } = conditions
  const slot = (first: number, unit: 'month' | 'day') =>
    `${first} + dateDiff('${unit}', {use_from:Date32}, day)`
  const inRange = 'day >= {use_from:Date32}'
  const near = 'day >= {use_near_from:Date32}'
  return [
    { slot: `${PERSON_SLOT}`, where: [byPerson] },
    ...(needs.anyone ? [{ slot: `${ANYONE_SLOT}`, where: [] }] : []),
    ...(needs.persons
      ? [
          {
            slot: slot(slots.person, 'month'),
            where: [inRange, active, ...(needs.anyone ? [] : [byPerson])],
            user: true as const,
          },
        ]
      : []),
    ...(needs.features
      ? [
          {
            slot: slot(slots.feature, 'month'),
            where: [near, feature],
            user: true as const,
            feature: true as const,
          },
        ]
      : []),
    ...(needs.core ? [{ slot: slot(slots.core, 'day'), where: [near, byPerson, core] }] : []),
  ]
}

const all = (conditions: readonly string[]): string =>
  conditions.filter((condition) => condition !== 'true').join(' AND ') || 'true'

/**
 * Who used the product on which local days, from when to when it was known. Events are many, so those of
 * one user and month come together before any window is looked at, with a bit for each day of use. What
 * was known between the same two of the instants asked for is the same for all windows, so a row says
 * only these.
 */
const useDays = (
  needs: Parts,
  calendar: UseCalendar,
  conditions: UseConditions,
  someAccounts: WhichAccounts,
): PlanNode => {
  const parts = partsOf(needs, calendar, conditions)
  const byPart = (of: (part: Part) => string): string => {
    const [first, ...others] = parts.map(of)
    if (first === undefined || others.length === 0) return first ?? 'false'
    const cases = others.map((sql, k) => `part = ${k + 1}, ${sql}`)
    return `multiIf(${[...cases, first].join(', ')})`
  }
  const conditionsUsed = parts.flatMap(({ where }) => where).join(' ')
  return {
    name: 'use_days',
    says: {
      en: `Users${needs.features ? ', features' : ''} and the local days of their use${needs.anyone ? '' : '; events that name nobody are left out'}`,
      ja: `利用者${needs.features ? '・機能' : ''}ごとの利用日(現地日付)${needs.anyone ? '' : '。利用者が特定できないイベントは除く'}`,
    },
    inputs: [],
    sql: `
SELECT
${list(
  'account_id',
  `${byPart(({ user }) => (user ? 'user_id' : "''"))} AS user`,
  `${byPart(({ feature }) => (feature ? 'toString(event)' : "''"))} AS feature`,
  `toUInt32(${byPart(({ slot }) => slot)}) AS slot`,
  `${epochBefore('known_at')} AS unknown_at`,
  `${epochBefore('known_until')} AS known_at_last`,
  'min(day) AS first_day',
  'groupBitOr(bitShiftLeft(toUInt32(1), toDayOfMonth(day) - 1)) AS days',
  `${needs.core ? 'sum(toUInt64(quantity))' : 'toUInt64(1)'} AS times`,
)}
FROM (${factVersions({
      table: 'usage_events',
      columns: [
        'user_id',
        ...(needs.features || conditionsUsed.includes('event ') ? ['event'] : []),
        ...(needs.core ? ['quantity'] : []),
        'toDate32(occurred_at, {time_zone:String}) AS day',
      ],
      someAccounts,
    })}
)
ARRAY JOIN range(${parts.length}) AS part
WHERE day <= {use_to:Date32} AND ${byPart(({ where }) => all(where))}
GROUP BY account_id, user, feature, slot, unknown_at, known_at_last`,
    params: { ...conditions.params },
  }
}

/**
 * The part of a bound list that belongs to a slot. All slots stand in one list: of a list of lists the
 * engine would make a copy for every row before it takes one out.
 */
const ofSlot = (list: 'use_codes' | 'use_masks'): string =>
  `arraySlice({${list}:Array(UInt32)}, {use_slot_from:Array(UInt32)}[slot], {use_slot_length:Array(UInt32)}[slot])`

const WINDOW = `intDiv(code, ${KINDS}) + 1`
const KNOWN = `{use_known:Array(Int64)}[${WINDOW}]`

/** For each user, feature and account the windows and kinds for which they count, each once. */
const useCodes = (days: PlanNode, needs: Parts, coreSlot: number): PlanNode => {
  const ever = `${KIND} IN (${kindOf('ever_recorded')}, ${kindOf('ever_any_recorded')})`
  return {
    name: 'use_codes',
    says: {
      en: 'The stretches of days in which each was used at least once',
      ja: '1回以上利用のあった期間',
    },
    inputs: [days],
    sql: `
SELECT
${list(
  'account_id',
  'user',
  'feature',
  `groupUniqArrayArray(${needs.core ? `if(slot < ${coreSlot}, codes, [])` : 'codes'}) AS codes_once`,
  ...(needs.core
    ? [
        `sumMapIf(codes, arrayWithConstant(length(codes), times), slot >= ${coreSlot}) AS codes_times`,
      ]
    : []),
)}
FROM (
  SELECT
    account_id, user, feature, slot, times,
    arrayFilter(
      (code, mask) -> bitAnd(days, mask) != 0
        AND ${KNOWN} > unknown_at
        AND (${KNOWN} <= known_at_last OR ${ever})
        AND (slot > ${ANYONE_SLOT} OR {window_last_day:Array(Date32)}[${WINDOW}]
          >= first_day + {use_back:Array(UInt16)}[${KIND} + 1]),
      ${ofSlot('use_codes')},
      ${ofSlot('use_masks')}
    ) AS codes
  FROM use_days
)
GROUP BY account_id, user, feature`,
  }
}

/** Where each list begins when all stand in one, counted from 1. */
const startsOf = (lists: readonly (readonly number[])[]): number[] => {
  let next = 1
  return lists.map(({ length }) => {
    const from = next
    next += length
    return from
  })
}

/**
 * One row for each window and account with any use up to the window's end, and the columns asked for.
 *
 * @param columns names of `useColumns`
 */
export const useCounts = (columns: ReadonlySet<string>, context: SourceContext): PlanNode => {
  const used = [...useColumns].filter(([name]) => columns.has(name))
  if (context.useKnown !== undefined) {
    return rolledUseCounts(new Map(used), context, context.useKnown)
  }
  const kinds = new Set(used.flatMap(([, column]) => column.kinds))
  const needs: Parts = {
    persons: [...kinds].some((kind) => kind.startsWith('users_')),
    anyone: used.some(([, { ofAnyone }]) => ofAnyone === true),
    features: kinds.has('feature'),
    core: kinds.has('core'),
  }
  const calendar = useCalendar(context.windows, kinds, context.settings)
  const days = useDays(needs, calendar, useConditions(context.settings), context.someAccounts)
  return {
    name: 'use_counts',
    says: { en: 'Per account: what its use comes to', ja: '顧客ごと: 利用の集計' },
    inputs: [useCodes(days, needs, calendar.slots.core)],
    sql: `
SELECT
${list(`intDiv(code, ${KINDS}) AS i`, 'account_id', ...used.map(([name, { sql }]) => `${sql} AS ${name}`))}
FROM use_codes
ARRAY JOIN ${
      needs.core
        ? `
  arrayConcat(codes_once, codes_times.1) AS code,
  arrayConcat(arrayWithConstant(length(codes_once), toUInt64(1)), codes_times.2) AS times`
        : 'codes_once AS code'
    }
GROUP BY i, account_id`,
    params: {
      ...epochParams(context),
      use_from: calendar.from,
      use_near_from: calendar.nearFrom,
      use_to: calendar.to,
      use_codes: calendar.codes.flat(),
      use_masks: calendar.masks.flat(),
      use_slot_from: startsOf(calendar.codes),
      use_slot_length: calendar.codes.map((codes) => codes.length),
      use_back: calendar.back,
      use_counted_days: calendar.countedDays,
    },
  }
}

const millis = (instant: string): number => Temporal.Instant.from(instant).epochMilliseconds

/** The instants asked for in order, after one before all time, and that of each window. */
const epochParams = ({ windows }: SourceContext): Record<string, unknown> => {
  const known = windows.map(({ knownAt }) => millis(knownAt))
  return {
    use_known: known,
    use_epochs: [BEFORE_ALL, ...[...new Set(known)].toSorted((a, b) => a - b)],
  }
}

const USE_KNOWN = `FROM usage_events
  WHERE ${ofWorkspace('whole')} AND known_at <= {known_at:DateTime64(3, 'UTC')} AND NOT deleted`

/** One event of a person that was known, and over, before the first window asked for. */
const EARLY_USE = `${USE_KNOWN} AND user_id != ''
    AND known_at <= fromUnixTimestamp64Milli(arrayMin({use_known:Array(Int64)}))
    AND occurred_at < arrayMin({window_end:Array(DateTime64(3, 'UTC'))})
  LIMIT 1`

/**
 * Whether the workspace had recorded use by each window's end: a question about some accounts does not
 * read the events of the others, so it looks whether there are any. That something was recorded stays
 * true when it turned out to be void, so versions need not be told apart. As a rule one early event
 * answers for all windows, and the rest is not read; the engine evaluates the condition that says so
 * before it reads.
 *
 * @returns a row for each window, of the account '', which is none
 */
export const workspaceUse = (context: SourceContext): PlanNode => ({
  name: 'workspace_use',
  says: {
    en: 'Whether the workspace has recorded any use by then',
    ja: 'その時点までにワークスペースに利用の記録があるか',
  },
  inputs: [],
  // Where old events are deleted, the roll-up still knows of them.
  ...(context.cuts?.usage_events !== undefined && context.useKnown !== undefined
    ? rolledWorkspaceUse(context, context.useKnown)
    : workspaceUseOfEvents(context)),
})

const workspaceUseOfEvents = (
  context: SourceContext,
): Pick<PlanNode, 'sql'> & { readonly params: Readonly<Record<string, unknown>> } => ({
  sql: `
SELECT
  i, '' AS account_id,
  max(known AND ifNull(toDate32(person_at, {time_zone:String}) <= window_last_day, false)) AS ever_recorded,
  max(known AND toDate32(any_at, {time_zone:String}) <= window_last_day) AS ever_any_recorded
FROM (
  SELECT i, window_last_day, person_at, any_at, {use_known:Array(Int64)}[i + 1] > unknown_at AS known
  FROM (
    SELECT ${BEFORE_ALL} AS unknown_at, toNullable(occurred_at) AS person_at, occurred_at AS any_at
    ${EARLY_USE}
    UNION ALL
    SELECT
      ${epochBefore('known_at')} AS unknown_at,
      minOrNullIf(occurred_at, user_id != '') AS person_at,
      min(occurred_at) AS any_at
    ${USE_KNOWN} AND (SELECT count() FROM (SELECT 1 ${EARLY_USE})) = 0
    GROUP BY unknown_at
  )
  ${eachWindow('last_day')}
)
GROUP BY i`,
  params: epochParams(context),
})

import { Temporal } from 'temporal-polyfill'
import { localDay } from '../periods.ts'
import type { PlanNode } from '../plan/node.ts'
import { factVersions } from '../sql/versions.ts'
import { lastDayOf, type Window } from '../sql/windows.ts'
import { list, type Measure, type Source, type SourceContext } from './source.ts'

/** The days, counted back from a window's last one, on which a user must have been active. */
interface DaysBack {
  readonly from: number
  readonly to: number
}

const trailing: Readonly<Record<string, DaysBack>> = {
  users_1: { from: 0, to: 0 },
  users_7: { from: 6, to: 0 },
  users_28: { from: 27, to: 0 },
  users_28_before: { from: 55, to: 28 },
}

const measures: Readonly<Record<string, Measure>> = {
  users_1: { type: 'count', says: { en: 'users active on the day', ja: 'その日の利用者数' } },
  users_7: { type: 'count', says: { en: 'users active in 7 days', ja: '直近7日の利用者数' } },
  users_28: { type: 'count', says: { en: 'users active in 28 days', ja: '直近28日の利用者数' } },
  users_28_before: {
    type: 'count',
    says: { en: 'users active in the 28 days before those', ja: 'その前の28日の利用者数' },
  },
  users_in_period: {
    type: 'count',
    says: { en: 'users active in the period', ja: '期間内の利用者数' },
  },
}
const kinds = Object.keys(measures)
/** A code says 'counts for this measure in that window'; this kind says only that use is recorded. */
const RECORDED = kinds.length
const CODES = kinds.length + 1

interface Calendar {
  /** First and last local day that any window looks at. */
  readonly from: string
  readonly to: string
  /** For each day from the first on, the codes (window × CODES + kind) to which use on it leads. */
  readonly codesOfDay: readonly (readonly number[])[]
}

/** Which day counts for which measure in which window, worked out here rather than for each row. */
const calendarOf = (
  windows: readonly Window[],
  wanted: ReadonlySet<string>,
  timeZone: string,
): Calendar => {
  const spans = windows.flatMap((window, i) => {
    const last = Temporal.PlainDate.from(lastDayOf(window, timeZone))
    return kinds.flatMap((kind, k) => {
      if (!wanted.has(kind)) return []
      const back = trailing[kind]
      const from =
        back === undefined
          ? Temporal.PlainDate.from(localDay(window.start, timeZone))
          : last.subtract({ days: back.from })
      return [{ code: i * CODES + k, from, to: last.subtract({ days: back?.to ?? 0 }) }]
    })
  })
  const days = spans.flatMap(({ from, to }) => [from.toString(), to.toString()]).toSorted()
  const first = Temporal.PlainDate.from(days[0] ?? '1970-01-01')
  const last = Temporal.PlainDate.from(days.at(-1) ?? '1970-01-01')
  const codesOfDay: number[][] = Array.from({ length: first.until(last).days + 1 }, () => [])
  for (const { code, from, to } of spans) {
    const start = first.until(from).days
    const end = first.until(to).days
    for (let day = start; day <= end; day += 1) codesOfDay[day]?.push(code)
  }
  return { from: first.toString(), to: last.toString(), codesOfDay }
}

/**
 * Who used the product on which local day, as long as it was known. Events are many, so days of one
 * user come together before any window is looked at: versions that were known until the same instant
 * are together known from the first of them on. Each account has a row without a user as well, for
 * the first day of any use, which says that its use is recorded.
 */
const userDays = ({ someAccounts }: SourceContext): PlanNode => ({
  name: 'user_days',
  says: {
    en: 'Users and the local days on which they used the product; events that name nobody are left out',
    ja: '利用者と利用日(現地日付)。利用者が特定できないイベントは除く',
  },
  inputs: [],
  sql: `
SELECT
  account_id,
  if(whole_account, '', user_id) AS user,
  if(whole_account, toDate32('1970-01-01'), day) AS used_on,
  known_until AS until,
  min(known_at) AS since,
  min(day) AS first_day,
  -- Known, and over: the earliest instant at which both held for one event.
  min(greatest(known_at, occurred_at)) AS recorded_since
FROM (${factVersions({
    table: 'usage_events',
    columns: ['user_id', 'occurred_at', 'toDate32(occurred_at, {time_zone:String}) AS day'],
    someAccounts,
  })}
)
ARRAY JOIN [false, true] AS whole_account
WHERE user_id != '' AND day <= {usage_to:Date32} AND (whole_account OR day >= {usage_from:Date32})
GROUP BY account_id, user, used_on, until`,
})

const KNOWN = 'intDiv(code, {usage_codes:UInt32}) + 1'

/** The windows and measures for which each user counts, once however often it was active. */
const userWindows = (context: SourceContext): PlanNode => ({
  name: 'user_windows',
  says: {
    en: 'The stretches of days in which each user was active at least once',
    ja: '利用者が1回以上利用した期間',
  },
  inputs: [userDays(context)],
  sql: `
SELECT
  account_id, user,
  groupUniqArrayArray(arrayFilter(
    code -> {window_known:Array(DateTime64(3, 'UTC'))}[${KNOWN}] >= since
      AND {window_known:Array(DateTime64(3, 'UTC'))}[${KNOWN}] < until
      AND (user != '' OR (
        {window_last_day:Array(Date32)}[${KNOWN}] >= first_day
        AND {window_known:Array(DateTime64(3, 'UTC'))}[${KNOWN}] >= recorded_since)),
    if(user = '',
      {usage_recorded_codes:Array(UInt32)},
      {usage_codes_of_day:Array(Array(UInt32))}[dateDiff('day', {usage_from:Date32}, used_on) + 1])
  )) AS codes
FROM user_days
GROUP BY account_id, user`,
})

/** One row for each account with any recorded use up to the window's end, also when it has stopped. */
export const usage: Source = {
  name: 'usage',
  measures,
  node: (wanted, context) => {
    const calendar = calendarOf(context.windows, wanted, context.settings.timeZone)
    return {
      name: 'account_usage',
      says: { en: 'Per account: distinct active users', ja: '顧客ごと: 利用者数(重複なし)' },
      inputs: [userWindows(context)],
      sql: `
SELECT
${list(
  'intDiv(code, {usage_codes:UInt32}) AS i',
  'account_id',
  ...kinds.flatMap((kind, k) =>
    wanted.has(kind) ? [`countIf(code % {usage_codes:UInt32} = ${k}) AS ${kind}`] : [],
  ),
)}
FROM user_windows
ARRAY JOIN codes AS code
GROUP BY i, account_id`,
      params: {
        usage_from: calendar.from,
        usage_to: calendar.to,
        usage_codes: CODES,
        usage_codes_of_day: calendar.codesOfDay,
        usage_recorded_codes: context.windows.map((_, i) => i * CODES + RECORDED),
      },
    }
  },
}

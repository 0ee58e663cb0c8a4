/** The statements that roll usage events up again, for the marked months of some accounts. */
import type { BoundQuery } from '../bound-query.ts'
import { localDay, monthOf, monthOfDay, type UseScope } from './marks.ts'
import { KNOWN_THE_SAME_DAY, NOTHING_LEFT, STILL_KNOWN, USERS_PER_BLOCK } from './tables.ts'

/** Accounts that follow one another, the first and the last one included, and what was marked of them. */
export interface Part {
  readonly firstAccount: string
  readonly lastAccount: string
  /** Marks up to this version; later ones are for the next time. */
  readonly mark: number
  readonly firstMonth: number
  readonly lastMonth: number
  /** Whether any event of these accounts has several versions. */
  readonly corrected: boolean
}

/** The first instant of a month, in local time as the engine reads it. */
export const startOf = (month: number): string =>
  `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}-01 00:00:00`

const partParams = ({ workspaceId, timeZone }: UseScope, part: Part) => ({
  workspace_id: workspaceId,
  time_zone: timeZone,
  first_account: part.firstAccount,
  last_account: part.lastAccount,
  mark: part.mark,
  first_month: part.firstMonth,
  last_month: part.lastMonth,
  from: startOf(part.firstMonth),
  to: startOf(part.lastMonth + 1),
})

const OF_PART =
  'workspace_id = {workspace_id:String} AND account_id BETWEEN {first_account:String} AND {last_account:String}'

/** SQL: the months that wait, of the accounts of a part. */
const MARKED = `
  SELECT account_id, month FROM use_touched FINAL
  WHERE ${OF_PART} AND version % 2 = 0 AND version <= {mark:UInt64}`

/** Of the roll-up: as its tables are sorted by month, most of them need not be read. */
const ROLLED = `month BETWEEN {first_month:UInt16} AND {last_month:UInt16} AND ${OF_PART}`

const IN_MARKED_MONTH = (month: string): string => `(account_id, ${month}) GLOBAL IN (${MARKED})`
const CORRECTED = (columns: string): string =>
  `(SELECT ${columns} FROM use_corrected WHERE ${OF_PART})`

const NEVER = `toDateTime64('${NOTHING_LEFT}', 3, 'UTC')`

/**
 * Events of the marked months, each version with the instant from which the next one holds. One that was
 * inserted twice may be there twice; `FINAL` would take five times as long as reading them.
 */
const versions = ({ corrected }: Part): string => {
  const columns = 'account_id, record_id, user_id, event, occurred_at, quantity, known_at'
  const once = `
    SELECT ${columns}, ${NEVER} AS known_until
    FROM usage_events
    WHERE ${OF_PART}
      AND occurred_at >= toDateTime64({from:String}, 3, {time_zone:String})
      AND occurred_at < toDateTime64({to:String}, 3, {time_zone:String})
      AND NOT deleted AND ${IN_MARKED_MONTH(monthOf('occurred_at'))}${
        corrected
          ? `
      AND (account_id, record_id) GLOBAL NOT IN ${CORRECTED('account_id, record_id')}`
          : ''
      }`
  if (!corrected) return once
  return `${once}
    UNION ALL
    SELECT ${columns}, known_until
    FROM (
      SELECT ${columns}, deleted,
        leadInFrame(known_at, 1, ${NEVER}) OVER (
          PARTITION BY account_id, record_id ORDER BY known_at, version
          ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
        ) AS known_until
      FROM usage_events
      WHERE ${OF_PART}
        AND (account_id, toYYYYMM(occurred_at)) GLOBAL IN ${CORRECTED('account_id, utc_month')}
        AND (account_id, record_id) GLOBAL IN ${CORRECTED('account_id, record_id')}
    )
    WHERE NOT deleted AND ${IN_MARKED_MONTH(monthOf('occurred_at'))}`
}

/** Each version once, of those that users made: what is counted must not be counted twice. */
const distinctVersions = (part: Part): string => `
    SELECT account_id, record_id, known_at, known_until,
      any(each.user_id) AS user_id, any(each.event) AS event, any(each.occurred_at) AS occurred_at,
      any(each.quantity) AS quantity
    FROM (${versions(part)}
    ) AS each
    WHERE each.user_id != ''
    GROUP BY account_id, record_id, known_at, known_until`

/** The same with local days instead of instants. */
const daysOfUse = (events: string): string => `
  SELECT account_id, user_id, event, occurred_at, quantity, day,
    ${monthOfDay('day')} AS month,
    toUInt8(toDayOfMonth(day)) AS day_of_month,
    if(until_at = ${NEVER}, toDate32('${STILL_KNOWN}'), until_day) AS known_until,
    if(until_at = ${NEVER} AND known_day = day, toDate32('${KNOWN_THE_SAME_DAY}'), known_day) AS known_from,
    changed_at
  FROM (
    SELECT account_id, user_id, event, occurred_at, quantity, known_until AS until_at,
      ${localDay('occurred_at')} AS day,
      ${localDay('known_at')} AS known_day,
      ${localDay('known_until')} AS until_day,
      if(known_until = ${NEVER}, known_at, known_until) AS changed_at
    FROM (${events})
  )`

/** Users of the marked months that have no number yet: account_id, user_id. */
export const unnumberedUsers = (scope: UseScope, part: Part): BoundQuery => ({
  sql: `
SELECT account_id, user_id
FROM (
  SELECT DISTINCT account_id, user_id FROM usage_events
  WHERE ${OF_PART}
    AND occurred_at >= toDateTime64({from:String}, 3, {time_zone:String})
    AND occurred_at < toDateTime64({to:String}, 3, {time_zone:String})
    AND NOT deleted AND user_id != '' AND ${IN_MARKED_MONTH(monthOf('occurred_at'))}
)
WHERE (account_id, user_id) GLOBAL NOT IN (SELECT account_id, user_id FROM user_numbers WHERE ${OF_PART})
ORDER BY account_id, user_id`,
  params: partParams(scope, part),
})

/** The greatest number given of each account: account_id, number. */
export const lastNumbers = (scope: UseScope, part: Part): BoundQuery => ({
  sql: `SELECT account_id, max(number) AS number FROM user_numbers WHERE ${OF_PART} GROUP BY account_id`,
  params: partParams(scope, part),
})

const CONTENT = 'version, days, first_at, times_on, times, last_known_at'

/**
 * Rolls the marked months up by event. Rows that were there and have no events any more are left with
 * nothing in them.
 */
export const rollUpByEvent = (scope: UseScope, part: Part): BoundQuery => ({
  sql: `
INSERT INTO event_use_by_month
  (workspace_id, account_id, event, month, block, known_from, known_until, ${CONTENT})
SELECT
  {workspace_id:String}, account_id, event, month, block, known_from, known_until,
  {mark:UInt64},
  groupBitOrForEach(days),
  min(first_at),
  groupArrayIf(day_of_month, day_of_month > 0),
  groupArrayIf(times, day_of_month > 0),
  max(last_known_at)
FROM (
  -- the days of each user, at its place in the block
  SELECT
    account_id, event, month, intDiv(number, ${USERS_PER_BLOCK}) AS block, known_from, known_until,
    arrayPushBack(arrayWithConstant(number % ${USERS_PER_BLOCK}, toUInt32(0)), user_days) AS days,
    first_at, toUInt8(0) AS day_of_month, toUInt64(0) AS times, last_known_at
  FROM (
    SELECT
      account_id, user_id, event, month, known_from, known_until,
      groupBitOr(bitShiftLeft(toUInt32(1), day_of_month - 1)) AS user_days,
      min(occurred_at) AS first_at,
      max(changed_at) AS last_known_at
    FROM (${daysOfUse(versions(part))}
    )
    GROUP BY account_id, user_id, event, month, known_from, known_until
  ) AS by_user
  -- who came since the numbers were given has made marks that are for the next time
  INNER JOIN (
    SELECT account_id, user_id, number FROM user_numbers FINAL WHERE ${OF_PART}
    UNION ALL
    SELECT account_id, '', toUInt32(0) FROM use_touched WHERE ${OF_PART} GROUP BY account_id
  ) AS numbered USING (account_id, user_id)
  UNION ALL
  -- how often users did it on each day
  SELECT
    account_id, event, month, 0, known_from, known_until,
    [], min(occurred_at), day_of_month, sum(toUInt64(quantity)), max(changed_at)
  FROM (${daysOfUse(distinctVersions(part))}
  )
  GROUP BY account_id, event, month, known_from, known_until, day_of_month
  UNION ALL
  -- what was there before
  SELECT
    account_id, event, month, block, known_from, known_until,
    [], ${NEVER}, 0, 0, last_known_at
  FROM event_use_by_month FINAL
  WHERE ${ROLLED} AND first_at != ${NEVER} AND ${IN_MARKED_MONTH('month')}
)
GROUP BY account_id, event, month, block, known_from, known_until`,
  params: partParams(scope, part),
})

/** Puts the rows by event of the marked months together, whatever the event. */
export const rollUpAny = (scope: UseScope, part: Part): BoundQuery => ({
  sql: `
INSERT INTO use_by_month
  (workspace_id, account_id, month, block, known_from, known_until, ${CONTENT})
WITH by_event AS (
  SELECT * FROM event_use_by_month FINAL WHERE ${ROLLED} AND ${IN_MARKED_MONTH('month')}
)
SELECT
  {workspace_id:String}, account_id, month, block, known_from, known_until,
  {mark:UInt64},
  groupBitOrForEach(days),
  min(first_at),
  groupArrayIf(day_of_month, day_of_month > 0),
  groupArrayIf(times, day_of_month > 0),
  max(last_known_at)
FROM (
  SELECT
    account_id, month, block, known_from, known_until,
    days, first_at, toUInt8(0) AS day_of_month, toUInt64(0) AS times, last_known_at
  FROM by_event
  UNION ALL
  SELECT
    account_id, month, block, known_from, known_until,
    [], min(first_at), day_of_month, sum(day_times), max(last_known_at)
  FROM by_event
  ARRAY JOIN times_on AS day_of_month, times AS day_times
  GROUP BY account_id, month, block, known_from, known_until, day_of_month
)
GROUP BY account_id, month, block, known_from, known_until`,
  params: partParams(scope, part),
})

/** Takes the marks of a part away that are not later than it. */
export const unmark = (scope: UseScope, part: Part): BoundQuery => ({
  sql: `
INSERT INTO use_touched (workspace_id, account_id, month, version)
SELECT {workspace_id:String}, account_id, month, version + 1
FROM use_touched FINAL
WHERE ${OF_PART} AND version % 2 = 0 AND version <= {mark:UInt64}`,
  params: partParams(scope, part),
})

import type { BoundQuery } from '@tomoshibi/facts/bound-query'
import type { FactStore } from '@tomoshibi/facts/store'
import { isBadPeriod, periodsOnDay } from '@tomoshibi/metrics/periods'
import * as z from 'zod'
import type { Touch } from './actions.ts'

/** Attributes that divide accounts into a few kinds; of more of them the first by name are taken. */
const mostTraits = 6

/**
 * Attributes with two to eight values, by which accounts can be told to be of the same kind.
 *
 * @throws FactsError
 */
export async function readTraitKeys(facts: FactStore, workspaceId: string): Promise<string[]> {
  const rows = await facts.query(
    {
      sql: `
SELECT attribute
FROM (
  SELECT account_id, attribute, argMax(value, (effective_at, known_at, version)) AS latest
  FROM account_attributes
  WHERE workspace_id = {workspace_id:String} AND NOT deleted
  GROUP BY account_id, attribute
)
WHERE latest != ''
GROUP BY attribute
HAVING uniqExact(latest) BETWEEN 2 AND 8
ORDER BY attribute
LIMIT ${mostTraits}`,
      params: { workspace_id: workspaceId },
    },
    z.object({ attribute: z.string() }),
  )
  return rows.map(({ attribute }) => attribute)
}

/**
 * The first touchpoint of each account under each subject that at least fifty accounts share.
 *
 * @throws FactsError
 */
export async function readTouches(
  facts: FactStore,
  workspaceId: string,
  timeZone: string,
): Promise<Touch[]> {
  return await facts.query(
    {
      sql: `
SELECT action, account_id AS account, toString(toDate32(first, {time_zone:String})) AS "on"
FROM (
  SELECT latest.1 AS action, account_id, min(latest.2) AS first
  FROM (
    SELECT account_id, argMax(tuple(subject, occurred_at, deleted), (known_at, version)) AS latest
    FROM touchpoints
    WHERE workspace_id = {workspace_id:String}
    GROUP BY account_id, record_id
  )
  WHERE NOT latest.3 AND latest.1 != ''
  GROUP BY action, account_id
)
QUALIFY count() OVER (PARTITION BY action) >= 50
ORDER BY action, account`,
      params: { workspace_id: workspaceId, time_zone: timeZone },
    },
    z.object({ action: z.string(), account: z.string(), on: z.string() }),
  )
}

/**
 * Which accounts had given notice of everything that ran on by the end of a day, as known then: a row
 * for each (index of the day, account).
 */
export function compileNotices(
  workspaceId: string,
  days: readonly string[],
  timeZone: string,
): BoundQuery {
  const ends = days.map((day) => {
    const periods = periodsOnDay(day, timeZone)
    const [period] = isBadPeriod(periods) ? [] : periods
    if (period === undefined) throw new RangeError(`not a day: ${day}`)
    return period.end
  })
  return {
    sql: `
SELECT i, account_id
FROM (
  SELECT i, ends_at, account_id,
    argMax(tuple(effective_from, effective_to, cancelled_at, state, deleted), (known_at, version))
      AS latest
  FROM contract_lines
  ARRAY JOIN {day_index:Array(UInt32)} AS i, {ends:Array(DateTime64(3, 'UTC'))} AS ends_at
  WHERE workspace_id = {workspace_id:String} AND known_at < ends_at
  GROUP BY i, ends_at, account_id, record_id
)
WHERE NOT latest.5 AND latest.4 IN ('active', 'past_due')
  AND latest.1 < ends_at AND (latest.2 IS NULL OR latest.2 > ends_at)
GROUP BY i, account_id
HAVING countIf(latest.3 IS NULL OR latest.3 >= ends_at) = 0
ORDER BY i, account_id`,
    params: { workspace_id: workspaceId, day_index: days.map((_, i) => i), ends: ends.map(utc) },
  }
}

/** An ISO instant as the engine reads it in an array. */
const utc = (instant: string) => instant.replace('T', ' ').replace('Z', '')

/** @throws FactsError */
export async function readNotices(
  facts: FactStore,
  workspaceId: string,
  days: readonly string[],
  timeZone: string,
): Promise<ReadonlySet<string>> {
  const given = new Set<string>()
  if (days.length === 0) return given
  const row = z.object({ i: z.number(), account_id: z.string() })
  for await (const { i, account_id } of facts.stream(
    compileNotices(workspaceId, days, timeZone),
    row,
  )) {
    given.add(noticeKey(i, account_id))
  }
  return given
}

export const noticeKey = (day: number, account: string): string => `${day}:${account}`

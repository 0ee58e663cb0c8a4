import type { AtRisk, Outcome } from '@tomoshibi/evidence/lamp-evidence'
import type { BoundQuery } from '@tomoshibi/facts/bound-query'
import type { FactStore } from '@tomoshibi/facts/store'
import type { MetricSettings } from '@tomoshibi/metrics/settings'
import * as z from 'zod'

/** When accounts paid, and when they were lost, as known now. Days are those of the workspace's zone. */
export interface PayingHistory {
  /**
   * The days [from, to) at whose *ends* an account's recurring revenue was above 0, as lamps see it: a
   * contract from 1 April on is there at the end of 31 March.
   */
  readonly paying: readonly AtRisk[]
  /** The days with the first instant without any. An account that comes back may be lost again. */
  readonly churns: readonly Outcome[]
}

const spanSchema = z.object({
  account_id: z.string(),
  from: z.string(),
  to: z.string().nullable(),
  lost_on: z.string().nullable(),
})

/**
 * Reads when accounts paid. A line counts as it does in MRR: while active or past due, an ended one until
 * its end, a free one from the end of its discount; with the setting `cancellation_notice` only until
 * notice was given.
 */
export async function readPayingHistory(
  facts: FactStore,
  workspaceId: string,
  settings: MetricSettings,
): Promise<PayingHistory> {
  const paying = await facts.query(compilePayingSpans(workspaceId, settings), spanSchema)
  return {
    paying: paying.map(({ account_id: accountId, from, to }) => ({ accountId, from, to })),
    churns: paying.flatMap(({ account_id: accountId, lost_on: on }) =>
      on === null ? [] : [{ accountId, on }],
    ),
  }
}

/**
 * One row for each stretch without a gap in which an account pays: `account_id`, the days `from` and
 * `to` of which it pays at the end, and the day `lost_on` with the first instant without.
 */
export function compilePayingSpans(workspaceId: string, settings: MetricSettings): BoundQuery {
  const end =
    settings.churnDate === 'cancellation_notice'
      ? 'if(cancelled_at < ifNull(effective_to, far), cancelled_at, effective_to)'
      : 'effective_to'
  const discounted =
    settings.mrrBasis === 'gross'
      ? 'amount'
      : '(amount - discount_amount) * (100 - discount_percent)'
  return {
    sql: `
WITH
  toDateTime64('2299-12-31 00:00:00', 3, 'UTC') AS far,
  -- The latest version of every contract line.
  lines AS (
    SELECT account_id, argMax(tuple(amount, discount_amount, discount_percent, discount_until,
      effective_from, effective_to, cancelled_at, state, deleted), (known_at, version)) AS latest
    FROM contract_lines
    WHERE workspace_id = {workspace_id:String}
    GROUP BY account_id, record_id
  ),
  stretches AS (
    SELECT
      account_id,
      latest.1 AS amount, latest.2 AS discount_amount, latest.3 AS discount_percent,
      latest.5 AS effective_from, latest.6 AS effective_to, latest.7 AS cancelled_at,
      latest.8 AS state,
      ifNull(latest.4, far) AS discount_ends_at,
      multiIf(
        ${discounted} > 0 AND effective_from < discount_ends_at, effective_from,
        amount > 0, greatest(effective_from, discount_ends_at),
        far
      ) AS starts_at,
      ifNull(${end}, far) AS ends_at
    FROM lines
    WHERE NOT latest.9
      AND (state IN ('active', 'past_due') OR (state = 'ended' AND effective_to IS NOT NULL))
      AND starts_at < ends_at
  ),
  -- A stretch begins where no earlier line of the account still ran.
  marked AS (
    SELECT account_id, starts_at, ends_at,
      starts_at > max(ends_at) OVER (
        PARTITION BY account_id ORDER BY starts_at, ends_at
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
      ) AS begins
    FROM stretches
  ),
  numbered AS (
    SELECT account_id, starts_at, ends_at,
      sum(begins) OVER (PARTITION BY account_id ORDER BY starts_at, ends_at) AS stretch
    FROM marked
  )
SELECT
  account_id,
  nullIf(max(ends_at), far) AS ended_at,
  -- The end of a day is the first instant of the next one.
  toString(toDate32(subtractMilliseconds(min(starts_at), 1), {time_zone:String})) AS "from",
  toString(toDate32(subtractMilliseconds(ended_at, 1), {time_zone:String})) AS "to",
  toString(toDate32(ended_at, {time_zone:String})) AS lost_on
FROM numbered
GROUP BY account_id, stretch
ORDER BY account_id, "from"`,
    params: { workspace_id: workspaceId, time_zone: settings.timeZone },
  }
}

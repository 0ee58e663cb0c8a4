import type { PlanNode } from '../plan/node.ts'
import { layered } from '../sql/layers.ts'
import { factVersions, KNOWN_IN_WINDOW } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import { EARLIER, earlierUsers } from './use-kinds.ts'

/** Fewer earlier windows than this are too few for a mean and a deviation. */
export const FEWEST_EARLIER = 3
/** Of fewer accounts the median change is that of single accounts, and no season. */
export const FEWEST_ACCOUNTS = 10

/** The segment of each account at each window's end. */
export const segments: PlanNode = {
  name: 'segments',
  says: { en: 'The segment of each account at the time', ja: 'その時点の顧客のセグメント' },
  inputs: [],
  sql: `
SELECT i, account_id, nullIf(argMax(value, tuple(effective_at, known_at)), '') AS segment
FROM (${factVersions({
    table: 'account_attributes',
    columns: ['value', 'effective_at'],
    someAccounts: 'whole',
    where: "attribute = 'segment'",
  })}
)
${eachWindow('end', 'known')}
WHERE ${KNOWN_IN_WINDOW} AND effective_at <= window_end
GROUP BY i, account_id`,
}

/**
 * Adds to each account `rate_above` and `rate_others`: how its usage rate stands among the accounts of
 * its segment that have one. Accounts without a segment are compared with one another.
 *
 * @param source SELECT with one row for each window and account: core_events, users_28, segment
 */
export const rankedRates = (source: string): string =>
  layered(
    source,
    ['if(users_28 > 0, core_events / users_28, NULL) AS rate'],
    [
      'rank() OVER (PARTITION BY i, segment, isNull(rate) ORDER BY rate) AS rate_rank',
      'count() OVER (PARTITION BY i, segment, rate) AS rate_ties',
      'count() OVER (PARTITION BY i, segment, isNull(rate)) AS rate_peers',
    ],
    [
      // Those below, and half of those that are equal, oneself not counted.
      'if(isNull(rate), NULL, toInt64(rate_rank) - 1 + (toInt64(rate_ties) - 1) / 2) AS rate_above',
      'if(isNull(rate), NULL, toInt64(rate_peers) - 1) AS rate_others',
    ],
  )

const steps = Array.from({ length: EARLIER }, (_, k) => k)
const users = (k: number): string => (k === 0 ? 'users_28' : earlierUsers(k))

/** An account's users in window k for one of the window before, over whole windows of use. */
const change = (k: number): string =>
  `if(recorded_${k + 1}_before AND ${users(k + 1)} > 0, ${users(k)} / ${users(k + 1)}, NULL) AS change_${k}`

const place = (k: number): string[] => [
  `row_number() OVER (PARTITION BY i ORDER BY change_${k}) AS place_${k}`,
  `count(change_${k}) OVER (PARTITION BY i) AS changes_${k}`,
]

/**
 * The change of the typical account: the median, which is the mean of the one or two in the middle. They
 * are found by their place, because a quantile over a whole partition is worked out anew for each row.
 */
const typicalChange = (k: number): string => {
  const inTheMiddle = `place_${k} = intDiv(changes_${k} + 1, 2) OR place_${k} = intDiv(changes_${k} + 2, 2)`
  return `if(changes_${k} < ${FEWEST_ACCOUNTS}, 1,
    ifNull(avgIf(change_${k}, ${inTheMiddle}) OVER (PARTITION BY i), 1)) AS typical_${k}`
}

/**
 * Adds to each account `trend_z`: (u₀ − mean v) ÷ deviation of v. u₀ is the number of users of the last 28
 * days; v are those of up to six windows of 28 days before, each carried forward by what the typical
 * account did since: × the median over all accounts of the change from each window to the next. That
 * takes out what moved everyone, such as holidays; four whole weeks take out the days of the week.
 *
 * The deviation is that of the sample, and at least √mean, which chance alone does to a count, and at
 * least 1. Only windows since the account's first use count, three at the fewest.
 *
 * @param source SELECT with one row for each window and account: users_28, those of the earlier windows,
 *   and whether use was recorded throughout each of them
 */
export const withTrendZ = (source: string): string =>
  layered(
    source,
    steps.map(change),
    steps.flatMap(place),
    steps.map(typicalChange),
    [
      `arrayFilter(x -> x >= 0, [${steps
        .map((k) => {
          const carried = [users(k + 1), ...steps.slice(0, k + 1).map((j) => `typical_${j}`)]
          return `if(recorded_${k + 1}_before, ${carried.join(' * ')}, -1)`
        })
        .join(', ')}]) AS earlier_users`,
    ],
    ['if(empty(earlier_users), 0, arrayAvg(earlier_users)) AS earlier_mean'],
    [
      `if(length(earlier_users) < ${FEWEST_EARLIER} OR earlier_mean = 0, NULL,
    (toFloat64(users_28) - earlier_mean)
      / greatest(arrayReduce('stddevSamp', earlier_users), sqrt(earlier_mean), 1)) AS trend_z`,
    ],
  )

import type { BadgeState, Verification } from '@tomoshibi/contract/verification'
import { Temporal } from 'temporal-polyfill'

/** What was verified longer ago than this is to be verified anew before it is relied on. */
export const verifyEveryDays = 90
/** What is in use is verified anew after so many days, without being asked. */
export const dueAfterDays = 7

type Found = Pick<Verification, 'relation' | 'checkedAt'>

/** Whole days from an instant (ISO) until now. */
export function daysSince(instant: string, now: Temporal.Instant): number {
  return Math.floor(
    now.since(Temporal.Instant.from(instant), { largestUnit: 'hour' }).total('hours') / 24,
  )
}

/**
 * How a badge reads.
 *
 * @param checks of one version and one outcome, newest first
 */
export function badgeStateOf(checks: readonly Found[]): BadgeState {
  const [last, ...earlier] = checks
  if (last === undefined) return 'never_verified'
  switch (last.relation) {
    case 'separates':
      return 'holds'
    case 'no_relation_seen':
      return earlier.some(({ relation }) => relation === 'separates') ? 'faded' : 'no_relation_seen'
    case 'turned_round':
    case 'cannot_tell':
      return last.relation
  }
}

/** Whether something is to be checked anew. @param checks as for `badgeStateOf` */
export function isDue([last]: readonly Found[], now: Temporal.Instant): boolean {
  return last === undefined || daysSince(last.checkedAt, now) >= dueAfterDays
}

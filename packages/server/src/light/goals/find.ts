import type { GoalFinding } from '@tomoshibi/contract/goals'
import type { Text } from '@tomoshibi/contract/text'
import type { Verification } from '@tomoshibi/contract/verification'
import { verifyEveryDays } from '../../verify/checks/badge.ts'
import { findingWords } from './say.ts'

/** More goals than this one person can hardly move at once. */
export const mostGoals = 5
/** From this share on, what ends in the period was decided before it begins. */
const decidedShare = 0.75
/** Fewer decided contract ends than this tell nothing of how long before the end they were decided. */
const fewestEnds = 10
/** A relation weaker than this AUC is not worth steering by. */
const worthSeeing = 0.65
/** Fewer stretches of history than this tell nothing of what is possible. */
const fewestSpans = 6

/** All that is known of one KPI. Days are whole; shares go from 0 to 1. */
export interface KpiFacts {
  readonly name: Text
  /** A KGI is moved by its KPIs and held against nothing. */
  readonly isKpi: boolean
  /** Whether more is meant to be better: target above baseline. null = baseline unknown. */
  readonly rises: boolean | null
  /** Keys of the lamps that move it. */
  readonly levers: readonly string[]
  /** Days of its period. */
  readonly spanDays: number
  /**
   * Of a metric of contract ends: days from the notice to the end, of each contract that ended with one;
   * null of other metrics.
   */
  readonly noticeDays: readonly number[] | null
  /** Changes of its metric over stretches of history as long as its period, in its unit. */
  readonly pastChanges: readonly number[]
  /** Target less baseline; null = baseline unknown. */
  readonly asked: number | null
  readonly hasAccountValue: boolean
  /** The last one, and the one before it. */
  readonly verification: Verification | null
  readonly verificationBefore: Verification | null
  /** Whole days since the last one. */
  readonly verifiedDaysAgo: number | null
  /** Definitions that changed within its period: its metric's, or its own. */
  readonly changed: readonly { readonly what: 'metric' | 'goal'; readonly on: string }[]
  readonly owner: string
  /** Open goals of its owner. */
  readonly ownersGoals: number
  readonly formatted: (value: number) => Text
}

/**
 * The share of what ends evenly over a period that was decided before it began.
 *
 * @param noticeDays days from decision to end, of past ends; not empty
 */
export function decidedBefore(noticeDays: readonly number[], spanDays: number): number {
  const shares = noticeDays.map((days) => Math.min(Math.max(days, 0), spanDays) / spanDays)
  return shares.reduce((sum, share) => sum + share, 0) / noticeDays.length
}

/** The traps of a KPI: each with the evidence and a way out, the gravest first. */
export function findingsOf(kpi: KpiFacts): GoalFinding[] {
  const found = [
    ...timeFindings(kpi),
    ...(kpi.isKpi ? relationFindings(kpi) : []),
    ...careFindings(kpi),
  ]
  const order = ['trap', 'warning', 'open'] as const
  return found.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
}

/** Whether it can move, and within its time. */
function timeFindings(kpi: KpiFacts): GoalFinding[] {
  const found: GoalFinding[] = []
  if (kpi.isKpi && kpi.levers.length === 0) {
    found.push({ kind: 'no_lever', severity: 'warning', ...findingWords.noLever(kpi.name) })
  }
  if (kpi.noticeDays !== null && kpi.noticeDays.length >= fewestEnds) {
    const share = decidedBefore(kpi.noticeDays, kpi.spanDays)
    if (share >= decidedShare) {
      const sorted = kpi.noticeDays.toSorted((a, b) => a - b)
      const median = sorted[Math.floor(sorted.length / 2)] ?? 0
      found.push({
        kind: 'decided_before',
        severity: 'trap',
        ...findingWords.decidedBefore(kpi.name, {
          share,
          median,
          ends: sorted.length,
          spanDays: kpi.spanDays,
        }),
      })
    }
  }
  const { asked, pastChanges } = kpi
  if (asked !== null && pastChanges.length >= fewestSpans) {
    const towards = pastChanges.map((change) => change * Math.sign(asked))
    const most = Math.max(...towards)
    if (Math.abs(asked) > most) {
      found.push({
        kind: 'beyond_history',
        severity: 'warning',
        ...findingWords.beyondHistory(kpi.name, {
          spans: pastChanges.length,
          spanDays: kpi.spanDays,
          most: kpi.formatted(Math.max(0, most)),
          asked: kpi.formatted(Math.abs(asked)),
        }),
      })
    }
  }
  return found
}

/** What the data say of it and the goal that it serves. */
function relationFindings(kpi: KpiFacts): GoalFinding[] {
  if (!kpi.hasAccountValue) {
    return [{ kind: 'not_verifiable', severity: 'open', ...findingWords.notVerifiable(kpi.name) }]
  }
  const { verification } = kpi
  if (verification === null) {
    return [
      { kind: 'never_verified', severity: 'warning', ...findingWords.neverVerified(kpi.name) },
    ]
  }
  const found: GoalFinding[] = []
  const daysAgo = kpi.verifiedDaysAgo ?? 0
  if (daysAgo > verifyEveryDays) {
    found.push({
      kind: 'verified_long_ago',
      severity: 'warning',
      ...findingWords.verifiedLongAgo(kpi.name, daysAgo),
    })
  }
  const evidence = verification.says
  const held = kpi.verificationBefore?.relation === 'separates'
  const isFaded =
    verification.relation === 'turned_round' ||
    (held && verification.relation === 'no_relation_seen')
  if (isFaded) {
    found.push({
      kind: 'relation_faded',
      severity: 'trap',
      ...findingWords.faded(kpi.name, evidence),
    })
    return found
  }
  // 'higher' goes before the loss: to raise it is to raise what goes before the loss.
  const meant = kpi.rises === null ? null : kpi.rises ? 'higher' : 'lower'
  const goesBefore = meant !== null && verification.direction === meant
  const isReversed =
    meant !== null &&
    verification.direction !== null &&
    verification.cause !== 'no_relation_seen' &&
    goesBefore !== (verification.outcome === 'expansion')
  const isSeen = verification.relation === 'separates' || verification.cause === 'follows'
  if (isReversed && isSeen) {
    found.push({
      kind: 'reversed',
      severity: 'trap',
      ...findingWords.reversed(kpi.name, evidence, verification.outcome),
    })
  }
  switch (verification.cause) {
    case 'follows':
      found.push({
        kind: 'follows_risk',
        severity: 'trap',
        ...findingWords.follows(kpi.name, evidence),
      })
      break
    case 'leads_but_does_not_drive':
      found.push({
        kind: 'explained_otherwise',
        severity: 'trap',
        ...findingWords.explained(kpi.name, evidence),
      })
      break
    case 'no_relation_seen':
      // Where even a strong relation would have stayed unseen, that none was seen accuses nobody.
      if (verification.smallestAuc === null || verification.smallestAuc > worthSeeing) {
        found.push({
          kind: 'unproven',
          severity: 'open',
          ...findingWords.unproven(kpi.name, evidence),
        })
        break
      }
      found.push({
        kind: 'no_relation',
        severity: 'trap',
        ...findingWords.noRelation(kpi.name, evidence),
      })
      break
    case 'cannot_tell':
      found.push({
        kind: 'unproven',
        severity: 'open',
        ...findingWords.unproven(kpi.name, evidence),
      })
      break
    case 'leads':
      break
  }
  return found
}

/** How it is kept. */
function careFindings(kpi: KpiFacts): GoalFinding[] {
  const found: GoalFinding[] = kpi.changed.map(({ what, on }) => ({
    kind: 'definition_changed',
    severity: 'warning',
    ...findingWords.changed(kpi.name, what, on),
  }))
  if (kpi.ownersGoals > mostGoals) {
    found.push({
      kind: 'too_many_goals',
      severity: 'warning',
      ...findingWords.tooMany(kpi.owner, kpi.ownersGoals),
    })
  }
  return found
}

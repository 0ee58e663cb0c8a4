import type { HealthAccount, HealthOverride } from '@tomoshibi/contract/health'
import type { MetricDefinition } from '@tomoshibi/metrics/definition'
import { bandOf, type HealthBands } from '@tomoshibi/metrics/health/score'
import { type Leaves, leavesOf, type Scorecard } from '@tomoshibi/metrics/health/scorecard'
import { Temporal } from 'temporal-polyfill'
import { type HealthRow, healthOf } from './frame.ts'
import type { StoredOverride } from './store.ts'

type Catalogue = ReadonlyMap<string, MetricDefinition>

type Scored = Pick<
  HealthAccount,
  'score' | 'band' | 'computed' | 'computedBand' | 'coverage' | 'scorecard'
>

/** The scorecards of a catalogue, in the order in which they are tried. */
export function cardsOf(catalogue: Catalogue): readonly Scorecard[] {
  const { measure } = healthOf(catalogue)
  return measure.kind === 'scorecards' ? measure.scorecards : []
}

/** The measures of a scorecard that was checked. */
export function openedLeaves(card: Scorecard): Leaves {
  const leaves = leavesOf(card)
  if (leaves === null) throw new Error(`The scorecard ${card.key} was not checked.`)
  return leaves
}

/** What a row of the frame says, with bands. */
export function scoredOf(
  row: HealthRow | undefined,
  catalogue: Catalogue,
  bands: HealthBands,
): Scored {
  const { score = null, computed = null, coverage = null, card = null } = row ?? {}
  return {
    score,
    band: score === null ? null : bandOf(score, bands),
    computed,
    computedBand: computed === null ? null : bandOf(computed, bands),
    coverage,
    scorecard: card === null ? null : (cardsOf(catalogue)[card]?.key ?? null),
  }
}

/** Whether what was set by hand counts at the instant at which a day ends, as known then. */
export const countsAt = (override: StoredOverride, end: Temporal.Instant): boolean =>
  Temporal.Instant.compare(override.setAt, end) < 0 &&
  Temporal.Instant.compare(override.endsAt, end) >= 0 &&
  (override.withdrawnAt === null || Temporal.Instant.compare(override.withdrawnAt, end) >= 0)

/** An override for people. @param now decides on whether it counts still */
export function overrideView(
  override: StoredOverride,
  bands: HealthBands,
  now: Temporal.Instant,
): HealthOverride {
  const { accountId: account, reason, setByName, endsOn, setAt, withdrawnAt } = override
  const score = override.scoreHundredths / 100
  const ended = Temporal.Instant.compare(override.endsAt, now) <= 0
  return {
    account,
    score,
    band: bandOf(score, bands),
    reason,
    setAt: setAt.toString(),
    setBy: setByName,
    endsOn,
    withdrawnAt: withdrawnAt?.toString() ?? null,
    state: withdrawnAt !== null ? 'withdrawn' : ended ? 'ended' : 'counts',
  }
}

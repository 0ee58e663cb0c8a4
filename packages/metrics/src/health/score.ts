import { pointsOn, scaleOf } from './scale.ts'
import type { Leaves } from './scorecard.ts'

/** Where bands begin; a bound belongs to the band above it. */
export interface HealthBands {
  readonly yellowFrom: number
  readonly greenFrom: number
}

export const bandNames = ['red', 'yellow', 'green'] as const
export type HealthBand = (typeof bandNames)[number]

/** The band of a score: red [0, yellowFrom), yellow [yellowFrom, greenFrom), green [greenFrom, 100]. */
export const bandOf = (score: number, { yellowFrom, greenFrom }: HealthBands): HealthBand =>
  score >= greenFrom ? 'green' : score >= yellowFrom ? 'yellow' : 'red'

export interface ScoredLeaf {
  readonly key: string
  readonly metric: string
  readonly groups: readonly string[]
  readonly weight: number
  readonly value: number | null
  /** Its own points, 0 to 10000 hundredths; null without a value. */
  readonly points: number | null
  /**
   * What it adds to the score, in whole hundredths: these add up to `hundredths` of the score exactly.
   * null where it adds nothing, as it has no value or there is no score.
   */
  readonly adds: number | null
}

export interface Scored {
  readonly leaves: readonly ScoredLeaf[]
  /** Sum of the weights of measures with a value, and of all. */
  readonly weight: number
  readonly total: number
  /** Weights with a value ÷ all weights. */
  readonly coverage: number
  /** Σ wᵢ·sᵢ ÷ Σ wᵢ over measures with a value; null where coverage is under 50 %. */
  readonly score: number | null
  /** The score in hundredths, rounded down: so it is never shown in a band that it has not reached. */
  readonly hundredths: number | null
}

/**
 * The score of one account: a measure without a value leaves its weight to the others in proportion, and
 * lowers the coverage; with less than half of the weight there is no score.
 *
 * All is counted in whole numbers, points in hundredths times weights, so that nothing is lost. Where
 * hundredths are shown, those that are left over go to the measures with the greatest remainders.
 *
 * @param values by metric; one that is not there has no value
 */
export const scoreOf = (
  { leaves, total }: Leaves,
  values: Readonly<Record<string, number | null | undefined>>,
): Scored => {
  const own = leaves.map((leaf) => {
    const value = values[leaf.metric] ?? null
    const finite = value !== null && Number.isFinite(value)
    return {
      leaf,
      value: finite ? value : null,
      points: finite ? pointsOn(scaleOf(leaf.node), value) : null,
    }
  })
  const weight = own.reduce((sum, { leaf, points }) => sum + (points === null ? 0 : leaf.weight), 0)
  const points = own.reduce((sum, { leaf, points: p }) => sum + leaf.weight * (p ?? 0), 0)
  const scored = weight > 0 && weight * 2 >= total
  const hundredths = scored ? Math.floor(points / weight) : null
  const shares = sharedOut(
    own.map(({ leaf, points: p }) => leaf.weight * (p ?? 0)),
    weight,
    hundredths ?? 0,
  )
  return {
    leaves: own.map(({ leaf, value, points: p }, k) => ({
      key: leaf.key,
      metric: leaf.metric,
      groups: leaf.groups,
      weight: leaf.weight,
      value,
      points: p,
      adds: scored && p !== null ? (shares[k] ?? 0) : null,
    })),
    weight,
    total,
    coverage: weight / total,
    score: scored ? points / (100 * weight) : null,
    hundredths,
  }
}

/**
 * Parts over a divisor as whole numbers that add up to the whole: each rounded down, and what is left
 * over given to those with the greatest remainders, the first ones first.
 */
const sharedOut = (parts: readonly number[], divisor: number, whole: number): number[] => {
  if (divisor === 0) return parts.map(() => 0)
  const down = parts.map((part) => Math.floor(part / divisor))
  const left = whole - down.reduce((sum, part) => sum + part, 0)
  const first = parts
    .map((part, k) => ({ k, remainder: part % divisor }))
    .sort((a, b) => b.remainder - a.remainder || a.k - b.k)
    .slice(0, left)
  for (const { k } of first) down[k] = (down[k] ?? 0) + 1
  return down
}

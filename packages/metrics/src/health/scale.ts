import type { WrittenMeasure, WrittenPulse } from './scorecard.ts'

type Scaled = Pick<WrittenMeasure, 'scores' | 'curve'>

/** What a pulse from 1 to 5 is worth unless its author says otherwise. */
const usualPulse = [
  { at: 1, score: 0 },
  { at: 5, score: 100 },
] as const

/** How values become points. Points are whole hundredths from 0 to 10000. */
export type Scale =
  | {
      readonly kind: 'steps'
      /** Rising; `points[k]` holds for values below `bounds[k]`, the last for all others. */
      readonly bounds: readonly number[]
      readonly points: readonly number[]
    }
  | {
      readonly kind: 'curve'
      readonly at: readonly number[]
      readonly points: readonly number[]
      /** Points per unit from each point to the next. */
      readonly slopes: readonly number[]
    }

const hundredths = (score: number): number => Math.round(score * 100)

export const scaleOf = (node: (WrittenMeasure | WrittenPulse) & Scaled): Scale => {
  if (node.scores !== undefined) {
    return {
      kind: 'steps',
      bounds: node.scores.flatMap(({ below }) => (below === undefined ? [] : [below])),
      points: node.scores.map(({ score }) => hundredths(score)),
    }
  }
  const curve = node.curve ?? usualPulse
  const points = curve.map(({ score }) => hundredths(score))
  return {
    kind: 'curve',
    at: curve.map(({ at }) => at),
    points,
    slopes: curve.slice(1).map(({ at }, k) => {
      const before = curve[k]
      return before === undefined ? 0 : ((points[k + 1] ?? 0) - (points[k] ?? 0)) / (at - before.at)
    }),
  }
}

/** The points of a value, in whole hundredths. Ranges are half-open: a bound belongs to the one above. */
export const pointsOn = (scale: Scale, value: number): number => {
  if (scale.kind === 'steps') {
    const k = scale.bounds.findIndex((bound) => value < bound)
    return scale.points.at(k) ?? 0
  }
  const k = scale.at.findIndex((at) => value < at)
  if (k === -1) return scale.points.at(-1) ?? 0
  if (k === 0) return scale.points[0] ?? 0
  const [at, points, slope] = [
    scale.at[k - 1] ?? 0,
    scale.points[k - 1] ?? 0,
    scale.slopes[k - 1] ?? 0,
  ]
  return Math.floor(points + (value - at) * slope + 0.5)
}

/**
 * The same in SQL: Nullable(Int64), NULL where there is no finite value.
 *
 * @param column a Nullable(Float64)
 * @param bind gives the placeholder of a number of the author's
 */
export const pointsSql = (
  scale: Scale,
  column: string,
  bind: (value: number) => string,
): string => {
  const branches: string[] = [`isNull(${column}) OR NOT isFinite(${column})`, 'NULL']
  if (scale.kind === 'steps') {
    scale.bounds.forEach((bound, k) => {
      branches.push(`${column} < ${bind(bound)}`, `${scale.points[k] ?? 0}`)
    })
  } else {
    scale.at.forEach((at, k) => {
      const before = scale.at[k - 1]
      branches.push(
        `${column} < ${bind(at)}`,
        before === undefined
          ? `${scale.points[0] ?? 0}`
          : `floor(${scale.points[k - 1] ?? 0} + (${column} - ${bind(before)}) * ${bind(scale.slopes[k - 1] ?? 0)} + 0.5)`,
      )
    })
  }
  branches.push(`${scale.points.at(-1) ?? 0}`)
  return `CAST(multiIf(${branches.join(', ')}) AS Nullable(Int64))`
}

import { type Answer, known, unknown } from '../answer.ts'
import { chiSquareUpper } from '../numeric/distributions.ts'
import { cholesky, dot, solve } from '../numeric/matrix.ts'
import { averageRanks } from '../numeric/order.ts'
import { type ChiSquareTest, type CoxInput, fitCox } from './cox.ts'
import { type TieMethod, walkRiskSets } from './cox-risk.ts'
import { kaplanMeier } from './kaplan-meier.ts'

/** The scale of time on which an effect is taken to drift. */
export type TimeScale = 'rank' | 'identity' | 'log' | 'km'

export interface ProportionalHazardsTest {
  readonly scale: TimeScale
  readonly columns: readonly (ChiSquareTest & { readonly name: string })[]
  readonly all: ChiSquareTest
}

/**
 * Whether effects stay the same over time, as the Cox model takes for granted: the score test of a
 * slope of each effect over a scale of time.
 *
 * Source: P. Grambsch and T. Therneau, Biometrika 81 (1994), 515–526, in the exact form (with the
 * information of each risk set) of R's `cox.zph` since survival 3.0.
 * @returns the reasons of `coxRegression`, or that the events lie at one time only.
 */
export function proportionalHazardsTest(
  input: CoxInput,
  options: { ties?: TieMethod; scale?: TimeScale } = {},
): Answer<ProportionalHazardsTest> {
  const scale = options.scale ?? 'rank'
  const ties = options.ties ?? 'efron'
  const fit = fitCox(input, ties)
  if (!fit.ok) return { known: false, reason: fit.reason }
  const { data, names, beta, events } = fit
  const size = names.length
  const clock = timeScale(scale, data.time, input)
  let centre = 0
  for (let i = 0; i < data.n; i++) if (data.event[i] === 1) centre += (clock[i] ?? 0) / events
  const clockAt = new Map<number, number>()
  for (let i = 0; i < data.n; i++) clockAt.set(data.time[i] ?? 0, (clock[i] ?? 0) - centre)

  const score = new Float64Array(size)
  const plain = new Float64Array(size * size)
  const mixed = new Float64Array(size * size)
  const drift = new Float64Array(size * size)
  const add = (array: Float64Array, at: number, by: number) => {
    array[at] = (array[at] ?? 0) + by
  }
  walkRiskSets(data, beta, ties, {
    death(row, time) {
      const g = clockAt.get(time) ?? 0
      for (let j = 0; j < size; j++) add(score, j, g * (data.x[row * size + j] ?? 0))
    },
    riskSet({ time, count, s0, s1, s2 }) {
      const g = clockAt.get(time) ?? 0
      for (let j = 0; j < size; j++) {
        const mean = (s1[j] ?? 0) / s0
        add(score, j, -g * count * mean)
        for (let k = 0; k <= j; k++) {
          const v = count * ((s2[j * size + k] ?? 0) / s0 - (mean * (s1[k] ?? 0)) / s0)
          for (const at of j === k ? [j * size + k] : [j * size + k, k * size + j]) {
            add(plain, at, v)
            add(mixed, at, g * v)
            add(drift, at, g * g * v)
          }
        }
      }
    },
  })

  const factored = cholesky(plain, size, 1e-10)
  if (!factored.ok) return unknown('collinear', { events }, [names[factored.row] ?? ''])
  // What is left of the drift's information once the effects themselves are free.
  const left = new Float64Array(size * size)
  for (let k = 0; k < size; k++) {
    const column = Float64Array.from(names, (_, j) => mixed[j * size + k] ?? 0)
    const solved = solve(factored.factor, column)
    for (let j = 0; j < size; j++) {
      const explained = dot(mixed.subarray(j * size, (j + 1) * size), solved)
      left[j * size + k] = (drift[j * size + k] ?? 0) - explained
    }
  }
  const stuck = names.filter((_, j) => {
    const at = j * size + j
    return !((left[at] ?? 0) > 1e-10 * (drift[at] ?? 0))
  })
  if (stuck.length > 0) return unknown('too_few_events', { events, needed: size + 2 }, stuck)
  const all = cholesky(left, size, 1e-10)
  if (!all.ok) return unknown('too_few_events', { events, needed: size + 2 })
  const test = (chiSquare: number, df: number): ChiSquareTest => ({
    chiSquare,
    df,
    p: chiSquareUpper(chiSquare, df),
  })
  return known({
    scale,
    columns: names.map((name, j) => ({
      name,
      ...test((score[j] ?? 0) ** 2 / (left[j * size + j] ?? 1), 1),
    })),
    all: test(Math.max(0, dot(score, solve(all.factor, score))), size),
  })
}

function timeScale(scale: TimeScale, time: Float64Array, input: CoxInput): Float64Array {
  if (scale === 'identity') return time
  if (scale === 'rank') return averageRanks(time)
  if (scale === 'log') return time.map((t) => Math.log(Math.max(t, Number.MIN_VALUE)))
  const curve = kaplanMeier(input)
  const before = new Map<number, number>()
  let survival = 1
  for (const step of curve.known ? curve.value.steps : []) {
    before.set(step.time, 1 - survival)
    survival = step.survival
  }
  return time.map((t) => before.get(t) ?? 0)
}

import { type Answer, known, unknown } from '../answer.ts'
import type { Flags, Numbers } from '../columns.ts'
import { readScores } from '../discrimination/auc.ts'
import { standardise } from '../numeric/standardise.ts'
import { logistic, solveLogistic } from '../regression/logistic-fit.ts'

export interface PlattCalibration {
  readonly intercept: number
  readonly slope: number
}

/**
 * Probabilities for a score by a logistic line. Outcomes are drawn in a little from 0 and 1, so that a
 * score that separates perfectly has a finite line as well.
 *
 * Source: J. Platt, "Probabilistic outputs for support vector machines" (1999); H.-T. Lin, C.-J. Lin and
 * R. Weng, Machine Learning 68 (2007), 267–276.
 */
export function plattCalibration(input: {
  score: Numbers
  outcome: Flags
}): Answer<PlattCalibration> {
  const read = readScores([input.score], input.outcome)
  if (!read.ok) return { known: false, reason: read.reason }
  const { outcome, events, nonEvents } = read
  const n = events + nonEvents
  const score = (read.scores[0] ?? new Float64Array()).slice()
  const { means, scales } = standardise([score])
  const scale = scales[0] ?? 0
  if (scale === 0) return unknown('constant', { n })
  const high = (events + 1) / (events + 2)
  const low = 1 / (nonEvents + 2)
  const x = new Float64Array(2 * n)
  score.forEach((value, i) => {
    x[2 * i] = 1
    x[2 * i + 1] = value
  })
  const fit = solveLogistic({ n, size: 2, x, y: outcome.map((own) => (own === 1 ? high : low)) })
  if (!fit.ok) return unknown('not_converged', { iterations: 100 })
  const slope = (fit.beta[1] ?? 0) / scale
  return known({ slope, intercept: (fit.beta[0] ?? 0) - slope * (means[0] ?? 0) })
}

export function applyPlatt({ intercept, slope }: PlattCalibration, score: Numbers): Float64Array {
  return Float64Array.from(score, (value) => logistic(intercept + slope * value))
}

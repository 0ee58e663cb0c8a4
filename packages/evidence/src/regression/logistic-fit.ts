/**
 * The Newton search for a logistic model, without anything told of it. Rows of `x` lie one after
 * another and hold the constant term where the model has one.
 */
import { cholesky, dot, inverse, solve } from '../numeric/matrix.ts'

export interface LogisticProblem {
  readonly n: number
  readonly size: number
  readonly x: Float64Array
  /** From 0 to 1. */
  readonly y: Float64Array
  readonly weights?: Float64Array
  readonly offset?: Float64Array
  /** Added to −2·log-likelihood as Σ penaltyⱼ·βⱼ²; 0 leaves a column free. */
  readonly penalty?: Float64Array
}

export interface LogisticSolution {
  readonly beta: Float64Array
  readonly probability: Float64Array
  readonly logLikelihood: number
  /** Of β: the inverse of the (penalised) information. */
  readonly covariance: Float64Array
  readonly iterations: number
}

export type LogisticResult =
  | ({ readonly ok: true } & LogisticSolution)
  | { readonly ok: false; readonly code: 'collinear'; readonly columns: number[] }
  | { readonly ok: false; readonly code: 'separated'; readonly columns: number[] }
  | { readonly ok: false; readonly code: 'not_converged'; readonly iterations: number }

const maxIterations = 100

/**
 * Sources: McCullagh and Nelder, Generalized Linear Models, 2nd ed., § 2.5 (Newton's method, here with
 * halved steps); A. Albert and J. A. Anderson, Biometrika 71 (1984), 1–10 (separation, seen by steps
 * that stay long while there is next to nothing left to gain).
 */
export function solveLogistic(problem: LogisticProblem): LogisticResult {
  const { size, penalty } = problem
  let beta = new Float64Array(size)
  let here = evaluate(problem, beta)
  for (let iterations = 1; iterations <= maxIterations; iterations++) {
    const factored = cholesky(here.information, size, 1e-11)
    if (!factored.ok) {
      return iterations === 1
        ? { ok: false, code: 'collinear', columns: [factored.row] }
        : { ok: false, code: 'separated', columns: runaway(beta) }
    }
    const step = solve(factored.factor, here.score)
    const gain = dot(step, here.score)
    const longest = largestOf(step)
    if (longest < 1e-9 * Math.max(1, largestOf(beta))) {
      return {
        ok: true,
        beta,
        probability: here.probability,
        logLikelihood: here.logLikelihood,
        covariance: inverse(factored.factor),
        iterations,
      }
    }
    if (!penalty && gain < 1e-10 && longest > 1e-3 * Math.max(1, largestOf(beta))) {
      return { ok: false, code: 'separated', columns: runaway(beta) }
    }
    const moved = halvedUntilBetter(problem, beta, step, here.objective)
    if (moved === null) return { ok: false, code: 'not_converged', iterations }
    beta = moved.beta
    here = moved.here
  }
  return { ok: false, code: 'not_converged', iterations: maxIterations }
}

function halvedUntilBetter(
  problem: LogisticProblem,
  beta: Float64Array,
  step: Float64Array,
  before: number,
) {
  for (let share = 1; share > 1e-10; share /= 2) {
    const tried = new Float64Array(beta.length)
    for (let j = 0; j < tried.length; j++) tried[j] = (beta[j] ?? 0) + share * (step[j] ?? 0)
    const here = evaluate(problem, tried)
    if (here.objective >= before - 1e-11 * Math.abs(before)) return { beta: tried, here }
  }
  return null
}

function evaluate(
  { n, size, x, y, weights, offset, penalty }: LogisticProblem,
  beta: Float64Array,
) {
  const score = new Float64Array(size)
  const information = new Float64Array(size * size)
  const probability = new Float64Array(n)
  let logLikelihood = 0
  for (let i = 0; i < n; i++) {
    const base = i * size
    let eta = offset?.[i] ?? 0
    for (let j = 0; j < size; j++) eta += (x[base + j] ?? 0) * (beta[j] ?? 0)
    const p = logistic(eta)
    probability[i] = p
    const weight = weights?.[i] ?? 1
    const own = y[i] ?? 0
    // y·η − ln(1 + e^η), without overflow.
    logLikelihood += weight * (own * eta - Math.max(eta, 0) - Math.log1p(Math.exp(-Math.abs(eta))))
    const residual = weight * (own - p)
    const spread = weight * p * (1 - p)
    for (let j = 0; j < size; j++) {
      const value = x[base + j] ?? 0
      if (value === 0) continue
      score[j] = (score[j] ?? 0) + residual * value
      const scaled = spread * value
      for (let k = 0; k <= j; k++) {
        const at = j * size + k
        information[at] = (information[at] ?? 0) + scaled * (x[base + k] ?? 0)
      }
    }
  }
  let objective = logLikelihood
  for (let j = 0; j < size; j++) {
    for (let k = 0; k < j; k++) information[k * size + j] = information[j * size + k] ?? 0
    const weight = penalty?.[j] ?? 0
    const value = beta[j] ?? 0
    objective -= (weight * value * value) / 2
    score[j] = (score[j] ?? 0) - weight * value
    information[j * size + j] = (information[j * size + j] ?? 0) + weight
  }
  return { logLikelihood, objective, score, information, probability }
}

/** 1/(1 + e^−η). */
export function logistic(eta: number): number {
  return eta >= 0 ? 1 / (1 + Math.exp(-eta)) : Math.exp(eta) / (1 + Math.exp(eta))
}

function runaway(beta: Float64Array): number[] {
  const largest = largestOf(beta)
  return [...beta.keys()].filter((j) => Math.abs(beta[j] ?? 0) > largest / 3)
}

function largestOf(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}

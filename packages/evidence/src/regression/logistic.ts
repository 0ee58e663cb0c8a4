import { type Answer, known, type Reason, unknown } from '../answer.ts'
import {
  type Columns,
  type Flags,
  type Numbers,
  readFlags,
  readNumbers,
  readTable,
  rowCount,
  whyUnusable,
} from '../columns.ts'
import { checkedConfidence, normalReach } from '../confidence.ts'
import { EvidenceError } from '../error.ts'
import { chiSquareUpper, normalTwoSided } from '../numeric/distributions.ts'
import { finiteExp } from '../numeric/gamma.ts'
import { multiply } from '../numeric/matrix.ts'
import { standardise } from '../numeric/standardise.ts'
import type { Interval } from '../proportion.ts'
import { type LogisticSolution, logistic, solveLogistic } from './logistic-fit.ts'

export interface LogisticInput {
  readonly outcome: Flags
  readonly covariates: Columns
  /** How much each row counts; 1 when not given. */
  readonly weights?: Numbers
  /** Added to the log odds as it is. */
  readonly offset?: Numbers
  /** Rows of one cluster (an account) are not taken as independent: errors are then robust to it. */
  readonly cluster?: readonly (string | number)[]
}

export interface LogisticOptions {
  /**
   * Penalty on squared coefficients of the standardised columns (not on the constant). With one, a fit
   * exists also where a column tells the outcome perfectly; errors are then those of the penalised fit.
   */
  readonly ridge?: number
  readonly confidence?: number
}

export interface LogisticCoefficient {
  readonly name: string
  readonly estimate: number
  readonly standardError: number
  readonly z: number
  readonly p: number
  readonly oddsRatio: number
  /** Of the odds ratio. */
  readonly interval: Interval
}

export interface LogisticModel {
  readonly n: number
  readonly events: number
  readonly confidence: number
  readonly intercept: { readonly estimate: number; readonly standardError: number }
  readonly coefficients: readonly LogisticCoefficient[]
  /** Of intercept and coefficients, in that order. */
  readonly covariance: readonly (readonly number[])[]
  readonly logLikelihood: { readonly null: number; readonly fitted: number }
  /** Against the constant alone; null for penalised, weighted or clustered fits, where it is none. */
  readonly likelihoodRatio: { chiSquare: number; df: number; p: number } | null
  /** Of each row. */
  readonly probability: Float64Array
  readonly iterations: number
}

/**
 * Logistic regression by maximum (or ridge-penalised) likelihood. Equal to R's `glm(binomial)`; with
 * clusters, errors are those of `sandwich::vcovCL(type = "HC0")` times G/(G − 1).
 *
 * Sources: McCullagh and Nelder, Generalized Linear Models; S. le Cessie and J. van Houwelingen, Applied
 * Statistics 41 (1992), 191–201 (ridge); K.-Y. Liang and S. Zeger, Biometrika 73 (1986), 13–22 (clusters).
 * @returns a reason for one class, constant or redundant columns, and perfect separation without ridge.
 */
export function logisticRegression(
  input: LogisticInput,
  options: LogisticOptions = {},
): Answer<LogisticModel> {
  const confidence = checkedConfidence(options.confidence)
  const ridge = options.ridge ?? 0
  if (!(ridge >= 0 && ridge < Infinity)) {
    throw new EvidenceError('A ridge penalty must be at least 0', { ridge })
  }
  const fit = fitDesign(input, ridge)
  if (!fit.ok) return { known: false, reason: fit.reason }
  const { names, means, scales, n, y, solution } = fit
  const size = names.length + 1
  const onOwnScale = unstandardise(means, scales)
  const standard = input.cluster
    ? sandwich(fit, clusterSums(fit, input.cluster))
    : solution.covariance
  const covariance = sandwichOf(onOwnScale, standard, size)
  const beta = Array.from({ length: size }, (_, i) =>
    onOwnScale
      .subarray(i * size, (i + 1) * size)
      .reduce((sum, value, j) => sum + value * (solution.beta[j] ?? 0), 0),
  )
  const reach = normalReach(confidence)
  const errorOf = (j: number) => Math.sqrt(Math.max(0, covariance[j * size + j] ?? 0))
  const nullModel = solveLogistic({
    n,
    size: 1,
    x: new Float64Array(n).fill(1),
    y,
    ...(fit.weights ? { weights: fit.weights } : {}),
    ...(fit.offset ? { offset: fit.offset } : {}),
  })
  const nullLogLikelihood = nullModel.ok ? nullModel.logLikelihood : 0
  const chiSquare = Math.max(0, 2 * (solution.logLikelihood - nullLogLikelihood))
  const isPlain = ridge === 0 && !input.weights && !input.cluster
  return known({
    n,
    events: y.reduce((sum, value) => sum + value, 0),
    confidence,
    intercept: { estimate: beta[0] ?? 0, standardError: errorOf(0) },
    coefficients: names.map((name, j): LogisticCoefficient => {
      const estimate = beta[j + 1] ?? 0
      const standardError = errorOf(j + 1)
      const z = standardError > 0 ? estimate / standardError : 0
      return {
        name,
        estimate,
        standardError,
        z,
        p: normalTwoSided(z),
        oddsRatio: finiteExp(estimate),
        interval: {
          low: finiteExp(estimate - reach * standardError),
          high: finiteExp(estimate + reach * standardError),
        },
      }
    }),
    covariance: Array.from({ length: size }, (_, i) => [
      ...covariance.subarray(i * size, (i + 1) * size),
    ]),
    logLikelihood: { null: nullLogLikelihood, fitted: solution.logLikelihood },
    likelihoodRatio:
      isPlain && names.length > 0
        ? { chiSquare, df: names.length, p: chiSquareUpper(chiSquare, names.length) }
        : null,
    probability: solution.probability,
    iterations: solution.iterations,
  })
}

/**
 * The probability that a model gives to cases with given values.
 * @throws EvidenceError when a column of the model is missing.
 */
export function predictLogistic(
  model: Pick<LogisticModel, 'intercept' | 'coefficients'>,
  covariates: Columns,
): Float64Array {
  const used = model.coefficients.map(({ name, estimate }) => {
    const column = covariates[name]
    if (!column) throw new EvidenceError(`No column ${name}`, { name })
    return { estimate, column }
  })
  const n = rowCount(Object.values(covariates))
  return Float64Array.from({ length: n }, (_, i) =>
    logistic(
      used.reduce(
        (sum, { estimate, column }) => sum + estimate * (column[i] ?? Number.NaN),
        model.intercept.estimate,
      ),
    ),
  )
}

export interface LogisticDesign {
  readonly ok: true
  readonly n: number
  readonly names: readonly string[]
  readonly means: Float64Array
  readonly scales: Float64Array
  readonly x: Float64Array
  readonly y: Float64Array
  readonly weights: Float64Array | null
  readonly offset: Float64Array | null
  /** On standardised columns, the constant first. */
  readonly solution: LogisticSolution
}

/** The fit on standardised columns, for those who need its parts. */
export function fitDesign(
  input: Omit<LogisticInput, 'cluster'>,
  ridge: number,
): LogisticDesign | { ok: false; reason: Reason } {
  const fail = (...args: Parameters<typeof unknown>) => ({
    ok: false as const,
    reason: unknown(...args).reason,
  })
  const { names, columns } = readTable(input.covariates)
  const y = readFlags('outcome', input.outcome)
  const weights = input.weights ? readNumbers(input.weights) : null
  const offset = input.offset ? readNumbers(input.offset) : null
  const all = [y, ...columns, ...(weights ? [weights] : []), ...(offset ? [offset] : [])]
  const n = rowCount(all)
  const unusable = whyUnusable(all)
  if (unusable) return { ok: false, reason: unusable }
  if (weights?.some((weight) => weight < 0)) {
    throw new EvidenceError('Weights must be at least 0', { n })
  }
  const events = y.reduce((sum, value) => sum + value, 0)
  if (events === 0 || events === n) return fail('one_class', { n, events })
  const { means, scales } = standardise(columns)
  const flat = names.filter((_, j) => scales[j] === 0)
  if (flat.length > 0) return fail('constant', { n }, flat)
  const size = names.length + 1
  const x = new Float64Array(n * size)
  for (let i = 0; i < n; i++) {
    x[i * size] = 1
    columns.forEach((column, j) => {
      x[i * size + j + 1] = column[i] ?? 0
    })
  }
  const result = solveLogistic({
    n,
    size,
    x,
    y,
    ...(weights ? { weights } : {}),
    ...(offset ? { offset } : {}),
    ...(ridge > 0
      ? { penalty: Float64Array.from({ length: size }, (_, j) => (j === 0 ? 0 : ridge)) }
      : {}),
  })
  if (result.ok)
    return { ok: true, n, names, means, scales, x, y, weights, offset, solution: result }
  if (result.code === 'not_converged') return fail(result.code, { iterations: result.iterations })
  const meant = result.columns.flatMap((j) => names[j - 1] ?? [])
  return fail(result.code, { n, events }, meant.length > 0 ? meant : names)
}

/** The matrix that leads from standardised coefficients to those of the columns as they were given. */
function unstandardise(means: Float64Array, scales: Float64Array): Float64Array {
  const size = means.length + 1
  const matrix = new Float64Array(size * size)
  matrix[0] = 1
  for (let j = 1; j < size; j++) {
    const scale = scales[j - 1] ?? 1
    matrix[j] = -(means[j - 1] ?? 0) / scale
    matrix[j * size + j] = 1 / scale
  }
  return matrix
}

/** A·M·Aᵀ. */
function sandwichOf(a: Float64Array, middle: Float64Array, size: number): Float64Array {
  const transposed = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) transposed[i * size + j] = a[j * size + i] ?? 0
  }
  return multiply(multiply(a, middle, size), transposed, size)
}

function clusterSums(
  design: LogisticDesign,
  cluster: readonly (string | number)[],
): Float64Array[] {
  const { n, x, y, weights, solution } = design
  const size = design.names.length + 1
  if (cluster.length !== n) {
    throw new EvidenceError('Columns differ in length', { rows: n, other: cluster.length })
  }
  const sums = new Map<string | number, Float64Array>()
  cluster.forEach((key, i) => {
    const sum = sums.get(key) ?? new Float64Array(size)
    const residual = (weights?.[i] ?? 1) * ((y[i] ?? 0) - (solution.probability[i] ?? 0))
    for (let j = 0; j < size; j++) sum[j] = (sum[j] ?? 0) + residual * (x[i * size + j] ?? 0)
    sums.set(key, sum)
  })
  return [...sums.values()]
}

function sandwich(design: LogisticDesign, sums: readonly Float64Array[]): Float64Array {
  const size = design.names.length + 1
  const middle = new Float64Array(size * size)
  const correction = sums.length > 1 ? sums.length / (sums.length - 1) : 1
  for (const sum of sums) {
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        middle[i * size + j] =
          (middle[i * size + j] ?? 0) + correction * (sum[i] ?? 0) * (sum[j] ?? 0)
      }
    }
  }
  return sandwichOf(design.solution.covariance, middle, size)
}

import { type Answer, known, unknown } from '../answer.ts'
import {
  type Columns,
  type Numbers,
  readNumbers,
  readTable,
  rowCount,
  whyUnusable,
} from '../columns.ts'
import { checkedConfidence } from '../confidence.ts'
import { EvidenceError } from '../error.ts'
import { tQuantile, tTwoSided } from '../numeric/distributions.ts'
import { cholesky, dot, inverse, multiply, type SquareMatrix, solve } from '../numeric/matrix.ts'
import type { Interval } from '../proportion.ts'

export interface LinearCoefficient {
  readonly name: string
  readonly estimate: number
  readonly standardError: number
  readonly t: number
  readonly p: number
  readonly interval: Interval
}

export interface LinearModel {
  readonly n: number
  readonly df: number
  readonly confidence: number
  readonly coefficients: readonly LinearCoefficient[]
  /** The share of the outcome's variance that the model takes up. */
  readonly rSquared: number
}

/**
 * Least squares. Without clusters errors hold for unequal spreads too (HC3); with clusters rows of one
 * cluster are not taken as independent, and degrees of freedom are clusters − 1.
 *
 * Sources: J. MacKinnon and H. White, J. Econometrics 29 (1985), 305–325 (HC3); K.-Y. Liang and S. Zeger, Biometrika 73 (1986),
 * 13–22; the factor G/(G−1)·(n−1)/(n−k) of Stata and of R's `sandwich::vcovCL(type = "HC1")`.
 */
export function linearRegression(
  input: {
    readonly outcome: Numbers
    readonly covariates: Columns
    readonly cluster?: readonly (string | number)[]
  },
  options: { confidence?: number } = {},
): Answer<LinearModel> {
  const confidence = checkedConfidence(options.confidence)
  const y = readNumbers(input.outcome)
  const { names, columns } = readTable(input.covariates)
  const n = rowCount([y, ...columns])
  const unusable = whyUnusable([y, ...columns])
  if (unusable) return { known: false, reason: unusable }
  if (input.cluster && input.cluster.length !== n) {
    throw new EvidenceError('Columns differ in length', { rows: n, other: input.cluster.length })
  }
  const size = names.length + 1
  if (n <= size) return unknown('too_few_cases', { n, needed: size + 1 })
  const centre = means([y, ...columns])
  const centred = [y, ...columns].map((column, j) => column.map((v) => v - (centre[j] ?? 0)))
  const [target = new Float64Array(), ...rest] = centred
  const flat = names.filter((_, j) => {
    const scale = Math.sqrt(dot(rest[j] ?? [], rest[j] ?? []) / n)
    return !(scale > 1e-12 * Math.abs(centre[j + 1] ?? 0) && scale > 1e-50)
  })
  if (flat.length > 0) return unknown('constant', { n }, flat)
  const fit = leastSquares(target, rest)
  if (!fit.ok) return unknown('collinear', { n }, [names[fit.column] ?? ''])
  const { beta, bread, residual } = fit
  const groups = input.cluster ? new Set(input.cluster).size : n
  if (groups < 2) return unknown('one_group', { n })
  const df = input.cluster ? groups - 1 : n - size
  const correction = input.cluster ? ((groups / (groups - 1)) * (n - 1)) / (n - size) : 1
  const meat = scoreProducts(
    rest,
    input.cluster ? residual : leftOutResidual(rest, bread, residual),
    input.cluster,
  )
  const covariance = multiply(multiply(bread, meat, names.length), bread, names.length)
  const reach = tQuantile((1 + confidence) / 2, df)
  const total = dot(target, target)
  return known({
    n,
    df,
    confidence,
    coefficients: names.map((name, j): LinearCoefficient => {
      const estimate = beta[j] ?? 0
      const standardError = Math.sqrt(
        Math.max(0, correction * (covariance[j * names.length + j] ?? 0)),
      )
      const t = standardError > 0 ? estimate / standardError : 0
      return {
        name,
        estimate,
        standardError,
        t,
        p: tTwoSided(t, df),
        interval: { low: estimate - reach * standardError, high: estimate + reach * standardError },
      }
    }),
    rSquared: total > 0 ? Math.max(0, 1 - dot(residual, residual) / total) : 0,
  })
}

/** What each row would miss a line by that was fitted without it. */
function leftOutResidual(
  columns: readonly Float64Array[],
  bread: SquareMatrix,
  residual: Float64Array,
): Float64Array {
  const size = columns.length
  return residual.map((own, i) => {
    let leverage = 1 / residual.length
    for (let j = 0; j < size; j++) {
      for (let k = 0; k < size; k++) {
        leverage += (columns[j]?.[i] ?? 0) * (bread[j * size + k] ?? 0) * (columns[k]?.[i] ?? 0)
      }
    }
    return own / Math.max(1e-6, 1 - leverage)
  })
}

function means(columns: readonly Float64Array[]): number[] {
  return columns.map((column) => column.reduce((sum, value) => sum + value / column.length, 0))
}

export type LeastSquares =
  | {
      readonly ok: true
      readonly beta: Float64Array
      /** (XᵀX)⁻¹ */
      readonly bread: SquareMatrix
      readonly residual: Float64Array
    }
  | { readonly ok: false; readonly column: number }

/** The coefficients of columns that were centred before. Fails at the first redundant column. */
export function leastSquares(y: Float64Array, columns: readonly Float64Array[]): LeastSquares {
  const size = columns.length
  const gram = new Float64Array(size * size)
  for (let j = 0; j < size; j++) {
    for (let k = 0; k <= j; k++) {
      const product = dot(columns[j] ?? [], columns[k] ?? [])
      gram[j * size + k] = product
      gram[k * size + j] = product
    }
  }
  const factored = cholesky(gram, size, 1e-10)
  if (!factored.ok) return { ok: false, column: factored.row }
  const beta = solve(
    factored.factor,
    columns.map((column) => dot(column, y)),
  )
  const residual = Float64Array.from(y)
  columns.forEach((column, j) => {
    for (let i = 0; i < residual.length; i++) {
      residual[i] = (residual[i] ?? 0) - (beta[j] ?? 0) * (column[i] ?? 0)
    }
  })
  return { ok: true, beta, bread: inverse(factored.factor), residual }
}

/** Σ over clusters (or rows) of the outer products of their scores. */
export function scoreProducts(
  columns: readonly Float64Array[],
  residual: Float64Array,
  cluster?: readonly (string | number)[],
): SquareMatrix {
  const size = columns.length
  const sums = new Map<string | number, Float64Array>()
  residual.forEach((r, i) => {
    const key = cluster?.[i] ?? i
    const sum = sums.get(key) ?? new Float64Array(size)
    for (let j = 0; j < size; j++) sum[j] = (sum[j] ?? 0) + r * (columns[j]?.[i] ?? 0)
    sums.set(key, sum)
  })
  const meat = new Float64Array(size * size)
  for (const sum of sums.values()) {
    for (let j = 0; j < size; j++) {
      for (let k = 0; k < size; k++) {
        meat[j * size + k] = (meat[j * size + k] ?? 0) + (sum[j] ?? 0) * (sum[k] ?? 0)
      }
    }
  }
  return meat
}

/** A regression of the outcome: logistic for 0 and 1, linear for a measure. */
import { type Answer, known, unknown } from '../answer.ts'
import { cholesky, inverse, type SquareMatrix, solve } from '../numeric/matrix.ts'
import { logistic, solveLogistic } from '../regression/logistic-fit.ts'

export interface MeanModel {
  readonly beta: Float64Array
  /** The inverse of the (penalised) information. */
  readonly covariance: SquareMatrix
  /** The mean that the model gives to a row of the design, and its slope in the linear predictor. */
  at(x: ArrayLike<number>): { mean: number; slope: number }
  readonly penalised: boolean
}

/**
 * Where a column tells the outcome perfectly, the logistic fit is taken with a ridge of 1 on the
 * standardised columns: means stay finite, and it is reported.
 * @param rows which rows to fit on; all when not given.
 */
export function fitMeanModel(problem: {
  n: number
  size: number
  x: Float64Array
  y: Float64Array
  isBinary: boolean
  rows?: (i: number) => boolean
}): Answer<MeanModel> {
  const { size, isBinary } = problem
  const rows = [...Array(problem.n).keys()].filter((i) => problem.rows?.(i) ?? true)
  const n = rows.length
  if (n < 2) return unknown('too_few_cases', { n, needed: 2 })
  const x = new Float64Array(n * size)
  const y = new Float64Array(n)
  rows.forEach((row, i) => {
    x.set(problem.x.subarray(row * size, (row + 1) * size), i * size)
    y[i] = problem.y[row] ?? 0
  })
  return isBinary ? fitShare({ n, size, x, y }) : fitLine({ n, size, x, y })
}

interface Rows {
  n: number
  size: number
  x: Float64Array
  y: Float64Array
}

function fitShare(rows: Rows): Answer<MeanModel> {
  const { n, size, y } = rows
  const events = y.reduce((sum, value) => sum + value, 0)
  if (events === 0 || events === n) return unknown('one_class', { n, events })
  const plain = solveLogistic(rows)
  const penalty = Float64Array.from({ length: size }, (_, j) => (j === 0 ? 0 : 1))
  const fit = plain.ok ? plain : solveLogistic({ ...rows, penalty })
  if (!fit.ok) return unknown('not_converged', { iterations: 100 })
  return known({
    beta: fit.beta,
    covariance: fit.covariance,
    penalised: !plain.ok,
    at: (row) => {
      const mean = logistic(predictor(row, fit.beta))
      return { mean, slope: mean * (1 - mean) }
    },
  })
}

function fitLine({ n, size, x, y }: Rows): Answer<MeanModel> {
  const gram = new Float64Array(size * size)
  const products = new Float64Array(size)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < size; j++) {
      const value = x[i * size + j] ?? 0
      products[j] = (products[j] ?? 0) + value * (y[i] ?? 0)
      for (let k = 0; k < size; k++) {
        gram[j * size + k] = (gram[j * size + k] ?? 0) + value * (x[i * size + k] ?? 0)
      }
    }
  }
  const plain = cholesky(gram, size, 1e-10)
  if (!plain.ok) for (let j = 1; j < size; j++) gram[j * size + j] = (gram[j * size + j] ?? 0) + 1
  const factored = plain.ok ? plain : cholesky(gram, size, 1e-10)
  if (!factored.ok) return unknown('collinear', { n })
  const beta = solve(factored.factor, products)
  return known({
    beta,
    covariance: inverse(factored.factor),
    penalised: !plain.ok,
    at: (row) => ({ mean: predictor(row, beta), slope: 1 }),
  })
}

function predictor(row: ArrayLike<number>, beta: Float64Array): number {
  let eta = 0
  for (let j = 0; j < beta.length; j++) eta += (row[j] ?? 0) * (beta[j] ?? 0)
  return eta
}

/**
 * Small dense matrices, symmetric where said, stored row by row in a Float64Array of size·size.
 * Sizes here are numbers of columns of a model (tens), not of rows of data.
 */
export type SquareMatrix = Float64Array

export interface Cholesky {
  readonly size: number
  /** The lower triangle L with L·Lᵀ = A. */
  readonly lower: SquareMatrix
}

/**
 * The Cholesky factor of a symmetric matrix, or the index of the first row that adds nothing to those
 * before it (its pivot is below `tolerance` of its diagonal): the matrix is then not positive definite.
 *
 * Source: Golub and Van Loan, Matrix Computations, 4th ed., § 4.2.
 */
export function cholesky(
  matrix: SquareMatrix,
  size: number,
  tolerance = 1e-12,
): { ok: true; factor: Cholesky } | { ok: false; row: number } {
  const lower = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j] ?? 0
      for (let k = 0; k < j; k++) sum -= (lower[i * size + k] ?? 0) * (lower[j * size + k] ?? 0)
      if (i !== j) {
        lower[i * size + j] = sum / (lower[j * size + j] ?? 1)
        continue
      }
      const diagonal = matrix[i * size + i] ?? 0
      if (!(sum > tolerance * Math.abs(diagonal)) || !(sum > 0)) return { ok: false, row: i }
      lower[i * size + i] = Math.sqrt(sum)
    }
  }
  return { ok: true, factor: { size, lower } }
}

/** The x with A·x = b. */
export function solve({ size, lower }: Cholesky, b: ArrayLike<number>): Float64Array {
  const x = new Float64Array(size)
  for (let i = 0; i < size; i++) {
    let sum = b[i] ?? 0
    for (let k = 0; k < i; k++) sum -= (lower[i * size + k] ?? 0) * (x[k] ?? 0)
    x[i] = sum / (lower[i * size + i] ?? 1)
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = x[i] ?? 0
    for (let k = i + 1; k < size; k++) sum -= (lower[k * size + i] ?? 0) * (x[k] ?? 0)
    x[i] = sum / (lower[i * size + i] ?? 1)
  }
  return x
}

/** A⁻¹. */
export function inverse(factor: Cholesky): SquareMatrix {
  const { size } = factor
  const result = new Float64Array(size * size)
  for (let j = 0; j < size; j++) {
    const unit = new Float64Array(size)
    unit[j] = 1
    const column = solve(factor, unit)
    for (let i = 0; i < size; i++) result[i * size + j] = column[i] ?? 0
  }
  return result
}

export function multiply(a: SquareMatrix, b: SquareMatrix, size: number): SquareMatrix {
  const result = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const left = a[i * size + k] ?? 0
      if (left === 0) continue
      for (let j = 0; j < size; j++) {
        result[i * size + j] = (result[i * size + j] ?? 0) + left * (b[k * size + j] ?? 0)
      }
    }
  }
  return result
}

/** The columns and rows of a matrix that are named, in that order. */
export function submatrix(
  matrix: SquareMatrix,
  size: number,
  keep: readonly number[],
): SquareMatrix {
  const result = new Float64Array(keep.length ** 2)
  keep.forEach((from, i) => {
    keep.forEach((to, j) => {
      result[i * keep.length + j] = matrix[from * size + to] ?? 0
    })
  })
  return result
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0)
  return sum
}

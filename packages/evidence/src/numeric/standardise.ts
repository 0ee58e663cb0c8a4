/** Changes columns to mean 0 and standard deviation 1; those that do not vary get the scale 0. */
export function standardise(columns: readonly Float64Array[]): {
  means: Float64Array
  scales: Float64Array
} {
  const means = new Float64Array(columns.length)
  const scales = new Float64Array(columns.length)
  columns.forEach((column, j) => {
    const n = column.length
    let mean = 0
    for (const value of column) mean += value / n
    let squares = 0
    for (const value of column) squares += (value - mean) ** 2
    // Relative to the mean, so that 0.1 in every row is seen to be constant; and such that 1/scale² is
    // a number.
    const scale = Math.sqrt(squares / n)
    const varies = scale > 1e-12 * Math.abs(mean) && scale > 1e-50
    means[j] = mean
    scales[j] = varies ? scale : 0
    for (let i = 0; i < n; i++) column[i] = varies ? ((column[i] ?? 0) - mean) / scale : 0
  })
  return { means, scales }
}

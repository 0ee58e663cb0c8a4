import { type Answer, known, unknown } from '../answer.ts'
import { type Numbers, readNumbers, whyUnusable } from '../columns.ts'
import { equalCountBins } from '../discrimination/bins.ts'

export interface Drift {
  /** Population stability index: 0 for the same spread of values. */
  readonly index: number
  /** By the usual marks: below 0.1 steady, below 0.25 shifting, else changed. */
  readonly level: 'steady' | 'shifting' | 'changed'
  /** What chance alone would make of the index, on average, with so many cases. */
  readonly byChance: number
  readonly bins: readonly {
    readonly from: number
    readonly to: number
    readonly reference: number
    readonly current: number
  }[]
}

/**
 * How far a column's values have moved from those that a score was fitted on, over bins that hold equal
 * parts of the latter. Half a case is added to each bin, so that an empty one counts finitely.
 *
 * Sources: N. Siddiqi, Credit Risk Scorecards (2006), on the stability index; its mean under no change,
 * (bins − 1)·(1/n + 1/m), from B. Yurdakul and J. Naranjo, Journal of Risk Model Validation 14 (2020).
 */
export function populationDrift(
  input: { reference: Numbers; current: Numbers },
  options: { bins?: number } = {},
): Answer<Drift> {
  const reference = readNumbers(input.reference)
  const current = readNumbers(input.current)
  const reason = whyUnusable([reference]) ?? whyUnusable([current])
  if (reason) return { known: false, reason }
  const bins = equalCountBins(reference, options.bins ?? 10)
  if (bins.length < 2) return unknown('too_few_bins', { bins: bins.length })
  // A value between two bins belongs to the lower one.
  const edges = bins.slice(1).map((bin) => bin.from)
  const counts = new Float64Array(bins.length)
  for (const value of current) {
    let bin = 0
    while (bin < edges.length && value >= (edges[bin] ?? Infinity)) bin += 1
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  const shareOf = (count: number, n: number) => (count + 0.5) / (n + 0.5 * bins.length)
  let index = 0
  const rows = bins.map((bin, i) => {
    const before = shareOf(bin.rows.length, reference.length)
    const now = shareOf(counts[i] ?? 0, current.length)
    index += (now - before) * Math.log(now / before)
    return {
      from: bin.from,
      to: bin.to,
      reference: bin.rows.length / reference.length,
      current: (counts[i] ?? 0) / current.length,
    }
  })
  return known({
    index,
    level: index < 0.1 ? 'steady' : index < 0.25 ? 'shifting' : 'changed',
    byChance: (bins.length - 1) * (1 / reference.length + 1 / current.length),
    bins: rows,
  })
}

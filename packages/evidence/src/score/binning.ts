import { type Answer, known, unknown } from '../answer.ts'
import {
  type Flags,
  type Numbers,
  readFlags,
  readNumbers,
  rowCount,
  whyUnusable,
} from '../columns.ts'
import { equalCountBins } from '../discrimination/bins.ts'
import { poolAdjacent } from './isotonic.ts'

export interface MonotoneBin {
  /** The lowest value; a value below the first bin counts in it, one above the last in that. */
  readonly from: number
  readonly to: number
  readonly n: number
  readonly events: number
  /** ln(odds here / odds of all), drawn in towards 0 where cases are few. */
  readonly evidence: number
}

export interface MonotoneBinning {
  /** Whether the outcome gets more or less likely as the value rises. */
  readonly direction: 'rising' | 'falling'
  readonly bins: readonly MonotoneBin[]
  /** Rows without a value: 0 evidence unless at least one was seen. */
  readonly missing: { readonly n: number; readonly events: number; readonly evidence: number }
  /** How much the column tells by itself: below 0.02 nothing, above 0.3 much. */
  readonly informationValue: number
}

/**
 * A column in a few bins over which the outcome only rises (or only falls), so that a score built on it
 * can be explained and never turns around for a handful of cases. Missing values are a bin of their own.
 *
 * Sources: N. Siddiqi, Credit Risk Scorecards (2006), chapter 6 (weight of evidence, information
 * value); pooling as in `poolAdjacent`. Each bin has one case with the average odds added.
 * @param input.values missing ones are NaN.
 * @param options.direction the one that agrees better with the data when not given.
 */
export function monotoneBinning(
  input: { values: Numbers; outcome: Flags },
  options: { bins?: number; direction?: 'rising' | 'falling' } = {},
): Answer<MonotoneBinning> {
  const values = readNumbers(input.values)
  const outcome = readFlags('outcome', input.outcome)
  const n = rowCount([values, outcome])
  const unusable = whyUnusable([outcome])
  if (unusable) return { known: false, reason: unusable }
  const events = outcome.reduce((sum, own) => sum + own, 0)
  if (events === 0 || events === n) return unknown('one_class', { n, events })
  const there = [...values.keys()].filter((i) => !Number.isNaN(values[i]))
  const cells = equalCountBins(
    Float64Array.from(there, (i) => values[i] ?? 0),
    options.bins ?? 10,
  ).map((bin) => ({
    from: bin.from,
    to: bin.to,
    n: bin.rows.length,
    events: bin.rows.reduce((sum, row) => sum + (outcome[there[row] ?? 0] ?? 0), 0),
  }))
  const base = events / n
  const told = (own: { n: number; events: number }) => {
    // One case of the average kind beside those of the bin.
    const share = (own.events + base) / (own.n + 1)
    return Math.log(share / (1 - share)) - Math.log(base / (1 - base))
  }
  const pooled = (direction: 'rising' | 'falling') => {
    const sign = direction === 'rising' ? 1 : -1
    const blocks = poolAdjacent(cells.map((cell) => ({ weight: cell.n, sum: sign * cell.events })))
    let at = 0
    return blocks.map(({ size, weight, sum }) => {
      const from = cells[at]?.from ?? 0
      const to = cells[at + size - 1]?.to ?? 0
      at += size
      const own = { n: weight, events: sign * sum }
      return { from, to, ...own, evidence: told(own) }
    })
  }
  const informationOf = (bins: readonly { n: number; events: number; evidence: number }[]) =>
    bins.reduce((sum, bin) => {
      const gain = bin.events / events - (bin.n - bin.events) / (n - events)
      return sum + gain * bin.evidence
    }, 0)
  const candidates = (
    options.direction ? [options.direction] : (['rising', 'falling'] as const)
  ).map((direction) => ({ direction, bins: pooled(direction) }))
  const best = candidates.reduce((a, b) => (informationOf(b.bins) > informationOf(a.bins) ? b : a))
  if (best.bins.length < 2) return unknown('too_few_bins', { bins: best.bins.length })
  const missingEvents = events - cells.reduce((sum, cell) => sum + cell.events, 0)
  const without = { n: n - there.length, events: missingEvents }
  const missing = { ...without, evidence: without.n === 0 ? 0 : told(without) }
  return known({ ...best, missing, informationValue: informationOf([...best.bins, missing]) })
}

/** The evidence of each value; NaN counts as missing. */
export function applyBinning(binning: MonotoneBinning, values: Numbers): Float64Array {
  const { bins, missing } = binning
  return Float64Array.from(values, (value) => {
    if (!Number.isFinite(value)) return missing.evidence
    let found = bins[0]
    for (const bin of bins) if (value >= bin.from) found = bin
    return found?.evidence ?? 0
  })
}

import { type Answer, known, type Reason, unknown } from '../answer.ts'
import {
  type Flags,
  type Numbers,
  readFlags,
  readNumbers,
  rowCount,
  whyUnusable,
} from '../columns.ts'
import { EvidenceError } from '../error.ts'
import { ascending } from '../numeric/order.ts'
import { type Proportion, proportion } from '../proportion.ts'

/** A bin of cases by value. Equal values are always in the same bin. */
export interface Bin {
  /** The lowest and the highest value in it. */
  readonly from: number
  readonly to: number
  /** Row numbers, by value. */
  readonly rows: Uint32Array
}

/**
 * Bins that hold nearly the same number of cases, as far as equal values allow; fewer than asked for
 * where there are many equal values.
 */
export function equalCountBins(values: Float64Array, count: number): Bin[] {
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new EvidenceError('A number of bins must be a whole number from 1', { count })
  }
  const order = ascending(values)
  const n = order.length
  const at = (i: number) => values[order[i] ?? 0] ?? 0
  const cuts = new Set([0, n])
  for (let k = 1; k < count; k++) {
    const wanted = Math.round((k * n) / count)
    if (wanted <= 0 || wanted >= n) continue
    // The nearer end of the stretch of equal values that the cut falls into.
    let low = wanted
    while (low > 0 && at(low - 1) === at(wanted)) low -= 1
    let high = wanted
    while (high < n && at(high) === at(wanted - 1)) high += 1
    cuts.add(wanted - low <= high - wanted ? low : high)
  }
  const ends = [...cuts].sort((a, b) => a - b)
  return ends.slice(1).map((to, k) => {
    const from = ends[k] ?? 0
    return { from: at(from), to: at(to - 1), rows: order.slice(from, to) }
  })
}

export interface OutcomeRate {
  /** The lowest and the highest value of the column in this bin. */
  readonly from: number
  readonly to: number
  readonly mean: number
  readonly n: number
  readonly events: number
  /** With its 95 % interval (Wilson). Rows are taken as independent. */
  readonly rate: Proportion
}

/**
 * How often the outcome followed, by bins of a column that hold nearly the same number of cases.
 * @param options.bins 10 by default; fewer come back where there are many equal values.
 * @returns a reason when the column does not vary.
 */
export function outcomeRateByBin(
  input: { values: Numbers; outcome: Flags },
  options: { bins?: number } = {},
): Answer<readonly OutcomeRate[]> {
  const read = readBinned(input.values, input.outcome)
  if (!read.ok) return { known: false, reason: read.reason }
  const { values, outcome } = read
  const bins = equalCountBins(values, options.bins ?? 10)
  if (values.every((value) => value === values[0])) return unknown('constant', { n: values.length })
  return known(bins.map((bin) => rateOf(bin, values, outcome)))
}

export function rateOf(bin: Bin, values: Float64Array, outcome: Float64Array): OutcomeRate {
  let events = 0
  let mean = 0
  for (const row of bin.rows) {
    events += outcome[row] ?? 0
    mean += (values[row] ?? 0) / bin.rows.length
  }
  const n = bin.rows.length
  return { from: bin.from, to: bin.to, mean, n, events, rate: proportion(events, n) }
}

function readBinned(
  given: Numbers,
  flags: Flags,
): { ok: true; values: Float64Array; outcome: Float64Array } | { ok: false; reason: Reason } {
  const values = readNumbers(given)
  const outcome = readFlags('outcome', flags)
  rowCount([values, outcome])
  const reason = whyUnusable([values, outcome])
  return reason ? { ok: false, reason } : { ok: true, values, outcome }
}

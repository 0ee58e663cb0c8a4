import { type Answer, known, unknown } from '../answer.ts'
import { type Numbers, readNumbers, whyUnusable } from '../columns.ts'
import { EvidenceError } from '../error.ts'
import { median } from '../quantile.ts'

export interface Segment {
  /** The first place of the stretch, and the first after it. */
  readonly from: number
  readonly to: number
  readonly mean: number
}

export interface ChangePoints {
  /** Stretches of one level; each but the first begins at a change. */
  readonly segments: readonly Segment[]
  /** The spread of single points around their level, as it was taken. */
  readonly scale: number
}

/** From here on the search is by halving, since the exact one may take n² steps. */
const exactUpTo = 5_000

/**
 * Where the level of a series changed for good. Each change must pay for itself: it is taken only when
 * it brings points nearer to their level by more than chance does anywhere in a series of this length.
 *
 * Sources: R. Killick, P. Fearnhead and I. Eckley, JASA 107 (2012), 1590–1598 (PELT, exact, up to 5,000
 * points); A. Scott and M. Knott, Biometrics 30 (1974), 507–512 (binary segmentation, beyond). The
 * spread is that of first differences by MAD, which changes of level do not move.
 * @param options.penalty multiplies ln n; default 3 (about 1 in 100 series of pure noise shows a change).
 * @param options.leastLength points on each side of a change. Default 5.
 */
export function changePoints(
  input: { values: Numbers },
  options: { penalty?: number; leastLength?: number } = {},
): Answer<ChangePoints> {
  const { penalty = 3, leastLength = 5 } = options
  if (!(penalty > 0 && Number.isInteger(leastLength) && leastLength >= 1)) {
    throw new EvidenceError('A penalty above 0 and a length from 1 are needed', {
      penalty,
      leastLength,
    })
  }
  const values = readNumbers(input.values)
  const reason = whyUnusable([values])
  if (reason) return { known: false, reason }
  const n = values.length
  if (n < 2 * leastLength) return unknown('too_few_cases', { n, needed: 2 * leastLength })
  const centre = median([...values]) ?? 0
  const sums = new Float64Array(n + 1)
  const squares = new Float64Array(n + 1)
  values.forEach((value, i) => {
    sums[i + 1] = (sums[i] ?? 0) + (value - centre)
    squares[i + 1] = (squares[i] ?? 0) + (value - centre) ** 2
  })
  const meanOf = (from: number, to: number) => ((sums[to] ?? 0) - (sums[from] ?? 0)) / (to - from)
  const cost = (from: number, to: number) => {
    const sum = (sums[to] ?? 0) - (sums[from] ?? 0)
    return Math.max(0, (squares[to] ?? 0) - (squares[from] ?? 0) - (sum * sum) / (to - from))
  }
  if (cost(0, n) <= 1e-18 * n * centre * centre) {
    return known({ segments: [{ from: 0, to: n, mean: centre + meanOf(0, n) }], scale: 0 })
  }
  const scale = noise(values, cost(0, n))
  const price = penalty * Math.log(n) * scale * scale
  const cuts =
    n <= exactUpTo ? pelt(n, cost, price, leastLength) : halve(n, cost, price, leastLength)
  const ends = [0, ...cuts, n]
  return known({
    segments: ends.slice(1).map((to, k) => {
      const from = ends[k] ?? 0
      return { from, to, mean: centre + meanOf(from, to) }
    }),
    scale,
  })
}

function noise(values: Float64Array, wholeCost: number): number {
  const n = values.length
  const steps = Array.from({ length: n - 1 }, (_, i) => (values[i + 1] ?? 0) - (values[i] ?? 0))
  const middle = median(steps) ?? 0
  const mad = median(steps.map((step) => Math.abs(step - middle))) ?? 0
  const found = (1.482602218505602 * mad) / Math.SQRT2
  const whole = Math.sqrt(wholeCost / n)
  // A series of whole steps has no noise between them: a thousandth of its spread then stands for it.
  return Math.max(found, 1e-3 * whole)
}

type Cost = (from: number, to: number) => number

function pelt(n: number, cost: Cost, price: number, least: number): number[] {
  const best = new Float64Array(n + 1).fill(Infinity)
  const last = new Uint32Array(n + 1)
  best[0] = -price
  let candidates = [0]
  const until = new Map<number, number>()
  for (let to = least; to <= n; to++) {
    let lowest = Infinity
    let from = 0
    const totals = candidates.map((start) => (best[start] ?? 0) + cost(start, to))
    totals.forEach((total, k) => {
      if (total + price < lowest) {
        lowest = total + price
        from = candidates[k] ?? 0
      }
    })
    best[to] = lowest
    last[to] = from
    // A start that is already worse than a cut here can never be the best one later, once that cut has
    // room behind it.
    candidates.forEach((start, k) => {
      const isWorse = (totals[k] ?? 0) > lowest
      if (isWorse && !until.has(start)) until.set(start, to + least)
    })
    candidates = candidates.filter((start) => (until.get(start) ?? Infinity) > to + 1)
    if (to - least + 1 >= least) candidates.push(to - least + 1)
  }
  const cuts: number[] = []
  for (let at = last[n] ?? 0; at > 0; at = last[at] ?? 0) cuts.push(at)
  return cuts.reverse()
}

function halve(n: number, cost: Cost, price: number, least: number): number[] {
  const cuts: number[] = []
  const open: [number, number][] = [[0, n]]
  for (let stretch = open.pop(); stretch; stretch = open.pop()) {
    const [from, to] = stretch
    const whole = cost(from, to)
    let best = price
    let at = 0
    for (let cut = from + least; cut <= to - least; cut++) {
      const gain = whole - cost(from, cut) - cost(cut, to)
      if (gain > best) {
        best = gain
        at = cut
      }
    }
    if (at === 0) continue
    cuts.push(at)
    open.push([from, at], [at, to])
  }
  return cuts.sort((a, b) => a - b)
}

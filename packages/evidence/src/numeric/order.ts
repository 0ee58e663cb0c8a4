/** Row numbers in ascending order of their values; rows of equal value keep their order. */
export function ascending(values: Float64Array): Uint32Array {
  const order = new Uint32Array(values.length)
  for (let i = 0; i < order.length; i++) order[i] = i
  return order.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b)
}

/** Ranks from 1, equal values sharing the mean of theirs. */
export function averageRanks(values: Float64Array): Float64Array {
  const order = ascending(values)
  const ranks = new Float64Array(values.length)
  for (const [from, to] of ties(values, order)) {
    for (let i = from; i < to; i++) ranks[order[i] ?? 0] = (from + to + 1) / 2
  }
  return ranks
}

/** The stretches `[from, to)` of an order in which the values are equal. */
export function* ties(values: Float64Array, order: Uint32Array): Generator<[number, number]> {
  let from = 0
  while (from < order.length) {
    const value = values[order[from] ?? 0]
    let to = from + 1
    while (to < order.length && values[order[to] ?? 0] === value) to += 1
    yield [from, to]
    from = to
  }
}

/** How many of some ascending numbers are below a value. */
export function countBelow(sorted: Float64Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}

/** How many of some ascending numbers are at most a value. */
export function countUpTo(sorted: Float64Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) <= value) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Counts by place, with sums of all places below one in O(log n).
 *
 * Source: P. M. Fenwick, "A new data structure for cumulative frequency tables", Software: Practice and
 * Experience 24 (1994), 327–336.
 */
export class PlaceCounts {
  readonly #tree: Float64Array

  constructor(places: number) {
    this.#tree = new Float64Array(places + 1)
  }

  add(place: number, amount: number): void {
    for (let i = place + 1; i < this.#tree.length; i += i & -i) {
      this.#tree[i] = (this.#tree[i] ?? 0) + amount
    }
  }

  /** The sum over the places 0 … place−1. */
  below(place: number): number {
    let sum = 0
    for (let i = place; i > 0; i -= i & -i) sum += this.#tree[i] ?? 0
    return sum
  }
}

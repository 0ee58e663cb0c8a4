import { EvidenceError } from '../error.ts'

/**
 * p-values raised so that the chance of even one false finding among all stays below α.
 *
 * Source: S. Holm, Scand. J. Statist. 6 (1979), 65–70. Equal to R's `p.adjust(method = "holm")`.
 */
export function holm(pValues: readonly number[]): number[] {
  const n = pValues.length
  let highest = 0
  return inOrder(pValues, (p, rank) => {
    highest = Math.max(highest, Math.min(1, (n - rank) * p))
    return highest
  })
}

/**
 * p-values raised so that the expected share of false findings among those found stays below α.
 *
 * Source: Y. Benjamini and Y. Hochberg, JRSS B 57 (1995), 289–300. Equal to R's `p.adjust("BH")`.
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const n = pValues.length
  const raised = pValues.map((p) => p)
  const order = ordered(pValues).reverse()
  let lowest = 1
  order.forEach((at, i) => {
    lowest = Math.min(lowest, ((pValues[at] ?? 1) * n) / (n - i))
    raised[at] = lowest
  })
  return raised
}

function inOrder(pValues: readonly number[], raise: (p: number, rank: number) => number): number[] {
  const raised = pValues.map((p) => p)
  ordered(pValues).forEach((at, rank) => {
    raised[at] = raise(pValues[at] ?? 1, rank)
  })
  return raised
}

function ordered(pValues: readonly number[]): number[] {
  for (const p of pValues) {
    if (!(p >= 0 && p <= 1)) throw new EvidenceError('A p-value must be from 0 to 1', { p })
  }
  return [...pValues.keys()].sort((a, b) => (pValues[a] ?? 0) - (pValues[b] ?? 0))
}

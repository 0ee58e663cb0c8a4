import { type Answer, known, unknown } from '../answer.ts'
import { EvidenceError } from '../error.ts'
import { chiSquareUpper } from '../numeric/distributions.ts'
import { cholesky, dot, solve, submatrix } from '../numeric/matrix.ts'
import { ascending } from '../numeric/order.ts'
import { readSpans, type Spans } from './spans.ts'

export interface LogRank {
  readonly chiSquare: number
  readonly df: number
  readonly p: number
  readonly groups: readonly {
    readonly group: string
    readonly n: number
    readonly observed: number
    /** Events that this group would have had if all groups were alike. */
    readonly expected: number
  }[]
}

/**
 * Whether groups differ in their time to the outcome.
 *
 * Source: N. Mantel, Cancer Chemotherapy Reports 50 (1966), 163–170; the hypergeometric variance as in
 * Klein and Moeschberger, Survival Analysis, § 7.3. Equal to R's `survdiff`.
 * @param group the group of each case. Groups are given back in ascending order.
 * @returns a reason when there are fewer than two groups or no event that could tell them apart.
 */
export function logRank(
  input: Spans & { readonly group: readonly (string | number)[] },
): Answer<LogRank> {
  const read = readSpans(input)
  if (!read.ok) return { known: false, reason: read.reason }
  const { n, time, event, entry, events } = read.spans
  if (input.group.length !== n) {
    throw new EvidenceError('Columns differ in length', { rows: n, other: input.group.length })
  }
  const names = [...new Set(input.group.map(String))].sort()
  const size = names.length
  if (size < 2) return unknown('one_group', { n })
  if (events === 0) return unknown('no_events', { n })
  const indexOf = new Map(names.map((name, i) => [name, i]))
  const of = Uint32Array.from(input.group, (name) => indexOf.get(String(name)) ?? 0)

  const byTime = ascending(time)
  const byEntry = ascending(entry)
  const atRisk = new Float64Array(size)
  const observed = new Float64Array(size)
  const expected = new Float64Array(size)
  const variance = new Float64Array(size * size)
  const died = new Float64Array(size)
  let entered = 0
  let i = 0
  const bump = (array: Float64Array, at: number, by: number) => {
    array[at] = (array[at] ?? 0) + by
  }
  while (i < n) {
    const at = time[byTime[i] ?? 0] ?? 0
    for (; entered < n && (entry[byEntry[entered] ?? 0] ?? 0) < at; entered++) {
      bump(atRisk, of[byEntry[entered] ?? 0] ?? 0, 1)
    }
    const total = entered - i
    died.fill(0)
    let deaths = 0
    let end = i
    for (; end < n && time[byTime[end] ?? 0] === at; end++) {
      const row = byTime[end] ?? 0
      bump(died, of[row] ?? 0, event[row] ?? 0)
      deaths += event[row] ?? 0
    }
    if (deaths > 0) {
      const spread = total > 1 ? (deaths * (total - deaths)) / (total - 1) : 0
      for (let g = 0; g < size; g++) {
        const share = (atRisk[g] ?? 0) / total
        bump(observed, g, died[g] ?? 0)
        bump(expected, g, deaths * share)
        for (let h = 0; h < size; h++) {
          bump(
            variance,
            g * size + h,
            spread * share * ((g === h ? 1 : 0) - (atRisk[h] ?? 0) / total),
          )
        }
      }
    }
    for (; i < end; i++) bump(atRisk, of[byTime[i] ?? 0] ?? 0, -1)
  }

  // Groups that were never at risk together with another one say nothing; one of the rest is redundant.
  const telling = names.map((_, g) => g).filter((g) => (variance[g * size + g] ?? 0) > 1e-12)
  const compared = telling.slice(0, -1)
  if (compared.length === 0) return unknown('too_few_events', { events, needed: 2 })
  const factored = cholesky(submatrix(variance, size, compared), compared.length)
  if (!factored.ok) return unknown('too_few_events', { events, needed: 2 })
  const excess = compared.map((g) => (observed[g] ?? 0) - (expected[g] ?? 0))
  const chiSquare = Math.max(0, dot(excess, solve(factored.factor, excess)))
  const counts = new Float64Array(size)
  for (const g of of) bump(counts, g, 1)
  return known({
    chiSquare,
    df: compared.length,
    p: chiSquareUpper(chiSquare, compared.length),
    groups: names.map((group, g) => ({
      group,
      n: counts[g] ?? 0,
      observed: observed[g] ?? 0,
      expected: expected[g] ?? 0,
    })),
  })
}

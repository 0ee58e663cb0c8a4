import type { MetricValue } from '@tomoshibi/contract/metrics'

/** What a figure and its parts have in common. */
const cellOf = (v: MetricValue): string =>
  JSON.stringify([v.metric, v.on, v.start, v.end, Object.entries(v.slice).sort()])

/**
 * An account of which nothing of the kind is known is no part of the figure. One whose amount cannot be
 * converted is: it is the reason why the figure has no value.
 */
const takesPart = (v: MetricValue): boolean =>
  v.value !== null ||
  v.numerator !== null ||
  v.denominator !== null ||
  v.reason === 'missing_exchange_rate'

/** What cannot be converted comes first, since nothing can be said before it is mended. */
const weight = (v: MetricValue): number =>
  v.reason === 'missing_exchange_rate'
    ? Number.MAX_VALUE
    : Math.abs(Number(v.numerator ?? v.value ?? 0))

/**
 * Each figure followed by the accounts that it is made of, those that weigh most first.
 *
 * @param figures of the portfolio or its slices.
 * @param parts of the same question by account.
 */
export function drillDown(
  figures: readonly MetricValue[],
  parts: readonly MetricValue[],
): MetricValue[] {
  const partsOf = new Map<string, MetricValue[]>()
  for (const part of parts.filter(takesPart)) {
    const cell = cellOf(part)
    partsOf.set(cell, [...(partsOf.get(cell) ?? []), part])
  }
  return figures.flatMap((figure) => {
    const own = partsOf.get(cellOf(figure)) ?? []
    const sorted = [...own].sort(
      (a, b) => weight(b) - weight(a) || ((a.account ?? '') < (b.account ?? '') ? -1 : 1),
    )
    return [figure, ...sorted]
  })
}

import { isFalse, judgeTruth, truthMetrics, truthPanel } from '@tomoshibi/server/verify/cause/truth'

interface TruthCount {
  readonly right: number
  readonly open: number
  readonly wrong: number
}

/**
 * Companies with known truth, one for each seed: how often each figure is told to be what it is.
 *
 * @param tell is given a line for each company as soon as it was judged.
 */
export function truthCounts(
  size: { readonly accounts: number; readonly months: number; readonly companies: number },
  tell: (line: string) => void,
): Map<string, TruthCount> {
  const counts = new Map<string, TruthCount>()
  for (let seed = 1; seed <= size.companies; seed++) {
    const began = Date.now()
    const made = truthPanel({ ...size, seed, endsOn: '2026-11-01' })
    const told = truthMetrics.map((metric) => {
      const { found, expected } = judgeTruth(made, metric)
      const wrong = isFalse(found.verdict, expected)
      const open = found.verdict !== expected && !wrong
      const before = counts.get(metric) ?? { right: 0, open: 0, wrong: 0 }
      counts.set(metric, {
        right: before.right + Number(found.verdict === expected),
        open: before.open + Number(open),
        wrong: before.wrong + Number(wrong),
      })
      return `${metric} ${wrong ? 'FALSE ' : ''}${found.verdict} (${found.ground})`
    })
    tell(`${seed}: ${told.join(', ')}; ${((Date.now() - began) / 1000).toFixed(0)} s`)
  }
  return counts
}

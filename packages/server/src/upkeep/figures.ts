import type { MetricValue } from '@tomoshibi/contract/metrics'
import type { Operations } from '../app.ts'

/** How many metrics are asked for at once; a request has room for a hundred. */
const atOnce = 25

export interface FigurePeriod {
  /** First day of the first month. */
  readonly from: string
  /** The same for figures by account, of which there are many; as `from` without it. */
  readonly accountsFrom?: string
  /** First day after the last month. */
  readonly to: string
  readonly knownAt?: string
}

/**
 * Every metric that there is, built in or of the workspace, by month: for the whole and by account. Two
 * copies of the same data give the same lists.
 */
export async function* allFigures(
  { caller }: Pick<Operations, 'caller'>,
  { from, accountsFrom = from, ...rest }: FigurePeriod,
): AsyncGenerator<readonly MetricValue[]> {
  const known = await caller.metrics.list()
  for (const grain of ['portfolio', 'account'] as const) {
    const keys = known.filter(({ grains }) => grains.includes(grain)).map(({ key }) => key)
    const perAccount = grain === 'account'
    for (let at = 0; at < keys.length; at += atOnce) {
      yield await caller.metrics.query({
        metrics: keys.slice(at, at + atOnce),
        grain: 'month',
        perAccount,
        from: perAccount ? accountsFrom : from,
        ...rest,
      })
    }
  }
}

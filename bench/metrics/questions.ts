/** What is asked of the company: the KPI board, the account sheet, and parts of them. */
import type { FactStore } from '@tomoshibi/facts/store'
import { readUseRollup } from '@tomoshibi/facts/use-rollup/refresh'
import { compileInBatches } from '@tomoshibi/metrics/batches'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import type { MetricRow } from '@tomoshibi/metrics/compile'
import { isBadPeriod, type Period, periodsBetween, periodsOnDay } from '@tomoshibi/metrics/periods'
import { metricSettingsSchema } from '@tomoshibi/metrics/settings'
import type { MetricValue } from '@tomoshibi/metrics/value'
import { FROM, LAST_DAY, NOW, TIME_ZONE, TO, WORKSPACE } from './company.ts'

export type Shape = 'board' | 'sheet'

const right = (periods: ReturnType<typeof periodsOnDay>): Period[] => {
  if (isBadPeriod(periods)) throw new Error(periods.says.en)
  return periods
}

/** The 24 months, at the end of which or over which the board asks. */
export const months: readonly Period[] = right(
  periodsBetween({
    from: FROM,
    to: TO,
    grain: 'month',
    timeZone: TIME_ZONE,
    fiscalYearStartMonth: 4,
  }),
)
const day: readonly Period[] = right(periodsOnDay(LAST_DAY, TIME_ZONE))

/** All metrics that the board or the sheet can show. */
export const allMetrics = (shape: Shape): string[] =>
  [...builtInMetrics.values()]
    .filter(({ grains }) => grains.includes(shape === 'board' ? 'portfolio' : 'account'))
    .map(({ key }) => key)

/**
 * The board: each metric in 24 months by plan, as known now. The sheet: each metric of every account at
 * the last day. From the request to the values, as the program answers it.
 */
export const ask = async (
  store: FactStore,
  shape: Shape,
  metrics: readonly string[],
): Promise<MetricValue[]> => {
  const compiled = compileInBatches({
    workspaceId: WORKSPACE,
    settings: metricSettingsSchema.parse({ timeZone: TIME_ZONE }),
    metrics,
    periods: shape === 'board' ? months : day,
    grain: shape === 'board' ? 'portfolio' : 'account',
    by: shape === 'board' ? ['plan'] : [],
    knownAt: 'now',
    now: NOW,
    rollups: { use: await readUseRollup(store, WORKSPACE) },
  })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  const rows: MetricRow[][] = []
  for (const { query, rowSchema } of compiled.batches)
    rows.push(await store.query(query, rowSchema))
  return compiled.decode(rows)
}

/** Values by what they are of, so that answers of several programs can be compared. */
export type Answer = ReadonlyMap<string, number>

export const answerOf = (values: readonly MetricValue[]): Answer =>
  new Map(
    values.flatMap(({ value, account, slice, start }): [string, number][] => {
      if (value === null) return []
      const month = months.findIndex(({ label }) => 'start' in label && label.start === start)
      return [[account ?? `${month} ${slice.plan ?? ''}`, Number(value)]]
    }),
  )

/**
 * What differs between two answers, of which one may compute in binary floats; a figure of 0 may be
 * missing, since only some programs say it of those of whom they know nothing.
 */
export const difference = (a: Answer, b: Answer): string | null => {
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    const [one, other] = [a.get(key) ?? 0, b.get(key) ?? 0]
    if (Math.abs(one - other) > 1e-9 * Math.max(1, Math.abs(one), Math.abs(other))) {
      return `${key}: ${a.get(key)} against ${b.get(key)}`
    }
  }
  return null
}

import { isBadPeriod, periodsOnDay } from '@tomoshibi/metrics/periods'
import type { Ports } from '../../call/context.ts'
import { type Choices, run } from '../../measure/metrics/service.ts'
import type { WrittenGoal } from './goal.ts'

export interface SeriesPoint {
  readonly on: string
  readonly value: number | null
  readonly reason: string | null
}

/**
 * The metric of a goal over its slice at the ends of some days, by all that is known now. A metric of a
 * period covers its headline period that ends with the day.
 *
 * @param days ISO dates, rising
 * @throws FactsError
 */
export async function seriesOf(
  ports: Ports,
  { settings, catalogue, rollups }: Choices,
  goal: Pick<WrittenGoal, 'metric' | 'slice'>,
  days: readonly string[],
): Promise<SeriesPoint[]> {
  if (days.length === 0) return []
  const periods = days.flatMap((day) => {
    const found = periodsOnDay(day, settings.timeZone)
    if (isBadPeriod(found)) throw new RangeError(found.says.en)
    return found
  })
  const values = await run(ports, {
    workspaceId: ports.workspaceId,
    settings,
    metrics: [goal.metric],
    periods,
    grain: 'portfolio',
    by: Object.keys(goal.slice),
    knownAt: 'now',
    now: ports.clock.now().toString(),
    catalogue,
    rollups,
  })
  return days.map((on): SeriesPoint => {
    const found = values.find(
      (value) =>
        value.on === on &&
        Object.entries(goal.slice).every(([key, wanted]) => value.slice[key] === wanted),
    )
    const { value = null, reason = null } = found ?? {}
    return { on, value: value === null ? null : Number(value), reason }
  })
}

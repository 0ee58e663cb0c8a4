import { type Asking, type ComparedPeriod, type Comparison, comparedPeriod } from '../comparison.ts'
import type { MetricDefinition } from '../definition.ts'
import { lastInstantOf, localDay, type Period, trailing, untilToday } from '../periods.ts'
import type { MetricRequest } from '../request.ts'
import type { Window } from '../sql/windows.ts'

/** One metric in one period, and the window of the query that holds it. */
export interface Asked {
  readonly metricIndex: number
  readonly window: number
  readonly period: Period
  readonly on?: string
  readonly start?: string
  readonly end?: string
  readonly compared: readonly AskedComparison[]
}

/** What a figure is compared with, and the window that holds it. */
export interface AskedComparison extends ComparedPeriod {
  readonly comparison: Comparison
  readonly window: number
}

export interface AskedWindows {
  readonly windows: readonly Window[]
  readonly asked: readonly Asked[]
}

const knownAtOf = (knownAt: MetricRequest['knownAt'], now: string, end: string): string =>
  knownAt === 'now' ? now : knownAt === 'period-end' ? lastInstantOf(end) : knownAt

/** The window of one period, whose account attributes are read at `attributesAt`. */
export const windowOfPeriod = (
  { start, end }: Period,
  { knownAt, now }: Pick<MetricRequest, 'knownAt' | 'now'>,
  attributesAt: string,
): Window => ({ start, end, knownAt: knownAtOf(knownAt, now, end), attributesAt })

/**
 * The windows that a request needs, each once. Asked for one day, a metric of a period takes the
 * period of its headline that ends with the day, or one of the length asked for. Slices are cut by the attributes of the period's
 * start, or for an instant metric of the instant, so that these have windows of their own.
 */
export const windowsOf = (
  request: Pick<
    MetricRequest,
    'settings' | 'periods' | 'by' | 'knownAt' | 'now' | 'compare' | 'trailing'
  >,
  definitions: readonly MetricDefinition[],
): AskedWindows => {
  const { timeZone } = request.settings
  const windows: Window[] = []
  const indexes = new Map<string, number>()
  const ending = new Map<string, number>()
  const windowOf = (
    period: Period,
    time: MetricDefinition['time'],
    asking: Asking = request,
  ): number => {
    const window = windowOfPeriod(period, asking, time === 'period' ? period.start : period.end)
    // Without slices an instant figure is the same in every window that ends then.
    const shared = ending.get(`${window.end} ${window.knownAt}`)
    if (time === 'instant' && request.by.length === 0 && shared !== undefined) return shared
    const key = [
      window.start,
      window.end,
      window.knownAt,
      request.by.length > 0 ? window.attributesAt : '',
    ].join()
    const known = indexes.get(key)
    if (known !== undefined) return known
    const index = windows.push(window) - 1
    indexes.set(key, index)
    ending.set(`${window.end} ${window.knownAt}`, index)
    return index
  }
  const soFar = (
    period: Period,
    time: MetricDefinition['time'],
    { now }: Pick<MetricRequest, 'now'>,
  ): Period => (time === 'instant' ? untilToday(period, now, timeZone) : period)
  const comparedOf = (period: Period, { time, headlinePeriod }: MetricDefinition) =>
    (request.compare ?? []).map((comparison): AskedComparison => {
      const headline = time === 'period' ? (request.trailing ?? headlinePeriod) : undefined
      const compared = comparedPeriod(period, comparison, headline, request, timeZone)
      const asked = soFar(compared.period, time, compared.asking)
      return { comparison, ...compared, window: windowOf(asked, time, compared.asking) }
    })
  const askedOf = (definition: MetricDefinition, metricIndex: number): Asked[] =>
    request.periods.map((period) => {
      const { label } = period
      if (!('on' in label)) {
        if (definition.time === 'period' && request.trailing !== undefined) {
          const longer = trailing(period, request.trailing, timeZone)
          const start = localDay(longer.start, timeZone)
          const named = { ...longer, label: { start, end: label.end } }
          const window = windowOf(named, definition.time)
          const compared = comparedOf(named, definition)
          return { metricIndex, window, period: named, start, end: label.end, compared }
        }
        const window = windowOf(soFar(period, definition.time, request), definition.time)
        const compared = comparedOf(period, definition)
        return { metricIndex, window, period, start: label.start, end: label.end, compared }
      }
      if (definition.time === 'instant' || definition.headlinePeriod === undefined) {
        const window = windowOf(period, definition.time)
        return {
          metricIndex,
          window,
          period,
          on: label.on,
          compared: comparedOf(period, definition),
        }
      }
      const longer = trailing(period, request.trailing ?? definition.headlinePeriod, timeZone)
      return {
        metricIndex,
        window: windowOf(longer, definition.time),
        period: longer,
        on: label.on,
        start: localDay(longer.start, timeZone),
        end: localDay(longer.end, timeZone),
        compared: comparedOf(longer, definition),
      }
    })
  const inOrder = definitions.map((definition, metricIndex) => ({ definition, metricIndex }))
  const asked = [
    ...inOrder.filter(({ definition }) => definition.time === 'period'),
    ...inOrder.filter(({ definition }) => definition.time === 'instant'),
  ].flatMap(({ definition, metricIndex }) => askedOf(definition, metricIndex))
  return { windows, asked: asked.toSorted((a, b) => a.metricIndex - b.metricIndex) }
}

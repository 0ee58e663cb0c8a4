import type { Problem } from '@tomoshibi/contract/errors'
import type { MetricQuery } from '@tomoshibi/contract/metrics'
import type { Text } from '@tomoshibi/contract/text'
import { findMetric } from '@tomoshibi/metrics/catalogue'
import { type MetricDefinition, nearest } from '@tomoshibi/metrics/definition'
import {
  type BadPeriod,
  isBadPeriod,
  lastInstantOf,
  type Period,
  periodFromTo,
  periodsBetween,
  periodsOnDay,
} from '@tomoshibi/metrics/periods'
import type { MetricSettings } from '@tomoshibi/metrics/settings'
import { cohortSlices } from '@tomoshibi/metrics/sources/cohort-slices'
import { Temporal } from 'temporal-polyfill'
import { Failure } from '../../call/failure.ts'

/** Lists all that is unknown, not only the first. */
function unknown(
  code: 'UNKNOWN_METRIC' | 'UNKNOWN_ATTRIBUTE',
  says: (key: string) => Text,
  keys: readonly { key: string; suggestions: readonly string[] }[],
): Failure {
  const problems = keys.map(({ key, suggestions }): Problem => {
    const { en, ja } = says(key)
    const [near] = suggestions
    const text =
      near === undefined
        ? { en, ja }
        : { en: `${en} Did you mean ${near}?`, ja: `${ja} ${near} のことでしょうか。` }
    return { code, text, suggestions: [...suggestions] }
  })
  const [first] = keys
  const suggestions = first?.suggestions.join(', ') ?? ''
  const details = { key: first?.key ?? '', ...(suggestions === '' ? {} : { suggestions }) }
  return new Failure(code, details, problems)
}

/** The definitions of the metrics asked for. @throws Failure UNKNOWN_METRIC */
export function definitionsOf(
  keys: readonly string[],
  catalogue: ReadonlyMap<string, MetricDefinition>,
): MetricDefinition[] {
  const found = keys.map((key) => ({ key, metric: findMetric(key, catalogue) }))
  const missing = found.flatMap(({ key, metric }) =>
    'suggestions' in metric ? [{ key, suggestions: metric.suggestions }] : [],
  )
  if (missing.length > 0) {
    const says = (key: string) => ({
      en: `There is no metric '${key}'.`,
      ja: `指標「${key}」はありません。`,
    })
    throw unknown('UNKNOWN_METRIC', says, missing)
  }
  return found.flatMap(({ metric }) => ('suggestions' in metric ? [] : [metric]))
}

/** @throws Failure UNKNOWN_ATTRIBUTE when a slice is asked for by what no account has. */
export function checkAttributes(by: readonly string[], known: readonly string[]): void {
  const all = [...known, ...cohortSlices]
  const missing = by
    .filter((key) => !all.includes(key))
    .map((key) => ({ key, suggestions: nearest(key, all) }))
  if (missing.length === 0) return
  const says = (key: string) => ({
    en: `No account has an attribute '${key}'.`,
    ja: `属性「${key}」を持つ顧客はありません。`,
  })
  throw unknown('UNKNOWN_ATTRIBUTE', says, missing)
}

/** @throws Failure METRIC_HAS_NO_ACCOUNT_VALUE */
export function checkAccountGrain(definitions: readonly MetricDefinition[]): void {
  const without = definitions.find((definition) => !definition.grains.includes('account'))
  if (without) throw new Failure('METRIC_HAS_NO_ACCOUNT_VALUE', { key: without.key })
}

const badPeriod = (problem: string, problemJa: string): Failure =>
  new Failure('BAD_PERIOD', { problem, problemJa })

function refuse({ says, nearest }: BadPeriod): never {
  const problem = { code: 'BAD_PERIOD', text: says, suggestions: [...nearest] }
  throw new Failure('BAD_PERIOD', { problem: says.en, problemJa: says.ja }, [problem])
}

const wellFormed = (periods: Period[] | BadPeriod): Period[] =>
  isBadPeriod(periods) ? refuse(periods) : periods

/**
 * The periods of a question: a day, or a range cut by a grain; today when it names neither.
 *
 * @param today ISO date in the workspace's zone.
 * @throws Failure BAD_PERIOD
 */
export function periodsOf(
  question: Pick<MetricQuery, 'on' | 'from' | 'to' | 'grain'>,
  settings: MetricSettings,
  today: string,
): Period[] {
  const { on, from, to, grain } = question
  const { timeZone, fiscalYearStartMonth } = settings
  const isRange = from !== undefined || to !== undefined || grain !== undefined
  if (on !== undefined && isRange) {
    throw badPeriod(
      'give either a day (on), or a range (from, to and grain)',
      '日(on)か期間(from・to・grain)のどちらか一方を指定してください',
    )
  }
  if (!isRange) return wellFormed(periodsOnDay(on ?? today, timeZone))
  if (from === undefined || to === undefined || grain === undefined) {
    throw badPeriod('a range needs from, to and grain', '期間には from・to・grain がすべて必要です')
  }
  return wellFormed(periodsBetween({ from, to, grain, timeZone, fiscalYearStartMonth }))
}

/** The one period from a day to another. @throws Failure BAD_PERIOD */
export function periodOf(from: string, to: string, { timeZone }: MetricSettings): Period {
  const period = periodFromTo({ from, to, timeZone })
  return isBadPeriod(period) ? refuse(period) : period
}

/** The instant that 'as known at' means: a day stands for its last one in the zone. */
export function knownAtOf(given: string | undefined, timeZone: string): 'now' | string {
  if (given === undefined) return 'now'
  if (given.includes('T')) return Temporal.Instant.from(given).toString()
  const end = Temporal.PlainDate.from(given).add({ days: 1 })
  return lastInstantOf(end.toZonedDateTime(timeZone).toInstant().toString())
}

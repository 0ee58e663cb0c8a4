import type { HealthHistory } from '@tomoshibi/contract/health'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import { Temporal } from 'temporal-polyfill'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { unknownAccounts } from '../../collect/accounts/service.ts'
import { daysThrough, startOfDay } from '../../light/lamps/days.ts'
import { todayIn } from '../../platform/clock.ts'
import { definitionOf } from '../custom/custom.ts'
import { allVersions, type Catalogue } from '../custom/service.ts'
import { type Choices, choicesOf } from '../metrics/service.ts'
import { healthChoices, withHealth } from './catalogue.ts'
import { checkDays } from './explain.ts'
import { healthOf, readHealth } from './frame.ts'
import { cardsOf, scoredOf } from './scored.ts'
import { allScorecards } from './store.ts'

export interface HistoryQuestion {
  readonly account: string
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly every: 'day' | 'week' | 'month'
  /** By the scorecards in force on each day, or by those of now. */
  readonly under: 'then' | 'now'
}

/** The days of one query of history; more go through several. */
const mostDays = 62

const saysThen = {
  en: 'Each day as it was known at its end, by the scorecards in force on that day.',
  ja: '各日について、その日の終わりに分かっていた事実と、その日に有効だったスコアカードで計算しています。',
}
const saysNow = {
  en: 'Each day as it was known at its end, by the scorecards in force now.',
  ja: '各日について、その日の終わりに分かっていた事実と、現在のスコアカードで計算し直しています。',
}

/**
 * The health score of an account over time. Every day is asked as known at its own end; what was set by
 * hand counts on the days on which it did.
 *
 * @throws Failure UNKNOWN_ACCOUNT, BAD_PERIOD; FactsError
 */
export async function healthHistory(
  ports: Ports,
  { account, every, under, ...asked }: HistoryQuestion,
): Promise<HealthHistory> {
  const choices = await choicesOf(ports)
  const { settings } = choices
  const today = todayIn(ports.clock, settings.timeZone).toString()
  const to = asked.to ?? today
  const from = asked.from ?? Temporal.PlainDate.from(to).subtract({ years: 1 }).toString()
  checkDays(from, to, today)
  const days = daysOf(every, from, to)
  if (days.length > 800) {
    throw new Failure('BAD_PERIOD', {
      problem: `${days.length} days are too many at once; ask for weeks or months.`,
      problemJa: `${days.length}日分は一度に表示できません。週または月ごとに指定してください。`,
    })
  }
  if ((await unknownAccounts(ports.facts, ports.workspaceId, [account])).length > 0) {
    throw new Failure('UNKNOWN_ACCOUNT', { accountId: account })
  }
  const points: HealthHistory['points'] = []
  for (const { catalogue, days: some } of await spansOf(ports, choices, under, days)) {
    const rows = await readHealth(ports, {
      settings,
      catalogue,
      days: some,
      knownAt: 'period-end',
      accountIds: [account],
    })
    const { version } = healthOf(catalogue)
    some.forEach((on, i) => {
      const row = rows.find(({ day }) => day === i)
      const scored = scoredOf(row, catalogue, settings.healthBands)
      const card = cardsOf(catalogue).find(({ key }) => key === scored.scorecard)
      points.push({ on, version, ...scored, scorecardVersion: card?.version ?? null })
    })
  }
  return { account, under, says: under === 'then' ? saysThen : saysNow, points }
}

/** The last days of weeks (Sundays) or months, or all days; the last one asked for is always among them. */
function daysOf(every: HistoryQuestion['every'], from: string, to: string): string[] {
  const all = daysThrough(from, to)
  return all.filter((day) => {
    const date = Temporal.PlainDate.from(day)
    return (
      day === to ||
      every === 'day' ||
      (every === 'week' ? date.dayOfWeek === 7 : date.day === date.daysInMonth)
    )
  })
}

interface Span {
  readonly catalogue: Catalogue
  readonly days: readonly string[]
}

/** The days in a row that are asked by the same definitions. */
async function spansOf(
  ports: Ports,
  { catalogue, settings }: Choices,
  under: HistoryQuestion['under'],
  days: readonly string[],
): Promise<Span[]> {
  if (under === 'now') return cut({ catalogue, days })
  const { db } = ports.state
  const { workspaceId } = ports
  const [cards, metrics] = await Promise.all([
    allScorecards(db, workspaceId),
    allVersions(db, workspaceId),
  ])
  const changes = [...cards, ...metrics]
    .map(({ createdAt }) => createdAt)
    .toSorted(Temporal.Instant.compare)
  const spans = new Map<number, { at: Temporal.Instant; days: string[] }>()
  for (const day of days) {
    const next = Temporal.PlainDate.from(day).add({ days: 1 }).toString()
    const end = Temporal.Instant.from(startOfDay(next, settings.timeZone)).subtract({
      milliseconds: 1,
    })
    const made = changes.filter((change) => Temporal.Instant.compare(change, end) <= 0).length
    const span = spans.get(made) ?? { at: end, days: [] }
    span.days.push(day)
    spans.set(made, span)
  }
  const found: Span[] = []
  for (const { at, days: some } of spans.values()) {
    // A metric that was retired since was there then; the newest version of that time counts.
    const own = new Map(
      metrics
        .filter(({ createdAt }) => Temporal.Instant.compare(createdAt, at) <= 0)
        .toReversed()
        .map((metric) => [metric.key, definitionOf(metric)] as const),
    )
    const choices = await healthChoices(
      { db, workspaceId },
      new Map([...builtInMetrics, ...own]),
      at,
    )
    found.push(...cut({ catalogue: withHealth(own, choices), days: some }))
  }
  return found
}

function cut({ catalogue, days }: Span): Span[] {
  const parts: Span[] = []
  for (let from = 0; from < days.length; from += mostDays) {
    parts.push({ catalogue, days: days.slice(from, from + mostDays) })
  }
  return parts
}

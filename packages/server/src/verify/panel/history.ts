import type { panelEvery } from '@tomoshibi/contract/panel'
import { Temporal } from 'temporal-polyfill'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { showWorkspace } from '../../collect/workspace/service.ts'
import { historyOf } from '../../light/lamps/accounts.ts'
import { todayIn } from '../../platform/clock.ts'
import { getWorkspace } from '../../platform/workspace.ts'

export interface HistoryQuestion {
  /** ISO dates, both within. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly horizon: number
  /** The last days of these; months unless told. */
  readonly every?: Every
  /** Also days whose horizon has not passed: what followed them cannot be told yet. */
  readonly undecided?: boolean
}

export type Every = (typeof panelEvery)[number]

export interface HistoryDays {
  /** ISO dates, ascending. */
  readonly days: readonly string[]
  readonly through: string
  /** When it was first known what accounts do. */
  readonly firstSignDay: string
}

/**
 * Month ends (or others) of the history whose horizon has passed, from when it was first known what accounts do, and
 * the last day that is known: that of the newest fact, or yesterday.
 *
 * @throws Failure BAD_PERIOD
 */
export async function historyDays(
  ports: Ports,
  { from, to, horizon, every = 'month', undecided = false }: HistoryQuestion,
): Promise<HistoryDays> {
  if (from !== undefined && to !== undefined && from > to) {
    throw new Failure('BAD_PERIOD', {
      problem: `${from} is after ${to}`,
      problemJa: `${from} は ${to} より後です`,
    })
  }
  const workspace = await getWorkspace(ports)
  const { timeZone } = workspace.settings
  const [history, { factsKnownThrough }] = await Promise.all([
    historyOf(ports, workspace),
    showWorkspace(ports),
  ])
  const yesterday = todayIn(ports.clock, timeZone).subtract({ days: 1 })
  if (history === null || factsKnownThrough === null)
    return { days: [], through: `${yesterday}`, firstSignDay: `${yesterday}` }
  const newest = Temporal.Instant.from(factsKnownThrough).toZonedDateTimeISO(timeZone).toPlainDate()
  const through = earlier(newest, yesterday)
  const decided = undecided ? through : through.subtract({ days: horizon })
  const last = to === undefined ? decided : earlier(Temporal.PlainDate.from(to), decided)
  const first = Temporal.PlainDate.from(
    from === undefined || from < history.firstSignDay ? history.firstSignDay : from,
  )
  const days: string[] = []
  for (
    let day = lastDayOf(every, first);
    Temporal.PlainDate.compare(day, last) <= 0;
    day = lastDayOf(every, day.add({ days: 1 }))
  ) {
    days.push(day.toString())
  }
  return { days, through: through.toString(), firstSignDay: history.firstSignDay }
}

/** The last day of the week (Sunday), calendar month or calendar quarter that holds a day. */
function lastDayOf(every: Every, day: Temporal.PlainDate): Temporal.PlainDate {
  if (every === 'week') return day.add({ days: 7 - day.dayOfWeek })
  const months = every === 'month' ? 0 : (3 - (day.month % 3)) % 3
  const month = day.with({ day: 1 }).add({ months })
  return month.with({ day: month.daysInMonth })
}

const earlier = (a: Temporal.PlainDate, b: Temporal.PlainDate) =>
  Temporal.PlainDate.compare(a, b) <= 0 ? a : b

/**
 * Verdicts held against companies whose truth is known. The figures are made from the rows of the files
 * alone, as a workspace's metrics are, only in memory, so that twenty companies take minutes and not
 * hours; `service.test.ts` shows that the engine gives the same verdicts from the same files.
 */
import type { Cause, CauseVerdict } from '@tomoshibi/contract/cause'
import { type Day, isoDate, parseIsoDate } from '../../collect/simulate/calendar.ts'
import { type FileKey, headerOf, type Sheets } from '../../collect/simulate/files.ts'
import { sheetsOf } from '../../collect/simulate/simulate.ts'
import { storyOf } from '../../collect/simulate/story.ts'
import { type SimulationOptions, worldOf } from '../../collect/simulate/world.ts'
import { judge } from '../metric-evidence/judge.ts'
import type { Touch } from './actions.ts'
import { type CauseFound, findCause } from './cause.ts'
import type { CausePanel } from './rows.ts'

export const truthMetrics = ['report', 'sync', 'use', 'meetings', 'managers'] as const
export type TruthMetric = (typeof truthMetrics)[number]

/** What each figure of a simulated company truly is; see `collect/simulate/README.md`. */
export const truths: Readonly<Record<TruthMetric, { says: string; verdict: CauseVerdict }>> = {
  report: { says: 'weekly reports read in 91 days, by user: the driver', verdict: 'leads' },
  sync: {
    says: 'users of the accounting sync in 31 days: marks committed buyers',
    verdict: 'leads_but_does_not_drive',
  },
  use: {
    says: 'share of users that were active in 28 days: a symptom of trouble',
    verdict: 'leads_but_does_not_drive',
  },
  meetings: { says: 'contacts with decision makers in 28 days: CSMs rush', verdict: 'follows' },
  managers: {
    says: 'share of managers among ordinary users: unrelated',
    verdict: 'no_relation_seen',
  },
}

export interface TruthPanel {
  readonly panel: Omit<CausePanel, 'value'>
  readonly values: Readonly<Record<TruthMetric, Float64Array>>
  readonly touches: readonly Touch[]
  readonly from: string
  readonly through: string
  readonly horizonDays: number
}

/** Whether each figure of a company is told to be what it is. */
export function judgeTruth(
  made: TruthPanel,
  metric: TruthMetric,
): { found: CauseFound; expected: CauseVerdict } {
  const { panel, values, touches, from, through, horizonDays } = made
  const others = new Map(panel.others)
  if (metric === 'use') others.delete('level')
  const whole = { ...panel, value: values[metric], others }
  const { verdict: relation } = judge(whole, {
    horizonDays,
    through,
    expected: null,
    outcomeIsLoss: false,
  })
  const found = findCause(whole, {
    relation,
    from,
    through,
    touches,
    signals: ['level'],
    outcomeIsLoss: true,
  })
  return { found, expected: truths[metric].verdict }
}

/** A verdict is false when it claims what is not so; that it cannot be told claims nothing. */
export const isFalse = (verdict: Cause['verdict'], expected: CauseVerdict): boolean =>
  verdict !== expected && verdict !== 'cannot_tell'

/** Month ends by accounts of a simulated company, from the rows of its files. */
export function truthPanel(options: SimulationOptions, horizonDays = 90): TruthPanel {
  const world = worldOf(options)
  const through = world.end - 1
  const ends = monthEnds(world.start, through - horizonDays)
  const day: number[] = []
  const account: string[] = []
  const happened: number[] = []
  const lostOn: (string | null)[] = []
  const since: string[] = []
  const gaveNotice: number[] = []
  const columns = {
    report: [],
    sync: [],
    meetings: [],
    managers: [],
    level: [],
    trend: [],
    size: [],
  }
  const into: Record<keyof typeof columns, number[]> = columns
  const touches: Touch[] = []
  const traits = { segment: [], plan: [], touch_model: [] }
  const traitsInto: Record<keyof typeof traits, string[]> = traits
  for (let index = 0; index < options.accounts; index++) {
    const story = storyOf(world, index)
    const { accountId } = story.profile
    const seen = seenOf(sheetsOf(world, story))
    for (const [action, on] of seen.firstTouches) {
      touches.push({ action, account: accountId, on: isoDate(on) })
    }
    for (const { life } of story.chapters) {
      const start = life.terms.start
      const lost = life.churn === null ? Infinity : life.churn.endsOn
      ends.forEach((end, i) => {
        if (start > end + 1 || lost <= end + 1) return
        day.push(i)
        account.push(accountId)
        happened.push(lost <= end + horizonDays ? 1 : 0)
        lostOn.push(lost <= through ? isoDate(lost) : null)
        since.push(isoDate(start))
        gaveNotice.push(seen.notices.some((on) => on <= end && on > start) ? 1 : 0)
        const figures = figuresOn(seen, end)
        for (const [key, column] of Object.entries(into)) {
          column.push(figures[key as keyof typeof figures])
        }
        for (const [key, column] of Object.entries(traitsInto)) column.push(seen.attribute(key))
      })
    }
  }
  // Day by day, as a panel comes from the engine.
  const order = [...day.keys()].sort((a, b) => (day[a] ?? 0) - (day[b] ?? 0) || a - b)
  const ordered = <T>(column: readonly T[]): T[] =>
    order.flatMap((row) => column.slice(row, row + 1))
  const numbers = (key: keyof typeof columns) => Float64Array.from(ordered(into[key]))
  const traitKeys = ['segment', 'plan', 'touch_model'] as const
  return {
    panel: {
      days: ends.map(isoDate),
      day: ordered(day),
      account: ordered(account),
      happened: Float64Array.from(ordered(happened)),
      lostOn: ordered(lostOn),
      since: ordered(since),
      gaveNotice: ordered(gaveNotice),
      others: new Map((['level', 'trend', 'size'] as const).map((key) => [key, numbers(key)])),
      traits: new Map(traitKeys.map((key) => [key, ordered(traitsInto[key])])),
    },
    values: {
      report: numbers('report'),
      sync: numbers('sync'),
      use: numbers('level'),
      meetings: numbers('meetings'),
      managers: numbers('managers'),
    },
    touches,
    from: isoDate(world.start),
    through: isoDate(through),
    horizonDays,
  }
}

interface Use {
  readonly on: Day
  readonly knownOn: Day
  readonly user: string
  readonly event: string
}

interface Seen {
  readonly uses: readonly Use[]
  readonly people: readonly { from: Day; until: Day; isUser: boolean; role: string }[]
  readonly meetings: readonly Day[]
  readonly notices: readonly Day[]
  readonly firstTouches: ReadonlyMap<string, Day>
  readonly attribute: (key: string) => string
}

/** The same few hundred days come again and again. */
const dayOfText = new Map<string, Day>()

function dayOf(stamp: string): Day {
  const text = stamp.slice(0, 10)
  const known = dayOfText.get(text)
  if (known !== undefined) return known
  const day = parseIsoDate(text) ?? Infinity
  dayOfText.set(text, day)
  return day
}

function seenOf(sheets: Sheets): Seen {
  const touches = rowsOf(sheets, 'touchpoints')
  const [account] = rowsOf(sheets, 'accounts')
  const firstTouches = new Map<string, Day>()
  for (const touch of touches) {
    const subject = touch('subject')
    const on = dayOf(touch('occurred_at'))
    if (on < (firstTouches.get(subject) ?? Infinity)) firstTouches.set(subject, on)
  }
  return {
    uses: rowsOf(sheets, 'usage_events').map((use) => ({
      on: dayOf(use('occurred_at')),
      // Midnight belongs to the end of the day before.
      knownOn: dayOf(use('known_at')) - 1,
      user: use('user_id'),
      event: use('event'),
    })),
    people: rowsOf(sheets, 'contacts').map((person) => ({
      from: dayOf(person('known_at')),
      until: dayOf(person('left_known_at')),
      isUser: person('user_id') !== '',
      role: person('role'),
    })),
    meetings: touches
      .filter((touch) => touch('decision_maker') === 'true')
      .map((touch) => dayOf(touch('occurred_at'))),
    notices: rowsOf(sheets, 'contract_lines')
      .map((line) => dayOf(line('cancelled_at')))
      .filter(Number.isFinite),
    firstTouches,
    attribute: (key) => account?.(key) ?? '',
  }
}

/** What the account's figures are at the end of a day, as known then. */
function figuresOn({ uses, people, meetings }: Seen, end: Day) {
  // Uses come day by day.
  const recent: Use[] = []
  for (let i = firstAfter(uses, end - 91); i < uses.length; i++) {
    const use = uses[i]
    if (use === undefined || use.on > end) break
    if (use.knownOn <= end) recent.push(use)
  }
  const usersOf = (days: number, before: number, event?: string) =>
    new Set(
      recent
        .filter(
          (use) =>
            use.on > end - before - days &&
            use.on <= end - before &&
            use.user !== '' &&
            (event === undefined || use.event === event),
        )
        .map(({ user }) => user),
    ).size
  const here = people.filter(({ from, until }) => from <= end && until > end)
  const users = here.filter(({ isUser }) => isUser).length
  const ordinary = here.filter(({ role }) => role === 'マネージャー' || role === '一般')
  const active = usersOf(28, 0)
  return {
    report:
      users === 0
        ? Number.NaN
        : recent.filter(({ event }) => event === 'weekly_report').length / users,
    sync: usersOf(31, 0, 'accounting_sync'),
    meetings: meetings.filter((on) => on > end - 28 && on <= end).length,
    managers:
      ordinary.length === 0
        ? Number.NaN
        : ordinary.filter(({ role }) => role === 'マネージャー').length / ordinary.length,
    level: users === 0 ? Number.NaN : active / users,
    trend: Math.log((active + 0.5) / (usersOf(28, 28) + 0.5)),
    size: Math.log(1 + users),
  }
}

function firstAfter(uses: readonly Use[], day: Day): number {
  let low = 0
  let high = uses.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((uses[middle]?.on ?? Infinity) > day) high = middle
    else low = middle + 1
  }
  return low
}

type Read = (column: string) => string

/** Rows by column. The simulator writes no quoted field into these files. */
function rowsOf(sheets: Sheets, file: FileKey): Read[] {
  const at = new Map(
    headerOf(file)
      .trim()
      .split(',')
      .map((name, i) => [name, i]),
  )
  const text = sheets.text(file).trimEnd()
  if (text === '') return []
  return text.split('\n').map((line) => {
    const cells = line.trimEnd().split(',')
    return (column) => cells[at.get(column) ?? -1] ?? ''
  })
}

function monthEnds(first: Day, last: Day): Day[] {
  const days: Day[] = []
  for (let day = first; day <= last; day++) {
    if (isoDate(day + 1).endsWith('-01')) days.push(day)
  }
  return days
}

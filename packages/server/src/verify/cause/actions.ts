import type { Cause } from '@tomoshibi/contract/cause'
import { epochDay } from '@tomoshibi/evidence/epoch-day'
import { compareMeans } from '@tomoshibi/evidence/experiment/effect'
import { sampleOf } from '@tomoshibi/evidence/experiment/sample'
import { coxRegression } from '@tomoshibi/evidence/survival/cox'
import { checkAgainst } from './checks.ts'
import { type CausePanel, kindsOf, sizeKey } from './rows.ts'

/** The first time that something was done to an account. */
export interface Touch {
  readonly action: string
  readonly account: string
  /** ISO date. */
  readonly on: string
}

export interface ActionsQuestion {
  /** First day of which is known what was done, ISO date. */
  readonly from: string
  /** Last day of which everything is known. */
  readonly through: string
  readonly mark: number
  /** The adjusted ratio of the metric's two groups. */
  readonly adjusted: number
}

const fewestAccounts = 50
const fewestLost = 10
/** No action is waited for longer than this after an account's start. */
const longestLandmark = 180
/** Standardised difference above which those acted upon were not like the others. */
const evenBelow = 0.2
/**
 * In standard deviations. A training that makes a feature a habit also brings people in a little more often:
 * what an action moves by the way must not be taken for what it worked through.
 */
const movesBy = 0.5

/**
 * Natural experiments: actions that reached some newcomers and not others, evenly over accounts of every
 * kind, and that moved the metric. If the metric drives the outcome, those acted upon fare accordingly.
 * Whoever got the action within the landmark (the time within which nine of ten get it) is held against
 * whoever did not, from the landmark on, whatever was done later.
 *
 * Sources: landmarks: J. Anderson, K. Cain and R. Gelber, J. Clinical Oncology 1 (1983), 710–719;
 * encouragement: P. Holland, Sociological Methodology 18 (1988), 449–484. Several actions share the 5 %
 * of error between them (Bonferroni).
 * @param panel of month ends; only accounts that began within the history count.
 */
export function actionsOf(
  panel: CausePanel,
  touches: readonly Touch[],
  question: ActionsQuestion,
): Cause['actions'] {
  const newcomers = newcomersOf(panel, question)
  const byAction = new Map<string, Map<string, number>>()
  for (const { action, account, on } of touches) {
    const own = byAction.get(action) ?? new Map<string, number>()
    byAction.set(action, own.set(account, Math.min(own.get(account) ?? Infinity, epochDay(on))))
  }
  const apt = [...byAction].flatMap(([action, days]) => {
    const trial = trialOf(panel, newcomers, days, question.mark)
    return trial === null ? [] : [{ action, ...trial }]
  })
  return apt.flatMap(({ action, landmark, done, without, raisesBy, shift }) => {
    const answer = outlook([...done, ...without], done.length, landmark, question, apt.length)
    if (answer === null) return []
    const { hazardRatio, low, high } = answer
    return [
      {
        action,
        landmarkDays: landmark,
        accounts: done.length,
        without: without.length,
        raisesBy,
        hazardRatio,
        low,
        high,
        // The action moves only some accounts over the mark, so this much of the effect is to be seen.
        check: checkAgainst({ low, high }, 2 * shift * Math.log(question.adjusted)),
      },
    ]
  })
}

interface Newcomer {
  readonly account: string
  readonly since: number
  readonly lost: number | null
  readonly rows: readonly number[]
}

function newcomersOf(panel: CausePanel, { from }: ActionsQuestion): Newcomer[] {
  const begins = epochDay(from)
  const rowsOf = new Map<string, number[]>()
  panel.account.forEach((account, row) => {
    const own = rowsOf.get(account)
    if (own) own.push(row)
    else rowsOf.set(account, [row])
  })
  return [...rowsOf].flatMap(([account, all]) => {
    const [first] = all
    const since = panel.since[first ?? 0] ?? ''
    // Those that come back are no newcomers the second time.
    const rows = all.filter((row) => panel.since[row] === since)
    const lost = panel.lostOn[first ?? 0] ?? null
    if (epochDay(since) < begins) return []
    return [{ account, since: epochDay(since), lost: lost === null ? null : epochDay(lost), rows }]
  })
}

/** Both groups at the landmark, or null where they are too few, unlike, or alike in the metric. */
function trialOf(
  panel: CausePanel,
  newcomers: readonly Newcomer[],
  days: ReadonlyMap<string, number>,
  mark: number,
) {
  const waits = newcomers
    .flatMap(({ account, since }) => {
      const on = days.get(account)
      return on === undefined || on - since > longestLandmark ? [] : [Math.max(0, on - since)]
    })
    .sort((a, b) => a - b)
  if (waits.length < fewestAccounts) return null
  const landmark = waits[Math.floor(0.9 * (waits.length - 1))] ?? 0
  const dayOf = (row: number) => dayIn(panel, row)
  const there = newcomers.flatMap((one) => {
    const later = one.rows.filter((row) => dayOf(row) >= one.since + landmark)
    const [entry] = later
    if (entry === undefined || panel.gaveNotice[entry] === 1) return []
    const first = panel.value[one.rows[0] ?? entry] ?? Number.NaN
    const values = later.map((row) => panel.value[row] ?? Number.NaN)
    return [{ ...one, entryRow: entry, entry: dayOf(entry), first, values }]
  })
  const isDone = ({ account, since }: Newcomer) =>
    (days.get(account) ?? Infinity) - since <= landmark
  const done = there.filter(isDone)
  const without = there.filter((one) => !isDone(one))
  if (done.length < fewestAccounts || without.length < fewestAccounts) return null
  if (!isEven(panel, done, without) || answersToRisk(panel, newcomers, days, landmark)) return null
  const level = apartBy(done.map(riseOf), without.map(riseOf))
  if (level === null || Math.abs(level.by) < movesBy || level.p >= 0.001) return null
  const shareAbove = (group: typeof there) =>
    meanOf(group.map(({ values }) => meanOf(values.map((value) => sideOf(value, mark)))))
  const shift = shareAbove(done) - shareAbove(without)
  return { landmark, done, without, raisesBy: level.by, shift }
}

const sideOf = (value: number, mark: number) =>
  Number.isNaN(value) ? Number.NaN : value > mark ? 1 : 0

const meanOf = (values: readonly number[]): number => {
  const known = values.filter((value) => !Number.isNaN(value))
  return known.reduce((sum, value) => sum + value, 0) / known.length
}

/** From the first month end on, so that what was there before is not put down to the action. */
const riseOf = ({ first, values }: { first: number; values: readonly number[] }) =>
  meanOf(values) - first

/** Whether both groups were alike in every attribute, and in size at the landmark. */
function isEven(
  panel: CausePanel,
  done: readonly { readonly entryRow: number }[],
  without: readonly { readonly entryRow: number }[],
): boolean {
  const rows = [...done, ...without].map(({ entryRow }) => entryRow)
  const columns = [...panel.traits].flatMap(([key, column]) =>
    Object.values(
      kindsOf(
        key,
        rows.map((row) => column[row] ?? ''),
      ),
    ),
  )
  const size = panel.others.get(sizeKey)
  if (size) columns.push(Float64Array.from(rows, (row) => size[row] ?? Number.NaN))
  return columns.every((column) => {
    const apart = apartBy([...column.slice(0, done.length)], [...column.slice(done.length)])
    return apart === null || Math.abs(apart.by) < evenBelow
  })
}

/**
 * Whether accounts looked otherwise at the month end before the action than the others did at the same
 * age (that at which half of those acted upon had got it): an answer to a risk is no experiment.
 */
function answersToRisk(
  panel: CausePanel,
  newcomers: readonly Newcomer[],
  days: ReadonlyMap<string, number>,
  landmark: number,
): boolean {
  const waitOf = ({ account, since }: Newcomer) => (days.get(account) ?? Infinity) - since
  const waits = newcomers.map(waitOf).filter((wait) => wait <= landmark)
  const usual = waits.sort((a, b) => a - b)[waits.length >> 1] ?? landmark
  const lastBefore = (group: readonly Newcomer[], until: (one: Newcomer) => number) =>
    group.flatMap((one) => one.rows.filter((row) => dayIn(panel, row) < until(one)).slice(-1))
  const isDone = (one: Newcomer) => waitOf(one) <= landmark
  const before = lastBefore(newcomers.filter(isDone), ({ account }) => days.get(account) ?? 0)
  const others = lastBefore(
    newcomers.filter((one) => !isDone(one)),
    ({ since }) => since + usual,
  )
  return [...panel.others.values()].some((column) => {
    const of = (rows: readonly number[]) => rows.map((row) => column[row] ?? Number.NaN)
    const apart = apartBy(of(before), of(others))
    return apart !== null && Math.abs(apart.by) >= evenBelow && apart.p < 0.01
  })
}

const dayIn = (panel: CausePanel, row: number) => epochDay(panel.days[panel.day[row] ?? 0] ?? '')

/** The standardised difference of two groups, missing values left out; null where it has none. */
function apartBy(one: readonly number[], other: readonly number[]) {
  const known = (group: readonly number[]) =>
    sampleOf(group.filter((value) => !Number.isNaN(value)))
  const treated = known(one)
  const control = known(other)
  if (!treated.known || !control.known) return null
  const found = compareMeans({ control: control.value, treated: treated.value })
  const spread = Math.sqrt((treated.value.variance + control.value.variance) / 2)
  return found.known && spread > 0 ? { by: found.value.estimate / spread, p: found.value.p } : null
}

/** Being lost from the landmark on: those acted upon, who come first, against the others. */
function outlook(
  all: readonly (Newcomer & { readonly entry: number })[],
  done: number,
  landmark: number,
  { through }: ActionsQuestion,
  actions: number,
) {
  const end = epochDay(through)
  const spans = all.map(({ since, lost, entry }, i) => {
    const until = lost !== null && lost <= end ? lost : end
    return {
      entry: Math.max(entry - since, landmark),
      time: until - since,
      event: lost !== null && lost <= end ? 1 : 0,
      done: i < done ? 1 : 0,
    }
  })
  const watched = spans.filter(({ entry, time }) => time > entry)
  const lostIn = (flag: number) => watched.filter((s) => s.done === flag && s.event === 1).length
  if (lostIn(1) < fewestLost || lostIn(0) < fewestLost) return null
  const fit = coxRegression(
    {
      time: watched.map(({ time }) => time),
      event: watched.map(({ event }) => event),
      entry: watched.map(({ entry }) => entry),
      covariates: { done: watched.map((span) => span.done) },
    },
    { confidence: 1 - 0.05 / actions },
  )
  const [found] = fit.known ? fit.value.coefficients : []
  if (!found) return null
  return { hazardRatio: found.hazardRatio, low: found.interval.low, high: found.interval.high }
}

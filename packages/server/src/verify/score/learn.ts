import type { LearnedScore } from '@tomoshibi/contract/score'
import { pick } from '@tomoshibi/evidence/columns'
import { type AucComparison, auc, compareAuc } from '@tomoshibi/evidence/discrimination/auc'
import { calibration } from '@tomoshibi/evidence/discrimination/calibration'
import { epochDay } from '@tomoshibi/evidence/epoch-day'
import { averageRanks } from '@tomoshibi/evidence/numeric/order'
import { median } from '@tomoshibi/evidence/quantile'
import { logistic } from '@tomoshibi/evidence/regression/logistic-fit'
import { foldsByGroup } from '@tomoshibi/evidence/score/elastic-net'
import { type PlattCalibration, plattCalibration } from '@tomoshibi/evidence/score/platt'
import { applyScorecard, fitScorecard, type Scorecard } from '@tomoshibi/evidence/score/scorecard'
import { kindsOf } from '../cause/rows.ts'

/** Month ends by accounts, with all that a score may be made of. */
export interface ScorePanel {
  readonly days: readonly string[]
  readonly day: ArrayLike<number>
  readonly account: readonly string[]
  readonly features: ReadonlyMap<string, Float64Array>
  readonly happened: Float64Array
  readonly gaveNotice: ArrayLike<number>
  readonly traits: ReadonlyMap<string, readonly string[]>
}

export interface ScoreQuestion {
  readonly horizonDays: number
  /** A metric to beat beside the best single one. */
  readonly against: string | null
}

export type ScoreFailure =
  | { readonly code: 'too_few_past' | 'too_few_later'; readonly withOutcome: number }
  | { readonly code: 'no_metric' | 'no_fit' }

type Card = LearnedScore['card']
export interface Rival extends Omit<Card['rivals'][number], 'name'> {}

export interface Learned {
  readonly verdict: LearnedScore['verdict']
  readonly failure: ScoreFailure | null
  readonly card: Omit<Card, 'rivals'> & { readonly rivals: readonly Rival[] }
  /** Fitted on all rows, and what makes its log odds right; null unless offered. */
  readonly model: { readonly scorecard: Scorecard; readonly platt: PlattCalibration } | null
  /** The rows that the model was fitted on. */
  readonly rows: readonly number[]
}

/** Each fit sees as many accounts with the outcome; with fewer it would learn the accounts by heart. */
export const fewestAccounts = 20
const folds = 5
/** More metrics than these hardly add anything, and each costs accounts with the outcome. */
const mostMetrics = 15

/**
 * A score from many metrics, chosen out of time: it is fitted on the earlier half of the days and judged on
 * the later one, each account by a model that never saw it. Metrics are chosen, and the best single one
 * named, on the earlier half as well. It is offered only when it surely separates better than that one.
 */
export function learnScore(panel: ScorePanel, question: ScoreQuestion): Learned {
  const { past, later, cut } = halves(panel, question.horizonDays)
  const dayOf = (i: number | undefined) => (i === undefined ? null : (panel.days[i] ?? null))
  const pastDays = past.map((row) => panel.day[row] ?? 0)
  const card = {
    fittedOn: { from: dayOf(pastDays[0]), to: dayOf(pastDays.at(-1)) },
    judgedOn: { from: dayOf(cut), to: later.length === 0 ? null : dayOf(panel.days.length - 1) },
    rows: later.length,
    accounts: new Set(later.map((row) => panel.account[row])).size,
    accountsWithOutcome: withOutcome(panel, later),
    score: null,
    rivals: [],
    calibration: null,
    groups: [],
  }
  const fail = (failure: ScoreFailure): Learned => ({
    verdict: 'cannot_tell',
    failure,
    card,
    model: null,
    rows: [],
  })
  const ofPast = withOutcome(panel, past)
  if (ofPast < fewestAccounts) return fail({ code: 'too_few_past', withOutcome: ofPast })
  if (card.accountsWithOutcome < fewestAccounts) {
    return fail({ code: 'too_few_later', withOutcome: card.accountsWithOutcome })
  }
  const telling = tellingMetrics(panel, past)
  const [best] = telling
  if (best === undefined) return fail({ code: 'no_metric' })

  const logOdds = judgedLogOdds(panel, past, later, telling)
  if (logOdds === null) return fail({ code: 'no_fit' })
  const outcome = pick(panel.happened, later)
  const cluster = later.map((row) => panel.account[row] ?? '')
  const against = question.against === null ? null : signOf(panel, past, question.against)
  // Also the one that turned out best, which nobody could have named before: the harder rival.
  const foremost = foremostOf(panel, past, later, telling, outcome) ?? best
  const all = [best, foremost, ...(against === null ? [] : [against])]
  const rivals = all
    .filter(({ key }, i) => all.findIndex((other) => other.key === key) === i)
    .flatMap((rival) => {
      const found = compareAuc({
        first: logOdds,
        second: singleScore(panel, past, later, rival),
        outcome,
        cluster,
      })
      return found.known ? [{ rival, found: found.value }] : []
    })
  const [first] = rivals
  if (first === undefined) return fail({ code: 'no_fit' })
  const isOffered = rivals.every(({ found }) => isSurelyAbove(found))
  const rows = [...past, ...later, ...between(panel, past, later)]
  const model = isOffered ? finalModel(panel, rows, logOdds, outcome) : null
  return {
    verdict: isOffered && model !== null ? 'offered' : 'not_offered',
    failure: null,
    card: {
      ...card,
      score: areaOf(first.found.first),
      rivals: rivals.map(({ rival, found }) => ({
        metric: rival.key,
        ...areaOf(found.second),
        difference: found.difference,
        differenceLow: found.interval?.low ?? null,
        differenceHigh: found.interval?.high ?? null,
        isBeaten: isSurelyAbove(found),
      })),
      calibration: calibrationOf(logOdds, outcome),
      groups: groupsOf(panel, later, logOdds, first.found.first.value),
    },
    model,
    rows: model === null ? [] : rows,
  }
}

function usableRows({ account, happened, gaveNotice }: ScorePanel): number[] {
  return [...account.keys()].filter((row) => !Number.isNaN(happened[row]) && gaveNotice[row] !== 1)
}

function halves(panel: ScorePanel, horizonDays: number) {
  const all = usableRows(panel)
  // Before anything had happened, only accounts are known that stayed.
  const begins = panel.day[all.find((row) => panel.happened[row] === 1) ?? 0] ?? 0
  const cut = begins + Math.floor((panel.days.length - begins) / 2)
  const starts = epochDay(panel.days[cut] ?? '1970-01-01')
  const usable = all.filter((row) => (panel.day[row] ?? 0) >= begins)
  return {
    cut,
    // Known before the later half begins.
    past: usable.filter((row) => {
      const day = panel.day[row] ?? 0
      return day < cut && epochDay(panel.days[day] ?? '') + horizonDays <= starts
    }),
    later: usable.filter((row) => (panel.day[row] ?? 0) >= cut),
  }
}

/** Rows of the earlier half whose outcome was not known yet when the later one began. */
function between(panel: ScorePanel, past: readonly number[], later: readonly number[]): number[] {
  const taken = new Set([...past, ...later])
  const from = panel.day[past[0] ?? 0] ?? 0
  return usableRows(panel).filter((row) => !taken.has(row) && (panel.day[row] ?? 0) >= from)
}

const withOutcome = ({ account, happened }: ScorePanel, rows: readonly number[]) =>
  new Set(rows.filter((row) => happened[row] === 1).map((row) => account[row])).size

interface Telling {
  readonly key: string
  /** 1 when higher values go before the outcome. */
  readonly sign: 1 | -1
  readonly strength: number
}

/** Rank correlation from which on two metrics are one figure under two names. */
const sameFrom = 0.95

/** The metrics that surely separate, the strongest first, without those that repeat a stronger one. */
function tellingMetrics(panel: ScorePanel, rows: readonly number[]): Telling[] {
  const sure = [...panel.features.keys()]
    .flatMap((key) => signOf(panel, rows, key) ?? [])
    .filter(({ isSure }) => isSure)
    .sort((a, b) => b.strength - a.strength)
  const chosen: Telling[] = []
  for (const one of sure) {
    if (chosen.length === mostMetrics) break
    const repeats = chosen.some(({ key }) => {
      const like = rankCorrelation(panel, rows, key, one.key)
      return like !== null && Math.abs(like) >= sameFrom
    })
    if (!repeats) chosen.push(one)
  }
  return chosen
}

/** Spearman's, on the rows that have both; null where fewer than half have. */
function rankCorrelation(
  panel: ScorePanel,
  rows: readonly number[],
  one: string,
  other: string,
): number | null {
  const [a, b] = [one, other].map((key) => panel.features.get(key) ?? new Float64Array())
  const both = rows.filter((row) => !Number.isNaN(a?.[row]) && !Number.isNaN(b?.[row]))
  if (!a || !b || both.length < rows.length / 2) return null
  const [x, y] = [a, b].map((column) => averageRanks(pick(column, both)))
  const middle = (both.length + 1) / 2
  let products = 0
  let ofX = 0
  let ofY = 0
  for (let i = 0; i < both.length; i++) {
    const dx = (x?.[i] ?? 0) - middle
    const dy = (y?.[i] ?? 0) - middle
    products += dx * dy
    ofX += dx * dx
    ofY += dy * dy
  }
  return ofX > 0 && ofY > 0 ? products / Math.sqrt(ofX * ofY) : null
}

function signOf(
  panel: ScorePanel,
  rows: readonly number[],
  key: string,
): (Telling & { isSure: boolean }) | null {
  const column = panel.features.get(key)
  if (!column) return null
  const there = rows.filter((row) => !Number.isNaN(column[row]))
  // A metric that most accounts lack would be a score of who has it.
  if (there.length < rows.length / 2) return null
  const found = auc({
    score: pick(column, there),
    outcome: pick(panel.happened, there),
    cluster: there.map((row) => panel.account[row] ?? ''),
  })
  if (!found.known || found.value.value === 0.5) return null
  const { value, interval } = found.value
  return {
    key,
    sign: value > 0.5 ? 1 : -1,
    strength: Math.abs(value - 0.5),
    isSure: interval === null || interval.low > 0.5 || interval.high < 0.5,
  }
}

/** The single metric that separates best on the later half, each the way round that the earlier one says. */
function foremostOf(
  panel: ScorePanel,
  past: readonly number[],
  later: readonly number[],
  telling: readonly Telling[],
  outcome: Float64Array,
): Telling | null {
  let foremost: { one: Telling; area: number } | null = null
  for (const one of telling) {
    const found = auc({ score: singleScore(panel, past, later, one), outcome })
    if (!found.known) continue
    if (foremost === null || found.value.value > foremost.area) {
      foremost = { one, area: found.value.value }
    }
  }
  return foremost?.one ?? null
}

/** A metric as a score; where it has no value, its median on the earlier half. */
function singleScore(
  panel: ScorePanel,
  past: readonly number[],
  later: readonly number[],
  { key, sign }: Telling,
): Float64Array {
  const column = panel.features.get(key) ?? new Float64Array()
  const known = past.map((row) => column[row] ?? Number.NaN).filter((v) => !Number.isNaN(v))
  const middle = median(known) ?? 0
  return pick(column, later).map((value) => sign * (Number.isNaN(value) ? middle : value))
}

const columnsOf = (panel: ScorePanel, keys: readonly string[], rows: readonly number[]) =>
  Object.fromEntries(
    keys.map((key) => [key, pick(panel.features.get(key) ?? new Float64Array(), rows)]),
  )

function fitOn(panel: ScorePanel, rows: readonly number[], keys: readonly string[]) {
  return fitScorecard({
    outcome: pick(panel.happened, rows),
    metrics: columnsOf(panel, keys, rows),
    account: rows.map((row) => panel.account[row] ?? ''),
  })
}

/** The log odds of later rows, each by a model of earlier rows of other accounts; null without a model. */
function judgedLogOdds(
  panel: ScorePanel,
  past: readonly number[],
  later: readonly number[],
  telling: readonly Telling[],
): Float64Array | null {
  const keys = telling.map(({ key }) => key)
  const all = [...past, ...later]
  const fold = foldsByGroup(
    all.map((row) => panel.account[row] ?? ''),
    folds,
    1,
  )
  const logOdds = new Float64Array(later.length)
  for (let own = 0; own < folds; own++) {
    const card = fitOn(
      panel,
      past.filter((_, i) => fold[i] !== own),
      keys,
    )
    if (!card.known) return null
    const places = [...later.keys()].filter((i) => fold[past.length + i] === own)
    const rows = places.map((i) => later[i] ?? 0)
    const scored = applyScorecard(card.value, columnsOf(panel, keys, rows))
    for (const [n, place] of places.entries()) logOdds[place] = scored[n]?.logOdds ?? 0
  }
  return logOdds
}

/** Fitted on everything, and calibrated by what the judged predictions turned out to be. */
function finalModel(
  panel: ScorePanel,
  rows: readonly number[],
  logOdds: Float64Array,
  outcome: Float64Array,
): Learned['model'] {
  const keys = tellingMetrics(panel, rows).map(({ key }) => key)
  const scorecard = fitOn(panel, rows, keys)
  const platt = plattCalibration({ score: logOdds, outcome })
  if (!scorecard.known || !platt.known || platt.value.slope <= 0) return null
  return { scorecard: scorecard.value, platt: platt.value }
}

const isSurelyAbove = ({ interval, difference }: AucComparison) =>
  interval === null ? difference > 0 : interval.low > 0

const areaOf = ({ value, interval }: AucComparison['first']) => ({
  auc: value,
  low: interval?.low ?? null,
  high: interval?.high ?? null,
})

function calibrationOf(logOdds: Float64Array, outcome: Float64Array): Card['calibration'] {
  const found = calibration({ probability: logOdds.map(logistic), outcome }, { bins: 10 })
  if (!found.known) return null
  const { slope, intercept, observedToExpected, brier, brierOfBase, bins } = found.value
  return {
    slope: slope.known ? slope.value.estimate : null,
    intercept: intercept.known ? intercept.value.estimate : null,
    observedToExpected,
    brier,
    brierOfBase,
    bins: bins.map(({ n, mean, rate }) => ({
      n,
      events: rate.numerator,
      predicted: mean,
      rate: rate.value ?? 0,
      low: rate.interval?.low ?? 0,
      high: rate.interval?.high ?? 1,
    })),
  }
}

/** Kinds of accounts in which at least ten had the outcome. */
function groupsOf(
  panel: ScorePanel,
  later: readonly number[],
  logOdds: Float64Array,
  overall: number,
): Card['groups'] {
  return [...panel.traits].flatMap(([attribute, column]) => {
    const values = later.map((row) => column[row] ?? '')
    return Object.keys(kindsOf(attribute, values)).flatMap((name) => {
      const kind = name.slice(attribute.length + 1)
      const places = [...later.keys()].filter((i) => values[i] === kind)
      const rows = places.map((i) => later[i] ?? 0)
      const accountsWithOutcome = withOutcome(panel, rows)
      const found = auc({
        score: pick(logOdds, places),
        outcome: pick(panel.happened, rows),
        cluster: rows.map((row) => panel.account[row] ?? ''),
      })
      if (accountsWithOutcome < 10 || !found.known) return []
      const area = areaOf(found.value)
      const isWorse = area.high !== null && area.high < overall
      return [{ attribute, kind, accountsWithOutcome, ...area, isWorse }]
    })
  })
}

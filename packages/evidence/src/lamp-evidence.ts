import { epochDay } from './epoch-day.ts'
import { EvidenceError } from './error.ts'
import { type Proportion, proportion } from './proportion.ts'
import { median } from './quantile.ts'

/** One burning of one lamp for one account. Dates are ISO calendar dates. */
export interface LampEpisode {
  readonly accountId: string
  readonly litOn: string
  /** null while it still burns. */
  readonly clearedOn: string | null
}

/** What the lamp is meant to warn of, such as an account's churn, and the day it happened. */
export interface Outcome {
  readonly accountId: string
  readonly on: string
}

/** A stretch `[from, to)` in which the outcome could have happened; `to` null = it still can. */
export interface AtRisk {
  readonly accountId: string
  readonly from: string
  readonly to: string | null
}

export interface LampEvidenceInput {
  readonly episodes: readonly LampEpisode[]
  readonly outcomes: readonly Outcome[]
  readonly exposure: {
    /** The first day looked at. */
    readonly historyStart: string
    /** The first day not looked at: history is `[historyStart, historyEnd)`. */
    readonly historyEnd: string
    /**
     * When each account was at risk. Without it there is no base rate, and a lighting on an account
     * that was already lost is held against the lamp.
     */
    readonly accounts?: readonly AtRisk[]
  }
  /** Days within which the outcome must follow. Default 90. */
  readonly horizonDays?: number
  /** A warning nearer to the outcome than this comes too late to be one. Default 0. */
  readonly minLeadDays?: number
  /** Fewer judged lightings or outcomes than this are too few to trust. Default 10. */
  readonly minCases?: number
}

/** Why the figures should not be trusted yet. */
export type TooFewReason =
  | 'never_lit'
  | 'horizon_not_passed'
  | 'too_few_lightings'
  | 'no_outcomes'
  | 'too_few_outcomes'

export interface LampEvidence {
  readonly horizonDays: number
  readonly minLeadDays: number
  readonly minCases: number

  /** Lightings in the history = judged + undecided + tooLate + notAtRisk. */
  readonly lit: number
  /** Lightings whose whole horizon lies in the history: only these are judged. */
  readonly judged: number
  /** Lightings whose horizon has not passed. */
  readonly undecided: number
  /** Of the undecided, those that the outcome has followed already. */
  readonly undecidedFollowed: number
  /** Lightings nearer than `minLeadDays` to the outcome: neither right nor wrong, of no use. */
  readonly tooLate: number
  /** Lightings on accounts that were not at risk on that day. */
  readonly notAtRisk: number

  /** Judged lightings that the outcome followed. */
  readonly followed: number
  /** Judged lightings that it did not follow. */
  readonly falseAlarms: number
  /** followed ÷ judged. */
  readonly precision: Proportion

  /** Outcomes in the history. */
  readonly outcomes: number
  /** Outcomes that had a lighting from `horizonDays` to `minLeadDays` before ÷ outcomes. */
  readonly recall: Proportion
  /**
   * Outcomes without such a lighting, on whose account the lamp was burning all the same because
   * it was lit earlier. They are in `recall` as missed.
   */
  readonly burningLonger: number

  /** What the outcome does without any lamp: the precision of a lamp lit on random days. */
  readonly baseRate: BaseRate
  /** precision ÷ base rate; null without either. */
  readonly lift: number | null
  /** Whether the precision's interval lies above or below the base rate, or holds it. */
  readonly against: 'above_base' | 'below_base' | 'not_told_apart' | null

  /** Days from lighting to outcome over the followed ones; null when none was. */
  readonly medianLeadDays: { readonly value: number | null; readonly n: number }

  readonly verdict: 'enough' | 'not_enough_cases'
  /** Empty when the verdict is 'enough'. */
  readonly reasons: readonly TooFewReason[]
}

/**
 * In account-days, so that an account counts for as long as it was at risk. No interval: an
 * account's days are not independent of each other.
 */
export interface BaseRate {
  readonly followedAccountDays: number
  readonly accountDays: number
  readonly value: number | null
}

/**
 * Does this lamp mean what it claims? Precision, recall and lead time of one lamp over a history.
 *
 * A lighting is judged once its whole horizon has passed, also when the outcome came sooner: counting
 * recent successes at once, while recent failures must wait, would flatter every lamp. Each lighting
 * is a claim of its own, so an account may count several times in the precision, and once for each
 * of its outcomes in the recall.
 *
 * @throws EvidenceError when a date is not one, a history ends before it starts, or a number of days
 * or cases is not a whole one.
 */
export function lampEvidence(input: LampEvidenceInput): LampEvidence {
  const question = readQuestion(input)
  const outcomesOf = daysByAccount(
    input.outcomes.map((o) => ({ accountId: o.accountId, day: epochDay(o.on) })),
    question,
  )
  const spansOf = input.exposure.accounts ? spansByAccount(input.exposure.accounts) : null

  const tally = { lit: 0, judged: 0, undecided: 0, undecidedFollowed: 0, tooLate: 0, notAtRisk: 0 }
  const leads: number[] = []
  const useful: Burning[] = []
  for (const episode of readEpisodes(input.episodes)) {
    const { accountId, litOn } = episode
    if (litOn < question.start || litOn >= question.end) continue
    tally.lit += 1
    if (spansOf && !(spansOf.get(accountId) ?? []).some((s) => s.from <= litOn && litOn < s.to)) {
      tally.notAtRisk += 1
      continue
    }
    useful.push(episode)
    const fate = whatFollows(litOn, outcomesOf.get(accountId) ?? [], question)
    if (fate === 'too_late') {
      tally.tooLate += 1
    } else if (litOn + question.horizonDays >= question.end) {
      tally.undecided += 1
      if (fate !== 'nothing') tally.undecidedFollowed += 1
    } else {
      tally.judged += 1
      if (fate !== 'nothing') leads.push(fate.leadDays)
    }
  }

  const outcomes = sum([...outcomesOf.values()].map((days) => days.length))
  const warned = countWarned(useful, outcomesOf, question)
  const precision = proportion(leads.length, tally.judged)
  const baseRate = computeBaseRate(spansOf, outcomesOf, question)
  const reasons = whyTooFew(tally, outcomes, question.minCases)
  return {
    horizonDays: question.horizonDays,
    minLeadDays: question.minLeadDays,
    minCases: question.minCases,
    ...tally,
    followed: leads.length,
    falseAlarms: tally.judged - leads.length,
    precision,
    outcomes,
    recall: proportion(warned.inTime, outcomes),
    burningLonger: warned.burningLonger,
    baseRate,
    lift: precision.value === null || !baseRate.value ? null : precision.value / baseRate.value,
    against: compare(precision, baseRate),
    medianLeadDays: { value: median(leads), n: leads.length },
    verdict: reasons.length === 0 ? 'enough' : 'not_enough_cases',
    reasons,
  }
}

interface Question {
  readonly start: number
  readonly end: number
  readonly horizonDays: number
  readonly minLeadDays: number
  readonly minCases: number
}

interface Span {
  readonly from: number
  readonly to: number
}

interface Burning {
  readonly accountId: string
  readonly litOn: number
  readonly clearedOn: number
}

function readQuestion(input: LampEvidenceInput): Question {
  const question = {
    start: epochDay(input.exposure.historyStart),
    end: epochDay(input.exposure.historyEnd),
    horizonDays: input.horizonDays ?? 90,
    minLeadDays: input.minLeadDays ?? 0,
    minCases: input.minCases ?? 10,
  }
  const { start, end, horizonDays, minLeadDays, minCases } = question
  if (end < start) throw new EvidenceError('The history ends before it starts', { start, end })
  const whole = [horizonDays, minLeadDays, minCases].every((n) => Number.isInteger(n) && n >= 0)
  if (!whole || minLeadDays > horizonDays) {
    throw new EvidenceError('Days and cases must be whole, and the lead within the horizon', {
      horizonDays,
      minLeadDays,
      minCases,
    })
  }
  return question
}

function readEpisodes(episodes: readonly LampEpisode[]): Burning[] {
  return episodes.map((episode) => {
    const litOn = epochDay(episode.litOn)
    const clearedOn = episode.clearedOn === null ? Infinity : epochDay(episode.clearedOn)
    if (clearedOn < litOn) {
      throw new EvidenceError(`Cleared before it was lit: ${episode.litOn}`, { litOn, clearedOn })
    }
    return { accountId: episode.accountId, litOn, clearedOn }
  })
}

/** The outcomes within the history, ascending, each day once per account. */
function daysByAccount(
  items: readonly { accountId: string; day: number }[],
  { start, end }: Question,
): Map<string, number[]> {
  const sets = new Map<string, Set<number>>()
  for (const { accountId, day } of items) {
    if (day < start || day >= end) continue
    const days = sets.get(accountId) ?? new Set()
    sets.set(accountId, days.add(day))
  }
  return new Map([...sets].map(([accountId, days]) => [accountId, [...days].sort((a, b) => a - b)]))
}

function spansByAccount(accounts: readonly AtRisk[]): Map<string, Span[]> {
  const spans = new Map<string, Span[]>()
  for (const { accountId, from, to } of accounts) {
    const list = spans.get(accountId) ?? []
    list.push({ from: epochDay(from), to: to === null ? Infinity : epochDay(to) })
    spans.set(accountId, list)
  }
  return new Map([...spans].map(([accountId, list]) => [accountId, merged(list)]))
}

/** Overlapping spans joined, so that no day counts twice. */
function merged(spans: readonly Span[]): Span[] {
  const joined: Span[] = []
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    if (last && span.from <= last.to) {
      joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, span.to) }
    } else {
      joined.push(span)
    }
  }
  return joined
}

/** What a lamp lit on this day turns out to have announced. `outcomes` ascend. */
function whatFollows(
  day: number,
  outcomes: readonly number[],
  { minLeadDays, horizonDays }: Question,
): 'too_late' | 'nothing' | { leadDays: number } {
  const next = outcomes.find((on) => on >= day)
  if (next === undefined || next > day + horizonDays) return 'nothing'
  return next < day + minLeadDays ? 'too_late' : { leadDays: next - day }
}

function countWarned(
  episodes: readonly Burning[],
  outcomesOf: ReadonlyMap<string, readonly number[]>,
  { minLeadDays, horizonDays }: Question,
): { inTime: number; burningLonger: number } {
  const episodesOf = new Map<string, Burning[]>()
  for (const episode of episodes) {
    const list = episodesOf.get(episode.accountId) ?? []
    list.push(episode)
    episodesOf.set(episode.accountId, list)
  }
  let inTime = 0
  let burningLonger = 0
  for (const [accountId, days] of outcomesOf) {
    const own = episodesOf.get(accountId) ?? []
    for (const on of days) {
      const latest = on - minLeadDays
      if (own.some((e) => e.litOn >= on - horizonDays && e.litOn <= latest)) inTime += 1
      else if (own.some((e) => e.litOn <= latest && e.clearedOn > latest)) burningLonger += 1
    }
  }
  return { inTime, burningLonger }
}

/**
 * The share of account-days from which the outcome follows, with days judged exactly as lightings
 * are. What follows changes on few days only, so whole stretches are judged by their first day.
 */
function computeBaseRate(
  spansOf: ReadonlyMap<string, readonly Span[]> | null,
  outcomesOf: ReadonlyMap<string, readonly number[]>,
  question: Question,
): BaseRate {
  const { start, end, horizonDays, minLeadDays } = question
  let followedAccountDays = 0
  let accountDays = 0
  for (const [accountId, spans] of spansOf ?? []) {
    const outcomes = outcomesOf.get(accountId) ?? []
    const turns = outcomes
      .flatMap((on) => [on - horizonDays, on - minLeadDays + 1, on + 1])
      .sort((a, b) => a - b)
    for (const span of spans) {
      const to = Math.min(span.to, end - horizonDays)
      let day = Math.max(span.from, start)
      while (day < to) {
        const here = day
        const next = Math.min(to, turns.find((turn) => turn > here) ?? to)
        const fate = whatFollows(day, outcomes, question)
        if (fate !== 'too_late') accountDays += next - day
        if (fate !== 'too_late' && fate !== 'nothing') followedAccountDays += next - day
        day = next
      }
    }
  }
  return {
    followedAccountDays,
    accountDays,
    value: accountDays === 0 ? null : followedAccountDays / accountDays,
  }
}

function compare(precision: Proportion, base: BaseRate): LampEvidence['against'] {
  if (precision.interval === null || base.value === null) return null
  if (precision.interval.low > base.value) return 'above_base'
  return precision.interval.high < base.value ? 'below_base' : 'not_told_apart'
}

function whyTooFew(
  tally: { lit: number; judged: number; undecided: number },
  outcomes: number,
  minCases: number,
): TooFewReason[] {
  const reasons: TooFewReason[] = []
  if (tally.lit === 0) reasons.push('never_lit')
  else if (tally.judged === 0 && tally.undecided > 0) reasons.push('horizon_not_passed')
  else if (tally.judged === 0 || tally.judged < minCases) reasons.push('too_few_lightings')
  if (outcomes === 0) reasons.push('no_outcomes')
  else if (outcomes < minCases) reasons.push('too_few_outcomes')
  return reasons
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0)
}

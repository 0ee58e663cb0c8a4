import { addMonths, type Day, isWorkday, mondayOf, nextWorkday } from './calendar.ts'
import {
  type Cause,
  causes,
  commitmentFactor,
  fitProtects,
  habitProtects,
  hazardOf,
  rescueEffect,
  type Trouble,
  trainingEffect,
  troubles,
  useLost,
  weeksOfPatience,
  weeksToFull,
} from './causes.ts'
import { csms } from './names.ts'
import { clamp, type Profile, type Terms } from './profile.ts'
import { exponential, randomStream } from './random.ts'
import type { World } from './world.ts'

/** What is done differently in a world that did not happen. */
export interface Intervention {
  /** Rescue plans left out, by their day; 'all' for none at all. */
  readonly withoutRescue?: Day | 'all'
  readonly trained?: boolean
  /** The weekly-report habit held at this value. */
  readonly habit?: number
}

export interface Week {
  readonly monday: Day
  /** Use as a multiple of what is usual for the account's people. */
  readonly use: number
  /** How firmly the weekly report is a habit, 0 to 1. */
  readonly habit: number
  /** Force of each trouble, 0 to 1. */
  readonly force: Readonly<Record<Trouble, number>>
  /** Weekly hazard of deciding to leave, by cause. */
  readonly hazard: Readonly<Record<Cause, number>>
  /** The CSM has noticed something and hurries to the account. */
  readonly rush: boolean
}

export interface Churn {
  readonly noticeOn: Day
  /** First day without a contract. */
  readonly endsOn: Day
  readonly cause: Cause
}

export interface Life {
  readonly number: number
  readonly terms: Terms
  readonly weeks: readonly Week[]
  readonly churn: Churn | null
  /** Rescue plans that were carried out before the account decided. */
  readonly rescuesOn: readonly Day[]
  readonly trainedOn: Day | null
  /** When champions left; the CSM hears of it some weeks later. */
  readonly championsLeft: readonly { readonly on: Day; readonly knownOn: Day }[]
}

interface Episode {
  since: number
  until: number
  /** What rescue plans have left of it. */
  left: number
}

/** Weeks before the world's start that a story is told, so that it begins in full swing. */
const runUp = 26

/**
 * The hidden story of one contract, from its beginning to the end of the world, week by week. Every
 * week draws the same random numbers whatever has happened, so that the same story with one thing
 * done differently differs by the effect of that thing only.
 *
 * The weeks go on after the account has decided to leave, as if it had not: truth about effects needs
 * them. Those who write what could be seen stop at the notice.
 */
export function live(
  world: World,
  profile: Profile,
  number: number,
  terms: Terms,
  change: Intervention = {},
): Life {
  const key = [world.seed, profile.accountId, 'life', number] as const
  const random = randomStream(...key, 'weeks')
  const firstMonday = mondayOf(Math.max(terms.start, world.start - runUp * 7))
  const decide = decisions(world, terms, key)

  const episodes = new Map<Trouble, Episode>()
  const weeks: Week[] = []
  const rescuesOn: Day[] = []
  const championsLeft: { on: Day; knownOn: Day }[] = []
  const rush = { from: Infinity, until: -Infinity, rescueAt: -1, usual: 0 }
  let use = terms.start < firstMonday ? 1 : 0.1
  let habit = terms.start < firstMonday ? ownHabit(profile, change, true) : 0.05
  let wobble = 0
  let dip = { from: -1, until: -1, depth: 0 }
  let growthFrom = -Infinity
  let trainedOn: Day | null = terms.start < firstMonday ? terms.start + 28 : null
  let churn: Churn | null = null

  for (let t = 0, monday = firstMonday; monday < world.end; t++, monday += 7) {
    const u = Array.from({ length: 20 }, () => random.next())
    const draw = (i: number) => u[i] ?? 0
    const age = Math.floor((monday - terms.start) / 7)

    // Troubles begin and end.
    const begin = (trouble: Trouble, weeksLong: number) => {
      if (!episodes.has(trouble)) episodes.set(trouble, { since: t, until: t + weeksLong, left: 1 })
    }
    if (draw(0) < 0.0042 && age > 4 && !episodes.has('champion_left')) {
      begin('champion_left', 12 + Math.floor(draw(1) * 40))
      const on = nextWorkday(monday + Math.floor(draw(2) * 5))
      championsLeft.push({ on, knownOn: nextWorkday(on + 7 + Math.floor(draw(3) * 35)) })
    }
    if (draw(0) > 1 - 0.0034 && age > 8) begin('missing_feature', 16 + Math.floor(draw(1) * 40))
    if (number === 0 && profile.poorOnboarding && age === 7) {
      begin('poor_onboarding', 20 + Math.floor(draw(4) * 50))
    }
    const weeksPastDiscount = discountEnded(terms, monday)
    if (weeksPastDiscount >= 1 && weeksPastDiscount <= 3) begin('price_shock', 9)
    if (profile.plan === 'flex') {
      if (growthFrom === -Infinity && age > 10 && draw(5) < 0.03) growthFrom = t
      if (t - growthFrom === 11) begin('price_shock', 16)
      if (t - growthFrom > 34) growthFrom = -Infinity
    }
    for (const [trouble, episode] of episodes) {
      if (t >= episode.until) episodes.delete(trouble)
    }
    const force = forces(episodes, t)
    const grievance = forces(episodes, t, weeksOfPatience)

    // The weekly report becomes a habit, or doesn't.
    if (trainedOn === null && age >= 4) trainedOn = monday + 2
    const wanted = ownHabit(profile, change, trainedOn !== null) * (1 - 0.5 * force.champion_left)
    habit = change.habit ?? habit + 0.09 * (wanted - habit)

    // What can be seen: use. Dips and wobbles mean nothing.
    if (t > dip.until && draw(6) < 0.011) {
      dip = { from: t, until: t + 3 + Math.floor(draw(7) * 6), depth: 0.35 + 0.3 * draw(8) }
    }
    wobble = 0.7 * wobble + 0.1 * (draw(9) + draw(10) + draw(11) - 1.5)
    const target =
      (1 + 0.1 * profile.fit) *
      rampUp(profile, number, age) *
      troubles.reduce((product, trouble) => product * (1 - useLost[trouble] * force[trouble]), 1) *
      growth(t - growthFrom) *
      (t >= dip.from && t <= dip.until ? 1 - dip.depth : 1) *
      (1 + wobble)
    use = clamp(use + 0.5 * (target - use), 0.02, 3)

    // The CSM sees a fall, or hears of it, and hurries there; a rescue plan is another matter.
    const seen = championsLeft.some((c) => c.knownOn <= monday && c.knownOn > monday - 28)
    const attentive = { tech: 0.2, low: 0.45, high: 0.65 }[profile.touchModel]
    if (t > rush.until + 9 && (seen || falls(weeks, use)) && draw(12) < attentive) {
      rush.from = t + 1
      rush.usual = meanUse(weeks.slice(-11, -3))
      rush.until = t + 6 + Math.floor(draw(13) * 4)
      const share = csms[profile.csm]?.rescueShare ?? 0
      rush.rescueAt = draw(14) < share ? t + 2 : -1
    }
    // While use stays down, so does the CSM.
    if (t === rush.until && use < 0.8 * rush.usual && t < rush.from + 26) rush.until += 4
    if (t === rush.rescueAt && churn === null) {
      const on = nextWorkday(monday + 1)
      if (change.withoutRescue !== 'all' && change.withoutRescue !== on) {
        rescuesOn.push(on)
        for (const [trouble, episode] of episodes) episode.left *= 1 - rescueEffect[trouble]
      }
    }

    const hazard = hazards(profile, terms, grievance, habit)
    weeks.push({ monday, use, habit, force, hazard, rush: t >= rush.from && t <= rush.until })
    churn ??= decide(weeks, draw(15), draw(16), draw(17), draw(18))
  }
  const trained = (change.trained ?? profile.trained) && number === 0
  return {
    number,
    terms,
    weeks,
    churn,
    rescuesOn: rescuesOn.filter((on) => churn === null || on < churn.noticeOn),
    trainedOn: trained ? trainedOn : null,
    championsLeft,
  }
}

export function totalHazard(week: Week): number {
  return causes.reduce((sum, cause) => sum + week.hazard[cause], 0)
}

function ownHabit(profile: Profile, change: Intervention, trainingIsOver: boolean): number {
  const trained = trainingIsOver && (change.trained ?? profile.trained)
  return clamp(profile.habit + (trained ? trainingEffect : 0), 0, 1)
}

function rampUp(profile: Profile, number: number, age: number): number {
  if (number > 0) return 1
  if (!profile.poorOnboarding) return 1 - 0.85 * Math.exp(-Math.max(0, age) / 4)
  return 1 - 0.9 * Math.exp(-Math.max(0, age) / 9)
}

/** A usage-priced account that has found a use for it: it grows by a tenth a week, then settles. */
function growth(weeksSince: number): number {
  if (weeksSince === Infinity || weeksSince < 0) return 1
  if (weeksSince <= 26) return 1.075 ** Math.min(weeksSince, 14)
  return 1 + (1.075 ** 14 - 1) * Math.max(0, 1 - (weeksSince - 26) / 8)
}

function discountEnded(terms: Terms, monday: Day): number {
  if (terms.discountPercent < 20) return -1
  return Math.floor((monday - addMonths(terms.start, terms.discountMonths)) / 7)
}

function forces(
  episodes: ReadonlyMap<Trouble, Episode>,
  t: number,
  delay?: Readonly<Record<Trouble, number>>,
): Record<Trouble, number> {
  const force = { champion_left: 0, poor_onboarding: 0, missing_feature: 0, price_shock: 0 }
  for (const [trouble, { since, left }] of episodes) {
    const weeks = t - since + 1 - (delay?.[trouble] ?? 0)
    force[trouble] = left * clamp(weeks / weeksToFull[trouble], 0, 1)
  }
  return force
}

function hazards(
  profile: Profile,
  terms: Terms,
  grievance: Readonly<Record<Trouble, number>>,
  habit: number,
): Record<Cause, number> {
  const nature =
    Math.exp(-habitProtects * (habit - 0.45) - fitProtects * profile.fit) *
    (profile.committed ? commitmentFactor : 1)
  return {
    champion_left: hazardOf.champion_left * grievance.champion_left * nature,
    poor_onboarding: hazardOf.poor_onboarding * grievance.poor_onboarding * nature,
    missing_feature: hazardOf.missing_feature * grievance.missing_feature * nature,
    price_shock: hazardOf.price_shock * grievance.price_shock * nature,
    // A contract for a fixed term is wound up at its end, so it never ends suddenly.
    bankrupt: terms.autoRenew ? hazardOf.bankrupt : 0,
    other: hazardOf.other * nature,
  }
}

/** Has use in the last three weeks fallen well below that of the two months before? */
function falls(weeks: readonly Week[], use: number): boolean {
  if (weeks.length < 14) return false
  return (meanUse(weeks.slice(-2)) * 2 + use) / 3 < 0.75 * meanUse(weeks.slice(-11, -3))
}

function meanUse(weeks: readonly Week[]): number {
  return weeks.reduce((sum, week) => sum + week.use, 0) / Math.max(1, weeks.length)
}

/** Decides at the end of a week whether the account gives notice in it. */
type Decide = (weeks: readonly Week[], ...draws: [number, number, number, number]) => Churn | null

/**
 * A monthly contract is left when the hazard added up passes a threshold drawn once (the usual way of
 * drawing from a hazard). A yearly one can be left only at its term's end, and that is decided just
 * before the notice is due, by what the year was like, the last half of it above all.
 */
function decisions(world: World, terms: Terms, key: readonly (string | number)[]): Decide {
  const thresholds = randomStream(...key, 'thresholds')
  const threshold = exponential(thresholds)
  let endured = 0
  let term = 1
  return (weeks, sudden, timing, why, told) => {
    const week = weeks.at(-1)
    if (!week) return null
    const noticeOn = nextWorkday(week.monday + Math.floor(timing * 5))
    if (noticeOn >= world.start && noticeOn > terms.start && sudden < week.hazard.bankrupt) {
      // Later than any change of contract that was agreed before the notice comes into force.
      return { noticeOn, endsOn: noticeOn + 20 + Math.floor(told * 15), cause: 'bankrupt' }
    }
    if (terms.termMonths === 1) {
      if (noticeOn < world.start || noticeOn < terms.start + 40) return null
      endured += totalHazard(week) - week.hazard.bankrupt
      if (endured <= threshold) return null
      return {
        noticeOn,
        endsOn: nextTermEnd(terms, noticeOn + terms.noticeDays),
        cause: causeOf(weeks.slice(-10), why),
      }
    }
    let endsOn = addMonths(terms.start, 12 * term)
    // Terms that ended before the world began were all renewed: the account is here.
    while (endsOn <= world.start) endsOn = addMonths(terms.start, 12 * ++term)
    const dueOn = lastWorkday(endsOn - terms.noticeDays - Math.floor(fraction(term, key) * 12))
    if (dueOn < week.monday || dueOn >= week.monday + 7) return null
    term += 1
    const recent = sumHazard(weeks.slice(-26))
    const earlier = sumHazard(weeks.slice(-52, -26))
    const missing = Math.max(0, 52 - weeks.length) * 0.5 * hazardOf.other
    const leaves =
      1.5 * recent + 0.5 * earlier + missing > exponential(randomStream(...key, 'term', term))
    return leaves ? { noticeOn: dueOn, endsOn, cause: causeOf(weeks.slice(-26), why) } : null
  }
}

function sumHazard(weeks: readonly Week[]): number {
  return weeks.reduce((sum, week) => sum + totalHazard(week) - week.hazard.bankrupt, 0)
}

function fraction(term: number, key: readonly (string | number)[]): number {
  return randomStream(...key, 'due', term).next()
}

/** The first end of a monthly term on or after a day. */
function nextTermEnd(terms: Terms, day: Day): Day {
  let months = 1
  while (addMonths(terms.start, months) < day) months += 1
  return addMonths(terms.start, months)
}

function lastWorkday(day: Day): Day {
  let last = day
  while (!isWorkday(last)) last -= 1
  return last
}

/** The cause, each as likely as its share of the hazard in these weeks. */
function causeOf(weeks: readonly Week[], draw: number): Cause {
  const known = causes.filter((cause) => cause !== 'bankrupt')
  const shares = known.map((cause) => weeks.reduce((sum, week) => sum + week.hazard[cause], 0))
  let left = draw * shares.reduce((sum, share) => sum + share, 0)
  for (const [i, cause] of known.entries()) {
    left -= shares[i] ?? 0
    if (left < 0) return cause
  }
  return 'other'
}

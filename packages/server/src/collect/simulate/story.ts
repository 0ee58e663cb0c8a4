import { addMonths, type Day, firstOfMonth } from './calendar.ts'
import { type Contracts, contractsOf, planOn, seatsOn, weekOf } from './contracts.ts'
import { type Churn, type Intervention, type Life, live, type Week } from './life.ts'
import { type Plan, type Profile, profileOf, type Terms } from './profile.ts'
import { chance, randomStream, whole } from './random.ts'
import type { World } from './world.ts'

/** One stretch under contract, hidden story and contract together. */
export interface Chapter {
  readonly life: Life
  readonly contracts: Contracts
  /** The first day of use: that of the trial, where there was one. */
  readonly from: Day
  /** The first day without contract; the end of the world while there is one. */
  readonly until: Day
}

/** What happened to an account, hidden and seen. Most have one chapter, some come back for a second. */
export interface Story {
  readonly world: World
  readonly profile: Profile
  readonly chapters: readonly Chapter[]
}

export function storyOf(world: World, index: number): Story {
  const profile = profileOf(world, index)
  const first = chapterOf(world, profile, 0, profile.terms)
  const terms = returnOf(world, profile, first.life.churn)
  const second = terms ? [chapterOf(world, profile, 1, terms)] : []
  return { world, profile, chapters: [first, ...second] }
}

/** The churn that the first contract would have seen, had one thing been done differently. */
export function firstChurnUnder(story: Story, change: Intervention): Churn | null {
  return decided(live(story.world, story.profile, 0, story.profile.terms, change), story.world)
}

function chapterOf(world: World, profile: Profile, number: number, terms: Terms): Chapter {
  const lived = live(world, profile, number, terms)
  const life = { ...lived, churn: decided(lived, world) }
  return {
    life,
    contracts: contractsOf(world, profile, life),
    from: Math.max(world.start, terms.start - terms.trialDays),
    until: Math.min(world.end, life.churn?.endsOn ?? world.end),
  }
}

/** A notice that falls into the world's last, unfinished week may come after its end. */
function decided(life: Life, world: World): Churn | null {
  return life.churn && life.churn.noticeOn < world.end ? life.churn : null
}

/** One in eight of those who can comes back, on a first of a month. */
function returnOf(world: World, profile: Profile, churn: Churn | null): Terms | null {
  if (!churn || churn.cause === 'bankrupt') return null
  const random = randomStream(world.seed, profile.accountId, 'return')
  const returns = chance(random, 0.125)
  const start = firstOfMonth(addMonths(churn.endsOn, whole(random, 3, 6)))
  const discounted = chance(random, 0.5)
  if (!returns || start >= world.end) return null
  return {
    start,
    termMonths: 1,
    autoRenew: true,
    noticeDays: 30,
    billing: 'month',
    discountPercent: discounted ? 20 : 0,
    discountMonths: discounted ? 6 : 0,
    trialDays: 0,
  }
}

/** The account on one day under contract, as everything that is seen of it depends on it. */
export interface Today {
  readonly chapter: Chapter
  readonly week: Week
  readonly seats: number
  readonly plan: Plan
  /** Use as a multiple of the usual, falling off once notice was given. */
  readonly use: number
  /** Days since notice was given; null before. */
  readonly daysSinceNotice: number | null
}

/** null on days on which the account has neither trial nor contract. */
export function todayOf(story: Story, day: Day): Today | null {
  const chapter = story.chapters.find(({ from, until }) => from <= day && day < until)
  const week = chapter && weekOf(chapter.life, day)
  if (!chapter || !week) return null
  const churn = chapter.life.churn
  const daysSinceNotice = churn && day >= churn.noticeOn ? day - churn.noticeOn : null
  const winding = daysSinceNotice === null ? 1 : Math.max(0.3, 1 - daysSinceNotice / 45)
  return {
    chapter,
    week,
    seats: seatsOn(chapter.contracts, day),
    plan: planOn(chapter.contracts, story.profile.plan, day),
    use: week.use * winding,
    daysSinceNotice,
  }
}

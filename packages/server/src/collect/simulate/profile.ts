import { addMonths, type Day, firstOfMonth } from './calendar.ts'
import { companyName, csms, type Industry, industryOf } from './names.ts'
import {
  chance,
  normal,
  pick,
  type Random,
  randomStream,
  uniform,
  weighted,
  whole,
} from './random.ts'
import type { World } from './world.ts'

export type Plan = 'starter' | 'pro' | 'enterprise' | 'flex'

/** The list price of one seat for one month in yen. `flex` has no seats: a base fee and use. */
export const seatPrice: Readonly<Record<Plan, number>> = {
  starter: 600,
  pro: 1200,
  enterprise: 2000,
  flex: 0,
}

export interface Terms {
  /** First day of the first paid term. */
  readonly start: Day
  readonly termMonths: 1 | 12
  readonly autoRenew: boolean
  readonly noticeDays: number
  readonly billing: 'month' | 'quarter' | 'year'
  /** Off the list price, and for how many months; 0 = none. */
  readonly discountPercent: number
  readonly discountMonths: number
  /** Days of free trial before `start`. */
  readonly trialDays: number
}

/** Everything about an account that is settled before its story begins, hidden traits included. */
export interface Profile {
  readonly accountId: string
  readonly name: string
  readonly domain: string
  readonly industry: Industry
  readonly region: string
  readonly segment: 'smb' | 'mid' | 'enterprise'
  readonly sizeBand: string
  readonly touchModel: 'tech' | 'low' | 'high'
  readonly csm: number
  readonly plan: Plan
  readonly seats: number
  /** The monthly base fee of `flex` in yen. */
  readonly baseFee: number
  /** Negotiated share of the list price. */
  readonly priceFactor: number
  readonly terms: Terms

  /** Hidden: how well product and customer suit each other; standard normal. */
  readonly fit: number
  /** Hidden: bought for the accounting sync and would stay with or without it. */
  readonly committed: boolean
  /** Hidden: the first weeks go badly. */
  readonly poorOnboarding: boolean
  /** Hidden: how much of a habit the weekly report becomes by itself, 0 to 1. */
  readonly habit: number
  /** Was trained in the weekly report during onboarding; decided by a coin. */
  readonly trained: boolean
}

const regions = ['北海道', '東北', '関東', '関東', '関東', '中部', '関西', '関西', '九州'] as const

/** The account with this number; it depends on the seed, the start of the world and nothing else. */
export function profileOf(world: World, index: number): Profile {
  const accountId = `A${String(index + 1).padStart(4, '0')}`
  const random = randomStream(world.seed, accountId, 'profile')
  const industry = industryOf(index, world.seed)
  const fit = normal(random)
  const segment = weighted(random, [
    ['smb', 58],
    ['mid', 30],
    ['enterprise', 12],
  ])
  const plan = choosePlan(random, segment)
  const seats = chooseSeats(random, segment)
  const touchModel = chooseTouch(random, segment)
  return {
    accountId,
    name: companyName(index, industry),
    domain: `${accountId.toLowerCase()}.example`,
    industry,
    region: pick(random, regions),
    segment,
    sizeBand: {
      smb: '1-50',
      mid: '51-300',
      enterprise: chance(random, 0.7) ? '301-1000' : '1001+',
    }[segment],
    touchModel,
    csm: whole(random, 0, csms.length - 1),
    plan,
    seats,
    baseFee: whole(random, 2, 6) * 10_000,
    priceFactor: segment === 'enterprise' ? uniform(random, 0.85, 1) : 1,
    terms: chooseTerms(random, plan, chooseStart(random, world), world),
    fit,
    committed: chance(random, 0.24),
    poorOnboarding: chance(random, { tech: 0.3, low: 0.24, high: 0.12 }[touchModel]),
    // Only a little of the habit comes from a good fit, so that the two can be told apart.
    habit: clamp(0.3 + 0.06 * fit + 0.16 * normal(random), 0, 1),
    trained: chance(random, 0.5),
  }
}

function choosePlan(random: Random, segment: Profile['segment']): Plan {
  const flexible = chance(random, 0.2)
  const bigger = chance(random, { smb: 0.35, mid: 0.75, enterprise: 0.8 }[segment])
  if (segment === 'enterprise') return bigger ? 'enterprise' : 'pro'
  if (flexible) return 'flex'
  return bigger ? 'pro' : 'starter'
}

function chooseSeats(random: Random, segment: Profile['segment']): number {
  const share = random.next() ** 1.6
  const [least, most] = { smb: [4, 14], mid: [14, 36], enterprise: [36, 80] }[segment]
  return Math.round((least ?? 0) + share * ((most ?? 0) - (least ?? 0)))
}

function chooseTouch(random: Random, segment: Profile['segment']): Profile['touchModel'] {
  const more = chance(random, 0.45)
  if (segment === 'enterprise') return 'high'
  if (segment === 'mid') return more ? 'high' : 'low'
  return more ? 'low' : 'tech'
}

/** Half the accounts were there before the world begins; the others sign in the months of it. */
function chooseStart(random: Random, world: World): Day {
  const isOld = chance(random, 0.5)
  const monthsBefore = whole(random, 1, 36)
  const share = random.next()
  const onTheFirst = chance(random, 0.7)
  if (isOld) return addMonths(firstOfMonth(world.start), -monthsBefore)
  // Signing is spread over whole months, and no contract starts on the 29th or later.
  const months = Math.floor((share * (world.arrivalsUntil - world.start)) / 30.5)
  const first = addMonths(world.start, months)
  return onTheFirst ? first : Math.min(first + whole(random, 1, 27), world.arrivalsUntil - 1)
}

function chooseTerms(random: Random, plan: Plan, start: Day, world: World): Terms {
  const annual = chance(random, { starter: 0.2, pro: 0.45, enterprise: 0.9, flex: 0 }[plan])
  const autoRenew = !annual || chance(random, 0.7)
  const discounted = chance(random, plan === 'flex' ? 0 : 0.22)
  const discountPercent = pick(random, [10, 15, 20, 25, 30])
  const discountMonths = annual ? 12 : pick(random, [6, 12])
  const trials = chance(random, 0.35)
  const trialDays = pick(random, [14, 30])
  const billing = weighted(random, [
    ['year', 60],
    ['month', 25],
    ['quarter', 15],
  ])
  return {
    start,
    termMonths: annual ? 12 : 1,
    autoRenew,
    noticeDays: annual ? pick(random, [60, 90]) : 30,
    billing: annual ? billing : 'month',
    discountPercent: discounted ? discountPercent : 0,
    discountMonths: discounted ? discountMonths : 0,
    trialDays: trials && plan === 'starter' && start - trialDays >= world.start ? trialDays : 0,
  }
}

export function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}

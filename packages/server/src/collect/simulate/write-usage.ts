import {
  at,
  civil,
  type Day,
  firstOfMonth,
  isWorkday,
  seasonOf,
  stamp,
  weekday,
} from './calendar.ts'
import type { Sheets } from './files.ts'
import { isThere, type Person } from './people.ts'
import { chance, type Random, randomStream, whole } from './random.ts'
import { type Story, type Today, todayOf } from './story.ts'

/**
 * The features of the product as usage events. Which of them matters is known here alone: it is the
 * truth that evidence has to find.
 */
export const features = {
  punch_clock: 'plain',
  approve_request: 'plain',
  shift_plan: 'plain',
  export_csv: 'plain',
  api_call: 'metered',
  weekly_report: 'driver',
  accounting_sync: 'marker',
} as const

export type Feature = keyof typeof features

/** Metered calls by the month's first day, of the days on which the plan is usage-priced. */
export type MeteredUse = ReadonlyMap<Day, number>

/**
 * One row per user, feature and day, known when the day is over; a few arrive days late, as from
 * phones that were offline. Days come one after another, so that a longer history begins with the
 * same rows.
 */
export function writeUsage(story: Story, people: readonly Person[], sheets: Sheets): MeteredUse {
  const { world, profile } = story
  const random = randomStream(world.seed, profile.accountId, 'usage')
  const metered = new Map<Day, number>()
  let count = 0
  const write = (day: Day, userId: string, feature: Feature, quantity: number) => {
    count += 1
    const hour = whole(random, 8, 18)
    const occurredAt = at(day, hour, whole(random, 0, 59))
    const isLate = chance(random, 0.015)
    const knownAt = at(day + 1, 0) + (isLate ? at(whole(random, 0, 2), 6) : 0)
    sheets.add('usage_events', knownAt, {
      usage_id: `${profile.accountId}-E${count}`,
      account_id: profile.accountId,
      user_id: userId,
      event: feature,
      occurred_at: stamp(occurredAt),
      quantity,
    })
  }
  for (let day = world.start; day < world.end; day++) {
    const today = todayOf(story, day)
    if (!today) continue
    const season = seasonOf(day)
    for (const person of people) {
      if (person.userId === '' || !isThere(person, day)) continue
      for (const [feature, quantity] of usesOf(random, person, story, today, day, season)) {
        write(day, person.userId, feature, quantity)
      }
    }
    if (today.plan === 'flex' && isWorkday(day)) {
      const noise = 0.85 + 0.3 * random.next()
      const calls = Math.round(profile.baseFee * 0.012 * today.use * noise)
      if (calls > 0) {
        write(day, '', 'api_call', calls)
        const month = firstOfMonth(day)
        metered.set(month, (metered.get(month) ?? 0) + calls)
      }
    }
  }
  return metered
}

function usesOf(
  random: Random,
  person: Person,
  { profile }: Story,
  { use, week }: Today,
  day: Day,
  season: number,
): [Feature, number][] {
  // Where use falls, some come less often and others no more at all.
  const comes = use < person.staysAwayBelow ? 0 : use < 1 ? Math.sqrt(use) : use
  const isActive = random.next() < Math.min(0.97, person.frequency * comes * season)
  const uses: [Feature, number][] = []
  if (isActive) {
    uses.push(['punch_clock', whole(random, 1, 6)])
    if (chance(random, person.manages ? 0.3 : 0.04)) {
      uses.push(['approve_request', whole(random, 1, 5)])
    }
    if (chance(random, 0.07)) uses.push(['shift_plan', whole(random, 1, 3)])
    if (chance(random, 0.03)) uses.push(['export_csv', 1])
  }
  const present = Math.min(1, use) * season
  // Managers read last week's report on Mondays; after a holiday, some do on the day after.
  if (person.manages && weekday(day) === 0 && chance(random, week.habit * present)) {
    uses.push(['weekly_report', whole(random, 1, 3)])
  }
  // Committed buyers use the accounting sync whatever else happens; others hardly try it.
  const isClosing = civil(day).dayOfMonth <= 5
  const syncs = profile.committed ? 0.55 : 0.012
  if (person.administers && isClosing && chance(random, syncs * season)) {
    uses.push(['accounting_sync', whole(random, 1, 4)])
  }
  return uses
}

import { at, type Day, type Minute, nextWorkday, stamp } from './calendar.ts'
import { type Sheets, whenItHappens } from './files.ts'
import { chance, randomStream, uniform } from './random.ts'
import type { Story } from './story.ts'

/** The onboarding programme: its milestones in order, and in how many days each is usually met. */
const programme = [
  { key: 'kickoff', days: 5, required: true, firstValue: false },
  { key: 'people_imported', days: 14, required: true, firstValue: false },
  { key: 'first_punch', days: 20, required: true, firstValue: true },
  { key: 'rules_set_up', days: 38, required: true, firstValue: false },
  { key: 'first_closing', days: 62, required: true, firstValue: false },
  { key: 'accounting_linked', days: 75, required: false, firstValue: false },
] as const

/** One row per milestone from the contract's start on; when it was met becomes known when it is. */
export function writeOnboarding(story: Story, sheets: Sheets): void {
  const { world, profile, chapters } = story
  const [first] = chapters
  if (!first) return
  const random = randomStream(world.seed, profile.accountId, 'onboarding')
  const enteredOn = first.life.terms.start
  const pace = uniform(random, 0.7, 1.15) * (profile.poorOnboarding ? uniform(random, 1.3, 2.6) : 1)
  let isStuck = false
  for (const { key, days, required, firstValue } of programme) {
    const draw = random.next()
    const slip = uniform(random, 0, 6)
    // Where the start goes badly, some never get to the next step at all.
    isStuck ||= profile.poorOnboarding && required && days > 14 && chance(random, 0.16)
    const isMet = required ? !isStuck : draw < (profile.committed ? 0.95 : 0.15)
    const metOn = nextWorkday(enteredOn + Math.round(days * pace + slip))
    const enteredAt = at(enteredOn, 0)
    sheets.add('milestones', enteredAt, {
      milestone_id: `${profile.accountId}-${key}`,
      account_id: profile.accountId,
      programme: 'onboarding',
      milestone: key,
      required,
      first_value: firstValue,
      entered_at: stamp(enteredAt),
      met_at: isMet && isBefore(metOn, story) ? whenItHappens(metAt(metOn)) : null,
    })
  }
}

function metAt(day: Day): Minute {
  return at(day, 16)
}

/** Whoever has left meets no more milestones. */
function isBefore(day: Day, { chapters }: Story): boolean {
  const end = chapters[0]?.life.churn?.endsOn
  return end === undefined || day < end
}

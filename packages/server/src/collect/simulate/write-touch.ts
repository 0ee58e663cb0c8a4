import { at, type Day, type Minute, nextWorkday, stamp } from './calendar.ts'
import type { Sheets } from './files.ts'
import { isThere, type Person } from './people.ts'
import { chance, pick, poisson, type Random, randomStream, whole } from './random.ts'
import { type Story, type Today, todayOf } from './story.ts'
import { ownerOn } from './write-base.ts'

interface Touch {
  readonly kind: 'meeting' | 'call' | 'email'
  readonly direction: 'inbound' | 'outbound' | 'two_way'
  readonly at: Minute
  readonly withDecisionMaker: boolean
  readonly planned: boolean
  readonly subject: string
  readonly sentiment: number | null
}

/** Days between planned contacts, by touch model. */
const rhythm = {
  high: { days: 30, kind: 'meeting', direction: 'two_way' },
  low: { days: 60, kind: 'call', direction: 'two_way' },
  tech: { days: 45, kind: 'email', direction: 'outbound' },
} as const

/**
 * What passes between the CSM and the customer: planned contacts, the customer's own messages, the
 * rush of meetings once a CSM has seen an account at risk, and the plans that really help.
 */
export function writeTouchpoints(story: Story, people: readonly Person[], sheets: Sheets): void {
  const { world, profile } = story
  const random = randomStream(world.seed, profile.accountId, 'touch')
  const owner = ownerOn(story)
  const phase = whole(random, 0, 59)
  let count = 0
  for (let day = world.start; day < world.end; day++) {
    const today = todayOf(story, day)
    if (!today) continue
    const here = people.filter((person) => isThere(person, day))
    for (const touch of touchesOf(random, story, today, day, phase)) {
      count += 1
      const contact = touch.withDecisionMaker ? here[0] : (here[1] ?? here[0])
      // Written down at the day's end.
      sheets.add('touchpoints', Math.max(touch.at, at(Math.floor(touch.at / 1440), 18)), {
        touchpoint_id: `${profile.accountId}-C${String(count).padStart(3, '0')}`,
        account_id: profile.accountId,
        kind: touch.kind,
        direction: touch.direction,
        occurred_at: stamp(touch.at),
        contact_id: contact?.contactId ?? '',
        decision_maker: touch.withDecisionMaker,
        owner: owner(day),
        planned: touch.planned,
        subject: touch.subject,
        sentiment: touch.sentiment,
      })
    }
  }
}

function touchesOf(random: Random, story: Story, today: Today, day: Day, phase: number): Touch[] {
  const { touchModel } = story.profile
  const { chapter, week, daysSinceNotice } = today
  const { life } = chapter
  const touches: Touch[] = []
  const meet = (subject: string, more: Partial<Touch>) => {
    const hour = whole(random, 10, 17)
    touches.push({
      kind: 'meeting',
      direction: 'two_way',
      at: at(nextWorkday(day), hour, pick(random, [0, 30])),
      withDecisionMaker: false,
      planned: true,
      subject,
      sentiment: null,
      ...more,
    })
  }

  const { days, kind, direction } = rhythm[touchModel]
  if ((day + phase) % days === 0 && day > chapter.from + 20 && daysSinceNotice === null) {
    const withDecisionMaker = direction === 'two_way' && chance(random, 0.14)
    const sentiment = direction === 'two_way' ? feeling(random, today) : null
    meet(kind === 'email' ? '活用のご案内' : '定例のご相談', {
      kind,
      direction,
      withDecisionMaker,
      sentiment,
    })
  }
  const messages = poisson(random, 0.006 + 0.028 * Math.min(1.3, today.use))
  for (let n = 0; n < messages; n++) {
    meet('ご質問・ご連絡', { kind: 'email', direction: 'inbound', planned: false })
  }
  // The rush: noticed, so met. Meeting more changes nothing by itself.
  if (week.rush && daysSinceNotice === null && chance(random, 0.22)) {
    meet('今後のご利用についてのご相談', {
      withDecisionMaker: chance(random, 0.85),
      planned: false,
      sentiment: feeling(random, today),
    })
  }
  if (daysSinceNotice !== null && daysSinceNotice < 28 && touchModel !== 'tech') {
    if (chance(random, 0.08)) {
      meet('ご継続のお願い', { withDecisionMaker: true, planned: false })
    }
  }
  if (life.rescuesOn.includes(day)) {
    meet('立て直し計画の実施', { withDecisionMaker: true, planned: false })
  }
  if (life.trainedOn === day) meet('週次レポートの活用研修', {})
  return touches
}

/** The CSM's pulse of the account, 1 to 5: polite company hides most of the trouble. */
function feeling(random: Random, { week }: Today): number {
  const hidden = 0.6 * week.force.champion_left + 0.5 * week.force.poor_onboarding
  const plain = 1.6 * week.force.missing_feature + 1.1 * week.force.price_shock
  const value = 3.6 + 1.4 * random.next() - hidden - plain
  return Math.min(5, Math.max(1, Math.round(value)))
}

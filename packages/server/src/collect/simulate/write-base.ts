import { addMonths, at, civil, type Day, dayOf, isoDate, type Minute, stamp } from './calendar.ts'
import { later, type Sheets, whenItHappens } from './files.ts'
import { csms } from './names.ts'
import type { Person } from './people.ts'
import { chance, randomStream, whole } from './random.ts'
import type { Story } from './story.ts'

/** The account, its plan and owner over time, its people and its contract lines. */
export function writeBase(story: Story, people: readonly Person[], sheets: Sheets): void {
  const { profile } = story
  const accountId = profile.accountId
  const signedUp = signedUpAt(story)
  sheets.add('accounts', signedUp, {
    account_id: accountId,
    name: profile.name,
    plan: profile.plan,
    segment: profile.segment,
    industry: profile.industry.key,
    region: profile.region,
    country: 'JP',
    size_band: profile.sizeBand,
    touch_model: profile.touchModel,
    owner: csms[profile.csm]?.name ?? '',
    signed_up_on: isoDate(Math.floor(signedUp / 1440)),
  })
  for (const change of story.chapters.flatMap((chapter) => chapter.contracts.planChanges)) {
    sheets.add('plan_changes', change.knownAt, {
      account_id: accountId,
      plan: change.plan,
      valid_from: isoDate(change.from),
    })
  }
  for (const change of ownersOf(story)) {
    sheets.add('owner_changes', change.knownAt, {
      account_id: accountId,
      owner: change.owner,
      valid_from: isoDate(change.from),
    })
  }
  for (const person of people) writePerson(accountId, person, sheets)
  writeLines(story, sheets)
}

/** When the account first became known: with its trial or its signature. */
export function signedUpAt(story: Story): Minute {
  const known = story.chapters.flatMap((c) => c.contracts.lines.map((line) => line.knownAt))
  return Math.min(...known)
}

interface OwnerChange {
  readonly owner: string
  readonly from: Day
  readonly knownAt: Minute
}

/** Each April and October, some accounts pass to another CSM. */
function ownersOf({ world, profile, chapters }: Story): OwnerChange[] {
  const random = randomStream(world.seed, profile.accountId, 'owners')
  const changes: OwnerChange[] = []
  const begin = chapters[0]?.life.terms.start ?? world.end
  const { year, month } = civil(world.start)
  for (
    let from = dayOf(year, month <= 4 ? 4 : 10, 1);
    from < world.end;
    from = addMonths(from, 6)
  ) {
    const passes = chance(random, 0.05)
    const step = whole(random, 1, csms.length - 1)
    const owner = csms[(profile.csm + step) % csms.length]?.name
    if (!passes || !owner || from <= Math.max(begin, world.start)) continue
    changes.push({ owner, from, knownAt: at(from - 10, 11) })
  }
  return changes
}

/** The name of the CSM who looks after the account on a day. */
export function ownerOn(story: Story): (day: Day) => string {
  const changes = ownersOf(story)
  const first = csms[story.profile.csm]?.name ?? ''
  return (day) => changes.findLast((change) => change.from <= day)?.owner ?? first
}

function writePerson(accountId: string, person: Person, sheets: Sheets): void {
  sheets.add('contacts', person.knownAt, {
    contact_id: person.contactId,
    account_id: accountId,
    name: person.name,
    email: person.email,
    role: person.role,
    decision_maker: person.decisionMaker,
    user_id: person.userId,
    invited_at: person.invitedAt === null ? null : stamp(person.invitedAt),
    left_on: person.left && later(isoDate(person.left.on), person.left.knownAt),
    left_known_at: person.left && whenItHappens(person.left.knownAt),
  })
}

function writeLines({ profile, chapters }: Story, sheets: Sheets): void {
  const lines = chapters.flatMap((chapter) => chapter.contracts.lines)
  for (const [i, line] of lines.entries()) {
    sheets.add('contract_lines', line.knownAt, {
      line_id: `${profile.accountId}-L${String(i + 1).padStart(2, '0')}`,
      account_id: profile.accountId,
      product: line.product,
      plan: line.plan,
      quantity: line.quantity,
      amount: line.amount,
      discount_percent: line.discountPercent,
      discount_until: line.discountUntil === null ? null : isoDate(line.discountUntil),
      currency: 'JPY',
      billing_months: line.billingMonths,
      effective_from: isoDate(line.from),
      effective_to: line.to && later(isoDate(line.to.on), line.to.knownAt),
      end_known_at: line.to && whenItHappens(line.to.knownAt),
      auto_renew: line.autoRenew,
      notice_days: line.noticeDays,
      term_months: line.termMonths,
      cancelled_at: line.cancelledAt === null ? null : whenItHappens(line.cancelledAt),
      state: line.state,
    })
  }
}

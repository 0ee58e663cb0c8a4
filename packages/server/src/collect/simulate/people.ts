import { at, type Day, dayOfMinute, type Minute, nextWorkday } from './calendar.ts'
import { personName } from './names.ts'
import { clamp } from './profile.ts'
import { randomStream, uniform, weighted, whole } from './random.ts'
import { type Story, todayOf } from './story.ts'

export interface Person {
  readonly contactId: string
  readonly name: string
  readonly email: string
  readonly role: string
  readonly decisionMaker: boolean
  /** Empty for someone who does not use the product. */
  readonly userId: string
  readonly knownAt: Minute
  readonly invitedAt: Minute | null
  readonly left: { readonly on: Day; readonly knownAt: Minute } | null

  /** Hidden: share of workdays on which the person would use the product. */
  readonly frequency: number
  /** Hidden: stays away while the account's use is below this multiple of the usual. */
  readonly staysAwayBelow: number
  /** Reads the weekly report, where that is a habit. */
  readonly manages: boolean
  /** Does the monthly accounting. */
  readonly administers: boolean
}

/**
 * The people of an account in the order in which they came: one who decides, a champion, and users
 * for about the seats there are. More are invited when there are more seats.
 */
export function peopleOf(story: Story): Person[] {
  const { profile, world, chapters } = story
  const [first] = chapters
  if (!first) return []
  const begin = first.life.terms.start - first.life.terms.trialDays
  const left = first.life.championsLeft[0]
  const people = [decisionMaker(story, begin)]

  const add = (invitedOn: Day) => {
    const number = people.length + 1
    const random = randomStream(world.seed, profile.accountId, 'person', number)
    const isChampion = number === 2
    const invitedAt = at(nextWorkday(invitedOn), whole(random, 9, 17), whole(random, 0, 59))
    const { full, mailbox } = personName(random)
    const kind = weighted(random, [
      ['daily', 25],
      ['weekly', 45],
      ['seldom', 30],
    ])
    const [least, most] = { daily: [0.4, 0.75], weekly: [0.12, 0.3], seldom: [0.03, 0.09] }[kind]
    const manages = random.next() < 0.25
    const leaves = isChampion && left
    people.push({
      contactId: `${profile.accountId}-P${String(number).padStart(3, '0')}`,
      name: full,
      email: `${mailbox}${number}@${profile.domain}`,
      role: isChampion ? '推進担当' : manages ? 'マネージャー' : '一般',
      decisionMaker: false,
      userId: `${profile.accountId}-U${String(number).padStart(3, '0')}`,
      knownAt: invitedAt,
      invitedAt,
      left: leaves ? { on: left.on, knownAt: at(left.knownOn, 17) } : null,
      frequency: isChampion ? 0.75 : uniform(random, least ?? 0, most ?? 0),
      staysAwayBelow: 0.92 * random.next(),
      manages: isChampion || manages,
      administers: isChampion || number === 3,
    })
  }

  const random = randomStream(world.seed, profile.accountId, 'invitations')
  const share = clamp(0.88 + 0.06 * profile.fit, 0.6, 1.05)
  const wantedAtFirst = Math.max(2, Math.round(first.contracts.seats[0]?.seats ?? 0) * share)
  add(begin)
  for (let n = 1; n < wantedAtFirst; n++) {
    // Six of ten are invited in the first days, the others over two months.
    add(begin + (n < wantedAtFirst * 0.6 ? whole(random, 0, 8) : whole(random, 9, 60)))
  }
  for (const change of chapters.flatMap((chapter) => chapter.contracts.seats)) {
    if (change.from <= begin || change.from >= world.end) continue
    if (todayOf(story, Math.max(change.from, world.start)) === null) continue
    while (people.length - 1 < change.seats * share) add(change.from + whole(random, 0, 20))
  }
  return people
}

function decisionMaker({ world, profile }: Story, begin: Day): Person {
  const random = randomStream(world.seed, profile.accountId, 'person', 1)
  const { full, mailbox } = personName(random)
  return {
    contactId: `${profile.accountId}-P001`,
    name: full,
    email: `${mailbox}@${profile.domain}`,
    role: profile.segment === 'smb' ? '代表取締役' : '管理部長',
    decisionMaker: true,
    userId: '',
    knownAt: at(nextWorkday(begin - 7), 13),
    invitedAt: null,
    left: null,
    frequency: 0,
    staysAwayBelow: 0,
    manages: false,
    administers: false,
  }
}

/** Is the person there, invited, and not gone? */
export function isThere(person: Person, day: Day): boolean {
  if (person.left && person.left.on <= day) return false
  return dayOfMinute(person.invitedAt ?? person.knownAt) <= day
}

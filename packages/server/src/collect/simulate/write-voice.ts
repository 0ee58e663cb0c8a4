import { at, type Day, dayOfMinute, type Minute, nextWorkday, stamp } from './calendar.ts'
import { later, type Sheets, whenItHappens } from './files.ts'
import { isThere, type Person } from './people.ts'
import { clamp, type Profile } from './profile.ts'
import { chance, exponential, normal, pick, poisson, randomStream, whole } from './random.ts'
import { type Story, type Today, todayOf } from './story.ts'

/** Days between two waves of the NPS survey. */
const waveDays = 119

/** Surveys and tickets, week by week. */
export function writeVoice(story: Story, people: readonly Person[], sheets: Sheets): void {
  const { world, profile } = story
  const random = randomStream(world.seed, profile.accountId, 'voice')
  const phase = whole(random, 0, waveDays - 1)
  const answers = new Numbers(profile.accountId, 'S')
  const tickets = new Numbers(profile.accountId, 'T')
  for (let day = world.start; day < world.end; day++) {
    const today = todayOf(story, day)
    if (!today || day < today.chapter.from + 1) continue
    const here = people.filter((person) => isThere(person, day))
    if ((day - world.start) % waveDays === phase && day > today.chapter.from + 45) {
      writeWave(story, today, here, nextWorkday(day), answers, sheets)
    }
    const count = poisson(random, ticketsPerDay(profile, today, day))
    for (let n = 0; n < count; n++) writeTicket(story, today, here, day, tickets, answers, sheets)
  }
}

/** Ids in turn: `A0001-T001`, `A0001-T002`, … */
class Numbers {
  readonly #prefix: string
  #last = 0

  constructor(accountId: string, letter: string) {
    this.#prefix = `${accountId}-${letter}`
  }

  next(): string {
    this.#last += 1
    return `${this.#prefix}${String(this.#last).padStart(3, '0')}`
  }
}

function writeWave(
  story: Story,
  today: Today,
  here: readonly Person[],
  day: Day,
  ids: Numbers,
  sheets: Sheets,
): void {
  const { profile } = story
  const askedUsers = here.slice(1, 1 + Math.min(8, Math.ceil(here.length * 0.4)))
  const asked = here[0]?.decisionMaker ? [here[0], ...askedUsers] : askedUsers
  for (const person of asked) {
    const answerId = ids.next()
    const random = randomStream(story.world.seed, answerId)
    const deliveredAt = at(day, 10)
    // The dissatisfied fall silent rather than complain, above all when they use it no more.
    const answers = chance(random, 0.16 + 0.26 * Math.min(1, today.use))
    const answeredAt = deliveredAt + 5 + Math.floor(exponential(random) * 2 * 1440)
    const score = npsScore(profile, today, normal(random))
    sheets.add('survey_answers', deliveredAt, {
      answer_id: answerId,
      account_id: profile.accountId,
      kind: 'nps',
      respondent_id: person.contactId,
      delivered_at: stamp(deliveredAt),
      score: answers ? later(score, answeredAt) : null,
      comment: answers ? later(commentFor(score, random.next()), answeredAt) : null,
      answered_at: answers ? whenItHappens(answeredAt) : null,
    })
  }
}

/**
 * Answers stay polite while use dies: neither a lost champion nor a bad start shows in them. Only a
 * feature that is missed and a bill that shocks are complained of.
 */
function npsScore(profile: Profile, { week }: Today, noise: number): number {
  const grievance = 3.4 * week.force.missing_feature + 1.2 * week.force.price_shock
  return clamp(Math.round(8.1 + 0.6 * profile.fit + 1.1 * noise - grievance), 0, 10)
}

function commentFor(score: number, draw: number): string {
  if (draw < 0.55) return ''
  if (score >= 9) return 'とても助かっています。'
  if (score >= 7) return 'おおむね満足しています。'
  return draw < 0.8 ? '必要な機能が足りません。' : '料金に見合っていないと感じます。'
}

function ticketsPerDay(profile: Profile, today: Today, day: Day): number {
  const { week, chapter, use } = today
  const age = day - chapter.life.terms.start
  const size = Math.sqrt(today.seats)
  const starting = age >= 0 && age < 60 ? 0.012 : 0
  const stuck = 0.012 * week.force.poor_onboarding + 0.016 * week.force.missing_feature
  const bills = profile.plan === 'flex' ? 0.01 * week.force.price_shock : 0
  return size * (0.0035 * Math.min(1.3, use) + starting + stuck + bills)
}

const subjects = {
  how_to: ['設定方法について', 'シフト表の作り方', '権限の変更方法', '集計の見方'],
  incident: ['打刻できない', '画面が表示されない', '集計が合わない'],
  request: ['機能追加の要望', '変形労働時間制への対応', '他システムとの連携要望'],
  billing: ['請求内容の確認', '料金プランについて'],
} as const

function writeTicket(
  story: Story,
  today: Today,
  here: readonly Person[],
  day: Day,
  ids: Numbers,
  answerIds: Numbers,
  sheets: Sheets,
): void {
  const { profile } = story
  const ticketId = ids.next()
  const random = randomStream(story.world.seed, ticketId)
  const { week } = today
  const draw = random.next()
  const kind =
    draw < 0.7 * week.force.missing_feature
      ? 'request'
      : draw < 0.6 * week.force.price_shock
        ? 'billing'
        : pick(random, ['how_to', 'how_to', 'how_to', 'incident', 'request', 'billing'])
  const openedAt = at(nextWorkday(day), whole(random, 9, 17), whole(random, 0, 59))
  const isUrgent = kind === 'incident' && chance(random, 0.4)
  const answeredAfter = Math.ceil(exponential(random) * (isUrgent ? 60 : 240)) + 10
  const solvedAfter = answeredAfter + Math.ceil(exponential(random) * daysToSolve[kind] * 1440)
  const contact = here[Math.floor(random.next() * here.length)]
  sheets.add('tickets', openedAt, {
    ticket_id: ticketId,
    account_id: profile.accountId,
    contact_id: contact?.contactId ?? '',
    kind,
    priority: isUrgent ? 'high' : kind === 'incident' ? 'normal' : 'low',
    subject: pick(random, subjects[kind]),
    opened_at: stamp(openedAt),
    first_response_at: whenItHappens(openedAt + answeredAfter),
    resolved_at: whenItHappens(openedAt + solvedAfter),
  })
  writeCsat(story, ticketId, openedAt + solvedAfter, solvedAfter, contact, answerIds, sheets)
}

const daysToSolve = { how_to: 0.6, incident: 1.2, request: 6, billing: 1 } as const

function writeCsat(
  { world, profile }: Story,
  ticketId: string,
  resolvedAt: Minute,
  solvedAfter: number,
  contact: Person | undefined,
  ids: Numbers,
  sheets: Sheets,
): void {
  const answerId = ids.next()
  const random = randomStream(world.seed, ticketId, 'csat')
  const answers = chance(random, 0.38)
  const deliveredAt = resolvedAt + 60
  const answeredAt = deliveredAt + 3 + Math.floor(exponential(random) * 1440)
  const slow = Math.min(1.5, dayOfMinute(solvedAfter) * 0.12)
  const score = clamp(Math.round(4.5 + 0.6 * normal(random) - slow), 1, 5)
  sheets.add('survey_answers', deliveredAt, {
    answer_id: answerId,
    account_id: profile.accountId,
    kind: 'csat',
    respondent_id: contact?.contactId ?? '',
    delivered_at: stamp(deliveredAt),
    score: answers ? later(score, answeredAt) : null,
    comment: null,
    answered_at: answers ? whenItHappens(answeredAt) : null,
  })
}

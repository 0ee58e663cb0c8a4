import { addMonths, at, type Day, type Minute, nextWorkday } from './calendar.ts'
import { troubles } from './causes.ts'
import type { Life, Week } from './life.ts'
import { type Plan, type Profile, seatPrice, type Terms } from './profile.ts'
import { randomStream, whole } from './random.ts'
import type { World } from './world.ts'

export const mainProduct = 'Tsumugi 勤怠'
export const secondProduct = 'Tsumugi 経費'

/** The list price of one seat of the second product for one month in yen. */
const secondSeatPrice = 400

/** From a year of `World` on, the list prices are this much higher for monthly contracts. */
const priceRise = 1.05

export interface Line {
  readonly product: string
  readonly plan: Plan
  readonly quantity: number | null
  /** Yen for one billing period, before discount. */
  readonly amount: number
  readonly discountPercent: number
  readonly discountUntil: Day | null
  readonly billingMonths: 1 | 3 | 12
  readonly from: Day
  readonly knownAt: Minute
  /** When it ends, and since when that is known. */
  readonly to: { readonly on: Day; readonly knownAt: Minute } | null
  readonly cancelledAt: Minute | null
  readonly autoRenew: boolean
  readonly noticeDays: number
  readonly termMonths: number
  readonly state: 'trial' | 'active'
}

export interface Contracts {
  /** In the order in which they became known. */
  readonly lines: readonly Line[]
  /** Seats of the main product from a day on, ascending; a usage-priced account counts its people. */
  readonly seats: readonly { readonly from: Day; readonly seats: number }[]
  readonly planChanges: readonly {
    readonly plan: Plan
    readonly from: Day
    readonly knownAt: Minute
  }[]
}

/** What the customer pays for at one time. */
interface Scope {
  readonly plan: Plan
  readonly seats: number
  readonly secondSeats: number
  readonly priceFactor: number
}

/** A line still being written. */
type Draft = { -readonly [K in keyof Line]: Line[K] }

/**
 * The contract lines of one life. A line never changes but in its end: another price, plan or number
 * of seats is another line. Monthly contracts change at any term's end. Yearly ones that renew by
 * themselves may also grow within a term, by a line for the rest of it, and go on as the same line
 * when nothing has changed; those for a fixed term keep their seats and get a new line each term.
 */
export function contractsOf(world: World, profile: Profile, life: Life): Contracts {
  const { terms } = life
  const random = randomStream(world.seed, profile.accountId, 'contract', life.number)
  const ledger = new Ledger(profile, terms)
  let scope: Scope = {
    plan: profile.plan,
    seats: life.number === 0 ? profile.seats : Math.max(2, Math.ceil(profile.seats * 0.7)),
    secondSeats: 0,
    priceFactor: profile.priceFactor,
  }
  const signedAt = at(nextWorkday(terms.start - whole(random, 8, 24)), whole(random, 10, 17))
  ledger.sign(scope, terms.start, signedAt)
  if (terms.trialDays > 0) ledger.trial(scope, terms.start - terms.trialDays)

  for (let month = 1; ; month++) {
    const boundary = addMonths(terms.start, month)
    const draws = Array.from({ length: 8 }, () => random.next())
    const decidedOn = nextWorkday(boundary - 18)
    const { churn } = life
    if (decidedOn >= world.end || (churn !== null && boundary >= churn.endsOn)) break
    const isTermEnd = month % terms.termMonths === 0
    // A customer who has given notice buys nothing more. Before the world began nothing changed.
    const week = weekOf(life, decidedOn)
    const settled =
      boundary <= world.start ||
      decidedOn < world.start - 30 ||
      week === null ||
      (churn !== null && decidedOn >= churn.noticeOn)
    const wanted = settled ? scope : nextScope(scope, week, isTermEnd, terms, draws)
    const raised = settled ? wanted : withPriceRise(wanted, world, boundary, terms)
    if (isTermEnd) {
      ledger.renew(scope, raised, boundary, at(decidedOn, 15), draws)
    } else if (raised !== scope) {
      ledger.add(scope, raised, boundary, at(decidedOn, 15), terms.termMonths - (month % 12))
    }
    scope = raised
  }
  if (life.churn) {
    const told = randomStream(world.seed, profile.accountId, 'told', life.number).next()
    ledger.end(life.churn.endsOn, at(life.churn.noticeOn, 14), told)
  }
  return ledger.contracts()
}

/** The hidden state in the week that holds a day. */
export function weekOf(life: Life, day: Day): Week | null {
  const first = life.weeks[0]
  if (!first) return null
  return life.weeks[Math.floor((day - first.monday) / 7)] ?? null
}

function nextScope(
  scope: Scope,
  week: Week,
  isTermEnd: boolean,
  terms: Terms,
  draws: readonly number[],
): Scope {
  const [grow = 1, growBy = 0, shrink = 1, shrinkBy = 0, upgrade = 1, second = 1] = draws
  const trouble = Math.max(...troubles.map((name) => week.force[name]))
  // At a yearly term's end a whole year's wish to change comes together.
  const readiness = isTermEnd && terms.termMonths === 12 ? 5 : 1
  const content = trouble < 0.3
  let { plan, seats, secondSeats } = scope
  const canGrow = content && (isTermEnd || terms.autoRenew)
  if (canGrow && grow < 0.028 * Math.min(1.4, week.use) * readiness) {
    seats += Math.max(1, Math.round(seats * (0.08 + 0.27 * growBy)))
  } else if (isTermEnd && shrink < (0.005 + 0.035 * trouble) * readiness) {
    seats = Math.max(2, Math.round(seats * (0.9 - 0.3 * shrinkBy)))
  }
  if (isTermEnd && plan === 'flex' && week.force.price_shock > 0 && upgrade < 0.2) {
    plan = 'pro' // Seats instead of metered use: the bill can be foreseen.
  } else if (isTermEnd && content && upgrade < 0.012 * readiness) {
    plan = plan === 'starter' ? 'pro' : plan === 'pro' ? 'enterprise' : plan
  }
  if (content && secondSeats === 0 && plan !== 'flex' && second < 0.01) secondSeats = seats
  const same = plan === scope.plan && seats === scope.seats && secondSeats === scope.secondSeats
  return same ? scope : { ...scope, plan, seats, secondSeats }
}

function withPriceRise(scope: Scope, world: World, boundary: Day, terms: Terms): Scope {
  const from = addMonths(world.start, 11)
  const isDue = boundary >= from && terms.start < from && scope.priceFactor === 1
  if (!isDue || terms.termMonths === 12 || scope.plan === 'flex') return scope
  return { ...scope, priceFactor: priceRise }
}

class Ledger {
  readonly #profile: Profile
  readonly #terms: Terms
  readonly #lines: Draft[] = []
  readonly #seats: { from: Day; seats: number }[] = []
  readonly #planChanges: { plan: Plan; from: Day; knownAt: Minute }[] = []

  constructor(profile: Profile, terms: Terms) {
    this.#profile = profile
    this.#terms = terms
  }

  /** The contract's first lines. */
  sign(scope: Scope, from: Day, knownAt: Minute): void {
    this.#lines.push(this.#line(scope.seats, scope, from, knownAt))
    this.#seats.push({ from, seats: scope.seats })
  }

  trial(scope: Scope, from: Day): void {
    const [first] = this.#lines
    if (!first) return
    const knownAt = at(from, 9)
    first.knownAt = Math.max(first.knownAt, knownAt)
    this.#lines.unshift({
      ...first,
      amount: 0,
      discountPercent: 0,
      discountUntil: null,
      from,
      knownAt,
      to: { on: first.from, knownAt },
      autoRenew: false,
      noticeDays: 0,
      state: 'trial',
    })
    this.#seats.unshift({ from, seats: scope.seats })
  }

  /** A term ends and another begins. */
  renew(before: Scope, after: Scope, on: Day, decidedAt: Minute, draws: readonly number[]): void {
    const open = this.#openAt(on)
    const addedTo = open.some((line) => line.termMonths < this.#terms.termMonths)
    if (this.#terms.autoRenew && before === after && !addedTo) return
    // Some customers sign late; until then nobody knows that they will.
    const late = draws[6] !== undefined && draws[6] < 0.2
    const days = Math.ceil(10 * (draws[7] ?? 0))
    const signedOn = nextWorkday(late ? on + days : on - 17 + days)
    const knownAt = this.#terms.autoRenew ? decidedAt : at(signedOn, 16)
    for (const line of open) line.to ??= { on, knownAt }
    this.#lines.push(this.#line(after.seats, after, on, knownAt))
    if (after.secondSeats > 0) this.#lines.push(this.#secondLine(after, on, knownAt))
    if (before.seats !== after.seats) this.#seats.push({ from: on, seats: after.seats })
    if (before.plan !== after.plan) {
      this.#planChanges.push({ plan: after.plan, from: on, knownAt })
    }
  }

  /**
   * More seats or another product within a yearly term, until the term ends. Seats come as another
   * line instead of the one before, so that no two lines are for the same thing.
   */
  add(before: Scope, after: Scope, from: Day, knownAt: Minute, months: number): void {
    const to = this.#terms.autoRenew ? null : { on: addMonths(from, months), knownAt }
    if (after.seats !== before.seats) {
      for (const line of this.#openAt(from)) {
        if (line.product === mainProduct) line.to ??= { on: from, knownAt }
      }
      const line = this.#line(after.seats, after, from, knownAt)
      this.#lines.push({ ...line, to, termMonths: months })
      this.#seats.push({ from, seats: after.seats })
    }
    if (before.secondSeats === 0 && after.secondSeats > 0) {
      this.#lines.push({ ...this.#secondLine(after, from, knownAt), to, termMonths: months })
    }
  }

  /** The customer leaves: every line that is not over by then ends. */
  end(on: Day, noticeAt: Minute, draw: number): void {
    // Of those who just let a fixed term run out, not everyone says so before.
    const isTold = this.#terms.autoRenew || draw < 0.7
    for (const line of this.#lines) {
      if (line.to !== null && line.to.on < on) continue
      if (line.from >= on || line.state === 'trial') continue
      line.to ??= { on, knownAt: noticeAt }
      if (isTold) line.cancelledAt = noticeAt
    }
  }

  contracts(): Contracts {
    return { lines: this.#lines, seats: this.#seats, planChanges: this.#planChanges }
  }

  #openAt(on: Day): Draft[] {
    return this.#lines.filter((line) => line.from < on && (line.to === null || line.to.on >= on))
  }

  #line(seats: number, scope: Scope, from: Day, knownAt: Minute): Draft {
    const perMonth =
      scope.plan === 'flex'
        ? this.#profile.baseFee
        : Math.round((seats * seatPrice[scope.plan] * scope.priceFactor) / 10) * 10
    return this.#draft(mainProduct, scope.plan, scope.plan === 'flex' ? null : seats, perMonth, {
      from,
      knownAt,
    })
  }

  #secondLine(scope: Scope, from: Day, knownAt: Minute): Draft {
    const perMonth = scope.secondSeats * secondSeatPrice
    return this.#draft(secondProduct, scope.plan, scope.secondSeats, perMonth, { from, knownAt })
  }

  #draft(
    product: string,
    plan: Plan,
    quantity: number | null,
    perMonth: number,
    since: { from: Day; knownAt: Minute },
  ): Draft {
    const { termMonths, autoRenew, noticeDays, billing } = this.#terms
    const billingMonths = ({ month: 1, quarter: 3, year: 12 } as const)[billing]
    const discountEnds = addMonths(this.#terms.start, this.#terms.discountMonths)
    const isDiscounted = this.#terms.discountPercent > 0 && since.from < discountEnds
    // A year paid at once costs 10.8 months.
    const months = billingMonths === 12 ? 10.8 : billingMonths
    return {
      product,
      plan,
      quantity,
      amount: Math.round(perMonth * months),
      discountPercent: isDiscounted ? this.#terms.discountPercent : 0,
      discountUntil: isDiscounted ? discountEnds : null,
      billingMonths,
      ...since,
      to: autoRenew ? null : { on: addMonths(since.from, termMonths), knownAt: since.knownAt },
      cancelledAt: null,
      autoRenew,
      noticeDays,
      termMonths,
      state: 'active',
    }
  }
}

/** The seats of the main product on a day; 0 before the first. */
export function seatsOn(contracts: Contracts, day: Day): number {
  let seats = 0
  for (const change of contracts.seats) if (change.from <= day) seats = change.seats
  return seats
}

/** The plan on a day. */
export function planOn(contracts: Contracts, first: Plan, day: Day): Plan {
  let plan = first
  for (const change of contracts.planChanges) if (change.from <= day) plan = change.plan
  return plan
}

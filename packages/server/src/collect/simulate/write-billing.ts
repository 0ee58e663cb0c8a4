import {
  addMonths,
  at,
  type Day,
  firstOfMonth,
  isoDate,
  minutesPerDay,
  nextWorkday,
  stamp,
} from './calendar.ts'
import type { Line } from './contracts.ts'
import { type Sheets, whenItHappens } from './files.ts'
import { chance, randomStream, whole } from './random.ts'
import { type Story, todayOf } from './story.ts'
import type { MeteredUse } from './write-usage.ts'

/** Metered calls that the base fee includes for each yen of it, and what each further one costs. */
const includedPerYen = 0.2
const yenPerCall = 3

interface Invoice {
  readonly issuedOn: Day
  readonly kind: 'recurring' | 'metered'
  readonly amount: number
}

/** Invoices: recurring ones at the start of each billing period, metered ones for the month before. */
export function writeInvoices(story: Story, metered: MeteredUse, sheets: Sheets): void {
  const { world, profile, chapters } = story
  const lines = chapters.flatMap((chapter) => chapter.contracts.lines)
  const invoices = [...recurring(story, lines), ...meteredInvoices(story, metered)]
    .filter(({ issuedOn, amount }) => issuedOn >= world.start && issuedOn < world.end && amount > 0)
    .sort((a, b) => a.issuedOn - b.issuedOn || (a.kind < b.kind ? -1 : 1))
  const ruin = chapters.find((chapter) => chapter.life.churn?.cause === 'bankrupt')?.life.churn
  for (const [i, { issuedOn, kind, amount }] of invoices.entries()) {
    const invoiceId = `${profile.accountId}-I${String(i + 1).padStart(3, '0')}`
    const random = randomStream(world.seed, invoiceId)
    const issuedAt = at(issuedOn, 9)
    // Closed at the month's end, paid by the end of the next.
    const dueOn = addMonths(firstOfMonth(issuedOn), 2) - 1
    const today = todayOf(story, Math.min(issuedOn, world.end - 1))
    const trouble = today ? today.week.force.champion_left + today.week.force.price_shock : 0
    const isLate = chance(random, 0.05 + 0.08 * trouble)
    const paidOn = nextWorkday(isLate ? dueOn + whole(random, 4, 45) : dueOn - whole(random, 0, 9))
    const isPaid = !ruin || paidOn < ruin.noticeOn
    sheets.add('invoices', issuedAt, {
      invoice_id: invoiceId,
      account_id: profile.accountId,
      kind,
      amount,
      currency: 'JPY',
      issued_at: stamp(issuedAt),
      due_on: isoDate(dueOn),
      paid_at: isPaid ? whenItHappens(at(paidOn, 12)) : null,
    })
  }
}

/**
 * One invoice for each day on which billing periods begin. Where a line gives way to another within
 * a period that is paid for, the months not used are taken off.
 */
function recurring({ world }: Story, lines: readonly Line[]): Invoice[] {
  const amounts = new Map<Day, number>()
  const bill = (day: Day, amount: number) => amounts.set(day, (amounts.get(day) ?? 0) + amount)
  for (const line of lines) {
    if (line.state === 'trial') continue
    for (let month = 0; ; month += line.billingMonths) {
      const startsOn = addMonths(line.from, month)
      if (startsOn >= world.end || (line.to !== null && startsOn >= line.to.on)) break
      const months = monthsBilled(line, month)
      const perMonth = netAmount(line, startsOn) / line.billingMonths
      // A line that was signed late is billed when it is known.
      bill(Math.max(startsOn, Math.ceil(line.knownAt / minutesPerDay)), perMonth * months)
      const replacedOn = line.to?.on
      const isReplaced = lines.some((l) => l.from === replacedOn && l.product === line.product)
      if (replacedOn === undefined || !isReplaced) continue
      for (let used = 1; used < months; used++) {
        if (addMonths(line.from, month + used) !== replacedOn) continue
        bill(replacedOn, -perMonth * (months - used))
      }
    }
  }
  return [...amounts].map(([issuedOn, amount]) => ({
    issuedOn,
    kind: 'recurring',
    amount: Math.round(amount),
  }))
}

/** A line for the rest of a term is billed to its end only. */
function monthsBilled(line: Line, month: number): number {
  if (line.termMonths % line.billingMonths === 0) return line.billingMonths
  const left = line.termMonths - month
  return left > 0 ? Math.min(line.billingMonths, left) : line.billingMonths
}

function netAmount(line: Line, day: Day): number {
  const isDiscounted = line.discountUntil !== null && day < line.discountUntil
  return Math.round(line.amount * (isDiscounted ? 1 - line.discountPercent / 100 : 1))
}

function meteredInvoices({ profile }: Story, metered: MeteredUse): Invoice[] {
  const included = Math.round(profile.baseFee * includedPerYen)
  return [...metered].map(([month, calls]) => ({
    issuedOn: addMonths(month, 1),
    kind: 'metered',
    amount: Math.max(0, calls - included) * yenPerCall,
  }))
}

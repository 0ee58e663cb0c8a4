import type { LampUrgency, Severity } from '@tomoshibi/contract/light'
import Big from 'big.js'

/** What the urgency of a lamp depends on. */
export interface Weighed {
  readonly severity: Severity
  /** Recurring revenue of the account, a decimal; null where there is none to tell. */
  readonly mrr: string | null
  /** Days to its next renewal; null where there is none to tell. */
  readonly daysToRenewal: number | null
}

/** The customers that it is compared with. */
export interface Portfolio {
  /** Their recurring revenue together, a decimal. */
  readonly mrr: string
  /** How many have any. */
  readonly customers: number
}

const base: Readonly<Record<Severity, number>> = { info: 10, warning: 30, critical: 50 }
const mostOfRevenue = 30
const mostOfRenewal = 20
const renewalDays = 90

/** Whole numbers, rounded down: exact, whatever the decimals. */
const Whole = Big()
Whole.DP = 0
Whole.RM = Big.roundDown

/**
 * How urgent a lamp is, in whole points of 100, as the sum of its parts:
 * - severity: critical 50, warning 30, info 10;
 * - revenue: 30 × MRR ÷ (MRR + the mean MRR of a customer), so that a customer of average size has 15;
 * - renewal: 20 × (90 − days to renewal) ÷ 90, from 90 days before it on; a day that has passed counts as today.
 *
 * Parts are rounded down. What is not known adds nothing.
 */
export function urgencyOf(lamp: Weighed, portfolio: Portfolio): LampUrgency {
  const severity = base[lamp.severity]
  const revenue = pointsOfRevenue(lamp.mrr, portfolio)
  const renewal = pointsOfRenewal(lamp.daysToRenewal)
  return {
    points: severity + (revenue ?? 0) + (renewal ?? 0),
    severity,
    revenue,
    renewal,
    daysToRenewal: lamp.daysToRenewal,
  }
}

function pointsOfRevenue(mrr: string | null, { mrr: all, customers }: Portfolio): number | null {
  if (mrr === null) return null
  const own = new Whole(mrr)
  if (own.lte(0) || customers === 0) return 0
  // MRR ÷ (MRR + mean), with both multiplied by the number of customers.
  const times = own.times(customers)
  return times.times(mostOfRevenue).div(times.plus(all)).toNumber()
}

function pointsOfRenewal(days: number | null): number | null {
  if (days === null) return null
  const left = Math.max(0, renewalDays - Math.max(0, days))
  return Math.floor((mostOfRenewal * left) / renewalDays)
}

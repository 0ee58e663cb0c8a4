import { addMonths, type Day, firstOfMonth, parseIsoDate } from './calendar.ts'

export interface SimulationOptions {
  /** How many accounts ever sign, 1 to 100,000. */
  readonly accounts: number
  /** How many whole months of history lie before the month of `endsOn`, 1 to 120. */
  readonly months: number
  /** Same seed and options, same bytes. */
  readonly seed: string | number
  /** ISO date of the day on whose 00:00 the files are exported: the first day not in them. */
  readonly endsOn: string
}

/** The stage that all accounts play on. */
export interface World {
  readonly seed: string
  /** The first day of use, tickets, invoices and so on; contracts may have begun earlier. */
  readonly start: Day
  /** New accounts sign before this day. */
  readonly arrivalsUntil: Day
  /** The first day not in the files. */
  readonly end: Day
}

export type SimulationProblem = 'accounts' | 'months' | 'endsOn'

/** An option out of its range. */
export class SimulationError extends Error {
  readonly code = 'SIMULATION_OPTION_INVALID'
  readonly details: { readonly option: SimulationProblem; readonly value: string | number }

  constructor(option: SimulationProblem, value: string | number, expected: string) {
    super(`${option} must be ${expected}, not ${value}`)
    this.name = 'SimulationError'
    this.details = { option, value }
  }
}

/** @throws SimulationError when an option is out of its range. */
export function worldOf(options: SimulationOptions): World {
  const { accounts, months, seed, endsOn } = options
  if (!Number.isInteger(accounts) || accounts < 1 || accounts > 100_000) {
    throw new SimulationError('accounts', accounts, 'a whole number from 1 to 100000')
  }
  if (!Number.isInteger(months) || months < 1 || months > 120) {
    throw new SimulationError('months', months, 'a whole number from 1 to 120')
  }
  const end = parseIsoDate(endsOn)
  if (end === null) throw new SimulationError('endsOn', endsOn, 'a date such as 2026-11-21')
  return {
    seed: String(seed),
    start: addMonths(firstOfMonth(end), -months),
    arrivalsUntil: end - 10,
    end,
  }
}

import type { Comparison } from './comparison.ts'
import type { MetricUnit } from './definition.ts'

/** Why a figure has no value. */
export type NoValueReason =
  | 'no_data'
  | 'zero_denominator'
  | 'missing_exchange_rate'
  | 'no_churn'
  | 'no_active_users'
  | 'median_not_reached'
  | 'facts_deleted'

/** Money is an exact decimal string without trailing zeros; every other figure is a number. */
export type Amount = string | number | null

/** What a figure is compared with, and how it differs from that. */
export interface Compared {
  readonly on?: string
  readonly start?: string
  readonly end?: string
  readonly value: Amount
  readonly n: number | null
  /** Value less the compared value; money exactly. null when one of them has no value. */
  readonly change: Amount
  /**
   * The change as a share of the size of the compared value; null when that is 0 and for a score, which
   * has no zero to be a share of.
   */
  readonly changeRatio: number | null
  /** The figure is of a running period: this one was asked at the same point, by what was known there. */
  readonly samePoint: boolean
  /** The compared period has ended. */
  readonly complete: boolean
  readonly knownAt: string | null
  readonly reason: NoValueReason | null
}

/** What the 95 % interval of a figure is made of. */
export type IntervalSample =
  | { readonly kind: 'proportion'; readonly successes: number; readonly n: number }
  | {
      readonly kind: 'accounts'
      /** Factor of the value, such as 100. */
      readonly times: number
      /** Seed, numerator and denominator of each account, as text; parsed where it is needed. */
      readonly accounts: string
    }
  | {
      readonly kind: 'persons'
      readonly times: number
      readonly promoters: number
      readonly passives: number
      readonly detractors: number
    }
  | { readonly kind: 'none' }

/** One figure, with everything that is needed to trust it. */
export interface MetricValue {
  readonly metric: string
  /** Version of the definition. */
  readonly version: number
  /** Set when asked for the end of one day. */
  readonly on?: string
  /** First day of the period; set for every figure that covers a period. */
  readonly start?: string
  /** First day after the period. */
  readonly end?: string
  readonly slice: Readonly<Record<string, string | null>>
  /** null = the whole portfolio or slice. */
  readonly account: string | null
  readonly numerator: Amount
  readonly denominator: Amount
  readonly value: Amount
  /** How many cases the figure rests on. */
  readonly n: number | null
  readonly unit: MetricUnit
  /** ISO 4217 code, where the unit is money. */
  readonly currency: string | null
  /** The period has ended. */
  readonly complete: boolean
  /** ISO instant; null = everything known. */
  readonly knownAt: string | null
  readonly reason: NoValueReason | null
  /** On request: what its interval is made of. */
  readonly sample?: IntervalSample
  /** On request: what it is compared with. */
  readonly compared?: Readonly<Partial<Record<Comparison, Compared>>>
}

import type { MetricUnit } from './definition.ts'

/** Why a figure has no value. */
export type NoValueReason =
  | 'no_data'
  | 'zero_denominator'
  | 'missing_exchange_rate'
  | 'no_churn'
  | 'no_active_users'
  | 'median_not_reached'

/** Money is an exact decimal string without trailing zeros; every other figure is a number. */
export type Amount = string | number | null

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
}

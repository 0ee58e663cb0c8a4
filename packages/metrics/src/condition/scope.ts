import type { Text } from '../text.ts'

export type ValueType = 'number' | 'string' | 'bool' | 'date'

/** A value of a name in one case; a number may come as an exact decimal string, a date as ISO. */
export type NameValue = number | string | boolean | null

/** One name that a condition may use: an account-grain metric or an account attribute. */
export interface NameEntry {
  readonly type: ValueType
  /**
   * The SQL of its column, from our own catalogue: it goes into the query as it stands. NULL means
   * no value. A `string` column is a String, a `date` one a Date or Date32, a `bool` one a Bool.
   */
  readonly column: string
  readonly label: Text
  /** The unit of a number, which decides how it is written: percent, days, hours, money, count, … */
  readonly unit?: string | undefined
  /** ISO 4217 code, where the unit is money. */
  readonly currency?: string | undefined
  /** The column is a Decimal of scale 8: compared with a number it is compared exactly. */
  readonly exact?: boolean | undefined
  /** The column is a Float64 without infinities and NaN, so that a condition need not ask each time. */
  readonly finite?: boolean | undefined
}

export interface NameScope {
  readonly names: ReadonlyMap<string, NameEntry>
}

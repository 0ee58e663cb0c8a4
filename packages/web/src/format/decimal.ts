/**
 * Exact arithmetic on decimal strings. Money travels as text such as "83333.33333333" and is never
 * turned into a float on its way to the screen.
 */

/** Places held; the product's money has 8, so sums of it are exact. Further digits are cut off. */
const PLACES = 20

/** A decimal as Intl.NumberFormat wants it: text that it formats without going through a float. */
export function isDecimal(text: string): text is `${number}` {
  return /^-?\d+(\.\d+)?$/.test(text)
}

function toUnits(text: string): bigint {
  if (!isDecimal(text)) throw new RangeError(`'${text}' is not a decimal`)
  const negative = text.startsWith('-')
  const [whole = '0', fraction = ''] = (negative ? text.slice(1) : text).split('.')
  const units = BigInt(whole + fraction.slice(0, PLACES).padEnd(PLACES, '0'))
  return negative ? -units : units
}

function fromUnits(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(PLACES + 1, '0')
  const fraction = digits.slice(-PLACES).replace(/0+$/, '')
  const text = digits.slice(0, -PLACES) + (fraction === '' ? '' : `.${fraction}`)
  return units < 0n ? `-${text}` : text
}

/** The exact sum, without trailing zeros; "0" for none. */
export function sum(amounts: readonly string[]): string {
  return fromUnits(amounts.reduce((total, amount) => total + toUnits(amount), 0n))
}

/** a − b, exact. */
export function difference(a: string, b: string): string {
  return fromUnits(toUnits(a) - toUnits(b))
}

/** Negative when a < b, 0 when equal (however many zeros they end in), positive when a > b. */
export function compare(a: string, b: string): number {
  const by = toUnits(a) - toUnits(b)
  return by < 0n ? -1 : by > 0n ? 1 : 0
}

/** a ÷ b as a number for display, or null when b is 0. */
export function quotient(a: string, b: string): number | null {
  const divisor = toUnits(b)
  return divisor === 0n ? null : Number(toUnits(a)) / Number(divisor)
}

/** Scale of every money column. */
export const MONEY_SCALE = 8
export const MONEY = 'Decimal(38, 8)'
export const ZERO = "toDecimal128('0', 8)"

/**
 * `numerator ÷ denominator` rounded half away from zero to 8 decimals. The engine's own division cuts
 * digits off; any digits more than needed, cut off, decide the rounding exactly as all of them would.
 * A plain division, because `divideDecimal` takes twenty times as long.
 *
 * @param numerator SQL of any decimal with at most 20 decimals
 * @param denominator SQL of an integer, or a decimal with at most 12 decimals, that is not 0
 */
export const moneyQuotient = (numerator: string, denominator: string): string =>
  `toDecimal128(round(toDecimal256(${numerator}, 20) / toDecimal256(${denominator}, 12), 8), 8)`

/**
 * Whether amounts are below a million million, so that they can be reckoned with in 128 bits, which
 * takes a tenth of the time of 256. Both give the same: what does not fit is not cut, but reckoned wide.
 */
export const areUsual = (...amounts: readonly string[]): string =>
  amounts.map((amount) => `${amount} > -1000000000000 AND ${amount} < 1000000000000`).join(' AND ')

/** `amount × factor` rounded half away from zero to 8 decimals. */
export const product = (amount: string, factor: string): string =>
  `toDecimal128(round(toDecimal256(${amount}, 8) * toDecimal256(${factor}, 12), 8), 8)`

/**
 * An amount converted at a rate, rounded as `product`. What is in the reporting currency has a rate of
 * 1 and is as it is; the engine reckons the other branch of an `if` for the rows only that need it.
 *
 * @param amount SQL of a Decimal(38, 8)
 */
export const converted = (amount: string, rate: string): string =>
  `if(${rate} = 1, ${amount}, ${product(amount, rate)})`

/** A float as a decimal, rounded to 8 decimals; turning it into one alone would cut digits off. */
export const decimalOf = (float: string): string => `round(toDecimal256(${float}, 12), 8)`

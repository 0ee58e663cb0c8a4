/** Exact arithmetic on decimals as the engine writes them: at most 8 places. */
const PLACES = 8
const ONE = 10n ** BigInt(PLACES)

const scaled = (text: string): bigint => {
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  const digits = BigInt(whole + fraction.padEnd(PLACES, '0').slice(0, PLACES))
  return sign === '-' ? -digits : digits
}

const written = (value: bigint): string => {
  const size = value < 0n ? -value : value
  const fraction = String(size % ONE)
    .padStart(PLACES, '0')
    .replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${size / ONE}${fraction === '' ? '' : `.${fraction}`}`
}

/** `a − b`, exactly. */
export const decimalDifference = (a: string, b: string): string => written(scaled(a) - scaled(b))

/** The sum, exactly. */
export const decimalSum = (all: readonly string[]): string =>
  written(all.reduce((total, each) => total + scaled(each), 0n))

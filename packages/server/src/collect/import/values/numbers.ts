import { type Parsed, valueProblem } from './problem.ts'
import { halfWidth } from './text.ts'

/** An exact number as text: `-?digits(.digits)?`, without leading zeros. */
export type DecimalText = string

/** Which mark stands before the decimals. Without it, what could be read in two ways is refused. */
export type DecimalMark = 'point' | 'comma'

export interface DecimalLimits {
  /** Digits after the mark that the store can hold. */
  readonly scale: number
  /** Digits before the mark that the store can hold. */
  readonly whole: number
}

const plain = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/
const exponent = /^([+-]?\d+(?:\.\d+)?)[eE]([+-]?\d{1,3})$/
const pointGroups = /^\d{1,3}(?:,\d{3})+(?:\.\d*)?$/
const pointPlain = /^(?:\d+(?:\.\d*)?|\.\d+)$/
const commaGroups = /^\d{1,3}(?:\.\d{3})+(?:,\d*)?$/
const commaPlain = /^(?:\d+(?:,\d*)?|,\d+)$/
const spaces = /[\s\u00a0\u202f']/g

/**
 * Reads an exact number: `1,234.56`, `￥1,234`, `１２３`, `(1,234)` and `△1,234` (negative), `1e3`, a
 * trailing minus, `円`. `1.234,56` only with the mark `comma`; without a mark, what a comma leaves
 * open (`1,5`, `1.234,56`) is refused rather than guessed. Of `1,234` the comma separates thousands.
 *
 * @returns the number as text, exact, or NUMBER_* with the reason
 */
export function readDecimal(
  given: string,
  limits: DecimalLimits,
  mark?: DecimalMark,
): Parsed<DecimalText> {
  if (plain.test(given) && mark !== 'comma') return fit(given, limits)
  let text = halfWidth(given).trim()
  let negative = false
  if (/^\(.*\)$/.test(text)) {
    negative = true
    text = text.slice(1, -1).trim()
  }
  text = text
    .replace(/^([-+−△▲]?)\s*(?:[A-Z]{3}|[¥\\$€£₩￥])\s*/u, '$1')
    .replace(/\s*(?:[A-Z]{3}|[¥$€£₩円])$/u, '')
  if (/^[-−△▲]/u.test(text)) {
    if (negative) return valueProblem('NUMBER_UNREADABLE')
    negative = true
    text = text.slice(1)
  } else if (/[-−]$/u.test(text)) {
    if (negative) return valueProblem('NUMBER_UNREADABLE')
    negative = true
    text = text.slice(0, -1)
  } else if (text.startsWith('+')) {
    text = text.slice(1)
  }
  text = text.replace(/^\s*(?:[A-Z]{3}|[¥\\$€£₩])\s*/u, '').replace(spaces, '')

  const scientific = exponent.exec(text)
  if (scientific !== null) text = shift(scientific[1] ?? '', Number(scientific[2]))
  else if (mark === 'comma') {
    if (!commaGroups.test(text) && !commaPlain.test(text)) return valueProblem('NUMBER_UNREADABLE')
    text = text.replaceAll('.', '').replace(',', '.')
  } else if (pointGroups.test(text)) text = text.replaceAll(',', '')
  else if (!pointPlain.test(text)) {
    const twoWays = mark === undefined && (commaGroups.test(text) || commaPlain.test(text))
    return valueProblem(twoWays ? 'NUMBER_AMBIGUOUS' : 'NUMBER_UNREADABLE')
  }
  const [whole = '', decimals = ''] = text.split('.')
  const bare = `${whole.replace(/^0+(?=\d)/, '') || '0'}${decimals === '' ? '' : `.${decimals}`}`
  return fit(negative && /[1-9]/.test(bare) ? `-${bare}` : bare, limits)
}

function fit(text: string, limits: DecimalLimits): Parsed<DecimalText> {
  const point = text.indexOf('.')
  const whole = (point === -1 ? text.length : point) - (text.startsWith('-') ? 1 : 0)
  if (whole > limits.whole) return valueProblem('NUMBER_TOO_LARGE')
  if (point === -1 || text.length - point - 1 <= limits.scale) return text === '-0' ? '0' : text
  const trimmed = text.replace(/0+$/, '').replace(/\.$/, '')
  if (trimmed.length - 1 - point > limits.scale) {
    return valueProblem('NUMBER_TOO_PRECISE', String(limits.scale))
  }
  return trimmed
}

/** Moves the decimal point of plain text by an exponent, exactly. */
function shift(text: string, by: number): string {
  const [whole = '', decimals = ''] = text.replace(/^[+-]/, '').split('.')
  const digits = whole + decimals
  const at = whole.length + by
  if (at <= 0) return `0.${'0'.repeat(-at)}${digits}`
  if (at >= digits.length) return digits + '0'.repeat(at - digits.length)
  return `${digits.slice(0, at)}.${digits.slice(at)}`
}

export interface NumberRange {
  readonly min: number
  readonly max: number
  readonly whole?: true
}

/** Reads a number within a range; exactness is that of a double. */
export function readNumber(given: string, range: NumberRange, mark?: DecimalMark): Parsed<number> {
  const text = readDecimal(given, { scale: 60, whole: 300 }, mark)
  if (typeof text !== 'string') return text
  const value = Number(text)
  if (range.whole && !Number.isInteger(value)) return valueProblem('NUMBER_NOT_WHOLE')
  if (value < range.min || value > range.max) {
    return valueProblem('NUMBER_OUT_OF_RANGE', `${range.min} – ${range.max}`)
  }
  return value
}

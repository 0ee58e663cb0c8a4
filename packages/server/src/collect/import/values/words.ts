import { type Parsed, valueProblem } from './problem.ts'
import { halfWidth } from './text.ts'

const yes = new Set(['true', 't', 'yes', 'y', '1', 'on', 'はい', '○', '〇', '◯', '有', 'あり'])
const no = new Set(['false', 'f', 'no', 'n', '0', 'off', 'いいえ', '×', '✕', 'x', '無', 'なし'])

/** Reads a yes or no in English or Japanese, `1`/`0`, `○`/`×`. */
export function readBoolean(given: string): Parsed<boolean> {
  const text = halfWidth(given).trim().toLowerCase()
  if (yes.has(text)) return true
  if (no.has(text)) return false
  return valueProblem('BOOLEAN_UNREADABLE')
}

const currencies = new Set(Intl.supportedValuesOf('currency'))

/** Reads an ISO 4217 code, in any case; `円` and `¥` are not codes and need a translation. */
export function readCurrency(given: string): Parsed<string> {
  const text = halfWidth(given).trim().toUpperCase()
  return currencies.has(text) ? text : valueProblem('CURRENCY_UNKNOWN')
}

/** A reader of one of a few words, whatever their case and separators; gives the first spelling. */
export function oneOfWords(words: readonly string[]): (text: string) => Parsed<string> {
  const bySpelling = new Map(words.map((word) => [spelling(word), word]))
  const allowed = words.join(', ')
  return (text) => bySpelling.get(spelling(text)) ?? valueProblem('WORD_UNKNOWN', allowed)
}

function spelling(text: string): string {
  return halfWidth(text)
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
}

import type { Text } from '../text.ts'
import type { ValueType } from './scope.ts'
import type { Place } from './syntax.ts'

export type ConditionProblemCode =
  | 'EMPTY'
  | 'TOO_LONG'
  | 'SYNTAX'
  | 'UNKNOWN_NAME'
  | 'WRONG_TYPE'
  | 'UNSUPPORTED'
  | 'BAD_NUMBER'
  | 'BAD_DATE'
  | 'BAD_TEXT'

/** One thing that is wrong with a condition, with its place in the text. */
export interface ConditionProblem extends Place {
  readonly code: ConditionProblemCode
  /** Both from 1; columns count UTF-16 units. */
  readonly line: number
  readonly column: number
  readonly text: Text
  /** Names that may have been meant, nearest first. */
  readonly suggestions: readonly string[]
}

/** Makes a problem, working out line and column from the offset. */
export function problemAt(
  source: string,
  place: Place,
  code: ConditionProblemCode,
  text: Text,
  suggestions: readonly string[] = [],
): ConditionProblem {
  const before = source.slice(0, place.from)
  const lineStart = before.lastIndexOf('\n') + 1
  return {
    code,
    from: place.from,
    to: place.to,
    line: before.split('\n').length,
    column: place.from - lineStart + 1,
    text,
    suggestions,
  }
}

export const typeWords: Readonly<Record<ValueType, Text>> = {
  number: { en: 'a number', ja: '数値' },
  string: { en: 'a text', ja: '文字列' },
  bool: { en: 'a yes or no', ja: '真偽値' },
  date: { en: 'a date', ja: '日付' },
}

/** How a value of that type is written in a condition. */
export const howToWrite: Readonly<Record<ValueType, Text>> = {
  number: { en: 'a number such as 0.5', ja: '0.5 のような数値' },
  string: { en: 'a text in quotes, such as "pro"', ja: '"pro" のように引用符で囲んだ文字列' },
  bool: { en: 'true or false', ja: 'true または false' },
  date: { en: 'a date such as date("2026-04-01")', ja: 'date("2026-04-01") のような日付' },
}

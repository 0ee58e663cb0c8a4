import type { Problem } from '@tomoshibi/contract/errors'
import type { Text } from '@tomoshibi/contract/text'
import { distance } from 'fastest-levenshtein'
import type { Path } from './places.ts'

/** A problem on its way to its line and column. */
export interface Fault {
  readonly code: MappingProblemCode
  readonly text: Text
  readonly path: Path
  /** Whether the key or the value of the last step is wrong. */
  readonly part: 'key' | 'value'
  readonly suggestions: readonly string[]
}

export type MappingProblemCode =
  | 'YAML'
  | 'SHAPE'
  | 'UNKNOWN_KEY'
  | 'UNKNOWN_TARGET'
  | 'UNKNOWN_FIELD'
  | 'UNKNOWN_COLUMN'
  | 'UNKNOWN_ENCODING'
  | 'UNKNOWN_TIME_ZONE'
  | 'UNKNOWN_CURRENCY'
  | 'FIELD_MISSING'
  | 'ACCOUNT'
  | 'ATTRIBUTES'
  | 'VALUE_SOURCE'
  | 'VALUE_OPTION'
  | 'CONSTANT'
  | 'DATE_FORMAT'
  | 'LOOKUP_FILE'

/** Names that someone who wrote `given` may have meant, best first. */
export function didYouMean(given: string, names: Iterable<string>): string[] {
  const wanted = plain(given)
  return [...new Set(names)]
    .map((name) => ({ name, off: offBy(wanted, plain(name)) }))
    .filter(({ name, off }) => off <= Math.max(1, Math.floor(Math.max(name.length, 4) / 3)))
    .sort((a, b) => a.off - b.off || a.name.localeCompare(b.name))
    .slice(0, 3)
    .map(({ name }) => name)
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '')
}

function offBy(a: string, b: string): number {
  if (a === b) return 0
  return a.length > 3 && (a.startsWith(b) || b.startsWith(a)) && b.length > 3 ? 1 : distance(a, b)
}

/** Adds 'did you mean' to a text. */
export function withSuggestions(text: Text, suggestions: readonly string[]): Text {
  if (suggestions.length === 0) return text
  return {
    en: `${text.en}; did you mean ${suggestions.map((s) => `'${s}'`).join(' or ')}?`,
    ja: `${text.ja}（${suggestions.map((s) => `「${s}」`).join('か')}ではありませんか）`,
  }
}

/** Problems in the order of the text, each once. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>()
  return [...problems]
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
    .filter((problem) => {
      const key = `${problem.line}:${problem.column}:${problem.code}:${problem.text.en}`
      return seen.has(key) ? false : seen.add(key)
    })
}

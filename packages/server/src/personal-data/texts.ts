/** Taking a person out of texts that no store holds. Pure. */
import { ERASED } from '@tomoshibi/facts/erasure/conditions'

/** A text without the person; the same text where they are not named. */
export function withoutPerson(text: string, patterns: readonly RegExp[]): string {
  const normal = text.normalize('NFKC').replace(/[\u00ad\u200b-\u200d\u2060\ufeff]/g, '')
  const once = (before: string) =>
    patterns.reduce((now, pattern) => now.replace(pattern, `$1${ERASED}$3`), before)
  const without = once(once(normal))
  return without === normal ? text : without
}

export const compiled = (patterns: readonly string[]): RegExp[] =>
  patterns.map((pattern) => new RegExp(pattern, 'g'))

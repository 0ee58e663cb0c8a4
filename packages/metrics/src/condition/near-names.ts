import { distance } from 'fastest-levenshtein'
import type { NameScope } from './scope.ts'

/** Names near to one that is not there: a few letters away, or containing it. */
export function nearNames(name: string, scope: NameScope): string[] {
  const lower = name.toLowerCase()
  const most = Math.max(2, Math.floor(name.length / 3))
  return [...scope.names.keys()]
    .map((known) => {
      const k = known.toLowerCase()
      const inside = lower.length >= 3 && (k.includes(lower) || lower.includes(k))
      const edits = distance(lower, k)
      return { known, edits, far: inside ? Math.min(1.5, edits) : edits }
    })
    .filter(({ far }) => far <= most)
    .sort((a, b) => a.far - b.far || a.edits - b.edits || (a.known < b.known ? -1 : 1))
    .slice(0, 3)
    .map(({ known }) => known)
}

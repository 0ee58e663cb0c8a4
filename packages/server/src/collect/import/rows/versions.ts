import type { FactContent } from '../targets/target.ts'
import type { ImportedFact } from './row.ts'

/** A part of a record that became known later than the record. */
export interface LaterPart {
  /** ISO instant in UTC, after that of the record. */
  readonly knownAt: string
  readonly columns: FactContent
}

/**
 * The versions of a record: the first without the parts that became known later, then one for each
 * instant at which more did, with all that was known by then.
 *
 * @param first what was known at first
 */
export function versionsOf(first: ImportedFact, later: readonly LaterPart[]): ImportedFact[] {
  const versions = [first]
  // ISO instants of one form sort as text.
  for (const instant of [...new Set(later.map((part) => part.knownAt))].sort()) {
    const known = later.filter((part) => part.knownAt <= instant)
    versions.push(
      Object.assign({ ...first }, ...known.map((part) => part.columns), { known_at: instant }),
    )
  }
  return versions
}

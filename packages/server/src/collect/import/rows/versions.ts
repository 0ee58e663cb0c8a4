import type { FactContent } from '../targets/target.ts'

/** A part of a record that became known later than the record. */
export interface LaterPart {
  readonly knownAt: string
  readonly columns: FactContent
}

export interface Version {
  readonly knownAt: string | null
  readonly content: FactContent
}

/**
 * The versions of a record, each with what was known by then: the first without the parts that
 * became known later, then one for each instant at which more did. Where the record itself is known
 * only since it was imported, everything is.
 *
 * @param knownAt ISO instant in UTC; null = when imported
 */
export function versionsOf(
  knownAt: string | null,
  content: FactContent,
  later: readonly LaterPart[],
): Version[] {
  if (knownAt === null) {
    return [{ knownAt, content: Object.assign({}, content, ...later.map((part) => part.columns)) }]
  }
  const versions: Version[] = []
  // ISO instants of one form sort as text.
  const instants = new Set([
    knownAt,
    ...later.map((part) => (part.knownAt > knownAt ? part.knownAt : knownAt)),
  ])
  for (const instant of [...instants].sort()) {
    const known = later.filter((part) => part.knownAt <= instant)
    versions.push({
      knownAt: instant,
      content: Object.assign({}, content, ...known.map((part) => part.columns)),
    })
  }
  return versions
}

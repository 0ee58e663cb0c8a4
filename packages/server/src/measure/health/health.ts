import type { MetricDefinition } from '@tomoshibi/metrics/definition'
import { checkScorecard } from '@tomoshibi/metrics/health/check'
import { type Scorecard, writtenScorecardSchema } from '@tomoshibi/metrics/health/scorecard'
import { Temporal } from 'temporal-polyfill'
import { builtInScorecards } from './built-in.ts'
import type { StoredScorecard } from './store.ts'

type Catalogue = ReadonlyMap<string, MetricDefinition>

/** One version of a scorecard, with what became of it. */
export interface ScorecardVersion {
  readonly scorecard: Scorecard
  readonly yaml: string
  readonly retired: boolean
  /** null: built in, there from the start. */
  readonly createdAt: Temporal.Instant | null
}

/** All versions by key, newest first, the built-in ones last. @throws ZodError when stored by hand */
export function versionsOf(stored: readonly StoredScorecard[]): Map<string, ScorecardVersion[]> {
  const versions = new Map<string, ScorecardVersion[]>()
  const add = (version: ScorecardVersion) => {
    const { key } = version.scorecard
    versions.set(key, [...(versions.get(key) ?? []), version])
  }
  for (const { version, yaml, definition, retired, createdAt } of stored) {
    const scorecard = { ...writtenScorecardSchema.parse(definition), version }
    add({ scorecard, yaml, retired, createdAt })
  }
  for (const { scorecard, yaml } of builtInScorecards().values()) {
    add({ scorecard, yaml, retired: false, createdAt: null })
  }
  return versions
}

/**
 * The newest version of each scorecard that is not retired, in the order in which they are tried.
 *
 * @param at as it was at this instant; left out = now
 */
export function inForce(
  versions: ReadonlyMap<string, readonly ScorecardVersion[]>,
  at?: Temporal.Instant,
): ScorecardVersion[] {
  return [...versions.values()]
    .flatMap((all) => {
      const newest = all.find(
        ({ createdAt }) =>
          at === undefined || createdAt === null || Temporal.Instant.compare(createdAt, at) <= 0,
      )
      return newest === undefined || newest.retired ? [] : [newest]
    })
    .toSorted((a, b) => inOrder(a.scorecard, b.scorecard))
}

/** By order, and where it is the same, by key. */
export const inOrder = (a: Scorecard, b: Scorecard): number =>
  a.order - b.order || (a.key < b.key ? -1 : 1)

/**
 * What a scorecard lacks among the metrics that there are; empty where it holds up. Attributes may come
 * and go with imports, so that one nobody has is no reason.
 */
export const lacks = (
  { version: _, ...written }: Scorecard,
  catalogue: Catalogue,
): readonly { readonly en: string; readonly ja: string }[] => {
  const checked = checkScorecard(written, catalogue, null)
  return checked.ok ? [] : checked.problems.map(({ text }) => text)
}

/** Figures of which facts would be needed that were deleted because of their age: they have no value. */
import type { MetricDefinition } from './definition.ts'
import type { Figure } from './plan/figures.ts'
import type { MeasureRef } from './sources/registry.ts'
import type { SourceContext } from './sources/source.ts'
import type { Window } from './sql/windows.ts'

/** Tables of which old facts may be deleted. */
export type CutTable = 'usage_events' | 'tickets' | 'survey_answers'

/** From when on there are facts, an ISO instant; what is not named is whole. */
export type Cuts = Readonly<Partial<Record<CutTable, string>>>

/**
 * From when on a measure looks at the facts of a table: an ISO instant. Of what happened before that it may ask for
 * the last one of an account, or whether there is any: these are kept. 'ever': at all of them.
 */
export type Reach = Readonly<Partial<Record<CutTable, string | 'ever'>>>

const isGone = ({ source, name }: MeasureRef, window: Window, context: SourceContext): boolean => {
  const { cuts } = context
  if (cuts === undefined || source.reach === undefined) return false
  const reach = source.reach(name, window, context)
  const from = (table: CutTable): string | undefined => reach[table]
  const tables: readonly CutTable[] = ['usage_events', 'tickets', 'survey_answers']
  return tables.some((table) => {
    const [cut, first] = [cuts[table], from(table)]
    if (cut === undefined || first === undefined) return false
    const cutMs = Date.parse(cut)
    // What was known before the cut of what happened after it, nobody can tell from what is left.
    return first === 'ever' || Date.parse(first) < cutMs || Date.parse(window.knownAt) < cutMs
  })
}

/** All measures that a figure is made of, those of the figures that a formula names included. */
const measuresOf = (
  { definition, measures }: Figure,
  byKey: ReadonlyMap<string, Figure>,
): readonly MeasureRef[] => [
  ...measures,
  ...usesOf(definition).flatMap((key) => {
    const used = byKey.get(key)
    return used === undefined ? [] : measuresOf(used, byKey)
  }),
]

const usesOf = ({ measure }: MetricDefinition): readonly string[] =>
  measure.kind === 'formula' ? measure.uses.map(({ metric }) => metric) : []

/**
 * For each figure the windows, by their index, in which it would need facts that are deleted.
 *
 * @param all the figures shown, and those that formulas among them are made of
 */
export const goneWindows = (
  shown: readonly Figure[],
  all: readonly Figure[],
  context: SourceContext,
): readonly ReadonlySet<number>[] => {
  if (context.cuts === undefined || Object.keys(context.cuts).length === 0) {
    return shown.map(() => new Set())
  }
  const byKey = new Map(all.map((figure) => [figure.definition.key, figure]))
  return shown.map((figure) => {
    const measures = measuresOf(figure, byKey)
    const gone = context.windows.flatMap((window, i) =>
      measures.some((measure) => isGone(measure, window, context)) ? [i] : [],
    )
    return new Set(gone)
  })
}

import { answers } from './answers.ts'
import { cohorts } from './cohorts.ts'
import { contacts } from './contacts.ts'
import { contracts } from './contracts.ts'
import { invoices } from './invoices.ts'
import { lifetimes } from './lifetimes.ts'
import { milestones } from './milestones.ts'
import { signs } from './signs.ts'
import type { Measure, Source } from './source.ts'
import { standing } from './standing.ts'
import { starts } from './starts.ts'
import { contractTerms } from './terms.ts'
import { tickets } from './tickets.ts'
import { touchpoints } from './touchpoints.ts'
import { usage } from './usage.ts'

/** Every fact source by its name; a definition names a measure as `source.measure`. */
export const sources: ReadonlyMap<string, Source> = new Map(
  [
    contracts,
    contractTerms,
    cohorts,
    lifetimes,
    usage,
    contacts,
    answers,
    tickets,
    touchpoints,
    invoices,
    signs,
    milestones,
    starts,
    standing,
  ].map((source) => [source.name, source]),
)

export interface MeasureRef {
  readonly source: Source
  readonly name: string
  readonly measure: Measure
}

/** The measure that `source.measure` names, if there is one. */
export const findMeasure = (path: string): MeasureRef | undefined => {
  const [sourceName = '', name = '', ...rest] = path.split('.')
  const source = sources.get(sourceName)
  if (source === undefined || rest.length > 0 || !Object.hasOwn(source.measures, name)) return
  const measure = source.measures[name]
  return measure === undefined ? undefined : { source, name, measure }
}

/** Names of all measures, for suggestions. */
export const measureNames = (): string[] =>
  [...sources.values()].flatMap(({ name, measures }) =>
    Object.keys(measures).map((measure) => `${name}.${measure}`),
  )

import type { Figure } from '../plan/figures.ts'
import type { MeasureRef } from '../sources/registry.ts'
import type { Source } from '../sources/source.ts'

export const sideNames = ['numerator', 'denominator'] as const
export type SideName = (typeof sideNames)[number]

/** What one source adds to one side of an account's figure. */
export interface Side {
  readonly source: Source
  readonly side: SideName
  /** Names of the measures that it needs. */
  readonly measures: readonly string[]
  /** Over a row of the source: what the account has, 0 where it has none. */
  readonly sql: string
  readonly isMoney: boolean
}

const sumOf = (
  refs: readonly MeasureRef[],
  side: SideName,
  of: (ref: MeasureRef) => string,
): Side[] => {
  const bySource = new Map<Source, MeasureRef[]>()
  for (const ref of refs) bySource.set(ref.source, [...(bySource.get(ref.source) ?? []), ref])
  return [...bySource].map(([source, parts]) => ({
    source,
    side,
    measures: parts.map(({ name }) => name),
    sql: parts.map((ref) => of(ref)).join(' + '),
    isMoney: parts.every(({ measure }) => measure.type === 'money'),
  }))
}

const amount = ({ name }: MeasureRef): string => `ifNull(${name}, 0)`
const total = (ref: MeasureRef): string =>
  ref.measure.type === 'samples' ? `arraySum(${ref.name})` : amount(ref)
const cases = ({ name, measure }: MeasureRef): string =>
  measure.type === 'samples' ? `length(${name})` : `toUInt8(isNotNull(${name}))`

/**
 * The sides of a figure that are sums over the facts of an account; none for a median, a maximum or
 * what is computed of other figures.
 */
export const sidesOf = ({ definition, measures }: Figure): Side[] => {
  const { measure } = definition
  switch (measure.kind) {
    case 'sum':
      return sumOf(measures.slice(0, measure.of.length), 'numerator', amount)
    case 'ratio':
      return [
        ...sumOf(measures.slice(0, measure.of.length), 'numerator', amount),
        ...sumOf(measures.slice(measure.of.length, measure.of.length + 1), 'denominator', amount),
      ]
    case 'mean':
      return [
        ...sumOf(measures.slice(0, 1), 'numerator', total),
        ...sumOf(measures.slice(0, 1), 'denominator', cases).map((each) => ({
          ...each,
          isMoney: false,
        })),
      ]
    default:
      return []
  }
}

import type { factTargets } from '@tomoshibi/contract/collect'
import type { Text } from '@tomoshibi/contract/text'
import { type FactTableName, factTables } from '@tomoshibi/facts/tables'
import type { ValueProblem } from '../values/problem.ts'

export type TargetName = (typeof factTargets)[number]

/** A value as the fact engine takes it: money and instants as text. */
export type FactValue = string | number | boolean | null

/** The content columns of one fact on its way in. */
export type FactContent = Record<string, FactValue>

/** How the text of a cell becomes a value. */
export type Reads =
  | { readonly as: 'text' }
  | {
      readonly as: 'word'
      readonly words: readonly string[]
      readonly also: Readonly<Record<string, string>>
    }
  | { readonly as: 'instant' }
  | {
      readonly as: 'decimal'
      readonly scale: number
      readonly whole: number
      readonly min?: number
      readonly max?: number
    }
  | { readonly as: 'number'; readonly min: number; readonly max: number; readonly whole?: true }
  | { readonly as: 'boolean' }
  | { readonly as: 'currency' }
  | { readonly as: 'json' }

export interface TargetField {
  /** Fact column that it fills. */
  readonly column: string
  readonly reads: Reads
  readonly says: Text
  /** Headers that speak for it, for suggestions; compared without case and separators. */
  readonly synonyms: readonly string[]
  /** A row without a value for it is rejected. */
  readonly required: boolean
  /** What stands in the column when there is no value; undefined = the engine's default. */
  readonly fallback?: FactValue
  /** Another way to say the same column; where one is required, either will do. */
  readonly insteadOf?: string
  /** Days added to the date: 1 turns a last day into the first instant after it. */
  readonly addsDays?: number
  /** Other columns that it decides as well. */
  readonly also?: (content: FactContent, value: FactValue) => void
  /** This date stands for no end. */
  readonly openEnds?: true
}

/** Something that files are imported into. */
export interface ImportTarget {
  readonly name: TargetName
  readonly table: FactTableName
  readonly says: Text
  /** Parts of file names that speak for it, for suggestions. */
  readonly fileNames: readonly string[]
  /** Headers that speak for the id of a record, for suggestions. */
  readonly idNames: readonly string[]
  /** Facts of the whole workspace have no account. */
  readonly hasAccount: boolean
  /** Any attribute may be mapped, under `attributes`. */
  readonly hasAttributes: boolean
  readonly fields: Readonly<Record<string, TargetField>>
  /** What no single field can tell; the name is that of the field to blame. */
  readonly fault?: (content: FactContent) => { field: string; problem: ValueProblem } | null
}

interface FieldWords {
  readonly says: Text
  readonly synonyms: readonly string[]
  readonly required?: true
  readonly fallback?: FactValue
  /** For columns that take a few words only, and other spellings of them. */
  readonly words?: readonly string[]
  readonly also?: Readonly<Record<string, string>>
  readonly reads?: Reads
  readonly openEnds?: true
  readonly range?: { readonly min: number; readonly max: number }
}

/** `effective_from` → `effectiveFrom`. */
export function camelCase(column: string): string {
  return column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/**
 * The fields of a target, from the columns of its fact table: every column has words here, and no
 * words are without a column, so that a new column cannot be forgotten. How a field is read follows
 * from the column's type where the words do not say otherwise.
 *
 * @throws Error when columns and words do not match
 */
export function fieldsOf(
  table: FactTableName,
  words: Readonly<Record<string, FieldWords>>,
  hidden: readonly string[] = [],
): Record<string, TargetField> {
  const fields: Record<string, TargetField> = {}
  const left = new Set(Object.keys(words))
  for (const [column, { type }] of Object.entries(factTables[table].columns)) {
    const name = camelCase(column)
    const said = words[name]
    left.delete(name)
    if (said === undefined) {
      if (hidden.includes(column)) continue
      throw new Error(`import target ${table}: no words for ${name}`)
    }
    fields[name] = {
      column,
      reads: said.reads ?? readsOf(type, said),
      says: said.says,
      synonyms: said.synonyms,
      required: said.required ?? false,
      ...(said.fallback === undefined ? {} : { fallback: said.fallback }),
      ...(said.openEnds === undefined ? {} : { openEnds: said.openEnds }),
    }
  }
  for (const name of left) throw new Error(`import target ${table}: no column for ${name}`)
  return fields
}

function readsOf(type: string, said: FieldWords): Reads {
  const bare = /^(?:Nullable|LowCardinality)\((.+)\)$/.exec(type)?.[1] ?? type
  const range = said.range
  if (said.words !== undefined) return { as: 'word', words: said.words, also: said.also ?? {} }
  if (bare === 'String') return { as: 'text' }
  if (bare === 'Bool') return { as: 'boolean' }
  if (bare.startsWith('DateTime64')) return { as: 'instant' }
  if (bare === 'Float64') return { as: 'number', min: -1e300, max: 1e300, ...range }
  const decimal = /^Decimal\((\d+), (\d+)\)$/.exec(bare)
  if (decimal !== null) {
    const scale = Number(decimal[2])
    return { as: 'decimal', scale, whole: Number(decimal[1]) - scale, ...range }
  }
  const whole = /^(U?)Int(8|16|32)$/.exec(bare)
  if (whole !== null) {
    const values = 2 ** Number(whole[2])
    const limits =
      whole[1] === 'U' ? { min: 0, max: values - 1 } : { min: -values / 2, max: values / 2 - 1 }
    return { as: 'number', whole: true, ...limits, ...range }
  }
  throw new Error(`no way to read a cell into ${type}`)
}

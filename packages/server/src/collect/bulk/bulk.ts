import type { RecordReason } from '@tomoshibi/contract/bulk'
import type { Text } from '@tomoshibi/contract/text'
import { closest } from 'fastest-levenshtein'
import { cellOrNull } from '../import/formats/json-lines.ts'
import { type Mapping, mappingSchema } from '../import/mapping/schema.ts'
import { attributeMapper } from '../import/rows/attributes.ts'
import type { ReadingContext } from '../import/rows/cells.ts'
import { factMapper } from '../import/rows/facts.ts'
import type { ImportedFact, RowMapper } from '../import/rows/row.ts'
import type { ImportTarget } from '../import/targets/target.ts'
import { ZoneDays } from '../import/values/zone.ts'
import { instantOf } from '../ingest/ingest.ts'

export type BulkRecord = Readonly<Record<string, unknown>>

/** What a record becomes: facts, or the reasons why not. */
export type ReadRecord =
  | { readonly facts: readonly ImportedFact[] }
  | { readonly reasons: readonly RecordReason[] }

const source = 'api'

interface Shape {
  readonly columns: readonly string[]
  readonly map: RowMapper
}

/**
 * Makes the reader of records of one kind. A record is read as the import reads a row; the mapping
 * follows from the names in it.
 *
 * @param timeZone of dates that have no offset
 */
export function recordReader(
  target: ImportTarget,
  timeZone: string,
): (record: BulkRecord) => ReadRecord {
  const shapes = new Map<string, Shape>()
  const zone = new ZoneDays(timeZone)
  return (record) => {
    const flat = target.hasAttributes ? withAttributes(record) : record
    if (flat === null) {
      return { reasons: [{ field: 'attributes', value: '', ...reason('NOT_AN_OBJECT') }] }
    }
    const names = Object.keys(flat)
    // How an attribute is read, its value says; how a field is, the target.
    const key = target.hasAttributes
      ? names.map((name) => `${name}:${typeOf(flat[name])}`).join('\0')
      : names.join('\0')
    let shape = shapes.get(key)
    if (shape === undefined) {
      names.sort()
      const reasons = faultsOf(target, names)
      if (reasons.length > 0) return { reasons }
      shape = shapeOf(target, flat, names, zone)
      // Records of one request have few shapes; a sender who makes up names must not fill the memory.
      if (shapes.size < 100) shapes.set(key, shape)
    }
    const cells: string[] = []
    for (const name of shape.columns) {
      const cell = cellOrNull(flat[name])
      if (cell === null) return { reasons: [{ field: name, value: '', ...reason('TOO_DEEP') }] }
      cells.push(cell)
    }
    const outcome = shape.map(cells)
    if (outcome.kind === 'facts') return { facts: outcome.facts }
    if (outcome.kind === 'leftOut') return { facts: [] }
    return {
      reasons: outcome.rejects.map(({ column, value, problem }) => ({
        field: column,
        value: value.slice(0, 200),
        code: problem.code,
        what: problem.says,
      })),
    }
  }
}

/** Names of records that are not fields. */
const ofRecords: (target: ImportTarget) => readonly string[] = (target) => [
  ...(target.hasAttributes ? ['effectiveAt'] : ['id']),
  ...(target.hasAccount ? ['accountId'] : []),
  'knownAt',
]

const attributePrefix = 'attributes.'

/** An account's attributes beside its other names; null when they are no object. */
function withAttributes(record: BulkRecord): BulkRecord | null {
  const { attributes, ...rest } = record
  if (typeof attributes !== 'object' || attributes === null || Array.isArray(attributes))
    return null
  const named = Object.entries(attributes).map(([key, value]) => [attributePrefix + key, value])
  return { ...rest, ...Object.fromEntries(named) }
}

const words = {
  FIELD_UNKNOWN: (near: string) => ({
    en: `there is no such field; did you mean ${near}?`,
    ja: `この項目はありません。${near} のことでしょうか`,
  }),
  FIELDS_EXCLUDE: (other: string) => ({
    en: `it cannot stand beside ${other}, which says the same`,
    ja: `同じ内容を表す ${other} と同時には指定できません`,
  }),
  NOT_AN_OBJECT: () => ({ en: 'not a JSON object', ja: 'JSON オブジェクトではありません' }),
  TOO_DEEP: () => ({ en: 'nested too deeply', ja: '入れ子が深すぎます' }),
} as const satisfies Record<string, (detail: string) => Text>

const reason = (code: keyof typeof words, detail = '') => ({ code, what: words[code](detail) })

function faultsOf(target: ImportTarget, names: readonly string[]): RecordReason[] {
  const known = [...ofRecords(target), ...Object.keys(target.fields)]
  const reasons: RecordReason[] = []
  for (const name of names) {
    const isAttribute = target.hasAttributes && name.startsWith(attributePrefix)
    if (!isAttribute && !known.includes(name)) {
      reasons.push({ field: name, value: '', ...reason('FIELD_UNKNOWN', closest(name, known)) })
    }
    const other = target.fields[name]?.insteadOf
    if (other !== undefined && names.includes(other)) {
      reasons.push({ field: name, value: '', ...reason('FIELDS_EXCLUDE', other) })
    }
  }
  return reasons
}

/** How an attribute is read, by what its JSON value is. */
function typeOf(value: unknown): 'number' | 'boolean' | 'date' | 'string' {
  if (typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'boolean'
  return instantOf(value) === null ? 'string' : 'date'
}

function shapeOf(
  target: ImportTarget,
  record: BulkRecord,
  names: readonly string[],
  zone: ZoneDays,
): Shape {
  const given = names.filter((name) => name in target.fields)
  // A required field is asked for also where nothing of it is given, unless another says the same.
  const missing = Object.entries(target.fields).flatMap(([name, field]) => {
    const columns = given.map((each) => target.fields[each]?.column)
    return field.required && field.insteadOf === undefined && !columns.includes(field.column)
      ? [name]
      : []
  })
  const fields = [...given, ...missing]
  const attributes = names.filter((name) => name.startsWith(attributePrefix))
  const columns = [...ofRecords(target), ...fields, ...attributes]
  const mapping: Mapping = mappingSchema.parse({
    version: 1,
    files: [
      {
        file: source,
        target: target.name,
        source,
        ...(target.hasAttributes ? {} : { id: 'id' }),
        ...(target.hasAccount ? { account: 'accountId' } : {}),
        knownAt: { column: 'knownAt' },
        ...(target.hasAttributes && names.includes('effectiveAt')
          ? { effectiveAt: 'effectiveAt' }
          : {}),
        fields: Object.fromEntries(fields.map((name) => [name, name])),
        attributes: Object.fromEntries(
          attributes.map((column) => [
            column.slice(attributePrefix.length),
            { column, type: typeOf(record[column]) },
          ]),
        ),
      },
    ],
  })
  const [file] = mapping.files
  if (file === undefined) throw new Error('a mapping has a file')
  const places = new Map(columns.map((name, i) => [name, i]))
  const context: ReadingContext = {
    place: (column) => places.get(column) ?? -1,
    zone,
    decimal: undefined,
    onOpenEnd: () => {},
  }
  const make = target.hasAttributes ? attributeMapper : factMapper
  const map = make({ mapping, file, target, columns, context, lookup: undefined, source })
  return { columns, map }
}

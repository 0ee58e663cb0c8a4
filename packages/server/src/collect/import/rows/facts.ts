import { factTables } from '@tomoshibi/facts/tables'
import type { MappedFile, Mapping } from '../mapping/schema.ts'
import type { ImportTarget, TargetField } from '../targets/target.ts'
import { valueProblem } from '../values/problem.ts'
import { accountOf, type Lookup } from './account.ts'
import { knownAtOf, type ReadingContext, type ValueReader, valueReader } from './cells.ts'
import { filterOf } from './filter.ts'
import { identityOf } from './identity.ts'
import type { ImportedFact, Reject, RowMapper } from './row.ts'
import { type LaterPart, versionsOf } from './versions.ts'

export interface MapperInput {
  readonly mapping: Mapping
  readonly file: MappedFile
  readonly target: ImportTarget
  /** Names of the columns; a file of open columns appends to them while it is read. */
  readonly columns: readonly string[]
  readonly context: ReadingContext
  readonly lookup: Lookup | undefined
  /** Where the facts come from. */
  readonly source: string
}

interface MappedField {
  readonly name: string
  readonly field: TargetField
  readonly column: string | null
  readonly value: ValueReader
  readonly knownAt: ValueReader | null
}

const openEnds = ['9999-12-31']

/** Makes the mapper of a target with fields: a row becomes one record, in one or more versions. */
export function factMapper(input: MapperInput): RowMapper {
  const { file, target, context } = input
  const passes = filterOf(file, context)
  const identity = identityOf(file, input.columns, context)
  const account = accountOf(file, context, input.lookup)
  const recordKnownAt = knownAtOf(file.knownAt, context)
  const fields = mappedFields(input)
  const deciding = fields.filter(({ field }) => field.also !== undefined)
  const template = templateOf(input, fields)

  return (cells) => {
    if (passes !== null && !passes(cells)) return { kind: 'leftOut' }
    const rejects: Reject[] = []
    // Copies of one template share their shape, which makes millions of them cheap.
    const fact = { ...template }
    fact.account_id = account(cells, rejects)
    const id = identity(cells, rejects)
    fact.record_id = id.recordId
    fact.source_id = id.sourceId
    const knownAt = instant(recordKnownAt(cells, rejects))
    fact.known_at = knownAt
    let later: LaterPart[] | undefined
    for (const { field, column, value, knownAt: fieldKnownAt } of fields) {
      const read = value(cells, rejects)
      if (read === null) {
        // A cell that could not be read has said so already.
        if (field.required && rejects.length === 0) {
          rejects.push({ column, value: '', problem: valueProblem('REQUIRED') })
        }
        continue
      }
      const at = fieldKnownAt === null ? null : instant(fieldKnownAt(cells, rejects))
      if (at === null || knownAt === null || at <= knownAt) fact[field.column] = read
      else {
        later ??= []
        later.push({ knownAt: at, columns: { [field.column]: read } })
      }
    }
    if (rejects.length > 0) return { kind: 'rejected', rejects }
    for (const { field } of deciding) field.also?.(fact, fact[field.column] ?? null)
    const facts = later === undefined ? [fact] : versionsOf(fact, later)
    const reject = faultOf(target, fields, facts.at(-1) ?? fact)
    return reject === null ? { kind: 'facts', facts } : { kind: 'rejected', rejects: [reject] }
  }
}

/** What no single cell can tell, of the record as it is known last. */
function faultOf(
  target: ImportTarget,
  fields: readonly MappedField[],
  fact: ImportedFact,
): Reject | null {
  const fault = target.fault?.(fact)
  if (!fault) return null
  const mapped = fields.find(({ name }) => name === fault.field)
  const value = mapped === undefined ? '' : String(fact[mapped.field.column] ?? '')
  return { column: mapped?.column ?? null, value, problem: fault.problem }
}

/** A fact with every column that rows may fill, as it is where they leave it empty. */
function templateOf({ target, source }: MapperInput, fields: readonly MappedField[]): ImportedFact {
  const template: ImportedFact = {
    row_no: 0,
    account_id: '',
    record_id: '',
    known_at: null,
    source_id: '',
    source,
  }
  const { columns } = factTables[target.table]
  for (const field of Object.values(target.fields)) {
    if (field.fallback !== undefined) template[field.column] = field.fallback
  }
  for (const { field } of fields) {
    const { column, fallback } = field
    const isNullable = columns[column]?.type.startsWith('Nullable') ?? false
    template[column] = fallback ?? (isNullable ? null : '')
  }
  return template
}

function mappedFields({ mapping, file, target, context }: MapperInput): MappedField[] {
  const fields: MappedField[] = []
  for (const [name, field] of Object.entries(target.fields)) {
    let from = file.fields[name]
    if (from === undefined) {
      const ofMapping =
        field.reads.as === 'currency' && field.required ? mapping.currency : undefined
      if (ofMapping === undefined) continue
      from = { value: ofMapping }
    }
    fields.push({
      name,
      field,
      column: from.column ?? null,
      value: valueReader(from, field.reads, context, {
        addsDays: field.addsDays ?? 0,
        ...(field.openEnds ? { openEnds } : {}),
      }),
      knownAt: from.knownAt === undefined ? null : knownAtOf(from.knownAt, context),
    })
  }
  return fields
}

function instant(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

import type { MappedFile, Mapping } from '../mapping/schema.ts'
import type { FactContent, ImportTarget, TargetField } from '../targets/target.ts'
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
  const { file, target, context, source } = input
  const passes = filterOf(file, context)
  const identity = identityOf(file, input.columns, context)
  const account = accountOf(file, context, input.lookup)
  const recordKnownAt = knownAtOf(file.knownAt, context)
  const fields = mappedFields(input)
  const fallbacks: FactContent = {}
  for (const field of Object.values(target.fields)) {
    if (field.fallback !== undefined) fallbacks[field.column] = field.fallback
  }

  return (cells) => {
    if (passes !== null && !passes(cells)) return { kind: 'leftOut' }
    const rejects: Reject[] = []
    const accountId = account(cells, rejects)
    const id = identity(cells, rejects)
    const knownAt = instant(recordKnownAt(cells, rejects))
    const content: FactContent = { ...fallbacks }
    const later: LaterPart[] = []
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
      if (at === null || knownAt === null || at <= knownAt) content[field.column] = read
      else later.push({ knownAt: at, columns: { [field.column]: read } })
    }
    if (rejects.length > 0) return { kind: 'rejected', rejects }
    for (const { field } of fields) field.also?.(content, content[field.column] ?? null)
    const fault = target.fault?.({
      ...content,
      ...Object.assign({}, ...later.map((l) => l.columns)),
    })
    if (fault) {
      const at = fields.find(({ name }) => name === fault.field)
      const value = at === undefined ? '' : String(content[at.field.column] ?? '')
      return {
        kind: 'rejected',
        rejects: [{ column: at?.column ?? null, value, problem: fault.problem }],
      }
    }
    const facts = versionsOf(knownAt, content, later).map(
      (version): ImportedFact => ({
        ...version.content,
        account_id: accountId,
        record_id: id.recordId,
        known_at: version.knownAt,
        source_id: id.sourceId,
        source,
      }),
    )
    return { kind: 'facts', facts }
  }
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

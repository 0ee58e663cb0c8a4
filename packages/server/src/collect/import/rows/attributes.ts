import { readsOfAttribute } from '../mapping/reads.ts'
import type { KnownAt, ValueFrom } from '../mapping/schema.ts'
import type { FactValue } from '../targets/target.ts'
import { ZoneDays } from '../values/zone.ts'
import { accountOf } from './account.ts'
import {
  type Cells,
  dateOf,
  knownAtOf,
  type ReadingContext,
  type ValueReader,
  valueReader,
} from './cells.ts'
import type { MapperInput } from './facts.ts'
import { filterOf } from './filter.ts'
import { identityOf } from './identity.ts'
import type { ImportedFact, Reject, RowMapper } from './row.ts'

const always = '1970-01-01T00:00:00.000Z'

interface MappedAttribute {
  readonly attribute: string
  readonly kind: 'string' | 'number' | 'bool' | 'date'
  readonly value: ValueReader
  readonly text: (value: FactValue) => string
  /** Undefined = as the row. */
  readonly knownAt: ((cells: Cells, rejects: Reject[], ofRow: FactValue) => FactValue) | undefined
  readonly effectiveAt: ValueReader | null
}

/**
 * Makes the mapper of accounts: a row becomes one record for each attribute. A record is named by the
 * file's id where it has one, otherwise by the account and the instant from which the value applies,
 * so that a file of changes gives each change its own. An empty cell says that there is no value
 * (`removed`), which takes back what an earlier import said.
 */
export function attributeMapper(input: MapperInput): RowMapper {
  const { file, context, source } = input
  const passes = filterOf(file, context)
  const identity = file.id === undefined ? null : identityOf(file, input.columns, context)
  const account = accountOf(file, context, input.lookup)
  const prefix = file.idPrefix ?? ''
  const fileKnownAt = knownAtOf(file.knownAt, context)
  const fileEffectiveAt = file.effectiveAt === undefined ? null : dateOf(file.effectiveAt, context)
  const attributes = Object.entries(file.attributes).map(([attribute, from]) =>
    mapped(attribute, from, context),
  )

  return (cells) => {
    if (passes !== null && !passes(cells)) return { kind: 'leftOut' }
    const rejects: Reject[] = []
    const accountId = account(cells, rejects)
    const id = identity === null ? null : identity(cells, rejects)
    const knownAt = fileKnownAt(cells, rejects)
    const effectiveAt = fileEffectiveAt?.(cells, rejects) ?? null
    const facts: ImportedFact[] = []
    for (const one of attributes) {
      const value = one.value(cells, rejects)
      const known = one.knownAt === undefined ? knownAt : one.knownAt(cells, rejects, knownAt)
      const effective =
        (one.effectiveAt === null ? effectiveAt : one.effectiveAt(cells, rejects)) ?? null
      const from = typeof effective === 'string' ? effective : always
      const change = effective === null ? accountId : `${accountId}@${effective}`
      const name = id?.recordId ?? prefix + change
      facts.push({
        row_no: 0,
        ...contentOf(one, value),
        attribute: one.attribute,
        effective_at: from,
        account_id: accountId,
        record_id: `${name}~${one.attribute}`,
        known_at: typeof known === 'string' ? known : null,
        source_id: id?.sourceId ?? accountId,
        source,
      })
    }
    return rejects.length > 0 ? { kind: 'rejected', rejects } : { kind: 'facts', facts }
  }
}

function mapped(attribute: string, from: ValueFrom, context: ReadingContext): MappedAttribute {
  const reads = readsOfAttribute(from.type)
  const kinds = { decimal: 'number', boolean: 'bool', instant: 'date' } as const
  const kind =
    reads.as === 'decimal' || reads.as === 'boolean' || reads.as === 'instant'
      ? kinds[reads.as]
      : 'string'
  return {
    attribute,
    kind,
    value: valueReader(from, reads, context),
    text: kind === 'date' ? dayText(from, context) : String,
    knownAt: from.knownAt === undefined ? undefined : ownKnownAt(from.knownAt, context),
    effectiveAt: from.effectiveAt === undefined ? null : dateOf(from.effectiveAt, context),
  }
}

function ownKnownAt(from: KnownAt, context: ReadingContext): MappedAttribute['knownAt'] {
  if (from === 'import') return () => null
  const own = knownAtOf(from, context)
  return (cells, rejects, ofRow) => own(cells, rejects) ?? ofRow
}

function dayText(from: ValueFrom, context: ReadingContext): (value: FactValue) => string {
  const zone = from.timeZone === undefined ? context.zone : new ZoneDays(from.timeZone)
  return (value) => zone.dayOf(Date.parse(String(value)))
}

function contentOf(one: MappedAttribute, value: FactValue): Record<string, FactValue> {
  if (value === null) return { value: '', value_number: null, value_kind: 'removed' }
  return {
    value: one.text(value),
    value_number: one.kind === 'number' ? Number(value) : null,
    value_kind: one.kind,
  }
}

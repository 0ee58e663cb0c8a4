import { matchesFile } from './mapping/files.ts'
import type { DateFrom, KnownAt, MappedFile, Mapping, ValueFrom } from './mapping/schema.ts'

/**
 * Columns of a file that nothing in the mapping uses or names under `skip`, over all of its targets
 * and the lookups into it.
 */
export function unusedColumns(
  mapping: Mapping,
  fileName: string,
  columns: readonly string[],
): string[] {
  const used = new Set<string>()
  for (const file of mapping.files) {
    if (matchesFile(file.file, fileName)) for (const column of usedBy(file)) used.add(column)
    const lookup = file.account?.lookup
    if (lookup !== undefined && matchesFile(lookup.file, fileName)) {
      used.add(lookup.key).add(lookup.column)
    }
  }
  return columns.filter((column) => !used.has(column))
}

function* usedBy(file: MappedFile): Generator<string> {
  yield* file.skip
  yield* file.id ?? []
  yield* Object.keys(file.where)
  yield* ofDate(file.knownAt)
  yield* ofDate(file.effectiveAt)
  if (file.account?.column !== undefined) yield file.account.column
  if (file.account?.lookup !== undefined) yield file.account.lookup.by
  for (const from of [...Object.values(file.fields), ...Object.values(file.attributes)]) {
    yield* ofValue(from)
  }
}

function* ofValue(from: ValueFrom): Generator<string> {
  if (from.column !== undefined) yield from.column
  if (from.after !== undefined) yield from.after
  yield* from.columns ?? []
  yield* ofDate(from.knownAt)
  yield* ofDate(from.effectiveAt)
}

function* ofDate(from: KnownAt | DateFrom | undefined): Generator<string> {
  if (typeof from === 'object' && from.column !== undefined) yield from.column
}

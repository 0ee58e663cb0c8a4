import type { Problem } from '@tomoshibi/contract/errors'
import { Failure } from '../../call/failure.ts'
import type { GivenFile } from './files.ts'
import { type OpenSource, openSource } from './formats/open.ts'
import { SourceError } from './formats/source.ts'
import type { Headers } from './mapping/check.ts'
import { matchesFile } from './mapping/files.ts'
import { parseMapping } from './mapping/parse.ts'
import type { MappedFile, Mapping } from './mapping/schema.ts'
import { note, unreadableDetails, unreadableNote } from './notes.ts'
import { findTarget } from './targets/catalogue.ts'
import type { ImportTarget } from './targets/target.ts'

/** One file for one target: what the summary has a line for. */
export interface ImportEntry {
  readonly mapped: MappedFile
  readonly target: ImportTarget
  readonly source: OpenSource
}

/** What an import is going to do. */
export interface ImportPlan {
  readonly mapping: Mapping
  readonly entries: readonly ImportEntry[]
  readonly notes: readonly Problem[]
  close(): Promise<void>
}

/**
 * Opens the files, reads the mapping against their headers, and tells which is imported into what.
 * A file that cannot be read does not stop the others; it is in the notes.
 *
 * @throws Failure BAD_MAPPING with every problem of the mapping, FILE_UNREADABLE when no file can be
 *   imported
 */
export async function planImport(
  text: string,
  files: readonly GivenFile[],
  mappingFile: string | undefined,
): Promise<ImportPlan> {
  const first = parseMapping(text, { mappingFile })
  const mapping = first.ok ? first.mapping : null
  const opened = new Map<string, OpenSource>()
  const notes: Problem[] = []
  const close = async () => {
    for (const source of opened.values()) await source.close()
  }
  try {
    const unreadable: SourceError[] = []
    for (const file of files) {
      const error = await open(file, mapping, opened)
      if (error !== null) unreadable.push(error)
    }
    const headers: Headers = [...opened.values()]
    const again = parseMapping(text, { mappingFile, headers })
    if (!again.ok) {
      throw new Failure('BAD_MAPPING', { count: String(again.problems.length) }, again.problems)
    }

    const entries: ImportEntry[] = []
    for (const mapped of again.mapping.files) {
      const target = findTarget(mapped.target)
      const given = files.filter((file) => matchesFile(mapped.file, file.name))
      if (given.length === 0) notes.push(note('FILE_MISSING', mapped.file))
      for (const { path } of given) {
        const source = opened.get(path)
        if (source !== undefined && target !== undefined) entries.push({ mapped, target, source })
      }
    }
    for (const file of files) {
      // A mapping that lies beside its files is no data that anybody forgot.
      if (/\.ya?ml$/i.test(file.name)) continue
      if (again.mapping.files.some((mapped) => matchesFile(mapped.file, file.name))) continue
      notes.push(note('FILE_NOT_MAPPED', file.name))
    }
    for (const error of unreadable) notes.push(unreadableNote(error.file, error.says))
    if (entries.length === 0) throw nothingToImport(unreadable, files)
    return { mapping: again.mapping, entries, notes, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Opens a file that the mapping speaks of; any file while the mapping cannot be read. */
async function open(
  file: GivenFile,
  mapping: Mapping | null,
  opened: Map<string, OpenSource>,
): Promise<SourceError | null> {
  const mapped = mapping?.files.find((one) => matchesFile(one.file, file.name))
  const lookedUp = mapping?.files.some(
    ({ account }) => account?.lookup !== undefined && matchesFile(account.lookup.file, file.name),
  )
  if (mapping !== null && mapped === undefined && !lookedUp) return null
  try {
    const { format, encoding, delimiter } = mapped ?? {}
    opened.set(file.path, await openSource(file.path, { format, encoding, delimiter }))
    return null
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    return mapping === null ? null : error
  }
}

function nothingToImport(unreadable: readonly SourceError[], files: readonly GivenFile[]): Failure {
  const [error] = unreadable
  if (error !== undefined) {
    return new Failure(
      'FILE_UNREADABLE',
      unreadableDetails(error.file, error.says),
      unreadable.map(({ file, says }) => unreadableNote(file, says)),
    )
  }
  const names = files.map((file) => file.name)
  return new Failure(
    'FILE_UNREADABLE',
    unreadableDetails(names.join(', '), {
      en: 'it is not in the mapping',
      ja: 'マッピングにありません',
    }),
    names.map((name) => note('FILE_NOT_MAPPED', name)),
  )
}

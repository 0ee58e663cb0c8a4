import type { Problem } from '@tomoshibi/contract/errors'
import { type Document, LineCounter, parseDocument, visit } from 'yaml'
import { checkMapping, type Headers } from './check.ts'
import { placeOf } from './places.ts'
import { type Fault, inOrder } from './problems.ts'
import { type Mapping, mappingSchema } from './schema.ts'
import { shapeFaults } from './shape.ts'

export type ParsedMapping =
  | { readonly ok: true; readonly mapping: Mapping }
  | { readonly ok: false; readonly problems: Problem[] }

export interface ParseOptions {
  /** Name of the mapping's file, for messages. */
  readonly mappingFile?: string | undefined
  /** Columns of the files, where they are known; then the mapping's columns are checked as well. */
  readonly headers?: Headers | undefined
}

/** Faults of the text that leave the rest of it readable. */
const harmless = new Set(['DUPLICATE_KEY', 'TAG_RESOLVE_FAILED', 'BAD_PROP_ORDER'])

/**
 * Reads a mapping and checks all of it: the YAML, the settings, the names of targets, fields and
 * columns, formats, time zones, constants.
 *
 * @returns the mapping, or every problem with its line and column (both from 1), in the text's order
 */
export function parseMapping(text: string, options: ParseOptions = {}): ParsedMapping {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const yamlProblem = (offset: number, what: string): Problem => {
    const { line, col } = lines.linePos(offset)
    const text = { en: what, ja: `YAML として読めません: ${what}` }
    return { ...file(options), code: 'YAML', text, line, column: col, suggestions: [] }
  }
  const problems = document.errors.map(({ pos, message }) => {
    const what = message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? ''
    return yamlProblem(pos[0], what)
  })
  if (document.errors.some((error) => !harmless.has(error.code))) {
    return { ok: false, problems: inOrder(problems) }
  }

  let raw: unknown
  try {
    raw = document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    // An alias of nothing, or aliases of aliases that would fill the memory.
    const what = error instanceof Error ? error.message : String(error)
    problems.push(yamlProblem(firstBadAlias(document), what))
    return { ok: false, problems: inOrder(problems) }
  }
  const parsed = mappingSchema.safeParse(raw, { reportInput: true })
  const faults: Fault[] = [
    ...(parsed.success ? [] : shapeFaults(parsed.error.issues)),
    ...checkMapping(raw, options.headers),
  ]
  for (const fault of faults) {
    problems.push({
      ...file(options),
      code: fault.code,
      text: fault.text,
      ...placeOf(document, lines, fault.path, fault.part),
      suggestions: [...fault.suggestions],
    })
  }
  if (parsed.success && problems.length === 0) return { ok: true, mapping: parsed.data }
  return { ok: false, problems: inOrder(problems) }
}

/** Offset of the first alias that stands for nothing, else of the last one. */
function firstBadAlias(document: Document.Parsed): number {
  const anchors = new Set<string>()
  let offset = 0
  visit(document, {
    Value(_, { anchor }) {
      if (anchor !== undefined) anchors.add(anchor)
    },
    Alias(_, alias) {
      offset = alias.range?.[0] ?? 0
      return anchors.has(alias.source) ? undefined : visit.BREAK
    },
  })
  return offset
}

function file(options: ParseOptions): { file?: string } {
  return options.mappingFile === undefined ? {} : { file: options.mappingFile }
}

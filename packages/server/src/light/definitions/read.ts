import type { Problem } from '@tomoshibi/contract/errors'
import { type Document, isScalar, LineCounter, parseDocument } from 'yaml'
import type * as z from 'zod'

/** Where something stands in a file, from 1. */
interface Place {
  readonly line: number
  readonly column: number
}

/** A definition that has the right form, and where its parts stand. */
export interface ReadDefinition<T> {
  readonly ok: true
  readonly definition: T
  /**
   * Where the value at a path begins, or so many characters into it where it stands in the file as it is; where the
   * path is not there, the nearest one around it.
   */
  at(path: readonly (string | number)[], offset?: number): Place
}

/** Reads a definition from YAML; every problem of its form is returned, with line and column. */
export function readDefinition<S extends z.ZodType>(
  yaml: string,
  schema: S,
): ReadDefinition<z.output<S>> | { readonly ok: false; readonly problems: readonly Problem[] } {
  const lines = new LineCounter()
  const document = parseDocument(yaml, { lineCounter: lines })
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  if (document.errors.length > 0) {
    return {
      ok: false,
      problems: document.errors.map((error) => {
        const says = error.message.split('\n')[0] ?? error.code
        return {
          code: 'BAD_YAML',
          text: { en: `This is not YAML: ${says}`, ja: `YAML として読み取れません: ${says}` },
          ...placeOf(error.pos[0]),
          suggestions: [],
        }
      }),
    }
  }
  const parsed = schema.safeParse(contentOf(document))
  if (!parsed.success) {
    return {
      ok: false,
      problems: parsed.error.issues.map((issue) => {
        const path = issue.path.map(String)
        const place = path.length > 0 ? `${path.join('.')}: ` : ''
        return {
          code: 'BAD_DEFINITION',
          text: { en: `${place}${issue.message}`, ja: `${place}${issue.message}` },
          ...placeOf(startOf(document, issue.path)),
          suggestions: [],
        }
      }),
    }
  }
  return {
    ok: true,
    definition: parsed.data,
    at: (path, offset = 0) =>
      placeOf(startOf(document, path) + (isPlain(document, path) ? offset : 0)),
  }
}

/** The document's value; one that is blown up by aliases is none. */
function contentOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 10 })
  } catch {
    return null
  }
}

function startOf(document: Document, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true)
    if (isScalar(node) || hasRange(node)) return node.range?.[0] ?? 0
  }
  return 0
}

function hasRange(node: unknown): node is { range?: [number, number, number] | null } {
  return typeof node === 'object' && node !== null && 'range' in node
}

/** A plain scalar on one line stands in the file as it is, so offsets in it are offsets in the file. */
function isPlain(document: Document, path: readonly PropertyKey[]): boolean {
  const node = document.getIn(path, true)
  return isScalar(node) && node.type === 'PLAIN' && !String(node.value).includes('\n')
}

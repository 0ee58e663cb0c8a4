import type { Problem } from '@tomoshibi/contract/errors'
import type { MetricProblem } from '@tomoshibi/metrics/custom/problem'
import { type Document, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import { placeOf } from '../../collect/import/mapping/places.ts'

/** A file of YAML, read: its content, or the problems of its form. */
export interface ReadYaml {
  readonly content: unknown
  readonly problems: readonly Problem[]
  /** A problem of the content, with its line and column. */
  placed(problem: MetricProblem): Problem
}

const unread = (problem: Problem): ReadYaml => ({
  content: null,
  problems: [problem],
  placed: ({ code, text, suggestions }) => ({ code, text, suggestions: [...suggestions] }),
})

const badYaml = (what: string, line = 1, column = 1): Problem => ({
  code: 'BAD_YAML',
  text: { en: `This is not YAML: ${what}`, ja: `YAML として読み取れません: ${what}` },
  line,
  column,
  suggestions: [],
})

/**
 * Reads the YAML of one metric. Anchors, aliases and tags are refused: a definition says what it says
 * where it stands, and none of it grows when it is read.
 */
export function readYaml(text: string): ReadYaml {
  const lines = new LineCounter()
  let document: Document.Parsed
  try {
    document = parseDocument(text, { lineCounter: lines, stringKeys: true })
  } catch (error) {
    // The parser recurses, so that thousands of brackets end in a RangeError.
    return unread(badYaml(error instanceof Error ? error.message : String(error)))
  }
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  const problems = document.errors.map(({ pos, message, code }) => {
    const { line, column } = at(pos[0])
    return badYaml(message.split('\n')[0]?.replace(/ at line \d+.*$/, '') ?? code, line, column)
  })
  const forbid = (offset: number): void => {
    problems.push({
      code: 'BAD_YAML',
      text: {
        en: 'Anchors, aliases and tags are not used here; write out what is meant.',
        ja: 'アンカー・エイリアス・タグは使えません。内容をそのまま書いてください。',
      },
      ...at(offset),
      suggestions: [],
    })
  }
  const read = (content: unknown): ReadYaml => ({
    content,
    problems,
    placed: ({ code, text: says, path, part, within, suggestions }) => ({
      code,
      text: says,
      ...(within === undefined
        ? placeOf(document, lines, path, part)
        : (at(offsetIn(document, text, path, within) ?? -1) ?? {})),
      suggestions: [...suggestions],
    }),
  })
  if (problems.length > 0) return read(null)
  try {
    visit(document, {
      Alias: (_, node) => forbid(node.range?.[0] ?? 0),
      Value: (_, node) => {
        if (node.anchor !== undefined || node.tag?.startsWith('!') === true || hasTag(node, text))
          forbid(node.range?.[0] ?? 0)
      },
    })
    return read(problems.length > 0 ? null : document.toJS({ maxAliasCount: 0 }))
  } catch (error) {
    return unread(badYaml(error instanceof Error ? error.message : String(error)))
  }
}

/** Whether a node has a tag in the text, such as !!binary. */
const hasTag = (node: { readonly range?: readonly number[] | null }, text: string): boolean => {
  const start = node.range?.[0] ?? 0
  return /![^\s]*\s+$/.test(text.slice(Math.max(0, start - 40), start))
}

/**
 * Where a stretch of a text that stands in the file begins there. In quotes and blocks it does not
 * stand as it is, so the same words are looked for, as often as they come before it.
 */
const offsetIn = (
  document: Document.Parsed,
  source: string,
  path: readonly (string | number)[],
  { from, to }: { readonly from: number; readonly to: number },
): number | null => {
  const node = document.getIn([...path], true)
  if (!isScalar(node) || node.range === undefined || node.range === null) return null
  const [start, end] = node.range
  const value = String(node.value)
  const piece = value.slice(from, Math.max(to, from + 1))
  if (piece === '' || piece.includes('\n')) return start
  const before = value.slice(0, from).split(piece).length - 1
  let offset = source.indexOf(piece, start)
  for (let k = 0; k < before && offset !== -1; k += 1) {
    offset = source.indexOf(piece, offset + piece.length)
  }
  return offset === -1 || offset >= end ? start : offset
}

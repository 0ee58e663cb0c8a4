import type { Problem } from '@tomoshibi/contract/errors'
import { checkCondition } from '@tomoshibi/metrics/condition/check'
import { nearNames } from '@tomoshibi/metrics/condition/near-names'
import type { NameScope } from '@tomoshibi/metrics/condition/scope'
import { namesIn, type TypedCondition } from '@tomoshibi/metrics/condition/syntax'
import { type Document, isScalar, LineCounter, parseDocument } from 'yaml'
import { type Lamp, type LampDefinition, lampDefinitionSchema, namesInWhy } from './definition.ts'

export type ParsedLamp =
  | { readonly ok: true; readonly lamp: Lamp }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * Reads a lamp from YAML and checks its conditions against the names that there are. Every problem
 * is returned, with line and column.
 */
export function parseLampYaml(yaml: string, scope: NameScope): ParsedLamp {
  const lines = new LineCounter()
  const document = parseDocument(yaml, { lineCounter: lines })
  const at = (offset: number) => {
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
          ...at(error.pos[0]),
          suggestions: [],
        }
      }),
    }
  }
  const parsed = lampDefinitionSchema.safeParse(contentOf(document))
  if (!parsed.success) {
    return {
      ok: false,
      problems: parsed.error.issues.map((issue) => {
        const path = issue.path.map(String)
        const place = path.length > 0 ? `${path.join('.')}: ` : ''
        return {
          code: 'BAD_DEFINITION',
          text: { en: `${place}${issue.message}`, ja: `${place}${issue.message}` },
          ...at(startOf(document, path)),
          suggestions: [],
        }
      }),
    }
  }
  const checked = checkLamp(parsed.data, scope)
  if (checked.ok) return checked
  return {
    ok: false,
    problems: checked.problems.map(({ field, from, ...problem }) => ({
      ...problem,
      ...at(startOf(document, [field]) + (isPlain(document, field) ? from : 0)),
    })),
  }
}

interface FieldProblem extends Problem {
  readonly field: 'condition' | 'off' | 'why'
  /** Offset within the field's text. */
  readonly from: number
}

/** Checks the conditions and the why sentence of a definition that has the right form. */
export function checkLamp(
  definition: LampDefinition,
  scope: NameScope,
): { ok: true; lamp: Lamp } | { ok: false; problems: FieldProblem[] } {
  const problems: FieldProblem[] = []
  const typed = (field: 'condition' | 'off', text: string): TypedCondition | null => {
    const checked = checkCondition(text, scope)
    if (checked.ok) return checked.condition
    for (const p of checked.problems) {
      problems.push({
        field,
        code: 'BAD_CONDITION',
        text: { en: `${field}: ${p.text.en}`, ja: `${field}: ${p.text.ja}` },
        from: p.from,
        suggestions: [...p.suggestions],
      })
    }
    return null
  }
  const condition = typed('condition', definition.condition)
  const off = definition.off === null ? null : typed('off', definition.off)
  const said = namesInWhy(definition)
  for (const name of said.filter((name) => !scope.names.has(name))) {
    problems.push({
      field: 'why',
      code: 'UNKNOWN_NAME',
      text: {
        en: `why: there is no metric or attribute '${name}'.`,
        ja: `why: 「${name}」という指標や属性はありません。`,
      },
      from: 0,
      suggestions: nearNames(name, scope),
    })
  }
  if (condition === null || problems.length > 0) return { ok: false, problems }
  const names = new Set([...namesIn(condition), ...(off ? namesIn(off) : []), ...said])
  return { ok: true, lamp: { definition, condition, off, names: [...names] } }
}

/** The document's value; one that is blown up by aliases is none. */
function contentOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 10 })
  } catch {
    return null
  }
}

/** Where the node at a path begins, or the nearest one around it that is there. */
function startOf(document: Document, path: readonly string[]): number {
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
function isPlain(document: Document, field: string): boolean {
  const node = document.getIn([field], true)
  return isScalar(node) && node.type === 'PLAIN' && !String(node.value).includes('\n')
}

import type { Problem } from '@tomoshibi/contract/errors'
import { checkCondition } from '@tomoshibi/metrics/condition/check'
import { nearNames } from '@tomoshibi/metrics/condition/near-names'
import type { NameScope } from '@tomoshibi/metrics/condition/scope'
import { namesIn, type TypedCondition } from '@tomoshibi/metrics/condition/syntax'
import { readDefinition } from '../definitions/read.ts'
import { type Lamp, type LampDefinition, lampDefinitionSchema, namesInWhy } from './definition.ts'

export type ParsedLamp =
  | { readonly ok: true; readonly lamp: Lamp }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * Reads a lamp from YAML and checks its conditions against the names that there are. Every problem
 * is returned, with line and column.
 */
export function parseLampYaml(yaml: string, scope: NameScope): ParsedLamp {
  const read = readDefinition(yaml, lampDefinitionSchema)
  if (!read.ok) return read
  const checked = checkLamp(read.definition, scope)
  if (checked.ok) return checked
  return {
    ok: false,
    problems: checked.problems.map(({ field, from, ...problem }) => ({
      ...problem,
      ...read.at([field], from),
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

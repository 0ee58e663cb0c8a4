import type { DefinitionKind } from '@tomoshibi/contract/definitions'
import { readYaml } from '../../measure/custom/yaml.ts'

/** What only one kind of definition has. */
const marks: readonly (readonly [DefinitionKind, readonly string[]])[] = [
  ['playbook', ['steps', 'begin']],
  ['lamp', ['condition', 'task']],
  ['goal', ['due', 'target']],
  ['scorecard', ['measures']],
  ['metric', ['measure', 'ratio', 'formula']],
]

/**
 * What a file defines, by what it holds.
 *
 * @returns null where it is none of them; a file that is no YAML is left to the reader of metrics, which
 *   says what is wrong with it
 */
export function kindOf(yaml: string): DefinitionKind | null {
  const { content, problems } = readYaml(yaml)
  if (problems.length > 0) return looksLike(yaml)
  if (typeof content !== 'object' || content === null) return null
  return marks.find(([, keys]) => keys.some((key) => key in content))?.[0] ?? null
}

/** By the words at the beginnings of lines, where the YAML cannot be read. */
function looksLike(yaml: string): DefinitionKind {
  const has = (key: string) => new RegExp(`^${key}:`, 'm').test(yaml)
  return marks.find(([, keys]) => keys.some(has))?.[0] ?? 'metric'
}

import { isDeepStrictEqual } from 'node:util'
import type { Problem } from '@tomoshibi/contract/errors'
import type { Text } from '@tomoshibi/contract/text'

interface Versioned {
  readonly key: string
  readonly version: number
  readonly name: Text
}

export interface DefinitionText {
  readonly name: string
  readonly yaml: string
}

/** What a file changes. */
export interface VersionChange<D extends Versioned> {
  readonly key: string
  readonly name: Text
  readonly version: number
  readonly change: 'created' | 'changed' | 'unchanged'
  readonly file: string
  readonly definition: D
}

interface Options<D extends Versioned> {
  parse(
    yaml: string,
  ):
    | { readonly ok: true; readonly definition: D }
    | { readonly ok: false; readonly problems: readonly Problem[] }
  /** The newest version that is there. */
  newest(key: string): D | undefined
  /** Whether applying the same again changes something, since it was taken out of force. */
  isOutOfForce?(key: string): boolean
}

/**
 * What files of definitions that count their versions would change: a version that is there and says something else,
 * or an older one, is refused, and so is a key that two files define.
 *
 * @returns every problem, each with its file; the changes count only where there is none
 */
export function plannedVersions<D extends Versioned>(
  files: readonly DefinitionText[],
  { parse, newest, isOutOfForce = () => false }: Options<D>,
): { readonly problems: readonly Problem[]; readonly changes: readonly VersionChange<D>[] } {
  const problems: Problem[] = []
  const changes: VersionChange<D>[] = []
  for (const { name: file, yaml } of files) {
    const parsed = parse(yaml)
    if (!parsed.ok) {
      problems.push(...parsed.problems.map((problem) => ({ ...problem, file })))
      continue
    }
    const { definition } = parsed
    const { key, name, version } = definition
    const there = newest(key)
    const planned = (change: VersionChange<D>['change']) =>
      changes.push({ key, name, version, change, file, definition })
    const refuse = (en: string, ja: string) =>
      problems.push({
        code: 'BAD_VERSION',
        text: { en, ja },
        file,
        line: 1,
        column: 1,
        suggestions: [],
      })
    if (changes.some((change) => change.key === key)) {
      refuse(`'${key}' is in two of the files.`, `「${key}」が2つのファイルにあります。`)
    } else if (there === undefined) planned('created')
    else if (version > there.version) planned('changed')
    else if (version === there.version && isDeepStrictEqual(definition, there)) {
      planned(isOutOfForce(key) ? 'changed' : 'unchanged')
    } else {
      refuse(
        `version ${version} of ${key} is there already and never changes; count the version up to ${there.version + 1}.`,
        `${key} のバージョン ${version} は登録済みで変更できません。version を ${there.version + 1} にしてください。`,
      )
    }
  }
  return { problems, changes }
}

/** How a refusal of files begins: with its first problem and where that stands. */
export function refusalDetails(problems: readonly Problem[]): Record<string, string> {
  const [first] = problems
  if (first === undefined) throw new Error('nothing is refused without a problem')
  const place = first.file === undefined ? '' : `${first.file}:${first.line ?? 1} `
  const { en, ja } = first.text
  return { problem: `${place}${en}`, problemJa: `${place}${ja}` }
}

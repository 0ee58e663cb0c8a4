import type { Text } from '@tomoshibi/contract/text'
import type * as z from 'zod'
import { didYouMean, type Fault, withSuggestions } from './problems.ts'
import { mappingSchema } from './schema.ts'

type Issue = z.core.$ZodIssue

/** Keys that a part of a mapping may have, for 'did you mean'. */
const keys = {
  mapping: Object.keys(mappingSchema.shape),
  file: Object.keys(mappingSchema.shape.files.element.shape),
  value: [
    'column',
    'columns',
    'value',
    'type',
    'format',
    'timeZone',
    'plusDays',
    'after',
    'unit',
    'decimal',
    'translate',
    'default',
    'openEnd',
    'knownAt',
    'effectiveAt',
    'lookup',
  ],
  lookup: ['file', 'key', 'column', 'by'],
  where: ['in', 'notIn', 'empty'],
}

/** What the schema finds wrong, each issue at its place and in both languages. */
export function shapeFaults(issues: readonly Issue[]): Fault[] {
  return issues.flatMap((issue) => faultsOf(issue, []))
}

function faultsOf(issue: Issue, above: readonly PropertyKey[]): Fault[] {
  const path = [...above, ...issue.path]
  if (issue.code === 'invalid_union') {
    // Of a text or an object, the branch that got furthest is the one that was meant.
    const branches = issue.errors.map((errors) => errors.flatMap((inner) => faultsOf(inner, path)))
    const deeper = branches.filter((faults) =>
      faults.some((f) => f.path.length > path.length || f.code === 'UNKNOWN_KEY'),
    )
    const meant = deeper.sort((a, b) => a.length - b.length)[0]
    return (
      meant ?? [
        shape(path, { en: 'is not of a form that is known here', ja: '形式が正しくありません' }),
      ]
    )
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const suggestions = didYouMean(key, keysAt(path))
      return {
        code: 'UNKNOWN_KEY',
        text: withSuggestions(
          { en: `there is no setting '${key}'`, ja: `「${key}」という設定はありません` },
          suggestions,
        ),
        path: [...path, key],
        part: 'key',
        suggestions,
      }
    })
  }
  return [shape(path, wordsOf(issue, path))]
}

function keysAt(path: readonly PropertyKey[]): readonly string[] {
  const last = path.at(-1)
  if (path.length === 0) return keys.mapping
  if (path.length === 2 && path[0] === 'files') return keys.file
  if (last === 'lookup') return keys.lookup
  return path[2] === 'where' ? keys.where : keys.value
}

function shape(path: readonly PropertyKey[], text: Text): Fault {
  return { code: 'SHAPE', text, path, part: 'value', suggestions: [] }
}

function wordsOf(issue: Issue, path: readonly PropertyKey[]): Text {
  const name = String(path.at(-1) ?? 'mapping')
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined || issue.message.includes('received undefined')) {
        return { en: `'${name}' is missing`, ja: `「${name}」が必要です` }
      }
      return {
        en: `'${name}' must be ${article(issue.expected)}`,
        ja: `「${name}」は${japanese(issue.expected)}である必要があります`,
      }
    case 'invalid_value': {
      const allowed = issue.values.map(String).join(', ')
      return {
        en: `'${name}' must be ${issue.values.length > 1 ? 'one of ' : ''}${allowed}`,
        ja: `「${name}」は ${allowed} ${issue.values.length > 1 ? 'のいずれか' : ''}である必要があります`,
      }
    }
    case 'too_small':
      return {
        en: `'${name}' must have at least ${issue.minimum}`,
        ja: `「${name}」は ${issue.minimum} 以上必要です`,
      }
    case 'too_big':
      return {
        en: `'${name}' must have at most ${issue.maximum}`,
        ja: `「${name}」は ${issue.maximum} 以下にしてください`,
      }
    default:
      return { en: `'${name}': ${issue.message}`, ja: `「${name}」の値が正しくありません` }
  }
}

function article(type: string): string {
  const names: Readonly<Record<string, string>> = {
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a block of settings',
    record: 'a block of settings',
  }
  return names[type] ?? type
}

function japanese(type: string): string {
  const names: Readonly<Record<string, string>> = {
    string: '文字列',
    number: '数値',
    int: '整数',
    boolean: 'true か false ',
    array: 'リスト',
    object: '設定のまとまり',
    record: '設定のまとまり',
  }
  return names[type] ?? type
}

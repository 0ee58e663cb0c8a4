import type * as z from 'zod'
import { nearest } from '../definition.ts'
import type { Problems } from './problem.ts'
import { type WrittenMetric, writtenMeasureSchema, writtenMetricSchema } from './written.ts'

type Issue = z.core.$ZodIssue
type Path = readonly (string | number)[]

const keysAt = (path: Path): readonly string[] => {
  const [first, second] = path
  if (path.length === 0) return Object.keys(writtenMetricSchema.shape)
  if (first === 'name' || first === 'says') return ['en', 'ja']
  if (first === 'measure' || second === 'of' || second === 'over') {
    return Object.keys(writtenMeasureSchema.shape)
  }
  return first === 'ratio' ? ['of', 'over'] : []
}

/** Keys by which people try to bring a second fact in. */
const joining: ReadonlySet<string> = new Set([
  'join',
  'joins',
  'facts',
  'with',
  'and',
  'union',
  'from',
])

const add = (problems: Problems, issue: Issue, base: Path): void => {
  const path = [
    ...base,
    ...issue.path.map((step) => (typeof step === 'number' ? step : String(step))),
  ]
  const name = path.join('.')
  if (
    issue.input === undefined &&
    (issue.code === 'invalid_type' || issue.code === 'invalid_value')
  ) {
    problems.add(path, 'MISSING', { en: `'${name}' is missing.`, ja: `「${name}」がありません。` })
    return
  }
  switch (issue.code) {
    case 'unrecognized_keys':
      for (const key of issue.keys) {
        if (joining.has(key)) problems.add([...path, key], 'FAN_OUT', fanOut, [], 'key')
        else {
          problems.add(
            [...path, key],
            'UNKNOWN_KEY',
            {
              en: `There is no setting '${key}' here.`,
              ja: `「${key}」という項目はここにはありません。`,
            },
            nearest(key, keysAt(path)),
            'key',
          )
        }
      }
      return
    case 'invalid_union': {
      // An operand is the key of a metric or a measure; a map is meant as a measure.
      const isMap = typeof issue.input === 'object' && issue.input !== null
      const inner = isMap ? issue.errors[1] : undefined
      if (inner !== undefined) {
        for (const each of inner) add(problems, each, path)
        return
      }
      problems.add(path, 'WRONG_TYPE', {
        en: `${name} is the key of a metric, or a measure with its fact.`,
        ja: `${name} には指標のキー、または fact のある集計を書いてください。`,
      })
      return
    }
    case 'invalid_type':
      problems.add(path, 'WRONG_TYPE', {
        en: `${name === '' ? 'The file' : `'${name}'`} must be ${kinds[issue.expected]?.en ?? issue.expected}.`,
        ja: `${name === '' ? 'ファイル' : `「${name}」`}には${kinds[issue.expected]?.ja ?? issue.expected}を書いてください。`,
      })
      return
    case 'invalid_value': {
      const values = issue.values.map(String)
      problems.add(
        path,
        'UNKNOWN_VALUE',
        {
          en: `'${name}' is one of ${values.join(', ')}.`,
          ja: `「${name}」には ${values.join('、')} のいずれかを書いてください。`,
        },
        typeof issue.input === 'string' ? nearest(issue.input.toLowerCase(), values) : [],
      )
      return
    }
    case 'invalid_format':
      problems.add(
        path,
        'BAD_TEXT',
        name === 'key'
          ? {
              en: 'A key begins with a small letter and has small letters, digits and _ only, 80 at most.',
              ja: 'キーは英小文字で始め、英小文字・数字・_ だけで80文字以内にしてください。',
            }
          : {
              en: `'${name}' stands in one line, without control characters.`,
              ja: `「${name}」は制御文字を含まない1行の文字列にしてください。`,
            },
      )
      return
    case 'too_big':
    case 'too_small':
      problems.add(path, 'BAD_LENGTH', {
        en:
          issue.code === 'too_big'
            ? `'${name}' is too long; ${issue.maximum} at most.`
            : `'${name}' is empty.`,
        ja:
          issue.code === 'too_big'
            ? `「${name}」が長すぎます(最大 ${issue.maximum})。`
            : `「${name}」が空です。`,
      })
      return
    default:
      problems.add(path, 'BAD_VALUE', {
        en: `'${name}' is not valid.`,
        ja: `「${name}」が正しくありません。`,
      })
  }
}

const kinds: Readonly<Record<string, { en: string; ja: string }>> = {
  string: { en: 'a text', ja: '文字列' },
  object: { en: 'a map of settings', ja: '項目の並び(マップ)' },
  array: { en: 'a list', ja: 'リスト' },
}

/** Why two facts are not joined. */
export const fanOut = {
  en: 'A measure is over one fact: joined with another, one record would meet several of the other and be counted several times. Make a measure of each and set them against each other in a ratio or a formula.',
  ja: '集計の対象は1つの fact だけです。別の fact と結合すると、1件が相手の複数件と結び付いて重複して数えられます。それぞれの集計を作り、ratio または formula で組み合わせてください。',
} as const

/** The metric that a file's content says, or null with every problem of its form. */
export const readWritten = (content: unknown, problems: Problems): WrittenMetric | null => {
  const parsed = writtenMetricSchema.safeParse(content, { reportInput: true })
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues) add(problems, issue, [])
  return null
}

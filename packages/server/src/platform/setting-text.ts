import * as YAML from 'yaml'
import { Failure } from '../call/failure.ts'

/**
 * Reads a setting as people write it, `key=value`: the value is YAML, and so JSON as well. A word is
 * text, a number a number, `true` a yes, `null` none, `[a, b]` a list.
 *
 * @throws Failure BAD_INPUT when there is no `=` or the value is no YAML.
 */
export function settingOf(text: string): readonly [key: string, value: unknown] {
  const at = text.indexOf('=')
  if (at < 1) {
    throw new Failure('BAD_INPUT', {
      problem: `'${text}' is no setting; write it like renewalGraceDays=45`,
      problemJa: `「${text}」は設定の形ではありません。renewalGraceDays=45 のように書いてください`,
    })
  }
  const key = text.slice(0, at).trim()
  try {
    return [key, YAML.parse(text.slice(at + 1))]
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Failure(
      'BAD_INPUT',
      {
        problem: `${key}: the value is neither YAML nor JSON: ${why}`,
        problemJa: `${key}: 値が YAML でも JSON でもありません: ${why}`,
      },
      [],
      { cause: error },
    )
  }
}

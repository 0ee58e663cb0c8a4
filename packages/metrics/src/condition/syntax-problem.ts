import type { ParseError } from '@marcbachmann/cel-js'
import type { Text } from '../text.ts'
import { type ConditionProblem, problemAt } from './problem.ts'

/** Says what the parser stumbled over, in words of ours. */
export function syntaxProblem(source: string, error: ParseError): ConditionProblem {
  const from = Math.min(error.range?.start ?? error.node?.start ?? 0, source.length)
  const to = Math.max(from, error.range?.end ?? error.node?.end ?? from)
  const piece = source.slice(from, to)
  const say = (text: Text) => problemAt(source, { from, to }, 'SYNTAX', text)
  if (piece === '=') {
    return say({
      en: "'=' is not an operator; write '==' to compare.",
      ja: '「=」は使えません。比較には「==」を書いてください。',
    })
  }
  if (from >= source.trimEnd().length) {
    return say({
      en: 'The condition ends too early: something is missing at the end.',
      ja: '条件式が途中で終わっています。末尾に不足があります。',
    })
  }
  if (error.code.startsWith('unterminated')) {
    return say({
      en: 'A quote is opened here and never closed.',
      ja: 'ここで始まる引用符が閉じられていません。',
    })
  }
  if (error.code === 'limit_exceeded') {
    return say({
      en: 'The condition is too large or too deeply nested.',
      ja: '条件式が大きすぎるか、入れ子が深すぎます。',
    })
  }
  return say(
    piece === ''
      ? { en: 'The condition cannot be read here.', ja: 'ここを読み取れません。' }
      : {
          en: `'${piece}' cannot be understood here.`,
          ja: `「${piece}」をここでは解釈できません。`,
        },
  )
}

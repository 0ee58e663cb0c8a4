import type { ConditionProblem } from '../condition/problem.ts'
import type { Text } from '../text.ts'

/** One thing that is wrong with a custom metric. */
export interface MetricProblem {
  readonly code: string
  readonly text: Text
  /** Steps from the top of the file to where it is. */
  readonly path: readonly (string | number)[]
  /** Whether it is the name of the last step that is wrong, or what stands there. */
  readonly part: 'key' | 'value'
  /** Within the text that stands there, from and to. */
  readonly within?: { readonly from: number; readonly to: number }
  readonly suggestions: readonly string[]
}

/** Collects all problems of one file. */
export class Problems {
  readonly all: MetricProblem[] = []

  add(
    path: readonly (string | number)[],
    code: string,
    text: Text,
    suggestions: readonly string[] = [],
    part: 'key' | 'value' = 'value',
  ): null {
    const hint = suggestions.join(', ')
    this.all.push({
      code,
      path,
      part,
      suggestions,
      text:
        hint === ''
          ? text
          : { en: `${text.en} Did you mean ${hint}?`, ja: `${text.ja}${hint} のことでしょうか。` },
    })
    return null
  }

  /** Problems of a condition or formula, which bring their suggestions along in their words. */
  condition(path: readonly (string | number)[], found: readonly ConditionProblem[]): null {
    for (const { code, text, from, to, suggestions } of found) {
      this.all.push({ code, text, path, part: 'value', within: { from, to }, suggestions })
    }
    return null
  }
}

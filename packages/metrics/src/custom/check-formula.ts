import { amountProblems, dimensionOf } from '../condition/amount.ts'
import { checkFormula } from '../condition/check.ts'
import { namesIn } from '../condition/syntax.ts'
import type { MetricDefinition } from '../definition.ts'
import { formulaScope } from '../plan/figure-set.ts'
import type { Text } from '../text.ts'
import { tooLong, tooLongText } from './bounds.ts'
import { countedTwice } from './counted-twice.ts'
import { both, type Catalogue, type Made, sameTime } from './made.ts'
import type { Problems } from './problem.ts'
import type { WrittenMetric } from './written.ts'

/** Checks a formula over other metrics. */
export const ofFormula = (
  written: WrittenMetric,
  catalogue: Catalogue,
  problems: Problems,
): Made | null => {
  const cel = written.formula
  if (cel === undefined) return null
  const path = ['formula']
  const others = [...catalogue.values()].filter(({ key }) => key !== written.key)
  const checked = checkFormula(cel, { names: formulaScope(others) })
  if (!checked.ok) return problems.condition(path, checked.problems)
  const { formula } = checked
  if (tooLong(formula.expr)) return problems.add(path, 'TOO_LONG', tooLongText)
  const wrong = amountProblems(formula)
  if (wrong.length > 0) return problems.condition(path, wrong)
  const used = namesIn(formula).flatMap((name) => catalogue.get(name) ?? [])
  const [first] = used
  if (first === undefined) {
    return problems.add(path, 'NO_METRIC', {
      en: 'The formula names no metric.',
      ja: '計算式に指標がありません。',
    })
  }
  if (used.some((each) => !sameTime(written, each, path, problems))) return null
  if (depthOf(used, catalogue) >= mostLevels) {
    return problems.add(path, 'TOO_DEEP', {
      en: `It is a formula over formulas, more than ${mostLevels} of them one over the other.`,
      ja: `計算式が ${mostLevels} 段を超えて重なっています。`,
    })
  }
  const twice = countedTwice(formula.expr, catalogue)
  if (twice !== null) {
    return problems.add(path, 'COUNTS_TWICE', {
      en: `It adds two counts of different ${twice}: whoever is in both is counted twice. Make one metric that counts them over the whole.`,
      ja: `重複を除いた数(${twice})どうしを足すと、両方にいる人が二重に数えられます。全体を対象とする1つの指標にしてください。`,
    })
  }
  return {
    recipe: {
      kind: 'formula',
      cel,
      uses: used.map(({ key, version }) => ({ metric: key, version })),
    },
    words: wordsOf(cel, used),
    group: first.group,
    money: dimensionOf(formula.expr) === 'money',
    grains: both.filter((grain) => used.every(({ grains }) => grains.includes(grain))),
    settings: used.flatMap(({ settings }) => settings),
    // Each of its metrics counts its own accounts.
    counts: 'accounts',
  }
}

/** Formulas one over the other, at most. */
const mostLevels = 10

/** How many formulas stand one over the other. */
const depthOf = (metrics: readonly MetricDefinition[], catalogue: Catalogue): number => {
  const known = new Map<string, number>()
  const visit = ({ key, measure }: MetricDefinition): number => {
    if (measure.kind !== 'formula') return 0
    const found = known.get(key)
    if (found !== undefined) return found
    const uses = measure.uses.flatMap(({ metric }) => catalogue.get(metric) ?? [])
    const depth = 1 + Math.max(0, ...uses.map(visit))
    known.set(key, depth)
    return depth
  }
  return Math.max(0, ...metrics.map(visit))
}

const wordsOf = (cel: string, used: readonly MetricDefinition[]): Text => {
  const line = cel.trim().replace(/\s+/g, ' ')
  const names = (language: 'en' | 'ja') =>
    used.map(({ key, name }) => `${key} = ${name[language]}`).join(language === 'en' ? ', ' : '、')
  return { en: `${line} (${names('en')}).`, ja: `${line}(${names('ja')})。` }
}

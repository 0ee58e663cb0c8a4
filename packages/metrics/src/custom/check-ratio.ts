import { type MetricDefinition, nearest } from '../definition.ts'
import type { Text } from '../text.ts'
import { checkMeasure } from './check-measure.ts'
import { facts } from './facts.ts'
import { both, type Catalogue, type Grain, type Made, sameTime } from './made.ts'
import { checkShared, settingsOf } from './of-measure.ts'
import type { Problems } from './problem.ts'
import type { Operand } from './recipes.ts'
import { measureWords } from './words.ts'
import type { WrittenMetric, WrittenOperand } from './written.ts'

interface Side {
  readonly operand: Operand
  readonly words: Text
  readonly group: MetricDefinition['group']
  readonly money: boolean
  readonly grains: readonly Grain[]
  readonly settings: readonly string[]
  readonly counts: MetricDefinition['counts']
}

/** Checks a ratio: both sides are sums, of one time, and go together. */
export const ofRatio = (
  written: WrittenMetric,
  catalogue: Catalogue,
  problems: Problems,
): Made | null => {
  if (written.ratio === undefined) return null
  const of = sideOf(written.ratio.of, 'of', written, catalogue, problems)
  const over = sideOf(written.ratio.over, 'over', written, catalogue, problems)
  if (of === null || over === null) return null
  if (over.money && !of.money) {
    return problems.add(['ratio', 'over'], 'WRONG_UNIT', {
      en: 'A number is not divided by an amount of money; turn the ratio round, or write a formula.',
      ja: '数値を金額で割ることはできません。分子と分母を入れ替えるか、formula で書いてください。',
    })
  }
  return {
    recipe: { kind: 'quotient', of: of.operand, over: over.operand },
    words: {
      en: `(${of.words.en}) ÷ (${over.words.en}), over accounts that have both.`,
      ja: `(${of.words.ja})÷(${over.words.ja})。両方の値がある顧客が対象。`,
    },
    group: of.group,
    money: of.money && !over.money,
    grains: both.filter((grain) => of.grains.includes(grain) && over.grains.includes(grain)),
    settings: [...of.settings, ...over.settings],
    // Who is in one of the sums only by being present is in the ratio only then.
    counts: [of, over].some(({ counts }) => counts === 'present') ? 'present' : 'accounts',
  }
}

const sideOf = (
  written: WrittenOperand,
  side: 'of' | 'over',
  metric: WrittenMetric,
  catalogue: Catalogue,
  problems: Problems,
): Side | null => {
  const path = ['ratio', side]
  if (typeof written !== 'string') {
    const checked = checkMeasure(written, metric.time, path, problems)
    if (checked === null) return null
    checkShared(metric, checked, [...path, 'count'], problems)
    if (!checked.adds) {
      return problems.add(path, 'DOES_NOT_ADD', {
        en: `A ratio is of counts and sums, which add up over accounts; make a metric of this ${checked.measure.statistic} and use it in a formula.`,
        ja: `ratio に使えるのは、顧客の間で合計できる件数と合計だけです。この ${checked.measure.statistic} は別の指標にして、formula で使ってください。`,
      })
    }
    const { measure, money } = checked
    return {
      operand: measure,
      words: measureWords(measure),
      group: facts[measure.fact].group,
      money,
      grains: both,
      settings: settingsOf(checked),
      counts: 'accounts',
    }
  }
  const found = catalogue.get(written)
  if (found === undefined || written === metric.key) {
    return problems.add(
      path,
      'UNKNOWN_METRIC',
      { en: `There is no metric '${written}'.`, ja: `指標「${written}」はありません。` },
      nearest(
        written.toLowerCase(),
        [...catalogue.keys()].filter((key) => key !== metric.key),
      ),
    )
  }
  if (!addsUp(found, side)) {
    return problems.add(path, 'DOES_NOT_ADD', {
      en: `'${written}' is no plain sum, so it can't be added up over accounts; write 'formula: ${side === 'of' ? `${written} / …` : `… / ${written}`}'.`,
      ja: `「${written}」は単純な合計ではなく、顧客の間で足し合わせられません。formula で書いてください。`,
    })
  }
  if (!sameTime(metric, found, path, problems)) return null
  return {
    operand: { metric: written, version: found.version },
    words: found.name,
    group: found.group,
    money: found.unit === 'money',
    grains: found.grains,
    settings: found.settings,
    counts: found.counts,
  }
}

/** Whether a metric is a sum, as which a ratio may take it. */
const addsUp = ({ measure }: MetricDefinition, side: 'of' | 'over'): boolean => {
  if (measure.kind === 'sum') return side === 'of' || measure.of.length === 1
  return measure.kind === 'fact' && ['records', 'distinct', 'sum'].includes(measure.of.statistic)
}

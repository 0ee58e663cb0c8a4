import { checkCondition } from '../condition/check.ts'
import { explainCondition } from '../condition/explain.ts'
import type { Text } from '../text.ts'
import { columnsOf, facts } from './facts.ts'
import type { FactMeasure, Statistic } from './recipes.ts'
import { factScope } from './scope.ts'

type Phrase = (label: Text, column: Text) => Text

const phrases: Readonly<Record<Statistic, Phrase>> = {
  records: ({ en, ja }) => ({ en: `number of ${en}`, ja: `${ja}の件数` }),
  distinct: (label, { en, ja }) => ({
    en: `number of different values of '${en}' among ${label.en}`,
    ja: `${label.ja}の「${ja}」の種類数(重複なし)`,
  }),
  sum: (label, { en, ja }) => ({
    en: `sum of '${en}' of ${label.en}`,
    ja: `${label.ja}の「${ja}」の合計`,
  }),
  mean: (label, { en, ja }) => ({
    en: `mean of '${en}' of ${label.en}`,
    ja: `${label.ja}の「${ja}」の平均`,
  }),
  median: (label, { en, ja }) => ({
    en: `median of '${en}' of ${label.en}`,
    ja: `${label.ja}の「${ja}」の中央値`,
  }),
  p90: (label, { en, ja }) => ({
    en: `90th percentile of '${en}' of ${label.en}`,
    ja: `${label.ja}の「${ja}」の90パーセンタイル`,
  }),
  max: (label, { en, ja }) => ({
    en: `greatest '${en}' of ${label.en}`,
    ja: `${label.ja}の「${ja}」の最大値`,
  }),
  last: (label, { en, ja }) => ({
    en: `'${en}' of the last of the ${label.en} that has one; over accounts the mean`,
    ja: `${label.ja}のうち「${ja}」のある最新のものの値(複数の顧客では平均)`,
  }),
  days_since_last: ({ en, ja }) => ({
    en: `days since the last of the ${en}; over accounts the median`,
    ja: `最後の${ja}からの日数(複数の顧客では中央値)`,
  }),
}

const units: Readonly<Record<string, Text>> = {
  D: { en: 'days', ja: '日' },
  M: { en: 'months', ja: 'か月' },
}

const windowWords = ({ window, fact, at }: FactMeasure): Text => {
  const by = columnsOf(fact).get(at)?.label ?? { en: at, ja: at }
  const [, amount = '', letter = ''] = window.match(/^P(\d+)([DM])$/) ?? []
  const unit = units[letter]
  if (unit !== undefined) {
    return {
      en: `by ${by.en} in the last ${amount} ${unit.en}`,
      ja: `直近${amount}${unit.ja}(${by.ja}による)の`,
    }
  }
  return window === 'period'
    ? { en: `by ${by.en} in the period`, ja: `期間内(${by.ja}による)の` }
    : { en: `by ${by.en} up to the end of the day`, ja: `日末まで(${by.ja}による)の` }
}

/** What a measure is, in words: 'number of tickets by opening in the last 28 days, where …'. */
export const measureWords = (measure: FactMeasure): Text => {
  const { label } = facts[measure.fact]
  const column = columnsOf(measure.fact).get(measure.column ?? '')?.label ?? { en: '', ja: '' }
  const what = phrases[measure.statistic](label, column)
  const when = windowWords(measure)
  const checked =
    measure.where === null ? null : checkCondition(measure.where, factScope(measure.fact))
  const where = checked?.ok ? explainCondition(checked.condition) : null
  const lower = where === null ? '' : where.en.slice(0, 1).toLowerCase() + where.en.slice(1)
  return {
    en: `${what.en}, ${when.en}${where === null ? '' : `, where ${lower}`}`,
    ja: `${when.ja}${what.ja}${where === null ? '' : `(条件: ${where.ja})`}`,
  }
}

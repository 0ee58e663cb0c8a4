import type * as z from 'zod'
import { metricDefinitionSchema } from '../definition.ts'
import { healthKeys } from '../health/scorecard.ts'
import { ofFormula } from './check-formula.ts'
import { ofRatio } from './check-ratio.ts'
import { both, type Catalogue, type Grain, type Made } from './made.ts'
import { ofMeasure } from './of-measure.ts'
import type { Problems } from './problem.ts'
import type { WrittenMetric } from './written.ts'

const newDefinitionSchema = metricDefinitionSchema.omit({ version: true })
/** A definition that has no version yet. */
export type NewDefinition = z.infer<typeof newDefinitionSchema>

/** Words that the condition language and the paths of operations keep for themselves. */
const reserved: ReadonlySet<string> = new Set(
  'definitions query as break const continue default else false for function has date if import in let loop namespace null package return true var void while'.split(
    ' ',
  ),
)

const headlines = { day: 'P1D', month: 'P1M', quarter: 'P3M', year: 'P12M' } as const

/**
 * Checks what a metric says, its names and types, and makes its definition.
 *
 * @param catalogue the metrics that it may be made of: the built-in ones, and those of the workspace
 * @param attributes keys of account attributes, which conditions use beside metrics
 */
export const checkMetric = (
  written: WrittenMetric,
  catalogue: Catalogue,
  builtIn: Catalogue,
  attributes: readonly string[],
  problems: Problems,
): NewDefinition | null => {
  const before = problems.all.length
  checkKey(written.key, builtIn, attributes, problems)
  const recipes = (['measure', 'ratio', 'formula'] as const).filter(
    (each) => written[each] !== undefined,
  )
  if (recipes.length !== 1) {
    problems.add([], 'ONE_RECIPE', {
      en: `A metric has exactly one of measure, ratio and formula${recipes.length === 0 ? '' : `; here are ${recipes.join(' and ')}`}.`,
      ja: `指標には measure・ratio・formula のうち1つだけを書いてください${recipes.length === 0 ? '' : `(${recipes.join('、')} が書かれています)`}。`,
    })
  }
  if (written.time === 'instant' && written.headline !== undefined) {
    problems.add(['headline'], 'HEADLINE_OF_INSTANT', {
      en: 'Only a metric of a period has a headline period.',
      ja: 'headline を書けるのは期間(period)の指標だけです。',
    })
  }
  if (written.accounts !== undefined && written.formula !== undefined) {
    problems.add(['accounts'], 'ACCOUNTS_OF_FORMULA', {
      en: 'Each metric of a formula says itself which accounts take part.',
      ja: '対象の顧客は、計算式で使う指標それぞれで決まります。',
    })
  }
  const made =
    recipes.length !== 1
      ? null
      : written.measure !== undefined
        ? ofMeasure(written, problems)
        : written.ratio !== undefined
          ? ofRatio(written, catalogue, problems)
          : ofFormula(written, catalogue, problems)
  if (made !== null) checkUnit(written, made, problems)
  const grains = made === null ? [] : checkGrains(written, made, problems)
  if (made === null || problems.all.length > before) return null
  const { key, name, says, unit, better, time } = written
  return newDefinitionSchema.parse({
    key,
    name,
    says,
    formula: made.words,
    group: written.group ?? made.group,
    unit,
    better,
    time,
    ...(time === 'period' ? { headlinePeriod: headlines[written.headline ?? 'month'] } : {}),
    grains: [...grains],
    settings: [...new Set(made.settings)].toSorted(),
    counts: written.accounts === 'present' ? 'present' : made.counts,
    measure: made.recipe,
  })
}

const checkKey = (
  key: string,
  builtIn: Catalogue,
  attributes: readonly string[],
  problems: Problems,
): void => {
  if (builtIn.has(key)) {
    problems.add(['key'], 'NAME_TAKEN', {
      en: `'${key}' is a built-in metric; choose another key.`,
      ja: `「${key}」は組み込みの指標です。別のキーにしてください。`,
    })
  } else if (attributes.includes(key)) {
    problems.add(['key'], 'NAME_TAKEN', {
      en: `'${key}' is an attribute of accounts; choose another key, as conditions use both.`,
      ja: `「${key}」は顧客の属性です。条件式で両方を使うため、別のキーにしてください。`,
    })
  } else if (reserved.has(key) || healthKeys.some((taken) => taken === key)) {
    problems.add(['key'], 'NAME_TAKEN', {
      en: `'${key}' is a word that conditions or operations keep for themselves; choose another key.`,
      ja: `「${key}」は条件式や操作で使う予約語です。別のキーにしてください。`,
    })
  }
}

const checkUnit = ({ unit }: WrittenMetric, { money, recipe }: Made, problems: Problems): void => {
  if (money !== (unit === 'money')) {
    problems.add(
      ['unit'],
      'WRONG_UNIT',
      money
        ? {
            en: "It is an amount; write 'unit: money'.",
            ja: '金額なので unit: money としてください。',
          }
        : {
            en: 'It is no amount of money; choose the unit that it has, such as count or ratio.',
            ja: '金額ではありません。count や ratio など、値に合う単位にしてください。',
          },
    )
    return
  }
  const statistic = recipe.kind === 'fact' ? recipe.of.statistic : null
  const only =
    statistic === 'records' || statistic === 'distinct'
      ? 'count'
      : statistic === 'days_since_last'
        ? 'days'
        : unit
  if (only !== unit) {
    problems.add(['unit'], 'WRONG_UNIT', {
      en: `Its unit is ${only}.`,
      ja: `単位は ${only} です。`,
    })
  }
}

const checkGrains = (
  { grains }: WrittenMetric,
  made: Made,
  problems: Problems,
): readonly Grain[] => {
  if (grains === undefined) {
    if (made.grains.length > 0) return made.grains
    problems.add([], 'NO_GRAIN', {
      en: 'Its metrics have no grain in common: one has values for accounts only, another for the portfolio only.',
      ja: '使っている指標に共通の単位がありません。顧客ごとの値だけの指標と全体の値だけの指標は組み合わせられません。',
    })
    return []
  }
  for (const [index, grain] of grains.entries()) {
    if (made.grains.includes(grain)) continue
    problems.add(['grains', index], 'NO_SUCH_GRAIN', {
      en: `It has no value for ${grain === 'account' ? 'single accounts' : 'the portfolio'}, as something that it is made of has none.`,
      ja: `${grain === 'account' ? '顧客ごと' : '全体'}の値はありません(元になる指標に値がないため)。`,
    })
  }
  return both.filter((grain) => grains.includes(grain))
}

import { amountProblems, dimensionOf } from '../condition/amount.ts'
import { checkFormula } from '../condition/check.ts'
import { type NumberExpr, namesIn } from '../condition/syntax.ts'
import { type MetricDefinition, nearest } from '../definition.ts'
import { formulaScope } from '../plan/figure-set.ts'
import type { Text } from '../text.ts'
import { tooLong, tooLongText } from './bounds.ts'
import { type CheckedMeasure, checkMeasure } from './check-measure.ts'
import { facts } from './facts.ts'
import type { Problems } from './problem.ts'
import type { CustomRecipe, Operand } from './recipes.ts'
import { measureWords } from './words.ts'
import type { WrittenMetric, WrittenOperand } from './written.ts'

/** A definition that has no version yet. */
export type NewDefinition = Omit<MetricDefinition, 'version'>

type Catalogue = ReadonlyMap<string, MetricDefinition>
type Grain = MetricDefinition['grains'][number]

/** What a recipe came to: enough for the rest of the definition. */
interface Made {
  readonly recipe: CustomRecipe
  readonly words: Text
  readonly group: MetricDefinition['group']
  readonly money: boolean
  /** Grains at which it can have a value. */
  readonly grains: readonly Grain[]
  readonly settings: readonly string[]
}

/** Words that the condition language and the paths of operations keep for themselves. */
const reserved: ReadonlySet<string> = new Set(
  'definitions query as break const continue default else false for function has date if import in let loop namespace null package return true var void while'.split(
    ' ',
  ),
)

const headlines = { day: 'P1D', month: 'P1M', quarter: 'P3M', year: 'P12M' } as const
const both: readonly Grain[] = ['portfolio', 'account']

/**
 * Checks what a metric says, its names and types, and makes its definition.
 *
 * @param catalogue the metrics that it may be made of: the built-in ones, and those of the workspace
 * @param attributes keys of account attributes, which conditions use beside metrics
 */
export const checkMetric = (
  written: WrittenMetric,
  catalogue: Catalogue,
  builtIn: ReadonlyMap<string, MetricDefinition>,
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
  return {
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
    measure: made.recipe,
  }
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
  } else if (reserved.has(key)) {
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

/** Counting one thing once only holds within an account, where the same thing is at several of them. */
const checkShared = (
  { grains }: WrittenMetric,
  { distinct }: CheckedMeasure,
  path: readonly (string | number)[],
  problems: Problems,
): void => {
  if (distinct?.shared !== true) return
  if (grains !== undefined && !grains.includes('portfolio')) return
  problems.add(path, 'COUNTS_TWICE', {
    en: `The same value of ${distinct.of} is found at several accounts: added up over them, it would be counted once for each. Write 'grains: [account]'.`,
    ja: `${distinct.of} の同じ値が複数の顧客にあるため、全体で合計すると重複して数えられます。grains: [account] と書いてください。`,
  })
}

const settingsOf = (money: boolean): string[] => (money ? ['currency', 'timeZone'] : ['timeZone'])

const ofMeasure = (written: WrittenMetric, problems: Problems): Made | null => {
  if (written.measure === undefined) return null
  const checked = checkMeasure(written.measure, written.time, ['measure'], problems)
  if (checked === null) return null
  checkShared(written, checked, ['measure', 'count'], problems)
  const { measure, money } = checked
  const { en, ja } = measureWords(measure)
  return {
    recipe: { kind: 'fact', of: measure },
    words: { en: `${en.slice(0, 1).toUpperCase()}${en.slice(1)}.`, ja: `${ja}。` },
    group: facts[measure.fact].group,
    money,
    grains: both,
    settings: settingsOf(money || readsMoney(measure.where)),
  }
}

/** Whether a condition looks at amounts, which are read in the reporting currency. */
const readsMoney = (where: string | null): boolean =>
  where !== null && /\b(amount|unpaid)\b/.test(where)

interface Side {
  readonly operand: Operand
  readonly words: Text
  readonly group: MetricDefinition['group']
  readonly money: boolean
  readonly grains: readonly Grain[]
  readonly settings: readonly string[]
}

const ofRatio = (written: WrittenMetric, catalogue: Catalogue, problems: Problems): Made | null => {
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
      settings: settingsOf(money || readsMoney(measure.where)),
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
  }
}

/** Whether a metric is a sum, as which a ratio may take it. */
const addsUp = ({ measure }: MetricDefinition, side: 'of' | 'over'): boolean => {
  if (measure.kind === 'sum') return side === 'of' || measure.of.length === 1
  return measure.kind === 'fact' && ['records', 'distinct', 'sum'].includes(measure.of.statistic)
}

const sameTime = (
  metric: WrittenMetric,
  used: MetricDefinition,
  path: readonly (string | number)[],
  problems: Problems,
): boolean => {
  if (used.time === metric.time) return true
  problems.add(path, 'OTHER_TIME', {
    en:
      used.time === 'instant'
        ? `'${used.key}' is of an instant and this one of a period: they are of different times. Use metrics of a period, such as mrr_start or mrr_end.`
        : `'${used.key}' is of a period and this one of an instant: they are of different times. Write 'time: period'.`,
    ja:
      used.time === 'instant'
        ? `「${used.key}」は時点の指標ですが、この指標は期間の指標です。mrr_start や mrr_end など、期間の指標を使ってください。`
        : `「${used.key}」は期間の指標ですが、この指標は時点の指標です。time: period としてください。`,
  })
  return false
}

const ofFormula = (
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

/** Finds additions of two counts that may count the same thing; each metric is looked at once. */
class DistinctCounts {
  readonly #catalogue: Catalogue
  readonly #known = new Map<string, ReadonlySet<string>>()
  twice: string | null = null

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue
  }

  /** What an expression counts once each. */
  in(e: NumberExpr): ReadonlySet<string> {
    switch (e.kind) {
      case 'number':
        return new Set()
      case 'name':
        return this.#of(e.name)
      case 'negate':
        return this.in(e.of)
      case 'choice':
        return new Set([...this.in(e.then), ...this.in(e.otherwise)])
      case 'arithmetic': {
        const [left, right] = [this.in(e.left), this.in(e.right)]
        if (e.op === '+') this.twice ??= [...left].find((each) => right.has(each)) ?? null
        return e.op === '/' ? new Set() : new Set([...left, ...right])
      }
    }
  }

  #of(key: string): ReadonlySet<string> {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const found = new Set(this.#counted(this.#catalogue.get(key)?.measure))
    this.#known.set(key, found)
    return found
  }

  #counted(recipe: MetricDefinition['measure'] | undefined): Iterable<string> {
    if (recipe?.kind === 'fact' && recipe.of.statistic === 'distinct') {
      return [`${recipe.of.fact}.${recipe.of.column ?? ''}`]
    }
    if (recipe?.kind === 'sum' && recipe.of.some((path) => path.startsWith('usage.users'))) {
      return ['usage_events.user_id']
    }
    if (recipe?.kind !== 'formula') return []
    const checked = checkFormula(recipe.cel, { names: formulaScope(this.#catalogue.values()) })
    return checked.ok ? this.in(checked.formula.expr) : []
  }
}

const countedTwice = (e: NumberExpr, catalogue: Catalogue): string | null => {
  const counts = new DistinctCounts(catalogue)
  counts.in(e)
  return counts.twice
}

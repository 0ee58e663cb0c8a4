import { checkCondition } from '../condition/check.ts'
import { namesIn } from '../condition/syntax.ts'
import { nearest } from '../definition.ts'
import type { Text } from '../text.ts'
import { tooLong, tooLongText } from './bounds.ts'
import { columnsOf, type FactColumn, type FactName, factNames, facts, isInstant } from './facts.ts'
import type { Problems } from './problem.ts'
import type { FactMeasure, Statistic } from './recipes.ts'
import { factScope } from './scope.ts'
import { fanOut } from './shape.ts'
import { statisticKeys, type WrittenMeasure } from './written.ts'

type Path = readonly (string | number)[]

export interface CheckedMeasure {
  readonly measure: FactMeasure
  /** Whether its number is an amount of money. */
  readonly money: boolean
  /**
   * What is counted once each, where something is, and whether one of it may belong to several
   * accounts, so that the counts of accounts must not be added.
   */
  readonly distinct: { readonly of: string; readonly shared: boolean } | null
  /** Adding it up over accounts tells what it says: a count or a sum. */
  readonly adds: boolean
}

const isFact = (name: string): name is FactName => factNames.some((known) => known === name)

const longest = { D: 3660, W: 520, M: 120, Y: 10 } as const

/** A window as ISO 8601 writes it, in days or months. */
const windowOf = (written: string): string | null => {
  if (written.trim() === 'all') return 'all'
  const [, digits = '', unit = ''] =
    written.trim().match(/^([1-9]\d{0,3}) (day|week|month|year)s?$/) ?? []
  const count = Number(digits)
  if (unit === 'day' && count <= longest.D) return `P${count}D`
  if (unit === 'week' && count <= longest.W) return `P${count * 7}D`
  if (unit === 'month' && count <= longest.M) return `P${count}M`
  if (unit === 'year' && count <= longest.Y) return `P${count * 12}M`
  return null
}

/** Checks a measure and brings it to the form that is stored; null after a problem was noted. */
export const checkMeasure = (
  written: WrittenMeasure,
  time: 'instant' | 'period',
  path: Path,
  problems: Problems,
): CheckedMeasure | null => {
  const before = problems.all.length
  const factPath = [...path, 'fact']
  if (!isFact(written.fact)) {
    return /[,&+\s]|\bjoin\b/i.test(written.fact.trim())
      ? problems.add(factPath, 'FAN_OUT', fanOut)
      : problems.add(
          factPath,
          'UNKNOWN_FACT',
          {
            en: `There is no fact '${written.fact}'; there are ${factNames.join(', ')}.`,
            ja: `「${written.fact}」という fact はありません。使えるのは ${factNames.join('、')} です。`,
          },
          nearest(written.fact.toLowerCase(), factNames),
        )
  }
  const { fact } = written
  const made = statisticOf(written, fact, path, problems)
  const at = written.at ?? facts[fact].at
  const atColumn = columnsOf(fact).get(at)
  if (atColumn === undefined || !isInstant(atColumn)) {
    const instants = [...columnsOf(fact)].flatMap(([name, each]) => (isInstant(each) ? [name] : []))
    problems.add(
      [...path, 'at'],
      'UNKNOWN_COLUMN',
      {
        en: `'${at}' is no time of ${fact}; there are ${instants.join(', ')}.`,
        ja: `「${at}」は ${fact} の日時ではありません。使えるのは ${instants.join('、')} です。`,
      },
      nearest(at, instants),
    )
  }
  const window = checkWindow(written, time, path, problems)
  const where = checkWhere(written, fact, path, problems)
  if (made === null || window === null || problems.all.length > before) return null
  const { statistic, column, type } = made
  const money =
    type?.type === 'money' && (['sum', 'mean', 'max', 'last'] as const).some((s) => s === statistic)
  return {
    measure: { fact, statistic, column, where, at, window },
    money,
    distinct:
      statistic === 'distinct'
        ? { of: `${fact}.${column ?? ''}`, shared: type?.shared === true }
        : null,
    adds: statistic === 'records' || statistic === 'distinct' || statistic === 'sum',
  }
}

const checkWindow = (
  { window }: WrittenMeasure,
  time: 'instant' | 'period',
  path: Path,
  problems: Problems,
): string | null => {
  if (time === 'period') {
    if (window === undefined) return 'period'
    return problems.add([...path, 'window'], 'WINDOW_OF_PERIOD', {
      en: 'A metric of a period covers the period that is asked for; leave the window out, or make it of an instant.',
      ja: '期間の指標は、指定された期間を対象とします。window を消すか、time を instant にしてください。',
    })
  }
  if (window === undefined) {
    return problems.add(path, 'MISSING', {
      en: "'window' is missing: which stretch of time before the instant counts, such as '28 days', or 'all' up to then.",
      ja: '「window」がありません。28 days のように対象とする直近の期間、またはそれまでのすべてなら all を書いてください。',
    })
  }
  return (
    windowOf(window) ??
    problems.add([...path, 'window'], 'BAD_WINDOW', {
      en: `'${window}' is no window; write '28 days', '4 weeks', '3 months', '1 year' (10 years at most) or 'all'.`,
      ja: `「${window}」は期間として読めません。28 days、4 weeks、3 months、1 year(最長10年)、または all と書いてください。`,
    })
  )
}

const checkWhere = (
  { where }: WrittenMeasure,
  fact: FactName,
  path: Path,
  problems: Problems,
): string | null => {
  if (where === undefined) return null
  const at = [...path, 'where']
  const other = factNames.find((name) => new RegExp(`(^|[^\\w"'])${name}\\.`).test(where))
  if (other !== undefined && other !== fact) {
    return problems.add(at, 'FAN_OUT', fanOut)
  }
  const checked = checkCondition(where, factScope(fact))
  if (!checked.ok) return problems.condition(at, checked.problems)
  if (tooLong(checked.condition.expr)) return problems.add(at, 'TOO_LONG', tooLongText)
  return namesIn(checked.condition).length > 0
    ? where
    : problems.add(at, 'BAD_CONDITION', {
        en: 'The condition names no column, so it holds for all records or for none.',
        ja: '条件式に列がないため、すべての記録に当てはまるか、どれにも当てはまりません。',
      })
}

interface Made {
  readonly statistic: Statistic
  readonly column: string | null
  readonly type: FactColumn | undefined
}

const statisticOf = (
  written: WrittenMeasure,
  fact: FactName,
  path: Path,
  problems: Problems,
): Made | null => {
  const given = statisticKeys.filter((each) => written[each] !== undefined)
  const [key, second] = given
  if (key === undefined || second !== undefined) {
    return problems.add(path, 'ONE_STATISTIC', {
      en: `A measure has exactly one of ${statisticKeys.join(', ')}${key === undefined ? '' : `; here are ${given.join(' and ')}`}.`,
      ja: `集計には ${statisticKeys.join('、')} のうち1つだけを書いてください${key === undefined ? '' : `(${given.join('、')} が書かれています)`}。`,
    })
  }
  const at = [...path, key]
  const value = (written[key] ?? '').trim()
  if (key === 'days_since') return { statistic: 'days_since_last', column: null, type: undefined }
  if (key !== 'count') return withColumn(key, value, fact, at, problems)
  if (value === 'records') return { statistic: 'records', column: null, type: undefined }
  const [word, name, ...more] = value.split(/\s+/)
  if (word === 'distinct' && name !== undefined && more.length === 0) {
    return withColumn('distinct', name, fact, at, problems)
  }
  return problems.add(
    at,
    'BAD_COUNT',
    {
      en: "What is counted is 'records', or 'distinct' and a column, such as 'distinct user_id'.",
      ja: '数える対象は records、または distinct user_id のように distinct と列名で書いてください。',
    },
    nearest(word ?? '', ['records', 'distinct']),
  )
}

const withColumn = (
  statistic: Statistic,
  name: string,
  fact: FactName,
  at: Path,
  problems: Problems,
): Made | null => {
  const type = columnsOf(fact).get(name)
  if (type === undefined) return unknownColumn(name, fact, at, problems)
  const wrong = (en: string, ja: string) => problems.add(at, 'WRONG_TYPE', { en, ja })
  const isNumber = type.type === 'number' || type.type === 'money'
  if (statistic === 'distinct') {
    return type.type === 'text'
      ? { statistic, column: name, type }
      : wrong(
          `Different values are counted of a text, such as a user; '${name}' is none.`,
          `種類数を数えられるのは利用者などの文字列の列です。「${name}」は文字列ではありません。`,
        )
  }
  if (!isNumber) {
    return wrong(
      `'${name}' is no number, so there is no ${statistic} of it.`,
      `「${name}」は数値ではないため、${statistic} を計算できません。`,
    )
  }
  if (statistic === 'sum' && type.adds !== true) {
    return wrong(
      `'${name}' is a score or a share; its sum says nothing. Use mean or median.`,
      `「${name}」は点数や割合なので、合計に意味がありません。mean か median を使ってください。`,
    )
  }
  if (type.type === 'money' && (statistic === 'median' || statistic === 'p90')) {
    return wrong(
      'There is no median of money yet, as it could not be told exactly; use mean or max.',
      '金額の中央値は正確に求められないため、まだ使えません。mean か max を使ってください。',
    )
  }
  return { statistic, column: name, type }
}

const unknownColumn = (name: string, fact: FactName, at: Path, problems: Problems): null => {
  const known = [...columnsOf(fact).keys()]
  const withheld = new Map<string, Text>(Object.entries(facts[fact].withheld)).get(name)
  if (withheld !== undefined) {
    return problems.add(at, 'UNKNOWN_COLUMN', {
      en: `'${name}' of ${fact} is not offered: ${withheld.en}.`,
      ja: `${fact} の「${name}」は使えません。${withheld.ja}。`,
    })
  }
  const [other, ofOther] = name.split('.')
  if (ofOther !== undefined && other !== undefined && isFact(other) && other !== fact) {
    return problems.add(at, 'FAN_OUT', fanOut)
  }
  const elsewhere = factNames.find((each) => columnsOf(each).has(name))
  const near = nearest(name, known)
  if (elsewhere !== undefined && near.length === 0) {
    return problems.add(at, 'FAN_OUT', {
      en: `'${name}' is a column of ${elsewhere}, not of ${fact}. ${fanOut.en}`,
      ja: `「${name}」は ${fact} ではなく ${elsewhere} の列です。${fanOut.ja}`,
    })
  }
  return problems.add(
    at,
    'UNKNOWN_COLUMN',
    {
      en: `${fact} has no column '${name}'; there are ${known.join(', ')}.`,
      ja: `${fact} に「${name}」という列はありません。使えるのは ${known.join('、')} です。`,
    },
    near,
  )
}

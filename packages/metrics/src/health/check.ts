import * as z from 'zod'
import { checkAccountCondition } from '../account-condition.ts'
import { type MetricProblem, Problems } from '../custom/problem.ts'
import { type MetricDefinition, nearest } from '../definition.ts'
import { isHealth, madeOfConditions } from '../made-of-conditions.ts'
import {
  isGroup,
  isPulse,
  leavesOf,
  type WrittenNode,
  type WrittenScorecard,
  writtenScorecardSchema,
} from './scorecard.ts'

type Catalogue = ReadonlyMap<string, MetricDefinition>
type Path = readonly (string | number)[]

export type CheckedScorecard =
  | { readonly ok: true; readonly scorecard: WrittenScorecard }
  | { readonly ok: false; readonly problems: readonly MetricProblem[] }

/** Metrics that a scorecard may score: of an account at the end of a day, and not themselves scores. */
export const scorable = (catalogue: Catalogue): Map<string, MetricDefinition> =>
  new Map(
    [...catalogue].filter(
      ([, metric]) =>
        metric.time === 'instant' &&
        metric.grains.includes('account') &&
        !madeOfConditions(metric, catalogue),
    ),
  )

/**
 * Checks what a scorecard says, and collects every problem with its place.
 *
 * @param content what a file holds; nothing about it is taken for granted
 * @param attributes keys of account attributes, which `when` may use beside metrics; null = any
 */
export const checkScorecard = (
  content: unknown,
  catalogue: Catalogue,
  attributes: readonly string[] | null,
): CheckedScorecard => {
  const problems = new Problems()
  const parsed = writtenScorecardSchema.safeParse(content)
  if (!parsed.success) {
    const ja = writtenScorecardSchema.safeParse(content, { error: japanese })
    parsed.error.issues.forEach((issue, k) => {
      addIssue(problems, issue, ja.error?.issues[k] ?? issue, content, [])
    })
    return { ok: false, problems: problems.all }
  }
  const scorecard = parsed.data
  checkWhen(scorecard, catalogue, attributes, problems)
  checkNodes(scorecard.measures, ['measures'], scorable(catalogue), catalogue, problems, new Map())
  if (problems.all.length === 0 && leavesOf(scorecard) === null) {
    problems.add(['measures'], 'WEIGHTS_TOO_FINE', {
      en: 'The weights of the nested groups have no common measure that could be counted exactly; use rounder weights.',
      ja: '入れ子のグループの重みが細かすぎて、正確に計算できません。切りのよい重みにしてください。',
    })
  }
  return problems.all.length > 0 ? { ok: false, problems: problems.all } : { ok: true, scorecard }
}

const japanese = z.locales.ja().localeError

const addIssue = (
  problems: Problems,
  issue: z.core.$ZodIssue,
  ja: z.core.$ZodIssue,
  content: unknown,
  base: Path,
): void => {
  const path = [
    ...base,
    ...issue.path.map((step) => (typeof step === 'number' ? step : String(step))),
  ]
  const place = path.join('.')
  if (issue.code === 'invalid_union') {
    const there = valueAt(content, path)
    const kind = ['metric', 'pulse', 'measures'].findIndex(
      (name) => typeof there === 'object' && there !== null && name in there,
    )
    const inner = issue.errors[kind]
    const innerJa = ja.code === 'invalid_union' ? ja.errors[kind] : undefined
    if (inner === undefined) {
      problems.add(path, 'ONE_MEASURE', {
        en: `'${place}' has a metric, a pulse or, as a group, measures.`,
        ja: `「${place}」には metric、pulse、またはグループとして measures を書いてください。`,
      })
      return
    }
    inner.forEach((each, k) => {
      addIssue(problems, each, innerJa?.[k] ?? each, content, path)
    })
    return
  }
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      problems.add(
        [...path, key],
        'UNKNOWN_KEY',
        {
          en: `There is no setting '${key}' here.`,
          ja: `「${key}」という項目はここにはありません。`,
        },
        nearest(key, knownKeys),
        'key',
      )
    }
    return
  }
  const own = z.object({ ja: z.string() }).safeParse('params' in issue ? issue.params : undefined)
  const japaneseText = own.success ? own.data.ja : ja.message
  problems.add(path, 'BAD_VALUE', {
    en: place === '' ? issue.message : `'${place}': ${issue.message}`,
    ja: place === '' ? japaneseText : `「${place}」: ${japaneseText}`,
  })
}

const knownKeys = [
  ...Object.keys(writtenScorecardSchema.shape),
  'metric',
  'pulse',
  'weight',
  'scores',
  'curve',
  'below',
  'score',
  'at',
  'expiresAfterDays',
]

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined,
    value,
  )

const checkWhen = (
  { when }: WrittenScorecard,
  catalogue: Catalogue,
  attributes: readonly string[] | null,
  problems: Problems,
): void => {
  if (when === undefined) return
  const checked = checkAccountCondition(when, catalogue)
  if (!checked.ok) {
    problems.condition(['when'], checked.problems)
    return
  }
  for (const name of checked.condition.attributes) {
    if (attributes === null || attributes.includes(name)) continue
    problems.add(
      ['when'],
      'UNKNOWN_NAME',
      {
        en: `There is no metric or attribute '${name}'.`,
        ja: `「${name}」という指標や属性はありません。`,
      },
      nearest(name, [...attributes, ...scorable(catalogue).keys()]),
    )
  }
}

const checkNodes = (
  nodes: readonly WrittenNode[],
  path: Path,
  metrics: Catalogue,
  all: Catalogue,
  problems: Problems,
  taken: Map<string, Path>,
): void => {
  nodes.forEach((node, k) => {
    const here = [...path, k]
    const key = node.key ?? (isPulse(node) ? 'pulse' : isGroup(node) ? '' : node.metric)
    if (taken.has(key)) {
      problems.add([...here, node.key === undefined ? 'metric' : 'key'], 'NAME_TAKEN', {
        en: `'${key}' is there twice in this scorecard; give one of them a key of its own.`,
        ja: `このスコアカードに「${key}」が2つあります。片方に別の key を付けてください。`,
      })
    }
    taken.set(key, here)
    if (isGroup(node)) {
      if (here.length > 8) {
        problems.add(here, 'TOO_DEEP', {
          en: 'Groups are nested four deep at most.',
          ja: 'グループの入れ子は4段までです。',
        })
        return
      }
      checkNodes(node.measures, [...here, 'measures'], metrics, all, problems, taken)
      return
    }
    if (!isPulse(node)) checkMetric(node.metric, [...here, 'metric'], metrics, all, problems)
    checkScale(node, here, problems)
  })
}

const checkMetric = (
  key: string,
  path: Path,
  metrics: Catalogue,
  all: Catalogue,
  problems: Problems,
): void => {
  if (metrics.has(key)) return
  const there = all.get(key)
  if (there === undefined) {
    problems.add(
      path,
      'UNKNOWN_METRIC',
      { en: `There is no metric '${key}'.`, ja: `「${key}」という指標はありません。` },
      nearest(key, metrics.keys()),
    )
    return
  }
  problems.add(
    path,
    'NOT_SCORABLE',
    isHealth(there)
      ? {
          en: `'${key}' is itself made of scorecards.`,
          ja: `「${key}」自体がスコアカードから計算されています。`,
        }
      : {
          en: `'${key}' has no value for one account at the end of a day.`,
          ja: `「${key}」には1日の終わり時点の顧客ごとの値がありません。`,
        },
  )
}

const checkScale = (
  node: Exclude<WrittenNode, { measures: unknown }>,
  path: Path,
  problems: Problems,
): void => {
  const { scores, curve } = node
  if (scores !== undefined && curve !== undefined) {
    problems.add([...path, 'curve'], 'ONE_SCALE', {
      en: 'A measure has scores by ranges or a curve, not both.',
      ja: 'scores と curve はどちらか一方だけを書いてください。',
    })
    return
  }
  if (scores === undefined && curve === undefined) {
    if (isPulse(node)) return
    problems.add(path, 'NO_SCALE', {
      en: 'Say what its values are worth: scores by ranges, or a curve.',
      ja: '値の点数を scores(区間)または curve(折れ線)で書いてください。',
    })
    return
  }
  scores?.forEach(({ below }, k) => {
    const last = k === scores.length - 1
    if ((below === undefined) !== last) {
      problems.add([...path, 'scores', k], 'BAD_RANGES', {
        en: last
          ? 'The last range has no bound: it holds for all values above.'
          : 'Every range but the last needs a bound (below).',
        ja: last
          ? '最後の区間には below を書きません(それより上のすべての値に使われます)。'
          : '最後以外の区間には below が必要です。',
      })
    }
    const before = scores[k - 1]?.below
    if (below !== undefined && before !== undefined && below <= before) {
      problems.add([...path, 'scores', k, 'below'], 'BAD_RANGES', notRising)
    }
  })
  curve?.forEach(({ at }, k) => {
    const before = curve[k - 1]?.at
    if (before !== undefined && at <= before) {
      problems.add([...path, 'curve', k, 'at'], 'BAD_RANGES', notRising)
    }
  })
}

const notRising = {
  en: 'Bounds come in rising order.',
  ja: '値は小さい順に書いてください。',
} as const

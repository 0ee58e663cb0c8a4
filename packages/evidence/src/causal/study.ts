/** What all estimators of an exposure's effect start from, and the one way in which they tell it. */
import { type Answer, known, unknown } from '../answer.ts'
import {
  type Columns,
  type Flags,
  type Numbers,
  readFlags,
  readNumbers,
  readTable,
  rowCount,
  whyUnusable,
} from '../columns.ts'
import { EvidenceError } from '../error.ts'
import { tQuantile, tTwoSided } from '../numeric/distributions.ts'
import { cholesky, dot } from '../numeric/matrix.ts'
import { standardise } from '../numeric/standardise.ts'
import type { Interval } from '../proportion.ts'

export interface StudyInput {
  /** 0 and 1, or a measure. Only what came after the exposure. */
  readonly outcome: Numbers
  readonly exposure: Flags
  /** What both exposure and outcome may depend on, known before the exposure. */
  readonly adjust: Columns
  /** Rows of one cluster (an account seen on several days) are not taken as independent. */
  readonly cluster?: readonly (string | number)[]
}

export interface Study {
  readonly n: number
  readonly y: Float64Array
  readonly a: Float64Array
  readonly isBinary: boolean
  readonly names: readonly string[]
  /** Columns that say nothing new (constant or following from others) and were left out. */
  readonly leftOut: readonly string[]
  /** The constant and the standardised columns, row by row. */
  readonly x: Float64Array
  readonly size: number
  /** The columns as they were given, in the order of `names`. */
  readonly raw: readonly Float64Array[]
  readonly cluster: readonly (string | number)[] | null
}

export function readStudy(input: StudyInput): Answer<Study> {
  const y = readNumbers(input.outcome)
  const a = readFlags('exposure', input.exposure)
  const { names, columns } = readTable(input.adjust)
  const n = rowCount([y, a, ...columns])
  const unusable = whyUnusable([y, a, ...columns])
  if (unusable) return { known: false, reason: unusable }
  if (input.cluster && input.cluster.length !== n) {
    throw new EvidenceError('Columns differ in length', { rows: n, other: input.cluster.length })
  }
  const exposed = a.reduce((sum, flag) => sum + flag, 0)
  if (exposed === 0 || exposed === n) return unknown('one_group', { n })
  const isBinary = y.every((value) => value === 0 || value === 1)
  if (y.every((value) => value === y[0])) {
    return isBinary
      ? unknown('one_class', { n, events: n * (y[0] ?? 0) })
      : unknown('constant', { n })
  }
  const raw = columns.map((column) => column.slice())
  const { scales } = standardise(columns)
  const kept = tellingColumns(columns, scales)
  const size = kept.length + 1
  if (n <= size + 2) return unknown('too_few_cases', { n, needed: size + 3 })
  const x = new Float64Array(n * size)
  for (let i = 0; i < n; i++) {
    x[i * size] = 1
    kept.forEach((from, j) => {
      x[i * size + j + 1] = columns[from]?.[i] ?? 0
    })
  }
  return known({
    n,
    y,
    a,
    isBinary,
    names: kept.map((j) => names[j] ?? ''),
    leftOut: names.filter((_, j) => !kept.includes(j)),
    x,
    size,
    raw: kept.map((j) => raw[j] ?? new Float64Array()),
    cluster: input.cluster ?? null,
  })
}

/** The columns that vary and do not follow from those before them. */
function tellingColumns(columns: readonly Float64Array[], scales: Float64Array): number[] {
  let kept: number[] = []
  columns.forEach((column, j) => {
    if (scales[j] === 0) return
    const tried = [...kept, j]
    const size = tried.length
    const gram = new Float64Array(size * size)
    tried.forEach((from, i) => {
      tried.forEach((to, k) => {
        gram[i * size + k] = dot(columns[from] ?? [], columns[to] ?? []) / column.length
      })
    })
    if (cholesky(gram, size, 1e-9).ok) kept = tried
  })
  return kept
}

export interface Contrast {
  readonly estimate: number
  readonly standardError: number
  readonly interval: Interval
  readonly p: number
}

export interface ExposureEffect {
  readonly n: number
  readonly exposed: number
  /** The mean outcome (a share, for 0 and 1) had all been exposed, and had none. */
  readonly meanIfExposed: number
  readonly meanIfNot: number
  /** The first minus the second. */
  readonly difference: Contrast
  /** The first to the second, with p for a ratio of 1; null unless both are above 0. */
  readonly ratio: Contrast | null
  readonly confidence: number
  /** Columns that say nothing new and were left out of the adjustment. */
  readonly leftOut: readonly string[]
}

/**
 * An effect from each row's influence on the two means: variances follow from their spread.
 *
 * Source: A. Tsiatis, Semiparametric Theory and Missing Data (2006), chapter 3; rows of one cluster are
 * added up first. Intervals are Student's, with the smaller group's size less one as degrees of freedom.
 * @param parameters estimated on the way; the variance is raised by n/(n − parameters) for them.
 */
export function tellExposureEffect(found: {
  study: Study
  means: { exposed: number; not: number }
  influence: { exposed: Float64Array; not: Float64Array }
  parameters: number
  confidence: number
}): Answer<ExposureEffect> {
  const { study, means, influence, confidence } = found
  const { n } = study
  const sums = new Map<string | number, { exposed: number; not: number }>()
  for (let i = 0; i < n; i++) {
    const key = study.cluster?.[i] ?? i
    const sum = sums.get(key) ?? { exposed: 0, not: 0 }
    sum.exposed += influence.exposed[i] ?? 0
    sum.not += influence.not[i] ?? 0
    sums.set(key, sum)
  }
  const groups = sums.size
  if (groups < 2) return unknown('one_group', { n })
  const correction = study.cluster ? groups / (groups - 1) : n / Math.max(1, n - found.parameters)
  const errorOf = (weigh: (sum: { exposed: number; not: number }) => number) => {
    let squares = 0
    for (const sum of sums.values()) squares += weigh(sum) ** 2
    return Math.sqrt(correction * squares) / n
  }
  const exposedCount = study.a.reduce((sum, flag) => sum + flag, 0)
  // With few cases the spread itself is uncertain, at the least as in the smaller group alone.
  const df = Math.max(1, study.cluster ? groups - 1 : Math.min(exposedCount, n - exposedCount) - 1)
  const reach = tQuantile((1 + confidence) / 2, df)
  const { exposed: one, not: zero } = means
  const error = errorOf((sum) => sum.exposed - sum.not)
  const hasRatio = one > 1e-12 && zero > 1e-12
  const logError = hasRatio ? errorOf((sum) => sum.exposed / one - sum.not / zero) : 0
  const logRatio = hasRatio ? Math.log(one / zero) : 0
  if (!(error > 0 && error < Infinity) || !Number.isFinite(one - zero)) {
    return unknown('constant', { n })
  }
  return known({
    n,
    exposed: exposedCount,
    meanIfExposed: one,
    meanIfNot: zero,
    difference: {
      estimate: one - zero,
      standardError: error,
      interval: { low: one - zero - reach * error, high: one - zero + reach * error },
      p: tTwoSided((one - zero) / error, df),
    },
    ratio:
      hasRatio && logError > 0 && logError < 100
        ? {
            estimate: one / zero,
            standardError: (one / zero) * logError,
            interval: {
              low: Math.exp(logRatio - reach * logError),
              high: Math.exp(logRatio + reach * logError),
            },
            p: tTwoSided(logRatio / logError, df),
          }
        : null,
    confidence,
    leftOut: study.leftOut,
  })
}

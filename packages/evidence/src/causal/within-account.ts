import { type Answer, known, unknown } from '../answer.ts'
import {
  type Columns,
  type Numbers,
  readNumbers,
  readTable,
  rowCount,
  whyUnusable,
} from '../columns.ts'
import { checkedConfidence } from '../confidence.ts'
import { EvidenceError } from '../error.ts'
import { tQuantile, tTwoSided } from '../numeric/distributions.ts'
import { dot, multiply } from '../numeric/matrix.ts'
import type { Interval } from '../proportion.ts'
import { leastSquares, scoreProducts } from '../regression/linear.ts'

export interface WithinEffect {
  /** The change of the outcome for each unit of the exposure, within the same account. */
  readonly estimate: number
  readonly standardError: number
  readonly interval: Interval
  readonly p: number
  readonly n: number
  readonly accounts: number
  /** Accounts whose exposure changed; the others say nothing here. */
  readonly changing: number
  readonly df: number
  /** Columns that say nothing new within accounts and were left out. */
  readonly leftOut: readonly string[]
}

/**
 * Each account held against itself at other times: whatever does not change about an account cannot
 * explain the difference. Least squares on deviations from the account's mean (for an outcome of 0 and
 * 1, a difference of shares), with errors that allow for repeated rows of one account.
 *
 * Sources: J. Wooldridge, Econometric Analysis of Cross Section and Panel Data, 2nd ed., § 10.5;
 * M. Arellano, Oxford Bulletin of Economics and Statistics 49 (1987), 431–434.
 * @param input.period when given, what all accounts share at a time is taken off as well.
 */
export function withinAccountEffect(
  input: {
    readonly account: readonly (string | number)[]
    readonly outcome: Numbers
    readonly exposure: Numbers
    readonly adjust?: Columns
    readonly period?: readonly (string | number)[]
  },
  options: { confidence?: number } = {},
): Answer<WithinEffect> {
  const confidence = checkedConfidence(options.confidence)
  const outcome = readNumbers(input.outcome)
  const exposure = readNumbers(input.exposure)
  const { names, columns } = readTable(input.adjust ?? {})
  const n = rowCount([outcome, exposure, ...columns])
  for (const labels of [input.account, input.period ?? input.account]) {
    if (labels.length !== n) {
      throw new EvidenceError('Columns differ in length', { rows: n, other: labels.length })
    }
  }
  const unusable = whyUnusable([outcome, exposure, ...columns])
  if (unusable) return { known: false, reason: unusable }

  const of = indexOf(input.account)
  const nuisance = [
    ...columns.map((column, j) => ({ name: names[j] ?? '', column })),
    ...periodColumns(input.period ?? []),
  ]
  const y = deviations(outcome, of)
  const a = deviations(exposure, of)
  const changing = new Set<number>()
  const scale = Math.sqrt(dot(a, a) / n)
  a.forEach((value, i) => {
    if (Math.abs(value) > 1e-9 * scale) changing.add(of.index[i] ?? 0)
  })
  if (!(dot(a, a) > 1e-18 * dot(exposure, exposure)) || changing.size === 0) {
    return unknown('no_change_within', { n, accounts: of.count })
  }
  if (!(dot(y, y) > 1e-18 * dot(outcome, outcome))) return unknown('constant', { n })

  // The exposure first: whatever else fails, it is the other columns that are left out.
  let kept = nuisance.map(({ name, column }) => ({ name, column: deviations(column, of) }))
  const leftOut: string[] = []
  for (;;) {
    const used = [a, ...kept.map(({ column }) => column)]
    const fit = leastSquares(y, used)
    if (!fit.ok) {
      const failed = kept[fit.column - 1]
      if (!failed) return unknown('no_change_within', { n, accounts: of.count })
      if (failed.name) leftOut.push(failed.name)
      kept = kept.filter((one) => one !== failed)
      continue
    }
    const df = of.count - 1
    if (df < 1 || n - of.count - used.length < 1) {
      return unknown('too_few_cases', { n, needed: of.count + used.length + 1 })
    }
    const size = used.length
    const meat = scoreProducts(used, fit.residual, input.account)
    const covariance = multiply(multiply(fit.bread, meat, size), fit.bread, size)
    const correction = ((of.count / (of.count - 1)) * (n - 1)) / (n - size)
    const standardError = Math.sqrt(Math.max(0, correction * (covariance[0] ?? 0)))
    const estimate = fit.beta[0] ?? 0
    if (!(standardError > 1e-12 * Math.abs(estimate))) return unknown('constant', { n })
    const reach = tQuantile((1 + confidence) / 2, df) * standardError
    return known({
      estimate,
      standardError,
      interval: { low: estimate - reach, high: estimate + reach },
      p: tTwoSided(estimate / standardError, df),
      n,
      accounts: of.count,
      changing: changing.size,
      df,
      leftOut,
    })
  }
}

interface Index {
  readonly index: Uint32Array
  readonly count: number
}

function indexOf(labels: readonly (string | number)[]): Index {
  const places = new Map<string | number, number>()
  const index = Uint32Array.from(labels, (label) => {
    const place = places.get(label) ?? places.size
    places.set(label, place)
    return place
  })
  return { index, count: places.size }
}

function deviations(values: Float64Array, { index, count }: Index): Float64Array {
  const sums = new Float64Array(count)
  const sizes = new Float64Array(count)
  values.forEach((value, i) => {
    const at = index[i] ?? 0
    sums[at] = (sums[at] ?? 0) + value
    sizes[at] = (sizes[at] ?? 0) + 1
  })
  return values.map((value, i) => {
    const at = index[i] ?? 0
    return value - (sums[at] ?? 0) / (sizes[at] ?? 1)
  })
}

/** One column for each period but the first; nameless, so that none is reported as left out. */
function periodColumns(period: readonly (string | number)[]) {
  return [...new Set(period)].slice(1).map((label) => ({
    name: '',
    column: Float64Array.from(period, (own) => (own === label ? 1 : 0)),
  }))
}

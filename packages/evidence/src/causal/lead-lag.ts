import { type Answer, known, unknown } from '../answer.ts'
import { type Numbers, readNumbers, rowCount } from '../columns.ts'
import { EvidenceError } from '../error.ts'
import { type LinearCoefficient, linearRegression } from '../regression/linear.ts'

export interface LeadLag {
  /** What the metric says of the signal one step later, beyond what the signal said itself. */
  readonly leads: LinearCoefficient
  /** What the signal says of the metric one step later, beyond what the metric said itself. */
  readonly follows: LinearCoefficient
  /** Pairs of successive steps, and accounts that have any. */
  readonly n: number
  readonly accounts: number
}

/**
 * Which of two series of the same accounts comes first: each is regressed on its own last value and on
 * the other's, both in standard deviations, with errors that allow for repeated rows of one account. A
 * metric that people change in answer to a risk signal follows it without leading it.
 *
 * Source: C. Granger, Econometrica 37 (1969), 424–438, on panels (cross-lagged regression).
 * @param input.step numbers of periods; only pairs of rows one step apart are used.
 */
export function leadLag(
  input: {
    readonly account: readonly (string | number)[]
    readonly step: Numbers
    readonly metric: Numbers
    readonly signal: Numbers
  },
  options: { confidence?: number } = {},
): Answer<LeadLag> {
  const n = rowCount([input.step, input.metric, input.signal])
  if (input.account.length !== n) {
    throw new EvidenceError('Columns differ in length', { rows: n, other: input.account.length })
  }
  const metric = inDeviations(readNumbers(input.metric))
  const signal = inDeviations(readNumbers(input.signal))
  const rowOf = new Map<string | number, Map<number, number>>()
  input.account.forEach((account, i) => {
    const own = rowOf.get(account) ?? new Map<number, number>()
    rowOf.set(account, own.set(input.step[i] ?? 0, i))
  })
  const pairs: { account: string | number; before: number; after: number }[] = []
  input.account.forEach((account, after) => {
    const before = rowOf.get(account)?.get((input.step[after] ?? 0) - 1)
    const isWhole = [before, after].every(
      (i) => i !== undefined && Number.isFinite(metric[i]) && Number.isFinite(signal[i]),
    )
    if (before !== undefined && isWhole) pairs.push({ account, before, after })
  })
  if (pairs.length === 0) return unknown('too_few_cases', { n: 0, needed: 4 })
  const cluster = pairs.map(({ account }) => account)
  const regress = (target: Float64Array, other: Float64Array) =>
    linearRegression(
      {
        outcome: pairs.map(({ after }) => target[after] ?? 0),
        covariates: {
          other: pairs.map(({ before }) => other[before] ?? 0),
          own: pairs.map(({ before }) => target[before] ?? 0),
        },
        cluster,
      },
      options,
    )
  const ahead = regress(signal, metric)
  const behind = regress(metric, signal)
  if (!ahead.known) return ahead
  if (!behind.known) return behind
  const [leads] = ahead.value.coefficients
  const [follows] = behind.value.coefficients
  if (!leads || !follows) return unknown('too_few_cases', { n: pairs.length, needed: 4 })
  return known({ leads, follows, n: pairs.length, accounts: new Set(cluster).size })
}

/** In standard deviations from the mean; missing values stay so. */
function inDeviations(values: Float64Array): Float64Array {
  const there = values.filter((value) => Number.isFinite(value))
  const mean = there.reduce((sum, value) => sum + value / there.length, 0)
  const scale = Math.sqrt(there.reduce((sum, v) => sum + (v - mean) ** 2 / there.length, 0))
  return values.map((value) => (scale > 0 ? (value - mean) / scale : value - mean))
}

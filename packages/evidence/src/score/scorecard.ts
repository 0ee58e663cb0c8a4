import { type Answer, known, unknown } from '../answer.ts'
import { type Columns, type Flags, rowCount } from '../columns.ts'
import { EvidenceError } from '../error.ts'
import { logistic } from '../regression/logistic-fit.ts'
import { applyBinning, type MonotoneBinning, monotoneBinning } from './binning.ts'
import { chooseElasticNet } from './elastic-net.ts'

/** A score that can be kept as JSON and explained account by account. */
export interface Scorecard {
  readonly intercept: number
  readonly parts: readonly {
    readonly name: string
    readonly binning: MonotoneBinning
    /** Log odds for each unit of the bin's evidence; never below 0. */
    readonly weight: number
    /** The mean evidence of the cases it was fitted on: a contribution is measured from there. */
    readonly mean: number
  }[]
  /** Metrics that told nothing, and why. */
  readonly leftOut: readonly string[]
  readonly penalty: number
  readonly n: number
  readonly events: number
}

/**
 * A score for an outcome from many metrics: each in monotone bins, together in a penalised logistic
 * regression whose weights cannot turn a metric around. The penalty is chosen on accounts that were
 * not fitted on.
 *
 * Sources: N. Siddiqi, Credit Risk Scorecards (2006); see `monotoneBinning` and `chooseElasticNet`.
 * @param input.metrics missing values are NaN and count as a bin of their own.
 * @param input.account rows of one account are never on both sides of a split.
 * @returns a reason for one class, or `no_power` when no metric tells anything.
 */
export function fitScorecard(
  input: {
    readonly outcome: Flags
    readonly metrics: Columns
    readonly account?: readonly (string | number)[]
  },
  options: { bins?: number; mix?: number; folds?: number; seed?: number } = {},
): Answer<Scorecard> {
  const binned: { name: string; binning: MonotoneBinning; evidence: Float64Array }[] = []
  const leftOut: string[] = []
  for (const [name, values] of Object.entries(input.metrics)) {
    const binning = monotoneBinning(
      { values, outcome: input.outcome },
      options.bins === undefined ? {} : { bins: options.bins },
    )
    if (!binning.known && binning.reason.code !== 'too_few_bins') return binning
    if (!binning.known) {
      leftOut.push(name)
      continue
    }
    const evidence = applyBinning(binning.value, values)
    binned.push({ name, binning: binning.value, evidence })
  }
  const n = input.outcome.length
  if (binned.length === 0) return unknown('no_power', { n })
  const net = chooseElasticNet(
    {
      outcome: input.outcome,
      covariates: Object.fromEntries(binned.map(({ name, evidence }) => [name, evidence])),
      ...(input.account ? { group: input.account } : {}),
    },
    { ...options, mix: options.mix ?? 0.2, nonNegative: true },
  )
  if (!net.known) return net
  const weightOf = new Map(net.value.coefficients.map(({ name, estimate }) => [name, estimate]))
  const parts = binned.flatMap(({ name, binning, evidence }) => {
    const weight = weightOf.get(name) ?? 0
    const mean = evidence.reduce((sum, value) => sum + value / n, 0)
    return weight > 0 ? [{ name, binning, weight, mean }] : []
  })
  const silent = binned.map(({ name }) => name).filter((name) => !((weightOf.get(name) ?? 0) > 0))
  if (parts.length === 0) return unknown('no_power', { n })
  return known({
    intercept: parts.reduce((sum, part) => sum + part.weight * part.mean, net.value.intercept),
    parts,
    leftOut: [...leftOut, ...silent],
    penalty: net.value.penalty,
    n,
    events: net.value.events,
  })
}

export interface Scored {
  readonly probability: number
  /** Log odds. `base` and all contributions add up to it. */
  readonly logOdds: number
  readonly base: number
  readonly contributions: readonly { readonly name: string; readonly logOdds: number }[]
}

/** @throws EvidenceError when a metric of the score is missing as a column. */
export function applyScorecard(card: Scorecard, metrics: Columns): Scored[] {
  const n = rowCount(Object.values(metrics))
  const columns = card.parts.map(({ name, binning, weight, mean }) => {
    const values = metrics[name]
    if (!values) throw new EvidenceError(`No column ${name}`, { name })
    return { name, own: applyBinning(binning, values).map((value) => weight * (value - mean)) }
  })
  return Array.from({ length: n }, (_, i) => {
    const contributions = columns.map(({ name, own }) => ({ name, logOdds: own[i] ?? 0 }))
    const logOdds = contributions.reduce((sum, part) => sum + part.logOdds, card.intercept)
    return { probability: logistic(logOdds), logOdds, base: card.intercept, contributions }
  })
}

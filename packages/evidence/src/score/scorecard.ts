import { type Answer, known, unknown } from '../answer.ts'
import { type Columns, type Flags, pick, readFlags, readNumbers, rowCount } from '../columns.ts'
import { EvidenceError } from '../error.ts'
import { logistic, solveLogistic } from '../regression/logistic-fit.ts'
import { applyBinning, type MonotoneBinning, monotoneBinning } from './binning.ts'
import { chooseElasticNet, foldsByGroup } from './elastic-net.ts'

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
 * regression whose weights cannot turn a metric around. Weights and penalty are found on evidence from
 * bins that were made without the row's own account, so that a metric of mere noise gets none.
 *
 * Sources: N. Siddiqi, Credit Risk Scorecards (2006); D. Wolpert, Neural Networks 5 (1992), 241–259
 * (cross-fitting); see `monotoneBinning` and `chooseElasticNet`.
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
  const { folds = 5, seed = 1, mix = 0.2 } = options
  const bins = options.bins === undefined ? {} : { bins: options.bins }
  const outcome = readFlags('outcome', input.outcome)
  const n = rowCount([outcome, ...Object.values(input.metrics)])
  const account = input.account ?? [...outcome.keys()]
  if (account.length !== n) {
    throw new EvidenceError('Columns differ in length', { rows: n, other: account.length })
  }
  const foldOf = foldsByGroup(account, folds, seed)
  const binned: {
    name: string
    binning: MonotoneBinning
    apart: Float64Array
    whole: Float64Array
  }[] = []
  const leftOut: string[] = []
  for (const [name, given] of Object.entries(input.metrics)) {
    const values = readNumbers(given)
    const binning = monotoneBinning({ values, outcome }, bins)
    if (!binning.known && binning.reason.code !== 'too_few_bins') return binning
    const apart = crossFitted(values, outcome, foldOf, folds, bins)
    if (!binning.known || apart.every((value) => value === apart[0])) leftOut.push(name)
    else {
      const whole = applyBinning(binning.value, values)
      binned.push({ name, binning: binning.value, apart, whole })
    }
  }
  if (binned.length === 0) return unknown('no_power', { n })
  const net = chooseElasticNet(
    {
      outcome,
      covariates: Object.fromEntries(binned.map(({ name, apart }) => [name, apart])),
      group: account,
    },
    { mix, folds, seed, nonNegative: true },
  )
  if (!net.known) return net
  const weightOf = new Map(net.value.coefficients.map(({ name, estimate }) => [name, estimate]))
  const used = binned.flatMap((one) => {
    const weight = weightOf.get(one.name) ?? 0
    const mean = one.whole.reduce((sum, value) => sum + value / n, 0)
    return weight > 0 ? [{ ...one, weight, mean }] : []
  })
  const silent = binned.map(({ name }) => name).filter((name) => !((weightOf.get(name) ?? 0) > 0))
  if (used.length === 0) return unknown('no_power', { n })
  // The constant that makes the predictions add up to what happened.
  const offset = outcome.map((_, i) =>
    used.reduce((sum, { weight, mean, whole }) => sum + weight * ((whole[i] ?? 0) - mean), 0),
  )
  const x = new Float64Array(n).fill(1)
  const level = solveLogistic({ n, size: 1, x, y: outcome, offset })
  if (!level.ok) return unknown('not_converged', { iterations: 100 })
  return known({
    intercept: level.beta[0] ?? 0,
    parts: used.map(({ name, binning, weight, mean }) => ({ name, binning, weight, mean })),
    leftOut: [...leftOut, ...silent],
    penalty: net.value.penalty,
    n,
    events: net.value.events,
  })
}

/** The evidence of each row by bins that were made without its fold; 0 where none could be made. */
function crossFitted(
  values: Float64Array,
  outcome: Float64Array,
  foldOf: Uint32Array,
  folds: number,
  bins: { bins?: number },
): Float64Array {
  const evidence = new Float64Array(values.length)
  for (let fold = 0; fold < folds; fold++) {
    const outside = [...values.keys()].filter((i) => foldOf[i] !== fold)
    const binning = monotoneBinning(
      { values: pick(values, outside), outcome: pick(outcome, outside) },
      bins,
    )
    if (!binning.known) continue
    const own = applyBinning(binning.value, values)
    for (let i = 0; i < values.length; i++) if (foldOf[i] === fold) evidence[i] = own[i] ?? 0
  }
  return evidence
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

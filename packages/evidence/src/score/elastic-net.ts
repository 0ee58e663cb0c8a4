import { type Answer, known, unknown } from '../answer.ts'
import {
  type Columns,
  type Flags,
  readFlags,
  readTable,
  rowCount,
  whyUnusable,
} from '../columns.ts'
import { EvidenceError } from '../error.ts'
import { seededRandom } from '../numeric/random.ts'
import { standardise } from '../numeric/standardise.ts'
import { logistic } from '../regression/logistic-fit.ts'

export interface ElasticNetOptions {
  /** 1 sets weak columns to 0 (lasso), 0 shrinks all (ridge). Default 0.5. */
  readonly mix?: number
  /** Columns may only raise the outcome's chance. Default false. */
  readonly nonNegative?: boolean
}

export interface ElasticNet {
  readonly penalty: number
  readonly intercept: number
  /** On the columns as they were given; 0 where the penalty left a column out. */
  readonly coefficients: readonly { readonly name: string; readonly estimate: number }[]
  readonly n: number
  readonly events: number
}

/**
 * Logistic regression that pays for the size of its coefficients (on standardised columns): the mean
 * −log-likelihood + penalty·(mix·Σ|β| + (1 − mix)·Σβ²/2).
 *
 * Source: J. Friedman, T. Hastie and R. Tibshirani, J. Statistical Software 33 (2010), 1–22 (glmnet):
 * Newton's quadratic, minimised column by column, here with halved steps where it overshoots.
 */
export function elasticNet(
  input: { outcome: Flags; covariates: Columns },
  options: ElasticNetOptions & { penalty: number },
): Answer<ElasticNet> {
  const problem = readProblem(input)
  if (!problem.known) return problem
  const { penalty } = options
  if (!(penalty > 0 && penalty < Infinity)) {
    throw new EvidenceError('A penalty must be above 0', { penalty })
  }
  const fit = descend(
    problem.value,
    penalty,
    checkedMix(options),
    options.nonNegative ?? false,
    null,
  )
  if (!fit.settled) return unknown('not_converged', { iterations: maxRounds })
  return known(tell(problem.value, penalty, fit))
}

export interface ChosenNet extends ElasticNet {
  /** Mean −log-likelihood on folds that were not fitted on, for each penalty tried. */
  readonly path: readonly {
    readonly penalty: number
    readonly loss: number
    readonly standardError: number
  }[]
  /** The loss of the constant alone on the same folds. */
  readonly baseLoss: number
}

/**
 * The same with the penalty that did best on cases it was not fitted on. Whole groups (accounts) are
 * left out together, so that none is on both sides.
 *
 * Source: as above, § 4; the largest penalty within one standard error of the best. That is the error of
 * the difference of both, fold by fold: folds differ in how much there is to lose, which says nothing of
 * penalties and would let nearly any of them pass where events are few.
 * @param input.group the account of each row; every row by itself when not given.
 * @param options.seed of the random folds. The same seed gives the same folds.
 */
export function chooseElasticNet(
  input: { outcome: Flags; covariates: Columns; group?: readonly (string | number)[] },
  options: ElasticNetOptions & {
    folds?: number
    seed?: number
    penalties?: readonly number[]
  } = {},
): Answer<ChosenNet> {
  const whole = readProblem(input)
  if (!whole.known) return whole
  const { n, y } = whole.value
  const mix = checkedMix(options)
  const sign = options.nonNegative ?? false
  if (input.group && input.group.length !== n) {
    throw new EvidenceError('Columns differ in length', { rows: n, other: input.group.length })
  }
  const penalties = options.penalties ?? penaltyPath(whole.value, mix)
  const foldOf = foldsByGroup(input.group ?? [...y.keys()], options.folds ?? 5, options.seed ?? 1)
  const losses: number[][] = penalties.map(() => [])
  const baseLosses: number[] = []
  for (let fold = 0; fold < (options.folds ?? 5); fold++) {
    const train = subset(whole.value, (i) => foldOf[i] !== fold)
    const test = subset(whole.value, (i) => foldOf[i] === fold)
    const events = train.y.reduce((sum, own) => sum + own, 0)
    if (test.n === 0 || events === 0 || events === train.n) continue
    baseLosses.push(lossOf(test, logOdds(events / train.n), new Float64Array(train.columns.length)))
    let warm: Descent | null = null
    for (const [k, penalty] of penalties.entries()) {
      warm = descend(train, penalty, mix, sign, warm, coarse)
      losses[k]?.push(lossOf(test, warm.intercept, warm.beta))
    }
  }
  if (baseLosses.length < 2)
    return unknown('too_few_events', { events: whole.value.events, needed: 4 })
  const path = penalties.map((penalty, k) => {
    const own = losses[k] ?? []
    const loss = own.reduce((sum, value) => sum + value / own.length, 0)
    const spread = own.reduce((sum, value) => sum + (value - loss) ** 2, 0) / (own.length - 1)
    return { penalty, loss, standardError: Math.sqrt(spread / own.length) }
  })
  const best = path.reduce((a, b) => (b.loss < a.loss ? b : a))
  const bestLosses = losses[path.indexOf(best)] ?? []
  const isNearBest = (k: number) => {
    const apart = (losses[k] ?? []).map((loss, fold) => loss - (bestLosses[fold] ?? 0))
    const mean = apart.reduce((sum, value) => sum + value / apart.length, 0)
    const spread = apart.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (apart.length - 1)
    return mean <= Math.sqrt(spread / apart.length)
  }
  const chosen = path
    .filter((_, k) => isNearBest(k))
    .reduce((a, b) => (b.penalty > a.penalty ? b : a), best)
  const fit = descend(whole.value, chosen.penalty, mix, sign, null)
  if (!fit.settled) return unknown('not_converged', { iterations: maxRounds })
  return known({
    ...tell(whole.value, chosen.penalty, fit),
    path,
    baseLoss: baseLosses.reduce((sum, value) => sum + value / baseLosses.length, 0),
  })
}

/** Folds of about equal size, whole groups in each. */
export function foldsByGroup(
  group: readonly (string | number)[],
  folds: number,
  seed: number,
): Uint32Array {
  if (!(Number.isInteger(folds) && folds >= 2)) {
    throw new EvidenceError('At least two folds are needed', { folds })
  }
  const names = [...new Set(group)]
  const place = new Map<string | number, number>()
  seededRandom(seed)
    .permutation(names.length)
    .forEach((at, i) => {
      const name = names[at]
      if (name !== undefined) place.set(name, i % folds)
    })
  return Uint32Array.from(group, (name) => place.get(name) ?? 0)
}

interface Problem {
  readonly n: number
  readonly events: number
  readonly y: Float64Array
  readonly names: readonly string[]
  readonly columns: readonly Float64Array[]
  readonly means: Float64Array
  readonly scales: Float64Array
}

function readProblem(input: { outcome: Flags; covariates: Columns }): Answer<Problem> {
  const y = readFlags('outcome', input.outcome)
  const { names, columns } = readTable(input.covariates)
  const n = rowCount([y, ...columns])
  const unusable = whyUnusable([y, ...columns])
  if (unusable) return { known: false, reason: unusable }
  const events = y.reduce((sum, own) => sum + own, 0)
  if (events === 0 || events === n) return unknown('one_class', { n, events })
  return known({ n, events, y, names, columns, ...standardise(columns) })
}

function subset(problem: Problem, keep: (i: number) => boolean): Problem {
  const rows = [...problem.y.keys()].filter(keep)
  const take = (column: Float64Array) => Float64Array.from(rows, (i) => column[i] ?? 0)
  return { ...problem, n: rows.length, y: take(problem.y), columns: problem.columns.map(take) }
}

interface Descent {
  readonly intercept: number
  readonly beta: Float64Array
  readonly settled: boolean
}

const maxRounds = 100
const maxSweeps = 1_000
/** Steps, in standardised coefficients, below which a fit has settled; coarser while choosing. */
const fine = 1e-8
const coarse = 1e-4

function descend(
  problem: Problem,
  penalty: number,
  mix: number,
  nonNegative: boolean,
  start: Descent | null,
  tolerance = fine,
): Descent {
  const { n, y } = problem
  const share = y.reduce((sum, own) => sum + own, 0) / n
  let here: Descent = start ?? {
    intercept: logOdds(share),
    beta: new Float64Array(problem.columns.length),
    settled: false,
  }
  const objective = ({ intercept, beta }: Descent) =>
    lossOf(problem, intercept, beta) +
    penalty * beta.reduce((sum, b) => sum + mix * Math.abs(b) + ((1 - mix) * b * b) / 2, 0)
  let before = objective(here)
  for (let round = 0; round < maxRounds; round++) {
    const target = sweep(problem, here, penalty, mix, nonNegative)
    let next = target
    let after = objective(next)
    for (let share = 0.5; after > before + 1e-13 && share > 1e-6; share /= 2) {
      next = between(here, target, share)
      after = objective(next)
    }
    const moved = next.beta.reduce(
      (most, value, j) => Math.max(most, Math.abs(value - (here.beta[j] ?? 0))),
      Math.abs(next.intercept - here.intercept),
    )
    if (after > before + 1e-13 || moved < tolerance) return { ...here, settled: true }
    here = next
    before = after
  }
  return here
}

/**
 * The minimum of the quadratic that touches the loss here, by going round the columns. All it needs of
 * the rows are the products of columns, so that going round costs nothing beside making those.
 */
function sweep(
  problem: Problem,
  here: Descent,
  penalty: number,
  mix: number,
  nonNegative: boolean,
): Descent {
  const { scales, columns } = problem
  const { size, products, slope } = quadraticAt(problem, here)
  const beta = here.beta.slice()
  let intercept = here.intercept
  const move = (place: number, step: number) => {
    for (let k = 0; k < size; k++) {
      slope[k] = (slope[k] ?? 0) - step * (products[place * size + k] ?? 0)
    }
  }
  for (let round = 0; round < maxSweeps; round++) {
    const step = (slope[0] ?? 0) / (products[0] ?? 1)
    intercept += step
    move(0, step)
    let largest = Math.abs(step)
    for (let j = 0; j < columns.length; j++) {
      const place = j + 1
      const bend = products[place * size + place] ?? 0
      if (scales[j] === 0 || bend <= 0) continue
      const old = beta[j] ?? 0
      const target = (slope[place] ?? 0) + bend * old
      const shrunk = Math.sign(target) * Math.max(0, Math.abs(target) - penalty * mix)
      const free = shrunk / (bend + penalty * (1 - mix))
      const now = nonNegative ? Math.max(0, free) : free
      if (now === old) continue
      beta[j] = now
      move(place, now - old)
      largest = Math.max(largest, Math.abs(now - old))
    }
    if (largest < 1e-10) break
  }
  return { intercept, beta, settled: false }
}

/** Weighted products of the columns (the constant first) and the slopes of the loss, per row. */
function quadraticAt({ n, y, columns }: Problem, here: Descent) {
  const size = columns.length + 1
  const products = new Float64Array(size * size)
  const slope = new Float64Array(size)
  const row = new Float64Array(size)
  row[0] = 1
  for (let i = 0; i < n; i++) {
    let eta = here.intercept
    for (let j = 1; j < size; j++) {
      const value = columns[j - 1]?.[i] ?? 0
      row[j] = value
      eta += (here.beta[j - 1] ?? 0) * value
    }
    const p = logistic(eta)
    const weight = Math.max(1e-5, p * (1 - p)) / n
    const residual = ((y[i] ?? 0) - p) / n
    for (let j = 0; j < size; j++) {
      const value = row[j] ?? 0
      if (value === 0) continue
      slope[j] = (slope[j] ?? 0) + residual * value
      const scaled = weight * value
      for (let k = 0; k <= j; k++) {
        products[j * size + k] = (products[j * size + k] ?? 0) + scaled * (row[k] ?? 0)
      }
    }
  }
  for (let j = 0; j < size; j++) {
    for (let k = 0; k < j; k++) products[k * size + j] = products[j * size + k] ?? 0
  }
  return { size, products, slope }
}

function between(a: Descent, b: Descent, share: number): Descent {
  return {
    intercept: a.intercept + share * (b.intercept - a.intercept),
    beta: a.beta.map((value, j) => value + share * ((b.beta[j] ?? 0) - value)),
    settled: false,
  }
}

/** 12 penalties from the smallest that leaves no column down to a thousandth of it. */
function penaltyPath({ n, y, columns }: Problem, mix: number): number[] {
  const share = y.reduce((sum, own) => sum + own, 0) / n
  const largest = columns.reduce((most, column) => {
    const slope = column.reduce((sum, value, i) => sum + value * ((y[i] ?? 0) - share), 0) / n
    return Math.max(most, Math.abs(slope))
  }, 1e-6)
  const top = largest / Math.max(mix, 0.05)
  return Array.from({ length: 12 }, (_, k) => top * 1e-3 ** (k / 11))
}

function lossOf({ n, y, columns }: Problem, intercept: number, beta: Float64Array): number {
  const eta = new Float64Array(n).fill(intercept)
  columns.forEach((column, j) => {
    const own = beta[j] ?? 0
    if (own !== 0) for (let i = 0; i < n; i++) eta[i] = (eta[i] ?? 0) + own * (column[i] ?? 0)
  })
  let loss = 0
  for (let i = 0; i < n; i++) {
    const at = eta[i] ?? 0
    loss += Math.max(at, 0) + Math.log1p(Math.exp(-Math.abs(at))) - (y[i] ?? 0) * at
  }
  return loss / n
}

function tell(problem: Problem, penalty: number, fit: Descent): ElasticNet {
  const { names, means, scales, n, events } = problem
  const estimates = names.map((_, j) => {
    const scale = scales[j] ?? 0
    return scale > 0 ? (fit.beta[j] ?? 0) / scale : 0
  })
  return {
    penalty,
    intercept: estimates.reduce((sum, own, j) => sum - own * (means[j] ?? 0), fit.intercept),
    coefficients: names.map((name, j) => ({ name, estimate: estimates[j] ?? 0 })),
    n,
    events,
  }
}

const logOdds = (share: number) => Math.log(share / (1 - share))

function checkedMix({ mix = 0.5 }: ElasticNetOptions): number {
  if (!(mix >= 0 && mix <= 1)) throw new EvidenceError('A mix must be from 0 to 1', { mix })
  return mix
}

import { type Answer, known, type Reason, unknown } from '../answer.ts'
import { type Columns, readTable, rowCount, whyUnusable } from '../columns.ts'
import { checkedConfidence, normalReach } from '../confidence.ts'
import { EvidenceError } from '../error.ts'
import { chiSquareUpper, normalTwoSided } from '../numeric/distributions.ts'
import { finiteExp } from '../numeric/gamma.ts'
import { cholesky, dot, inverse, solve } from '../numeric/matrix.ts'
import { standardise } from '../numeric/standardise.ts'
import type { Interval } from '../proportion.ts'
import { type Concordance, concordance } from './concordance.ts'
import {
  partialLikelihood,
  prepareRisk,
  type RiskData,
  type TieMethod,
  walkRiskSets,
} from './cox-risk.ts'
import { readSpans, type Spans } from './spans.ts'

export interface CoxInput extends Spans {
  /**
   * What may raise or lower the hazard, by name. For values that change over time give one row per
   * stretch (entry, time] in which they hold, with the event in the last one.
   */
  readonly covariates: Columns
}

export interface ChiSquareTest {
  readonly chiSquare: number
  readonly df: number
  readonly p: number
}

export interface CoxCoefficient {
  readonly name: string
  /** The mean of the column, at which the baseline is given. */
  readonly mean: number
  /** The change of the log hazard for each unit of the column. */
  readonly estimate: number
  readonly standardError: number
  readonly z: number
  readonly p: number
  readonly hazardRatio: number
  /** Of the hazard ratio. */
  readonly interval: Interval
}

export interface CoxFit {
  readonly n: number
  readonly events: number
  readonly ties: TieMethod
  readonly confidence: number
  readonly coefficients: readonly CoxCoefficient[]
  /** Of the estimates, in the order of the coefficients. */
  readonly covariance: readonly (readonly number[])[]
  readonly logLikelihood: { readonly null: number; readonly fitted: number }
  readonly tests: {
    readonly likelihoodRatio: ChiSquareTest
    readonly wald: ChiSquareTest
    readonly score: ChiSquareTest
  }
  /** How well the fitted hazard orders the cases, on the data it was fitted to. */
  readonly concordance: Concordance | null
  /** The cumulative hazard of a case at the means of all columns, at each time of an event. */
  readonly baseline: readonly { readonly time: number; readonly cumulativeHazard: number }[]
  readonly iterations: number
}

/**
 * Cox's proportional hazards model, fitted by Newton's method on standardised columns.
 *
 * Sources: D. R. Cox, JRSS B 34 (1972), 187–220; Therneau and Grambsch, Modeling Survival Data (2000),
 * chapter 3; the baseline is Breslow's (with Efron's weights for Efron's ties). Equal to R's `coxph`.
 * @param options.ties Efron by default, as in R; Breslow is cruder with many ties.
 * @returns a reason when nothing happened, a column is constant or redundant, or a column tells the
 *   outcome perfectly, so that its effect has no finite size (`separated`).
 */
export function coxRegression(
  input: CoxInput,
  options: { ties?: TieMethod; confidence?: number } = {},
): Answer<CoxFit> {
  const confidence = checkedConfidence(options.confidence)
  const ties = options.ties ?? 'efron'
  const fitted = fitCox(input, ties)
  if (!fitted.ok) return { known: false, reason: fitted.reason }
  const { data, names, means, scales, beta, covariance, events } = fitted
  const size = names.length
  const z95 = normalReach(confidence)
  const coefficients = names.map((name, j): CoxCoefficient => {
    const scale = scales[j] ?? 1
    const estimate = (beta[j] ?? 0) / scale
    const standardError = Math.sqrt(covariance[j * size + j] ?? 0) / scale
    const z = estimate / standardError
    return {
      name,
      mean: means[j] ?? 0,
      estimate,
      standardError,
      z,
      p: normalTwoSided(z),
      hazardRatio: finiteExp(estimate),
      interval: {
        low: finiteExp(estimate - z95 * standardError),
        high: finiteExp(estimate + z95 * standardError),
      },
    }
  })
  const test = (chiSquare: number): ChiSquareTest => {
    const value = Math.max(0, chiSquare)
    return { chiSquare: value, df: size, p: chiSquareUpper(value, size) }
  }
  const { eta, baseline } = baselineOf(data, beta, ties)
  const order = concordance({ ...input, score: eta }, { confidence })
  return known({
    n: data.n,
    events,
    ties,
    confidence,
    coefficients,
    covariance: names.map((_, j) =>
      names.map((_, k) => (covariance[j * size + k] ?? 0) / ((scales[j] ?? 1) * (scales[k] ?? 1))),
    ),
    logLikelihood: { null: fitted.nullLogLikelihood, fitted: fitted.logLikelihood },
    tests: {
      likelihoodRatio: test(2 * (fitted.logLikelihood - fitted.nullLogLikelihood)),
      wald: test(dot(beta, fitted.informationTimes(beta))),
      score: test(fitted.scoreStatistic),
    },
    concordance: order.known ? order.value : null,
    baseline,
    iterations: fitted.iterations,
  })
}

/**
 * The share without the outcome over time that the model predicts for a case with given values.
 * @throws EvidenceError when a column of the model has no value.
 */
export function coxSurvival(
  fit: CoxFit,
  values: Readonly<Record<string, number>>,
): { time: number; survival: number }[] {
  let eta = 0
  for (const { name, estimate, mean } of fit.coefficients) {
    const value = values[name]
    if (value === undefined || !Number.isFinite(value)) {
      throw new EvidenceError(`No value for ${name}`, { name })
    }
    eta += estimate * (value - mean)
  }
  const ratio = finiteExp(eta)
  return fit.baseline.map(({ time, cumulativeHazard }) => ({
    time,
    survival: Math.exp(-cumulativeHazard * ratio),
  }))
}

function baselineOf(data: RiskData, beta: Float64Array, ties: TieMethod) {
  const increments: { time: number; inverse: number }[] = []
  const { eta, shift } = walkRiskSets(data, beta, ties, {
    death() {},
    riskSet({ time, count, s0 }) {
      const last = increments.at(-1)
      if (last?.time === time) last.inverse += count / s0
      else increments.push({ time, inverse: count / s0 })
    },
  })
  const scale = Math.exp(-shift)
  let cumulativeHazard = 0
  const baseline = increments.reverse().map(({ time, inverse }) => {
    cumulativeHazard += inverse * scale
    return { time, cumulativeHazard }
  })
  return { eta, baseline }
}

export interface FittedCox {
  readonly ok: true
  readonly data: RiskData
  readonly names: readonly string[]
  readonly means: Float64Array
  readonly scales: Float64Array
  readonly events: number
  /** Of the standardised columns, as is the covariance. */
  readonly beta: Float64Array
  readonly covariance: Float64Array
  readonly informationTimes: (v: Float64Array) => Float64Array
  readonly logLikelihood: number
  readonly nullLogLikelihood: number
  readonly scoreStatistic: number
  readonly iterations: number
}

/** Newton steps after which a fit is given up; a well-posed one needs fewer than ten. */
const maxIterations = 60
/**
 * A separated column is seen by steps that stay long while there is next to nothing left to gain; a
 * well-posed fit ends with steps and gains that vanish together.
 */
const isEndless = (gain: number, longest: number, largest: number) =>
  gain < 1e-10 && longest > 1e-3 * Math.max(1, largest)

/** The fit on standardised columns, without what is told of it. */
export function fitCox(
  input: CoxInput,
  ties: TieMethod,
): FittedCox | { ok: false; reason: Reason } {
  const fail = (...args: Parameters<typeof unknown>) => ({
    ok: false as const,
    reason: unknown(...args).reason,
  })
  const { names, columns } = readTable(input.covariates)
  if (names.length === 0) throw new EvidenceError('A Cox model needs a column', { columns: 0 })
  const read = readSpans(input)
  if (!read.ok) return read
  rowCount([read.spans.time, ...columns])
  const unusable = whyUnusable(columns)
  if (unusable) return { ok: false, reason: unusable }
  const { n, events } = read.spans
  if (events === 0) return fail('no_events', { n })
  const { means, scales } = standardise(columns)
  const flat = names.filter((_, j) => scales[j] === 0)
  if (flat.length > 0) return fail('constant', { n }, flat)

  const size = names.length
  const data = prepareRisk(read.spans, columns)
  let beta = new Float64Array(size)
  let here = partialLikelihood(data, beta, ties)
  const nullLogLikelihood = here.logLikelihood
  let scoreStatistic = 0
  for (let iterations = 1; iterations <= maxIterations; iterations++) {
    const factored = cholesky(here.information, size, 1e-10)
    if (!factored.ok) {
      const name = names[factored.row] ?? ''
      // Without information at the start, a column is redundant or the same in every risk set. Later,
      // the steps have led to where the likelihood is flat.
      return iterations === 1
        ? fail('collinear', { n, events }, [name])
        : fail('separated', { n, events }, separating(names, beta))
    }
    const step = solve(factored.factor, here.score)
    if (iterations === 1) scoreStatistic = dot(step, here.score)
    const longest = largestOf(step)
    if (isEndless(dot(step, here.score), longest, largestOf(beta))) {
      return fail('separated', { n, events }, separating(names, beta))
    }
    if (longest < 1e-9) {
      const { information } = here
      return {
        ok: true,
        data,
        names,
        means,
        scales,
        events,
        beta,
        covariance: inverse(factored.factor),
        informationTimes: (v) =>
          v.map((_, j) => dot(information.subarray(j * size, (j + 1) * size), v)),
        logLikelihood: here.logLikelihood,
        nullLogLikelihood,
        scoreStatistic,
        iterations,
      }
    }
    const moved = halvedUntilBetter(here.logLikelihood, beta, step, (at) =>
      partialLikelihood(data, at, ties),
    )
    if (moved === null) return fail('not_converged', { iterations })
    beta = moved.beta
    here = moved.here
  }
  return fail('not_converged', { iterations: maxIterations })
}

/** A step that does not make it worse (up to rounding), or null when there is none. */
function halvedUntilBetter<L extends { logLikelihood: number }>(
  before: number,
  beta: Float64Array,
  step: Float64Array,
  at: (beta: Float64Array) => L,
): { beta: Float64Array<ArrayBuffer>; here: L } | null {
  for (let share = 1; share > 1e-10; share /= 2) {
    const tried = new Float64Array(beta.length)
    for (let j = 0; j < tried.length; j++) tried[j] = (beta[j] ?? 0) + share * (step[j] ?? 0)
    const here = at(tried)
    const isNoWorse = here.logLikelihood >= before - 1e-11 * Math.abs(before)
    if (isNoWorse && here.logLikelihood < Infinity) return { beta: tried, here }
  }
  return null
}

function separating(names: readonly string[], beta: Float64Array): string[] {
  return names.filter((_, j) => Math.abs(beta[j] ?? 0) > largestOf(beta) / 3)
}

function largestOf(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}

import { type Answer, known, unknown } from '../answer.ts'
import { checkedConfidence } from '../confidence.ts'
import { EvidenceError } from '../error.ts'
import type { Interval } from '../proportion.ts'
import { fitMeanModel } from './mean-model.ts'
import {
  type BalanceRow,
  balance,
  fitPropensity,
  type Overlap,
  type Propensity,
} from './overlap.ts'
import {
  type ExposureEffect,
  readStudy,
  type Study,
  type StudyInput,
  tellExposureEffect,
} from './study.ts'

export interface WeightingOptions {
  readonly confidence?: number
  /**
   * Rows whose chance of exposure is below this or above 1 − this are left out, since one of them could
   * outweigh all others; the effect is then that for the rest. Default 0.01.
   */
  readonly trim?: number
}

export interface WeightReport {
  readonly overlap: Overlap
  readonly balance: readonly BalanceRow[]
  /** Rows left out for a chance of exposure too near 0 or 1. */
  readonly trimmed: number
  /** The largest stabilised weight; about 1 is usual. */
  readonly largestWeight: number
  /** How many unweighted rows would say as much as the weighted ones. */
  readonly effective: { readonly exposed: number; readonly not: number }
}

export interface WeightedEffect extends ExposureEffect {
  readonly weights: WeightReport
  /** As if the weights were known and not estimated, which errs on the wide side. */
  readonly withFixedWeights: { readonly standardError: number; readonly interval: Interval }
}

/**
 * Inverse probability weighting: each row counts by how unlikely its exposure was, so that both groups
 * come to look like all rows. Stabilised weights, normalised in each group.
 *
 * Sources: J. Robins, M. Hernán and B. Brumback, Epidemiology 11 (2000), 550–560; variance with the
 * estimated chances (J. Lunceford and M. Davidian, Statistics in Medicine 23 (2004), 2937–2960);
 * trimming as in R. Crump et al., Biometrika 96 (2009), 187–199.
 */
export function weightedEffect(
  input: StudyInput,
  options: WeightingOptions = {},
): Answer<WeightedEffect> {
  const confidence = checkedConfidence(options.confidence)
  const prepared = prepareWeighting(input, options.trim)
  if (!prepared.known) return prepared
  const { study, propensity, trimmed } = prepared.value
  const { n, size, x, y, a } = study
  const { chance, model } = propensity
  const sums = { one: 0, ofOne: 0, zero: 0, ofZero: 0 }
  for (let i = 0; i < n; i++) {
    const e = chance[i] ?? 0
    if (a[i] === 1) {
      sums.one += 1 / e
      sums.ofOne += (y[i] ?? 0) / e
    } else {
      sums.zero += 1 / (1 - e)
      sums.ofZero += (y[i] ?? 0) / (1 - e)
    }
  }
  const one = sums.ofOne / sums.one
  const zero = sums.ofZero / sums.zero
  // Influence with the weights as given …
  const exposed = new Float64Array(n)
  const not = new Float64Array(n)
  // … and how the two means move with the model of the chances.
  const slopeOne = new Float64Array(size)
  const slopeZero = new Float64Array(size)
  for (let i = 0; i < n; i++) {
    const e = chance[i] ?? 0
    if (a[i] === 1) exposed[i] = ((n / sums.one) * ((y[i] ?? 0) - one)) / e
    else not[i] = ((n / sums.zero) * ((y[i] ?? 0) - zero)) / (1 - e)
    for (let j = 0; j < size; j++) {
      const value = x[i * size + j] ?? 0
      slopeOne[j] = (slopeOne[j] ?? 0) - (exposed[i] ?? 0) * (1 - e) * value
      slopeZero[j] = (slopeZero[j] ?? 0) + (not[i] ?? 0) * e * value
    }
  }
  const found = {
    study,
    means: { exposed: one, not: zero },
    parameters: 2,
    confidence,
  }
  const fixed = tellExposureEffect({ ...found, influence: { exposed, not } })
  if (!fixed.known) return fixed
  const adjusted = { exposed: exposed.slice(), not: not.slice() }
  for (let i = 0; i < n; i++) {
    const residual = (a[i] ?? 0) - (chance[i] ?? 0)
    for (let j = 0; j < size; j++) {
      let moved = 0
      for (let k = 0; k < size; k++) {
        moved += (model.covariance[j * size + k] ?? 0) * (x[i * size + k] ?? 0)
      }
      adjusted.exposed[i] = (adjusted.exposed[i] ?? 0) + (slopeOne[j] ?? 0) * moved * residual
      adjusted.not[i] = (adjusted.not[i] ?? 0) + (slopeZero[j] ?? 0) * moved * residual
    }
  }
  const effect = tellExposureEffect({ ...found, parameters: size + 1, influence: adjusted })
  if (!effect.known) return effect
  const { standardError, interval } = fixed.value.difference
  return known({
    ...effect.value,
    weights: reportWeights(study, propensity, trimmed),
    withFixedWeights: { standardError, interval },
  })
}

export interface DoublyRobustEffect extends ExposureEffect {
  readonly weights: WeightReport
  /** A model of the outcome had to be penalised, because a column told the outcome perfectly. */
  readonly penalised: boolean
}

/**
 * Augmented inverse probability weighting: right when either the model of the exposure or that of the
 * outcome is right. The outcome is modelled apart in each group.
 *
 * Sources: J. Robins, A. Rotnitzky and L. Zhao, JASA 89 (1994), 846–866; M. Funk et al., American
 * Journal of Epidemiology 173 (2011), 761–767. Variance by the influence function.
 */
export function doublyRobustEffect(
  input: StudyInput,
  options: WeightingOptions = {},
): Answer<DoublyRobustEffect> {
  const confidence = checkedConfidence(options.confidence)
  const prepared = prepareWeighting(input, options.trim)
  if (!prepared.known) return prepared
  const { study, propensity, trimmed } = prepared.value
  const { n, size, x, y, a, isBinary } = study
  const models = [1, 0].map((flag) =>
    fitMeanModel({ n, size, x, y, isBinary, rows: (i) => a[i] === flag }),
  )
  const [ofOne, ofZero] = models
  // A group in which all had the same outcome has that as its mean.
  const meanOf = (model: typeof ofOne, flag: number): ((row: Float64Array) => number) | null => {
    if (model?.known) return (row) => model.value.at(row).mean
    const first = y.find((_, i) => a[i] === flag) ?? 0
    return model?.reason.code === 'one_class' ? () => first : null
  }
  const modelOne = meanOf(ofOne, 1)
  const modelZero = meanOf(ofZero, 0)
  if (!modelOne || !modelZero) {
    const failed = models.find((model) => !model.known)
    return failed && !failed.known ? failed : unknown('too_few_cases', { n, needed: 2 * size })
  }
  const exposed = new Float64Array(n)
  const not = new Float64Array(n)
  let one = 0
  let zero = 0
  for (let i = 0; i < n; i++) {
    const row = x.subarray(i * size, (i + 1) * size)
    const e = propensity.chance[i] ?? 0
    const m1 = modelOne(row)
    const m0 = modelZero(row)
    exposed[i] = m1 + (a[i] === 1 ? ((y[i] ?? 0) - m1) / e : 0)
    not[i] = m0 + (a[i] === 0 ? ((y[i] ?? 0) - m0) / (1 - e) : 0)
    one += (exposed[i] ?? 0) / n
    zero += (not[i] ?? 0) / n
  }
  const effect = tellExposureEffect({
    study,
    means: { exposed: one, not: zero },
    influence: { exposed: exposed.map((v) => v - one), not: not.map((v) => v - zero) },
    parameters: 2 * size,
    confidence,
  })
  if (!effect.known) return effect
  return known({
    ...effect.value,
    weights: reportWeights(study, propensity, trimmed),
    penalised: models.some((model) => model.known && model.value.penalised),
  })
}

/** Reads, fits the chances, leaves out the extreme ones and fits once more on the rest. */
function prepareWeighting(
  input: StudyInput,
  trim = 0.01,
): Answer<{ study: Study; propensity: Propensity; trimmed: number }> {
  if (!(trim >= 0 && trim < 0.5))
    throw new EvidenceError('trim must be from 0 to below 0.5', { trim })
  const study = readStudy(input)
  if (!study.known) return study
  const propensity = fitPropensity(study.value)
  if (!propensity.known) return propensity
  const { chance } = propensity.value
  const kept = [...chance.keys()].filter((i) => {
    const e = chance[i] ?? 0
    return e >= trim && e <= 1 - trim
  })
  const trimmed = chance.length - kept.length
  if (trimmed === 0) {
    return known({ study: study.value, propensity: propensity.value, trimmed })
  }
  if (kept.length < 4) return unknown('no_overlap', { n: chance.length }, study.value.names)
  const rows = <T>(values: ArrayLike<T>): T[] => kept.flatMap((i) => values[i] ?? [])
  const rest = readStudy({
    outcome: rows(study.value.y),
    exposure: rows(study.value.a),
    adjust: Object.fromEntries(
      study.value.names.map((name, j) => [name, rows(study.value.raw[j] ?? [])]),
    ),
    ...(study.value.cluster ? { cluster: rows(study.value.cluster) } : {}),
  })
  if (!rest.known) return unknown('no_overlap', { n: chance.length }, study.value.names)
  const again = fitPropensity(rest.value)
  if (!again.known) return again
  return known({
    study: { ...rest.value, leftOut: [...study.value.leftOut, ...rest.value.leftOut] },
    propensity: again.value,
    trimmed,
  })
}

function reportWeights(study: Study, propensity: Propensity, trimmed: number): WeightReport {
  const { a, n } = study
  const share = a.reduce((sum, flag) => sum + flag, 0) / n
  const weights = propensity.chance.map((e, i) => (a[i] === 1 ? share / e : (1 - share) / (1 - e)))
  const effective = (flag: number) => {
    let sum = 0
    let squares = 0
    weights.forEach((weight, i) => {
      if (a[i] !== flag) return
      sum += weight
      squares += weight * weight
    })
    return (sum * sum) / squares
  }
  return {
    overlap: propensity.overlap,
    balance: balance(study, weights),
    trimmed,
    largestWeight: weights.reduce((most, weight) => Math.max(most, weight), 0),
    effective: { exposed: effective(1), not: effective(0) },
  }
}

/** Who was likely to be exposed, and whether exposed and unexposed can be compared at all. */
import { type Answer, known, unknown } from '../answer.ts'
import { auc } from '../discrimination/auc.ts'
import { fitMeanModel, type MeanModel } from './mean-model.ts'
import type { Study } from './study.ts'

export interface Overlap {
  /** The range of the chance of exposure that both groups have. */
  readonly from: number
  readonly to: number
  /** The share of rows outside it. */
  readonly outside: number
  /** How well the adjustment tells who was exposed: near 1, the groups hardly share ground. */
  readonly separation: number
}

export interface BalanceRow {
  readonly name: string
  /** (mean of exposed − mean of the others) / their common standard deviation; below 0.1 is small. */
  readonly before: number
  /** With the weights. The standard deviation is that before. */
  readonly after: number
}

export interface Propensity {
  readonly model: MeanModel
  /** The chance of exposure of each row. */
  readonly chance: Float64Array
  readonly overlap: Overlap
}

/**
 * The chance of exposure given the adjustment, by logistic regression.
 *
 * Source: P. Rosenbaum and D. Rubin, Biometrika 70 (1983), 41–55.
 * @returns `no_overlap` when the adjustment tells perfectly who was exposed.
 */
export function fitPropensity(study: Study): Answer<Propensity> {
  const { n, size, x, a } = study
  const model = fitMeanModel({ n, size, x, y: a, isBinary: true })
  if (!model.known) return model
  if (model.value.penalised) return unknown('no_overlap', { n }, study.names)
  const chance = Float64Array.from(
    { length: n },
    (_, i) => model.value.at(x.subarray(i * size, (i + 1) * size)).mean,
  )
  const range = [1, 0].map((flag) => {
    const own = chance.filter((_, i) => a[i] === flag)
    return {
      low: own.reduce((m, v) => Math.min(m, v), 1),
      high: own.reduce((m, v) => Math.max(m, v), 0),
    }
  })
  const from = Math.max(range[0]?.low ?? 1, range[1]?.low ?? 1)
  const to = Math.min(range[0]?.high ?? 0, range[1]?.high ?? 0)
  if (from > to) return unknown('no_overlap', { n }, study.names)
  const separated = auc({ score: chance, outcome: a })
  return known({
    model: model.value,
    chance,
    overlap: {
      from,
      to,
      outside: chance.filter((p) => p < from || p > to).length / n,
      separation: separated.known ? separated.value.value : 0.5,
    },
  })
}

/**
 * How far apart the groups are in what is adjusted for, before and after weighting.
 *
 * Source: P. Austin, Statistics in Medicine 28 (2009), 3083–3107.
 */
export function balance(study: Study, weights: Float64Array): BalanceRow[] {
  const { a, names, raw } = study
  const ones = new Float64Array(a.length).fill(1)
  return names.map((name, j) => {
    const column = raw[j] ?? new Float64Array()
    const plain = [1, 0].map((flag) => moments(column, a, ones, flag))
    const weighted = [1, 0].map((flag) => moments(column, a, weights, flag))
    const spread = Math.sqrt(((plain[0]?.variance ?? 0) + (plain[1]?.variance ?? 0)) / 2)
    const apart = (pair: typeof plain) =>
      spread > 0 ? ((pair[0]?.mean ?? 0) - (pair[1]?.mean ?? 0)) / spread : 0
    return { name, before: apart(plain), after: apart(weighted) }
  })
}

function moments(column: Float64Array, a: Float64Array, weights: Float64Array, flag: number) {
  let total = 0
  let mean = 0
  let squares = 0
  for (let i = 0; i < column.length; i++) {
    const weight = weights[i] ?? 0
    if (a[i] !== flag || weight === 0) continue
    total += weight
    const from = (column[i] ?? 0) - mean
    mean += (weight * from) / total
    squares += weight * from * ((column[i] ?? 0) - mean)
  }
  const n = a.filter((own) => own === flag).length
  return { mean, variance: total > 0 && n > 1 ? (squares / total) * (n / (n - 1)) : 0 }
}

import { type Answer, known, unknown } from '../answer.ts'
import { type Flags, type Numbers, readFlags, readNumbers, rowCount } from '../columns.ts'
import { EvidenceError } from '../error.ts'
import { median } from '../quantile.ts'

export interface Decomposition {
  readonly trend: Float64Array
  readonly seasonal: Float64Array
  /** value − trend − seasonal; NaN where there was no value. The only NaN in a result. */
  readonly rest: Float64Array
  /** How much of what is left after the trend the season takes up, 0 to 1. */
  readonly seasonalStrength: number
}

export interface DecomposeOptions {
  /** Points in one season: 7 for days of a week. */
  readonly period: number
  /** Seasons over which a day's own level is smoothed; odd, at least 7. Default 11. */
  readonly seasonalWindow?: number
  /** Points over which the trend is smoothed; odd. Default about 1.7 periods. */
  readonly trendWindow?: number
  /** Rounds in which points that stick out lose weight. Default 5. */
  readonly robustRounds?: number
}

/**
 * A series taken apart into trend, season and rest by local regression, not moved by outliers. Missing
 * values (NaN) and points marked as ignored have no say; trend and season are there for them as well.
 *
 * Source: R. Cleveland, W. Cleveland, J. McRae and I. Terpenning, "STL: a seasonal-trend decomposition
 * procedure based on loess", Journal of Official Statistics 6 (1990), 3–73; strength after X. Wang,
 * K. Smith and R. Hyndman, Data Mining and Knowledge Discovery 13 (2006), 335–364.
 * @returns `too_few_cases` unless there are two whole seasons, and two values for each of its places.
 */
export function decompose(
  input: { readonly values: Numbers; readonly ignored?: Flags },
  options: DecomposeOptions,
): Answer<Decomposition> {
  const { period, seasonalWindow = 11, robustRounds = 5 } = options
  if (
    !(Number.isInteger(period) && period >= 2) ||
    !(seasonalWindow >= 7 && seasonalWindow % 2 === 1)
  ) {
    throw new EvidenceError('A period from 2 and an odd window from 7 are needed', {
      period,
      seasonalWindow,
    })
  }
  const y = readNumbers(input.values)
  const ignored = input.ignored ? readFlags('ignored', input.ignored) : new Float64Array(y.length)
  const n = rowCount([y, ignored])
  if (n === 0) return unknown('no_cases')
  const base = y.map((value, i) => (Number.isNaN(value) || ignored[i] === 1 ? 0 : 1))
  for (let place = 0; place < period; place++) {
    let seen = 0
    for (let i = place; i < n; i += period) seen += base[i] ?? 0
    if (seen < 2) return unknown('too_few_cases', { n, needed: 2 * period })
  }
  const filled = y.map((value) => (Number.isNaN(value) ? 0 : value))
  const trendWindow =
    options.trendWindow ?? odd(Math.ceil((1.5 * period) / (1 - 1.5 / seasonalWindow)))
  const lowWindow = odd(period)
  let weights: Float64Array = base.slice()
  let trend: Float64Array = new Float64Array(n)
  let seasonal: Float64Array = new Float64Array(n)
  for (let round = 0; round <= robustRounds; round++) {
    for (let inner = 0; inner < 2; inner++) {
      const cycle = smoothCycles(filled, trend, weights, period, seasonalWindow)
      const low = loess(movingMeans(cycle, period), null, lowWindow)
      seasonal = seasonal.map((_, i) => (cycle[i + period] ?? 0) - (low[i] ?? 0))
      trend = loess(
        filled.map((value, i) => value - (seasonal[i] ?? 0)),
        weights,
        trendWindow,
      )
    }
    if (round === robustRounds) break
    weights = bisquare(filled, trend, seasonal, base)
  }
  const rest = y.map((value, i) => value - (trend[i] ?? 0) - (seasonal[i] ?? 0))
  return known({ trend, seasonal, rest, seasonalStrength: strength(rest, seasonal, base) })
}

/** The next odd number from a value. */
const odd = (value: number) => (value % 2 === 0 ? value + 1 : value)

/** Each place of the season smoothed over the seasons, and carried one season beyond both ends. */
function smoothCycles(
  y: Float64Array,
  trend: Float64Array,
  weights: Float64Array,
  period: number,
  window: number,
): Float64Array {
  const n = y.length
  const cycle = new Float64Array(n + 2 * period)
  for (let place = 0; place < period; place++) {
    const length = Math.ceil((n - place) / period)
    const own = new Float64Array(length)
    const ownWeights = new Float64Array(length)
    for (let k = 0; k < length; k++) {
      const i = place + k * period
      own[k] = (y[i] ?? 0) - (trend[i] ?? 0)
      ownWeights[k] = weights[i] ?? 0
    }
    for (let k = -1; k <= length; k++) {
      cycle[place + (k + 1) * period] = loessAt(own, ownWeights, window, k)
    }
  }
  return cycle
}

/** Means over one season, twice, and over three points: nothing of the season is left. */
function movingMeans(values: Float64Array, period: number): Float64Array {
  const over = (list: Float64Array, width: number) => {
    const out = new Float64Array(list.length - width + 1)
    let sum = 0
    list.forEach((value, i) => {
      sum += value - (i >= width ? (list[i - width] ?? 0) : 0)
      if (i >= width - 1) out[i - width + 1] = sum / width
    })
    return out
  }
  return over(over(over(values, period), period), 3)
}

function loess(values: Float64Array, weights: Float64Array | null, window: number): Float64Array {
  return values.map((_, i) => loessAt(values, weights, window, i))
}

/**
 * A line through the nearest points, weighing less the farther away, at a place that may lie one step
 * outside. Where all weights are 0, the plain neighbours decide.
 */
function loessAt(
  values: Float64Array,
  weights: Float64Array | null,
  window: number,
  at: number,
): number {
  const n = values.length
  const half = Math.floor(window / 2)
  const width = Math.min(window, n)
  const from = Math.max(0, Math.min(Math.round(at) - half, n - width))
  const to = from + width
  const reach =
    Math.max(Math.abs(at - from), Math.abs(at - (to - 1))) + (window > n ? (window - n) / 2 : 0)
  const fit = (weigh: (i: number) => number) => {
    let total = 0
    let mean = 0
    let meanAt = 0
    for (let i = from; i < to; i++) {
      const distance = Math.abs(i - at) / Math.max(reach, 1e-9)
      const near = distance < 0.999 ? (distance < 0.001 ? 1 : (1 - distance ** 3) ** 3) : 0
      const weight = near * weigh(i)
      total += weight
      mean += weight * (values[i] ?? 0)
      meanAt += weight * i
    }
    if (!(total > 0)) return null
    mean /= total
    meanAt /= total
    let spread = 0
    let slope = 0
    for (let i = from; i < to; i++) {
      const distance = Math.abs(i - at) / Math.max(reach, 1e-9)
      const near = distance < 0.999 ? (distance < 0.001 ? 1 : (1 - distance ** 3) ** 3) : 0
      const weight = near * weigh(i)
      spread += weight * (i - meanAt) ** 2
      slope += weight * (i - meanAt) * (values[i] ?? 0)
    }
    const isWide = Math.sqrt(spread / total) > 0.001 * (n - 1)
    return isWide ? mean + (slope / spread) * (at - meanAt) : mean
  }
  return fit((i) => weights?.[i] ?? 1) ?? nearestKnown(values, weights, at)
}

/** The mean of the nearest points with any weight on both sides: there is none in the window. */
function nearestKnown(values: Float64Array, weights: Float64Array | null, at: number): number {
  const place = Math.min(values.length - 1, Math.max(0, Math.round(at)))
  for (let distance = 0; distance < values.length; distance++) {
    const found = [place - distance, place + distance].filter((i) => (weights?.[i] ?? 0) > 0)
    if (found.length > 0) return found.reduce((sum, i) => sum + (values[i] ?? 0), 0) / found.length
  }
  return 0
}

function bisquare(
  y: Float64Array,
  trend: Float64Array,
  seasonal: Float64Array,
  base: Float64Array,
): Float64Array {
  const away = y.map((value, i) => Math.abs(value - (trend[i] ?? 0) - (seasonal[i] ?? 0)))
  const limit = 6 * (median([...away].filter((_, i) => base[i] === 1)) ?? 0)
  return away.map((distance, i) => {
    if (base[i] === 0) return 0
    if (limit === 0) return distance > 0 ? 1e-6 : 1
    // Never quite 0, so that a place of the season always has a say.
    return Math.max(1e-6, distance < limit ? (1 - (distance / limit) ** 2) ** 2 : 0)
  })
}

function strength(rest: Float64Array, seasonal: Float64Array, base: Float64Array): number {
  const spread = (list: number[]) => {
    const mean = list.reduce((sum, value) => sum + value / list.length, 0)
    return list.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  }
  const left = [...rest].filter((_, i) => base[i] === 1)
  const both = [...rest.keys()]
    .filter((i) => base[i] === 1)
    .map((i) => (rest[i] ?? 0) + (seasonal[i] ?? 0))
  const whole = spread(both)
  return whole > 0 ? Math.max(0, Math.min(1, 1 - spread(left) / whole)) : 0
}

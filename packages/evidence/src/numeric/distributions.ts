import { EvidenceError } from '../error.ts'
import { incompleteBeta, incompleteGamma, logBeta, logGamma } from './gamma.ts'

/**
 * Cumulative probabilities and quantiles. Relative errors are about 10⁻¹⁴ in the body and stay so in
 * the tails; an upper tail has its own function, because 1 − cdf loses it.
 *
 * Source of the identities: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2, 26.4, 26.7.
 */

/** P(Z ≤ z) of the standard normal distribution. */
export function normalCdf(z: number): number {
  const { upper } = incompleteGamma(0.5, (z * z) / 2)
  return z < 0 ? upper / 2 : 1 - upper / 2
}

/** P(Z > z). */
export function normalUpper(z: number): number {
  return normalCdf(-z)
}

export function normalDensity(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
}

/** P(|Z| > |z|), the two-sided p-value of a z statistic. */
export function normalTwoSided(z: number): number {
  return incompleteGamma(0.5, (z * z) / 2).upper
}

/**
 * The z with P(Z ≤ z) = p; ∓∞ at 0 and 1.
 *
 * Source: a start from Abramowitz and Stegun 26.2.23, made exact by Halley's method.
 */
export function normalQuantile(p: number): number {
  checkProbability(p)
  if (p === 0.5) return 0
  if (p > 0.5) return p === 1 ? Infinity : -normalQuantile(1 - p)
  if (p === 0) return -Infinity
  const t = Math.sqrt(-2 * Math.log(p))
  let z =
    (2.515517 + t * (0.802853 + t * 0.010328)) /
      (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) -
    t
  for (let i = 0; i < 4; i++) {
    const step = (normalCdf(z) - p) / normalDensity(z)
    if (!Number.isFinite(step)) break
    z -= step / (1 + (z * step) / 2)
  }
  return z
}

/** P(T ≤ t) of Student's distribution with `df` > 0 degrees of freedom, which need not be whole. */
export function tCdf(t: number, df: number): number {
  checkDf(df)
  if (df > 10_000) return t < 0 ? normalCdf(-asNormal(t, df)) : normalCdf(asNormal(t, df))
  const half = incompleteBeta(df / 2, 0.5, df / (df + t * t), (t * t) / (df + t * t)).lower / 2
  return t < 0 ? half : 1 - half
}

/**
 * The z ≥ 0 that is as improbable as a t: exact to 10⁻¹⁵ for df above 10,000, where the continued
 * fraction of the beta function loses digits.
 *
 * Source: G. W. Hill, "Algorithm 395: Student's t-distribution", Commun. ACM 13 (1970), 617–619.
 */
function asNormal(t: number, df: number): number {
  if (df === Infinity) return Math.abs(t)
  const a = df - 0.5
  const b = 48 * a * a
  const y = a * Math.log1p((t * t) / df)
  const correction = (((-0.4 * y - 3.3) * y - 24) * y - 85.5) / (0.8 * y * y + 100 + b) + y + 3
  return (correction / b + 1) * Math.sqrt(y)
}

/** P(T > t). */
export function tUpper(t: number, df: number): number {
  return tCdf(-t, df)
}

/** P(|T| > |t|). */
export function tTwoSided(t: number, df: number): number {
  return Math.min(1, 2 * tCdf(-Math.abs(t), df))
}

export function tQuantile(p: number, df: number): number {
  checkProbability(p)
  checkDf(df)
  if (p === 0.5) return 0
  if (p > 0.5) return p === 1 ? Infinity : -tQuantile(1 - p, df)
  if (p === 0) return -Infinity
  if (df === Infinity) return normalQuantile(p)
  const logScale = -logBeta(df / 2, 0.5) - 0.5 * Math.log(df)
  const density = (t: number) => Math.exp(logScale - ((df + 1) / 2) * Math.log1p((t * t) / df))
  // Upwards from 0 in the mirrored tail, where the function falls.
  return -invert((t) => tCdf(-t, df), density, p, Math.abs(normalQuantile(p)))
}

/** P(X ≤ x) of the chi-square distribution with `df` > 0 degrees of freedom. */
export function chiSquareCdf(x: number, df: number): number {
  checkDf(df)
  return incompleteGamma(df / 2, x / 2).lower
}

/** P(X > x), the p-value of a chi-square statistic. */
export function chiSquareUpper(x: number, df: number): number {
  checkDf(df)
  return incompleteGamma(df / 2, x / 2).upper
}

export function chiSquareQuantile(p: number, df: number): number {
  checkProbability(p)
  checkDf(df)
  if (p === 0) return 0
  if (p === 1) return Infinity
  const a = df / 2
  const density = (x: number) =>
    x <= 0 ? 0 : Math.exp((a - 1) * Math.log(x / 2) - x / 2 - logGamma(a)) / 2
  // Wilson and Hilferty's approximation as the start.
  const w = 2 / (9 * df)
  const start = df * Math.max(1e-3, 1 - w + normalQuantile(p) * Math.sqrt(w)) ** 3
  return p < 0.5
    ? invert((x) => -chiSquareCdf(x, df), density, -p, start)
    : invert((x) => chiSquareUpper(x, df), density, 1 - p, start)
}

/**
 * The x ≥ 0 at which a falling function with slope −density takes a value: Newton's steps, kept inside
 * a bracket that halves, so that it always ends.
 */
function invert(
  falling: (x: number) => number,
  density: (x: number) => number,
  value: number,
  start: number,
): number {
  let low = 0
  let high = Math.max(1, 2 * start)
  while (falling(high) > value && high < 1e300) {
    low = high
    high *= 2
  }
  let x = start > low && start < high ? start : (low + high) / 2
  for (let i = 0; i < 2_000; i++) {
    const excess = falling(x) - value
    if (excess === 0) return x
    if (excess > 0) low = x
    else high = x
    const next = x + excess / density(x)
    const inside = next > low && next < high ? next : (low + high) / 2
    if (Math.abs(inside - x) <= 1e-15 * Math.abs(inside)) return inside
    x = inside
  }
  return x
}

function checkProbability(p: number): void {
  if (!(p >= 0 && p <= 1)) throw new EvidenceError('A probability must be from 0 to 1', { p })
}

function checkDf(df: number): void {
  if (!(df > 0)) throw new EvidenceError('Degrees of freedom must be above 0', { df })
}

/** ½·ln 2π */
const halfLogTwoPi = 0.9189385332046728

const lanczosG = 607 / 128
const lanczos = [
  0.9999999999999971, 57.15623566586292, -59.59796035547549, 14.136097974741746,
  -0.4919138160976202, 0.00003399464998481189, 0.00004652362892704858, -0.00009837447530487956,
  0.0001580887032249125, -0.00021026444172410488, 0.00021743961811521265, -0.0001643181065367639,
  0.00008441822398385275, -0.000026190838401581408, 0.0000036899182659531625,
]

/**
 * ln Γ(x) for x > 0.
 *
 * Source: C. Lanczos, "A precision approximation of the gamma function", SIAM J. Numer. Anal. 1 (1964),
 * 86–96, with P. Godfrey's coefficients; Stirling's series from 10 on.
 */
export function logGamma(x: number): number {
  if (x >= 10) return (x - 0.5) * Math.log(x) - x + halfLogTwoPi + stirlingError(x)
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const z = x - 1
  const sum = lanczos.reduce((total, c, i) => total + (i === 0 ? c : c / (z + i)), 0)
  const t = z + lanczosG + 0.5
  return halfLogTwoPi + (z + 0.5) * Math.log(t) - t + Math.log(sum)
}

/** ln Γ(x) minus Stirling's formula, for x ≥ 10; found apart so that differences do not cancel. */
function stirlingError(x: number): number {
  const y = 1 / (x * x)
  const series =
    1 / 12 -
    y *
      (1 / 360 -
        y *
          (1 / 1260 -
            y *
              (1 / 1680 -
                y * (1 / 1188 - y * (691 / 360360 - y * (1 / 156 - y * (3617 / 122400)))))))
  return series / x
}

/**
 * ln B(a, b) for a, b > 0, without the cancellation of three large logarithms.
 *
 * Source: A. R. DiDonato and A. H. Morris, "Algorithm 708", ACM Trans. Math. Softw. 18 (1992), 360–373.
 */
export function logBeta(a: number, b: number): number {
  const p = Math.min(a, b)
  const q = Math.max(a, b)
  const share = p / (p + q)
  if (p >= 10) {
    const error = stirlingError(p) + stirlingError(q) - stirlingError(p + q)
    return (
      halfLogTwoPi -
      0.5 * Math.log(q) +
      error +
      (p - 0.5) * Math.log(share) +
      q * Math.log1p(-share)
    )
  }
  if (q >= 10) {
    const error = stirlingError(q) - stirlingError(p + q)
    return logGamma(p) + error + p - p * Math.log(p + q) + (q - 0.5) * Math.log1p(-share)
  }
  return logGamma(p) + logGamma(q) - logGamma(p + q)
}

/** Both parts of the regularised incomplete gamma function: `lower` + `upper` = 1. */
export interface Split {
  readonly lower: number
  readonly upper: number
}

/**
 * P(a, x) and Q(a, x) for a > 0, x ≥ 0; each is exact in its own tail.
 *
 * Source: Press et al., Numerical Recipes, 3rd ed., § 6.2 (series below a + 1, continued fraction by
 * Lentz's method above), with the leading factor from Stirling's series.
 */
export function incompleteGamma(a: number, x: number): Split {
  if (x <= 0) return { lower: 0, upper: 1 }
  if (x === Infinity) return { lower: 1, upper: 0 }
  const front = gammaFront(a, x)
  if (x < a + 1) {
    let term = 1 / a
    let sum = term
    for (let k = 1; k < maxTerms && term > sum * 1e-17; k++) {
      term *= x / (a + k)
      sum += term
    }
    const lower = Math.min(1, front * sum)
    return { lower, upper: 1 - lower }
  }
  let b = x + 1 - a
  let c = 1 / tiny
  let d = 1 / b
  let h = d
  for (let k = 1; k < maxTerms; k++) {
    const an = -k * (k - a)
    b += 2
    d = 1 / away(an * d + b)
    c = away(b + an / c)
    h *= d * c
    if (Math.abs(d * c - 1) < 1e-16) break
  }
  const upper = Math.min(1, front * h)
  return { lower: 1 - upper, upper }
}

/** x^a·e^−x / Γ(a). */
function gammaFront(a: number, x: number): number {
  if (a < 10) return Math.exp(a * Math.log(x) - x - logGamma(a))
  const u = (x - a) / a
  return Math.exp(-a * (u - Math.log1p(u)) - stirlingError(a)) * Math.sqrt(a / (2 * Math.PI))
}

/** Terms at which a series is given up; 10⁵ cover parameters up to about 10⁹. */
const maxTerms = 100_000
const tiny = 1e-300
const away = (x: number) => (Math.abs(x) < tiny ? tiny : x)

/**
 * I_x(a, b) and its complement, for a, b > 0. `y` is 1 − x, given apart because the caller often knows
 * it more exactly than a subtraction would.
 *
 * Source: Press et al., Numerical Recipes, 3rd ed., § 6.4.
 */
export function incompleteBeta(a: number, b: number, x: number, y: number = 1 - x): Split {
  if (x <= 0) return { lower: 0, upper: 1 }
  if (y <= 0) return { lower: 1, upper: 0 }
  if (x > (a + 1) / (a + b + 2)) {
    const { lower, upper } = incompleteBeta(b, a, y, x)
    return { lower: upper, upper: lower }
  }
  const logX = y < 0.5 ? Math.log1p(-y) : Math.log(x)
  const logY = x < 0.5 ? Math.log1p(-x) : Math.log(y)
  const front = Math.exp(a * logX + b * logY - logBeta(a, b)) / a
  const lower = Math.min(1, front * betaFraction(a, b, x))
  return { lower, upper: 1 - lower }
}

function betaFraction(a: number, b: number, x: number): number {
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let h = d
  for (let m = 1; m < maxTerms; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    h *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    h *= d * c
    if (Math.abs(d * c - 1) < 1e-16) break
  }
  return h
}

/** exp of any estimate, as a number: infinity is none that anyone can be told. */
export function finiteExp(value: number): number {
  return Math.min(Math.exp(value), Number.MAX_VALUE)
}

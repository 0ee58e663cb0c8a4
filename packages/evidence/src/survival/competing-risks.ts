import { type Answer, known, unknown } from '../answer.ts'
import { type Numbers, readNumbers, rowCount, whyUnusable } from '../columns.ts'
import { checkedConfidence, normalReach } from '../confidence.ts'
import { EvidenceError } from '../error.ts'
import type { Interval } from '../proportion.ts'
import { moments, readSpans } from './spans.ts'

export interface CompetingInput {
  readonly time: Numbers
  /** What ended the span, such as `churn` or `downgrade`; null when nothing did (censored). */
  readonly cause: readonly (string | null)[]
  /** As in `Spans`. */
  readonly entry?: Numbers
}

export interface IncidenceStep {
  readonly time: number
  readonly atRisk: number
  readonly events: number
  /** The share that has had this outcome, the others taken as having ended the chance of it. */
  readonly incidence: number
  readonly standardError: number
  /** On the log(−log) scale; null before the first event. */
  readonly interval: Interval | null
}

export interface CompetingRisks {
  readonly n: number
  readonly confidence: number
  readonly causes: readonly {
    readonly cause: string
    readonly events: number
    /** One for each time of an event of any cause. */
    readonly steps: readonly IncidenceStep[]
  }[]
}

/**
 * How many have had which outcome by when, when one outcome ends the chance of the others. The
 * incidences and the share without any outcome add up to 1 (1 − Kaplan–Meier of one cause would not).
 *
 * Source: O. Aalen and S. Johansen, Scand. J. Statist. 5 (1978), 141–150; the variance is the
 * Greenwood-type one of Andersen et al., Statistical Models Based on Counting Processes (4.4.17), which
 * without late entries equals the infinitesimal jackknife of R's `survfit`. Causes are given back in
 * ascending order.
 */
export function competingRisks(
  input: CompetingInput,
  options: { confidence?: number } = {},
): Answer<CompetingRisks> {
  const confidence = checkedConfidence(options.confidence)
  const n = rowCount([input.time])
  if (input.cause.length !== n) {
    throw new EvidenceError('Columns differ in length', { rows: n, other: input.cause.length })
  }
  const any = readSpans({
    time: input.time,
    event: input.cause.map((cause) => cause !== null),
    ...(input.entry ? { entry: input.entry } : {}),
  })
  if (!any.ok) return { known: false, reason: any.reason }
  const { time, entry } = any.spans
  const unusable = whyUnusable([readNumbers(time)])
  if (unusable) return { known: false, reason: unusable }
  const causes = [...new Set(input.cause)].filter((cause) => cause !== null).sort()
  if (causes.length === 0) return unknown('no_events', { n })
  const z = normalReach(confidence)
  const all = moments(any.spans).filter((moment) => moment.events > 0)
  return known({
    n,
    confidence,
    causes: causes.map((cause) => {
      const event = Float64Array.from(input.cause, (own) => (own === cause ? 1 : 0))
      const own = new Map(moments({ time, event, entry }).map((m) => [m.time, m.events]))
      const steps = incidenceSteps(
        all.map((m) => ({ ...m, own: own.get(m.time) ?? 0 })),
        z,
      )
      return { cause, events: event.reduce((sum, e) => sum + e, 0), steps }
    }),
  })
}

/**
 * The variance at t is Σ Var(cᵢ·dN) over the times before it, where c is what a case's own outcome
 * (or another one) at that time changes of the incidence at t. As c is linear in the incidence F(t),
 * the sum is a quadratic in F(t) whose coefficients grow as time passes: O(n) for the whole curve.
 */
function incidenceSteps(
  all: readonly { time: number; atRisk: number; events: number; own: number }[],
  z: number,
): IncidenceStep[] {
  let survival = 1
  let incidence = 0
  let constant = 0
  let linear = 0
  let square = 0
  return all.map(({ time, atRisk, events, own }) => {
    const hazard = own / atRisk
    const anyHazard = events / atRisk
    const before = survival
    incidence += survival * hazard
    survival *= 1 - anyHazard
    // Own outcome: a − F(t)·b; another one: (incidence − F(t))·b. The last case leaves nothing to lose.
    const b = anyHazard < 1 ? 1 / (1 - anyHazard) : 0
    const a = before + incidence * b
    const others = anyHazard - hazard
    const otherA = incidence * b
    const meanA = a * hazard + otherA * others
    const meanB = b * anyHazard
    constant += (a * a * hazard + otherA * otherA * others - meanA * meanA) / atRisk
    linear += (a * b * hazard + otherA * b * others - meanA * meanB) / atRisk
    square += (b * b * anyHazard - meanB * meanB) / atRisk
    const variance = constant - 2 * incidence * linear + incidence * incidence * square
    const standardError = Math.sqrt(Math.max(0, variance))
    return {
      time,
      atRisk,
      events: own,
      incidence,
      standardError,
      interval: logLogInterval(incidence, standardError, z),
    }
  })
}

/** On the scale log(−log(1 − F)), where the interval stays inside [0, 1]. */
function logLogInterval(incidence: number, standardError: number, z: number): Interval | null {
  const rest = 1 - incidence
  if (incidence <= 0 || rest <= 1e-12 || standardError === 0) return null
  const half = (z * standardError) / (rest * Math.abs(Math.log(rest)))
  return { low: 1 - rest ** Math.exp(-half), high: 1 - rest ** Math.exp(half) }
}

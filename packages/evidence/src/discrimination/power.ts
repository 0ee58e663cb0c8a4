import { type Answer, known, unknown } from '../answer.ts'
import { EvidenceError } from '../error.ts'
import { normalCdf, normalQuantile } from '../numeric/distributions.ts'

export interface PowerOptions {
  /** The chance of seeing something where there is nothing, both sides together. Default 0.05. */
  readonly alpha?: number
  /** The chance of seeing what is there. Default 0.8. */
  readonly power?: number
}

/**
 * The smallest AUC above 0.5 that so many cases would show: what 'no relation seen' has not ruled out.
 *
 * Source: J. Hanley and B. McNeil, Radiology 143 (1982), 29–36, for the variance at an AUC; the exact
 * rank variance (N + 1)/(12·m·n) at 0.5.
 * @returns `no_power` when not even a perfect score would be told from chance.
 */
export function smallestDetectableAuc(
  input: { events: number; nonEvents: number },
  options: PowerOptions = {},
): Answer<number> {
  const { events, nonEvents } = checkedCounts(input)
  const { alpha, power } = checkedPower(options)
  if (events === 0) return unknown('no_events', { n: events + nonEvents })
  if (nonEvents === 0) return unknown('one_class', { n: events, events })
  const reached = (value: number) => aucPower({ value, events, nonEvents }, { alpha })
  // A perfect score has no spread: it is seen always or never.
  if (reached(1) < power) return unknown('no_power', { events, nonEvents })
  let low = 0.5
  let high = 1
  while (high - low > 1e-12) {
    const middle = (low + high) / 2
    if (reached(middle) >= power) high = middle
    else low = middle
  }
  return known(high)
}

/** The chance that an AUC of a given true value is told from 0.5. Sources as above. */
export function aucPower(
  input: { value: number; events: number; nonEvents: number },
  options: Pick<PowerOptions, 'alpha'> = {},
): number {
  const { events: m, nonEvents: n } = checkedCounts(input)
  const { alpha } = checkedPower(options)
  const a = Math.max(input.value, 1 - input.value)
  if (m === 0 || n === 0) return 0
  const nullError = Math.sqrt((m + n + 1) / (12 * m * n))
  const bar = normalQuantile(1 - alpha / 2) * nullError
  const q1 = a / (2 - a)
  const q2 = (2 * a * a) / (1 + a)
  const variance = (a * (1 - a) + (m - 1) * (q1 - a * a) + (n - 1) * (q2 - a * a)) / (m * n)
  if (variance <= 0) return a - 0.5 > bar ? 1 : 0
  return normalCdf((a - 0.5 - bar) / Math.sqrt(variance))
}

/** The events needed to see an AUC, when a given share of cases has the outcome. */
export function eventsNeeded(
  input: { value: number; share: number },
  options: PowerOptions = {},
): Answer<number> {
  const { alpha, power } = checkedPower(options)
  if (!(input.share > 0 && input.share < 1)) {
    throw new EvidenceError('A share must be between 0 and 1', { share: input.share })
  }
  if (input.value === 0.5) return unknown('no_power')
  const enough = (events: number) => {
    const nonEvents = Math.ceil((events * (1 - input.share)) / input.share)
    return aucPower({ value: input.value, events, nonEvents }, { alpha }) >= power
  }
  let high = 1
  while (!enough(high)) {
    high *= 2
    if (high > 1e12) return unknown('no_power')
  }
  let low = high / 2
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (enough(middle)) high = middle
    else low = middle
  }
  return known(Math.max(1, high))
}

function checkedCounts<T extends { events: number; nonEvents: number }>(input: T): T {
  const { events, nonEvents } = input
  if (![events, nonEvents].every((n) => Number.isInteger(n) && n >= 0)) {
    throw new EvidenceError('Counts must be whole numbers from 0', { events, nonEvents })
  }
  return input
}

function checkedPower({ alpha = 0.05, power = 0.8 }: PowerOptions) {
  if (!(alpha > 0 && alpha < 1 && power > 0 && power < 1)) {
    throw new EvidenceError('alpha and power must be between 0 and 1', { alpha, power })
  }
  return { alpha, power }
}

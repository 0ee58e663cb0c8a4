import type { MetricValue } from '@tomoshibi/contract/metrics'

/** Sums of binary fractions depend, in their last digits, on the order in which they are added. */
const tolerance = 1e-9

/** Whether two values are the same: money and counts exactly, binary fractions but for their last digits. */
export function isSame(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') {
    if (Number.isInteger(a) && Number.isInteger(b)) return a === b
    return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b))
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((each, i) => isSame(each, b[i]))
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((key) => isSame(Reflect.get(a, key), Reflect.get(b, key)))
}

/** The first figure that is not the same on both sides, in words; null when all are. */
export function firstDifference(
  ours: readonly MetricValue[],
  theirs: readonly MetricValue[],
): string | null {
  if (ours.length !== theirs.length) return `${ours.length} ≠ ${theirs.length} figures`
  const at = ours.findIndex((value, i) => !isSame(value, theirs[i]))
  const one = ours[at]
  if (one === undefined) return null
  const of = [one.metric, one.start ?? one.on, one.account].filter((part) => part != null)
  return `${of.join(' ')}: ${String(one.value)} ≠ ${String(theirs[at]?.value)}`
}

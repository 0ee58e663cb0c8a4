import type { AccountRow } from '@tomoshibi/contract/accounts'
import type { MetricValue } from '@tomoshibi/contract/metrics'

/** More values than this and a cut says nothing any more. */
const MOST_VALUES = 30

/** The attributes by which figures can usefully be cut, seen from a sample of accounts. */
export function sliceAttributes(accounts: readonly AccountRow[]): string[] {
  const values = new Map<string, Set<string>>()
  for (const account of accounts) {
    for (const [key, value] of Object.entries(account.attributes)) {
      if (key === 'name') continue
      const seen = values.get(key) ?? new Set()
      seen.add(value)
      values.set(key, seen)
    }
  }
  return [...values]
    .filter(([, seen]) => seen.size <= MOST_VALUES)
    .map(([key]) => key)
    .sort((a, b) => a.localeCompare(b))
}

/**
 * The values of an attribute among sliced figures, in order; accounts without it last, as null. Those for
 * which no figure has a value are left out.
 */
export function sliceValues(values: readonly MetricValue[], by: string): (string | null)[] {
  const known = values.filter((value) => value.value !== null)
  const seen = new Set(known.map((value) => value.slice[by] ?? null))
  return [...seen].sort((a, b) => (a === null ? 1 : b === null ? -1 : a.localeCompare(b)))
}

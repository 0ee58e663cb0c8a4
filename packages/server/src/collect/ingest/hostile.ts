import { type Reason, reason } from './problems.ts'

export const limits = {
  /** Of a body, unpacked. */
  bodyBytes: 500 * 1024,
  /** Of one event as JSON. */
  eventBytes: 32 * 1024,
  /** Of one batch. */
  events: 2500,
  /** Characters of an id or a name. */
  idLength: 500,
  /** Objects and lists within each other. */
  depth: 32,
} as const

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Characters that JSON may have and no text of the stores can. */
const noText = /[\0\p{Surrogate}]/u

interface Findings {
  /** Characters of all keys and texts, and a little for what is between them. */
  size: number
  fault: Reason | null
}

/**
 * What makes an event unfit for any store: its size, its depth, and, in a suspicious body, characters
 * and keys. Null when it is fit.
 */
export function hostileIn(
  event: Readonly<Record<string, unknown>>,
  suspicious: boolean,
): Reason | null {
  const found: Findings = { size: 0, fault: null }
  look(event, suspicious, limits.depth, found)
  if (found.fault !== null) return found.fault
  // A character is six bytes at most, as an escape. Only what may be too large is measured exactly.
  if (found.size * 6 <= limits.eventBytes) return null
  const bytes = Buffer.byteLength(JSON.stringify(event))
  return bytes > limits.eventBytes ? reason('EVENT_TOO_LARGE', String(limits.eventBytes)) : null
}

function look(value: unknown, suspicious: boolean, depthLeft: number, found: Findings): void {
  if (typeof value === 'string') {
    found.size += value.length + 3
    if (suspicious && noText.test(value)) found.fault ??= reason('NO_TEXT')
    return
  }
  if (typeof value !== 'object' || value === null) {
    found.size += 8
    return
  }
  if (depthLeft === 0) {
    found.fault ??= reason('TOO_DEEP', String(limits.depth))
    return
  }
  if (Array.isArray(value)) {
    found.size += 2
    for (const inside of value) look(inside, suspicious, depthLeft - 1, found)
    return
  }
  // A list of entries for every object would be most of the work; what JSON made has no other keys.
  for (const key in value) {
    const inside: unknown = Reflect.get(value, key)
    found.size += key.length + 4
    if (suspicious) {
      if (key === '__proto__') found.fault ??= reason('KEY_NOT_ALLOWED')
      else if (noText.test(key)) found.fault ??= reason('NO_TEXT')
    }
    look(inside, suspicious, depthLeft - 1, found)
  }
}

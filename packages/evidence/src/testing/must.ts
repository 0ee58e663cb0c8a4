import type { Answer } from '../answer.ts'

/** The value of an answer that has to be known. */
export function must<T>(answer: Answer<T>): T {
  if (!answer.known) throw new Error(`Not known: ${JSON.stringify(answer.reason)}`)
  return answer.value
}

/** Whether every number in a result, however deep, is one. Infinity and NaN are none. */
export function hasOnlyNumbers(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (ArrayBuffer.isView(value)) return [...Object.values(value)].every(hasOnlyNumbers)
  if (typeof value !== 'object' || value === null) return true
  return Object.values(value).every(hasOnlyNumbers)
}

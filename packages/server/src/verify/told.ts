import type { Text } from '@tomoshibi/contract/text'
import type { Answer } from '@tomoshibi/evidence/answer'
import { reasonText } from '@tomoshibi/evidence/reason-text'

/** A statistic in the form in which it leaves us: its value, or null and why there is none. */
export interface Told<T> {
  readonly value: T | null
  readonly reason: Text | null
}

/** @param as makes of a value what is to be told of it. */
export function told<T, U>(answer: Answer<T>, as: (value: T) => U): Told<U> {
  return answer.known
    ? { value: as(answer.value), reason: null }
    : { value: null, reason: reasonText(answer.reason) }
}

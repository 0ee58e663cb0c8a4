/**
 * Why a statistic has no value for these data. The data are the reason, not a mistake of the caller
 * (that is an `EvidenceError`). Words in both languages: `reason-text.ts`.
 */
export type ReasonCode =
  /** No row at all. */
  | 'no_cases'
  /** Fewer rows (`n`) than the statistic needs (`needed`). */
  | 'too_few_cases'
  /** `missing` of `n` rows have a value that is absent or not finite; drop or fill them first. */
  | 'missing_values'
  /** The outcome happened in none of `n` rows. */
  | 'no_events'
  /** The outcome happened in `events` rows, and `needed` are. */
  | 'too_few_events'
  /** All `n` rows have the same outcome. */
  | 'one_class'
  /** All `n` rows are in one group of those that should be compared. */
  | 'one_group'
  /** A column, or what is compared, does not vary. */
  | 'constant'
  /** A column follows exactly from the others. */
  | 'collinear'
  /** A column tells the outcome perfectly, so that its effect has no finite estimate. */
  | 'separated'
  /** The search for the estimate did not settle in `iterations` steps. */
  | 'not_converged'
  /** Time `at` lies beyond the last observation `last`, where nothing is known. */
  | 'beyond_follow_up'
  /** A ratio to a mean of `value`, which is 0 or cannot be told from it. */
  | 'zero_base'
  /** Exposed and unexposed do not share a range in which they could be compared. */
  | 'no_overlap'
  /** No account was seen both with and without the exposure. */
  | 'no_change_within'
  /** The column fills `bins` bins, and at least two are needed. */
  | 'too_few_bins'
  /** Nothing short of certainty could be told with so few. */
  | 'no_power'

export interface Reason {
  readonly code: ReasonCode
  readonly numbers: Readonly<Record<string, number>>
  /** The columns that are meant, by the names they were given under. */
  readonly names?: readonly string[]
}

/** A statistic, or why there is none. Never NaN. */
export type Answer<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly reason: Reason }

export function known<T>(value: T): Answer<T> {
  return { known: true, value }
}

export function unknown(
  code: ReasonCode,
  numbers: Readonly<Record<string, number>> = {},
  names?: readonly string[],
): { readonly known: false; readonly reason: Reason } {
  return { known: false, reason: names ? { code, numbers, names } : { code, numbers } }
}

/** The value, or null: for those who have no place for a reason. */
export function valueOrNull<T>(answer: Answer<T>): T | null {
  return answer.known ? answer.value : null
}

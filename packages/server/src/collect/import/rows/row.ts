import type { FactValue } from '../targets/target.ts'
import type { ValueProblem } from '../values/problem.ts'

/** A fact on its way to the loader, which takes it as it is. */
export interface ImportedFact {
  row_no: number
  account_id: string
  record_id: string
  known_at: string | null
  source_id: string
  source: string
  [column: string]: FactValue
}

/** A cell, or a whole row, that keeps the row out. */
export interface Reject {
  /** Null where it is not one column's fault. */
  readonly column: string | null
  readonly value: string
  readonly problem: ValueProblem
}

/** What becomes of a row: facts, a place among those left out, or the reasons why it is rejected. */
export type RowOutcome =
  | { readonly kind: 'facts'; readonly facts: readonly ImportedFact[] }
  | { readonly kind: 'leftOut' }
  | { readonly kind: 'rejected'; readonly rejects: readonly Reject[] }

/** Turns the cells of a row into facts. */
export type RowMapper = (cells: readonly string[]) => RowOutcome

/** Things worth saying once for a file, with how often they came up. */
export class Tally {
  readonly counts = new Map<TallyCode, number>()

  add(code: TallyCode): void {
    this.counts.set(code, (this.counts.get(code) ?? 0) + 1)
  }
}

export type TallyCode = 'OPEN_END' | 'KNOWN_IN_FUTURE'

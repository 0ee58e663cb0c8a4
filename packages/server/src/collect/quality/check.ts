import type { Text } from '@tomoshibi/contract/text'
import type { BoundQuery } from '@tomoshibi/facts/bound-query'

/** What a report is about: the facts of a workspace as known at the end of a day. */
export interface QualityScope {
  readonly workspaceId: string
  /** The instant at which the day ends, UTC without Z. */
  readonly at: string
  readonly timeZone: string
}

/** One kind of contradiction, found by one query. */
export interface QualityCheck {
  readonly key: string
  readonly name: Text
  /** What it means and what to do about it. */
  readonly says: Text
  /** Names of the values of an example, in the query's order. */
  readonly values: readonly string[]
  /**
   * A query with one row for each contradiction: `account` (String), `records` (Array(String)),
   * `details` (Array(String), as long as `values`) and `source` (String). Its placeholders are those
   * of `scopeParams`.
   */
  readonly finds: string
}

const examplesShown = 10

/** Counts what a check finds and takes the first examples, in one query of constant size. */
export function countWithExamples(check: QualityCheck, scope: QualityScope): BoundQuery {
  return {
    sql: `
-- ${check.name.en}
SELECT count() AS found,
  groupArraySorted(${examplesShown})(tuple(account, records, details, source)) AS examples
FROM (${check.finds})`,
    params: {
      workspace_id: scope.workspaceId,
      at: scope.at,
      time_zone: scope.timeZone,
    },
  }
}

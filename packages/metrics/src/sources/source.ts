import type { Cuts, Reach } from '../cuts.ts'
import type { PlanNode } from '../plan/node.ts'
import type { KnownDays } from '../rollup.ts'
import type { MetricSettings } from '../settings.ts'
import type { WhichAccounts } from '../sql/versions.ts'
import type { Window } from '../sql/windows.ts'
import type { Text } from '../text.ts'

/** What one source can say about an account in a window. */
export interface Measure {
  readonly says: Text
  /**
   * money: Decimal(38, 8); count: integer; number: Float64; samples: Array(Float64), one number for
   * each case; spans: Array(Tuple(Float64, UInt8)), how long each case lasted and whether it ended.
   * counts_by_key: Map(String, UInt64), a count for each key, such as the users of each feature;
   * text: String, for conditions.
   * All but samples, spans and counts by key, which are empty then, are NULL where the account has no
   * value.
   */
  readonly type: 'money' | 'count' | 'number' | 'samples' | 'spans' | 'counts_by_key' | 'text'
  /** A count of the same source: how many amounts had no exchange rate. Above 0 there is no value. */
  readonly gap?: string
}

/** Windows that each account has of its own, such as around each change of its contracts. */
export interface AccountWindows {
  /** Gives `account_id`, `i` and the columns `window_<column>` that are read of a window. */
  readonly node: PlanNode
  /** Ends the names of the nodes that read them, so that a plan may hold several. */
  readonly suffix: string
}

export interface SourceContext {
  readonly settings: MetricSettings
  /** The windows of the query, `i` being the index of each. */
  readonly windows: readonly Window[]
  /** Windows of each account's own, in place of those of the query. */
  readonly accountWindows?: AccountWindows
  /** Ends the names of nodes that a plan holds more than once. */
  readonly suffix?: string
  /** As of which days the roll-up of use answers for the windows; without it the events do. */
  readonly useKnown?: KnownDays
  /** Which facts are deleted because of their age; without it none are. */
  readonly cuts?: Cuts
  /** Whether the query is about the accounts bound as `account_ids` only. */
  readonly someAccounts: WhichAccounts
}

/**
 * A fact source: everything that one kind of fact says of an account, made in one scan. Its node gives
 * one row for each window and account of which something of this kind is known: `i`, `account_id` and
 * the measures asked for, each under its own name.
 */
export interface Source {
  readonly name: string
  /** It says something about accounts, and that alone makes them no part of a figure. */
  readonly aside?: true
  readonly measures: Readonly<Record<string, Measure>>
  node(wanted: ReadonlySet<string>, context: SourceContext): PlanNode
  /**
   * From when on a measure looks at facts that may be deleted because of their age, in a window. A source of such
   * a table must say so, or its figures would become others.
   */
  reach?(measure: string, window: Window, context: SourceContext): Reach
  /**
   * Of tables with many records: the first local day that matters to the measures, by table. Records
   * before it need not be looked through when the facts behind a figure are listed.
   */
  firstDays?(wanted: ReadonlySet<string>, context: SourceContext): Readonly<Record<string, string>>
}

/** Whether a measure is a list of cases, which is empty where there are none. */
export const isList = (measure: Measure | undefined): boolean =>
  measure?.type === 'samples' || measure?.type === 'spans'

/** The expressions of the measures asked for, each under its name, in their declared order. */
export const selected = (
  expressions: Readonly<Record<string, string>>,
  wanted: ReadonlySet<string>,
): string[] =>
  Object.entries(expressions)
    .filter(([name]) => wanted.has(name))
    .map(([name, sql]) => `${sql} AS ${name}`)

/** A SELECT list, one expression a line. */
export const list = (...expressions: readonly string[]): string => `  ${expressions.join(',\n  ')}`

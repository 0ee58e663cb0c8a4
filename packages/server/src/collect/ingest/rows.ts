import type { FactStore } from '@tomoshibi/facts/store'
import {
  type AgainIds,
  type ComingUse,
  markUse,
  type UseScope,
} from '@tomoshibi/facts/use-rollup/marks'
import { currentScope, openMark } from '@tomoshibi/facts/use-rollup/state'
import { isoInstant } from '../import/values/cells.ts'
import { knownIds } from './message-ids.ts'
import { type EventTable, insertRows } from './store.ts'

const source = 'events'

/** Ids of events of which it was asked whether they came in a load, and those that did. */
export interface LoadedIds {
  readonly asked: ReadonlySet<string>
  readonly loaded: ReadonlySet<string>
}

/** Rows on their way to the fact store, as text. */
export class Rows {
  readonly #scope: UseScope
  readonly #ids: LoadedIds
  readonly #workspace: string
  readonly #lines = new Map<EventTable, string[]>()
  #knownAtMs = -1
  #known = ''
  count = 0
  /** Whose facts there were, inserted already or not. */
  readonly accounts = new Set<string>()
  /** Usage events among the rows. */
  uses: ComingUse[] = []

  constructor(scope: UseScope, ids: LoadedIds) {
    this.#scope = scope
    this.#ids = ids
    this.#workspace = `{"workspace_id":${JSON.stringify(scope.workspaceId)},`
  }

  add(table: EventTable, row: Readonly<Record<string, unknown>>): void {
    const lines = this.#lines.get(table) ?? []
    lines.push(this.#workspace + JSON.stringify(row).slice(1))
    this.#lines.set(table, lines)
    this.count += 1
  }

  /** A version of a fact, as it became known at that instant. */
  fact(
    table: EventTable,
    accountId: string,
    recordId: string,
    messageId: string,
    knownAtMs: number,
    content: Readonly<Record<string, unknown>>,
  ): void {
    if (knownAtMs !== this.#knownAtMs) {
      // Events of one body became known together.
      this.#knownAtMs = knownAtMs
      this.#known = isoInstant(knownAtMs)
    }
    this.accounts.add(accountId)
    this.add(table, {
      account_id: accountId,
      record_id: recordId,
      known_at: this.#known,
      version: knownAtMs,
      source_id: messageId,
      source,
      ...content,
    })
  }

  /**
   * Which of these events may be stored already, as known at another instant: those that came in a load as
   * well, and those that were held, which are known from when their account is, whenever that is seen.
   */
  async #againOf(facts: FactStore, uses: readonly ComingUse[]): Promise<AgainIds> {
    const { asked, loaded } = this.#ids
    const held = uses.flatMap(({ recordId }) => (asked.has(recordId) ? [] : [recordId]))
    if (held.length === 0) return { loaded, released: new Set() }
    const known = await knownIds(facts, this.#scope.workspaceId, held, 0)
    return { loaded: new Set([...loaded, ...known.loaded]), released: new Set(held) }
  }

  /** Inserts what there is and forgets it. */
  async insert(facts: FactStore): Promise<void> {
    const tables = [...this.#lines]
    const { uses } = this
    this.#lines.clear()
    this.count = 0
    this.uses = []
    if (uses.length === 0) {
      await Promise.all(tables.map(([table, lines]) => insertRows(facts, table, lines)))
      return
    }
    const mark = await openMark(facts, this.#scope.workspaceId)
    try {
      const scope = await currentScope(facts, this.#scope)
      await markUse(facts, scope, mark, uses, await this.#againOf(facts, uses))
      await Promise.all(tables.map(([table, lines]) => insertRows(facts, table, lines)))
    } finally {
      mark.close()
    }
  }
}

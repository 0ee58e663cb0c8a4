import { encoded, RowBinary } from '@tomoshibi/facts/row-binary'
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
import { type EventTable, insertRows, rowsPerInsert } from './store.ts'

const source = 'events'
const sourceBytes = encoded(source)

/** Ids of events of which it was asked whether they came in a load, and those that did. */
export interface LoadedIds {
  readonly asked: ReadonlySet<string>
  readonly loaded: ReadonlySet<string>
}

/** Columns of a usage event, in the order in which they are written. */
const USE_COLUMNS = [
  'workspace_id',
  'account_id',
  'record_id',
  'known_at',
  'version',
  'source_id',
  'source',
  'user_id',
  'event',
  'occurred_at',
  'quantity',
  'properties',
] as const

/** What a user did, at an account. */
export interface Use {
  readonly accountId: string
  /** Of the message; the fact's own id is the same. */
  readonly messageId: string
  readonly knownAtMs: number
  readonly userId: string
  readonly event: string
  readonly atMs: number
  /** JSON object. */
  readonly properties: string
}

/** Rows on their way to the fact store: use in the engine's own format, the little else as text. */
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
  /** Usage events among the rows, and the blocks in which they are inserted. */
  #uses: ComingUse[] = []
  #useBlocks: RowBinary[] = []
  readonly #workspaceBytes: Buffer

  constructor(scope: UseScope, ids: LoadedIds) {
    this.#scope = scope
    this.#ids = ids
    this.#workspaceBytes = encoded(scope.workspaceId)
    this.#workspace = `{"workspace_id":${JSON.stringify(scope.workspaceId)},`
  }

  add(table: EventTable, row: Readonly<Record<string, unknown>>): void {
    const lines = this.#lines.get(table) ?? []
    lines.push(this.#workspace + JSON.stringify(row).slice(1))
    this.#lines.set(table, lines)
    this.count += 1
  }

  /** An event that a user made. */
  use({ accountId, messageId, knownAtMs, userId, event, atMs, properties }: Use): void {
    if (this.#uses.length % rowsPerInsert === 0) this.#useBlocks.push(new RowBinary())
    const block = this.#useBlocks.at(-1)
    if (block === undefined) throw new Error('a block was begun before')
    this.accounts.add(accountId)
    this.#uses.push({ accountId, recordId: messageId, atMs })
    this.count += 1
    block.encoded(this.#workspaceBytes)
    block.string(accountId)
    block.string(messageId)
    block.instant(knownAtMs)
    block.uint64(knownAtMs)
    block.string(messageId)
    block.encoded(sourceBytes)
    block.string(userId)
    block.string(event)
    block.instant(atMs)
    block.uint32(1)
    block.string(properties)
  }

  /** A version of a fact, as it became known at that instant. */
  fact(
    table: Exclude<EventTable, 'held_events'>,
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
    const uses = this.#uses
    const blocks = this.#useBlocks
    this.#lines.clear()
    this.count = 0
    this.#uses = []
    this.#useBlocks = []
    if (uses.length === 0) {
      await Promise.all(tables.map(([table, lines]) => insertRows(facts, table, lines)))
      return
    }
    const mark = await openMark(facts, this.#scope.workspaceId)
    try {
      const scope = await currentScope(facts, this.#scope)
      await markUse(facts, scope, mark, uses, await this.#againOf(facts, uses))
      await Promise.all([
        ...blocks.map(({ bytes }) =>
          facts.insertBinary('usage_events', USE_COLUMNS, bytes, { repeatable: true }),
        ),
        ...tables.map(([table, lines]) => insertRows(facts, table, lines)),
      ])
    } finally {
      mark.close()
    }
  }
}

/** Ids of messages that ever came, so that a repeat has no effect however late it is. */
import { hash } from 'node:crypto'
import { encoded, RowBinary } from '@tomoshibi/facts/row-binary'
import type { FactStore } from '@tomoshibi/facts/store'
import { LOADED } from '@tomoshibi/facts/use-rollup/marks'
import * as z from 'zod'
import type { Message } from './ingest.ts'
import { parts } from './parts.ts'

const idsPerStatement = 50_000

/** 128 bits of an id, as hexadecimal text of fixed length. */
const fingerprint = (id: string): string => hash('sha256', id, 'hex').slice(0, 32)

/** What is known of ids of messages. */
export interface KnownIds {
  /** Each id that was asked for, as it is stored. */
  readonly prints: ReadonlyMap<string, string>
  /** Came in a message before that place in the journal. */
  readonly repeated: ReadonlySet<string>
  /** Came in a file or over the bulk interface. */
  readonly loaded: ReadonlySet<string>
}

/** What is known of these ids. */
export async function knownIds(
  facts: FactStore,
  workspaceId: string,
  ids: readonly string[],
  beforeSeq: number,
): Promise<KnownIds> {
  const repeated = new Set<string>()
  const loaded = new Set<string>()
  const prints = new Map<string, string>()
  for (const part of parts(ids, idsPerStatement)) {
    const byPrint = new Map<string, string>()
    for (const id of part) {
      const print = fingerprint(id)
      prints.set(id, print)
      byPrint.set(print, id)
    }
    const rows = await facts.query(
      {
        sql: `
SELECT
  leftPad(lower(hex(id)), 32, '0') AS print,
  min(seq) < {before_seq:UInt64} AS repeated, max(seq) = ${LOADED.seq} AS loaded
FROM event_ids
WHERE workspace_id = {workspace_id:String}
  AND id IN (
    -- the engine's numbers begin with their last byte
    SELECT reinterpretAsUInt128(reverse(unhex(substring({ids:String}, 1 + 32 * number, 32))))
    FROM numbers({count:UInt64})
  )
GROUP BY id`,
        params: {
          workspace_id: workspaceId,
          before_seq: beforeSeq,
          ids: [...byPrint.keys()].join(''),
          count: byPrint.size,
        },
      },
      z.object({ print: z.string(), repeated: z.number(), loaded: z.number() }),
    )
    for (const row of rows) {
      const id = byPrint.get(row.print)
      if (id === undefined) continue
      if (row.repeated) repeated.add(id)
      if (row.loaded) loaded.add(id)
    }
  }
  return { prints, repeated, loaded }
}

/**
 * Notes ids for ever, with the place of their message in the journal.
 *
 * @param prints of all these ids
 */
export async function noteIds(
  facts: FactStore,
  workspaceId: string,
  messages: readonly Pick<Message, 'id' | 'seq'>[],
  prints: KnownIds['prints'],
): Promise<void> {
  const workspace = encoded(workspaceId)
  for (const part of parts(messages, idsPerStatement)) {
    const rows = new RowBinary(part.length * (workspace.length + 24))
    for (const { id, seq } of part) {
      rows.encoded(workspace)
      rows.uint128(prints.get(id) ?? fingerprint(id))
      rows.uint64(seq)
    }
    await facts.insertBinary('event_ids', ['workspace_id', 'id', 'seq'], rows.bytes, {
      repeatable: true,
    })
  }
}

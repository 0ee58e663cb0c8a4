import { randomUUID } from 'node:crypto'
import type { BulkOutcome, BulkResult, FactTarget } from '@tomoshibi/contract/bulk'
import { openLoad, type StagedRow } from '@tomoshibi/facts/loading'
import * as z from 'zod'
import type { Ports } from '../../call/context.ts'
import { admitting, readErased } from '../../personal-data/erased.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { arrived } from '../arrivals.ts'
import { importTargets } from '../import/targets/catalogue.ts'
import { inTurn } from '../turns.ts'
import { type BulkRecord, recordReader } from './bulk.ts'

const outcomes: Readonly<Record<number, BulkOutcome>> = {
  3: 'created',
  2: 'updated',
  1: 'unchanged',
}

/**
 * Stores records of one kind. Sending them again, after whatever happened, changes nothing.
 *
 * @returns what became of each, in their order
 * @throws FactsError when the fact store fails; send them again
 */
export async function putRecords(
  ports: Ports,
  type: FactTarget,
  records: readonly BulkRecord[],
): Promise<BulkResult> {
  const { settings } = await getWorkspace(ports)
  const read = recordReader(importTargets[type], settings.timeZone)
  const rows: StagedRow[] = []
  const results: BulkResult['records'] = records.map((record, index) => {
    const id = idOf(record)
    const found = read(record)
    if ('reasons' in found) return { id, outcome: 'rejected', reasons: [...found.reasons] }
    for (const fact of found.facts) rows.push({ ...fact, row_no: index })
    return { id, outcome: 'superseded', reasons: [] }
  })
  if (rows.length > 0) {
    const stored = await inTurn(ports.facts, () => store(ports, type, rows, settings.timeZone))
    const accounts = touchedBy(type, rows, stored)
    arrived(ports.facts, { workspaceId: ports.workspaceId, accounts })
    for (const [index, outcome] of stored.outcomes) {
      const result = results[index]
      if (result !== undefined) results[index] = { ...result, outcome }
    }
  }
  const counts = { created: 0, updated: 0, unchanged: 0, superseded: 0, rejected: 0 }
  for (const { outcome } of results) counts[outcome] += 1
  return { counts, records: results }
}

/**
 * Whose facts changed. A rate of exchange belongs to no account and moves the money of all, and what came
 * to another account changes the one it was at, which is not told here.
 */
function touchedBy(
  type: FactTarget,
  rows: readonly StagedRow[],
  { outcomes, moved }: Stored,
): ReadonlySet<string> | 'all' {
  const changed = rows.filter(({ row_no }) => outcomes.get(row_no) !== 'unchanged')
  if (moved || (type === 'exchange_rates' && changed.length > 0)) return 'all'
  return new Set(changed.map(({ account_id }) => account_id))
}

/** By which the sender knows the record: accounts have no other id. */
export function idOf({ id, accountId }: BulkRecord): string {
  const named = id ?? accountId
  return typeof named === 'string' || typeof named === 'number' ? String(named) : ''
}

const outcomeRow = z.object({
  row_no: z.coerce.number(),
  best: z.coerce.number(),
  moved: z.coerce.number(),
})

interface Stored {
  /** What became of each record that counts, by its place. */
  readonly outcomes: ReadonlyMap<number, BulkOutcome>
  /** Some record was at another account before. */
  readonly moved: boolean
}

/** Stages, compares and stores. */
async function store(
  { facts, state, workspaceId, clock }: Ports,
  type: FactTarget,
  rows: readonly StagedRow[],
  timeZone: string,
): Promise<Stored> {
  const startedAt = clock.now().toString({ smallestUnit: 'millisecond' })
  const load = openLoad(facts, {
    workspaceId,
    loadId: randomUUID(),
    startedAt,
    timeZone,
    admit: admitting(await readErased(state.db, workspaceId)),
  })
  try {
    await load.stage(importTargets[type].table, rows)
    await load.diff()
    const found = await load.query(
      {
        sql: `
SELECT row_no, max(outcome) AS best, max(moved) AS moved FROM load_outcomes
WHERE load_id = {load_id:String}
GROUP BY row_no`,
        params: {},
      },
      outcomeRow,
    )
    await load.commit()
    const outcomesByRow = new Map<number, BulkOutcome>()
    for (const { row_no, best } of found) {
      const outcome = outcomes[best]
      if (outcome !== undefined) outcomesByRow.set(row_no, outcome)
    }
    return { outcomes: outcomesByRow, moved: found.some(({ moved }) => moved > 0) }
  } finally {
    await load.discard()
  }
}

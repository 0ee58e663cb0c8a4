import { randomUUID } from 'node:crypto'
import type { BulkOutcome, BulkResult, FactTarget } from '@tomoshibi/contract/bulk'
import { openLoad, type StagedRow } from '@tomoshibi/facts/loading'
import * as z from 'zod'
import type { Ports } from '../../call/context.ts'
import { getWorkspace } from '../../platform/workspace.ts'
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
    for (const [index, outcome] of stored) {
      const result = results[index]
      if (result !== undefined) results[index] = { ...result, outcome }
    }
  }
  const counts = { created: 0, updated: 0, unchanged: 0, superseded: 0, rejected: 0 }
  for (const { outcome } of results) counts[outcome] += 1
  return { counts, records: results }
}

/** By which the sender knows the record: accounts have no other id. */
export function idOf({ id, accountId }: BulkRecord): string {
  const named = id ?? accountId
  return typeof named === 'string' || typeof named === 'number' ? String(named) : ''
}

const outcomeRow = z.object({ row_no: z.coerce.number(), best: z.coerce.number() })

/** Stages, compares and stores; gives for each record that counts what became of it. */
async function store(
  { facts, workspaceId, clock }: Ports,
  type: FactTarget,
  rows: readonly StagedRow[],
  timeZone: string,
): Promise<ReadonlyMap<number, BulkOutcome>> {
  const startedAt = clock.now().toString({ smallestUnit: 'millisecond' })
  const load = openLoad(facts, { workspaceId, loadId: randomUUID(), startedAt, timeZone })
  try {
    await load.stage(importTargets[type].table, rows)
    await load.diff()
    const found = await load.query(
      {
        sql: `
SELECT row_no, max(outcome) AS best FROM load_outcomes
WHERE load_id = {load_id:String}
GROUP BY row_no`,
        params: {},
      },
      outcomeRow,
    )
    await load.commit()
    const stored = new Map<number, BulkOutcome>()
    for (const { row_no, best } of found) {
      const outcome = outcomes[best]
      if (outcome !== undefined) stored.set(row_no, outcome)
    }
    return stored
  } finally {
    await load.discard()
  }
}

import { factTargetNames, factTargets } from '@tomoshibi/contract/collect'
import type { Freshness } from '@tomoshibi/contract/workspace'
import { Temporal } from 'temporal-polyfill'
import * as z from 'zod'
import type { Call } from '../../call/context.ts'
import { importTargets } from '../import/targets/catalogue.ts'
import { readEvaluatedThrough } from './service.ts'

const newestRow = z.object({ kind: z.enum(factTargets), known: z.string().nullable() })

/** How fresh each kind of fact is, and since when something is on its way to figures and lamps. */
export async function showFreshness(call: Call): Promise<Freshness> {
  const { facts, workspaceId, clock } = call
  const newest = factTargets.map(
    (kind) =>
      `SELECT '${kind}' AS kind, maxOrNull(known_at) AS known FROM ${importTargets[kind].table}
WHERE workspace_id = {workspace_id:String}`,
  )
  // Before the stores are asked: what arrives meanwhile is then no worse than told.
  const { eventsSinceMs, lampsSinceMs } = call.underway(workspaceId)
  const [rows, lampsEvaluatedThrough] = await Promise.all([
    facts.query(
      { sql: newest.join('\nUNION ALL\n'), params: { workspace_id: workspaceId } },
      newestRow,
    ),
    readEvaluatedThrough(call),
  ])
  const known = new Map(rows.map((row) => [row.kind, row.known]))
  return {
    asOf: clock.now().toString(),
    kinds: factTargets.map((kind) => ({
      kind,
      name: factTargetNames[kind],
      newestKnownAt: known.get(kind) ?? null,
    })),
    eventsWaitingSince: instantOf(eventsSinceMs),
    lampsWaitingSince: instantOf(lampsSinceMs),
    lampsEvaluatedThrough,
  }
}

const instantOf = (ms: number | null): string | null =>
  ms === null ? null : Temporal.Instant.fromEpochMilliseconds(ms).toString()

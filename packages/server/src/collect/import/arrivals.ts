import type { BoundQuery } from '@tomoshibi/facts/bound-query'
import { factTables } from '@tomoshibi/facts/tables'
import { imports } from '@tomoshibi/state/schema/imports'
import { lampEvaluations } from '@tomoshibi/state/schema/lamps'
import { and, desc, eq, min, ne } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import * as z from 'zod'
import type { Ports } from '../../call/context.ts'
import { getWorkspace } from '../../platform/workspace.ts'

/**
 * When the last import ended that went through, before the one of this id; the beginning of time when
 * there is none. Whatever was stored later has not been taken into account by the lamps.
 */
export async function lastSettledAt(ports: Ports, id: string): Promise<Temporal.Instant> {
  const [row] = await ports.state.db
    .select({ finishedAt: imports.finishedAt })
    .from(imports)
    .where(
      and(
        eq(imports.workspaceId, ports.workspaceId),
        eq(imports.state, 'done'),
        eq(imports.dryRun, false),
        ne(imports.id, id),
      ),
    )
    .orderBy(desc(imports.finishedAt))
    .limit(1)
  return row?.finishedAt ?? Temporal.Instant.fromEpochMilliseconds(0)
}

const arrivalRow = z.object({ facts: z.coerce.number(), firstKnown: z.string().nullable() })

/**
 * What was stored by imports that began after an instant: a version is the millisecond in which its
 * import began.
 *
 * @returns null when nothing was; else whether some of it was known on a day already evaluated.
 */
export async function arrivedSince(
  ports: Ports,
  since: Temporal.Instant,
): Promise<{ readonly beforeLastEvaluated: boolean } | null> {
  const perTable = Object.keys(factTables).map(
    (name) => `
SELECT count() AS rows, minOrNull(known_at) AS known FROM ${name}
WHERE workspace_id = {workspace_id:String} AND version > {since:UInt64}`,
  )
  const bound: BoundQuery = {
    sql: `
SELECT sum(rows) AS facts, min(known) AS firstKnown
FROM (${perTable.join('\nUNION ALL\n')})`,
    params: { workspace_id: ports.workspaceId, since: since.epochMilliseconds },
  }
  const [row] = await ports.facts.query(bound, arrivalRow)
  if (!row || row.facts === 0 || row.firstKnown === null) return null
  const evaluated = await evaluatedBefore(ports)
  if (evaluated === null) return { beforeLastEvaluated: false }
  const first = Temporal.Instant.from(row.firstKnown)
  return { beforeLastEvaluated: Temporal.Instant.compare(first, evaluated) < 0 }
}

/** The end of the last finished day that was evaluated; the day after is evaluated again anyway. */
async function evaluatedBefore(ports: Ports): Promise<Temporal.Instant | null> {
  const [row] = await ports.state.db
    .select({ through: min(lampEvaluations.evaluatedThrough) })
    .from(lampEvaluations)
    .where(eq(lampEvaluations.workspaceId, ports.workspaceId))
  if (!row?.through) return null
  const { settings } = await getWorkspace(ports)
  const next = Temporal.PlainDate.from(row.through).add({ days: 1 })
  return next.toZonedDateTime(settings.timeZone).toInstant()
}

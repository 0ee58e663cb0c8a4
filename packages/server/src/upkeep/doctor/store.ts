import type { FactStore } from '@tomoshibi/facts/store'
import { imports } from '@tomoshibi/state/schema/imports'
import type { StateStore } from '@tomoshibi/state/store'
import { desc, eq } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import * as z from 'zod'
import type { ZoneOffsets } from './doctor.ts'

/** What the program and both stores take the offset of a zone to be, at these instants. */
export async function zoneOffsets(
  facts: FactStore,
  state: StateStore,
  timeZone: string,
  instants: readonly Temporal.Instant[],
): Promise<ZoneOffsets> {
  const texts = instants.map((instant) => instant.toString({ smallestUnit: 'second' }))
  const seconds = instants.map((instant) => Math.floor(instant.epochMilliseconds / 1000))
  const ofFacts = await facts.query(
    {
      sql: `
SELECT intDiv(timeZoneOffset(toDateTime(arrayJoin({seconds:Array(UInt32)}), {zone:String})), 60) AS minutes`,
      params: { seconds, zone: timeZone },
    },
    z.object({ minutes: z.coerce.number() }),
  )
  const ofState = z.array(z.object({ minutes: z.coerce.number() })).parse(
    (
      await state.pool.query(
        `SELECT extract(epoch FROM (at AT TIME ZONE $1) - (at AT TIME ZONE 'UTC')) / 60 AS minutes
FROM unnest($2::timestamptz[]) WITH ORDINALITY AS given (at, n) ORDER BY n`,
        [timeZone, texts],
      )
    ).rows,
  )
  return {
    timeZone,
    at: instants.map((instant, i) => ({
      instant: texts[i] ?? '',
      program: Math.trunc(instant.toZonedDateTimeISO(timeZone).offsetNanoseconds / 60e9),
      facts: ofFacts[i]?.minutes ?? Number.NaN,
      state: ofState[i]?.minutes ?? Number.NaN,
    })),
  }
}

/** The last import of the workspace, where that failed. */
export async function failedImport(state: StateStore, workspaceId: string): Promise<string | null> {
  const [last] = await state.db
    .select({ id: imports.id, state: imports.state })
    .from(imports)
    .where(eq(imports.workspaceId, workspaceId))
    .orderBy(desc(imports.startedAt))
    .limit(1)
  return last?.state === 'failed' ? last.id : null
}

import type { StateStore } from '@tomoshibi/state/store'
import * as z from 'zod'

export interface JobCount {
  readonly queue: string
  /** As the queue names it, such as `created`, `active`, `completed`, `failed`. */
  readonly state: string
  readonly count: number
  /** When the last of them came to this state; null where none did. */
  readonly lastAt: string | null
}

const rows = z.array(
  z.object({
    queue: z.string(),
    state: z.string(),
    count: z.coerce.number(),
    last_at: z.date().nullable(),
  }),
)

/** How many jobs are kept of each queue and state; none before the jobs were first started. */
export async function jobCounts(state: StateStore): Promise<JobCount[]> {
  const known = await state.pool.query(`SELECT to_regclass('jobs.job') IS NOT NULL AS known`)
  if (!z.array(z.object({ known: z.boolean() })).parse(known.rows)[0]?.known) return []
  const found = await state.pool.query(`
SELECT name AS queue, state::text AS state, count(*) AS count, max(completed_on) AS last_at
FROM jobs.job GROUP BY name, state ORDER BY name, state`)
  return rows.parse(found.rows).map(({ last_at, ...each }) => ({
    ...each,
    lastAt: last_at === null ? null : last_at.toISOString(),
  }))
}

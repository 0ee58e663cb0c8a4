import * as z from 'zod'
import type { Ports } from '../../call/context.ts'
import { engineInstant } from './instants.ts'
import { latestVersions } from './latest.ts'

const row = z.object({ days: z.coerce.number() })

/**
 * Whole days from the notice to the end, of each contract line that has ended and was given notice of.
 *
 * @throws FactsError
 */
export async function noticesOfEnds(
  { facts, workspaceId, clock }: Pick<Ports, 'facts' | 'workspaceId' | 'clock'>,
  timeZone: string,
): Promise<number[]> {
  const rows = await facts.query(
    {
      sql: `
SELECT greatest(0, dateDiff('day', cancelled_at, effective_to, {time_zone:String})) AS days
FROM (${latestVersions('contract_lines', { ofOneAccount: false })})
WHERE isNotNull(cancelled_at) AND isNotNull(effective_to) AND effective_to <= {at:DateTime64(3, 'UTC')}
ORDER BY days`,
      params: {
        workspace_id: workspaceId,
        time_zone: timeZone,
        at: engineInstant(clock.now()),
      },
    },
    row,
  )
  return rows.map(({ days }) => days)
}

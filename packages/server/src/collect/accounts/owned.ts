import * as z from 'zod'
import type { Ports } from '../../call/context.ts'
import { engineInstant } from './instants.ts'
import { latestVersions } from './latest.ts'

const idRow = z.object({ account_id: z.string() })

/** As names are compared: case, width and the spaces around them do not matter. */
const plain = (name: string): string => name.normalize('NFKC').toLowerCase().trim()

/**
 * The accounts whose attribute `owner` is one of these names now.
 *
 * @throws FactsError
 */
export async function accountsOwnedBy(
  { facts, workspaceId, clock }: Pick<Ports, 'facts' | 'workspaceId' | 'clock'>,
  names: readonly string[],
): Promise<string[]> {
  const wanted = [...new Set(names.map(plain))].filter((name) => name !== '')
  if (wanted.length === 0) return []
  const rows = await facts.query(
    {
      sql: `
SELECT account_id
FROM (
  SELECT account_id, argMax(value, (effective_at, record_id)) AS owner
  FROM (${latestVersions('account_attributes', { ofOneAccount: false })})
  WHERE attribute = 'owner' AND effective_at <= {at:DateTime64(3, 'UTC')}
  GROUP BY account_id
)
WHERE trimBoth(lowerUTF8(normalizeUTF8NFKC(owner))) IN {names:Array(String)}
ORDER BY account_id`,
      params: { workspace_id: workspaceId, at: engineInstant(clock.now()), names: wanted },
    },
    idRow,
  )
  return rows.map((row) => row.account_id)
}

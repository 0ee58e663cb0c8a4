import * as z from 'zod'
import type { Ports } from '../../call/context.ts'
import { engineInstant } from './instants.ts'
import { latestVersions } from './latest.ts'

const idRow = z.object({ account_id: z.string() })

/** As names are compared: case, width and the spaces around them do not matter. */
export const plainName = (name: string): string => name.normalize('NFKC').toLowerCase().trim()

/**
 * The accounts whose attribute `owner` is one of these names now.
 *
 * @throws FactsError
 */
export async function accountsOwnedBy(
  { facts, workspaceId, clock }: Pick<Ports, 'facts' | 'workspaceId' | 'clock'>,
  names: readonly string[],
): Promise<string[]> {
  const wanted = [...new Set(names.map(plainName))].filter((name) => name !== '')
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

/** What an account and its owner are called now. */
export interface NamedAccount {
  readonly name: string | null
  readonly owner: string | null
}

const namedRow = z.object({ account_id: z.string(), name: z.string(), owner: z.string() })

/** Names and owners of some accounts; one that is not there, or not seen, is not in it. @throws FactsError */
export async function namedAccounts(
  { facts, workspaceId, clock }: Pick<Ports, 'facts' | 'workspaceId' | 'clock'>,
  accountIds: readonly string[],
): Promise<Map<string, NamedAccount>> {
  const ids = [...new Set(accountIds)]
  if (ids.length === 0) return new Map()
  const ofAttribute = (attribute: 'name' | 'owner') =>
    `argMaxIf(value, (effective_at, record_id), attribute = '${attribute}') AS ${attribute}`
  const rows = await facts.query(
    {
      sql: `
SELECT account_id, ${ofAttribute('name')}, ${ofAttribute('owner')}
FROM (${latestVersions('account_attributes', { ofOneAccount: false })})
WHERE account_id IN {account_ids:Array(String)} AND effective_at <= {at:DateTime64(3, 'UTC')}
GROUP BY account_id`,
      params: { workspace_id: workspaceId, at: engineInstant(clock.now()), account_ids: ids },
    },
    namedRow,
  )
  const orNull = (text: string) => (text.trim() === '' ? null : text)
  return new Map(
    rows.map(({ account_id: id, name, owner }) => [
      id,
      { name: orNull(name), owner: orNull(owner) },
    ]),
  )
}

const ownerRow = z.object({ owner: z.string() })

/** What the accounts that are seen call their owners now, each once. @throws FactsError */
export async function accountOwners({
  facts,
  workspaceId,
  clock,
}: Pick<Ports, 'facts' | 'workspaceId' | 'clock'>): Promise<string[]> {
  const rows = await facts.query(
    {
      sql: `
SELECT DISTINCT owner
FROM (
  SELECT account_id, argMax(value, (effective_at, record_id)) AS owner
  FROM (${latestVersions('account_attributes', { ofOneAccount: false })})
  WHERE attribute = 'owner' AND effective_at <= {at:DateTime64(3, 'UTC')}
  GROUP BY account_id
)
WHERE trimBoth(owner) != ''
ORDER BY owner`,
      params: { workspace_id: workspaceId, at: engineInstant(clock.now()) },
    },
    ownerRow,
  )
  return rows.map(({ owner }) => owner)
}

import type { BoundQuery } from '@tomoshibi/facts/bound-query'
import type { FactStore } from '@tomoshibi/facts/store'
import * as z from 'zod'
import { engineInstant } from './instants.ts'
import { latestVersions } from './latest.ts'

/** Attribute values effective at {at}: one row for each account and attribute that has one. */
function attributesSql(ofOneAccount: boolean): string {
  return `
SELECT account_id, attribute, argMax(value, (effective_at, record_id)) AS current
FROM (${latestVersions('account_attributes', { ofOneAccount })})
WHERE effective_at <= {at:DateTime64(3, 'UTC')}
GROUP BY account_id, attribute
HAVING argMax(value_kind, (effective_at, record_id)) != 'removed'`
}

interface At {
  readonly workspaceId: string
  /** ISO instant. */
  readonly at: string
}

const attributeRow = z.object({ attribute: z.string(), current: z.string() })

/** The attributes of one account; null when there is no such account. */
export async function readAttributes(
  facts: FactStore,
  { workspaceId, at }: At,
  accountId: string,
): Promise<Record<string, string> | null> {
  const bound: BoundQuery = {
    sql: `SELECT attribute, current FROM (${attributesSql(true)}) ORDER BY attribute`,
    params: { workspace_id: workspaceId, account_id: accountId, at: engineInstant(at) },
  }
  const rows = await facts.query(bound, attributeRow)
  if (rows.length === 0 && !(await accountExists(facts, workspaceId, accountId))) return null
  return Object.fromEntries(rows.map((row) => [row.attribute, row.current]))
}

/** Whether anything is known of the account as an account. */
export async function accountExists(
  facts: FactStore,
  workspaceId: string,
  accountId: string,
): Promise<boolean> {
  const missing = await unknownAccounts(facts, workspaceId, [accountId])
  return missing.length === 0
}

/** Those of the given ids that are no account's. */
export async function unknownAccounts(
  facts: FactStore,
  workspaceId: string,
  accountIds: readonly string[],
): Promise<string[]> {
  const bound: BoundQuery = {
    sql: `
SELECT DISTINCT account_id
FROM (
  SELECT account_id, record_id, argMax(deleted, (known_at, version)) AS gone
  FROM account_attributes
  WHERE workspace_id = {workspace_id:String} AND account_id IN {account_ids:Array(String)}
  GROUP BY account_id, record_id
)
WHERE NOT gone`,
    params: { workspace_id: workspaceId, account_ids: accountIds },
  }
  const rows = await facts.query(bound, z.object({ account_id: z.string() }))
  const known = new Set(rows.map((row) => row.account_id))
  return accountIds.filter((id) => !known.has(id))
}

/** All attribute keys that any account has, in order. */
export async function attributeKeys(facts: FactStore, workspaceId: string): Promise<string[]> {
  const bound: BoundQuery = {
    sql: `
SELECT DISTINCT attribute FROM account_attributes
WHERE workspace_id = {workspace_id:String} AND NOT deleted
ORDER BY attribute`,
    params: { workspace_id: workspaceId },
  }
  const rows = await facts.query(bound, z.object({ attribute: z.string() }))
  return rows.map((row) => row.attribute)
}

const lineRow = z.object({
  id: z.string(),
  product: z.string(),
  plan: z.string(),
  quantity: z.string().nullable(),
  amount: z.string(),
  currency: z.string(),
  billingUnit: z.enum(['day', 'week', 'month', 'year']),
  billingCount: z.int(),
  effectiveFrom: z.string(),
  effectiveTo: z.string().nullable(),
  autoRenew: z.boolean().nullable(),
  state: z.string(),
})

/** The contract lines of an account, newest first; days are those of the time zone. */
export async function readContractLines(
  facts: FactStore,
  workspaceId: string,
  accountId: string,
  timeZone: string,
) {
  const bound: BoundQuery = {
    sql: `
SELECT record_id AS id, product, plan, toString(quantity) AS quantity, toString(amount) AS amount,
  currency, billing_unit AS billingUnit, billing_count AS billingCount,
  toString(toDate(effective_from, {time_zone:String})) AS effectiveFrom,
  toString(toDate(effective_to, {time_zone:String})) AS effectiveTo,
  auto_renew AS autoRenew, state
FROM (${latestVersions('contract_lines', { ofOneAccount: true })})
ORDER BY effective_from DESC, record_id`,
    params: { workspace_id: workspaceId, account_id: accountId, time_zone: timeZone },
  }
  return await facts.query(bound, lineRow)
}

const contactRow = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.string(),
  decisionMaker: z.boolean(),
})

/** The people at an account who have not left by {at}, those who decide first. */
export async function readContacts(facts: FactStore, { workspaceId, at }: At, accountId: string) {
  const bound: BoundQuery = {
    sql: `
SELECT record_id AS id, name, email, role, decision_maker AS decisionMaker
FROM (${latestVersions('contacts', { ofOneAccount: true })})
WHERE left_at IS NULL OR left_at > {at:DateTime64(3, 'UTC')}
ORDER BY decision_maker DESC, name, record_id`,
    params: { workspace_id: workspaceId, account_id: accountId, at: engineInstant(at) },
  }
  return await facts.query(bound, contactRow)
}

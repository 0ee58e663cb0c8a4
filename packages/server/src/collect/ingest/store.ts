import type { FactStore } from '@tomoshibi/facts/store'
import type { FactTableName } from '@tomoshibi/facts/tables'
import { eventProgress, personAccounts, personLinks } from '@tomoshibi/state/schema/events'
import { workspaces } from '@tomoshibi/state/schema/workspaces'
import type { StateDb } from '@tomoshibi/state/store'
import { and, eq, or, sql } from 'drizzle-orm'
import * as z from 'zod'
import { parts } from './parts.ts'
import { type AccountSince, People } from './people.ts'
import { attributeName, type ContactFields, type Stated } from './traits.ts'

type Db = Pick<StateDb, 'select' | 'insert' | 'execute'>

const accountsPerStatement = 5000
const idsPerStatement = 50_000
export const rowsPerInsert = 25_000

// --- how far the journal has become facts ------------------------------------------------------

/** Number of the first record of the journal that is not in the facts yet. */
export async function readProgress(db: Db): Promise<number> {
  const [row] = await db.select().from(eventProgress).where(eq(eventProgress.id, 'journal'))
  return row?.nextRecord ?? 0
}

export async function writeProgress(db: Db, nextRecord: number): Promise<void> {
  await db
    .insert(eventProgress)
    .values({ id: 'journal', nextRecord })
    .onConflictDoUpdate({ target: eventProgress.id, set: { nextRecord } })
}

export async function allWorkspaces(db: Db): Promise<string[]> {
  const rows = await db.select({ id: workspaces.id }).from(workspaces)
  return rows.map(({ id }) => id)
}

// --- people ------------------------------------------------------------------------------------

// Lists go as one value each: a statement with thousands of places takes longer to write than to run.
const list = (values: readonly (string | number)[]) => sql.param([...values])

/** What is known of these persons, of who they turned out to be, and of all who turned out to be them. */
export async function readPeople(
  db: Db,
  workspaceId: string,
  persons: readonly string[],
): Promise<People> {
  const links = new Map<string, string>()
  const seen = new Set<string>()
  // Each round goes one link further, in both directions; chains come from `alias` and are short.
  for (let wanted = [...persons]; wanted.length > 0; ) {
    const next = new Set<string>()
    const rows = await db
      .select({ person: personLinks.person, isPerson: personLinks.isPerson })
      .from(personLinks)
      .where(
        and(
          eq(personLinks.workspaceId, workspaceId),
          or(
            sql`${personLinks.person} = ANY(${list(wanted)})`,
            sql`${personLinks.isPerson} = ANY(${list(wanted)})`,
          ),
        ),
      )
    for (const { person, isPerson } of rows) {
      links.set(person, isPerson)
      next.add(person).add(isPerson)
    }
    for (const person of wanted) seen.add(person)
    wanted = [...next].filter((person) => !seen.has(person))
  }
  const accounts = new Map<string, AccountSince[]>()
  if (seen.size === 0) return new People(links, accounts)
  const rows = await db
    .select({
      person: personAccounts.person,
      accountId: personAccounts.accountId,
      sinceMs: sql<string>`extract(epoch from ${personAccounts.since}) * 1000`,
    })
    .from(personAccounts)
    .where(
      and(
        eq(personAccounts.workspaceId, workspaceId),
        sql`${personAccounts.person} = ANY(${list([...seen])})`,
      ),
    )
  for (const { person, accountId, sinceMs } of rows) {
    const known = accounts.get(person) ?? []
    known.push({ accountId, sinceMs: Math.round(Number(sinceMs)) })
    accounts.set(person, known)
  }
  return new People(links, accounts)
}

/** Stores what was learned of people; storing it again changes nothing. */
export async function writePeople(db: Db, workspaceId: string, people: People): Promise<void> {
  const links = [...people.newLinks]
  if (links.length > 0) {
    await db.execute(sql`
INSERT INTO person_links (workspace_id, person, is_person)
SELECT ${workspaceId}, * FROM unnest(
  ${list(links.map(([person]) => person))}::text[],
  ${list(links.map(([, isPerson]) => isPerson))}::text[]
)
ON CONFLICT (workspace_id, person) DO UPDATE SET is_person = excluded.is_person`)
  }
  // The last word on one instant counts; one statement may not touch a row twice.
  const last = new Map(people.newAccounts.map((one) => [`${one.person}\0${one.sinceMs}`, one]))
  const accounts = [...last.values()]
  if (accounts.length === 0) return
  await db.execute(sql`
INSERT INTO person_accounts (workspace_id, person, account_id, since)
SELECT ${workspaceId}, person, account_id, to_timestamp(since_ms / 1000.0) FROM unnest(
  ${list(accounts.map(({ person }) => person))}::text[],
  ${list(accounts.map(({ accountId }) => accountId))}::text[],
  ${list(accounts.map(({ sinceMs }) => sinceMs))}::bigint[]
) AS learned (person, account_id, since_ms)
ON CONFLICT (workspace_id, person, since) DO UPDATE SET account_id = excluded.account_id`)
}

// --- facts -------------------------------------------------------------------------------------

/** Tables that events are turned into, besides usage events. */
export type EventTable =
  | Extract<FactTableName, 'account_attributes' | 'user_attributes' | 'contacts'>
  | 'held_events'

/** Inserts rows, JSON objects as text. Inserting them again changes nothing. */
export async function insertRows(
  facts: FactStore,
  table: EventTable,
  lines: readonly string[],
): Promise<void> {
  for (const part of parts(lines, rowsPerInsert)) {
    await facts.insertLines(table, part.join('\n'), { repeatable: true })
  }
}

/** The accounts of users as contacts name them; a user with several is left out. */
export async function accountsOfContacts(
  facts: FactStore,
  workspaceId: string,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const part of parts(userIds, idsPerStatement)) {
    const rows = await facts.query(
      {
        sql: `
SELECT latest.1 AS user, min(account_id) AS account
FROM (
  SELECT account_id, record_id, argMax(tuple(user_id, deleted), tuple(known_at, version)) AS latest
  FROM contacts
  WHERE workspace_id = {workspace_id:String} AND record_id GLOBAL IN (
    SELECT record_id FROM contacts
    WHERE workspace_id = {workspace_id:String} AND user_id IN {user_ids:Array(String)}
  )
  GROUP BY account_id, record_id
)
WHERE NOT latest.2 AND latest.1 != ''
GROUP BY latest.1
HAVING uniqExact(account_id) = 1`,
        params: { workspace_id: workspaceId, user_ids: part },
      },
      z.object({ user: z.string(), account: z.string() }),
    )
    const wanted = new Set(part)
    for (const { user, account } of rows) if (wanted.has(user)) found.set(user, account)
  }
  return found
}

/** Users whose messages were held and whom some contact names; their account may be known since. */
export async function heldUsersInContacts(
  facts: FactStore,
  workspaceId: string,
): Promise<string[]> {
  const rows = await facts.query(
    {
      sql: `
SELECT DISTINCT person FROM held_events
WHERE workspace_id = {workspace_id:String} AND person GLOBAL IN (
  SELECT concat('u:', user_id) FROM contacts
  WHERE workspace_id = {workspace_id:String} AND user_id != '' AND NOT deleted
)`,
      params: { workspace_id: workspaceId },
    },
    z.object({ person: z.string() }),
  )
  return rows.map(({ person }) => person)
}

const heldRow = z.object({ person: z.string(), message: z.string() })

/** The messages that were held for these persons before a place in the journal, in its order. */
export async function* heldMessages(
  facts: FactStore,
  workspaceId: string,
  persons: readonly string[],
  beforeSeq: number,
): AsyncGenerator<{ person: string; message: string }> {
  for (const part of parts(persons, idsPerStatement)) {
    yield* facts.stream(
      {
        sql: `
SELECT person, message FROM held_events
WHERE workspace_id = {workspace_id:String} AND person IN {persons:Array(String)}
  AND seq < {before_seq:UInt64}
ORDER BY seq
LIMIT 1 BY seq`,
        params: { workspace_id: workspaceId, persons: part, before_seq: beforeSeq },
      },
      heldRow,
    )
  }
}

const statedRow = z.object({
  account_id: z.string(),
  user_id: z.string(),
  attribute: z.string(),
  value: z.string(),
  kind: z.string(),
  at_ms: z.coerce.number(),
  known_at_ms: z.coerce.number(),
})

/** What is stated of these accounts, or of these users at them, by `attributeName`, earliest first. */
export async function readStated(
  facts: FactStore,
  workspaceId: string,
  accountIds: readonly string[],
  userIds: readonly string[] | null,
): Promise<Map<string, readonly Stated[]>> {
  const known = new Map<string, Stated[]>()
  const ofUsers = userIds !== null
  const table = ofUsers ? 'user_attributes' : 'account_attributes'
  const user = ofUsers ? 'user_id' : "''"
  for (const part of parts(accountIds, accountsPerStatement)) {
    const rows = await facts.query(
      {
        sql: `
SELECT account_id, latest.1 AS user_id, latest.2 AS attribute, latest.3 AS value,
  latest.4 AS kind, latest.5 AS at_ms, known_at_ms
FROM (
  SELECT account_id, record_id,
    argMax(
      tuple(${user}, attribute, value, value_kind, toUnixTimestamp64Milli(effective_at), deleted),
      tuple(known_at, version)
    ) AS latest,
    toUnixTimestamp64Milli(max(known_at)) AS known_at_ms
  FROM ${table}
  WHERE workspace_id = {workspace_id:String} AND account_id IN {account_ids:Array(String)}
    ${ofUsers ? 'AND user_id IN {user_ids:Array(String)}' : ''}
  GROUP BY account_id, record_id
)
WHERE NOT latest.6
ORDER BY at_ms, known_at_ms`,
        params: {
          workspace_id: workspaceId,
          account_ids: part,
          ...(ofUsers ? { user_ids: userIds } : {}),
        },
      },
      statedRow,
    )
    for (const { account_id, user_id, attribute, value, kind, at_ms, known_at_ms } of rows) {
      const name = attributeName(account_id, user_id, attribute)
      const list = known.get(name) ?? []
      list.push({ value, kind, atMs: at_ms, knownAtMs: known_at_ms })
      known.set(name, list)
    }
  }
  return known
}

export interface KnownContact extends ContactFields {
  readonly accountId: string
  readonly userId: string
  readonly recordId: string
  readonly knownAtMs: number
}

/** The contacts of these users at these accounts, whatever source they come from. */
export async function readContacts(
  facts: FactStore,
  workspaceId: string,
  accountIds: readonly string[],
  userIds: readonly string[],
): Promise<KnownContact[]> {
  const row = z.object({
    accountId: z.string(),
    userId: z.string(),
    recordId: z.string(),
    name: z.string(),
    email: z.string(),
    role: z.string(),
    knownAtMs: z.coerce.number(),
  })
  const found: KnownContact[] = []
  for (const part of parts(accountIds, accountsPerStatement)) {
    const rows = await facts.query(
      {
        sql: `
SELECT account_id AS accountId, latest.1 AS userId, record_id AS recordId,
  latest.2 AS name, latest.3 AS email, latest.4 AS role, known_at_ms AS knownAtMs
FROM (
  SELECT account_id, record_id, toUnixTimestamp64Milli(max(known_at)) AS known_at_ms,
    argMax(tuple(user_id, name, email, role, deleted), tuple(known_at, version)) AS latest
  FROM contacts
  WHERE workspace_id = {workspace_id:String} AND account_id IN {account_ids:Array(String)}
    AND user_id IN {user_ids:Array(String)}
  GROUP BY account_id, record_id
)
WHERE NOT latest.5`,
        params: { workspace_id: workspaceId, account_ids: part, user_ids: userIds },
      },
      row,
    )
    found.push(...rows)
  }
  return found
}

/** A person in the state store: what is held of them there, and taking them out of it. */
import { hash as digest } from 'node:crypto'
import { ERASED } from '@tomoshibi/facts/erasure/conditions'
import type { StateDb, StateStore } from '@tomoshibi/state/store'
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { RegisteredTable } from './register/register.ts'
import { stateRegister } from './register/state.ts'

/** Tables that are dealt with by name: rows in them are the person's, or are not changed like others. */
const byName = new Set(['audit_log', 'erasures', 'members', 'person_accounts', 'person_links'])

interface Searched {
  readonly table: string
  readonly ofWorkspace: string
  readonly columns: readonly { readonly name: string; readonly isJson: boolean }[]
}

const columnRow = z.array(z.object({ table: z.string(), column: z.string(), type: z.string() }))

const mayName = (table: RegisteredTable): string[] =>
  Object.entries(table.columns).flatMap(([column, of]) =>
    of === 'identity' || of === 'theirs' || of === 'text' ? [column] : [],
  )

/** The columns of a workspace's rows in which a person may be named. */
export async function searchedColumns(
  state: StateStore,
  tables: readonly RegisteredTable[] = stateRegister.filter(({ table }) => !byName.has(table)),
): Promise<Searched[]> {
  const { rows } = await state.pool.query(
    // A column that refers to a row of another table goes with that row, and holds no text.
    `SELECT c.table_name AS table, c.column_name AS column, c.data_type AS type
     FROM information_schema.columns c
     WHERE c.table_schema = 'public' AND NOT EXISTS (
       SELECT 1 FROM pg_constraint f
       JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = ANY(f.conkey)
       WHERE f.contype = 'f' AND f.conrelid = format('public.%I', c.table_name)::regclass
         AND a.attname = c.column_name
     )`,
  )
  const types = new Map(
    columnRow.parse(rows).map(({ table, column, type }) => [`${table}.${column}`, type]),
  )
  return tables.flatMap((registered) => {
    const { table, columns } = registered
    const ofWorkspace = table === 'workspaces' ? 'id' : 'workspace_id'
    const searched = mayName(registered).flatMap((name) => {
      const type = types.get(`${table}.${name}`)
      return type === 'text' || type === 'jsonb' ? [{ name, isJson: type === 'jsonb' }] : []
    })
    const isOfWorkspace = table === 'workspaces' || Object.hasOwn(columns, 'workspace_id')
    return searched.length === 0 || !isOfWorkspace
      ? []
      : [{ table, ofWorkspace, columns: searched }]
  })
}

const normal = (column: string): SQL =>
  sql.raw(
    `regexp_replace(normalize("${column}"::text, NFKC), '[\\u00AD\\u200B-\\u200D\\u2060\\uFEFF]', '', 'g')`,
  )

const names = (column: string, patterns: readonly string[]): SQL =>
  sql`(${sql.join(
    patterns.map((pattern) => sql`coalesce(${normal(column)} ~ ${pattern}, false)`),
    sql` OR `,
  )})`

const without = (column: string, patterns: readonly string[]): SQL => {
  const taken = `\\1${ERASED}\\3`
  // Twice, since of two that follow one another the second begins where the first has ended.
  const once = (text: SQL, pattern: string) =>
    sql`regexp_replace(${text}, ${pattern}, ${taken}, 'g')`
  return patterns.reduce((text, pattern) => once(once(text, pattern), pattern), normal(column))
}

const countRow = z.array(z.object({ rows: z.coerce.number() }))

/** Rows by table that name the person, of a workspace. */
export async function namingRows(
  state: StateStore,
  workspaceId: string,
  patterns: readonly string[],
): Promise<{ table: string; rows: number }[]> {
  if (patterns.length === 0) return []
  const audit = stateRegister.filter(({ table }) => table === 'audit_log')
  const all = [...(await searchedColumns(state)), ...(await searchedColumns(state, audit))]
  const found: { table: string; rows: number }[] = []
  for (const { table, ofWorkspace, columns } of all) {
    const any = sql.join(
      columns.map(({ name }) => names(name, patterns)),
      sql` OR `,
    )
    const { rows } = await state.db.execute(
      sql`SELECT count(*) AS rows FROM ${sql.identifier(table)} WHERE ${sql.identifier(ofWorkspace)} = ${workspaceId} AND (${any})`,
    )
    const [count] = countRow.parse(rows)
    if (count !== undefined && count.rows > 0) found.push({ table, rows: count.rows })
  }
  return found
}

/** Takes the person out of all texts of the workspace but the audit log's. */
export async function clearTexts(
  tx: StateDb,
  searched: readonly Searched[],
  workspaceId: string,
  patterns: readonly string[],
): Promise<void> {
  if (patterns.length === 0) return
  for (const { table, ofWorkspace, columns } of searched) {
    for (const { name, isJson } of columns) {
      const text = without(name, patterns)
      await tx.execute(
        sql`UPDATE ${sql.identifier(table)} SET ${sql.identifier(name)} = ${isJson ? sql`(${text})::jsonb` : text}
          WHERE ${sql.identifier(ofWorkspace)} = ${workspaceId} AND ${names(name, patterns)}`,
      )
    }
  }
}

/**
 * E-mails to an address of the person. They belong to no workspace: one that waits is sent all the same where the
 * person belongs to another one.
 */
export async function dropMails(
  tx: StateDb,
  patterns: readonly string[],
  { alsoWaiting }: { readonly alsoWaiting: boolean },
): Promise<void> {
  if (patterns.length === 0) return
  const which = alsoWaiting ? sql`` : sql` AND state <> 'waiting'`
  await tx.execute(sql`DELETE FROM mails WHERE ${names('to_address', patterns)}${which}`)
}

/** Links that were made for an address of the person: nobody may join by them any more. */
export async function dropLinks(
  tx: StateDb,
  workspaceId: string,
  patterns: readonly string[],
): Promise<void> {
  if (patterns.length === 0) return
  await tx.execute(
    sql`DELETE FROM links WHERE workspace_id = ${workspaceId} AND ${names('email', patterns)}`,
  )
}

/** Who a person turned out to be, and to which accounts they belong. @returns how many rows there were */
export async function dropPersons(
  tx: StateDb,
  workspaceId: string,
  persons: readonly string[],
): Promise<void> {
  const all = sql.param([...persons])
  await tx.execute(
    sql`DELETE FROM person_links WHERE workspace_id = ${workspaceId} AND (person = ANY(${all}) OR is_person = ANY(${all}))`,
  )
  await tx.execute(
    sql`DELETE FROM person_accounts WHERE workspace_id = ${workspaceId} AND person = ANY(${all})`,
  )
}

/** How many rows tell of these persons. */
export async function personRows(
  state: StateStore,
  workspaceId: string,
  persons: readonly string[],
): Promise<{ table: string; rows: number }[]> {
  const all = sql.param([...persons])
  const counts: { table: string; rows: number }[] = []
  const { rows: links } = await state.db.execute(
    sql`SELECT count(*) AS rows FROM person_links WHERE workspace_id = ${workspaceId} AND (person = ANY(${all}) OR is_person = ANY(${all}))`,
  )
  counts.push({ table: 'person_links', rows: countRow.parse(links)[0]?.rows ?? 0 })
  const { rows: accounts } = await state.db.execute(
    sql`SELECT count(*) AS rows FROM person_accounts WHERE workspace_id = ${workspaceId} AND person = ANY(${all})`,
  )
  counts.push({ table: 'person_accounts', rows: countRow.parse(accounts)[0]?.rows ?? 0 })
  return counts.filter(({ rows }) => rows > 0)
}

/** Takes somebody out of the workspace, and out of the installation where they belong to no other. */
export async function dropMember(
  tx: StateDb,
  workspaceId: string,
  userId: string,
): Promise<{ readonly fromInstallation: boolean }> {
  for (const table of ['links', 'api_keys']) {
    await tx.execute(
      sql`UPDATE ${sql.identifier(table)} SET made_by = NULL WHERE workspace_id = ${workspaceId} AND made_by = ${userId}`,
    )
  }
  await tx.execute(
    sql`DELETE FROM members WHERE workspace_id = ${workspaceId} AND user_id = ${userId}`,
  )
  const { rows } = await tx.execute(
    sql`SELECT count(*) AS rows FROM members WHERE user_id = ${userId}`,
  )
  if ((countRow.parse(rows)[0]?.rows ?? 0) > 0) return { fromInstallation: false }
  await tx.execute(
    sql`DELETE FROM verifications USING users
      WHERE users.id = ${userId} AND (position(users.email in identifier) > 0 OR value = users.id)`,
  )
  await tx.execute(
    sql`WITH gone AS (
        DELETE FROM mails USING users WHERE users.id = ${userId} AND to_address = users.email
        RETURNING mails.id
      )
      DELETE FROM secrets WHERE scope = ${`user:${userId}`}
        OR name IN (SELECT 'mail.' || id FROM gone)`,
  )
  // Sessions and credentials go with it.
  await tx.execute(sql`DELETE FROM users WHERE id = ${userId}`)
  return { fromInstallation: true }
}

interface StateHeld {
  readonly patterns: readonly string[]
  readonly persons: readonly string[]
  /** The user who belongs to the workspace. */
  readonly memberId: string | null
}

/** Rows that name a person, as they stand; those of the person themself come without what lets them in. */
export async function* stateRows(
  state: StateStore,
  workspaceId: string,
  { patterns, persons, memberId }: StateHeld,
): AsyncGenerator<{ readonly table: string; readonly row: Readonly<Record<string, unknown>> }> {
  const rowsShape = z.array(z.object({ row: z.record(z.string(), z.unknown()) }))
  const found = async (table: string, condition: SQL) => {
    const registered = stateRegister.find((each) => each.table === table)
    const secret = Object.entries(registered?.columns ?? {}).flatMap(([column, of]) =>
      of === 'secret' ? [column] : [],
    )
    const { rows } = await state.db.execute(
      sql`SELECT to_jsonb(held) - ${sql.param(secret)}::text[] AS row FROM ${sql.identifier(table)} AS held WHERE ${condition}`,
    )
    return rowsShape.parse(rows).map(({ row }) => ({ table, row }))
  }
  const audit = stateRegister.filter(({ table }) => table === 'audit_log')
  if (patterns.length > 0) {
    for (const { table, ofWorkspace, columns } of [
      ...(await searchedColumns(state)),
      ...(await searchedColumns(state, audit)),
    ]) {
      const any = sql.join(
        columns.map(({ name }) => names(name, patterns)),
        sql` OR `,
      )
      const isTheirs =
        table === 'audit_log' && memberId !== null ? sql` OR actor_id = ${memberId}` : sql``
      yield* await found(
        table,
        sql`${sql.identifier(ofWorkspace)} = ${workspaceId} AND (${any}${isTheirs})`,
      )
    }
  }
  const all = sql.param([...persons])
  yield* await found(
    'person_links',
    sql`workspace_id = ${workspaceId} AND (person = ANY(${all}) OR is_person = ANY(${all}))`,
  )
  yield* await found('person_accounts', sql`workspace_id = ${workspaceId} AND person = ANY(${all})`)
  if (memberId === null) return
  yield* await found('members', sql`workspace_id = ${workspaceId} AND user_id = ${memberId}`)
  yield* await found('users', sql`id = ${memberId}`)
  yield* await found('sessions', sql`user_id = ${memberId}`)
  yield* await found('credentials', sql`user_id = ${memberId}`)
  yield* await found('provider_identities', sql`user_id = ${memberId}`)
  yield* await found('mails', sql`to_address = (SELECT email FROM users WHERE id = ${memberId})`)
}

/** A hash over what a receipt says, whatever the order of its fields. */
export function hashOfReceipt(receipt: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(receipt)
    .filter(([name]) => name !== 'hash')
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return digest('sha256', JSON.stringify(fields), 'hex')
}

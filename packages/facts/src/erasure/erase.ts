/**
 * Takes a person out of the facts. What they did stays, under a name that nobody can lead back to them, so that no
 * figure becomes another one; what was said of them goes. Done again at whatever point it was cut off, it ends in
 * the same.
 */
import { z } from 'zod'
import type { BoundQuery } from '../bound-query.ts'
import { quoted } from '../ddl.ts'
import { dropStaleLoads } from '../loading.ts'
import type { FactStore } from '../store.ts'
import { type FactTableName, factTables, sharedColumns } from '../tables.ts'
import { columnsThatSay, personalFacts } from './columns.ts'
import {
  type FactErasure,
  idColumns,
  isAnyNaming,
  isHeldOf,
  isOwn,
  isTheirs,
  names,
  replacedId,
  spread,
  tables,
  textColumns,
  without,
} from './conditions.ts'
import { counted } from './held.ts'
import { alter, beginAll, forget } from './notes.ts'

const recordRow = z.object({ account_id: z.string(), record_id: z.string() })

/** Writes down the records of a table whose own id names the person. @returns how many */
const noteRecords = async (
  store: FactStore,
  erasure: FactErasure,
  table: FactTableName,
): Promise<number> => {
  const { erasureId, workspaceId, newRecordId } = erasure
  const isNamed = [
    names(erasure, 'record_id'),
    ...(table === 'contacts' ? [isTheirs(erasureId, 'record_id', 'contact')] : []),
  ]
  const found = await store.query(
    {
      sql: `
SELECT DISTINCT account_id, record_id FROM ${table}
WHERE workspace_id = {workspace_id:String} AND (${spread(isNamed.join(' OR '))})`,
      params: { workspace_id: workspaceId },
    },
    recordRow,
  )
  const own = new Map(
    erasure.ids.flatMap(({ kind, account, old, new: next }) =>
      kind === 'contact' ? [[`${account}\0${old}`, next]] : [],
    ),
  )
  const rows = found.map(({ account_id, record_id }) => ({
    erasure_id: erasureId,
    table_name: table,
    account_id,
    record_id,
    new_id:
      (table === 'contacts' ? own.get(`${account_id}\0${record_id}`) : undefined) ??
      newRecordId(table, record_id),
  }))
  if (rows.length > 0) await store.insert('erasure_records', rows)
  return rows.length
}

const ofRecords = (erasureId: string, table: FactTableName): string =>
  `SELECT account_id, record_id FROM erasure_records WHERE erasure_id = ${quoted(erasureId)} AND table_name = '${table}'`

/** Copies rows of a table under the new ids of their records. */
const copied = (
  { erasureId, workspaceId }: FactErasure,
  from: { readonly table: string; readonly of: FactTableName; readonly columns: readonly string[] },
): BoundQuery => {
  const columns = from.columns.join(', ')
  const selected = from.columns
    .map((column) => (column === 'record_id' ? 'renamed.new_id' : `fact.${column}`))
    .join(', ')
  return {
    sql: `
INSERT INTO ${from.table} (${columns})
SELECT ${selected}
FROM ${from.table} AS fact
GLOBAL INNER JOIN (
  SELECT account_id, record_id, new_id FROM erasure_records
  WHERE erasure_id = {erasure_id:String} AND table_name = {of:String}
) AS renamed ON fact.account_id = renamed.account_id AND fact.record_id = renamed.record_id
WHERE fact.workspace_id = {workspace_id:String}`,
    params: { erasure_id: erasureId, of: from.of, workspace_id: workspaceId },
  }
}

/** Gives new ids to records whose own names the person; they stand in the sorting key, and cannot be changed. */
const renameRecords = async (
  store: FactStore,
  erasure: FactErasure,
  table: FactTableName,
): Promise<void> => {
  if ((await noteRecords(store, erasure, table)) === 0) return
  const { erasureId, workspaceId } = erasure
  const columns = [...Object.keys(sharedColumns), ...Object.keys(factTables[table].columns)]
  await store.command(copied(erasure, { table, of: table, columns }), { repeatable: true })
  const which = `workspace_id = ${quoted(workspaceId)} AND (account_id, record_id) IN (${ofRecords(erasureId, table)})`
  await alter(store, table, `DELETE WHERE ${which}`)
  if (table !== 'usage_events') return
  const noted = ['workspace_id', 'account_id', 'record_id', 'utc_month']
  await store.command(copied(erasure, { table: 'use_corrected', of: table, columns: noted }), {
    repeatable: true,
  })
  await alter(store, 'use_corrected', `DELETE WHERE ${which}`)
}

/** Takes the person out of the rows of a table, in place: each file of the table changes at once. */
const rewrite = async (
  store: FactStore,
  erasure: FactErasure,
  table: FactTableName,
): Promise<void> => {
  const { erasureId, workspaceId } = erasure
  const own = isOwn(erasureId, table)
  const ofWorkspace = `workspace_id = ${quoted(workspaceId)}`
  if (personalFacts[table].own === 'go') {
    await alter(store, table, `DELETE WHERE ${ofWorkspace} AND ${own}`)
  }
  const emptied = columnsThatSay(table, 'own')
  const changes = [
    ...idColumns(table)
      .filter(({ column, says }) => {
        const isAny = erasure.ids.some(({ kind }) => kind === says)
        return isAny && column !== 'record_id' && !isSorted(table, column)
      })
      .map(({ column, says }) => `${column} = ${replacedId(erasureId, column, says)}`),
    ...textColumns(table)
      .filter((column) => column !== 'record_id')
      .map((column) => {
        const text = without(erasure, column)
        const nothing = column === 'properties' ? "'{}'" : "''"
        return `${column} = ${emptied.includes(column) ? `if(${own}, ${nothing}, ${text})` : text}`
      }),
  ]
  if (changes.length === 0) return
  await alter(
    store,
    table,
    `UPDATE ${changes.join(',\n')} WHERE ${ofWorkspace} AND (${own} OR ${isAnyNaming(erasure, table)})`,
  )
}

const isSorted = (table: FactTableName, column: string): boolean =>
  factTables[table].sortedBy.includes(column)

/** The number of a user in the roll-up of use goes to what takes their place, so that the roll-up stays true. */
const renameUsers = async (store: FactStore, erasure: FactErasure): Promise<void> => {
  const { erasureId, workspaceId } = erasure
  await store.command(
    {
      sql: `
INSERT INTO user_numbers (workspace_id, account_id, user_id, number)
SELECT workspace_id, numbered.account_id, named.new, number
FROM user_numbers AS numbered FINAL
GLOBAL INNER JOIN (
  SELECT account_id, old, new FROM erasure_ids WHERE erasure_id = {erasure_id:String} AND kind = 'user'
) AS named ON numbered.account_id = named.account_id AND numbered.user_id = named.old
WHERE numbered.workspace_id = {workspace_id:String}`,
      params: { erasure_id: erasureId, workspace_id: workspaceId },
    },
    { repeatable: true },
  )
  await alter(
    store,
    'user_numbers',
    `DELETE WHERE workspace_id = ${quoted(workspaceId)} AND ${isTheirs(erasureId, 'user_id', 'user')}`,
  )
}

/** Messages that wait for the account of the person go; others lose what names them. */
const clearHeld = async (store: FactStore, erasure: FactErasure): Promise<void> => {
  const { workspaceId, persons } = erasure
  const ofWorkspace = `workspace_id = ${quoted(workspaceId)}`
  if (persons.length > 0) {
    await alter(store, 'held_events', `DELETE WHERE ${ofWorkspace} AND ${isHeldOf(erasure)}`)
  }
  if (erasure.patterns.length === 0) return
  const isNaming = names(erasure, 'message')
  await alter(
    store,
    'held_events',
    `UPDATE message = ${without(erasure, 'message')} WHERE ${ofWorkspace} AND ${isNaming}`,
  )
}

/**
 * Takes a person out of all facts. Nothing else may write facts while this runs.
 *
 * @throws FactsError; the next call goes on
 */
export const eraseFromFacts = async (store: FactStore, erasure: FactErasure): Promise<void> => {
  // Rows on their way: nobody else writes, so that a load that was cut off left them.
  await dropStaleLoads(store, [])
  await beginAll(store, erasure)
  // A change of a table takes its time, whether it changes anything or not.
  const held = new Set(
    (await counted(store, erasure)).flatMap(({ table, own, naming }) =>
      own + naming > 0 ? [table] : [],
    ),
  )
  const named = tables.filter((table) => held.has(table))
  for (const table of named) await renameRecords(store, erasure, table)
  for (const table of named) await rewrite(store, erasure, table)
  if (held.has('user_numbers')) await renameUsers(store, erasure)
  if (held.has('held_events')) await clearHeld(store, erasure)
  await forget(store, erasure.erasureId)
}

/**
 * Takes a person out of the facts. What they did stays, under a name that nobody can lead back to them, so that no
 * figure becomes another one; what was said of them goes. Done again at whatever point it was cut off, it ends in
 * the same.
 */
import { z } from 'zod'
import type { BoundQuery } from '../bound-query.ts'
import { onCluster, quoted, storedName } from '../ddl.ts'
import { dropStaleLoads } from '../loading.ts'
import type { FactStore } from '../store.ts'
import { type FactTableName, factTables, sharedColumns } from '../tables.ts'
import { columnsThatSay, personalFacts } from './columns.ts'

/** What an id is one of; an asker is who answered or asked, by whichever id. */
export type IdKind = 'user' | 'contact' | 'asker'

/** An id of the person within an account, and what takes its place. */
export interface ErasedId {
  readonly kind: IdKind
  readonly account: string
  readonly old: string
  readonly new: string
}

export interface FactErasure {
  readonly workspaceId: string
  /** Letters, digits and `-`; it stands in DDL. */
  readonly erasureId: string
  readonly ids: readonly ErasedId[]
  /** Regular expressions of three groups, of which the second is what is taken out. */
  readonly patterns: readonly string[]
  /** `u:` or `a:` and an id: whose messages were held until their account is known. */
  readonly persons: readonly string[]
  /** Makes ids for records whose own id names the person; always the same for the same one. */
  readonly newRecordId: (table: FactTableName, recordId: string) => string
}

/** In place of what was taken out of a text. */
export const ERASED = '[erased]'

/** How many rows of a table held the person in which way, counted before anything is changed. */
export interface HeldIn {
  readonly table: string
  /** The person's own. */
  readonly own: number
  /** Others that name them. */
  readonly naming: number
}

const tables = Object.keys(factTables).filter((name): name is FactTableName => name in factTables)

const ERASURE_ID = /^[A-Za-z0-9-]{1,64}$/

/** The tables that are empty but while somebody is erased. */
const notes = ['erasure_ids', 'erasure_patterns', 'erasure_records'] as const

const named = (erasureId: string, kind: IdKind): string =>
  `FROM erasure_ids WHERE erasure_id = ${quoted(erasureId)} AND kind = '${kind}'`

/** SQL over a row: the column is an id of the person. */
const isTheirs = (erasureId: string, column: string, says: IdKind): string =>
  `(account_id, ${column}) IN (SELECT account_id, old ${named(erasureId, says)})`

/** SQL: that id replaced. */
const replacedId = (erasureId: string, column: string, says: IdKind): string => {
  const pairs = `(
    SELECT arraySort(groupUniqArray(tuple(concat(account_id, '\\x1f', old), new))) ${named(erasureId, says)}
  )`
  return `transform(concat(account_id, '\\x1f', ${column}),
    arrayMap(pair -> pair.1, ${pairs}), arrayMap(pair -> pair.2, ${pairs}), toString(${column}))`
}

const patternOf = (erasureId: string, number: number): string =>
  `assumeNotNull((SELECT any(pattern) FROM erasure_patterns WHERE erasure_id = ${quoted(erasureId)} AND number = ${number}))`

/** Characters that nobody sees. */
const UNSEEN = '[\\\\x{00AD}\\\\x{200B}-\\\\x{200D}\\\\x{2060}\\\\x{FEFF}]'

/** SQL: a text as `normalText` of the server makes it: for finding whom an address is of. */
export const normalSql = (column: string): string =>
  `normalizeUTF8NFKC(lowerUTF8(trimBoth(${normal(column)})))`

/** As people mean a text, whatever widths and compositions it is written in. */
const normal = (column: string): string =>
  `replaceRegexpAll(normalizeUTF8NFKC(toString(${column})), '${UNSEEN}', '')`

const patternsOf = ({ erasureId, patterns }: FactErasure): string[] =>
  patterns.map((_, number) => patternOf(erasureId, number))

/** SQL: the text names the person. */
const names = (erasure: FactErasure, column: string): string => {
  const any = patternsOf(erasure).map((pattern) => `match(${normal(column)}, ${pattern})`)
  return any.length === 0 ? 'false' : `(${any.join(' OR ')})`
}

/** SQL: the text without the person. */
const without = (erasure: FactErasure, column: string): string => {
  // Twice, since of two that follow one another the second begins where the first has ended.
  const replaced = patternsOf(erasure).reduce(
    (text, pattern) =>
      `replaceRegexpAll(replaceRegexpAll(${text}, ${pattern}, '\\\\1${ERASED}\\\\3'), ${pattern}, '\\\\1${ERASED}\\\\3')`,
    normal(column),
  )
  return `if(${names(erasure, column)}, ${replaced}, toString(${column}))`
}

const idColumns = (table: FactTableName) =>
  (['user', 'contact', 'asker'] as const).flatMap((says) =>
    columnsThatSay(table, says).map((column) => ({ column, says })),
  )

/** SQL: the record is the person's own. An id of a record counts for contacts alone. */
const isOwn = (erasureId: string, table: FactTableName): string => {
  const own = idColumns(table).map(({ column, says }) => isTheirs(erasureId, column, says))
  return own.length === 0 ? 'false' : `(${own.join(' OR ')})`
}

const textColumns = (table: FactTableName): string[] =>
  columnsThatSay(table, 'own', 'text').filter((column) => isText(table, column))

const typeOf = (table: FactTableName, column: string): string =>
  factTables[table].columns[column]?.type ?? sharedColumns[column]?.type ?? ''
const isText = (table: FactTableName, column: string): boolean =>
  typeOf(table, column).includes('String')

const isAnyNaming = (erasure: FactErasure, table: FactTableName): string => {
  const any = textColumns(table).map((column) => names(erasure, column))
  return `(${['false', ...any].join(' OR ')})`
}

const stored = (store: FactStore, table: string): string => storedName(table, store.layout)

/** A statement that holds no value on every server; done when it is carried out there. */
const alter = (store: FactStore, table: string, what: string): Promise<void> =>
  store.everywhere(
    `ALTER TABLE ${stored(store, table)}${onCluster(store.layout)} ${what} SETTINGS mutations_sync = 2`,
  )

/** Writes down who is meant, for the statements that follow. @throws FactsError */
const begin = async (store: FactStore, erasure: FactErasure): Promise<void> => {
  const { erasureId, ids, patterns } = erasure
  if (!ERASURE_ID.test(erasureId)) throw new RangeError(`"${erasureId}" can't be an erasure's id.`)
  await forget(store, erasureId)
  const rows = ids.map(({ kind, account, old, new: next }) => ({
    erasure_id: erasureId,
    kind,
    account_id: account,
    old,
    new: next,
  }))
  if (rows.length > 0) await store.insert('erasure_ids', rows)
  const lines = patterns.map((pattern, number) => ({ erasure_id: erasureId, number, pattern }))
  if (lines.length > 0) await store.insert('erasure_patterns', lines)
}

const forget = async (store: FactStore, erasureId: string): Promise<void> => {
  for (const table of notes) {
    await store.everywhere(
      `ALTER TABLE ${stored(store, table)}${onCluster(store.layout)} DROP PARTITION '${erasureId}'`,
    )
  }
}

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

const countRow = z.object({ own: z.coerce.number(), naming: z.coerce.number() })

/**
 * Counts what the facts hold of a person; it changes nothing but what it notes and forgets again. Nothing else
 * may write facts while this runs.
 *
 * @throws FactsError
 */
export const countHeld = async (store: FactStore, erasure: FactErasure): Promise<HeldIn[]> => {
  await beginAll(store, erasure)
  try {
    return await counted(store, erasure)
  } finally {
    await forget(store, erasure.erasureId)
  }
}

const beginAll = async (store: FactStore, erasure: FactErasure): Promise<void> => {
  await begin(store, erasure)
  const { erasureId, persons } = erasure
  const rows = persons.map((person) => ({
    erasure_id: erasureId,
    kind: 'person',
    account_id: '',
    old: person,
    new: '',
  }))
  if (rows.length > 0) await store.insert('erasure_ids', rows)
}

const counted = async (store: FactStore, erasure: FactErasure): Promise<HeldIn[]> => {
  const { erasureId, workspaceId } = erasure
  const held: HeldIn[] = []
  const count = async (table: string, own: string, naming: string) => {
    const [row] = await store.query(
      {
        sql: `
SELECT countIf(${spread(own)}) AS own, countIf(NOT ${spread(own)} AND ${naming}) AS naming
FROM ${table} WHERE workspace_id = {workspace_id:String}`,
        params: { workspace_id: workspaceId },
      },
      countRow,
    )
    held.push({ table, own: row?.own ?? 0, naming: row?.naming ?? 0 })
  }
  for (const table of tables) {
    const naming = `(${isAnyNaming(erasure, table)} OR ${names(erasure, 'record_id')})`
    await count(table, isOwn(erasureId, table), naming)
  }
  await count('user_numbers', isTheirs(erasureId, 'user_id', 'user'), 'false')
  await count('held_events', isHeldOf(erasure), names(erasure, 'message'))
  return held
}

/** A row of a table that is a person's own, or names them. */
interface HeldRow {
  readonly table: string
  readonly row: Readonly<Record<string, unknown>>
}

/**
 * Everything that the facts hold of a person, row by row. Nothing else may write facts while this runs.
 *
 * @throws FactsError
 */
export async function* heldRows(store: FactStore, erasure: FactErasure): AsyncGenerator<HeldRow> {
  await beginAll(store, erasure)
  try {
    for (const table of tables) {
      const isHeld = `(${isOwn(erasure.erasureId, table)} OR ${isAnyNaming(erasure, table)} OR ${names(erasure, 'record_id')})`
      yield* rowsOf(store, erasure, table, isHeld)
    }
    yield* rowsOf(
      store,
      erasure,
      'held_events',
      `(${isHeldOf(erasure)} OR ${names(erasure, 'message')})`,
    )
  } finally {
    await forget(store, erasure.erasureId)
  }
}

/** SQL: a message that waits for the account of the person. */
const isHeldOf = ({ erasureId }: FactErasure): string =>
  `person IN (SELECT old FROM erasure_ids WHERE erasure_id = ${quoted(erasureId)} AND kind = 'person')`

async function* rowsOf(
  store: FactStore,
  { workspaceId }: FactErasure,
  table: string,
  condition: string,
): AsyncGenerator<HeldRow> {
  const rows = store.stream(
    {
      sql: `SELECT * FROM ${table} WHERE workspace_id = {workspace_id:String} AND ${spread(condition)}`,
      params: { workspace_id: workspaceId },
    },
    z.record(z.string(), z.unknown()),
  )
  for await (const row of rows) yield { table, row }
}

/** What is asked of all servers of a cluster must not be asked of each again. */
const spread = (sql: string): string => sql.replaceAll(' IN (SELECT', ' GLOBAL IN (SELECT')

/**
 * Where texts and ids still name a person: every column of text of every table, those that an erasure leaves as
 * they are as well. Nothing else may write facts while this runs.
 *
 * @returns table and column, and how many rows
 */
export const textsLeft = async (
  store: FactStore,
  { workspaceId, patterns }: FactErasure,
): Promise<{ readonly place: string; readonly rows: number }[]> => {
  if (patterns.length === 0) return []
  const columns = await store.query(
    {
      sql: `
SELECT table, groupArray(name) AS names FROM system.columns
WHERE database = currentDatabase() AND type LIKE '%String%' AND table IN (
  SELECT table FROM system.columns WHERE database = currentDatabase() AND name = 'workspace_id'
) AND NOT startsWith(table, 'staging_') AND NOT endsWith(table, '_local')
GROUP BY table ORDER BY table`,
      params: {},
    },
    z.object({ table: z.string(), names: z.array(z.string()) }),
  )
  const left: { place: string; rows: number }[] = []
  const params = {
    workspace_id: workspaceId,
    ...Object.fromEntries(patterns.map((pattern, number) => [`pattern_${number}`, pattern])),
  }
  for (const { table, names: texts } of columns) {
    const counts = texts.map((column) => {
      const any = patterns.map(
        (_, number) => `match(${normal(column)}, {pattern_${number}:String})`,
      )
      return `countIf(${any.join(' OR ')})`
    })
    const [row] = await store.query(
      {
        sql: `SELECT [${counts.join(', ')}] AS counts FROM ${table} WHERE workspace_id = {workspace_id:String}`,
        params,
      },
      z.object({ counts: z.array(z.coerce.number()) }),
    )
    row?.counts.forEach((rows, i) => {
      if (rows > 0) left.push({ place: `${table}.${texts[i]}`, rows })
    })
  }
  return left
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

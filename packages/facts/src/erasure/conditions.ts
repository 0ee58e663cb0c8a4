/** SQL that tells who is being erased from all others, as was written down before (`notes.ts`). */
import { quoted } from '../ddl.ts'
import { type FactTableName, factTables, sharedColumns } from '../tables.ts'
import { columnsThatSay } from './columns.ts'

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

/** Every table of facts. */
export const tables = Object.keys(factTables).filter(
  (name): name is FactTableName => name in factTables,
)

const named = (erasureId: string, kind: IdKind): string =>
  `FROM erasure_ids WHERE erasure_id = ${quoted(erasureId)} AND kind = '${kind}'`

/** SQL over a row: the column is an id of the person. */
export const isTheirs = (erasureId: string, column: string, says: IdKind): string =>
  `(account_id, ${column}) IN (SELECT account_id, old ${named(erasureId, says)})`

/** SQL: that id replaced. */
export const replacedId = (erasureId: string, column: string, says: IdKind): string => {
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
export const normal = (column: string): string =>
  `replaceRegexpAll(normalizeUTF8NFKC(toString(${column})), '${UNSEEN}', '')`

const patternsOf = ({ erasureId, patterns }: FactErasure): string[] =>
  patterns.map((_, number) => patternOf(erasureId, number))

/** SQL: the text names the person. */
export const names = (erasure: FactErasure, column: string): string => {
  const any = patternsOf(erasure).map((pattern) => `match(${normal(column)}, ${pattern})`)
  return any.length === 0 ? 'false' : `(${any.join(' OR ')})`
}

/** SQL: the text without the person. */
export const without = (erasure: FactErasure, column: string): string => {
  // Twice, since of two that follow one another the second begins where the first has ended.
  const replaced = patternsOf(erasure).reduce(
    (text, pattern) =>
      `replaceRegexpAll(replaceRegexpAll(${text}, ${pattern}, '\\\\1${ERASED}\\\\3'), ${pattern}, '\\\\1${ERASED}\\\\3')`,
    normal(column),
  )
  return `if(${names(erasure, column)}, ${replaced}, toString(${column}))`
}

export const idColumns = (table: FactTableName) =>
  (['user', 'contact', 'asker'] as const).flatMap((says) =>
    columnsThatSay(table, says).map((column) => ({ column, says })),
  )

/** SQL: the record is the person's own. An id of a record counts for contacts alone. */
export const isOwn = (erasureId: string, table: FactTableName): string => {
  const own = idColumns(table).map(({ column, says }) => isTheirs(erasureId, column, says))
  return own.length === 0 ? 'false' : `(${own.join(' OR ')})`
}

export const textColumns = (table: FactTableName): string[] =>
  columnsThatSay(table, 'own', 'text').filter((column) => isText(table, column))

const typeOf = (table: FactTableName, column: string): string =>
  factTables[table].columns[column]?.type ?? sharedColumns[column]?.type ?? ''
const isText = (table: FactTableName, column: string): boolean =>
  typeOf(table, column).includes('String')

export const isAnyNaming = (erasure: FactErasure, table: FactTableName): string => {
  const any = textColumns(table).map((column) => names(erasure, column))
  return `(${['false', ...any].join(' OR ')})`
}

/** SQL: a message that waits for the account of the person. */
export const isHeldOf = ({ erasureId }: FactErasure): string =>
  `person IN (SELECT old FROM erasure_ids WHERE erasure_id = ${quoted(erasureId)} AND kind = 'person')`

/** What is asked of all servers of a cluster must not be asked of each again. */
export const spread = (sql: string): string => sql.replaceAll(' IN (SELECT', ' GLOBAL IN (SELECT')

import type { Text } from '@tomoshibi/contract/text'

export const formatNames = ['csv', 'tsv', 'jsonl', 'parquet'] as const
export type FormatName = (typeof formatNames)[number]

/**
 * A record as the file has it: all its cells as text, in the order of the source's columns; a cell
 * that the file leaves out is empty. Or the reason why there is none.
 */
export type SourceRow = GoodRow | BadRow

export interface GoodRow {
  /** Line on which the record begins, the header being line 1; of a Parquet file the row, from 1. */
  readonly line: number
  readonly cells: readonly string[]
}

export interface BadRow {
  readonly line: number
  readonly fault: RowFault
  /** The beginning of what stands there. */
  readonly excerpt: string
}

export interface RowFault {
  readonly code: RowFaultCode
  readonly says: Text
}

/** A file that can be read any number of times, each time from the start and in constant memory. */
export interface Source {
  readonly path: string
  readonly file: string
  readonly format: FormatName
  readonly encoding: string | null
  readonly delimiter: string | null
  /** Size on disk. */
  readonly bytes: number
  /**
   * Names of the columns. JSON Lines have none of their own: then those of the first rows, and
   * reading on may append more.
   */
  readonly columns: readonly string[]
  /** Whether a column that is not in `columns` cannot come up any more. */
  readonly columnsKnown: boolean
  /** Columns that stand several times or have no name; they were given a name of their own. */
  readonly oddColumns: readonly OddColumn[]
  /** @param onBytes told how many bytes of the file have been read so far */
  rows(onBytes?: (bytes: number) => void): AsyncGenerator<SourceRow[], void, void>
}

export interface OddColumn {
  readonly kind: 'repeated' | 'unnamed'
  readonly header: string
  readonly names: readonly string[]
}

/** What a caller may know of a file; the rest is found out. */
export interface SourceOptions {
  readonly format?: FormatName | undefined
  readonly encoding?: string | undefined
  readonly delimiter?: string | undefined
}

/** A whole file that cannot be read; its rows cannot be told apart. */
export class SourceError extends Error {
  readonly code = 'FILE_UNREADABLE'
  readonly file: string
  readonly says: Text

  constructor(file: string, says: Text) {
    super(`${file}: ${says.en}`)
    this.name = 'SourceError'
    this.file = file
    this.says = says
  }
}

/** A record may have this many bytes; a longer one is rejected without being held. */
export const recordLimitBytes = 4 * 1024 * 1024

const rowFaults = {
  FIELDS_TOO_FEW: (detail: string) => ({
    en: `fewer fields than the header (${detail})`,
    ja: `項目数がヘッダーより少ないです（${detail}）`,
  }),
  FIELDS_TOO_MANY: (detail: string) => ({
    en: `more fields than the header (${detail})`,
    ja: `項目数がヘッダーより多いです（${detail}）`,
  }),
  RECORD_TOO_LONG: () => ({
    en: `longer than ${recordLimitBytes / 1024 / 1024} MiB`,
    ja: `${recordLimitBytes / 1024 / 1024} MiB を超える行です`,
  }),
  NUL_BYTE: () => ({ en: 'contains a NUL byte', ja: 'NUL バイトが含まれています' }),
  ENCODING_INVALID: (encoding: string) => ({
    en: `has bytes that are not ${encoding}; if the file is in another encoding, name it in the mapping`,
    ja: `${encoding} として正しくないバイトがあります。別の文字コードなら、マッピングの encoding で指定してください`,
  }),
  QUOTE_NOT_CLOSED: () => ({
    en: 'a quotation mark is opened and not closed',
    ja: '引用符が閉じられていません',
  }),
  JSON_INVALID: () => ({ en: 'not valid JSON', ja: 'JSON として正しくありません' }),
  JSON_TOO_DEEP: () => ({ en: 'nested too deeply', ja: '入れ子が深すぎます' }),
  JSON_NOT_OBJECT: () => ({
    en: 'not a JSON object; each line must be one',
    ja: 'JSON オブジェクトではありません。1 行に 1 オブジェクトが必要です',
  }),
  TOO_MANY_COLUMNS: (limit: string) => ({
    en: `more than ${limit} columns`,
    ja: `列が ${limit} を超えています`,
  }),
} as const satisfies Record<string, (detail: string) => Text>

export type RowFaultCode = keyof typeof rowFaults

export function rowFault(code: RowFaultCode, detail = ''): RowFault {
  return { code, says: rowFaults[code](detail) }
}

const excerptLength = 200

/** A bad row with as much of the text as helps to find it. */
export function badRow(line: number, fault: RowFault, text: string): BadRow {
  const cut = text.length > excerptLength ? `${text.slice(0, excerptLength)}…` : text
  return { line, fault, excerpt: cut.replaceAll('\0', '␀') }
}

/**
 * Makes the names of a header unique, since a mapping speaks of columns by name: of a name that
 * stands several times each gets its number (`name#1`, `name#2`), a blank one its place.
 */
export function nameColumns(header: readonly string[]): {
  columns: string[]
  oddColumns: OddColumn[]
} {
  const times = new Map<string, number>()
  const trimmed = header.map((name) => name.trim())
  for (const name of trimmed) times.set(name, (times.get(name) ?? 0) + 1)
  const seen = new Map<string, string[]>()
  const columns = trimmed.map((name, index) => {
    if (name !== '' && times.get(name) === 1) return name
    const given = seen.get(name) ?? []
    seen.set(name, given)
    const unique = name === '' ? `column#${index + 1}` : `${name}#${given.length + 1}`
    given.push(unique)
    return unique
  })
  const oddColumns = [...seen].map(([name, names]): OddColumn => {
    return { kind: name === '' ? 'unnamed' : 'repeated', header: name, names }
  })
  return { columns, oddColumns }
}

import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileBytes, headOf } from './bytes.ts'
import { recordsOf, separatorOf } from './delimited.ts'
import { encodingOf } from './encoding.ts'
import { objectsOf } from './json-lines.ts'
import { linesOf } from './lines.ts'
import { openParquet } from './parquet.ts'
import { looksLike } from './sniff.ts'
import {
  type FormatName,
  nameColumns,
  type Source,
  SourceError,
  type SourceOptions,
} from './source.ts'

const sampleBytes = 256 * 1024
const sampleRows = 1000

/** An opened file; `close` removes what had to be unpacked for it. */
export interface OpenSource extends Source {
  close(): Promise<void>
}

/**
 * Opens a file to import: finds out format, encoding, separator and columns where they are not given,
 * by content before name.
 *
 * @throws SourceError when it is empty, of another format, or cannot be read
 */
export async function openSource(path: string, options: SourceOptions = {}): Promise<OpenSource> {
  const file = basename(path)
  const raw = await headOf(path, file, false, 512)
  const bytes = (await stat(path)).size
  const gzip = looksLike(raw).as === 'gzip'
  const head = await headOf(path, file, gzip, sampleBytes)
  if (head.length === 0) {
    throw new SourceError(file, { en: 'it is empty', ja: '空のファイルです' })
  }
  const format = formatOf(head, file, options.format)
  const common = { path, file, format, bytes }
  if (format === 'parquet') {
    const unpacked = gzip ? await unpack(path, file) : null
    try {
      const parquet = await openParquet(unpacked?.path ?? path, file)
      return {
        ...common,
        ...nameColumns(parquet.columns),
        columnsKnown: true,
        encoding: null,
        delimiter: null,
        rows: (onBytes) => parquet.rows(onBytes),
        close: async () => unpacked?.remove(),
      }
    } catch (error) {
      await unpacked?.remove()
      throw error
    }
  }

  const { encoding, bom } = encodingOf(head, options.encoding)
  const start = encoding.swapped
    ? Buffer.from(head.subarray(0, head.length - (head.length % 2))).swap16()
    : head
  const sample = encoding.decode(start.subarray(bom))
  const newline = sample.includes('\r') && !sample.includes('\n') ? 0x0d : 0x0a
  const lines = (onBytes?: (bytes: number) => void) =>
    linesOf(fileBytes(path, file, gzip, onBytes), encoding, bom, newline)
  const text = { ...common, encoding: encoding.name, close: async () => {} }

  if (format === 'jsonl') {
    const columns: string[] = []
    let seen = 0
    for await (const rows of objectsOf(lines(), columns)) {
      seen += rows.length
      if (seen >= sampleRows) break
    }
    return {
      ...text,
      columns,
      columnsKnown: false,
      oddColumns: [],
      delimiter: null,
      rows: (onBytes) => objectsOf(lines(onBytes), columns),
    }
  }

  const firstLine = sample.split(newline === 0x0a ? '\n' : '\r').find((l) => l.trim() !== '') ?? ''
  const delimiter = options.delimiter ?? (format === 'tsv' ? '\t' : separatorOf(firstLine))
  const header = await firstRecord(file, recordsOf(lines(), delimiter, null))
  const named = nameColumns(header)
  return {
    ...text,
    ...named,
    columnsKnown: true,
    delimiter,
    async *rows(onBytes) {
      let first = true
      for await (const rows of recordsOf(lines(onBytes), delimiter, header.length)) {
        // The header is the first record, and of the width that it sets.
        yield first ? rows.slice(1) : rows
        first = false
      }
    },
  }
}

async function firstRecord(
  file: string,
  records: ReturnType<typeof recordsOf>,
): Promise<readonly string[]> {
  for await (const rows of records) {
    const header = rows[0]
    if (header === undefined) continue
    if ('cells' in header && header.cells.some((cell) => cell.trim() !== '')) return header.cells
    const why = 'fault' in header ? header.fault.says : { en: 'blank', ja: '空白です' }
    throw new SourceError(file, {
      en: `its header cannot be read (${why.en})`,
      ja: `ヘッダー行を読み取れません（${why.ja}）`,
    })
  }
  throw new SourceError(file, { en: 'it has no header', ja: 'ヘッダー行がありません' })
}

function formatOf(head: Buffer, file: string, named: FormatName | undefined): FormatName {
  const looks = looksLike(head)
  if (looks.as === 'other') {
    throw new SourceError(file, {
      en: `it looks like ${looks.name.en}, not like CSV, TSV, JSON Lines or Parquet`,
      ja: `${looks.name.ja}のようです。CSV、TSV、JSON Lines、Parquet ではありません`,
    })
  }
  if (looks.as === 'gzip') {
    throw new SourceError(file, { en: 'it is packed twice', ja: '二重に圧縮されています' })
  }
  if ((looks.as === 'parquet') !== (named === 'parquet') && named !== undefined) {
    const actual = looks.as === 'parquet' ? 'Parquet' : 'text'
    throw new SourceError(file, {
      en: `it is ${actual}, while the mapping says ${named}`,
      ja: `マッピングでは ${named} ですが、実際は ${actual === 'text' ? 'テキスト' : actual} です`,
    })
  }
  if (named !== undefined) return named
  if (looks.as === 'parquet' || looks.as === 'jsonl') return looks.as
  const bare = file.toLowerCase().replace(/\.gz$/, '')
  if (/\.(jsonl|ndjson)$/.test(bare)) return 'jsonl'
  return /\.(tsv|tab)$/.test(bare) ? 'tsv' : 'csv'
}

/** Parquet is read from its end, so a packed one is unpacked to a file first. */
async function unpack(
  path: string,
  file: string,
): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'tomoshibi-import-'))
  const target = join(folder, file.replace(/\.gz$/i, ''))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    await pipeline(fileBytes(path, file, true), createWriteStream(target))
    return { path: target, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

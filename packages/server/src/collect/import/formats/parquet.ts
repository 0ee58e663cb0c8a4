import { isUtf8 } from 'node:buffer'
import { open } from 'node:fs/promises'
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  type SchemaElement,
} from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { cellOf } from './json-lines.ts'
import { badRow, rowFault, SourceError, type SourceRow } from './source.ts'

// A row group is read in stretches of this many rows, since some writers make groups of millions.
const stretch = 50_000
const groupLimitBytes = 512 * 1024 * 1024

type ToText = (value: unknown) => string | null

export interface ParquetFile {
  readonly columns: readonly string[]
  rows(onBytes?: (bytes: number) => void): AsyncGenerator<SourceRow[], void, void>
}

/**
 * Opens a Parquet file. Only its footer is read; rows are read row group by row group.
 *
 * @throws SourceError when it is damaged or its row groups are too large to hold
 */
export async function openParquet(path: string, file: string): Promise<ParquetFile> {
  const metadata = await withFile(path, file, (buffer) => parquetMetadataAsync(buffer))
  for (const group of metadata.row_groups) {
    if (group.total_byte_size > groupLimitBytes) {
      throw new SourceError(file, {
        en: 'its row groups are larger than 512 MiB; write it with row groups of 100,000 rows',
        ja: 'row group が 512 MiB を超えています。100,000 行ごとの row group で書き出してください',
      })
    }
  }
  const top = topLevel(metadata)
  const columns = top.map((element) => element.name)
  const readers = top.map(takeOver)
  return {
    columns,
    async *rows(onBytes) {
      let rowStart = 0
      let bytes = 0
      for (const group of metadata.row_groups) {
        const rowEnd = rowStart + Number(group.num_rows)
        for (let from = rowStart; from < rowEnd; from += stretch) {
          const to = Math.min(rowEnd, from + stretch)
          const values = await withFile(path, file, (buffer) =>
            stretchOf(buffer, metadata, from, to),
          )
          yield values.map((row, i) => toRow(from + i + 1, row, readers))
        }
        rowStart = rowEnd
        bytes += Number(group.total_compressed_size ?? group.total_byte_size)
        onBytes?.(bytes)
      }
    },
  }
}

async function stretchOf(
  buffer: AsyncBuffer,
  metadata: FileMetaData,
  rowStart: number,
  rowEnd: number,
): Promise<unknown[][]> {
  let rows: unknown[][] = []
  await parquetRead({
    file: buffer,
    metadata,
    compressors,
    rowStart,
    rowEnd,
    utf8: false,
    geoparquet: false,
    parsers: {
      // INT96, the old way of timestamps; the others are read here.
      timestampFromNanoseconds: (nanos: bigint) => isoTime(Number(nanos / 1_000_000n), true),
      jsonFromBytes: (bytes: Uint8Array) => bytes,
    },
    onComplete: (found) => {
      rows = found
    },
  })
  return rows
}

function toRow(line: number, values: readonly unknown[], readers: readonly ToText[]): SourceRow {
  const cells: string[] = []
  for (const [i, toText] of readers.entries()) {
    const text = toText(values[i])
    if (text === null) return badRow(line, rowFault('ENCODING_INVALID', 'utf-8'), '')
    if (text.includes('\0')) return badRow(line, rowFault('NUL_BYTE'), text)
    cells.push(text)
  }
  return { line, cells }
}

function topLevel(metadata: FileMetaData): SchemaElement[] {
  const [, ...elements] = metadata.schema
  const top: SchemaElement[] = []
  let inside = 0
  for (const element of elements) {
    if (inside === 0) top.push(element)
    else inside -= 1
    inside += element.num_children ?? 0
  }
  return top
}

/**
 * The reader makes floats of decimals and drops whether a timestamp is local. So for flat columns the
 * note of what they mean is taken off, the reader hands out the bare numbers, and they are read here.
 */
function takeOver(element: SchemaElement): ToText {
  const { logical_type: logical, converted_type: converted, scale = 0, type } = element
  const strip = (): void => {
    delete element.logical_type
    delete element.converted_type
  }
  if (element.num_children !== undefined && element.num_children > 0) return textOf
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') {
    strip()
    return (value) => (value === null || value === undefined ? '' : decimalText(value, scale))
  }
  if (converted === 'DATE' || logical?.type === 'DATE') {
    strip()
    return (value) =>
      typeof value === 'number' ? isoTime(value * 86_400_000, false).replace(/T.*/, '') : ''
  }
  const unit = timeUnit(element)
  if (unit !== null && type === 'INT64') {
    const utc = logical?.type === 'TIMESTAMP' ? logical.isAdjustedToUTC : true
    strip()
    return (value) => (typeof value === 'bigint' ? isoTime(Number(value / unit), utc) : '')
  }
  return textOf
}

/** Units of a timestamp in a millisecond; 1000ths of one are cut off. */
function timeUnit(element: SchemaElement): bigint | null {
  const { logical_type: logical, converted_type: converted } = element
  if (logical?.type === 'TIMESTAMP') {
    return logical.unit === 'MILLIS' ? 1n : logical.unit === 'MICROS' ? 1000n : 1_000_000n
  }
  if (converted === 'TIMESTAMP_MILLIS') return 1n
  return converted === 'TIMESTAMP_MICROS' ? 1000n : null
}

/** Milliseconds from 1970 that a date can have, on both sides. */
const furthestMs = 8.64e15

/**
 * A local time has no Z, so that the mapping's time zone applies to it. What stands for 'infinity' in
 * some writers' files is no time; as its bare number it is rejected where a time is wanted.
 */
function isoTime(ms: number, utc: boolean): string {
  if (!(Math.abs(ms) <= furthestMs)) return String(ms)
  const iso = new Date(ms).toISOString()
  return utc ? iso : iso.slice(0, -1)
}

function decimalText(value: unknown, scale: number): string {
  const digits =
    value instanceof Uint8Array
      ? twosComplement(value)
      : BigInt(typeof value === 'number' ? value : String(value))
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0')
  const point = text.length - scale
  const sign = digits < 0n ? '-' : ''
  return scale === 0 ? sign + text : `${sign}${text.slice(0, point)}.${text.slice(point)}`
}

function twosComplement(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`))
}

/** null when bytes are no text. */
function textOf(value: unknown): string | null {
  if (!(value instanceof Uint8Array)) return cellOf(value)
  return isUtf8(value) ? Buffer.from(value).toString('utf8') : null
}

async function withFile<T>(
  path: string,
  file: string,
  use: (buffer: AsyncBuffer) => Promise<T>,
): Promise<T> {
  const handle = await open(path)
  try {
    const { size } = await handle.stat()
    return await use({
      byteLength: size,
      async slice(start, end = size) {
        const bytes = new Uint8Array(Math.max(0, end - start))
        await handle.read(bytes, 0, bytes.length, start)
        return bytes.buffer
      },
    })
  } catch (error) {
    if (error instanceof SourceError) throw error
    const why = error instanceof Error ? error.message : 'unknown reason'
    throw new SourceError(file, {
      en: `it is not a Parquet file that can be read (${why})`,
      ja: `Parquet ファイルとして読み取れません（${why}）`,
    })
  } finally {
    await handle.close()
  }
}

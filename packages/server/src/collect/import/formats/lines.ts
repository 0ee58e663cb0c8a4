import type { Encoding } from './encoding.ts'
import { type RowFault, recordLimitBytes, rowFault } from './source.ts'

/** Consecutive lines, without their ends. */
export interface LineBlock {
  /** Number of the first line, from 1. */
  readonly first: number
  readonly lines: string[]
  /** By index in `lines`: lines that are no text or too long; of the latter only the start is there. */
  readonly faults: ReadonlyMap<number, RowFault>
}

const noFaults: ReadonlyMap<number, RowFault> = new Map()
const keptOfLongLine = 1024

/**
 * Cuts bytes into lines in constant memory. Lines are cut before they are decoded, so that bytes
 * without a meaning spoil one line only, and a line over the limit is let pass without being held.
 *
 * @param skip bytes to leave out at the start (a byte order mark)
 * @param newline 0x0a, or 0x0d for files that end their lines in carriage returns alone
 */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  encoding: Encoding,
  skip: number,
  newline: 0x0a | 0x0d,
): AsyncGenerator<LineBlock, void, void> {
  let held: Buffer[] = []
  let heldBytes = 0
  let toSkip = skip
  let line = 1
  let tooLong: Buffer | null = null
  let odd: Buffer | null = null

  function* whole(bytes: Buffer): Generator<LineBlock> {
    const block = decodeBlock(bytes, encoding, newline, line)
    line += block.lines.length
    yield block
  }
  function longLine(start: Buffer): LineBlock {
    const text = encoding.decode(start.subarray(0, keptOfLongLine))
    const block = {
      first: line,
      lines: [text],
      faults: new Map([[0, rowFault('RECORD_TOO_LONG')]]),
    }
    line += 1
    return block
  }

  for await (const given of chunks) {
    let chunk = given
    if (encoding.unit === 2) {
      if (odd !== null) chunk = Buffer.concat([odd, chunk])
      odd = chunk.length % 2 === 1 ? chunk.subarray(-1) : null
      if (odd !== null) chunk = chunk.subarray(0, -1)
      if (encoding.swapped) chunk = Buffer.from(chunk).swap16()
    }
    if (toSkip > 0) {
      const cut = Math.min(toSkip, chunk.length)
      chunk = chunk.subarray(cut)
      toSkip -= cut
    }
    if (tooLong !== null) {
      const end = firstEnd(chunk, newline, encoding.unit)
      if (end === -1) continue
      yield longLine(tooLong)
      tooLong = null
      chunk = chunk.subarray(end)
    }
    const end = lastEnd(chunk, newline, encoding.unit)
    if (end === -1) {
      held.push(chunk)
      heldBytes += chunk.length
      if (heldBytes > recordLimitBytes) {
        tooLong = Buffer.from(Buffer.concat(held).subarray(0, keptOfLongLine))
        held = []
        heldBytes = 0
      }
      continue
    }
    yield* whole(Buffer.concat([...held, chunk.subarray(0, end)]))
    held = end < chunk.length ? [chunk.subarray(end)] : []
    heldBytes = chunk.length - end
  }
  if (tooLong !== null) yield longLine(tooLong)
  const last = Buffer.concat(odd === null ? held : [...held, odd])
  if (last.length > 0) yield* whole(last)
}

function decodeBlock(
  bytes: Buffer,
  encoding: Encoding,
  newline: 0x0a | 0x0d,
  first: number,
): LineBlock {
  const text = encoding.decode(bytes)
  const lines = text.split(newline === 0x0a ? '\n' : '\r')
  if (lines.at(-1) === '') lines.pop()
  if (newline === 0x0a && text.includes('\r')) {
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i]
      if (line?.endsWith('\r')) lines[i] = line.slice(0, -1)
    }
  }
  const faulty = encoding.isFaulty(bytes, text)
  const nul = text.includes('\0')
  if (!faulty && !nul) return { first, lines, faults: noFaults }
  const faults = new Map<number, RowFault>()
  if (nul) {
    for (const [i, line] of lines.entries()) {
      if (line.includes('\0')) faults.set(i, rowFault('NUL_BYTE'))
    }
  }
  if (faulty) {
    let from = 0
    for (let i = 0; i < lines.length; i++) {
      const rest = bytes.subarray(from)
      const end = firstEnd(rest, newline, encoding.unit)
      const own = end === -1 ? rest : rest.subarray(0, end)
      if (encoding.isFaulty(own, lines[i] ?? '')) {
        faults.set(i, rowFault('ENCODING_INVALID', encoding.name))
      }
      from += own.length
    }
  }
  return { first, lines, faults }
}

/** Index after the first line end, -1 when there is none. */
function firstEnd(bytes: Buffer, newline: number, unit: 1 | 2): number {
  if (unit === 1) return bytes.indexOf(newline) + 1 || -1
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    if (bytes[i] === newline && bytes[i + 1] === 0) return i + 2
  }
  return -1
}

/** Index after the last line end, -1 when there is none. */
function lastEnd(bytes: Buffer, newline: number, unit: 1 | 2): number {
  if (unit === 1) return bytes.lastIndexOf(newline) + 1 || -1
  for (let i = bytes.length - (bytes.length % 2) - 2; i >= 0; i -= 2) {
    if (bytes[i] === newline && bytes[i + 1] === 0) return i + 2
  }
  return -1
}

import { isUtf8 } from 'node:buffer'
import iconv from 'iconv-lite'

/** Turns whole lines of bytes into text and finds those that are not in the encoding. */
export interface Encoding {
  readonly name: string
  /** Bytes of one unit: 2 for UTF-16, where a newline has to be sought at even places. */
  readonly unit: 1 | 2
  /** UTF-16 with the greater byte first is swapped as it is read. */
  readonly swapped: boolean
  decode(bytes: Buffer): string
  /** Whether some of the bytes have no meaning in the encoding. */
  isFaulty(bytes: Buffer, text: string): boolean
}

const utf8: Encoding = {
  name: 'utf-8',
  unit: 1,
  swapped: false,
  decode: (bytes) => bytes.toString('utf8'),
  isFaulty: (bytes) => !isUtf8(bytes),
}

const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

function utf16(name: string, swapped: boolean): Encoding {
  return {
    name,
    unit: 2,
    swapped,
    decode: (bytes) => bytes.toString('utf16le'),
    isFaulty: (bytes, text) => bytes.length % 2 !== 0 || loneSurrogate.test(text),
  }
}

/** Other encodings cannot express U+FFFD, so that it only stands for bytes without a meaning. */
function legacy(name: string, iconvName: string): Encoding {
  return {
    name,
    unit: 1,
    swapped: false,
    decode: (bytes) => iconv.decode(bytes, iconvName, { stripBOM: false }),
    isFaulty: (_, text) => text.includes('\ufffd'),
  }
}

const utf16le = utf16('utf-16le', false)
const utf16be = utf16('utf-16be', true)
const shiftJis = legacy('shift_jis', 'cp932')

// Encodings in which a newline byte always is a newline; for others, lines could not be told apart.
const known: Readonly<Record<string, Encoding>> = {
  'utf-8': utf8,
  utf8,
  'utf-16le': utf16le,
  'utf-16be': utf16be,
  shift_jis: shiftJis,
  sjis: shiftJis,
  cp932: shiftJis,
  'windows-31j': shiftJis,
  'euc-jp': legacy('euc-jp', 'euc-jp'),
  'iso-8859-1': legacy('iso-8859-1', 'latin1'),
  latin1: legacy('iso-8859-1', 'latin1'),
  'windows-1252': legacy('windows-1252', 'windows-1252'),
  gbk: legacy('gbk', 'gbk'),
  big5: legacy('big5', 'big5'),
  'euc-kr': legacy('euc-kr', 'euc-kr'),
}

/** Names a mapping may use; `utf-16` finds its byte order out. */
export const encodingNames: readonly string[] = [...Object.keys(known), 'utf-16']

/**
 * The encoding of a file: the one that was named, or the one that its first bytes speak for. A byte
 * order mark decides; without one valid UTF-8 goes before UTF-16 before Shift_JIS.
 *
 * @param named must be one of `encodingNames`
 * @returns the encoding and the length of the byte order mark to leave out
 */
export function encodingOf(head: Buffer, named?: string): { encoding: Encoding; bom: number } {
  const bom = byteOrderMark(head)
  const wanted = named?.toLowerCase()
  if (wanted !== undefined && wanted !== 'utf-16') {
    const encoding = known[wanted]
    if (encoding === undefined) throw new RangeError(`no encoding '${named}'`)
    return { encoding, bom: bom?.encoding === encoding ? bom.bom : 0 }
  }
  if (bom !== null) return bom
  if (wanted === 'utf-16') return { encoding: utf16Order(head) ?? utf16le, bom: 0 }
  return { encoding: guess(head), bom: 0 }
}

function byteOrderMark(head: Buffer): { encoding: Encoding; bom: number } | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: utf8, bom: 3 }
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: utf16le, bom: 2 }
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: utf16be, bom: 2 }
  return null
}

function guess(head: Buffer): Encoding {
  const order = utf16Order(head)
  if (order !== null) return order
  // By lines, so that one broken line does not decide for all.
  let inUtf8 = 0
  let inShiftJis = 0
  let beyondAscii = 0
  for (const line of linesOf(head)) {
    if (line.every((byte) => byte < 0x80)) continue
    beyondAscii += 1
    if (isUtf8(line)) inUtf8 += 1
    else if (!shiftJis.isFaulty(line, shiftJis.decode(line))) inShiftJis += 1
  }
  // Shift_JIS text is hardly ever valid UTF-8, while UTF-8 often looks like valid Shift_JIS.
  if (beyondAscii === 0 || inUtf8 * 2 >= beyondAscii) return utf8
  return inShiftJis > inUtf8 ? shiftJis : utf8
}

/** Lines of a sample, without the last one, which may be cut in the middle of a character. */
function* linesOf(head: Buffer): Generator<Buffer> {
  let from = 0
  for (;;) {
    const end = head.indexOf(0x0a, from)
    if (end === -1) break
    yield head.subarray(from, end)
    from = end + 1
  }
  if (from === 0) yield head
}

/**
 * Separators and line ends of UTF-16 text have a zero on one side, so that nearly every line has some;
 * in other text only broken lines do.
 */
function utf16Order(head: Buffer): Encoding | null {
  let lines = 0
  let withZero = 0
  for (const line of linesOf(head)) {
    if (line.length < 2) continue
    lines += 1
    if (line.includes(0)) withZero += 1
  }
  if (withZero < lines * 0.8) return null
  let little = 0
  let big = 0
  const end = Math.min(head.length - 1, 65_536)
  for (let i = 0; i < end; i += 2) {
    const a = head[i] ?? 0
    const b = head[i + 1] ?? 0
    if (b === 0 && a !== 0 && a < 0x80) little += 1
    else if (a === 0 && b !== 0 && b < 0x80) big += 1
  }
  const enough = Math.max(2, end / 100)
  if (little < enough && big < enough) return null
  if (little > big * 4) return utf16le
  return big > little * 4 ? utf16be : null
}

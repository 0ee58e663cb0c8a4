import { parse } from 'csv-parse/sync'
import type { LineBlock } from './lines.ts'
import { badRow, type RowFault, recordLimitBytes, rowFault, type SourceRow } from './source.ts'

const separators = [',', '\t', ';', '|'] as const

/** The separator that cuts a header into most fields; a comma where none does. */
export function separatorOf(header: string): string {
  const bare = header.replace(/"[^"]*"/g, '')
  let best: string = ','
  let most = 0
  for (const separator of separators) {
    const times = bare.split(separator).length - 1
    if (times > most) {
      best = separator
      most = times
    }
  }
  return best
}

/**
 * The records of delimited text. A line without quotation marks is cut at its separators; the others
 * go to csv-parse, many at once, or one record at a time where a value spans lines.
 *
 * A quotation mark that nobody closes would swallow the rest of the file. So a record that does not
 * end within the limit, or that spans lines and has not as many fields as the header, costs its first
 * line only, and reading goes on with the second.
 *
 * @param width number of fields of the header; null while it is not known (any will do)
 */
export async function* recordsOf(
  blocks: AsyncIterable<LineBlock>,
  separator: string,
  width: number | null,
): AsyncGenerator<SourceRow[], void, void> {
  const window = new LineWindow(blocks)
  let expected = width
  while (await window.fill()) {
    const rows: SourceRow[] = []
    while (window.has() && rows.length < batchRows) {
      const line = window.number()
      const text = window.text()
      const fault = window.fault()
      if (fault !== undefined) {
        rows.push(badRow(line, fault, text))
        window.advance(1)
      } else if (text === '') {
        window.advance(1)
      } else if (!text.includes('"')) {
        rows.push(checked(line, text.split(separator), expected, text))
        window.advance(1)
      } else {
        const run = window.quotedRun()
        const many = run.length > 1 ? tryParse(run.join('\n'), separator) : null
        if (many !== null && many.length === run.length) {
          for (const [i, cells] of many.entries()) {
            rows.push(checked(line + i, cells, expected, run[i] ?? ''))
          }
          window.advance(run.length)
        } else {
          rows.push(await spanning(window, separator, expected))
        }
      }
      if (expected === null) {
        const header = rows[0]
        if (header !== undefined && 'cells' in header) expected = header.cells.length
      }
    }
    if (rows.length > 0) yield rows
  }
}

/** One record that begins on the window's line; takes its lines out of the window. */
async function spanning(
  window: LineWindow,
  separator: string,
  width: number | null,
): Promise<SourceRow> {
  const line = window.number()
  const first = window.text()
  let text = first
  let cells = one(text, separator)
  let taken = 1
  let quotes = count(first)
  while (cells === null) {
    if (text.length > recordLimitBytes || !(await window.fill(taken + 1))) break
    if (window.fault(taken) !== undefined) break
    const next = window.text(taken)
    text += `\n${next}`
    taken += 1
    quotes += count(next)
    // The marks of a closed record are even in number; asking only then keeps this linear.
    if (quotes % 2 === 0 && next.includes('"')) cells = one(text, separator)
  }
  const astray = cells === null || (taken > 1 && width !== null && cells.length !== width)
  if (cells === null || astray) {
    window.advance(1)
    return badRow(line, rowFault('QUOTE_NOT_CLOSED'), first)
  }
  window.advance(taken)
  return checked(line, cells, width, text)
}

function one(text: string, separator: string): string[] | null {
  const records = tryParse(text, separator)
  return records?.length === 1 ? (records[0] ?? null) : null
}

/** null when a quotation mark is left open. */
function tryParse(text: string, separator: string): string[][] | null {
  try {
    return parse(text, {
      delimiter: separator,
      record_delimiter: '\n',
      // Marks inside a bare value, as in `5" pipe`, belong to it.
      relax_quotes: true,
      relax_column_count: true,
    })
  } catch {
    return null
  }
}

function checked(
  line: number,
  cells: readonly string[],
  width: number | null,
  text: string,
): SourceRow {
  if (width === null || cells.length === width) return { line, cells }
  const code = cells.length < width ? 'FIELDS_TOO_FEW' : 'FIELDS_TOO_MANY'
  return badRow(line, rowFault(code, `${cells.length} : ${width}`), text)
}

function count(text: string): number {
  let times = 0
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) times += 1
  return times
}

const longestRun = 500
const batchRows = 5000

/** Lines of a stream of blocks with a view ahead, for records that span lines or blocks. */
class LineWindow {
  readonly #blocks: AsyncIterator<LineBlock>
  #first = 1
  #lines: string[] = []
  #faults = new Map<number, RowFault>()
  #at = 0

  constructor(blocks: AsyncIterable<LineBlock>) {
    this.#blocks = blocks[Symbol.asyncIterator]()
  }

  /** Reads on until `ahead` lines are there; false when the file ends before. */
  async fill(ahead = 1): Promise<boolean> {
    while (this.#lines.length - this.#at < ahead) {
      const next = await this.#blocks.next()
      if (next.done) return false
      const block = next.value
      const rest = this.#lines.slice(this.#at)
      const faults = new Map<number, RowFault>()
      for (const [i, fault] of this.#faults) if (i >= this.#at) faults.set(i - this.#at, fault)
      for (const [i, fault] of block.faults) faults.set(i + rest.length, fault)
      this.#first = block.first - rest.length
      this.#lines = rest.length === 0 ? block.lines : rest.concat(block.lines)
      this.#faults = faults
      this.#at = 0
    }
    return true
  }

  has(): boolean {
    return this.#at < this.#lines.length
  }

  number(): number {
    return this.#first + this.#at
  }

  text(ahead = 0): string {
    return this.#lines[this.#at + ahead] ?? ''
  }

  fault(ahead = 0): RowFault | undefined {
    return this.#faults.get(this.#at + ahead)
  }

  advance(lines: number): void {
    this.#at += lines
  }

  /** The lines from here on that have quotation marks, as far as they are in memory. */
  quotedRun(): string[] {
    const run: string[] = []
    for (let i = this.#at; i < this.#lines.length && run.length < longestRun; i++) {
      const line = this.#lines[i]
      if (line === undefined || !line.includes('"') || this.#faults.has(i)) break
      run.push(line)
    }
    return run
  }
}

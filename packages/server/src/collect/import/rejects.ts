import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { finished } from 'node:stream/promises'
import type { Text } from '@tomoshibi/contract/text'

/** A rejected row, by the cell or whole row that is to blame. */
export interface RejectedCell {
  readonly file: string
  readonly target: string
  readonly line: number
  readonly column: string | null
  readonly value: string
  readonly code: string
  readonly reason: Text
}

const header = ['file', 'target', 'line', 'column', 'value', 'code', 'reason', '理由']
const longestValue = 1000
const heldExamples = 20

/**
 * The file of rejected rows: CSV, UTF-8, made with the first of them, so that an import without any
 * leaves none. Spreadsheets treat cells that begin with `=`, `+`, `-`, `@` as formulas; such values get
 * a leading apostrophe.
 */
export class RejectsFile {
  readonly examples: RejectedCell[] = []
  readonly #path: string | null
  #stream: WriteStream | null = null
  #failed: Error | null = null

  /** @param path null = keep the examples only */
  constructor(path: string | null) {
    this.#path = path
  }

  /** Where the rows are; null when there are none. */
  get path(): string | null {
    return this.#stream === null ? null : this.#path
  }

  async add(cells: readonly RejectedCell[]): Promise<void> {
    if (cells.length === 0) return
    for (const cell of cells) {
      if (this.examples.length < heldExamples) this.examples.push(shortened(cell))
    }
    if (this.#path === null) return
    if (this.#stream === null) {
      await mkdir(dirname(this.#path), { recursive: true })
      this.#stream = createWriteStream(this.#path, { mode: 0o600 })
      this.#stream.on('error', (error) => {
        this.#failed = error
      })
      this.#stream.write(`${header.join(',')}\n`)
    }
    if (this.#failed !== null) throw this.#failed
    const lines = cells.map((cell) => `${lineOf(shortened(cell))}\n`).join('')
    if (!this.#stream.write(lines)) await drained(this.#stream)
  }

  async close(): Promise<void> {
    if (this.#stream === null || this.#stream.destroyed) return
    this.#stream.end()
    await finished(this.#stream)
  }
}

function drained(stream: WriteStream): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('drain', resolve)
    stream.once('error', reject)
  })
}

function shortened(cell: RejectedCell): RejectedCell {
  if (cell.value.length <= longestValue) return cell
  return { ...cell, value: `${cell.value.slice(0, longestValue)}…` }
}

function lineOf(cell: RejectedCell): string {
  return [
    cell.file,
    cell.target,
    String(cell.line),
    cell.column ?? '',
    cell.value,
    cell.code,
    cell.reason.en,
    cell.reason.ja,
  ]
    .map(csvCell)
    .join(',')
}

/** A cell of CSV that no spreadsheet takes for a formula. */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { dirname } from 'node:path'
import { finished } from 'node:stream/promises'
import type { Text } from '@tomoshibi/contract/text'
import { Failure } from '../../call/failure.ts'
import { diskFull } from '../../platform/data-folder.ts'
import { makeFolders } from '../../platform/folders.ts'

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
  #closed = false

  /** @param path null = keep the examples only */
  constructor(path: string | null) {
    this.#path = path
  }

  /** Where the rows are; null when there are none. */
  get path(): string | null {
    return this.#stream === null ? null : this.#path
  }

  /** @throws Failure when they cannot be written; nothing may be stored then. */
  async add(cells: readonly RejectedCell[]): Promise<void> {
    if (cells.length === 0) return
    for (const cell of cells) {
      if (this.examples.length < heldExamples) this.examples.push(shortened(cell))
    }
    if (this.#path === null) return
    const lines = cells.map((cell) => `${lineOf(shortened(cell))}\n`).join('')
    try {
      this.#stream ??= await this.#begin(this.#path)
      if (this.#failed !== null) throw this.#failed
      if (!this.#stream.write(lines)) await once(this.#stream, 'drain')
    } catch (error) {
      throw notWritten(this.#path, error)
    }
  }

  /**
   * Ends the file; safe to call twice.
   *
   * @throws Failure when not every row could be written.
   */
  async close(): Promise<void> {
    if (this.#stream === null || this.#path === null || this.#closed) return
    this.#closed = true
    try {
      if (this.#failed !== null) throw this.#failed
      this.#stream.end()
      await finished(this.#stream)
    } catch (error) {
      throw notWritten(this.#path, error)
    }
  }

  async #begin(path: string): Promise<WriteStream> {
    makeFolders(dirname(path))
    const stream = createWriteStream(path, { mode: 0o600 })
    await once(stream, 'open')
    stream.on('error', (error) => {
      this.#failed = error
    })
    stream.write(`${header.join(',')}\n`)
    return stream
  }
}

/** The refusal for a file that the rejected rows cannot be written to. */
function notWritten(path: string, error: unknown): unknown {
  if (error instanceof Failure) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(dirname(path), error)
  const problem = `the rejected rows cannot be written to ${path} (${code})`
  return new Failure('BAD_INPUT', { problem }, [], { cause: error })
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

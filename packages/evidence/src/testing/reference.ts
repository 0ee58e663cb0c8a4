/**
 * Values that other programs (R and its packages) gave for published data. The files are not part of
 * this repository: tests on them are skipped, visibly, where the folder is absent.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe } from 'vitest'

const folder = resolve(import.meta.dirname, '../../../../../shared/data/stats')
const isThere = existsSync(join(folder, 'expected.json'))

/** A suite on reference data; its title says so when it is skipped. */
export function describeReference(title: string, suite: () => void): void {
  const why = isThere ? '' : ` (skipped: there is no ${folder})`
  describe.skipIf(!isThere)(`${title}${why}`, isThere ? suite : () => {})
}

/** The reference values of one set, such as `rossi_cox`. Unknown: a test says what it expects there. */
export function expectedOf(set: string): unknown {
  const all: unknown = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'))
  return typeof all === 'object' && all !== null
    ? Object.entries(all).find(([k]) => k === set)?.[1]
    : null
}

/** A CSV file of the folder as columns of text. */
export function columnsOf(file: string): {
  text(name: string): string[]
  numbers(name: string): number[]
} {
  const [header = '', ...lines] = readFileSync(join(folder, file), 'utf8').trim().split(/\r?\n/)
  const cells = (line: string) => line.split(',').map((cell) => cell.replace(/^"|"$/g, ''))
  const names = cells(header)
  const rows = lines.map(cells)
  const text = (name: string) => {
    const at = names.indexOf(name)
    if (at < 0) throw new Error(`${file} has no column ${name}`)
    return rows.map((row) => row[at] ?? '')
  }
  return { text, numbers: (name) => text(name).map(Number) }
}

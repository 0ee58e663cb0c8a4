import type { MappedFile } from '../mapping/schema.ts'
import { valueProblem } from '../values/problem.ts'
import { type Cells, cellOf, type ReadingContext } from './cells.ts'
import type { Reject } from './row.ts'

/** Accounts found through another file: null where that file names several for one key. */
export type Lookup = ReadonlyMap<string, string | null>

const longestAccount = 500

/** Which account a row is about. */
export function accountOf(
  file: MappedFile,
  context: ReadingContext,
  lookup: Lookup | undefined,
): (cells: Cells, rejects: Reject[]) => string {
  const from = file.account
  if (from === undefined) return () => ''
  if (from.value !== undefined) {
    const constant = from.value
    return () => constant
  }
  const by = from.lookup?.by ?? from.column ?? ''
  const cell = cellOf(context, by)
  const through = from.lookup?.file ?? ''
  const required = valueProblem('REQUIRED')
  const tooLong = valueProblem('TOO_LONG', String(longestAccount))
  return (cells, rejects) => {
    const text = cell(cells)
    if (text === '') {
      rejects.push({ column: by, value: '', problem: required })
      return ''
    }
    if (text.length > longestAccount) {
      rejects.push({ column: by, value: text, problem: tooLong })
      return ''
    }
    if (from.lookup === undefined) return text
    const account = lookup?.get(text)
    if (account !== undefined && account !== null) return account
    const code = account === null ? 'ACCOUNT_AMBIGUOUS' : 'ACCOUNT_NOT_FOUND'
    rejects.push({ column: by, value: text, problem: valueProblem(code, through) })
    return ''
  }
}

import { type Flags, type Numbers, readFlags, readNumbers, rowCount } from '../columns.ts'
import { EvidenceError } from '../error.ts'

export interface Starters {
  /** Rows of accounts that were seen without the exposure just before, ascending. */
  readonly rows: readonly number[]
  /** Of each of them: 1 where the exposure has begun, 0 where it has not. */
  readonly exposure: Float64Array
  readonly starting: number
}

/**
 * The rows on which an exposure can be seen to begin: those who begin are held against those who could
 * have and did not. Whoever always had it says nothing of it, because whatever made them take it up is
 * at work as well; held against each other as they are, such accounts make any sign of commitment look
 * like a cause.
 *
 * Source: the new-user design (W. Ray, American Journal of Epidemiology 158 (2003), 915–920; M. Hernán
 * and J. Robins, American Journal of Epidemiology 183 (2016), 758–764).
 * @param input.step numbers of periods; a row needs the rows of the steps before it.
 * @param input.exposed NaN where it is not known.
 * @param clean how many steps without the exposure must lie before.
 */
export function startersAmong(
  input: {
    readonly account: readonly (string | number)[]
    readonly step: Numbers
    readonly exposed: Flags
  },
  clean = 2,
): Starters {
  const step = readNumbers(input.step)
  const exposed = readFlags('exposed', input.exposed)
  const n = rowCount([step, exposed])
  if (input.account.length !== n) {
    throw new EvidenceError('Columns differ in length', { rows: n, other: input.account.length })
  }
  if (!(Number.isInteger(clean) && clean >= 1)) {
    throw new EvidenceError('clean must be a whole number from 1', { clean })
  }
  const rowOf = new Map<string | number, Map<number, number>>()
  input.account.forEach((account, row) => {
    const own = rowOf.get(account) ?? new Map<number, number>()
    rowOf.set(account, own.set(step[row] ?? 0, row))
  })
  const wasWithout = (row: number): boolean => {
    const own = rowOf.get(input.account[row] ?? '')
    for (let back = 1; back <= clean; back++) {
      const before = own?.get((step[row] ?? 0) - back)
      if (before === undefined || exposed[before] !== 0) return false
    }
    return true
  }
  const rows = [...exposed.keys()].filter((row) => !Number.isNaN(exposed[row]) && wasWithout(row))
  const exposure = Float64Array.from(rows, (row) => exposed[row] ?? 0)
  return { rows, exposure, starting: exposure.reduce((sum, flag) => sum + flag, 0) }
}

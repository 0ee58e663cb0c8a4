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
 * @param options.clean how many steps without the exposure must lie before; 2 unless told.
 * @param options.follow for how many steps after its beginning an account still counts as having begun,
 *   whatever became of the exposure (as it was begun, not as it was kept up); 0 unless told.
 */
export function startersAmong(
  input: {
    readonly account: readonly (string | number)[]
    readonly step: Numbers
    readonly exposed: Flags
  },
  options: { clean?: number; follow?: number } = {},
): Starters {
  const { clean = 2, follow = 0 } = options
  const step = readNumbers(input.step)
  const exposed = readFlags('exposed', input.exposed)
  const n = rowCount([step, exposed])
  if (input.account.length !== n) {
    throw new EvidenceError('Columns differ in length', { rows: n, other: input.account.length })
  }
  if (!(Number.isInteger(clean) && clean >= 1)) {
    throw new EvidenceError('clean must be a whole number from 1', { clean })
  }
  if (!(Number.isInteger(follow) && follow >= 0)) {
    throw new EvidenceError('follow must be a whole number from 0', { follow })
  }
  const rowOf = new Map<string | number, Map<number, number>>()
  input.account.forEach((account, row) => {
    const own = rowOf.get(account) ?? new Map<number, number>()
    rowOf.set(account, own.set(step[row] ?? 0, row))
  })
  /** The row of the same account so many steps before, the row itself for 0. */
  const before = (row: number, back: number) =>
    rowOf.get(input.account[row] ?? '')?.get((step[row] ?? 0) - back)
  const wasWithout = (row: number): boolean => {
    for (let back = 1; back <= clean; back++) {
      const earlier = before(row, back)
      if (earlier === undefined || exposed[earlier] !== 0) return false
    }
    return true
  }
  const hasBegun = (row: number): boolean => {
    for (let back = 0; back <= follow; back++) {
      const start = before(row, back)
      if (start !== undefined && exposed[start] === 1 && wasWithout(start)) return true
    }
    return false
  }
  const rows: number[] = []
  const flags: number[] = []
  for (let row = 0; row < n; row++) {
    if (Number.isNaN(exposed[row])) continue
    const begun = hasBegun(row)
    if (!begun && !(exposed[row] === 0 && wasWithout(row))) continue
    rows.push(row)
    flags.push(begun ? 1 : 0)
  }
  return {
    rows,
    exposure: Float64Array.from(flags),
    starting: flags.reduce((sum, flag) => sum + flag, 0),
  }
}

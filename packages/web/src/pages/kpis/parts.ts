import type { MetricValue } from '@tomoshibi/contract/metrics'
import { compare, isDecimal, sum } from '../../format/decimal.ts'

type Amount = MetricValue['value']

/** How the accounts of a figure make it up. */
export type Makeup =
  /** Numerators and denominators of the accounts add up to those of the figure. */
  | 'ratio'
  /** Values of the accounts add up to the figure. */
  | 'sum'
  /** A median or the like: the accounts are behind it but do not add up. */
  | 'other'

export interface Parts {
  readonly makeup: Makeup
  /** Accounts that have a part in the figure, those that move it most first. */
  readonly rows: readonly MetricValue[]
  /** How many accounts are left out because their part is 0 or nothing. */
  readonly withoutPart: number
  readonly total: {
    readonly numerator: Amount
    readonly denominator: Amount
    readonly value: Amount
    /** Why there is no value. */
    readonly reason: string | null
  }
  /** Whether the parts add up to the figure, exactly. null where they are not meant to. */
  readonly agrees: boolean | null
}

function add(amounts: readonly Amount[]): Amount {
  const known = amounts.filter((amount) => amount !== null)
  if (known.length === 0) return null
  const texts = known.map(String)
  if (!texts.every(isDecimal)) return known.reduce<number>((all, one) => all + Number(one), 0)
  const total = sum(texts)
  return known.some((amount) => typeof amount === 'string') ? total : Number(total)
}

function same(a: Amount, b: Amount): boolean {
  if (a === null || b === null) return a === b
  const [x, y] = [String(a), String(b)]
  if (typeof a === 'string' && typeof b === 'string' && isDecimal(x) && isDecimal(y)) {
    return compare(x, y) === 0
  }
  // Numbers are counts or sums of fractions; only the latter differ, in their last binary digits.
  const [m, n] = [Number(a), Number(b)]
  return Math.abs(m - n) <= 1e-9 * Math.max(1, Math.abs(m), Math.abs(n))
}

function makeupOf(whole: MetricValue, rows: readonly MetricValue[]): Makeup {
  if (whole.denominator !== null || rows.some((row) => row.denominator !== null)) return 'ratio'
  return whole.unit === 'money' || whole.unit === 'count' ? 'sum' : 'other'
}

const size = (amount: Amount) => Math.abs(Number(amount ?? 0))

/**
 * Takes a figure apart into its accounts.
 *
 * @param whole the portfolio's (or slice's) value
 * @param accounts the values of its accounts for the same period
 */
export function partsOf(whole: MetricValue, accounts: readonly MetricValue[]): Parts {
  const makeup = makeupOf(whole, accounts)
  const hasPart = (row: MetricValue) =>
    makeup === 'ratio'
      ? size(row.denominator) > 0 || size(row.numerator) > 0
      : makeup === 'sum'
        ? size(row.value) > 0
        : row.value !== null
  // How far an account pulls a ratio away from what the others make it.
  const pull = (row: MetricValue) =>
    makeup === 'ratio'
      ? Math.abs(
          Number(row.numerator ?? 0) - Number(row.denominator ?? 0) * Number(whole.value ?? 0),
        )
      : size(row.value)
  const rows = accounts
    .filter(hasPart)
    .toSorted((a, b) => pull(b) - pull(a) || (a.account ?? '').localeCompare(b.account ?? ''))
  const numerator = add(rows.map((row) => row.numerator))
  const denominator = add(rows.map((row) => row.denominator))
  const added = makeup === 'sum' ? add(rows.map((row) => row.value)) : whole.value
  return {
    makeup,
    rows,
    withoutPart: accounts.length - rows.length,
    total: { numerator, denominator, value: added, reason: whole.reason },
    agrees:
      makeup === 'other' || whole.value === null
        ? null
        : makeup === 'sum'
          ? same(added ?? 0, whole.value) || (rows.length === 0 && size(whole.value) === 0)
          : same(numerator, whole.numerator) && same(denominator, whole.denominator),
  }
}

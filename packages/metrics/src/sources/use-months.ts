import { Temporal } from 'temporal-polyfill'
import { ALL_KNOWN, type KnownDays } from '../rollup.ts'
import { KINDS, kindOf, type UseSpan } from './use-kinds.ts'

/**
 * Which days of which months count for what, for the rows of the roll-up of use: one for each account and
 * month. Worked out here rather than for each row.
 */
export interface UseMonths {
  /** Year × 12 + month − 1 of the first and the last month that any window looks at. */
  readonly first: number
  readonly last: number
  /** Whether a row may hold days that were not over when it is asked what was known. */
  readonly cutsDays: boolean
  /** The days as of which it is asked what was known, and how many they are. */
  readonly asOf: readonly string[]
  readonly days: number
  readonly params: Readonly<Record<string, unknown>>
}

export const monthNumber = ({ year, month }: Temporal.PlainDate): number => year * 12 + month - 1

const ALL_DAYS = 0xffffffff
/** Bits of a word, which is a number that JSON carries exactly. */
export const WORD_BITS = 32

/** The days of a month up to a day, as bits. */
const daysUntil = (month: number, until: Temporal.PlainDate): number => {
  const own = monthNumber(until)
  if (own !== month) return own > month ? ALL_DAYS : 0
  return 2 ** until.day - 1
}

/** Where each list begins when all stand in one, counted from 1, and how long it is. */
const placesOf = (lists: readonly { readonly length: number }[]) => {
  let next = 1
  const from = lists.map(({ length }) => {
    const at = next
    next += length
    return at
  })
  return { from, length: lists.map(({ length }) => length) }
}

/**
 * @param spans what counts for what, on which days
 * @param known as of which day what was known of each window
 * @param lastDays the last day of each window
 * @param prefix begins the names of the parameters
 */
export const useMonths = (
  spans: readonly UseSpan[],
  known: KnownDays,
  lastDays: readonly Temporal.PlainDate[],
  prefix: string,
): UseMonths => {
  const numbers = spans.flatMap(({ from, to }) => [monthNumber(from), monthNumber(to)])
  const first = numbers.length === 0 ? 0 : Math.min(...numbers)
  const last = numbers.length === 0 ? 0 : Math.max(...numbers)
  const months = last - first + 1
  // For each day of knowing and each month: what counts, and on which days of the month.
  const masks = Array.from({ length: known.days.length * months }, () => new Map<number, number>())
  for (const { window, kind, from, to } of spans) {
    const code = window * KINDS + kindOf(kind)
    for (let day = from; Temporal.PlainDate.compare(day, to) <= 0; ) {
      const monthEnd = day.with({ day: day.daysInMonth })
      const end = Temporal.PlainDate.compare(monthEnd, to) < 0 ? monthEnd : to
      const list = masks[(known.ofWindow[window] ?? 0) * months + monthNumber(day) - first]
      // Bits from `day` to `end`; days of one kind and window are named once.
      list?.set(code, (list.get(code) ?? 0) + 2 ** end.day - 2 ** (day.day - 1))
      day = end.add({ days: 1 })
    }
  }
  const asked = known.days.map((day) => Temporal.PlainDate.from(day))
  const ofMonth = Array.from({ length: months }, (_, slot) =>
    asked.flatMap((day, index) =>
      (masks[index * months + slot]?.size ?? 0) > 0
        ? [{ index, day, mask: daysUntil(first + slot, day) }]
        : [],
    ),
  )
  const cutsDays = lastDays.some((day, window) => {
    const asOf = known.days[known.ofWindow[window] ?? 0] ?? ALL_KNOWN
    return Temporal.PlainDate.compare(day, asOf) > 0
  })
  const codes = [...new Set(masks.flatMap((list) => [...list.keys()]))].toSorted((a, b) => a - b)
  const place = new Map(codes.map((code, k) => [code, k]))
  // What a day counts for is noted as bits of a few words; each list names the words that it has bits of.
  const words = masks.map((list) => {
    const byWord = new Map<number, { readonly mask: number; readonly bit: number }[]>()
    for (const [code, mask] of list) {
      const at = place.get(code) ?? 0
      const word = Math.floor(at / WORD_BITS)
      byWord.set(word, [...(byWord.get(word) ?? []), { mask, bit: 2 ** (at % WORD_BITS) }])
    }
    return [...byWord]
  })
  const bits = words.flat().map(([, ofWord]) => ofWord)
  const lists = placesOf(words)
  const inWord = placesOf(bits)
  const knowing = placesOf(ofMonth)
  return {
    first,
    last,
    cutsDays,
    asOf: known.days,
    days: known.days.length,
    params: {
      [`${prefix}_first_month`]: first,
      [`${prefix}_last_month`]: last,
      [`${prefix}_months`]: months,
      [`${prefix}_codes`]: codes,
      [`${prefix}_words`]: words.flat().map(([word]) => word),
      [`${prefix}_from`]: lists.from,
      [`${prefix}_length`]: lists.length,
      [`${prefix}_masks`]: bits.flat().map(({ mask }) => mask),
      [`${prefix}_bits`]: bits.flat().map(({ bit }) => bit),
      [`${prefix}_word_from`]: inWord.from,
      [`${prefix}_word_length`]: inWord.length,
      [`${prefix}_known`]: ofMonth.flat().map(({ index }) => index),
      [`${prefix}_known_on`]: ofMonth.flat().map(({ day }) => day.toString()),
      [`${prefix}_known_days`]: ofMonth.flat().map(({ mask }) => mask),
      [`${prefix}_known_from`]: knowing.from,
      [`${prefix}_known_length`]: knowing.length,
    },
  }
}

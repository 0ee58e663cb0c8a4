import { describe, expect, it } from 'vitest'
import {
  addMonths,
  at,
  civil,
  dayOf,
  firstOfMonth,
  isHoliday,
  isoDate,
  isWorkday,
  nextWorkday,
  parseIsoDate,
  seasonOf,
  stamp,
  weekday,
} from './calendar.ts'

const day = (iso: string) => parseIsoDate(iso) ?? Number.NaN

describe('the calendar', () => {
  it.each([
    ['1970-01-01', 0],
    ['2000-02-29', 11_016],
    ['2026-11-21', 20_778],
  ])('counts %s as day %i, and back', (iso, count) => {
    expect(day(iso)).toBe(count)
    expect(isoDate(count)).toBe(iso)
  })

  it('gives back every day of a century', () => {
    for (let d = dayOf(2000, 1, 1); d < dayOf(2100, 1, 1); d++) {
      const { year, month, dayOfMonth } = civil(d)
      expect(dayOf(year, month, dayOfMonth)).toBe(d)
    }
  })

  it.each(['2026-02-29', '2026-13-01', '2026-1-1', 'today'])(
    'does not take %s for a date',
    (text) => expect(parseIsoDate(text)).toBeNull(),
  )

  it.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2026-11-21', -18, '2025-05-21'],
    ['2025-12-15', 1, '2026-01-15'],
    ['2026-03-31', 12, '2027-03-31'],
  ])('%s and %i months is %s', (from, months, to) => {
    expect(isoDate(addMonths(day(from), months))).toBe(to)
  })

  it('knows the weekday and the first of the month', () => {
    expect(weekday(day('2026-11-21'))).toBe(5)
    expect(isoDate(firstOfMonth(day('2026-11-21')))).toBe('2026-11-01')
  })

  it('writes minutes as wall-clock time', () => {
    expect(stamp(at(day('2026-11-21'), 9, 5))).toBe('2026-11-21T09:05:00')
    expect(stamp(at(day('2026-11-21'), 24))).toBe('2026-11-22T00:00:00')
  })

  // From the Cabinet Office's list of national holidays.
  it.each([
    [
      2025,
      '01-01 01-13 02-11 02-23 02-24 03-20 04-29 05-03 05-04 05-05 05-06 07-21 08-11 09-15 09-23 10-13 11-03 11-23 11-24',
    ],
    [
      2026,
      '01-01 01-12 02-11 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-20 08-11 09-21 09-22 09-23 10-12 11-03 11-23',
    ],
  ])('knows the Japanese holidays of %i', (year, expected) => {
    const found: string[] = []
    for (let d = dayOf(year, 1, 1); d < dayOf(year + 1, 1, 1); d++) {
      if (isHoliday(d)) found.push(isoDate(d).slice(5))
    }
    expect(found.join(' ')).toBe(expected)
  })

  it('works on neither weekends, holidays nor the days around New Year', () => {
    expect(
      ['2026-11-20', '2026-11-21', '2026-11-23', '2026-12-30'].map(day).map(isWorkday),
    ).toEqual([true, false, false, false])
    expect(isoDate(nextWorkday(day('2026-11-21')))).toBe('2026-11-24')
  })

  it('sees less use in Golden Week, at Obon and at weekends', () => {
    const [ordinary, golden, obon, saturday] = [
      '2026-06-10',
      '2026-05-01',
      '2026-08-14',
      '2026-06-13',
    ]
      .map(day)
      .map(seasonOf)
    expect(ordinary).toBe(1)
    for (const quiet of [golden, obon, saturday]) expect(quiet).toBeLessThan(0.6)
  })
})

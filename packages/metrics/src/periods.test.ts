import { describe, expect, it } from 'vitest'
import {
  isBadPeriod,
  monthsIn,
  type Period,
  type PeriodGrain,
  periodsBetween,
  periodsOnDay,
  shiftDays,
  trailing,
  untilToday,
} from './periods.ts'

const cut = (from: string, to: string, grain: PeriodGrain, timeZone = 'Asia/Tokyo', fiscal = 4) =>
  periodsBetween({ from, to, grain, timeZone, fiscalYearStartMonth: fiscal })
const labels = (periods: ReturnType<typeof cut>) =>
  isBadPeriod(periods)
    ? periods.nearest
    : periods.map(({ label }) => ('on' in label ? label.on : `${label.start}..${label.end}`))

describe('a day', () => {
  it('is asked at its end, the instant at which the next one starts in the zone', () => {
    expect(periodsOnDay('2026-03-31', 'Asia/Tokyo')).toEqual([
      {
        start: '2026-03-30T15:00:00Z',
        end: '2026-03-31T15:00:00Z',
        label: { on: '2026-03-31' },
      },
    ])
  })

  it.each(['2026-02-30', '9999-99-99', '2026-3-1', 'yesterday', '9999-12-31', ''])(
    '%s is none',
    (day) => {
      expect(periodsOnDay(day, 'Asia/Tokyo')).toMatchObject({ code: 'BAD_PERIOD' })
    },
  )
})

describe('periods', () => {
  it('are whole calendar months, the end not included', () => {
    expect(labels(cut('2026-01-01', '2026-04-01', 'month'))).toEqual([
      '2026-01-01..2026-02-01',
      '2026-02-01..2026-03-01',
      '2026-03-01..2026-04-01',
    ])
  })

  it('may be quarters and years of the calendar or of the fiscal year', () => {
    expect(labels(cut('2026-02-01', '2026-08-01', 'quarter', 'UTC', 2))).toHaveLength(2)
    expect(labels(cut('2026-04-01', '2027-04-01', 'year'))).toEqual(['2026-04-01..2027-04-01'])
    expect(labels(cut('2026-01-01', '2028-01-01', 'year'))).toHaveLength(2)
  })

  it('name the nearest right days when they do not fit the calendar', () => {
    expect(labels(cut('2026-01-15', '2026-03-01', 'month'))).toEqual(['2026-01-01', '2026-02-01'])
    expect(labels(cut('2026-01-01', '2026-02-15', 'month'))).toEqual(['2026-02-01', '2026-03-01'])
    expect(labels(cut('2026-02-01', '2026-05-01', 'quarter'))).toEqual(['2026-01-01', '2026-04-01'])
    expect(labels(cut('2026-02-01', '2027-02-01', 'year'))).toEqual(['2026-01-01', '2026-04-01'])
    expect(labels(cut('2026-04-01', '2026-05-01', 'quarter'))).toEqual(['2026-07-01'])
  })

  it('must go forward and be few enough', () => {
    expect(cut('2026-02-01', '2026-02-01', 'month')).toMatchObject({ code: 'BAD_PERIOD' })
    expect(cut('2026-02-01', '2026-01-01', 'month')).toMatchObject({ code: 'BAD_PERIOD' })
    expect(cut('1990-01-01', '2026-01-01', 'day')).toMatchObject({ code: 'BAD_PERIOD' })
  })

  it('follow the clock where it changes: such a day has 23 or 25 hours', () => {
    const days = cut('2026-03-28', '2026-03-30', 'day', 'Europe/Berlin')
    if (isBadPeriod(days)) throw new Error(days.says.en)
    expect(days.map(({ start, end }) => (Date.parse(end) - Date.parse(start)) / 3_600_000)).toEqual(
      [24, 23],
    )
    expect(shiftDays('2026-03-29T22:00:00Z', -1, 'Europe/Berlin')).toBe('2026-03-28T23:00:00Z')
  })
})

describe('a period as far as it has come', () => {
  const april: Period = {
    start: '2026-03-31T15:00:00Z',
    end: '2026-04-30T15:00:00Z',
    label: { start: '2026-04-01', end: '2026-05-01' },
  }

  it.each([
    ['running: ends with today', '2026-04-10T03:00:00Z', '2026-04-10T15:00:00Z'],
    ['on its last day: is whole', '2026-04-30T03:00:00Z', april.end],
    ['over: is whole', '2026-06-01T00:00:00Z', april.end],
    ['not begun: is whole', '2026-03-31T14:59:59Z', april.end],
  ])('%s', (_, now, end) => {
    expect(untilToday(april, now, 'Asia/Tokyo')).toEqual({ ...april, end })
  })
})

describe('a trailing period', () => {
  const on = (day: string) => {
    const periods = periodsOnDay(day, 'Asia/Tokyo')
    if (isBadPeriod(periods) || periods[0] === undefined) throw new Error(day)
    return periods[0]
  }
  it('ends with the day and has whole months', () => {
    const year = trailing(on('2026-03-31'), 'P12M', 'Asia/Tokyo')
    expect(year).toMatchObject({ start: '2025-03-31T15:00:00Z', end: '2026-03-31T15:00:00Z' })
    expect(monthsIn(year, 'Asia/Tokyo')).toBe(12)
    expect(monthsIn(trailing(on('2026-02-28'), 'P1M', 'Asia/Tokyo'), 'Asia/Tokyo')).toBe(1)
    expect(monthsIn(on('2026-02-28'), 'Asia/Tokyo')).toBeCloseTo(12 / 365.25, 12)
  })
})

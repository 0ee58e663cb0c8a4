import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import { type BusinessCalendar, type BusinessDays, businessDays } from './business-hours.ts'
import { metricSettingsSchema } from './settings.ts'

const calendar = (settings: object = {}): BusinessCalendar => metricSettingsSchema.parse(settings)
const hours = (days: BusinessDays, place: number): number =>
  ((days.before[place + 1] ?? 0) - (days.before[place] ?? 0)) / 3_600_000
const placeOf = (days: BusinessDays, day: string): number =>
  Temporal.PlainDate.from(days.first).until(day).days

describe('the business time of a day', () => {
  const day = (date: string, settings: object = {}) => {
    const days = businessDays(2026, 2026, calendar(settings))
    return hours(days, placeOf(days, date))
  }

  it('is that between opening and closing, on the days of the week chosen, holidays left out', () => {
    expect(day('2026-04-28')).toBe(9)
    expect(day('2026-04-29')).toBe(0)
    expect(day('2026-04-29', { holidays: 'none' })).toBe(9)
    expect(day('2026-05-02')).toBe(0)
    expect(day('2026-12-29')).toBe(9)
    expect(day('2026-12-29', { extraHolidays: ['2026-12-29'] })).toBe(0)
    const saturdays = { businessHours: { from: '10:30', to: '15:00', days: ['sat'] } }
    expect(day('2026-05-02', saturdays)).toBe(4.5)
    expect(day('2026-05-01', saturdays)).toBe(0)
  })

  it('has an hour less or more where the clock changes while it is open', () => {
    const always = {
      timeZone: 'America/New_York',
      holidays: 'none',
      businessHours: {
        from: '00:00',
        to: '24:00',
        days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
      },
    }
    expect(day('2026-03-07', always)).toBe(24)
    expect(day('2026-03-08', always)).toBe(23)
    expect(day('2026-11-01', always)).toBe(25)
    const office = {
      ...always,
      businessHours: { ...always.businessHours, from: '09:00', to: '18:00' },
    }
    expect(day('2026-03-08', office)).toBe(9)
  })

  it('is that of every day, leap days included', () => {
    const days = businessDays(2023, 2025, calendar({ holidays: 'none' }))
    expect(days.first).toBe('2023-01-01')
    expect(days.opens).toHaveLength(365 + 366 + 365)
    expect(days.before).toHaveLength(days.opens.length + 1)
    expect(hours(days, placeOf(days, '2024-02-29'))).toBe(9)
    expect(new Date(days.opens[placeOf(days, '2024-02-29')] ?? 0).toISOString()).toBe(
      '2024-02-29T00:00:00.000Z',
    )
  })
})

describe('opening and closing', () => {
  const direct = (day: Temporal.PlainDate, time: string, timeZone: string): number =>
    (time === '24:00' ? day.add({ days: 1 }) : day).toZonedDateTime({
      timeZone,
      plainTime: Temporal.PlainTime.from(time === '24:00' ? '00:00' : time),
    }).epochMilliseconds

  it.each([
    ['Asia/Tokyo', 2026, '09:00', '18:00'],
    ['America/New_York', 2026, '09:00', '18:00'],
    ['America/New_York', 2026, '00:00', '24:00'],
    ['Europe/London', 2026, '01:30', '24:00'],
    // The clock changes at midnight, by half an hour, around a month of fasting, and once for good.
    ['America/Sao_Paulo', 2018, '00:00', '24:00'],
    ['Australia/Lord_Howe', 2026, '00:00', '24:00'],
    ['Africa/Casablanca', 2026, '02:00', '03:00'],
    ['Asia/Pyongyang', 2018, '09:00', '24:00'],
  ])('in %s in %i are at their local times', (timeZone, year, from, to) => {
    const week = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
    const settings = { timeZone, holidays: 'none', businessHours: { from, to, days: week } }
    const { first, opens, before } = businessDays(year, year, calendar(settings))
    for (const [place, opened] of opens.entries()) {
      const day = Temporal.PlainDate.from(first).add({ days: place })
      const closed = opened + (before[place + 1] ?? 0) - (before[place] ?? 0)
      const expected = [direct(day, from, timeZone), direct(day, to, timeZone)]
      expect([day.toString(), opened, closed]).toEqual([day.toString(), ...expected])
    }
  })
})

describe('the settings', () => {
  const parsed = (businessHours: object) => metricSettingsSchema.safeParse({ businessHours })

  it('are nine to six from Monday to Friday unless chosen, each by itself', () => {
    const week = ['mon', 'tue', 'wed', 'thu', 'fri']
    expect(calendar().businessHours).toEqual({ from: '09:00', to: '18:00', days: week })
    expect(parsed({ from: '10:00' }).data?.businessHours).toEqual({
      from: '10:00',
      to: '18:00',
      days: week,
    })
  })

  it.each([
    [{ from: '18:00', to: '09:00' }],
    [{ from: '09:00', to: '09:00' }],
    [{ from: '9:00' }],
    [{ to: '24:30' }],
    [{ days: [] }],
    [{ days: ['monday'] }],
    [{ until: '18:00' }],
  ])('take no %j', (businessHours) => {
    expect(parsed(businessHours).success).toBe(false)
  })
})

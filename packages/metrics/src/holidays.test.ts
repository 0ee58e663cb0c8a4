import { describe, expect, it } from 'vitest'
import { type HolidayCalendar, isBusinessDay, isHoliday, restDaysBetween } from './holidays.ts'
import { metricSettingsSchema } from './settings.ts'

const japan: HolidayCalendar = { holidays: 'japan', extraHolidays: [] }
const none: HolidayCalendar = { holidays: 'none', extraHolidays: [] }

describe('a working day', () => {
  it.each([
    ['2026-05-01', true, 'a Friday between holidays'],
    ['2026-05-02', false, 'a Saturday'],
    ['2026-05-03', false, 'Constitution Day, a Sunday'],
    ['2026-05-06', false, 'the Wednesday in lieu of it'],
    ['2026-05-07', true, 'the Thursday after'],
    ['2026-09-22', false, 'a day between two holidays'],
    ['2026-12-30', true, 'before New Year: closed for many, and no national holiday'],
  ])('%s: %s, %s', (day, working) => {
    expect(isBusinessDay(day, japan)).toBe(working)
  })

  it('knows no holidays where the workspace wants none', () => {
    expect(isHoliday('2026-05-06', none)).toBe(false)
    expect(isBusinessDay('2026-05-06', none)).toBe(true)
    expect(isBusinessDay('2026-05-03', none)).toBe(false)
  })

  it('is not one of the days on which the company rests', () => {
    const closed = { holidays: 'none', extraHolidays: ['2026-12-29', '2026-12-30'] } as const
    expect(isBusinessDay('2026-12-30', closed)).toBe(false)
    expect(isBusinessDay('2026-12-31', closed)).toBe(true)
  })

  it('leaves weekends and holidays between two days', () => {
    expect(restDaysBetween('2026-04-28', '2026-05-07', japan)).toEqual([
      '2026-04-29',
      ...['2026-05-02', '2026-05-03', '2026-05-04', '2026-05-05', '2026-05-06'],
    ])
    expect(restDaysBetween('2026-05-07', '2026-05-01', japan)).toEqual([])
  })
})

describe('the settings', () => {
  it('are the holidays of Japan, and no further ones, unless the workspace chooses', () => {
    expect(metricSettingsSchema.parse({})).toMatchObject({ ...japan, countWeekends: true })
  })

  it('take only days that there are', () => {
    const extra = (day: string) => metricSettingsSchema.safeParse({ extraHolidays: [day] }).success
    expect(extra('2026-12-29')).toBe(true)
    expect(extra('2026-02-30')).toBe(false)
    expect(extra('29.12.2026')).toBe(false)
  })
})

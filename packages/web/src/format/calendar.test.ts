import { describe, expect, it } from 'vitest'
import { addDays, addMonths, daysBetween, isMonth, monthsThrough, nextMonday } from './calendar.ts'

describe('calendar days as text', () => {
  it('steps over month ends and leap days', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29')
    expect(addDays('2026-03-01', -1)).toBe('2026-02-28')
    expect(daysBetween('2026-12-31', '2027-01-02')).toBe(2)
  })

  it('finds the Monday that comes, not the one that is', () => {
    expect(nextMonday('2026-11-21')).toBe('2026-11-23')
    expect(nextMonday('2026-11-22')).toBe('2026-11-23')
    expect(nextMonday('2026-11-23')).toBe('2026-11-30')
  })

  it('counts months across years', () => {
    expect(addMonths('2026-01', -1)).toBe('2025-12')
    expect(monthsThrough('2026-02', 3)).toEqual(['2025-12', '2026-01', '2026-02'])
    expect(isMonth('2026-13')).toBe(false)
  })
})

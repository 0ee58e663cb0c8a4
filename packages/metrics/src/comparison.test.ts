import { describe, expect, it } from 'vitest'
import { comparedPeriod } from './comparison.ts'
import { decimalDifference, decimalSum } from './decimal.ts'
import { isBadPeriod, type Period, periodsBetween, periodsOnDay, trailing } from './periods.ts'

const zone = 'Asia/Tokyo'
const only = (periods: ReturnType<typeof periodsOnDay>): Period => {
  const [first] = isBadPeriod(periods) ? [] : periods
  if (first === undefined) throw new Error('no period')
  return first
}
const range = (
  from: string,
  to: string,
  grain: 'day' | 'month' | 'quarter' | 'year',
  timeZone = zone,
) => only(periodsBetween({ from, to, grain, timeZone, fiscalYearStartMonth: 4 }))
const on = (day: string) => only(periodsOnDay(day, zone))
const later = { knownAt: 'now', now: '2027-01-01T00:00:00Z' } as const

const labelOf = (
  period: Period,
  comparison: 'previous' | 'year_before',
  headline?: string,
  timeZone = zone,
) => comparedPeriod(period, comparison, headline, later, timeZone).period.label

describe('the period before', () => {
  it.each([
    [range('2026-03-01', '2026-04-01', 'month'), '2026-02-01', '2026-03-01'],
    [range('2026-01-01', '2026-02-01', 'month'), '2025-12-01', '2026-01-01'],
    [range('2026-04-01', '2026-07-01', 'quarter'), '2026-01-01', '2026-04-01'],
    [range('2026-04-01', '2027-04-01', 'year'), '2025-04-01', '2026-04-01'],
    [range('2026-03-01', '2026-03-02', 'day'), '2026-02-28', '2026-03-01'],
  ])('is as long and ends where the other one starts', (period, start, end) => {
    expect(labelOf(period, 'previous')).toEqual({ start, end })
  })

  it('of a day is the day before; of a headline period the one that ends where it starts', () => {
    expect(labelOf(on('2026-03-01'), 'previous')).toEqual({ on: '2026-02-28' })
    const year = trailing(on('2026-03-31'), 'P12M', zone)
    const { period } = comparedPeriod(year, 'previous', 'P12M', later, zone)
    expect(period.end).toBe(year.start)
    expect(period).toMatchObject({ start: '2024-03-31T15:00:00Z', label: { on: '2025-03-31' } })
  })

  it('keeps calendar days where the clock changes', () => {
    const berlin = 'Europe/Berlin'
    const april = range('2026-04-01', '2026-05-01', 'month', berlin)
    expect(comparedPeriod(april, 'previous', undefined, later, berlin).period).toEqual({
      start: '2026-02-28T23:00:00Z',
      end: '2026-03-31T22:00:00Z',
      label: { start: '2026-03-01', end: '2026-04-01' },
    })
  })
})

describe('the same period a year before', () => {
  it.each([
    [range('2025-02-01', '2025-03-01', 'month'), '2024-02-01', '2024-03-01'],
    [range('2024-02-01', '2024-03-01', 'month'), '2023-02-01', '2023-03-01'],
    [range('2026-04-01', '2027-04-01', 'year'), '2025-04-01', '2026-04-01'],
    [range('2024-02-28', '2024-02-29', 'day'), '2023-02-28', '2023-03-01'],
    [range('2024-02-29', '2024-03-01', 'day'), '2023-02-28', '2023-03-01'],
  ])('is a whole one, also around 29 February', (period, start, end) => {
    expect(labelOf(period, 'year_before')).toEqual({ start, end })
  })

  it('of a headline period is the one that ends with the same day', () => {
    const month = trailing(on('2024-02-29'), 'P1M', zone)
    expect(comparedPeriod(month, 'year_before', 'P1M', later, zone).period).toEqual({
      start: '2023-01-31T15:00:00Z',
      end: '2023-02-28T15:00:00Z',
      label: { on: '2023-02-28' },
    })
  })
})

describe('a running period', () => {
  const november = range('2026-11-01', '2026-12-01', 'month')
  const noon = { knownAt: 'now', now: '2026-11-21T03:00:00Z' } as const

  it('is compared with what was asked at the same point, as known there', () => {
    const before = comparedPeriod(november, 'previous', undefined, noon, zone)
    const at = '2026-10-21T03:00:00Z'
    expect(before.period.label).toEqual({ start: '2026-10-01', end: '2026-11-01' })
    expect(before).toMatchObject({ samePoint: true, asking: { knownAt: at, now: at } })
    const year = comparedPeriod(november, 'year_before', undefined, noon, zone)
    expect(year.asking.now).toBe('2025-11-21T03:00:00Z')
  })

  it('runs by what was known, too, when it is asked as known then', () => {
    const then = { ...noon, knownAt: '2026-03-15T03:00:00Z' }
    const march = range('2026-03-01', '2026-04-01', 'month')
    const { asking, samePoint } = comparedPeriod(march, 'previous', undefined, then, zone)
    expect([samePoint, asking.knownAt]).toEqual([true, '2026-02-15T03:00:00Z'])
  })

  it('that is longer than the other one is compared with its end', () => {
    const march = range('2026-03-01', '2026-04-01', 'month')
    const late = { knownAt: 'now', now: '2026-03-30T03:00:00Z' } as const
    expect(comparedPeriod(march, 'previous', undefined, late, zone).asking.knownAt).toBe(
      '2026-02-28T14:59:59.999Z',
    )
  })

  it('on its last day is as good as over: the other one is taken whole', () => {
    const last = { knownAt: 'now', now: '2026-11-30T03:00:00Z' } as const
    const { samePoint, asking } = comparedPeriod(november, 'previous', undefined, last, zone)
    expect([samePoint, asking]).toEqual([false, last])
  })
})

describe('money', () => {
  it('differs exactly', () => {
    expect(decimalDifference('0.3', '0.1')).toBe('0.2')
    expect(decimalDifference('100', '100')).toBe('0')
    expect(decimalDifference('83333.33333333', '83333.33333334')).toBe('-0.00000001')
    expect(decimalDifference('-5', '12345678901234567890.5')).toBe('-12345678901234567895.5')
    expect(decimalSum(['0.1', '0.2', '-0.3'])).toBe('0')
  })
})

import { describe, expect, it } from 'vitest'
import { choosableMonths, kpiSearchSchema, kpiView, withoutDetail } from './search.ts'

describe('the KPI board in the address', () => {
  it('shows the last finished month, with the running one after it', () => {
    const view = kpiView({}, '2026-11-21')
    expect(view.through).toBe('2026-10')
    expect(view.months).toHaveLength(13)
    expect(view.months[0]).toBe('2025-11')
    expect(view.months.at(-1)).toBe('2026-11')
  })

  it('shows an older month without the running one', () => {
    expect(kpiView({ through: '2026-06', months: 6 }, '2026-11-21').months).toEqual([
      '2026-01',
      '2026-02',
      '2026-03',
      '2026-04',
      '2026-05',
      '2026-06',
    ])
  })

  it('never goes beyond the running month', () => {
    expect(kpiView({ through: '2030-01' }, '2026-11-21').through).toBe('2026-11')
  })

  it('forgets what it does not understand, and keeps a slice as text', () => {
    const search = kpiSearchSchema.parse({ through: '2026-13', months: 7, by: 'plan', slice: 2024 })
    expect(search).toMatchObject({ by: 'plan', slice: '2024' })
    expect(search.through).toBeUndefined()
    expect(search.months).toBeUndefined()
    expect(kpiSearchSchema.parse({ slice: null }).slice).toBeNull()
  })

  it('keeps the board when the detail is closed', () => {
    const open = kpiSearchSchema.parse({ by: 'plan', metric: 'nrr', slice: 'pro', tab: 'parts' })
    expect(withoutDetail(open)).toEqual({ by: 'plan' })
  })

  it('offers two years of months', () => {
    expect(choosableMonths('2026-11-21')[0]).toBe('2026-11')
    expect(choosableMonths('2026-11-21')).toHaveLength(24)
  })
})

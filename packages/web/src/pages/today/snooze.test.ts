import { describe, expect, it } from 'vitest'
import { snoozeDay, snoozePresets } from './snooze.ts'

describe('snooze presets', () => {
  it('always mean a later day', () => {
    for (const today of ['2026-11-22', '2026-11-23', '2026-12-31', '2028-02-29']) {
      for (const preset of snoozePresets) expect(snoozeDay(preset, today) > today).toBe(true)
    }
  })
  it('mean what they say', () => {
    expect(snoozeDay('nextMonday', '2026-11-21')).toBe('2026-11-23')
    expect(snoozeDay('nextMonth', '2026-12-31')).toBe('2027-01-01')
  })
})

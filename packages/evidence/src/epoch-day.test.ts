import { describe, expect, it } from 'vitest'
import { epochDay } from './epoch-day.ts'

describe('epochDay', () => {
  it.each([
    ['1970-01-01', 0],
    ['1969-12-31', -1],
    ['2000-02-29', 11_016],
    ['2000-03-01', 11_017],
    ['2024-02-29', 19_782],
    ['2026-11-21', 20_778],
  ])('%s is day %i', (iso, day) => expect(epochDay(iso)).toBe(day))

  it.each([
    '2026-02-29',
    '2100-02-29',
    '2026-13-01',
    '2026-04-31',
    '2026-1-1',
    '',
    '2026-11-21T00:00',
  ])('refuses %j', (iso) => expect(() => epochDay(iso)).toThrow('Not a calendar date'))
})

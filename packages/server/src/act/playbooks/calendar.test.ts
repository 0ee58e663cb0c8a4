import { Temporal } from 'temporal-polyfill'
import { expect, test } from 'vitest'
import { waitEnd } from './calendar.ts'

const japan = { timeZone: 'Asia/Tokyo', holidays: 'japan', extraHolidays: [] } as const
const berlin = { timeZone: 'Europe/Berlin', holidays: 'none', extraHolidays: [] } as const
const closed = { ...japan, extraHolidays: ['2026-12-29', '2026-12-30', '2026-12-31'] }
type Row = [string, string, Parameters<typeof waitEnd>[1], Parameters<typeof waitEnd>[2], string]

test.each([
  ['a Friday', '2026-11-20T10:00+09:00', { businessDays: 1 }, japan, '2026-11-24T10:00+09:00'],
  ['a Saturday', '2026-11-21T10:00+09:00', { businessDays: 1 }, japan, '2026-11-24T10:00+09:00'],
  ['New Year', '2026-12-31T10:00+09:00', { businessDays: 1 }, japan, '2027-01-04T10:00+09:00'],
  [
    'a rest of one’s own',
    '2026-12-28T10:00+09:00',
    { businessDays: 1 },
    closed,
    '2027-01-04T10:00+09:00',
  ],
  // 2026-04-29 Shōwa Day; 05-03 to 05-05 holidays, the 3rd a Sunday, so that the 6th is one in lieu.
  ['Golden Week', '2026-04-28T10:00+09:00', { businessDays: 3 }, japan, '2026-05-07T10:00+09:00'],
  ['Golden Week, days', '2026-04-28T10:00+09:00', { days: 3 }, japan, '2026-05-01T10:00+09:00'],
  ['clocks forward', '2026-03-28T10:00+01:00', { days: 1 }, berlin, '2026-03-29T10:00+02:00'],
  ['clocks back', '2026-10-24T10:00+02:00', { days: 1 }, berlin, '2026-10-25T10:00+01:00'],
  [
    'a time that is skipped',
    '2026-03-28T02:30+01:00',
    { days: 1 },
    berlin,
    '2026-03-29T03:30+02:00',
  ],
  [
    'a skipped time, working days',
    '2026-03-26T02:30+01:00',
    { businessDays: 1 },
    berlin,
    '2026-03-27T02:30+01:00',
  ],
  [
    'hours over the change',
    '2026-03-29T01:30+01:00',
    { hours: 1 },
    berlin,
    '2026-03-29T03:30+02:00',
  ],
] as Row[])('over %s', (_, since, time, calendar, end) => {
  const ended = waitEnd(Temporal.Instant.from(since), time, calendar)
  expect(ended.toString()).toBe(Temporal.Instant.from(end).toString())
})

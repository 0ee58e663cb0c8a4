import { expect, test } from 'vitest'
import { dueThrough, isOverdue, stateAfter } from './tasks.ts'

test.each([
  ['finish', { open: 'done', started: 'done', done: 'done', cancelled: null }],
  ['cancel', { open: 'cancelled', started: 'cancelled', done: null, cancelled: 'cancelled' }],
  ['reopen', { open: 'open', started: 'started', done: 'open', cancelled: 'open' }],
] as const)('%s makes of each state', (act, becomes) => {
  const states = ['open', 'started', 'done', 'cancelled'] as const
  expect(Object.fromEntries(states.map((state) => [state, stateAfter(act, state)]))).toEqual(
    becomes,
  )
})

test.each([
  ['open', '2026-11-20', true],
  ['started', '2026-11-20', true],
  ['open', '2026-11-21', false],
  ['open', '2026-11-22', false],
  ['done', '2026-11-20', false],
  ['cancelled', '2026-11-20', false],
] as const)('%s, due on %s: overdue on 2026-11-21 is %s', (state, dueOn, overdue) => {
  expect(isOverdue(state, dueOn, '2026-11-21')).toBe(overdue)
})

test.each([
  ['any', null],
  ['overdue', '2026-12-30'],
  ['today', '2026-12-31'],
  ['week', '2027-01-06'],
] as const)('due %s on the last day of a year is through %s', (asked, through) => {
  expect(dueThrough(asked, '2026-12-31')).toBe(through)
})

import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import { expect, test } from 'vitest'
import { rangeOf } from './bounds.ts'

test.each([
  ['grr', { low: 0, high: 1 }],
  ['nps', { low: -100, high: 100 }],
  // With expansion it exceeds 100 %.
  ['nrr', { low: 0 }],
  ['paying_accounts', { low: 0 }],
  ['mrr_fx', {}],
])('%s stays within its range', (key, range) => {
  expect(rangeOf({ key }, true)).toEqual(range)
})

test('of a metric of its own a workspace says nothing of the kind', () => {
  expect(rangeOf({ key: 'margin' }, false)).toEqual({})
})

test('only percentages are shares', () => {
  const shares = [...builtInMetrics.values()].filter((each) => rangeOf(each, true).high === 1)
  expect(shares.length).toBeGreaterThan(15)
  expect(shares.filter(({ unit }) => unit !== 'percent')).toEqual([])
})

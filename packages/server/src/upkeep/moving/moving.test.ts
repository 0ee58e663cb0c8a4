import type { MetricValue } from '@tomoshibi/contract/metrics'
import { describe, expect, test } from 'vitest'
import { firstDifference, isSame } from './moving.ts'

describe('two values', () => {
  test.each([
    ['money that is equal', '1.10', '1.10', true],
    ['money written otherwise', '1.10', '1.1', false],
    ['counts that differ by one', 1e12, 1e12 + 1, false],
    ['binary fractions that were added in another order', 0.1 + 0.2, 0.3, true],
    ['binary fractions that differ', 0.3, 0.300001, false],
    ['no value and 0', null, 0, false],
    ['lists of other length', [1], [1, 2], false],
    ['a value that the other lacks', { a: 1 }, { a: 1, b: 2 }, false],
    ['the same, deep inside', { a: [{ b: null }] }, { a: [{ b: null }] }, true],
    ['a list and its first element', [1], 1, false],
  ])('%s', (_what, a, b, same) => {
    expect(isSame(a, b)).toBe(same)
    expect(isSame(b, a)).toBe(same)
  })
})

test('the first figure that differs is named with its month and account', () => {
  const value = (metric: string, amount: number): MetricValue => ({
    metric,
    version: 1,
    start: '2026-05-01',
    end: '2026-06-01',
    slice: {},
    account: 'acme',
    numerator: null,
    denominator: null,
    value: amount,
    n: 1,
    unit: 'count',
    currency: null,
    complete: true,
    knownAt: null,
    reason: null,
  })
  const ours = [value('a', 1), value('b', 2)]
  expect(firstDifference(ours, ours)).toBeNull()
  expect(firstDifference(ours, [value('a', 1), value('b', 3)])).toBe('b 2026-05-01 acme: 2 ≠ 3')
  expect(firstDifference(ours, [value('a', 1)])).toBe('2 ≠ 1 figures')
})

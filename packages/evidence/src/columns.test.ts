import { describe, expect, it } from 'vitest'
import { completeRows, pick, readFlags, readNumbers, rowCount, whyUnusable } from './columns.ts'

describe('columns', () => {
  it('are copied, with all that is no usable number missing', () => {
    const given = [1, Infinity, Number.NaN, -1e60, 2]
    expect([...readNumbers(given)]).toEqual([1, Number.NaN, Number.NaN, Number.NaN, 2])
    expect(given[1]).toBe(Infinity)
  })

  it('of flags take 0 and 1, true and false, and nothing else', () => {
    expect([...readFlags('event', [true, false, 1, 0, Number.NaN])]).toEqual([
      1,
      0,
      1,
      0,
      Number.NaN,
    ])
    expect(() => readFlags('event', [2])).toThrow('event must be 0 or 1')
  })

  it('must have rows, of the same number and with all values', () => {
    expect(whyUnusable([Float64Array.of(1, 2)])).toBeNull()
    expect(whyUnusable([new Float64Array()])).toMatchObject({ code: 'no_cases' })
    expect(
      whyUnusable([Float64Array.of(1, Number.NaN, 3), Float64Array.of(Number.NaN, Number.NaN, 1)]),
    ).toEqual({ code: 'missing_values', numbers: { missing: 2, n: 3 } })
    expect(() => rowCount([[1], [1, 2]])).toThrow('length')
  })

  it('are made whole by leaving rows out, with a count', () => {
    const score = [1, Number.NaN, 3, 4]
    const { rows, leftOut } = completeRows([score, [true, true, Number.NaN, false]])
    expect({ rows, leftOut }).toEqual({ rows: [0, 3], leftOut: 2 })
    expect([...pick(score, rows)]).toEqual([1, 4])
  })
})

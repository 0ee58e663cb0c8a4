import { describe, expect, it } from 'vitest'
import { sparkPath, splitUnfinished, valueRange } from './chart-range.ts'

describe('the span of a chart', () => {
  it('starts at 0 for amounts near it', () => {
    expect(valueRange(10, 90)[0]).toBe(0)
    expect(valueRange(-90, -10)[1]).toBe(0)
  })
  it('fills the height for figures far from 0', () => {
    const [low, high] = valueRange(0.97, 1.02)
    expect(low).toBeGreaterThan(0.9)
    expect(high).toBeLessThan(1.1)
  })
  it('has a height even when nothing changes or nothing is known', () => {
    for (const [low, high] of [
      valueRange(5, 5),
      valueRange(0, 0),
      valueRange(Infinity, -Infinity),
    ]) {
      expect(high).toBeGreaterThan(low)
    }
  })
})

describe('lines', () => {
  it('draw the way to an unfinished period apart', () => {
    const points = [
      { value: 1, complete: true },
      { value: 2, complete: true },
      { value: 3, complete: false },
    ]
    expect(splitUnfinished(points)).toEqual({
      finished: [1, 2, null],
      unfinished: [null, 2, 3],
    })
  })
  it('break where there is no value, and draw nothing for nothing', () => {
    expect(sparkPath([1, null, 2], 20, 10).match(/M/g)).toHaveLength(2)
    expect(sparkPath([null], 20, 10)).toBe('')
  })
})

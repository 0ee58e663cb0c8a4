import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compare, difference, quotient, sum } from './decimal.ts'

describe('exact decimals', () => {
  it('adds what floats cannot', () => {
    expect(sum(['0.1', '0.2'])).toBe('0.3')
    expect(sum(['9007199254740993', '0.00000001'])).toBe('9007199254740993.00000001')
    expect(sum([])).toBe('0')
  })

  it('subtracts across zero without a minus zero', () => {
    expect(difference('1.5', '2')).toBe('-0.5')
    expect(difference('2.50', '2.5')).toBe('0')
  })

  it('compares by value, not by text', () => {
    expect(compare('10', '9')).toBe(1)
    expect(compare('1.0', '1')).toBe(0)
    expect(compare('-3', '-2')).toBe(-1)
  })

  it('has no quotient over zero', () => {
    expect(quotient('1', '0')).toBeNull()
    expect(quotient('1', '4')).toBe(0.25)
  })

  it('refuses what is not a decimal', () => {
    expect(() => sum(['1e3'])).toThrow(RangeError)
  })

  it('undoes a sum by a difference, for any money', () => {
    const money = fc
      .tuple(
        fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
        fc.integer({ min: 0, max: 99_999_999 }),
      )
      .map(([whole, cents]) => `${whole}.${String(cents).padStart(8, '0')}`)
    fc.assert(
      fc.property(money, money, (a, b) => {
        expect(compare(difference(sum([a, b]), b), a)).toBe(0)
      }),
      { numRuns: 100 },
    )
  })
})

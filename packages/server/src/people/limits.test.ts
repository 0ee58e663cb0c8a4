import { describe, expect, test } from 'vitest'
import { fixedClock } from '../platform/clock.ts'
import { Limits } from './limits.ts'

/** The code with which the last of so many attempts ends; null when it is let through. */
function lastOf(count: number, addressOf: (n: number) => string, account: string | null = null) {
  const limits = new Limits(fixedClock('2026-11-21T03:00:00Z'))
  let last: unknown = null
  for (let n = 0; n < count; n += 1) {
    try {
      limits.begin({ account, address: addressOf(n) })
      last = null
    } catch (error) {
      last = error instanceof Error && 'code' in error ? error.code : error
    }
  }
  return last
}

describe('attempts of many accounts', () => {
  test.each<[string, (n: number) => string]>([
    ['one address', () => '203.0.113.7'],
    ['one address, written as IPv6', (n) => (n % 2 === 0 ? '203.0.113.7' : '::ffff:203.0.113.7')],
    ['a network of IPv6', (n) => `2001:db8:1:2::${n.toString(16)}`],
    ['a network of IPv6, written in full', (n) => `2001:0db8:1:2:${n.toString(16)}:0:0:1`],
    ['a network of IPv6 with zeros', (n) => `2001:db8::${n.toString(16)}`],
    ['the machine itself', () => '::1'],
  ])('from %s are counted as of one', (_, addressOf) => {
    expect(lastOf(100, addressOf)).toBeNull()
    expect(lastOf(101, addressOf)).toBe('TOO_MANY_ATTEMPTS')
  })

  test.each<[string, (n: number) => string]>([
    ['addresses', (n) => `203.0.113.${n}`],
    ['networks of IPv6', (n) => `2001:db8:1:${n.toString(16)}::1`],
    ['networks of IPv6 that begin with zeros', (n) => `::${(n + 1).toString(16)}:0:0:0:0`],
  ])('from many %s are not', (_, addressOf) => {
    expect(lastOf(101, addressOf)).toBeNull()
  })
})

test('one account is held up after 50 attempts in an hour, wherever they come from', () => {
  const anywhere = (n: number) => `2001:db8:1:${n.toString(16)}::1`
  expect(lastOf(50, anywhere, 'a@example.com')).toBeNull()
  expect(lastOf(51, anywhere, 'a@example.com')).toBe('TOO_MANY_ATTEMPTS')
})

test('challenges of passkeys are counted by address, apart from attempts', () => {
  const limits = new Limits(fixedClock('2026-11-21T03:00:00Z'))
  for (let n = 0; n < 300; n += 1) limits.beginChallenge('203.0.113.7')
  expect(() => limits.beginChallenge('203.0.113.7')).toThrow('too many attempts')
  limits.beginChallenge('203.0.113.8')
  limits.begin({ account: null, address: '203.0.113.7' })
})

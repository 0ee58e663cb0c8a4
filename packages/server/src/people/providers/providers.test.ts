import { describe, expect, test } from 'vitest'
import { type Claims, isFresh, nameOf, ownPath, secretsOf, vouchedEmail } from './providers.ts'

const origin = 'https://cs.example.com'

describe('the page to come back to', () => {
  test.each([
    ['/', '/'],
    ['/accounts/a-1?tab=lamps#top', '/accounts/a-1?tab=lamps#top'],
    ['/kpis?on=2026-11-01', '/kpis?on=2026-11-01'],
  ])('%s is ours', (given, path) => {
    expect(ownPath(given, origin)).toBe(path)
  })

  test.each([
    'https://evil.example',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    'javascript:alert(1)',
    'https://cs.example.com.evil.example/',
    'https://cs.example.com@evil.example/',
    'evil.example',
    '',
  ])('%j would lead elsewhere, or is no path', (given) => {
    expect(ownPath(given, origin)).toBe('/')
  })
})

test('what is bound to a browser follows from its cookie, each of it another text', () => {
  const { state, nonce, codeVerifier } = secretsOf('a cookie')
  expect(secretsOf('a cookie')).toEqual({ state, nonce, codeVerifier })
  const all = [state, nonce, codeVerifier, ...Object.values(secretsOf('another cookie'))]
  expect(new Set(all).size).toBe(6)
  // As PKCE wants it (RFC 7636): 43 to 128 characters of these.
  expect(codeVerifier).toMatch(/^[\w-]{43}$/)
})

describe('an address is vouched for', () => {
  const google = 'https://accounts.google.com'
  const microsoft = 'https://login.microsoftonline.com/1234/v2.0'
  const other = 'https://id.example.com'
  const email = 'mei@example.com'
  const cases: readonly (readonly [string, string, Partial<Claims>, boolean])[] = [
    ['verified', other, { email, email_verified: true }, true],
    ['not said to be verified', other, { email }, false],
    ['of another domain', other, { email: 'mei@elsewhere.com', email_verified: true }, false],
    ['of a domain below', other, { email: 'mei@a.example.com', email_verified: true }, false],
    [
      'of a domain that ends alike',
      other,
      { email: 'mei@notexample.com', email_verified: true },
      false,
    ],
    ['with two @', other, { email: 'mei@example.com@elsewhere.com', email_verified: true }, false],
    ['of the company at Google', google, { email, email_verified: true, hd: 'example.com' }, true],
    ['of a private account at Google', google, { email, email_verified: true }, false],
    ['of another company at Google', google, { email, email_verified: true, hd: 'b.com' }, false],
    ['of a domain owned at Microsoft', microsoft, { email, xms_edov: true }, true],
    ['the same as a number', microsoft, { email, xms_edov: 1 }, true],
    ['not said to be owned at Microsoft', microsoft, { email, email_verified: true }, false],
    ['owned, at any other provider', other, { email, xms_edov: true }, false],
  ]
  test.each(cases)('%s', (_, issuer, claims, isVouched) => {
    const vouched = vouchedEmail({ issuer, domains: ['example.com'] }, { sub: 's', ...claims })
    expect(vouched).toBe(isVouched ? email : null)
  })

  test('of no domain where none is named', () => {
    const claims = { sub: 's', email, email_verified: true as const }
    expect(vouchedEmail({ issuer: other, domains: [] }, claims)).toBeNull()
  })
})

test('who signed in there before they were sent has not shown again who they are', () => {
  const sentAtMs = Date.UTC(2026, 10, 21)
  const at = (seconds: number): Claims => ({ sub: 's', auth_time: sentAtMs / 1000 + seconds })
  expect([-61, -60, 0, 20].map((seconds) => isFresh(at(seconds), sentAtMs))).toEqual([
    false,
    true,
    true,
    true,
  ])
  expect(isFresh({ sub: 's' }, sentAtMs)).toBe(false)
})

test('a name is one line, and the address where there is none', () => {
  const named = (name?: string) => nameOf({ sub: 's', name }, 'mei@example.com')
  expect(named('佐藤 芽衣')).toBe('佐藤 芽衣')
  expect(named('a\r\nb\u202ec')).toBe('a b c')
  expect(named('  \u200b ')).toBe('mei@example.com')
  expect([...named('灯'.repeat(500))]).toHaveLength(200)
  expect(named()).toBe('mei@example.com')
})

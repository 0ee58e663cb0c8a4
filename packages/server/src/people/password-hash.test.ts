import { hashPassword } from 'better-auth/crypto'
import { describe, expect, test } from 'vitest'
import { quickHasher } from '../call/testing.ts'
import { hasher, scryptHasher } from './password-hash.ts'

const password = `${'x'.repeat(200)} lanterns`

describe('the hash of a password', () => {
  test('has a salt of its own, holds no password, says its cost, and opens for the whole password only', async () => {
    const [one, other] = await Promise.all([hasher.hash(password), hasher.hash(password)])
    expect(one).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[\w+/]{22}\$[\w+/]{43}$/)
    expect(one).not.toContain('lanterns')
    expect(one).not.toBe(other)
    expect(await hasher.verify({ hash: one, password })).toBe(true)
    expect(await hasher.verify({ hash: one, password: password.slice(0, -1) })).toBe(false)
  })

  test('is the one of RFC 7914', async () => {
    const cheap = scryptHasher({ ln: 10, r: 8, p: 16 })
    // Section 12, its second vector, cut to our length: what comes first does not depend on how much is asked for.
    const salt = Buffer.from('NaCl').toString('base64').replace(/=+$/, '')
    const hex = 'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162'
    const key = Buffer.from(hex, 'hex').toString('base64').replace(/=+$/, '')
    const hash = `$scrypt$ln=10,r=8,p=16$${salt}$${key}`
    expect(await cheap.verify({ hash, password: 'password' })).toBe(true)
    expect(await cheap.verify({ hash, password: 'passwort' })).toBe(false)
  })

  test('opens whichever way a keyboard composed its letters', async () => {
    const hash = await quickHasher.hash('\u304b\u3099 caf\u00e9 lanterns')
    expect(await quickHasher.verify({ hash, password: '\u304c cafe\u0301 lanterns' })).toBe(true)
  })

  test('of another cost, or from before it said one, still opens, and is outdated', async () => {
    for (const hash of [await quickHasher.hash(password), await hashPassword(password)]) {
      expect(await hasher.verify({ hash, password })).toBe(true)
      expect(await hasher.verify({ hash, password: 'another one of them' })).toBe(false)
      expect(hasher.isOutdated(hash)).toBe(true)
    }
    expect(quickHasher.isOutdated(await quickHasher.hash(password))).toBe(false)
  })

  test('that would take more work than any of ours is refused before any is done', async () => {
    const [, , , salt, key] = (await quickHasher.hash(password)).split('$')
    const hash = `$scrypt$ln=30,r=8,p=1$${salt}$${key}`
    await expect(quickHasher.verify({ hash, password })).rejects.toThrow('more work')
  })
})

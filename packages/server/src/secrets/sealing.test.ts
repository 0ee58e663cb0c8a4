import { expect, test } from 'vitest'
import { Failure } from '../call/failure.ts'
import { keyText, newKey, parseKeys, seal, unseal } from './sealing.ts'

const place = { scope: 'installation', name: 'mail.password' }
const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof Failure) return error.code
    throw error
  }
  return 'opened'
}

test('opens what it sealed, and never seals the same text to the same', () => {
  const key = newKey()
  const [one, other] = [seal('秘密 🔑', place, key), seal('秘密 🔑', place, key)]
  expect(one).not.toBe(other)
  expect([one, other].map((sealed) => unseal(sealed, place, key))).toEqual(['秘密 🔑', '秘密 🔑'])
  expect(unseal(seal('', place, key), place, key)).toBe('')
})

test.each([
  ['under another name', { ...place, name: 'oidc.secret' }],
  ['in another scope', { ...place, scope: 'workspace:a' }],
  [
    'where scope and name only read the same together',
    { scope: 'installationmail', name: '.password' },
  ],
])('opens nothing %s', (_, elsewhere) => {
  const key = newKey()
  expect(codeOf(() => unseal(seal('text', place, key), elsewhere, key))).toBe('SECRET_DAMAGED')
})

test('opens nothing with another key, nothing changed, and nothing cut off', () => {
  const key = newKey()
  const sealed = seal('text', place, key)
  expect(codeOf(() => unseal(sealed, place, newKey()))).toBe('SECRET_DAMAGED')
  for (let at = 0; at < Buffer.from(sealed, 'base64url').length; at++) {
    const bytes = Buffer.from(sealed, 'base64url')
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
    expect(
      codeOf(() => unseal(bytes.toString('base64url'), place, key)),
      `${at}`,
    ).toBe('SECRET_DAMAGED')
    const short = bytes.subarray(0, at).toString('base64url')
    expect(
      codeOf(() => unseal(short, place, key)),
      `${at}`,
    ).toBe('SECRET_DAMAGED')
  }
})

test('keys are 32 bytes in base64 of either kind, the first one first, and nothing else is one', () => {
  const keys = [newKey(), newKey(), newKey()]
  const [a = '', b = '', c = ''] = keys.map(keyText)
  const standard = Buffer.from(b, 'base64url').toString('base64')
  const text = `# new\n${a}\n ${standard}, ${c} # old\n`
  expect(parseKeys(text)?.map(({ id }) => id)).toEqual(keys.map(({ id }) => id))
  for (const none of [
    '',
    '# only words',
    'password',
    a.slice(1),
    `${a}\n${b.slice(2)}`,
    'x'.repeat(44),
  ]) {
    expect(parseKeys(none), none).toBeNull()
  }
})

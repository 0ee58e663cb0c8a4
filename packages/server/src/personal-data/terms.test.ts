import { describe, expect, test } from 'vitest'
import { isTelling, isTellingName, normalText, patternsOf } from './terms.ts'

const named = { emails: ['hana.sato@x.com'], names: ['hana sato', '佐藤 花'], ids: ['user-17'] }
const isFound = (text: string) =>
  patternsOf(named).some((pattern) => new RegExp(pattern).test(text.normalize('NFKC')))

describe('a person is found in a text', () => {
  test.each([
    'hana.sato@x.com',
    'Write to HANA.Sato@X.com.',
    'ｈａｎａ．ｓａｔｏ＠ｘ．ｃｏｍ',
    '{"to":"hana.sato@x.com"}',
    '/invite?to=hana.sato%40x.com&x=1',
    '<hana.sato@x.com>, a@b.c',
    'met Hana Sato today',
    'Hana  Sato',
    'HANA　SATO',
    '佐藤花さんと面談',
    '佐藤　花',
    '{"who":"\\u4f50\\u85e4\\u82b1"}',
    'acme~user-17@2026-01-01~plan',
    'user-17',
  ])('%s', (text) => expect(isFound(text)).toBe(true))
})

describe('somebody else is not', () => {
  test.each([
    'not.hana.sato@x.com',
    'hana.sato@x.com.au',
    'hanaxsato@x.com',
    'Hana Satomi',
    'Johana Sato',
    'user-170',
    'user-17-b',
    '佐藤',
  ])('%s', (text) => expect(isFound(text)).toBe(false))
})

test('nobody is looked for where nothing tells', () => {
  expect(patternsOf({ emails: [], names: [], ids: [] })).toEqual([])
})

test('what would be found in texts that mean something else is not looked for', () => {
  expect(
    ['42', '1234567', 'admin', 'hana', 'u-17', 'user-17', 'hana@x.com'].filter(isTelling),
  ).toEqual(['user-17', 'hana@x.com'])
  expect(['Hana', 'Al B', 'Hana Sato', '佐藤', '佐藤 花'].filter(isTellingName)).toEqual([
    'Hana Sato',
    '佐藤 花',
  ])
})

test.each([
  ['Hana@X.com ', 'hana@x.com'],
  ['ｈａｎａ＠ｘ．ｃｏｍ', 'hana@x.com'],
  ['Jose\u0301@x.com', 'josé@x.com'],
  ['ha\u200bna@x.com', 'hana@x.com'],
])('%j is the address %s', (written, address) => expect(normalText(written)).toBe(address))

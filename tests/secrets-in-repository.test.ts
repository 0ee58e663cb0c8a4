import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** How secrets look that somebody might leave in a file. */
const shapes: readonly (readonly [string, RegExp])[] = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}/],
  ['a key of ours', /tomo_(?:api|write)_[A-Za-z0-9]{32}/],
  ['the secret of a webhook', /whsec_[A-Za-z0-9+/]{32}/],
  ['a key of a cloud', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a token of a forge', /\b(?:gh[pousr]_[A-Za-z0-9]{36}|glpat-[\w-]{20})/],
  ['a token of a chat', /\bxox[abprs]-[A-Za-z0-9-]{20}/],
  [
    'a password in an address',
    /\b(?:postgres(?:ql)?|https?|smtp):\/\/[^\s:/@'"`$]+:[^\s@'"`$]{8,}@/,
  ],
]

/** Letters in their order stand for a key, and the word for a password; nobody's is so. */
const madeUp = /abcdefghijklmnopqrstuvwxyz|:password@|:100%secret@/

const found = (text: string): string[] =>
  shapes.flatMap(([name, shape]) => {
    const match = shape.exec(text)?.[0]
    return match === undefined || madeUp.test(match) ? [] : [name]
  })

test('no file of the repository holds a secret', () => {
  const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0')
  const texts = files.filter((file) => file !== '' && !/\.(png|jpg|ico|woff2?|parquet)$/.test(file))
  expect(texts.length).toBeGreaterThan(500)
  const holding = texts.flatMap((file) =>
    found(readFileSync(file, 'utf8')).map((what) => `${file}: ${what}`),
  )
  expect(holding).toEqual([])
})

test.each([
  ['a private key', `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(64)}`],
  ['a key of ours', `tomo_api_${'aB3d'.repeat(8)}`],
  ['the secret of a webhook', `whsec_${'aB3+'.repeat(10)}`],
  ['a key of a cloud', `AKIA${'A1B2'.repeat(4)}`],
  ['a token of a forge', `ghp_${'a1B2'.repeat(9)}`],
  ['a token of a chat', `xoxb-${'1234567890'.repeat(2)}`],
  ['a password in an address', 'postgres://user:' + 'correct-horse@db.example.com/x'],
])('%s would be found', (name, text) => {
  expect(found(text)).toEqual([name])
})

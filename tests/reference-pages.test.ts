import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { referencePages } from '../scripts/docs.mjs'

describe('the reference pages say what the program does (npm run docs writes them)', () => {
  test.each([...referencePages()])('%s', (path, text) => {
    expect(readFileSync(path, 'utf8')).toBe(text)
  })
})

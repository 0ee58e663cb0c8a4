import { describe, expect, it } from 'vitest'
import { layeredAsRead, thoseRead } from './layers.ts'
import { everyWord, wordsOf } from './words.ts'

const plain = (sql: string): string => sql.replace(/\s+/g, ' ')
const source = (read: { has(word: string): boolean }) =>
  `SELECT ${thoseRead(read, ['a', 'b', 'left AS c']).join(', ')} FROM facts`

describe('a SELECT in layers, as it is read', () => {
  it('has everything where every name may be read', () => {
    expect(plain(layeredAsRead(everyWord, source, ['a + b AS sum'], ['sum * c AS all']))).toBe(
      'SELECT *, sum * c AS all FROM ( SELECT *, a + b AS sum FROM ( SELECT a, b, left AS c FROM facts ) )',
    )
  })

  it('leaves out what is not read, and what only that would read', () => {
    const sql = layeredAsRead(
      wordsOf('sum(twice)'),
      source,
      ['a + b AS sum_of', 'a * 2 AS twice'],
      ['sum_of * c AS product'],
    )
    expect(plain(sql)).toBe('SELECT *, a * 2 AS twice FROM ( SELECT a FROM facts )')
  })

  it('keeps what a kept expression reads, however deep it lies', () => {
    const sql = layeredAsRead(
      wordsOf('last'),
      source,
      ['b AS first'],
      ['first AS second'],
      ['second AS last'],
    )
    expect(plain(sql)).toBe(
      'SELECT *, second AS last FROM ( SELECT *, first AS second FROM ( SELECT *, b AS first FROM ( SELECT b FROM facts ) ) )',
    )
  })
})

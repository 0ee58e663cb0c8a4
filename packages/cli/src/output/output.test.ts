import { describe, expect, test } from 'vitest'
import { csv } from './csv.ts'
import { figure } from './figures.ts'
import { table, widthOf } from './table.ts'
import type { Terminal } from './terminal.ts'

const terminal = (language: 'ja' | 'en'): Terminal => ({
  language,
  locale: language === 'ja' ? 'ja-JP' : 'en-GB',
  watched: false,
  columns: 80,
  say: (text) => text[language],
  out: () => {},
  err: () => {},
})

describe('a table', () => {
  test('lines up wide characters as two columns, figures to the right', () => {
    const text = table(
      [{ title: '顧客' }, { title: 'MRR', right: true }, { title: '' }],
      [
        ['株式会社あかり', '8', 'x'],
        ['ab', '1,000', ''],
      ],
    )
    expect(text.split('\n')).toEqual([
      '顧客              MRR',
      '株式会社あかり      8  x',
      'ab              1,000',
      '',
    ])
  })

  test('lets no control character of a name reach the terminal', () => {
    const text = table([{ title: 'n' }], [['a\u001b[2Jb\nc\u0000d']])
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f]/)
    expect(text.trimEnd().split('\n')).toHaveLength(2)
  })

  test('knows its width', () => {
    expect(widthOf('ab\n日本語\n')).toBe(6)
  })
})

describe('CSV', () => {
  test.each([
    ['=1+1', "'=1+1"],
    ['+81 3 1234', "'+81 3 1234"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['-2+3', "'-2+3"],
    ['-250.5', '-250.5'],
    [-3, '-3'],
    ['a "b", c', '"a ""b"", c"'],
    ['two\nlines', '"two\nlines"'],
    [null, ''],
    [true, 'true'],
  ])('a cell %j is written %j', (cell, written) => {
    expect(csv(['x'], [[cell]])).toBe(`x\n${written}\n`)
  })
})

describe('a figure', () => {
  test.each([
    [
      { value: '12345678901234567.89', unit: 'money', currency: 'USD' },
      '$12,345,678,901,234,567.89',
    ],
    [{ value: '1234567.5', unit: 'money', currency: 'JPY' }, '¥1,234,568'],
    [{ value: 0.98765, unit: 'percent' }, '98.8%'],
    [{ value: 12.345, unit: 'days' }, '12.3 days'],
    [{ value: 1.004, unit: 'ratio' }, '1'],
    [{ value: null, unit: 'percent', reason: 'zero_denominator' }, '– (nothing to divide by)'],
    [{ value: null, unit: 'score' }, '–'],
  ] as const)('%j reads %s', (given, text) => {
    expect(figure(given, terminal('en'))).toBe(text)
  })

  test('says in Japanese why there is no value', () => {
    const given = { value: null, unit: 'percent', reason: 'no_data' } as const
    expect(figure(given, terminal('ja'))).toBe('– (データなし)')
  })
})

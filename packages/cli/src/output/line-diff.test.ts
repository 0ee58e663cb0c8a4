import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineDiff } from './line-diff.ts'

test('nothing where nothing differs', () => expect(lineDiff('a\nb\n', 'a\nb')).toEqual([]))

test('what went and what came, with what stands around it', () => {
  const before = ['1', '2', '3', 'old', '5', '6', '7', '8'].join('\n')
  const after = ['1', '2', '3', 'new', '5', '6', '7', '8'].join('\n')
  expect(lineDiff(before, after)).toEqual(['…', '  2', '  3', '- old', '+ new', '  5', '  6', '…'])
})

test('a text that is new comes whole', () => expect(lineDiff('', 'a\nb\n')).toEqual(['+ a', '+ b']))

test('taking the old lines away and adding the new ones makes one text of the other', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 5 })
  fc.assert(
    fc.property(text, text, (before, after) => {
      const shown = lineDiff(before.join('\n'), after.join('\n')).filter((line) => line !== '…')
      const of = (marks: string) =>
        shown.filter((line) => marks.includes(line[0] ?? '')).map((line) => line.slice(2))
      // Without lines left out, which texts this short may have at their ends only.
      if (shown.length > 0 && !lineDiff(before.join('\n'), after.join('\n')).includes('…')) {
        expect(of(' -')).toEqual(before)
        expect(of(' +')).toEqual(after)
      }
      if (shown.length === 0) expect(before).toEqual(after)
    }),
  )
})

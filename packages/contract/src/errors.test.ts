import { describe, expect, test } from 'vitest'
import { errorData, errorRegistry } from './errors.ts'

const placesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()

describe('the registry of errors', () => {
  test.each(Object.entries(errorRegistry))('%s says the same in both languages', (_, entry) => {
    for (const text of [entry.what, entry.mend]) {
      expect(text.en).not.toBe('')
      expect(text.ja).toMatch(/[ぁ-んァ-ヶ一-龠]/)
      expect(placesIn(text.ja)).toEqual(placesIn(text.en))
    }
    expect(entry.status).toBeGreaterThanOrEqual(400)
    expect(entry.status).toBeLessThan(600)
  })
})

describe('the data of an error', () => {
  test('fills the texts from the details', () => {
    const data = errorData('UNKNOWN_METRIC', { key: 'nrrr', suggestions: 'nrr' })
    expect(data.what).toEqual({
      en: "There is no metric 'nrrr'.",
      ja: '指標「nrrr」はありません。',
    })
    expect(data.mend.en).toBe("Did you mean nrr? 'tomoshibi metrics list' shows all metrics.")
    expect(data.mend.ja).toContain('nrr のことでしょうか。')
  })

  test('asks for nothing when there is nothing near', () => {
    expect(errorData('UNKNOWN_METRIC', { key: 'x' }).mend.en).not.toContain('Did you mean')
  })

  test('takes a Japanese detail for the Japanese text where there is one', () => {
    const { what } = errorData('BAD_PERIOD', { problem: 'too long', problemJa: '長すぎます' })
    expect(what.en).toContain('too long')
    expect(what.ja).toContain('長すぎます')
  })

  test('a detail that is missing leaves no braces', () => {
    expect(errorData('FILE_UNREADABLE', { file: 'a.csv' }).what.en).toBe("'a.csv' cannot be read: ")
  })
})

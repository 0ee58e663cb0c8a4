import { describe, expect, it } from 'vitest'
import { firstLanguage } from './language.ts'

describe('the language to begin with', () => {
  it('is the one chosen before', () => {
    expect(firstLanguage('ja', ['en-US'])).toBe('ja')
  })
  it('is the first of the browser that the product speaks', () => {
    expect(firstLanguage(null, ['fr-FR', 'ja-JP', 'en'])).toBe('ja')
    expect(firstLanguage('fr', ['en-GB'])).toBe('en')
  })
  it('is English when there is none in common', () => {
    expect(firstLanguage(null, ['de'])).toBe('en')
  })
})

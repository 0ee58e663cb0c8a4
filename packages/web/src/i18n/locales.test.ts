import { describe, expect, it } from 'vitest'
import { en } from './en.ts'
import { ja } from './ja.ts'

/** All texts by their path: `today.empty.title` → text. */
function texts(tree: object, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    const here = path === '' ? key : `${path}.${key}`
    if (typeof value === 'string') found.set(here, value)
    else for (const [k, v] of texts(value, here)) found.set(k, v)
  }
  return found
}

/** Japanese has one plural form where English has two. */
const base = (key: string) => key.replace(/_(one|other)$/, '')
const names = (text: string) =>
  [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name))].sort()

const english = texts(en)
const japanese = texts(ja)

describe('texts of the screens', () => {
  it('are there in both languages, none more and none less', () => {
    const keys = (all: Map<string, string>) => [...new Set([...all.keys()].map(base))].sort()
    expect(keys(japanese)).toEqual(keys(english))
  })

  it('have each plural form that their language needs', () => {
    for (const key of english.keys()) {
      if (key.endsWith('_one')) expect(english.has(`${base(key)}_other`), key).toBe(true)
      if (key.endsWith('_other')) expect(japanese.has(key), key).toBe(true)
    }
  })

  it('fill in the same values', () => {
    for (const [key, text] of english) {
      if (key.endsWith('_one')) continue
      expect(names(japanese.get(key) ?? ''), key).toEqual(names(text))
    }
  })

  it('are never empty, and Japanese ones are in Japanese', () => {
    for (const [key, text] of [...english, ...japanese]) expect(text.trim(), key).not.toBe('')
    // Terms and names that are the same in both: abbreviations, the product's and languages' names.
    const same =
      /^([A-Z0-9 .·/%+−-]+|Tomoshibi|Webhook|SQL|n = \{\{n\}\}|\(?\{\{.*\}\}\)?|日本語|English|.{1,3})$/
    for (const [key, text] of japanese) {
      if (!same.test(text)) expect(text, key).toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/)
    }
  })
})

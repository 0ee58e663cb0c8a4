import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { defences } from './defences.ts'
import { takingOut, withoutDefence } from './take-out.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

/** `npm run test:attacks` runs each test without its defence; here they are only found. */
test.each(defences)('against $attack stands something, with a test', (one) => {
  expect(withoutDefence(read(one.file), one)).not.toBe(read(one.file))
  expect(read(one.test)).toContain(one.named)
})

test('no attack stands twice', () => {
  expect(new Set(defences.map(({ attack }) => attack)).size).toBe(defences.length)
})

test('an attack that is not known takes nothing out', () => {
  expect(() => takingOut('none of them')).toThrow('no defence is known')
  expect(takingOut(undefined)).toEqual([])
})

import { expect, test } from 'vitest'
import { isHeldOut } from './hold-out.ts'

const accounts = Array.from({ length: 20_000 }, (_, i) => `ACC-${i}`)
const held = (playbook: string, share: number, workspace = 'main') =>
  accounts.filter((account) => isHeldOut(workspace, playbook, account, share))

// Five standard deviations of a share among 20,000: what follows from names alone must not lean.
test.each([0.05, 0.1, 0.2, 0.5])('a share of %d holds out about so many', (share) => {
  const bound = 5 * Math.sqrt(share * (1 - share) * accounts.length)
  expect(Math.abs(held('p', share).length - share * accounts.length)).toBeLessThan(bound)
})

test('none and all are none and all', () => {
  expect(held('p', 0)).toEqual([])
  expect(held('p', 1)).toEqual(accounts)
})

test('stays as it is: these are held out for ever, and a larger share only adds to them', () => {
  expect(held('rescue', 0.1).slice(0, 5)).toEqual(['ACC-1', 'ACC-13', 'ACC-20', 'ACC-32', 'ACC-64'])
  const larger = new Set(held('rescue', 0.2))
  expect(held('rescue', 0.1).filter((account) => !larger.has(account))).toEqual([])
})

test('differs by playbook and by workspace', () => {
  const both = new Set(held('a', 0.5))
  const bound = 5 * Math.sqrt(0.25 * 0.75 * accounts.length)
  for (const other of [held('b', 0.5), held('a', 0.5, 'other')]) {
    const shared = other.filter((account) => both.has(account)).length
    expect(Math.abs(shared - accounts.length / 4)).toBeLessThan(bound)
  }
})

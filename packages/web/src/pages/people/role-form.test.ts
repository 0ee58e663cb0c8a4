import { expect, test } from 'vitest'
import { keyOfRole } from './role-form.tsx'

test.each([
  ['Support lead', [], 'support_lead'],
  ['Support lead', ['support_lead'], 'support_lead_2'],
  ['サポート', [], 'role'],
  ['サポート', ['role', 'role_2'], 'role_3'],
  ['3rd line', [], 'rd_line'],
  ['Équipe', [], 'equipe'],
] as const)('the key of %s beside %j is %s', (name, taken, key) => {
  expect(keyOfRole(name, taken)).toBe(key)
  expect(key).toMatch(/^[a-z][a-z0-9_]{0,39}$/)
})

import type { NameEntry } from '@tomoshibi/metrics/condition/scope'
import { expect, test } from 'vitest'
import { parsePlaybook } from './check.ts'

const number = (column: string): NameEntry => ({
  type: 'number',
  column,
  label: { en: column, ja: column },
})
const names = new Map([
  ['active_users', number('active_users')],
  ['mrr', number('mrr')],
])
const scope = { names: { names }, lamps: ['silence'], webhooks: ['Our CRM'] }
const yaml = `key: rescue
version: 1
name: { en: Rescue, ja: 立て直し }
begin: { lamp: silence }
exit: active_users > 10
steps:
  - id: call
    task:
      title: { en: 'Call {account_name}', ja: '{account_name}に電話' }
      body: { en: '{active_users} users', ja: '{active_users}人' }
      dueDays: 2
  - id: fork
    branch: { if: mrr > 100, goTo: end, else: mail }
  - id: mail
    email:
      to: contact
      subject: { en: Hello, ja: こんにちは }
      body: { en: 'Dear {contact_name}', ja: '{contact_name}様' }
  - id: tell
    webhook: { to: Our CRM, text: { en: '{mrr}', ja: '{mrr}' } }
`

test('a playbook that names what there is, is taken, with defaults filled in', () => {
  expect(parsePlaybook(yaml, scope)).toMatchObject({
    ok: true,
    definition: { stopWhenCleared: true, holdOut: 0, limit: null, exit: 'active_users > 10' },
  })
})

test.each([
  ['a lamp', 'lamp: silence', 'lamp: silense', 'UNKNOWN_LAMP', 4, 'silence'],
  ['a metric in a condition', 'mrr > 100', 'mr > 100', 'BAD_CONDITION', 13, 'mrr'],
  [
    'a metric in the exit',
    'exit: active_users',
    'exit: active_user',
    'BAD_CONDITION',
    5,
    'active_users',
  ],
  ['a variable', "en: '{active_users}", "en: '{active_usres}", 'UNKNOWN_NAME', 10, 'active_users'],
  [
    'another variable',
    "en: 'Dear {contact_name}",
    "en: 'Dear {contct_name}",
    'UNKNOWN_NAME',
    18,
    'contact_name',
  ],
  ['a webhook', 'to: Our CRM', 'to: Our CMR', 'UNKNOWN_WEBHOOK', 20, 'Our CRM'],
  ['what a webhook is told', "en: '{mrr}'", "en: '{mrrr}'", 'UNKNOWN_NAME', 20, 'mrr'],
  ['a step', 'else: mail', 'else: mial', 'BAD_STEP', 13, 'mail'],
  ['an earlier step', 'else: mail', 'else: call', 'BAD_STEP', 13, null],
  ['a step of the same name', 'id: mail', 'id: call', 'DUPLICATE_STEP', 14, null],
  [
    'a language',
    'subject: { en: Hello, ja: こんにちは }',
    'subject: { en: Hello }',
    'BAD_DEFINITION',
    14,
    null,
  ],
] as const)('%s that is not right is refused with its place', (_, from, to, code, line, near) => {
  expect(yaml).toContain(from)
  const parsed = parsePlaybook(yaml.replace(from, to), scope)
  const problems = parsed.ok ? [] : parsed.problems
  const found = problems.find((problem) => problem.code === code)
  expect(problems.map((problem) => problem.code)).toContain(code)
  expect(found?.line).toBe(line)
  if (near !== null) expect(found?.suggestions).toContain(near)
})

test('every problem is told at once', () => {
  const wrong = yaml.replace('mrr > 100', 'mr > 100').replace('silence', 'silense')
  const parsed = parsePlaybook(wrong, scope)
  expect(parsed.ok ? [] : parsed.problems.map(({ code }) => code)).toEqual([
    'UNKNOWN_LAMP',
    'BAD_CONDITION',
  ])
})

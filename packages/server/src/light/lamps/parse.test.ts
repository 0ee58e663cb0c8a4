import { scopeForTests as scope } from '@tomoshibi/metrics/condition/testing'
import { expect, it } from 'vitest'
import { parseLampYaml } from './parse.ts'

const good = `
key: falling_use
version: 1
name: { en: Falling use, ja: 利用の低下 }
condition: mrr > 0 && login_trend < 0.5
severity: warning
why: { en: 'Only {active_users} came.', ja: '{active_users}人だけでした。' }
task:
  title: { en: Call, ja: 電話 }
  body: { en: Do it, ja: してください }
  owner: account_owner
  dueDays: 3
`

it('reads a lamp, with what was left out filled in', () => {
  const parsed = parseLampYaml(good, scope)
  expect(parsed.ok && parsed.lamp.definition).toMatchObject({
    off: null,
    holdDays: 0,
    clearDays: 0,
    outcome: 'churn',
  })
  expect(parsed.ok && parsed.lamp.names).toEqual(['mrr', 'login_trend', 'active_users'])
})

function problemsOf(yaml: string) {
  const parsed = parseLampYaml(yaml, scope)
  return parsed.ok ? [] : parsed.problems
}

it('tells where a condition is wrong, to the column of the file', () => {
  const wrong = good
    .replace('login_trend < 0.5', 'login_tren < 0.5 && plan > 3')
    .replace('severity', 'off: "mrr = 0"\nseverity')
    .replace('Only {active_users}', 'Only {activ_users}')
  expect(problemsOf(wrong)).toMatchObject([
    { line: 5, column: 23, suggestions: ['login_trend'] },
    { line: 5, column: 50 },
    { line: 6, column: 6 },
    { line: 8, suggestions: ['active_users'] },
  ])
})

it('tells every field that is missing, unknown or wrong', () => {
  const wrong = good
    .replace('severity: warning', 'severity: loud')
    .replace('version: 1', 'version: 0')
    .replace('  dueDays: 3', '  dueDay: 3')
    .replace('key: falling_use', 'key: Falling Use')
  const found = problemsOf(wrong).map(({ line, text }) => `${line}: ${text.en.split(':')[0]}`)
  expect(found).toEqual(
    expect.arrayContaining(['2: key', '3: version', '6: severity', '9: task.dueDays']),
  )
})

it('tells where YAML ends to be YAML', () => {
  expect(problemsOf('key: [unclosed\nname: x')).toMatchObject([{ code: 'BAD_YAML' }])
  expect(problemsOf('')[0]?.code).toBe('BAD_DEFINITION')
  expect(problemsOf('just a text')[0]?.code).toBe('BAD_DEFINITION')
  const bomb = `a: &a [x, x]\nb: &b [${'*a, '.repeat(50)}]\nc: [${'*b, '.repeat(50)}]`
  expect(problemsOf(bomb)[0]?.code).toBe('BAD_DEFINITION')
})

import { expect, it } from 'vitest'
import { checkCondition } from './check.ts'
import type { NameValues } from './evaluate.ts'
import { explainCondition, explainWithValues } from './explain.ts'
import { scopeForTests } from './testing.ts'

function condition(text: string) {
  const checked = checkCondition(text, scopeForTests)
  if (!checked.ok) throw new Error(checked.problems[0]?.text.en)
  return checked.condition
}

it.each([
  [
    'login_trend < 0.5 && days_to_renewal <= 90',
    'Login trend is below 0.5 and days to renewal are at most 90 days',
    'ログイン傾向が0.5未満、かつ契約更新までの日数が90日以下',
  ],
  [
    'licence_utilisation < 0.5 || !(mrr >= 300000)',
    'Licence utilisation is below 50% or MRR is below ¥300,000',
    'ライセンス利用率が50%未満、またはMRRが300,000円未満',
  ],
  ['0.5 > login_trend', 'Login trend is below 0.5', 'ログイン傾向が0.5未満'],
  [
    '(plan == "pro" || plan != "free") && active_users > 0',
    '(Plan is “pro” or plan is not “free”) and active users are above 0',
    '(プランが「pro」、またはプランが「free」以外)、かつアクティブユーザー数が0超',
  ],
  [
    '!(plan == "pro" && paused)',
    'Plan is not “pro” or paused is no',
    'プランが「pro」以外、または一時停止中が「いいえ」',
  ],
  [
    'plan in ["a", "b"] && !plan.startsWith("x")',
    'Plan is one of “a”, “b” and plan does not start with “x”',
    'プランが「a」、「b」のいずれか、かつプランが「x」で始まらない',
  ],
  [
    'active_users / seats < 0.2',
    'Active users ÷ seats is below 0.2',
    'アクティブユーザー数 ÷ 席数が0.2未満',
  ],
  [
    'signed_up_on >= date("2026-04-01") && !has(login_trend)',
    'Sign-up date is on or after 2026-04-01 and login trend has no value',
    '契約日が2026-04-01以後、かつログイン傾向に値がない',
  ],
])('%s in words', (text, en, ja) => {
  // The first letter may stand behind a bracket.
  const words = explainCondition(condition(text))
  expect({ ...words, en: words.en.toLowerCase() }).toEqual({ en: en.toLowerCase(), ja })
})

const cases: [string, NameValues, string, string][] = [
  [
    'mrr > 0 && login_trend < 0.5 && days_to_renewal <= 90',
    { mrr: '120000', login_trend: 0.314, days_to_renewal: 42 },
    'MRR is ¥120,000 (above ¥0), login trend is 0.31 (below 0.5) and days to renewal are 42 days (at most 90 days).',
    'MRRは120,000円(0円超)、ログイン傾向は0.31(0.5未満)、契約更新までの日数は42日(90日以下)。',
  ],
  [
    'login_trend < 0.5 || days_to_renewal <= 90',
    { login_trend: 0.8, days_to_renewal: 1 },
    'Days to renewal are 1 day (at most 90 days).',
    '契約更新までの日数は1日(90日以下)。',
  ],
  // Rounded to two digits it would read '0.5 (below 0.5)'.
  [
    'login_trend < 0.5',
    { login_trend: 0.4999 },
    'Login trend is 0.4999 (below 0.5).',
    'ログイン傾向は0.4999(0.5未満)。',
  ],
  [
    'licence_utilisation < 0.5 && plan in ["pro", "max"]',
    { licence_utilisation: 0.25, plan: 'pro' },
    'Licence utilisation is 25% (below 50%) and plan is “pro”.',
    'ライセンス利用率は25%(50%未満)、プランは「pro」。',
  ],
  ['active_users == 0', { active_users: 0 }, 'Active users are 0.', 'アクティブユーザー数は0。'],
  [
    'active_users < seats',
    { active_users: 3, seats: 20 },
    'Active users are 3 (below seats, 20).',
    'アクティブユーザー数は3(席数の20未満)。',
  ],
  // Not so: then the condition itself.
  ['login_trend < 0.5', { login_trend: null }, 'Login trend is below 0.5', 'ログイン傾向が0.5未満'],
]
it.each(cases)('why %s holds for %j', (text, values, en, ja) => {
  expect(explainWithValues(condition(text), values)).toEqual({ en, ja })
})

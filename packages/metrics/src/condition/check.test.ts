import { describe, expect, it } from 'vitest'
import { checkCondition } from './check.ts'
import { compileCondition } from './compile.ts'
import { namesIn } from './syntax.ts'
import { scopeForTests as scope } from './testing.ts'

function problemsOf(text: string) {
  const checked = checkCondition(text, scope)
  return checked.ok ? [] : checked.problems
}

describe('a condition that is right', () => {
  it.each([
    'login_trend < 0.5 && days_to_renewal <= 90 && plan == "pro"',
    '!(paused) || mrr >= 300000',
    'plan in ["pro", "enterprise"] && plan.startsWith("p")',
    'has(login_trend) ? login_trend < 0.5 : active_users == 0',
    'active_users / seats * 100 < 20 + 5 - 1',
    'signed_up_on < date("2026-04-01")',
    '-days_to_renewal > -90 // with a comment',
    "plan.contains('a') && plan.endsWith('b')",
    'plan in []',
  ])('%s', (text) => {
    expect(problemsOf(text)).toEqual([])
  })

  it('names each name once, in the order of first use', () => {
    const checked = checkCondition('mrr > 0 && (plan == "a" || has(seats) || mrr < 5)', scope)
    expect(checked.ok && namesIn(checked.condition)).toEqual(['mrr', 'plan', 'seats'])
  })
})

describe('a condition that is wrong', () => {
  it.each([
    ['', 'EMPTY', '', 'The condition is empty.'],
    ['plan = "pro"', 'SYNTAX', '=', "write '=='"],
    ['mrr >', 'SYNTAX', '', 'ends too early'],
    ['plan == "pro', 'SYNTAX', '"pro', 'never closed'],
    ['mrr @ 5', 'SYNTAX', '@', "'@' cannot be understood"],
    ['SELECT 1', 'SYNTAX', '1', 'cannot be understood'],
    ['plan < 3', 'WRONG_TYPE', '3', 'plan is a text; compare it with a text in quotes'],
    ['3 < plan', 'WRONG_TYPE', '3', 'plan is a text'],
    ['mrr == "many"', 'WRONG_TYPE', '"many"', 'mrr is a number'],
    ['plan < "pro"', 'WRONG_TYPE', 'plan < "pro"', "compare it with '=='"],
    ['mrr', 'WRONG_TYPE', 'mrr', 'here a yes or no is needed'],
    ['mrr && paused', 'WRONG_TYPE', 'mrr', 'here a yes or no is needed'],
    ['plan + 1 > 2', 'WRONG_TYPE', 'plan', 'here a number'],
    ['signed_up_on > "2026-01-01"', 'WRONG_TYPE', '"2026-01-01"', 'date("2026-04-01")'],
    ['paused ? mrr > 1 : plan', 'WRONG_TYPE', 'paused ? mrr > 1 : plan', 'of one kind'],
    ['plan in ["a", 3]', 'WRONG_TYPE', '3', 'plan is a text'],
    ['plan in plan', 'UNSUPPORTED', 'plan', 'a list after'],
    ['mrr in [seats]', 'UNSUPPORTED', 'seats', 'inside of a list'],
    ['mrr % 2 == 0', 'UNSUPPORTED', 'mrr % 2', "the operator '%'"],
    ['plan == null', 'UNSUPPORTED', 'null', 'has(name)'],
    ['plan.matches("a+")', 'UNSUPPORTED', 'plan.matches("a+")', "the method 'matches'"],
    ['plan.startswith("a")', 'UNSUPPORTED', 'plan.startswith("a")', 'Did you mean startsWith?'],
    ['size(plan) > 3', 'UNSUPPORTED', 'size(plan)', "the function 'size'"],
    ['plan.length > 3', 'UNSUPPORTED', 'plan.length', 'a name has no parts'],
    ['[1].exists(x, x > 0)', 'UNSUPPORTED', '[1].exists(x, x > 0)', "the method 'exists'"],
    ['has(plan.x)', 'UNSUPPORTED', 'has(plan.x)', 'one name'],
    ['mrr == b"x"', 'UNSUPPORTED', 'b"x"', 'the value'],
    ['{"a": 1} == mrr', 'UNSUPPORTED', '{"a": 1}', 'a map'],
    ['signed_up_on > date("2026-02-30")', 'BAD_DATE', 'date("2026-02-30")', 'A date is written'],
    ['signed_up_on > date("9999-99-99")', 'BAD_DATE', 'date("9999-99-99")', 'A date is written'],
    ['mrr > 9007199254740993', 'BAD_NUMBER', '9007199254740993', 'too large'],
  ])('%s', (text, code, piece, says) => {
    const [problem, ...more] = problemsOf(text)
    expect(more).toEqual([])
    expect(problem).toMatchObject({ code })
    if (code !== 'EMPTY') expect(text.slice(problem?.from, problem?.to)).toBe(piece)
    expect(problem?.text.en).toContain(says)
    expect(problem?.text.ja).toMatch(/[ぁ-ん]/)
  })

  it('suggests the names that may have been meant', () => {
    expect(problemsOf('login_tren < 0.5')[0]?.suggestions).toEqual(['login_trend'])
    expect(problemsOf('renewal < 90')[0]?.suggestions).toEqual(['days_to_renewal'])
    expect(problemsOf('xyzzy > 1')[0]?.suggestions).toEqual([])
    expect(problemsOf('constructor > 1')[0]?.code).toBe('UNKNOWN_NAME')
    expect(problemsOf('__proto__ > 1')[0]?.code).toBe('SYNTAX')
  })

  it('tells every problem, with line and column', () => {
    const found = problemsOf('mrrr > 1 &&\n  plan < 3 &&\n  paused == "x" && size(plan) == 1')
    expect(found.map(({ code, line, column }) => [code, line, column])).toEqual([
      ['UNKNOWN_NAME', 1, 1],
      ['WRONG_TYPE', 2, 10],
      ['WRONG_TYPE', 3, 13],
      ['UNSUPPORTED', 3, 20],
    ])
  })

  it('is refused when it is endless or bottomless, without a crash', () => {
    expect(problemsOf('a'.repeat(20_000))[0]?.code).toBe('TOO_LONG')
    expect(problemsOf(`${'('.repeat(2_000)}mrr > 1${')'.repeat(2_000)}`)[0]?.code).toBe('SYNTAX')
    expect(problemsOf(Array(1_000).fill('mrr>1').join('&&'))[0]?.code).toBe('SYNTAX')
  })
})

describe('the compiled text', () => {
  it('holds nothing that the author wrote', () => {
    const checked = checkCondition(
      'plan == "x\' OR 1=1 --" && mrr > 300000.5 && plan in ["\\\\\'; DROP TABLE x"]',
      scope,
    )
    const compiled = checked.ok ? compileCondition(checked.condition, 'lamp0') : null
    expect(compiled?.sql).not.toMatch(/OR 1=1|DROP|300000/)
    expect(compiled?.params).toEqual({
      lamp0_p0: "x' OR 1=1 --",
      lamp0_p1: '300000.5',
      lamp0_p2: ["\\'; DROP TABLE x"],
    })
  })

  it('takes no prefix that is not a name', () => {
    const checked = checkCondition('paused', scope)
    expect(() => checked.ok && compileCondition(checked.condition, 'a b')).toThrow(RangeError)
  })
})

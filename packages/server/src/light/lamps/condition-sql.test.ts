import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { checkCondition } from '@tomoshibi/metrics/condition/check'
import { compileCondition } from '@tomoshibi/metrics/condition/compile'
import { holds } from '@tomoshibi/metrics/condition/evaluate'
import type { NameScope } from '@tomoshibi/metrics/condition/scope'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as z from 'zod'

/** Conditions on the real engine, against a small evaluator that shares no code with the compiler. */

type Value = number | string | boolean | null
interface Row {
  readonly n: number
  readonly a: number | null
  readonly b: number | null
  /** Exact money. */
  readonly m: string | null
  readonly s: string | null
  readonly t: string | null
  readonly p: boolean | null
  readonly d: string | null
}

const numbers = [null, 0, 1, -1, 2.5, -0.1, 90, 1e300]
const monies = [null, '0', '83333.33333333', '300000', '-5', '90', '12345678901234567.12345678']
// What an attacker, a spreadsheet or a careless export would put there.
const texts = [
  null,
  '',
  'pro',
  "x' OR 1=1 --",
  '日本語',
  '\\',
  '\\n',
  '\n\t',
  '{p:String}',
  'p%_o',
  '👩‍💻',
]
const dates = [null, '2026-04-01', '1969-12-31', '2100-02-28']
const flags = [null, true, false]

/** A number of rows in which every kind of value meets many of the others. */
const rows: readonly Row[] = Array.from({ length: 120 }, (_, n) => ({
  n,
  a: numbers[n % 8] ?? null,
  b: numbers[(n * 3 + Math.floor(n / 8)) % 8] ?? null,
  m: monies[(n * 5) % 7] ?? null,
  s: texts[n % 11] ?? null,
  t: texts[(n * 7 + Math.floor(n / 11)) % 11] ?? null,
  p: flags[n % 3] ?? null,
  d: dates[(n * 3) % 4] ?? null,
}))

const label = { en: 'x', ja: 'x' }
const scope: NameScope = {
  names: new Map([
    ['a', { type: 'number', column: 'a', label }],
    ['b', { type: 'number', column: 'b', label }],
    ['m', { type: 'number', column: 'm', label, exact: true }],
    ['s', { type: 'string', column: 's', label }],
    ['t', { type: 'string', column: 't', label }],
    ['p', { type: 'bool', column: 'p', label }],
    ['d', { type: 'date', column: 'd', label }],
  ]),
}

/** An expression as its author writes it, and what it should be for a row. */
interface Sample<V> {
  readonly text: string
  readonly of: (row: Row) => V | null
}

const lift =
  <A, B, V>(f: (a: A, b: B) => V | null) =>
  (a: A | null, b: B | null): V | null =>
    a === null || b === null ? null : f(a, b)
const finite = (x: number) => (Number.isFinite(x) ? x : null)
const comparisons: Record<string, (a: number | string, b: number | string) => boolean> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}
const calculations: Record<string, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
}
const quoted = (s: string) => `"${[...s].map(escaped).join('')}"`
const escaped = (c: string) =>
  /[\\"]/.test(c) ? `\\${c}` : c === '\n' ? '\\n' : c === '\t' ? '\\t' : c

const { bool } = fc.letrec<{
  number: Sample<number>
  string: Sample<string>
  date: Sample<string>
  bool: Sample<boolean>
}>((tie) => ({
  number: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'e' },
    fc.constantFrom<Sample<number>>(
      { text: 'a', of: (r) => r.a },
      { text: 'b', of: (r) => r.b },
      { text: '(m + 0)', of: (r) => (r.m === null ? null : Number(r.m)) },
    ),
    fc
      .constantFrom(0, 1, 2.5, 90, 0.1, 1e300)
      .map((x) => ({ text: x === 1e300 ? '1e300' : String(x), of: () => x })),
    fc
      .tuple(fc.constantFrom('+', '-', '*', '/'), tie('number'), tie('number'))
      .map(([op, l, r]) => ({
        text: `(${l.text} ${op} ${r.text})`,
        of: (row: Row) =>
          lift((a: number, b: number) => finite(calculations[op]?.(a, b) ?? Number.NaN))(
            l.of(row),
            r.of(row),
          ),
      })),
    tie('number').map((x) => ({
      text: `-(${x.text})`,
      of: (row: Row) => {
        const value = x.of(row)
        return value === null ? null : -value
      },
    })),
    fc.tuple(tie('bool'), tie('number'), tie('number')).map(choice),
  ),
  string: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'e' },
    fc.constantFrom<Sample<string>>({ text: 's', of: (r) => r.s }, { text: 't', of: (r) => r.t }),
    fc
      .constantFrom(...texts.filter((x) => x !== null))
      .map((x) => ({ text: quoted(x), of: () => x })),
    fc.tuple(tie('bool'), tie('string'), tie('string')).map(choice),
  ),
  date: fc.oneof(
    fc.constant<Sample<string>>({ text: 'd', of: (r) => r.d }),
    fc
      .constantFrom('2026-04-01', '1969-12-31', '2027-01-01')
      .map((x) => ({ text: `date("${x}")`, of: () => x })),
  ),
  bool: fc.oneof(
    { maxDepth: 5, depthIdentifier: 'e', withCrossShrink: true },
    fc.constant<Sample<boolean>>({ text: 'p', of: (r) => r.p }),
    fc.boolean().map((x) => ({ text: String(x), of: () => x })),
    fc.constantFrom('a', 'm', 's', 'p', 'd').map((name) => ({
      text: `has(${name})`,
      of: (row: Row) => Object.entries(row).find(([key]) => key === name)?.[1] !== null,
    })),
    fc
      .tuple(fc.constantFrom('<', '<=', '>', '>='), tie('number'), tie('number'))
      .map(([op, l, r]) => compared(op, l, r)),
    fc
      .tuple(fc.constantFrom('<', '<=', '>', '>='), tie('date'), tie('date'))
      .map(([op, l, r]) => compared(op, l, r)),
    fc.tuple(tie('number'), tie('number')).map(([l, r]) => equal(l, r)),
    fc.tuple(tie('string'), tie('string')).map(([l, r]) => equal(l, r)),
    fc.tuple(tie('string'), tie('string')).map(([l, r]) => negated(equal(l, r))),
    fc.tuple(tie('bool'), tie('bool')).map(([l, r]) => equal(l, r)),
    fc.tuple(tie('date'), tie('date')).map(([l, r]) => equal(l, r)),
    tie('bool').map(negated),
    fc.tuple(fc.constantFrom('&&', '||'), tie('bool'), tie('bool')).map(([op, l, r]) => ({
      text: `(${l.text} ${op} ${r.text})`,
      of: (row: Row) => {
        const both = [l.of(row), r.of(row)]
        const decides = op === '||'
        if (both.includes(decides)) return decides
        return both.includes(null) ? null : !decides
      },
    })),
    fc
      .tuple(
        tie('string'),
        fc.array(fc.constantFrom(...texts.filter((x) => x !== null)), { maxLength: 4 }),
      )
      .map(([item, list]) => ({
        text: `${item.text} in [${list.map(quoted).join(', ')}]`,
        of: (row: Row) => {
          const value = item.of(row)
          return value === null ? null : list.includes(value)
        },
      })),
    fc
      .tuple(tie('number'), fc.array(fc.constantFrom(0, 1, 2.5, 90), { maxLength: 3 }))
      .map(([item, list]) => ({
        text: `${item.text} in [${list.join(', ')}]`,
        of: (row: Row) => {
          const value = item.of(row)
          return value === null ? null : list.some((x) => x === value)
        },
      })),
    fc
      .tuple(fc.constantFrom('startsWith', 'endsWith', 'contains'), tie('string'), tie('string'))
      .map(([method, l, r]) => ({
        text: `(${l.text}).${method}(${r.text})`,
        of: (row: Row) =>
          lift((x: string, y: string) =>
            method === 'contains'
              ? x.includes(y)
              : method === 'endsWith'
                ? x.endsWith(y)
                : x.startsWith(y),
          )(l.of(row), r.of(row)),
      })),
    fc.tuple(tie('bool'), tie('bool'), tie('bool')).map(choice),
  ),
}))

function compared<V extends number | string>(
  op: string,
  l: Sample<V>,
  r: Sample<V>,
): Sample<boolean> {
  return {
    text: `${l.text} ${op} ${r.text}`,
    of: (row) => lift((a: V, b: V) => comparisons[op]?.(a, b) ?? null)(l.of(row), r.of(row)),
  }
}

function equal<V extends Value>(l: Sample<V>, r: Sample<V>): Sample<boolean> {
  return {
    text: `(${l.text}) == (${r.text})`,
    of: (row) => lift((a: V, b: V) => a === b)(l.of(row), r.of(row)),
  }
}

function negated(x: Sample<boolean>): Sample<boolean> {
  return {
    text: `!(${x.text})`,
    of: (row) => {
      const value = x.of(row)
      return value === null ? null : !value
    },
  }
}

function choice<V>([when, then, otherwise]: [Sample<boolean>, Sample<V>, Sample<V>]): Sample<V> {
  return {
    text: `(${when.text} ? ${then.text} : ${otherwise.text})`,
    of: (row) => {
      const asked = when.of(row)
      return asked === null ? null : asked ? then.of(row) : otherwise.of(row)
    },
  }
}

let facts: TestFacts
beforeAll(async () => {
  facts = await startTestFacts()
  await facts.store.everywhere(
    'CREATE TABLE cases (n UInt32, a Nullable(Float64), b Nullable(Float64), m Nullable(Decimal(38, 8)),' +
      ' s Nullable(String), t Nullable(String), p Nullable(Bool), d Nullable(Date32))' +
      ' ENGINE = MergeTree ORDER BY n',
  )
  await facts.store.insert(
    'cases',
    rows.map((row) => ({ ...row })),
  )
})
afterAll(() => facts.stop())

const answerSchema = z.object({ answers: z.array(z.int().nullable()) })

/** What the engine makes of some conditions, all in one query: by row, by condition. */
async function answersOf(conditions: readonly string[]): Promise<(boolean | null)[][]> {
  const compiled = conditions.map((text, i) => {
    const checked = checkCondition(text, scope)
    if (!checked.ok) throw new Error(`${text}: ${checked.problems[0]?.text.en}`)
    return compileCondition(checked.condition, `e${i}`)
  })
  const found = await facts.store.query(
    {
      sql: `SELECT [${compiled.map((c) => c.sql).join(',\n')}] AS answers FROM cases ORDER BY n`,
      params: Object.assign({}, ...compiled.map((c) => c.params)),
    },
    answerSchema,
  )
  return found.map(({ answers }) => answers.map((x) => (x === null ? null : x === 1)))
}

it('means in SQL what it says, for any condition and any row, with missing values too', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(bool, { minLength: 8, maxLength: 8 }), async (samples) => {
      const answers = await answersOf(samples.map((x) => x.text))
      rows.forEach((row, n) => {
        samples.forEach((sample, i) => {
          const place = `${sample.text} for ${JSON.stringify(row)}`
          const expected = sample.of(row)
          expect([place, answers[n]?.[i]]).toEqual([place, expected])
          // The words of a case rest on the same meaning.
          const checked = checkCondition(sample.text, scope)
          const explained = checked.ok ? holds(checked.condition.expr, { ...row }) : undefined
          expect([place, explained]).toEqual([place, expected])
        })
      })
    }),
    { numRuns: 40 },
  )
})

it('compares money exactly where floats would round', async () => {
  const conditions = [
    'm == 83333.33333333',
    'm > 83333.33333332',
    'm > 12345678901234567.12345677',
    'm <= 12345678901234567.12345678',
    '300000 <= m',
  ]
  const answers = await answersOf(conditions)
  const of = (money: string) => answers[rows.findIndex((row) => row.m === money)]
  expect(of('83333.33333333')).toEqual([true, true, false, true, false])
  expect(of('12345678901234567.12345678')).toEqual([false, true, true, true, true])
})

it('keeps attacks in texts apart from the query', async () => {
  const attacks = [
    "x' OR 1=1 --",
    '\\',
    '{p:String}',
    "') UNION ALL SELECT 1 --",
    '\\N',
    "'; SELECT sleep(3)",
  ]
  const answers = await answersOf(attacks.map((x) => `s == ${quoted(x)}`))
  rows.forEach((row, n) => {
    expect(answers[n]).toEqual(attacks.map((x) => (row.s === null ? null : row.s === x)))
  })
})

import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { columnsOf, factNames, isInstant } from '@tomoshibi/metrics/custom/facts'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, between } from '../catalogue/testing.ts'
import { insertTinyCompany, TINY } from '../catalogue/tiny-company.ts'
import { catalogueWith, problemsWith, usual } from './testing.ts'

let facts: TestFacts
beforeAll(async () => {
  facts = await startTestFacts()
  await insertTinyCompany(facts.store)
})
afterAll(() => facts.stop())

/** Texts that authors may write anywhere, also such as want to be SQL. */
const anyText = fc.oneof(
  fc.constantFrom(
    'incident',
    'nps',
    '',
    "' OR 1=1 --",
    '{workspace_id:String}',
    "\\'; DROP TABLE tickets; --",
    '*/ SELECT 1 /*',
    '日本語',
    '%_',
  ),
  fc.string({ maxLength: 12, unit: 'grapheme' }),
)
const quoted = (text: string) => JSON.stringify(text.replace(/[\uD800-\uDFFF]/g, ''))

const fact = fc.constantFrom(...factNames)

const comparisons = (name: string, type: string): fc.Arbitrary<string> => {
  switch (type) {
    case 'text':
      return fc.oneof(
        fc
          .tuple(fc.constantFrom('==', '!='), anyText)
          .map(([op, t]) => `${name} ${op} ${quoted(t)}`),
        fc
          .array(anyText, { maxLength: 3 })
          .map((all) => `${name} in [${all.map(quoted).join(', ')}]`),
        fc
          .tuple(fc.constantFrom('startsWith', 'endsWith', 'contains'), anyText)
          .map(([method, t]) => `${name}.${method}(${quoted(t)})`),
      )
    case 'number':
    case 'money':
      return fc
        .tuple(
          fc.constantFrom('<', '<=', '>', '>=', '==', '!='),
          fc.constantFrom('0', '7.5', '100000', '-3'),
        )
        .map(([op, n]) => `${name} ${op} ${n}`)
    case 'flag':
      return fc.constantFrom(name, `!${name}`)
    default:
      return fc
        .tuple(fc.constantFrom('<', '<=', '>', '>='), fc.constantFrom('day', 'date("2026-04-10")'))
        .map(([op, d]) => `${name} ${op} ${d}`)
  }
}

const condition = (name: (typeof factNames)[number]): fc.Arbitrary<string> => {
  const single = fc
    .constantFrom(...columnsOf(name))
    .chain(([column, { type }]) =>
      fc.oneof(comparisons(column, type), fc.constant(`has(${column})`)),
    )
  return fc
    .tuple(single, single, fc.constantFrom('&&', '||'))
    .map(([left, right, op]) => `${left} ${op} !(${right})`)
}

/** A measure that has a chance to hold up: columns of its own fact, mostly of the right kind. */
const measure = fact.chain((name) => {
  const columns = [...columnsOf(name)]
  const of = (types: readonly string[]) =>
    columns.flatMap(([column, { type }]) => (types.includes(type) ? [column] : []))
  const numbers = of(['number', 'money'])
  const column = fc.constantFrom(...(numbers.length > 0 ? numbers : ['no_number']))
  const made = fc.oneof(
    fc.constant({ count: 'records' }),
    fc.constantFrom(...of(['text'])).map((text) => ({ count: `distinct ${text}` })),
    fc.constant({ days_since: 'last' }),
    ...(['sum', 'mean', 'median', 'p90', 'max', 'last'] as const).map((key) =>
      column.map((each) => ({ [key]: each })),
    ),
  )
  const instants = columns.flatMap(([each, type]) => (isInstant(type) ? [each] : []))
  return fc.record(
    {
      fact: fc.constant(name),
      made,
      where: condition(name),
      at: fc.constantFrom(...instants),
      window: fc.constantFrom('1 day', '28 days', '3 months', '2 weeks', 'all'),
    },
    { requiredKeys: ['fact', 'made'] },
  )
})

type Measure = typeof measure extends fc.Arbitrary<infer M> ? M : never
const written = ({ made, ...rest }: Measure, time: string): Record<string, unknown> => {
  const { window, ...others } = { ...rest, ...made }
  return time === 'period' ? others : { ...others, window: window ?? 'all' }
}

interface Content {
  readonly key: string
  readonly [setting: string]: unknown
}

/** A metric with the first of some units, times and grains under which it holds up. */
function holdingUp(content: Content): Content | null {
  const tries = ['count', 'money', 'days', 'ratio'].flatMap((unit) => [
    { ...content, unit },
    { ...content, unit, grains: ['account'] },
  ])
  return tries.find((each) => problemsWith([each]).length === 0) ?? null
}

const measures = fc
  .tuple(measure, fc.constantFrom('instant', 'period'), anyText)
  .map(([of, time, says]) => ({
    ...usual,
    name: { en: `x ${says.replace(/[\p{Cc}\u2028\u2029\uD800-\uDFFF]/gu, '')}`, ja: 'x' },
    time,
    measure: written(of, time),
  }))

const adding = measure.filter(({ made }) => 'count' in made || 'sum' in made)
const ratios = fc
  .tuple(adding, adding, fc.constantFrom('instant', 'period'))
  .map(([of, over, time]) => ({
    ...usual,
    time,
    ratio: { of: written(of, time), over: written(over, time) },
  }))

const number: fc.Arbitrary<string> = fc.letrec<{ number: string; bool: string }>((tie) => ({
  number: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('0', '2', '0.1', '1e3', '1000000'),
    fc.constantFrom('mrr', 'active_users', 'nps', 'overdue', 'licence_utilisation', 'tickets_open'),
    fc.constantFrom('default(nps, 0)', 'default(overdue, 1.5)'),
    fc
      .tuple(tie('number'), fc.constantFrom('+', '-', '*', '/'), tie('number'))
      .map(([left, op, right]) => `(${left} ${op} ${right})`),
    fc.tuple(tie('bool'), tie('number'), tie('number')).map(([w, t, o]) => `(${w} ? ${t} : ${o})`),
    tie('number').map((of) => `-${of}`),
  ),
  bool: fc.oneof(
    fc.constantFrom('has(nps)', 'has(mrr)', 'true'),
    fc
      .tuple(tie('number'), fc.constantFrom('<', '>=', '=='), tie('number'))
      .map(([left, op, right]) => `${left} ${op} ${right}`),
  ),
})).number

const formulas = number.map((formula) => ({ ...usual, formula }))

const runs = { numRuns: 4, endOnFailure: true }
const months = between('2026-03-01', '2026-06-01', 'month')

/** Runs whichever of them hold up, together in one query, at each grain. */
async function runAll(contents: readonly Record<string, unknown>[]): Promise<number> {
  const fine = contents.flatMap((content, k) => holdingUp({ ...content, key: `own_${k}` }) ?? [])
  if (fine.length === 0) return 0
  const catalogue = catalogueWith(fine)
  const metrics = fine.map(({ key }) => key)
  const question = { workspaceId: TINY, periods: months, catalogue }
  const among = metrics.filter((key) => catalogue.get(key)?.grains.includes('portfolio'))
  const overall = (by: readonly string[]) =>
    among.length === 0 ? [] : ask(facts.store, { ...question, metrics: among, by })
  const whole = await overall([])
  const sliced = await overall(['segment'])
  const parts = await ask(facts.store, { ...question, metrics, grain: 'account' })
  expect(whole).toHaveLength(among.length * months.length)
  for (const { metric, value, reason } of [...whole, ...sliced, ...parts]) {
    const said = JSON.stringify(catalogue.get(metric))
    expect(value === null, said).toBe(reason !== null)
    if (value !== null) expect(Number.isFinite(Number(value)), said).toBe(true)
  }
  // Counts and sums of accounts, and of slices, add up to the whole.
  for (const figure of whole) {
    const recipe = catalogue.get(figure.metric)?.measure
    const adds =
      recipe?.kind === 'fact' && ['records', 'distinct', 'sum'].includes(recipe.of.statistic)
    if (!adds || figure.value === null) continue
    for (const some of [parts, sliced]) {
      const total = some
        .filter(({ metric, start }) => metric === figure.metric && start === figure.start)
        .reduce((sum, { value }) => sum + Number(value ?? 0), 0)
      expect(total, JSON.stringify(recipe)).toBeCloseTo(Number(figure.value), 6)
    }
  }
  return fine.length
}

describe('any definition that holds up compiles and runs', () => {
  test.each([
    ['measures', measures],
    ['ratios', ratios],
    ['formulas', formulas],
  ])(
    '%s',
    async (_, arbitrary) => {
      let ran = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array<Record<string, unknown>>(arbitrary, { minLength: 12, maxLength: 12 }),
          async (some) => {
            ran += await runAll(some)
          },
        ),
        runs,
      )
      expect(ran).toBeGreaterThan(10)
    },
    240_000,
  )
})

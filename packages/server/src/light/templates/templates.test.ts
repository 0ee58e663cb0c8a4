import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import { healthMetrics } from '@tomoshibi/metrics/health/metrics'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  codeOf,
  startTestOperations,
  type TestOperations,
  type TestWorkspace,
} from '../../call/testing.ts'
import { metricNames } from '../lamps/names.ts'
import { parseLampYaml } from '../lamps/parse.ts'
import { loadOf, toDoWithout } from './load.ts'
import { lampYaml, plainNumber, proposed } from './render.ts'
import { lampTemplates } from './templates.ts'

const health = healthMetrics({ version: 1, scorecards: [], overrides: [] }, builtInMetrics)
const catalogue = new Map([
  ...builtInMetrics,
  ...health.map((metric) => [metric.key, metric] as const),
])

describe('the templates', () => {
  test('are at least 20, of risks and opportunities, each with a key of its own', () => {
    expect(new Set(lampTemplates.map(({ key }) => key)).size).toBe(lampTemplates.length)
    expect(lampTemplates.length).toBeGreaterThanOrEqual(20)
    expect(lampTemplates.filter(({ kind }) => kind === 'opportunity').length).toBeGreaterThan(3)
  })

  test.each(lampTemplates.map((template) => [template.key, template] as const))(
    '%s is a lamp that holds up, whatever is proposed',
    (_, template) => {
      for (const values of [[], Array.from({ length: 40 }, (__, k) => k / 40)]) {
        const thresholds = Object.entries(template.thresholds).map(([name, threshold]) =>
          proposed(name, threshold, values),
        )
        const parsed = parseLampYaml(lampYaml(template, thresholds), {
          names: metricNames('JPY', catalogue),
        })
        expect(parsed.ok ? [] : parsed.problems).toEqual([])
      }
    },
  )
})

describe('a proposed threshold', () => {
  const threshold = { metric: 'login_trend', quantile: 0.1, otherwise: 0.6, most: 0.8 }
  test('comes from the accounts where enough have a value', () => {
    const values = Array.from({ length: 101 }, (_, k) => k / 100)
    expect(proposed('low', threshold, values)).toMatchObject({
      value: 0.1,
      n: 101,
      from: 'distribution',
    })
  })

  test('is held where it would mean something else', () => {
    const few = Array.from({ length: 30 }, () => 1)
    expect(proposed('low', threshold, few)).toMatchObject({ value: 0.8 })
    const many = { metric: 'tickets_open', quantile: 0.95, otherwise: 4, least: 3 }
    expect(proposed('many', many, few)).toMatchObject({ value: 3, from: 'distribution' })
  })

  test('is what is usual where too few have', () => {
    const made = proposed('low', threshold, [0.1, 0.2])
    expect(made).toMatchObject({ value: 0.6, n: 2, from: 'usual' })
    expect(made.says.en).toContain('only 2 accounts')
  })

  test('never leaves its limits, and stays among the values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { minLength: 20, maxLength: 60 }),
        (values) => {
          const { value } = proposed('low', threshold, values)
          expect(value).toBeLessThanOrEqual(0.8)
          expect(value).toBeLessThanOrEqual(Math.max(...values) * 1.05 + 1e-9)
        },
      ),
    )
  })

  test.each([
    [0.123456, 0.12],
    [12_345.6, 12_000],
    [99.4, 99],
    [0, 0],
    [-1.96, -2],
  ])('%d is written %d', (value, written) => expect(plainNumber(value)).toBe(written))
})

describe('the load of a week', () => {
  const asked = (lamp: string, owner: string, times: number) =>
    Array.from({ length: times }, () => ({ lamp, owner }))

  test('adds up by CSM, the fullest first', () => {
    const load = loadOf(
      [...asked('a', 'Sato', 4), ...asked('a', 'Mori', 2)],
      asked('b', 'Sato', 4),
      2,
      3,
    )
    expect(load).toEqual([
      { owner: 'Sato', before: 2, added: 2, after: 4, budget: 3, isOver: true },
      { owner: 'Mori', before: 1, added: 0, after: 1, budget: 3, isOver: false },
    ])
  })

  test('proposes to do without what is no better than chance, and with what fills a full week only', () => {
    const there = [
      ...asked('worse', 'Sato', 9),
      ...asked('good', 'Sato', 9),
      ...asked('open', 'Sato', 9),
      ...asked('elsewhere', 'Mori', 1),
    ]
    const load = loadOf(there, [], 1, 5)
    const judged = [
      { lamp: 'good', precision: 0.4, baseRate: 0.1 },
      { lamp: 'open', precision: null, baseRate: null },
      { lamp: 'worse', precision: 0.05, baseRate: 0.1 },
      { lamp: 'elsewhere', precision: 0, baseRate: 0.1 },
    ]
    expect(toDoWithout(judged, there, load)).toEqual(['worse', 'open'])
    expect(toDoWithout(judged, there, loadOf(there, [], 100, 5))).toEqual([])
  })
})

describe('on a workspace', () => {
  let operations: TestOperations
  beforeAll(async () => {
    operations = await startTestOperations()
  })
  afterAll(() => operations.stop())

  /** Thirty accounts of 100,000 to 130,000 yen; four each are late with an invoice for twenty days. */
  async function company(): Promise<TestWorkspace> {
    const workspace = operations.workspace('2026-06-15T03:00:00Z')
    const start = '2026-01-01T00:00:00+09:00'
    for (let k = 0; k < 30; k++) {
      const id = `a${k}`
      await workspace.facts.account(id, { name: id, owner: k % 2 === 0 ? 'Sato' : 'Mori' }, start)
      const end = k === 0 ? '2026-05-01T00:00:00+09:00' : null
      await workspace.facts.line(id, `${id}-line`, {
        from: start,
        to: end,
        amount: `${100_000 + k * 1000}`,
      })
      if (k >= 4) continue
      const invoice = { issued: start, due: '2026-02-10T00:00:00+09:00' }
      await workspace.facts.invoice(id, `${id}-i`, invoice)
      await workspace.facts.invoice(id, `${id}-i`, {
        ...invoice,
        paid: '2026-03-02T00:00:00+09:00',
        known: '2026-03-02T00:00:00+09:00',
      })
    }
    return workspace
  }
  const lamp = (days: number) => `key: late
version: 1
name: { en: Late, ja: 遅延 }
condition: mrr > 0 && overdue > 0 && overdue_days >= ${days}
off: overdue <= 0 || mrr <= 0
severity: warning
task:
  title: { en: Ask, ja: 確認 }
  body: { en: Ask, ja: 確認 }
  owner: account_owner
  dueDays: 1
`

  test('thresholds come from its own accounts', async () => {
    const { caller } = await company()
    const templates = await caller.lamps.templates()
    const large = templates.find(({ key }) => key === 'no_decision_maker')?.thresholds[0]
    // 29 accounts pay today, from 101,000 to 129,000 yen; three quarters are below 122,000.
    expect(large).toMatchObject({ metric: 'mrr', value: 120_000, n: 29, from: 'distribution' })
    const use = templates.find(({ key }) => key === 'use_falls')?.thresholds[0]
    expect(use).toMatchObject({ n: 0, from: 'usual', value: 0.6 })
  })

  test('a preview is what the lamp then does, and stores nothing', async () => {
    const { caller } = await company()
    const preview = await caller.lamps.preview({ yaml: lamp(10), days: 160 })
    expect(preview).toMatchObject({ lit: 4, open: 0, key: 'late' })
    // One of the four was lost within 90 days.
    expect(preview.evidence.precision).toMatchObject({ numerator: 1, denominator: 4 })
    expect(preview.load.map(({ owner, added }) => [owner, added > 0])).toEqual(
      expect.arrayContaining([
        ['Sato', true],
        ['Mori', true],
      ]),
    )
    expect((await caller.lamps.definitions()).some(({ key }) => key === 'late')).toBe(false)
    await caller.lamps.define({ yaml: lamp(10) })
    const { evidence } = preview
    await caller.lamps.evaluate({})
    const [after] = [await caller.evidence.lamp({ key: 'late' })]
    expect({ lit: after.lit, precision: after.precision.numerator }).toEqual({
      lit: evidence.lit,
      precision: evidence.precision.numerator,
    })
    expect(await codeOf(caller.lamps.preview({ yaml: 'key: x' }))).toBe('BAD_CONDITION')
  })

  test('a full week is told', async () => {
    const { caller } = await company()
    await caller.workspace.configure({ settings: { lampBudgetPerWeek: 0.01 } })
    const preview = await caller.lamps.preview({ yaml: lamp(5), days: 160 })
    expect(preview.load.every(({ isOver }) => isOver)).toBe(true)
  })
})

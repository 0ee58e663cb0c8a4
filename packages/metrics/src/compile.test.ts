import { describe, expect, it } from 'vitest'
import { compileAccountFrame } from './account-frame.ts'
import { builtInMetrics } from './catalogue.ts'
import { compileCohorts } from './cohorts.ts'
import { compileMetrics } from './compile.ts'
import { plainDecimal } from './decode.ts'
import { describeMetric, explainRequest } from './explain.ts'
import { compileMovements } from './movement-events.ts'
import { periodsBetween, periodsOnDay } from './periods.ts'
import { nodesInOrder } from './plan/node.ts'
import type { BoundQuery } from './query.ts'
import type { MetricRequest } from './request.ts'
import { metricSettingsSchema } from './settings.ts'

const settings = metricSettingsSchema.parse({})
const day = periodsOnDay('2026-03-31', 'Asia/Tokyo')
const months = periodsBetween({
  from: '2026-01-01',
  to: '2026-04-01',
  grain: 'month',
  timeZone: 'Asia/Tokyo',
  fiscalYearStartMonth: 4,
})
if ('code' in day || 'code' in months) throw new Error('periods')

const request = (change: Partial<MetricRequest> = {}): MetricRequest => ({
  workspaceId: 'w',
  settings,
  metrics: ['mrr'],
  periods: day,
  grain: 'portfolio',
  by: [],
  knownAt: 'now',
  now: '2026-11-21T00:00:00Z',
  ...change,
})
const compiled = (change: Partial<MetricRequest>) => {
  const result = compileMetrics(request(change))
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result
}

const TABLES = [
  ...['account_attributes', 'contacts', 'contract_lines', 'usage_events', 'survey_answers'],
  ...['tickets', 'invoices', 'touchpoints', 'milestones', 'exchange_rates'],
  ...['use_by_month', 'event_use_by_month'],
]
const withoutComments = (sql: string) => sql.replace(/^\s*--.*$/gm, '')

/** Every reading of a fact table, each of which must be bound to the workspace. */
const scansOf = (sql: string): string[] =>
  [
    ...withoutComments(sql).matchAll(/\b(?:FROM|JOIN)\s+(\w+)([\s\S]*?)(?=\bFROM\b|\bJOIN\b|$)/g),
  ].flatMap(([, table = '', after = '']) => (TABLES.includes(table) ? [after] : []))
const expectBoundScans = ({ sql, params }: BoundQuery): void => {
  const scans = scansOf(sql)
  expect(scans.length).toBeGreaterThan(0)
  for (const scan of scans)
    expect(scan).toMatch(
      /^(?:\s+FINAL)?\s+WHERE workspace_id = \{(?:whole_)?workspace_id:String\} AND/,
    )
  expect([params.workspace_id, params.whole_workspace_id]).toEqual(['w', 'w'])
}

const shapes: Readonly<Record<string, Partial<MetricRequest>>> = {
  portfolio: {},
  account: { grain: 'account' },
  'some accounts': { grain: 'account', accountIds: ['a'] },
  slices: { by: ['plan', 'segment'] },
  'slices of accounts': { by: ['plan'], grain: 'account' },
  'slices by cohort': { by: ['cohort_month', 'plan', 'months_since'] },
  'slices by cohort of some accounts': {
    by: ['cohort_month', 'plan'],
    attributesAt: 'first_payment',
    grain: 'account',
    accountIds: ['a'],
  },
  replay: { knownAt: 'period-end', periods: months },
}
/** The same with the roll-up of use at hand. */
const rollups = { use: { timeZone: settings.timeZone, lastKnownAt: '2026-11-20T10:00:00Z' } }
const allShapes = Object.entries(shapes).flatMap(
  ([name, shape]): [string, Partial<MetricRequest>][] => [
    [name, shape],
    [`${name}, from roll-ups`, { ...shape, rollups }],
  ],
)

describe('a compiled query', () => {
  it.each(allShapes)('for %s: every scan of every metric is of the workspace', (_, shape) => {
    for (const { key, grains } of builtInMetrics.values()) {
      if (!grains.includes(shape.grain ?? 'portfolio')) continue
      expectBoundScans(compiled({ ...shape, metrics: [key] }).query)
    }
  })

  it('of the frame, of the cohorts and of movements event by event, too', () => {
    const frame = compileAccountFrame({
      ...request(),
      metrics: [...builtInMetrics.values()]
        .filter(({ grains }) => grains.includes('account'))
        .map(({ key }) => key),
      attributes: [{ key: 'plan', type: 'string' }],
      periods: months,
    })
    if (!frame.ok) throw new Error(JSON.stringify(frame.problems))
    expectBoundScans({ sql: `${frame.with} SELECT 1`, params: frame.params })
    expectBoundScans(compileCohorts({ ...request(), months, by: ['plan'] }).query)
    for (const period of day) expectBoundScans(compileMovements({ ...request(), period }).query)
  })

  it('holds nothing that came from outside', () => {
    const nasty = "x' OR 1=1 --"
    const { query } = compiled({
      workspaceId: nasty,
      by: [nasty],
      accountIds: [nasty],
      grain: 'account',
      settings: { ...settings, currency: nasty, timeZone: 'Asia/Tokyo' },
      metrics: ['mrr', 'overdue', 'active_users'],
    })
    expect(query.sql).not.toContain(nasty)
    expect(compileCohorts({ ...request(), months, by: [nasty] }).query.sql).not.toContain(nasty)
  })

  it.each(allShapes)('for %s: has a value for each of its placeholders', (_, shape) => {
    const grain = shape.grain ?? 'portfolio'
    const { query } = compiled({
      ...shape,
      metrics: [...builtInMetrics.values()]
        .filter(({ grains }) => grains.includes(grain))
        .map(({ key }) => key),
      settings: { ...settings, reactivationMaxGapDays: 30 },
    })
    const names = [...query.sql.matchAll(/\{(\w+):/g)].map(([, name]) => name)
    expect(names.filter((name) => name !== undefined && !(name in query.params))).toEqual([])
  })

  it('reads each fact source once, however many metrics are made of it', () => {
    const { query } = compiled({
      periods: months,
      metrics: ['mrr', 'arr', 'nrr', 'grr', 'mrr_new', 'licence_utilisation', 'active_users'],
    })
    // Exchange rates, and contract lines once more: use asks of them only who is a customer.
    expect(scansOf(query.sql)).toHaveLength(4)
    expect(query.sql.match(/FROM contract_lines\n/g)).toHaveLength(2)
    expect(query.sql.match(/FROM usage_events\n/g)).toHaveLength(1)
  })

  it('reads no events for figures of use when it has their roll-up', () => {
    const metrics = [
      'active_users',
      'stickiness',
      'usage_rate',
      'feature_adoption',
      'login_trend_z',
    ]
    for (const [shape, reads] of [
      [{ rollups }, false],
      [{ rollups, knownAt: 'period-end', periods: months }, false],
      // Within a day, before all of it was known; and in another time zone.
      [{ rollups, knownAt: '2026-11-20T09:00:00Z' }, true],
      [{ rollups: { use: { ...rollups.use, timeZone: 'UTC' } } }, true],
      [{ rollups: { use: null } }, true],
    ] as const) {
      const { query } = compiled({ ...shape, metrics })
      expect(query.sql.includes('FROM usage_events')).toBe(reads)
      expect(query.sql.includes('FROM use_by_month')).toBe(!reads)
    }
  })

  it('names no table expression like a table, which would read itself', () => {
    const { plan } = compiled({ metrics: [...builtInMetrics.keys()], by: ['plan'] })
    for (const { name } of nodesInOrder(plan)) expect(TABLES).not.toContain(name)
  })
})

describe('a plan in words', () => {
  it('says every step in both languages, and the SQL carries the words', () => {
    for (const language of ['en', 'ja'] as const) {
      const explained = explainRequest(request({ metrics: ['nrr'] }), language)
      if ('ok' in explained) throw new Error('refused')
      expect(explained.steps.length).toBeGreaterThan(5)
      for (const step of explained.steps) {
        expect(explained.query.sql).toContain(`-- ${step[language]}`)
      }
    }
  })

  it('describes what a metric is made of', () => {
    const nrr = builtInMetrics.get('nrr')
    if (nrr === undefined) throw new Error('nrr')
    expect(describeMetric(nrr).measures.map(({ measure }) => measure)).toEqual([
      'contracts.cohort_end',
      'contracts.cohort_start',
      'contracts.paying_start',
    ])
  })
})

describe('values', () => {
  it.each([
    ['100.00000000', '100'],
    ['83333.33333333', '83333.33333333'],
    ['0.50000000', '0.5'],
    ['-0.00000000', '0'],
    ['-10.10', '-10.1'],
    ['1000', '1000'],
  ])('money %s is written %s', (engine, plain) => {
    expect(plainDecimal(engine)).toBe(plain)
  })

  it('are there for each metric and period, also where the query has no row', () => {
    const { decode } = compiled({ metrics: ['nrr', 'mrr'], periods: months })
    const values = decode([])
    expect(values.map(({ metric, start }) => `${metric} ${start}`)).toEqual([
      'nrr 2026-01-01',
      'nrr 2026-02-01',
      'nrr 2026-03-01',
      'mrr 2026-01-01',
      'mrr 2026-02-01',
      'mrr 2026-03-01',
    ])
    expect(new Set(values.map(({ reason }) => reason))).toEqual(new Set(['no_data']))
  })
})

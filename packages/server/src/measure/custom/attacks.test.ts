import { factTables } from '@tomoshibi/facts/tables'
import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { compileAccountFrame } from '@tomoshibi/metrics/account-frame'
import { compileMetrics } from '@tomoshibi/metrics/compile'
import { facts as described, factNames } from '@tomoshibi/metrics/custom/facts'
import type { BoundQuery } from '@tomoshibi/metrics/query'
import type { MetricRequest } from '@tomoshibi/metrics/request'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { ask, between, onDay, settingsOf } from '../catalogue/testing.ts'
import { insertTinyCompany, OTHER, TINY } from '../catalogue/tiny-company.ts'
import { catalogueWith, problemsWith, usual } from './testing.ts'

let facts: TestFacts
beforeAll(async () => {
  facts = await startTestFacts()
  await insertTinyCompany(facts.store)
})
afterAll(() => facts.stop())

/** One metric over each fact, and what can be made of them. */
const over = (fact: string) => ({
  ...usual,
  key: `n_${fact}`,
  unit: 'count',
  measure: { fact, count: 'records', window: 'all' },
})
const every = [
  ...factNames.map(over),
  {
    ...usual,
    key: 'amounts',
    unit: 'money',
    measure: { fact: 'invoices', sum: 'amount', window: '12 months', where: 'amount > 1' },
  },
  {
    ...usual,
    key: 'users',
    unit: 'count',
    measure: { fact: 'usage_events', count: 'distinct user_id', window: '28 days' },
  },
  { ...usual, key: 'share', unit: 'ratio', ratio: { of: 'n_tickets', over: 'users' } },
  {
    ...usual,
    key: 'deep',
    unit: 'ratio',
    formula: 'default(share, 0) + n_contacts / n_milestones',
  },
]
const catalogue = catalogueWith(every)
const keys = every.map(({ key }) => key)

const request = (more: Partial<MetricRequest>): MetricRequest => ({
  workspaceId: TINY,
  settings: settingsOf(),
  metrics: keys,
  periods: onDay('2026-04-30'),
  grain: 'portfolio',
  by: [],
  knownAt: 'now',
  now: '2026-11-21T00:00:00Z',
  catalogue,
  ...more,
})

function compiled(more: Partial<MetricRequest>): BoundQuery {
  const outcome = compileMetrics(request(more))
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
  return outcome.query
}

/** Every place that reads a fact table, with the line after it. */
const scansOf = (sql: string): string[] => {
  const tables = Object.keys(factTables).join('|')
  const code = sql.replace(/^\s*--.*$/gm, '')
  return [...code.matchAll(new RegExp(`\\b(?:FROM|JOIN)\\s+(?:${tables})\\b\\s*(.*)`, 'g'))].map(
    ([, after = '']) => after,
  )
}

/** Of all accounts of the workspace, or of those that whoever asks may see: the same workspace. */
const ofWorkspace = /^WHERE workspace_id = \{(?:whole_)?workspace_id:String\}/

describe('every scan is of the workspace', () => {
  test.each<[string, Partial<MetricRequest>]>([
    ['the portfolio', {}],
    ['slices', { by: ['segment', 'region'] }],
    ['accounts', { grain: 'account' }],
    ['some accounts', { grain: 'account', accountIds: ['a'] }],
    ['a replay', { knownAt: 'period-end', periods: between('2026-01-01', '2026-06-01', 'month') }],
  ])('of %s', (_, more) => {
    const { sql, params } = compiled(more)
    const scans = scansOf(sql)
    expect(scans.length).toBeGreaterThanOrEqual(factNames.length)
    for (const scan of scans) expect(scan).toMatch(ofWorkspace)
    expect(params).toMatchObject({ workspace_id: TINY, whole_workspace_id: TINY })
  })

  test('and of the frame of lamps', () => {
    const instants = keys.filter((key) => catalogue.get(key)?.grains.includes('account'))
    const frame = compileAccountFrame({
      ...request({}),
      metrics: instants,
      attributes: [{ key: "segment' OR 1=1", type: 'string' }],
    })
    if (!frame.ok) throw new Error(JSON.stringify(frame.problems))
    const scans = scansOf(frame.with)
    expect(scans.length).toBeGreaterThan(5)
    for (const scan of scans) expect(scan).toMatch(ofWorkspace)
    expect(frame.params).toMatchObject({ workspace_id: TINY, whole_workspace_id: TINY })
  })
})

describe('two workspaces with the same accounts, records and keys', () => {
  const counts = z.object({ n: z.coerce.number() })

  test.each([TINY, OTHER])('%s sees its own records only', async (workspaceId) => {
    const values = await ask(facts.store, request({ workspaceId, periods: onDay('2030-01-01') }))
    for (const fact of factNames) {
      const [byHand] = await facts.store.query(
        {
          sql: `SELECT count() AS n FROM ${described[fact].table}
            WHERE workspace_id = {workspace_id:String}
              AND isNotNull(${described[fact].at}) AND NOT deleted`,
          params: { workspace_id: workspaceId },
        },
        counts,
      )
      const value = values.find(({ metric }) => metric === `n_${fact}`)?.value
      expect(value ?? 0, fact).toBe(byHand?.n)
    }
  })

  test('the same key means what each of them says', async () => {
    const own = (where: string) =>
      catalogueWith([
        {
          ...over('usage_events'),
          key: 'own',
          measure: { ...over('usage_events').measure, where },
        },
      ])
    const question = request({ metrics: ['own'], periods: onDay('2030-01-01') })
    const value = async (workspaceId: string, where: string) =>
      (await ask(facts.store, { ...question, workspaceId, catalogue: own(where) }))[0]?.value
    const [theirs, ours] = ['user_id.startsWith("other")', 'user_id.startsWith("u")']
    expect(await value(TINY, theirs)).toBe(0)
    expect(await value(OTHER, theirs)).toBeGreaterThan(5)
    expect(await value(TINY, ours)).toBeGreaterThan(5)
    expect(await value(OTHER, ours)).toBe(0)
  })
})

describe('texts that try to break out', () => {
  const texts = [
    "x' OR 1=1 --",
    '\\',
    "\\' OR workspace_id != ''",
    '*/ OR 1=1 /*',
    '{workspace_id:String}',
    '{nothing:String}',
    '); DROP TABLE tickets; --',
    "') UNION ALL SELECT * FROM tickets --",
    '$(id) `id`',
    '\u202e\u200b',
    '\u00a0;\u3000',
  ]

  test.each(texts)('%j as a value', async (text) => {
    const own = catalogueWith([
      {
        ...usual,
        key: 'own',
        unit: 'count',
        name: { en: text.replace(/\p{Cc}/gu, ''), ja: text },
        says: { en: text, ja: text },
        measure: {
          fact: 'tickets',
          count: 'records',
          window: 'all',
          where: `contact_id == ${JSON.stringify(text)} || kind.contains(${JSON.stringify(text)}) || priority in [${JSON.stringify(text)}]`,
        },
      },
      {
        ...usual,
        key: 'calculated',
        name: { en: text, ja: text },
        unit: 'ratio',
        formula: `${JSON.stringify(text)} == "y" ? active_users : 7.0\n  + default(own, 0)`,
      },
    ])
    const question = request({ metrics: ['own', 'calculated'], catalogue: own })
    const outcome = compileMetrics(question)
    if (!outcome.ok) throw new Error('refused')
    const code = outcome.query.sql.replace(/^\s*--.*$/gm, '')
    if (!text.includes('workspace_id') && text.length > 1) expect(code).not.toContain(text)
    const values = await ask(facts.store, question)
    expect(values.map(({ value }) => value)).toEqual([0, 7])
  })

  test('lines of a formula stay within the comment that says it', async () => {
    const formula = `"""
) UNION ALL SELECT 1 --""" == "x" ? 1.0 : 2.0
* active_users // DROP TABLE tickets
`
    const own = catalogueWith([{ ...usual, key: 'own', unit: 'ratio', formula }])
    const question = request({ metrics: ['own', 'active_users'], catalogue: own })
    const [value, users] = await ask(facts.store, question)
    expect(value?.value).toBe(2 * Number(users?.value))
    const { sql } = compiled({ metrics: ['own'], catalogue: own })
    expect(sql.replace(/^\s*--.*$/gm, '')).not.toMatch(/UNION ALL SELECT 1|DROP/)
  })
})

describe('formulas that grow', () => {
  /** Formulas one over the other, each with two uses of the one before. */
  const chain = (length: number, unit: string, first: string) =>
    Array.from({ length }, (_, k) => ({
      ...usual,
      key: `f${k}`,
      unit,
      formula: k === 0 ? `${first} * 1.0` : `(f${k - 1} - f${k - 1} / 2) * 2`,
    }))

  test.each([
    ['ratio', 'paying_accounts'],
    ['money', 'mrr'],
  ])('one over the other in %s are a query of that length', async (unit, first) => {
    const own = catalogueWith(chain(10, unit, first))
    const question = request({ metrics: ['f9'], catalogue: own })
    expect(compiled({ metrics: ['f9'], catalogue: own }).sql.length).toBeLessThan(60_000)
    const [value] = await ask(facts.store, question)
    const [base] = await ask(facts.store, request({ metrics: [first] }))
    expect(value?.value).toBe(base?.value)
    expect(problemsWith(chain(11, unit, first)).map(({ code }) => code)).toEqual(['TOO_DEEP'])
  })

  test.each([
    ['ratio', 'paying_accounts'],
    ['money', 'mrr'],
  ])('as long and as deep as they may be in %s, they run', async (unit, name) => {
    const chain = (length: number) => Array.from({ length }, () => name).join(' - ')
    const wide = Array.from({ length: 7 }, () => `(${chain(20)})`).join(' - ')
    const nested = (levels: number) =>
      `${'('.repeat(levels)}${name}${' / 2)'.repeat(levels / 2)}${' * 3)'.repeat(levels / 2)}`
    const own = catalogueWith([
      { ...usual, key: 'wide', unit, formula: wide },
      { ...usual, key: 'deep', unit, formula: `${nested(38)} - ${name}` },
    ])
    const values = await ask(facts.store, request({ metrics: ['wide', 'deep'], catalogue: own }))
    for (const { value } of values) expect(Number.isFinite(Number(value))).toBe(true)
    for (const formula of [chain(60), `${nested(40)} - ${name}`, `${wide} - ${wide}`]) {
      const codes = problemsWith([{ ...usual, key: 'own', unit, formula }]).map(({ code }) => code)
      expect(codes).toEqual(['TOO_LONG'])
    }
  })

  test('conditions as long as they may be run', async () => {
    const terms = Array.from({ length: 70 }, (_, k) => `amount + ${k} > unpaid * 2 - 1`)
    const sums = `${'('.repeat(35)}amount${' + 1)'.repeat(35)} > 0`
    const own = catalogueWith(
      [terms.slice(0, 30).join(' || '), sums].map((where, k) => ({
        ...usual,
        key: `c${k}`,
        unit: 'count',
        measure: { fact: 'invoices', count: 'records', window: 'all', where },
      })),
    )
    const values = await ask(facts.store, request({ metrics: ['c0', 'c1'], catalogue: own }))
    for (const { value } of values) expect(value).toBeGreaterThan(0)
    const where = terms.join(' || ')
    const measure = { fact: 'invoices', count: 'records', window: 'all', where }
    const codes = problemsWith([{ ...usual, key: 'own', unit: 'count', measure }])
    expect(codes.map(({ code }) => code)).toEqual(['TOO_LONG'])
  })
})

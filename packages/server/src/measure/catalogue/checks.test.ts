import { startTestCluster, startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import type { MetricValue } from '@tomoshibi/metrics/value'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { CHECKED_SETTINGS, checks } from './checks.ts'
import { insertServiceCompany, SERVICE } from './service-company.ts'
import { ask, between, settingsOf } from './testing.ts'
import { insertTinyCompany, TINY } from './tiny-company.ts'

const oneValue = z.object({ value: z.union([z.string(), z.number()]) })

it('every built-in metric has a check', () => {
  expect(Object.keys(checks).toSorted()).toEqual([...builtInMetrics.keys()].toSorted())
})

describe.each([
  { on: 'one server', start: startTestFacts },
  { on: 'a cluster of two shards', start: startTestCluster },
])('every built-in metric equals a query written by hand, on $on', ({ start }) => {
  let facts: TestFacts
  let values: MetricValue[]

  beforeAll(async () => {
    facts = await start()
    await insertTinyCompany(facts.store)
    await insertServiceCompany(facts.store)
    values = []
    for (const workspaceId of [TINY, SERVICE]) {
      const metrics = [...builtInMetrics.keys()].filter(
        (key) => (checks[key]?.workspace ?? TINY) === workspaceId,
      )
      const periods = between('2026-04-01', '2026-05-01', 'month')
      const settings = settingsOf(CHECKED_SETTINGS)
      values.push(...(await ask(facts.store, { workspaceId, metrics, periods, settings })))
    }
  })
  afterAll(() => facts.stop())

  it.each(Object.entries(checks))('%s', async (key, { value, sql }) => {
    const [byHand] = await facts.store.query({ sql, params: {} }, oneValue)
    const compiled = values.find(({ metric }) => metric === key)
    expect(compiled?.reason).toBeNull()
    if (typeof value === 'string') {
      expect(compiled?.value).toBe(value)
      expect(Number(byHand?.value)).toBeCloseTo(Number(value), 6)
    } else {
      expect(compiled?.value).toBeCloseTo(value, 9)
      expect(Number(byHand?.value)).toBeCloseTo(value, 9)
    }
  })

  it('and its parts, sliced and by account, come as from one query', async () => {
    const question = {
      workspaceId: TINY,
      metrics: ['mrr_end', 'nrr', 'active_users', 'overdue'],
      periods: between('2026-04-01', '2026-05-01', 'month'),
    }
    const slices = await ask(facts.store, { ...question, by: ['segment'], knownAt: 'period-end' })
    const parts = await ask(facts.store, { ...question, grain: 'account', accountIds: ['a', 'h'] })
    expect(slices.filter(({ metric }) => metric === 'mrr_end').map(({ value }) => value)).toEqual([
      '310000',
      '239000',
      '245000',
    ])
    expect(parts.filter(({ metric }) => metric === 'mrr_end').map(({ value }) => value)).toEqual([
      '150000',
      '160000',
    ])
  })
})

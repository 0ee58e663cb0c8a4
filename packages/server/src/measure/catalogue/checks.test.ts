import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import type { MetricValue } from '@tomoshibi/metrics/value'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { checks } from './checks.ts'
import { ask, between } from './testing.ts'
import { insertTinyCompany, TINY } from './tiny-company.ts'

let facts: TestFacts
let values: MetricValue[]

beforeAll(async () => {
  facts = await startTestFacts()
  await insertTinyCompany(facts.store)
  values = await ask(facts.store, {
    workspaceId: TINY,
    metrics: [...builtInMetrics.keys()],
    periods: between('2026-04-01', '2026-05-01', 'month'),
  })
})
afterAll(() => facts.stop())

const oneValue = z.object({ value: z.union([z.string(), z.number()]) })

describe('every built-in metric equals a query written by hand', () => {
  it('has one for each', () => {
    expect(Object.keys(checks).toSorted()).toEqual([...builtInMetrics.keys()].toSorted())
  })

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
})

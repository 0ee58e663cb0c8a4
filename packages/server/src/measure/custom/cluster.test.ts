import { startTestCluster, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { factNames } from '@tomoshibi/metrics/custom/facts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, between } from '../catalogue/testing.ts'
import { insertTinyCompany, TINY } from '../catalogue/tiny-company.ts'
import { catalogueWith, usual } from './testing.ts'

let facts: TestFacts
beforeAll(async () => {
  facts = await startTestCluster()
  await insertTinyCompany(facts.store)
})
afterAll(() => facts.stop())

test('a cluster of two shards gives the figures of one server', async () => {
  const counts = factNames.map((fact) => ({
    ...usual,
    key: `n_${fact}`,
    unit: 'count',
    measure: { fact, count: 'records', window: 'all' },
  }))
  const catalogue = catalogueWith([
    ...counts,
    {
      ...usual,
      key: 'unpaid',
      unit: 'money',
      measure: { fact: 'invoices', sum: 'unpaid', where: 'due_at <= day', window: 'all' },
    },
    {
      ...usual,
      key: 'users',
      unit: 'count',
      measure: { fact: 'usage_events', count: 'distinct user_id', window: '28 days' },
    },
    { ...usual, key: 'share', unit: 'ratio', formula: 'users / active_users' },
    { ...usual, key: 'late', unit: 'percent', formula: 'unpaid / overdue' },
  ])
  const question = {
    workspaceId: TINY,
    periods: between('2026-04-01', '2026-05-01', 'month'),
    catalogue,
  }
  const metrics = [...counts.map(({ key }) => key), 'share', 'late']
  const values = await ask(facts.store, { ...question, metrics })
  for (const { metric, value } of values) expect(value, metric).not.toBeNull()
  expect(values.slice(-2).map(({ value }) => value)).toEqual([1, 1])
  const parts = await ask(facts.store, { ...question, metrics, grain: 'account', by: ['segment'] })
  for (const { key } of counts) {
    const total = parts
      .filter(({ metric }) => metric === key)
      .reduce((sum, { value }) => sum + Number(value ?? 0), 0)
    expect(total, key).toBe(values.find(({ metric }) => metric === key)?.value)
  }
  const some = await ask(facts.store, {
    ...question,
    metrics: ['users', 'active_users'],
    grain: 'account',
    accountIds: ['a', 'g'],
  })
  expect(some.map(({ value }) => value).slice(0, 2)).toEqual(
    some.map(({ value }) => value).slice(2),
  )
})

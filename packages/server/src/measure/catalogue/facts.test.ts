import { factTables } from '@tomoshibi/facts/tables'
import { startTestCluster, startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { addedUp, type Contribution, factsBehind } from '@tomoshibi/metrics/behind/facts'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import type { MetricDefinition } from '@tomoshibi/metrics/definition'
import type { MetricValue } from '@tomoshibi/metrics/value'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { ask, between, settingsOf } from './testing.ts'
import { insertTinyCompany, TINY, tokyo } from './tiny-company.ts'

const columns = Object.fromEntries(
  Object.values(factTables).map((table) => [table.name, Object.keys(table.columns)]),
)
const recordRow = z.looseObject({ record_id: z.string(), of_all: z.coerce.number() })

/** Figures that compare an account with all others: what one record adds, only all of them can tell. */
const amongOthers = new Set<string>(['usage_rate_percentile', 'login_trend_z'])

const perAccount = [...builtInMetrics.values()].filter(({ grains }) => grains.includes('account'))

/** At least one for each kind of fact and of recipe. */
const some = new Set<string>([
  ...['mrr_end', 'nrr', 'renewal_rate', 'active_users', 'licence_utilisation', 'nps', 'csat'],
  ...['tickets_open', 'resolution_time', 'overdue'],
])

describe.each([
  { on: 'one server', start: startTestFacts, metrics: perAccount },
  {
    on: 'a cluster of two shards',
    start: startTestCluster,
    metrics: perAccount.filter(({ key }) => some.has(key)),
  },
])('the facts behind the figure of an account, on $on', ({ start, metrics }) => {
  let facts: TestFacts
  beforeAll(async () => {
    facts = await start()
    await insertTinyCompany(facts.store)
  })
  afterAll(() => facts.stop())

  const periods = between('2026-04-01', '2026-05-01', 'month')
  const request = {
    workspaceId: TINY,
    settings: settingsOf(),
    periods,
    knownAt: 'now',
    now: '2026-11-21T00:00:00Z',
  } as const

  async function behind(definition: MetricDefinition, accountId: string, knownAt = 'now') {
    const plan = factsBehind({ ...request, knownAt, definition, accountId, columns })
    const parts: Contribution[] = []
    const wholes: Contribution[] = []
    const records: string[] = []
    for (const table of plan.tables) {
      const rows = await facts.store.query(plan.list(table, { limit: 1000, offset: 0 }), recordRow)
      expect(rows[0]?.of_all ?? 0, definition.key).toBe(rows.length)
      records.push(...rows.map(({ record_id }) => record_id))
      const ids = rows.map(({ record_id }) => record_id)
      for (const asked of plan.contributions(table.table, ids, 0)) {
        const { each, all } = asked.decode(await facts.store.query(asked.query, asked.rowSchema))
        expect(each).toHaveLength(ids.length)
        parts.push(...each)
        wholes.push(all)
      }
    }
    return { plan, records, parts: addedUp(parts), wholes: addedUp(wholes) }
  }

  const expectExact = (v: MetricValue, found: Awaited<ReturnType<typeof behind>>) => {
    const name = `${v.metric} of ${v.account}`
    for (const side of ['numerator', 'denominator'] as const) {
      // Without a record nothing is added.
      const part = found.parts[side] ?? found.wholes[side]
      expect(part, `${name} ${side}`).toEqual(found.wholes[side])
      if (v[side] === null) continue
      if (typeof v[side] === 'string') expect(part, `${name} ${side}`).toBe(v[side])
      else expect(Number(part), `${name} ${side}`).toBeCloseTo(Number(v[side]), 9)
    }
  }

  it('are found for every metric, and what they add makes up the figure exactly', async () => {
    const accounts = ['a', 'b']
    const values = await ask(facts.store, {
      ...request,
      metrics: metrics.map(({ key }) => key),
      grain: 'account',
      accountIds: accounts,
    })
    const added = new Set<string>()
    for (const definition of metrics) {
      for (const v of values.filter(({ metric }) => metric === definition.key)) {
        const found = await behind(definition, v.account ?? '')
        expect(found.plan.tables.length + found.plan.madeOf.length, v.metric).toBeGreaterThan(0)
        expect(found.plan.tables.every((table) => table.columns.length > 0)).toBe(true)
        if (!found.plan.adds) continue
        added.add(v.metric)
        expectExact(v, found)
      }
    }
    const summed = metrics.filter(({ measure }) => ['sum', 'ratio', 'mean'].includes(measure.kind))
    const missing = summed.filter(({ key }) => !added.has(key) && !amongOthers.has(key))
    expect(missing.map(({ key }) => key)).toEqual([])
  }, 300_000)

  it('are those that were known then', async () => {
    const mrr = builtInMetrics.get('mrr_end')
    if (mrr === undefined) throw new Error('no mrr_end')
    for (const knownAt of [tokyo('2026-04-10'), tokyo('2026-06-01')]) {
      const asked = { ...request, knownAt, metrics: ['mrr_end'], grain: 'account' as const }
      for (const v of await ask(facts.store, asked)) {
        expectExact(v, await behind(mrr, v.account ?? '', knownAt))
      }
    }
  })
})

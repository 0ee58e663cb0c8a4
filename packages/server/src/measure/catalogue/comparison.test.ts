import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import type { MetricValue } from '@tomoshibi/metrics/value'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, between, fact, onDay } from './testing.ts'
import { insertTinyCompany, TINY, tokyo } from './tiny-company.ts'

let facts: TestFacts
beforeAll(async () => {
  facts = await startTestFacts()
  await insertTinyCompany(facts.store)
})
afterAll(() => facts.stop())

const all = [...builtInMetrics.values()]
const metrics = all.filter(({ grains }) => grains.includes('portfolio')).map(({ key }) => key)
const byAccount = all.filter(({ grains }) => grains.includes('account')).map(({ key }) => key)
const compare = ['previous', 'year_before'] as const

const keyOf = (v: MetricValue) => JSON.stringify([v.metric, v.slice, v.account])
const valuesOf = (all: readonly MetricValue[]) =>
  new Map(all.map((v) => [keyOf(v), { value: v.value, n: v.n, reason: v.reason }]))

/** What is compared with, in the shape in which it can be asked for itself. */
const comparedOf = (all: readonly MetricValue[], with_: (typeof compare)[number]) =>
  new Map(
    all.map((v) => {
      const compared = v.compared?.[with_]
      return [
        keyOf(v),
        { value: compared?.value ?? null, n: compared?.n, reason: compared?.reason ?? null },
      ]
    }),
  )

describe('a comparison is what the other period answers when it is asked for itself', () => {
  const april = between('2026-04-01', '2026-05-01', 'month')
  const march = between('2026-03-01', '2026-04-01', 'month')
  const lastApril = between('2025-04-01', '2025-05-01', 'month')

  it('for every metric of the portfolio', async () => {
    const asked = { workspaceId: TINY, metrics }
    const values = await ask(facts.store, { ...asked, periods: april, compare })
    expect(values).toHaveLength(metrics.length)
    const previous = await ask(facts.store, { ...asked, periods: march })
    expect(comparedOf(values, 'previous')).toEqual(valuesOf(previous))
    const year = await ask(facts.store, { ...asked, periods: lastApril })
    expect(comparedOf(values, 'year_before')).toEqual(valuesOf(year))
  })

  it('for every metric of every account, and leaves the figures themselves as they are', async () => {
    const accountIds = ['a', 'b', 'c', 'd', 'e']
    const asked = { workspaceId: TINY, metrics: byAccount, grain: 'account' as const, accountIds }
    const values = await ask(facts.store, { ...asked, periods: april, compare })
    const previous = await ask(facts.store, { ...asked, periods: march })
    expect(comparedOf(values, 'previous')).toEqual(valuesOf(previous))
    const plain = await ask(facts.store, { ...asked, periods: april })
    expect(valuesOf(values)).toEqual(valuesOf(plain))
  })

  it('for every metric on a day', async () => {
    const asked = { workspaceId: TINY, metrics }
    const values = await ask(facts.store, { ...asked, periods: onDay('2026-04-30'), compare })
    const year = await ask(facts.store, { ...asked, periods: onDay('2025-04-30') })
    expect(comparedOf(values, 'year_before')).toEqual(valuesOf(year))
  })

  it('of a running month: the same question, asked at the same point of the month before', async () => {
    const asked = { workspaceId: TINY, metrics }
    const now = tokyo('2026-04-16', '12:00:00')
    const values = await ask(facts.store, { ...asked, periods: april, compare: ['previous'], now })
    expect(
      values.every(({ complete, compared }) => !complete && compared?.previous?.samePoint),
    ).toBe(true)
    const point = tokyo('2026-03-16', '12:00:00')
    const then = await ask(facts.store, { ...asked, periods: march, knownAt: point, now: point })
    expect(comparedOf(values, 'previous')).toEqual(valuesOf(then))
  })

  it('by slice: also one that is there no more', async () => {
    const asked = { workspaceId: TINY, metrics: ['mrr', 'nrr'], by: ['segment'] }
    const values = await ask(facts.store, { ...asked, periods: april, compare: ['previous'] })
    const previous = await ask(facts.store, { ...asked, periods: march })
    const compared = comparedOf(values, 'previous')
    for (const [key, value] of valuesOf(previous)) expect(compared.get(key), key).toEqual(value)
  })
})

describe('a change', () => {
  it('is exact for money, and a share of the size of what it is compared with', async () => {
    const workspaceId = 'changes'
    const line = (record: string, amount: string, from: string) =>
      fact('contract_lines', workspaceId, {
        account_id: 'x',
        record_id: record,
        amount,
        effective_from: from,
      })
    await facts.store.insert('contract_lines', [
      line('first', '0.1', tokyo('2026-01-01')),
      line('second', '0.2', tokyo('2026-03-10')),
    ])
    const [mrr] = await ask(facts.store, {
      workspaceId,
      metrics: ['mrr_end'],
      periods: between('2026-03-01', '2026-04-01', 'month'),
      compare,
    })
    expect(mrr?.compared?.previous).toMatchObject({
      start: '2026-02-01',
      end: '2026-03-01',
      value: '0.1',
      change: '0.2',
      changeRatio: 2,
      samePoint: false,
      complete: true,
    })
    // An account that has contracts, none of which applied then, paid nothing: a change has no share of that.
    expect(mrr?.compared?.year_before).toMatchObject({
      value: '0',
      change: '0.3',
      changeRatio: null,
    })
  })
})

import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { compileAccountFrame } from '@tomoshibi/metrics/account-frame'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import { compileMetrics } from '@tomoshibi/metrics/compile'
import { lastInstantOf } from '@tomoshibi/metrics/periods'
import type { MetricValue } from '@tomoshibi/metrics/value'
import Big from 'big.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { ask, between, fact, onDay, settingsOf } from './testing.ts'
import { insertTinyCompany, OTHER, TINY, tokyo } from './tiny-company.ts'

let facts: TestFacts
beforeAll(async () => {
  facts = await startTestFacts()
  await insertTinyCompany(facts.store)
})
afterAll(() => facts.stop())

const april = between('2026-04-01', '2026-05-01', 'month')
const all = [...builtInMetrics.values()]
/** What adds up over accounts: sums and ratios of sums. */
const additive = all.filter(({ measure }) => measure.kind === 'sum' || measure.kind === 'ratio')
const keys = additive.map(({ key }) => key)

const sum = (values: readonly MetricValue[], side: 'numerator' | 'denominator'): number | null => {
  const there = values.flatMap((value) => (value[side] === null ? [] : [String(value[side])]))
  return there.length === 0
    ? null
    : Number(there.reduce((total, each) => total.plus(each), new Big(0)))
}

const expectPartsToAddUp = (whole: readonly MetricValue[], parts: readonly MetricValue[]): void => {
  for (const figure of whole) {
    const mine = parts.filter(({ metric }) => metric === figure.metric)
    for (const side of ['numerator', 'denominator'] as const) {
      const expected = figure[side] === null ? null : Number(figure[side])
      expect(sum(mine, side), `${figure.metric} ${side}`).toBe(expected)
    }
    const n = mine.reduce((total, part) => total + (part.n ?? 0), 0)
    expect(n, `${figure.metric} n`).toBe(figure.n)
  }
}

describe('parts', () => {
  it('of accounts add up to the portfolio, exactly', async () => {
    const question = { workspaceId: TINY, metrics: keys, periods: april }
    const whole = await ask(facts.store, question)
    const parts = await ask(facts.store, { ...question, grain: 'account' })
    expectPartsToAddUp(whole, parts)
  })

  it('of slices add up to the portfolio; an account without the attribute is the slice null', async () => {
    const question = { workspaceId: TINY, metrics: keys, periods: april }
    const whole = await ask(facts.store, question)
    const parts = await ask(facts.store, { ...question, by: ['segment', 'region'] })
    expectPartsToAddUp(whole, parts)
    const slices = parts.filter(({ metric }) => metric === 'mrr').map(({ slice }) => slice)
    expect(slices).toContainEqual({ segment: null, region: null })
    expect(slices).toContainEqual({ segment: 'large', region: 'kanto' })
  })

  it('are cut by the attribute of the start of the period, and of the instant for an instant', async () => {
    const of = await ask(facts.store, {
      workspaceId: TINY,
      metrics: ['mrr_end', 'mrr'],
      periods: april,
      by: ['segment'],
    })
    const value = (metric: string, segment: string | null) =>
      of.find((each) => each.metric === metric && each.slice.segment === segment)?.value
    // a was small when April began and is large at its end.
    expect(value('mrr_end', 'small')).toBe('239000')
    expect(value('mrr', 'small')).toBe('89000')
    expect(value('mrr_end', 'large')).toBe('310000')
    expect(value('mrr', 'large')).toBe('460000')
  })

  it('can be those of one account, with no value where it has none', async () => {
    const values = await ask(facts.store, {
      workspaceId: TINY,
      metrics: ['mrr', 'nps', 'licence_utilisation'],
      periods: onDay('2026-04-30'),
      grain: 'account',
      accountIds: ['b', 'm'],
    })
    expect(values).toMatchObject([
      { metric: 'mrr', account: 'b', value: '0', on: '2026-04-30', reason: null },
      { metric: 'mrr', account: 'm', value: null, reason: 'no_data' },
      { metric: 'nps', account: 'b', value: null, n: 0, reason: 'no_data' },
      { metric: 'nps', account: 'm', value: null, reason: 'no_data' },
      { metric: 'licence_utilisation', account: 'b', value: null, reason: 'no_data' },
      { metric: 'licence_utilisation', account: 'm', value: null, reason: 'no_data' },
    ])
  })
})

describe('no data is no value', () => {
  it('in a workspace without facts, for every metric', async () => {
    const values = await ask(facts.store, {
      workspaceId: 'empty',
      metrics: all.map(({ key }) => key),
      periods: april,
    })
    expect(values).toHaveLength(all.length)
    for (const value of values) {
      expect(value, value.metric).toMatchObject({ value: null, n: 0, reason: 'no_data' })
    }
  })

  const ratios = all.filter(({ measure }) => measure.kind === 'ratio')
  it('for every ratio over nothing, with a reason and never as NaN', async () => {
    // Facts of every kind are known, and none of them lies in or before this period.
    const values = await ask(facts.store, {
      workspaceId: TINY,
      metrics: [...ratios.map(({ key }) => key), 'ltv'],
      periods: between('2019-04-01', '2019-05-01', 'month'),
    })
    expect(values).toHaveLength(ratios.length + 1)
    for (const value of values) {
      expect(value.value, value.metric).toBeNull()
      expect(['zero_denominator', 'no_data', 'no_churn']).toContain(value.reason)
      if (value.reason !== 'no_data') expect(Number(value.denominator)).toBe(0)
    }
    const reasonOf = (key: string) => values.find(({ metric }) => metric === key)?.reason
    expect(reasonOf('nrr')).toBe('zero_denominator')
    expect(reasonOf('arpa')).toBe('zero_denominator')
    expect(reasonOf('ltv')).toBe('no_churn')
  })

  it('for one account whose base is 0', async () => {
    const values = await ask(facts.store, {
      workspaceId: TINY,
      metrics: ['nrr', 'login_trend', 'customer_churn_rate', 'arpu'],
      periods: april,
      grain: 'account',
      accountIds: ['d'],
    })
    expect(values.map(({ metric, value, reason }) => [metric, value, reason])).toEqual([
      ['nrr', null, 'zero_denominator'],
      ['login_trend', null, 'zero_denominator'],
      ['customer_churn_rate', null, 'zero_denominator'],
      ['arpu', '30000', null],
    ])
  })
})

describe('asked for one day', () => {
  it('a metric of a period covers the period of its headline that ends with the day', async () => {
    const values = await ask(facts.store, {
      workspaceId: TINY,
      metrics: ['mrr', 'nrr', 'mrr_new', 'renewal_rate'],
      periods: onDay('2026-04-30'),
    })
    expect(values).toMatchObject([
      { metric: 'mrr', on: '2026-04-30', value: '794000' },
      { metric: 'nrr', on: '2026-04-30', start: '2025-05-01', end: '2026-05-01' },
      { metric: 'mrr_new', start: '2026-04-01', end: '2026-05-01', value: '30000' },
      { metric: 'renewal_rate', start: '2026-02-01', end: '2026-05-01' },
    ])
    expect(values[0]).not.toHaveProperty('start')
  })

  it('says whether the period has ended', async () => {
    const values = await ask(facts.store, {
      workspaceId: TINY,
      metrics: ['mrr'],
      periods: between('2026-10-01', '2026-12-01', 'month'),
      now: '2026-11-21T00:00:00Z',
    })
    expect(values.map(({ complete }) => complete)).toEqual([true, false])
  })

  it('asks a figure at the end of the running period as at the end of today', async () => {
    const now = '2026-04-20T03:00:00Z'
    const metrics = ['active_users', 'mrr', 'days_to_renewal']
    const running = await ask(facts.store, { workspaceId: TINY, metrics, periods: april, now })
    const today = await ask(facts.store, {
      workspaceId: TINY,
      metrics,
      periods: onDay('2026-04-20'),
      now,
    })
    const figures = (values: readonly MetricValue[]) =>
      values.map(({ metric, value, n }) => ({ metric, value, n }))
    expect(figures(running)).toEqual(figures(today))
    expect(running.map(({ end, complete }) => ({ end, complete }))).toEqual(
      metrics.map(() => ({ end: '2026-05-01', complete: false })),
    )
  })
})

describe('as known at an instant', () => {
  const W = 'learning'
  const known = (day: string) => tokyo(day, '12:00:00')

  beforeAll(async () => {
    const line = (record_id: string, known_at: string, more: object) =>
      fact('contract_lines', W, {
        account_id: 'a',
        record_id,
        known_at,
        amount: '100',
        effective_from: tokyo('2026-01-01'),
        ...more,
      })
    await facts.store.insert('contract_lines', [
      line('one', known('2026-01-01'), {}),
      // Learnt in March: it was 120 from the start.
      line('one', known('2026-03-10'), { amount: '120', version: 2 }),
      // Learnt in February, voided in April: a second contract.
      line('two', known('2026-02-10'), { amount: '50' }),
      line('two', known('2026-04-10'), { amount: '50', deleted: true, version: 2 }),
    ])
    const use = (record_id: string, known_at: string, day: string, more: object = {}) =>
      fact('usage_events', W, {
        account_id: 'a',
        record_id,
        known_at,
        user_id: 'u1',
        event: 'login',
        occurred_at: tokyo(day, '09:00:00'),
        quantity: 1,
        ...more,
      })
    await facts.store.insert('usage_events', [
      use('e1', known('2026-01-05'), '2026-01-05'),
      // A late repeat with nothing new, and one that moves the event to another user.
      use('e1', known('2026-01-20'), '2026-01-05', { version: 2 }),
      use('e2', known('2026-02-20'), '2026-02-20', { user_id: 'u2' }),
      use('e2', known('2026-04-01'), '2026-02-20', { user_id: 'u1', version: 2 }),
      use('e3', known('2026-02-21'), '2026-02-21', { user_id: 'u3' }),
      use('e3', known('2026-04-02'), '2026-02-21', { user_id: 'u3', version: 2, deleted: true }),
    ])
  })

  const months = between('2026-01-01', '2026-06-01', 'month')
  const question = { workspaceId: W, metrics: ['mrr', 'active_users'], periods: months }
  const of = (values: readonly MetricValue[], metric: string) =>
    values.filter((value) => value.metric === metric).map(({ value }) => value)

  it('nothing learnt later has an influence', async () => {
    const now = await ask(facts.store, question)
    expect(of(now, 'mrr')).toEqual(['120', '120', '120', '120', '120'])
    expect(of(now, 'active_users')).toEqual([1, 1, 0, 0, 0])
    const inMarch = await ask(facts.store, { ...question, knownAt: '2026-03-01T00:00:00Z' })
    expect(of(inMarch, 'mrr')).toEqual(['150', '150', '150', '150', '150'])
    expect(of(inMarch, 'active_users')).toEqual([1, 2, 0, 0, 0])
    const before = await ask(facts.store, { ...question, knownAt: '2025-12-01T00:00:00Z' })
    expect(before.every(({ value, reason }) => value === null && reason === 'no_data')).toBe(true)
  })

  it('each period as known at its end equals that period asked alone as known then', async () => {
    const replay = await ask(facts.store, { ...question, knownAt: 'period-end' })
    expect(of(replay, 'mrr')).toEqual(['100', '150', '170', '120', '120'])
    for (const period of months) {
      const alone = await ask(facts.store, {
        ...question,
        periods: [period],
        knownAt: lastInstantOf(period.end),
      })
      const same = replay.filter(({ knownAt }) => knownAt === lastInstantOf(period.end))
      expect(same).toEqual(alone)
    }
  })

  it('makes no difference where all was known before, day by day', async () => {
    const days = between('2026-04-14', '2026-04-18', 'day')
    const metrics = [
      ...['mrr', 'days_to_renewal', 'licence_utilisation', 'login_trend', 'nps', 'tickets_open'],
      ...['silent_days', 'overdue', 'days_in_onboarding'],
    ]
    const replay = await ask(facts.store, {
      workspaceId: TINY,
      metrics,
      periods: days,
      knownAt: 'period-end',
    })
    const plain = await ask(facts.store, { workspaceId: TINY, metrics, periods: days })
    const bare = (values: readonly MetricValue[]) =>
      values.map((value) => ({ ...value, knownAt: null }))
    expect(bare(replay)).toEqual(bare(plain))
  })
})

describe('the frame that conditions are evaluated on', () => {
  const row = z.object({
    i: z.number(),
    account_id: z.string(),
    metric_mrr: z.string().nullable(),
    metric_licence_utilisation: z.number().nullable(),
    attribute_0: z.string().nullable(),
  })

  it('has a row for each account and day, also where only attributes are known', async () => {
    const frame = compileAccountFrame({
      workspaceId: TINY,
      settings: settingsOf(),
      metrics: ['mrr', 'licence_utilisation'],
      attributes: [{ key: 'segment', type: 'string' }],
      periods: between('2026-04-14', '2026-04-16', 'day'),
      knownAt: 'period-end',
      now: '2026-11-21T00:00:00Z',
    })
    if (!frame.ok) throw new Error('refused')
    const sql = `${frame.with}\nSELECT * FROM ${frame.from} WHERE account_id IN ('a', 'm') ORDER BY i, account_id`
    const rows = await facts.store.query({ sql, params: frame.params }, row)
    expect(rows).toEqual([
      {
        i: 0,
        account_id: 'a',
        metric_mrr: '150000',
        metric_licence_utilisation: 0.2,
        attribute_0: 'small',
      },
      {
        i: 0,
        account_id: 'm',
        metric_mrr: null,
        metric_licence_utilisation: null,
        attribute_0: null,
      },
      {
        i: 1,
        account_id: 'a',
        metric_mrr: '150000',
        metric_licence_utilisation: 0.2,
        attribute_0: 'large',
      },
      {
        i: 1,
        account_id: 'm',
        metric_mrr: null,
        metric_licence_utilisation: null,
        attribute_0: null,
      },
    ])
  })
})

describe('what comes from outside', () => {
  const nasty = "x'; DROP TABLE contract_lines; --"

  it('is never SQL: attribute keys, accounts and workspaces are bound', async () => {
    const values = await ask(facts.store, {
      workspaceId: TINY,
      metrics: ['mrr'],
      periods: april,
      by: [nasty, "plan') OR 1=1 --"],
    })
    expect(values).toMatchObject([{ value: '794000', slice: { [nasty]: null } }])
    const none = await ask(facts.store, {
      workspaceId: nasty,
      metrics: ['mrr'],
      periods: april,
      grain: 'account',
      accountIds: [nasty],
    })
    expect(none).toMatchObject([{ account: nasty, value: null }])
  })

  it('does not reach another workspace with the same ids', async () => {
    const metrics = ['mrr', 'active_users', 'overdue', 'nps']
    const there = await ask(facts.store, { workspaceId: OTHER, metrics, periods: april })
    // Nine lines of 7777 apply there; five invoices are overdue, one of them at 999 yen a dollar.
    expect(there.map(({ value }) => value)).toEqual(['69993', 6, '7800331', -100])
  })

  it('names an unknown metric and what may have been meant', () => {
    const compiled = compileMetrics({
      workspaceId: TINY,
      settings: settingsOf(),
      metrics: ['mrrr', 'ltv'],
      periods: april,
      grain: 'account',
      by: [],
      knownAt: 'now',
      now: '2026-11-21T00:00:00Z',
    })
    expect(compiled).toMatchObject({
      ok: false,
      problems: [
        { code: 'UNKNOWN_METRIC', key: 'mrrr', suggestions: ['mrr', 'arr', 'grr'] },
        { code: 'METRIC_HAS_NO_ACCOUNT_VALUE', key: 'ltv' },
      ],
    })
  })
})

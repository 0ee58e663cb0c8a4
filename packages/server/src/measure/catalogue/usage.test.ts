/** Use of the product, counted on one's fingers: see the company's own file. */
import { startTestCluster, startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import type { MetricSettings } from '@tomoshibi/metrics/settings'
import type { MetricValue } from '@tomoshibi/metrics/value'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, type Fact, fact, onDay, type Question, settingsOf } from './testing.ts'
import { tokyo } from './tiny-company.ts'
import { insertUseCompany } from './use-company.ts'

const W = 'use'
const may31 = onDay('2026-05-31')

describe.each([
  { on: 'one server', start: startTestFacts },
  { on: 'a cluster of two shards', start: startTestCluster },
])('use of the product, on $on', ({ start }) => {
  let facts: TestFacts
  beforeAll(async () => {
    facts = await start()
    await insertUseCompany(facts.store, W)
  })
  afterAll(() => facts.stop())

  const values = (metrics: readonly string[], question: Partial<Question> = {}) =>
    ask(facts.store, { workspaceId: W, metrics, periods: may31, ...question })
  const sides = ({ numerator, denominator }: MetricValue) => [numerator, denominator]
  const figure = async (metric: string, settings: Partial<MetricSettings> = {}) => {
    const [value] = await values([metric], { settings: settingsOf(settings) })
    return value === undefined ? [] : sides(value)
  }
  const byAccount = async (metric: string, settings: Partial<MetricSettings> = {}) => {
    const all = await values([metric], { settings: settingsOf(settings), grain: 'account' })
    return Object.fromEntries(all.map((value) => [value.account, value.reason ?? sides(value)]))
  }

  it('is active by the events that the workspace chose', async () => {
    const users = async (settings: Partial<MetricSettings>) =>
      (await figure('active_users', settings))[0]
    expect(await users({})).toBe(3)
    expect(await users({ activeEvents: ['login'] })).toBe(2)
    expect(await users({ activeEvents: ['export', 'report'] })).toBe(2)
    // Nobody used what nobody can: use is recorded all the same.
    expect(await users({ activeEvents: ["x' OR 1=1 --"] })).toBe(0)
  })

  it('sticks by the days on which people come, of those that count', async () => {
    expect(await figure('stickiness')).toEqual([5, 3 * 28])
    expect(await figure('stickiness', { countWeekends: false })).toEqual([3, 3 * 17])
    const none = { countWeekends: false, holidays: 'none' } as const
    expect(await figure('stickiness', none)).toEqual([4, 3 * 20])
    const closed = { countWeekends: false, extraHolidays: ['2026-05-18'] }
    expect(await figure('stickiness', closed)).toEqual([2, 3 * 16])
    expect(await figure('stickiness', { activeEvents: ['login'] })).toEqual([4, 2 * 28])
  })

  it('is adopted by those who were invited and have not left', async () => {
    expect(await byAccount('adoption_rate')).toEqual({
      alpha: [3, 4],
      beta: [0, 1],
      // Its contacts are no users; or it has no contacts.
      eta: 'no_data',
      gamma: 'no_data',
    })
    expect(await figure('adoption_rate')).toEqual([3, 5])
  })

  it('counts core actions by as many times as an event stands for', async () => {
    expect(await figure('usage_rate')).toEqual([11, 3 * 4])
    expect(await figure('usage_rate', { coreActions: ['export'] })).toEqual([3, 3 * 4])
    const both = { coreActions: ['export'], activeEvents: ['login'] }
    expect(await figure('usage_rate', both)).toEqual([3, 2 * 4])
  })

  const byFeature = async (metric: string, question: Partial<Question> = {}) => {
    const all = await values([metric], { by: ['feature'], ...question })
    return Object.fromEntries(all.map((value) => [value.slice.feature, sides(value)]))
  }

  it('uses a feature by whomever, and each user counts for each feature', async () => {
    expect(await byFeature('feature_adoption')).toEqual({
      export: [2, 2],
      login: [1, 2],
      report: [1, 2],
    })
    expect(await byFeature('feature_adoption_users')).toEqual({
      export: [2, 3],
      login: [2, 3],
      report: [0, 3],
    })
    // Distinct ones over all features, not their sum.
    expect(await figure('feature_adoption')).toEqual([2, 2])
    expect(await figure('feature_adoption_users')).toEqual([3, 3])
  })

  it('shows features of plans that nobody uses, and nothing that is no feature', async () => {
    const settings = settingsOf({ planFeatures: { pro: ['export', 'magic'], basic: ['login'] } })
    expect(await byFeature('feature_adoption', { settings })).toEqual({
      export: [2, 2],
      login: [1, 2],
      magic: [0, 2],
    })
    const alpha = { settings, grain: 'account' as const, accountIds: ['alpha'] }
    expect(await byFeature('feature_adoption_users', alpha)).toEqual({
      export: [2, 3],
      login: [2, 3],
      magic: [0, 3],
    })
  })

  it('breaks down by feature within slices, whose parts do add up', async () => {
    const slices = await values(['feature_adoption'], { by: ['feature', 'segment'] })
    expect(
      slices.map((value) => [value.slice.feature, value.slice.segment, ...sides(value)]),
    ).toEqual([
      ['export', 'large', 1, 1],
      ['export', null, 1, 1],
      ['login', 'large', 1, 1],
      ['login', null, 0, 1],
      ['report', 'large', 1, 1],
      ['report', null, 0, 1],
    ])
  })

  it('is as broad as what it uses of its plans', async () => {
    const planFeatures = { pro: ['export', 'login'], basic: ['login'] }
    expect(await byAccount('breadth', { planFeatures })).toEqual({
      alpha: [2, 2],
      beta: [0, 1],
      eta: [1, 2],
      gamma: 'no_data',
    })
    expect(await figure('breadth', { planFeatures })).toEqual([3, 5])
    expect((await values(['breadth']))[0]).toMatchObject({ value: null, reason: 'no_data' })
  })

  it('has a reason where there is nothing to divide by', async () => {
    const metrics = ['stickiness', 'usage_rate', 'feature_adoption', 'feature_adoption_users']
    const more = ['usage_rate_percentile', 'login_trend_z', 'adoption_rate', 'breadth']
    const [day] = onDay('2026-03-31')
    if (day === undefined) throw new Error('day')
    const settings = settingsOf({ planFeatures: { pro: ['export'] } })
    const all = await values([...metrics, ...more], { periods: [day], settings })
    expect(all.map(({ metric, value, reason }) => [metric, value ?? reason])).toEqual([
      ['stickiness', 'no_active_users'],
      ['usage_rate', 'no_active_users'],
      ['feature_adoption', 'zero_denominator'],
      ['feature_adoption_users', 'no_active_users'],
      ['usage_rate_percentile', 'no_data'],
      ['login_trend_z', 'no_data'],
      ['adoption_rate', 0],
      ['breadth', 0],
    ])
  })
})

describe('an account among its peers', () => {
  let facts: TestFacts
  beforeAll(async () => {
    facts = await startTestFacts()
  })
  afterAll(() => facts.stop())

  const customer = (workspaceId: string, account_id: string) =>
    fact('contract_lines', workspaceId, {
      account_id,
      record_id: account_id,
      amount: '100',
      effective_from: tokyo('2025-01-01'),
    })
  let records = 0
  const use = (workspaceId: string, account_id: string, user_id: string, day: string): Fact => {
    records += 1
    return fact('usage_events', workspaceId, {
      account_id,
      record_id: `e${records}`,
      user_id,
      event: 'login',
      occurred_at: tokyo(day, '12:00:00'),
      quantity: 1,
    })
  }

  const perAccount = async (workspaceId: string, metric: string, accountIds?: string[]) => {
    const all = await ask(facts.store, {
      workspaceId,
      metrics: [metric],
      periods: may31,
      grain: 'account',
      ...(accountIds === undefined ? {} : { accountIds }),
    })
    return Object.fromEntries(
      all.map(({ account, value, reason }) => [
        account,
        typeof value === 'number' ? Number(value.toFixed(6)) : reason,
      ]),
    )
  }

  it('is ahead of those of its segment with a lower usage rate', async () => {
    const workspaceId = 'ranks'
    const rates = {
      ...{ 'same 1': 2, 'same 2': 2, most: 4, idle: 0 },
      ...{ alone: 3, 'none less': 1, 'none more': 2 },
    }
    await facts.store.insert(
      'contract_lines',
      Object.keys(rates).map((id) => customer(workspaceId, id)),
    )
    await facts.store.insert(
      'usage_events',
      Object.entries(rates).flatMap(([id, events]) =>
        Array.from({ length: events }, () => use(workspaceId, id, 'u', '2026-05-20')),
      ),
    )
    await facts.store.insert(
      'account_attributes',
      Object.keys(rates)
        .filter((id) => !id.startsWith('none'))
        .map((account_id) =>
          fact('account_attributes', workspaceId, {
            account_id,
            record_id: account_id,
            attribute: 'segment',
            value: account_id === 'alone' ? 'huge' : 'small',
            value_number: null,
            value_kind: 'string',
            effective_at: '1970-01-01T00:00:00Z',
          }),
        ),
    )
    const all = await perAccount(workspaceId, 'usage_rate_percentile')
    expect(all).toEqual({
      'same 1': 0.25,
      'same 2': 0.25,
      most: 1,
      idle: 'no_data',
      alone: 'zero_denominator',
      'none less': 0,
      'none more': 1,
    })
    // One asked for alone is still compared with all.
    expect(await perAccount(workspaceId, 'usage_rate_percentile', ['most'])).toEqual({ most: 1 })
  })

  /** Users of accounts in windows of 28 days: the last one first, which ends with 31 May 2026. */
  const insertTrend = async (
    workspaceId: string,
    accounts: Readonly<Record<string, readonly number[]>>,
  ) => {
    const rows = Object.entries(accounts).flatMap(([id, windows]) =>
      windows.flatMap((users, k) => {
        const first = new Date(Date.UTC(2026, 4, 4 - 28 * k)).toISOString().slice(0, 10)
        return Array.from({ length: users }, (_, u) => use(workspaceId, id, `u${u}`, first))
      }),
    )
    await facts.store.insert('usage_events', rows)
  }
  const steady = (count: number, windows: readonly number[]) =>
    Object.fromEntries(Array.from({ length: count }, (_, k) => [`steady ${k}`, windows]))

  it('falls when it falls more than the typical account', async () => {
    const season = [5, 10, 10, 10, 10, 10, 10]
    await insertTrend('season', { ...steady(11, season), falls: [1, 10, 10, 10, 10, 10, 10] })
    const z = await perAccount('season', 'login_trend_z')
    expect(z['steady 0']).toBe(0)
    // All halved, so 5 were to be expected: 4 fewer, in units of √5.
    expect(z.falls).toBe(Number((-4 / Math.sqrt(5)).toFixed(6)))
    expect(await perAccount('season', 'login_trend_z', ['falls'])).toEqual({ falls: z.falls })
  })

  it('has no season with few accounts, and its own spread where that is greater', async () => {
    await insertTrend('few', {
      ...steady(6, [5, 10, 10, 10, 10, 10, 10]),
      swings: [4, 20, 2, 20, 2, 20, 2],
      // Three whole windows before the last are enough, two are not.
      young: [9, 9, 9, 9],
      'too young': [9, 9, 9],
      ended: [0, 0, 0, 0, 0, 0, 3],
    })
    const z = await perAccount('few', 'login_trend_z')
    expect(z['steady 0']).toBe(Number((-5 / Math.sqrt(10)).toFixed(6)))
    expect(z.swings).toBe(Number((-7 / Math.sqrt(97.2)).toFixed(6)))
    expect(z.young).toBe(0)
    expect(z['too young']).toBe('no_data')
    expect(z.ended).toBe(Number((-0.5 / Math.sqrt(1.5)).toFixed(6)))
  })
})

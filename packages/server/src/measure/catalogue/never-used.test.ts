/** Who counts as 0 and who has no value, where use is recorded and where it is not. */
import { startTestCluster, startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import type { MetricValue } from '@tomoshibi/metrics/value'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, fact, onDay } from './testing.ts'
import { tokyo } from './tiny-company.ts'
import { insertUseCompany } from './use-company.ts'

const W = 'use'
const accounts = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta']

describe.each([
  { on: 'one server', start: startTestFacts },
  { on: 'a cluster of two shards', start: startTestCluster },
])('use of those who never used, on $on', ({ start }) => {
  let facts: TestFacts
  beforeAll(async () => {
    facts = await start()
    await insertUseCompany(facts.store, W)
    const line = (workspaceId: string, account_id: string) =>
      fact('contract_lines', workspaceId, {
        account_id,
        record_id: account_id,
        amount: '100',
        quantity: '2',
        effective_from: tokyo('2026-01-01'),
      })
    const use = (workspaceId: string, more: object) =>
      fact('usage_events', workspaceId, {
        account_id: 'one',
        record_id: 'e',
        user_id: 'u',
        event: 'login',
        occurred_at: tokyo('2026-03-10', '09:00:00'),
        quantity: 1,
        ...more,
      })
    await facts.store.insert('contract_lines', [
      ...['one', 'two'].map((id) => line('nothing', id)),
      ...['one', 'two'].map((id) => line('nameless', id)),
      ...['one', 'two'].map((id) => line('late', id)),
    ])
    await facts.store.insert('usage_events', [
      use('nameless', { user_id: '' }),
      use('late', { known_at: tokyo('2026-03-20') }),
    ])
  })
  afterAll(() => facts.stop())

  const perAccount = async (
    workspaceId: string,
    metric: string,
    day: string,
    more: { accountIds?: string[]; knownAt?: string } = {},
  ) => {
    const values = await ask(facts.store, {
      workspaceId,
      metrics: [metric],
      periods: onDay(day),
      grain: 'account',
      ...more,
    })
    return Object.fromEntries(
      values.map(({ account, value, reason }) => [account, value ?? reason]),
    )
  }

  it('a customer has 0, a former user 0, anyone else no value', async () => {
    expect(await perAccount(W, 'active_users', '2026-05-31')).toEqual({
      alpha: 3,
      beta: 0,
      eta: 0,
      gamma: 0,
    })
    expect(await perAccount(W, 'active_users', '2026-05-15')).toEqual({
      alpha: 3,
      beta: 0,
      delta: 0,
      eta: 0,
      gamma: 0,
    })
  })

  it('asked for alone, an account has what it has among all', async () => {
    const question = {
      workspaceId: W,
      metrics: ['active_users', 'licence_utilisation', 'login_trend'],
      periods: onDay('2026-05-31'),
      grain: 'account' as const,
    }
    const all = await ask(facts.store, question)
    for (const account of accounts) {
      const alone = await ask(facts.store, { ...question, accountIds: [account] })
      const among = all.filter((value) => value.account === account && value.value !== null)
      expect(alone.filter(({ value }) => value !== null)).toEqual(among)
    }
  })

  it('uses none of its licences; its trend has nothing to fall from', async () => {
    expect(await perAccount(W, 'licence_utilisation', '2026-05-31')).toMatchObject({
      alpha: 3 / 10,
      beta: 0,
      eta: 0,
      gamma: 'no_data',
    })
    expect(await perAccount(W, 'login_trend', '2026-05-31')).toMatchObject({
      beta: 'zero_denominator',
      eta: 'zero_denominator',
    })
  })

  it('is not known where the workspace records no use, or none that names a user', async () => {
    for (const workspaceId of ['nothing', 'nameless']) {
      for (const accountIds of [undefined, ['one', 'two']]) {
        const values = await perAccount(workspaceId, 'active_users', '2026-05-31', {
          ...(accountIds === undefined ? {} : { accountIds }),
        })
        expect(Object.values(values)).toEqual(accountIds?.map(() => 'no_data') ?? [])
      }
    }
  })

  it('is not known before the first use has occurred and is known', async () => {
    const of = (values: readonly MetricValue[]) => values.map(({ value, n }) => [value, n])
    for (const accountIds of [undefined, ['two']]) {
      const at = async (day: string, knownAt: string) =>
        of(
          await ask(facts.store, {
            workspaceId: 'late',
            metrics: ['active_users'],
            periods: onDay(day),
            knownAt,
            ...(accountIds === undefined ? {} : { accountIds }),
          }),
        )
      const [before, there] = accountIds === undefined ? [2, 1] : [1, 0]
      expect(await at('2026-03-09', 'now')).toEqual([[null, 0]])
      expect(await at('2026-03-10', 'now')).toEqual([[there, before]])
      expect(await at('2026-03-10', 'period-end')).toEqual([[null, 0]])
      expect(await at('2026-03-20', 'period-end')).toEqual([[there, before]])
      expect(await at('2026-03-25', '2026-03-15T00:00:00Z')).toEqual([[null, 0]])
    }
  })
})

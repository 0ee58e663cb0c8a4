/** What came from customers in 90 days: May 31 2026 in Tokyo looks back to March 3. */
import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import type { MetricSettings } from '@tomoshibi/metrics/settings'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, type Fact, fact, onDay, type Question, settingsOf } from './testing.ts'
import { tokyo } from './tiny-company.ts'

const W = 'signs'
let facts: TestFacts
let records = 0
const row = (table: Parameters<typeof fact>[0], account_id: string, values: Fact): Fact => {
  records += 1
  return fact(table, W, { account_id, record_id: `r${records}`, ...values })
}
const touch = (account: string, kind: string, direction: string, day: string, more: Fact = {}) =>
  row('touchpoints', account, { kind, direction, occurred_at: tokyo(day), ...more })

beforeAll(async () => {
  facts = await startTestFacts()
  const { store } = facts
  await store.insert('touchpoints', [
    touch('talks', 'meeting', 'two_way', '2026-05-30'),
    touch('talks', 'call', 'inbound', '2026-05-29'),
    touch('talks', 'email', 'inbound', '2026-05-28'),
    touch('talks', 'chat', 'two_way', '2026-05-27'),
    touch('talks', 'community', 'inbound', '2026-05-26'),
    touch('talks', 'event', 'two_way', '2026-05-25'),
    // Nobody answered.
    touch('talks', 'email', 'outbound', '2026-05-24'),
    touch('edges', 'email', 'inbound', '2026-03-02'),
    touch('edges', 'email', 'inbound', '2026-03-03'),
    touch('edges', 'email', 'inbound', '2026-06-01'),
    touch('late', 'email', 'inbound', '2026-05-20', { known_at: tokyo('2026-06-10') }),
  ])
  await store.insert('tickets', [row('tickets', 'talks', { opened_at: tokyo('2026-05-01') })])
  await store.insert('survey_answers', [
    row('survey_answers', 'talks', { kind: 'nps', answered_at: tokyo('2026-04-01'), score: 9 }),
    row('survey_answers', 'talks', { kind: 'nps', delivered_at: tokyo('2026-05-01') }),
  ])
  await store.insert(
    'contract_lines',
    ['talks', 'silent', 'late'].map((id) =>
      row('contract_lines', id, { amount: '100', effective_from: tokyo('2026-01-01') }),
    ),
  )
})
afterAll(() => facts.stop())

const perAccount = async (question: Partial<Question> = {}, settings?: Partial<MetricSettings>) => {
  const values = await ask(facts.store, {
    workspaceId: W,
    metrics: ['engagement'],
    periods: onDay('2026-05-31'),
    grain: 'account',
    settings: settingsOf(settings),
    ...question,
  })
  return Object.fromEntries(values.map(({ account, value, reason }) => [account, value ?? reason]))
}

describe('engagement', () => {
  it('counts what came from the customer, and nothing for one who kept silent', async () => {
    expect(await perAccount()).toEqual({ edges: 1, late: 1, silent: 0, talks: 8 })
  })

  it('weighs each kind as the workspace chose', async () => {
    const engagementWeights = {
      ...{ ticket: 100, reply: 0.1, surveyAnswer: 10 },
      ...{ meeting: 1, communityPost: 1000, event: 0 },
    }
    const weighed = await perAccount({}, { engagementWeights })
    expect(weighed).toEqual({ edges: 0.1, late: 0.1, silent: 0, talks: 1112.2 })
  })

  it('adds up exactly, and is the mean over the portfolio', async () => {
    const weights = settingsOf({}).engagementWeights
    const [value] = await ask(facts.store, {
      workspaceId: W,
      metrics: ['engagement'],
      periods: onDay('2026-05-31'),
      settings: settingsOf({ engagementWeights: { ...weights, reply: 0.1 } }),
    })
    expect(value).toMatchObject({ numerator: 6.4, denominator: 4, value: 1.6, n: 4 })
  })

  it('knows only what was known, and a customer alone as among all', async () => {
    const then = { knownAt: 'period-end', accountIds: ['late', 'silent'] }
    expect(await perAccount(then)).toEqual({ late: 0, silent: 0 })
    const before = { periods: onDay('2026-03-01'), accountIds: ['silent', 'edges'] }
    expect(await perAccount(before)).toEqual({ silent: 'no_data', edges: 'no_data' })
    expect(await perAccount({ workspaceId: 'empty' })).toEqual({})
  })
})

import type { FactTableName } from '@tomoshibi/facts/tables'
import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, between, type Fact, fact, onDay, type Question, settingsOf } from './testing.ts'
import { tokyo } from './tiny-company.ts'

let facts: TestFacts
beforeAll(async () => {
  facts = await startTestFacts()
})
afterAll(() => facts.stop())

const insert = (table: FactTableName, workspace: string, rows: readonly Fact[]): Promise<void> =>
  facts.store.insert(
    table,
    rows.map((row, k) => fact(table, workspace, { account_id: 'a', record_id: `r${k}`, ...row })),
  )
const shown = async (question: Question) =>
  (await ask(facts.store, question)).map(({ value, n, reason }) => [value, n, reason])
const step = (milestone: string, entered: string, met: string | null, more: Fact = {}): Fact => ({
  record_id: milestone,
  programme: 'start',
  milestone,
  required: true,
  entered_at: tokyo(entered),
  met_at: met === null ? null : tokyo(met),
  ...more,
})
const months = between('2026-01-01', '2026-05-01', 'month')
const nothing = [null, 0, 'no_data']

describe('the completion rate', () => {
  const workspaceId = 'rate'
  const ofMonths = (metric: string, settings = {}) =>
    shown({
      workspaceId,
      metrics: [metric],
      periods: months,
      settings: settingsOf({ onboardingTargetDays: 30, ...settings }),
    })
  beforeAll(async () => {
    await insert('milestones', workspaceId, [
      // Complete within its 30 days.
      step('a1', '2026-01-05', '2026-01-20'),
      step('a2', '2026-01-05', '2026-01-25'),
      // Complete late: due on 9 February, complete on 1 March.
      step('b1', '2026-01-10', '2026-01-11', { account_id: 'b' }),
      step('b2', '2026-01-10', '2026-03-01', { account_id: 'b' }),
      // Late within the month in which it was due.
      step('c1', '2026-01-15', '2026-02-20', { account_id: 'c' }),
      // Never complete; its 30 days are over with the end of March.
      step('d1', '2026-03-02', null, { account_id: 'd' }),
    ])
  })

  it('is of those that came to their end in the period, complete or not', async () => {
    expect(await ofMonths('onboarding_completion_rate')).toEqual([
      [1, 1, null],
      [1 / 2, 2, null],
      nothing,
      [0, 1, null],
    ])
  })

  it('is of those that were entered in the period, where the workspace wants that', async () => {
    const settings = { onboardingDenominator: 'entered' }
    expect(await ofMonths('onboarding_completion_rate', settings)).toEqual([
      [1 / 3, 3, null],
      nothing,
      [0, 1, null],
      nothing,
    ])
  })

  it('leaves out those that have time, which are shown as in progress', async () => {
    const counts = (await ofMonths('onboarding_in_progress')).map(([value]) => value)
    expect(counts).toEqual([2, 0, 1, 0])
  })

  it('goes by the target days of the workspace', async () => {
    expect(await ofMonths('onboarding_completion_rate', { onboardingTargetDays: 10 })).toEqual([
      [1 / 3, 3, null],
      nothing,
      [0, 1, null],
      nothing,
    ])
  })

  it('of an account that is asked alone is its own', async () => {
    const values = await ask(facts.store, {
      workspaceId,
      metrics: ['onboarding_completion_rate', 'onboarding_complete', 'onboarding_in_progress'],
      periods: between('2026-04-01', '2026-05-01', 'month'),
      grain: 'account',
      accountIds: ['d', 'nobody'],
      settings: settingsOf({ onboardingTargetDays: 30 }),
    })
    expect(values.map(({ value }) => value)).toEqual([0, null, 0, null, 0, null])
  })
})

describe('how long onboarding takes', () => {
  const workspaceId = 'days'
  beforeAll(async () => {
    await insert('milestones', workspaceId, [
      step('a1', '2026-01-05', '2026-01-15'),
      step('b1', '2026-01-05', '2026-02-04', { account_id: 'b' }),
      step('c1', '2026-01-01', null, { account_id: 'c' }),
      step('d1', '2026-01-11', null, { account_id: 'd' }),
      // Met before it was entered: done from the start.
      step('e1', '2026-04-10', '2026-04-01', { account_id: 'e' }),
    ])
  })

  it('counts those that are complete, and beside them those that are not', async () => {
    const january = between('2026-01-01', '2026-02-01', 'month')
    const firstQuarter = between('2026-01-01', '2026-04-01', 'quarter')
    const metrics = ['onboarding_days', 'onboarding_days_median', 'onboarding_days_km']
    expect(await shown({ workspaceId, metrics, periods: january })).toEqual([
      [10, 1, null],
      [10, 1, null],
      [null, 4, 'median_not_reached'],
    ])
    // Of four, one is complete after 10 days and one after 30.
    expect(await shown({ workspaceId, metrics, periods: firstQuarter })).toEqual([
      [20, 2, null],
      [20, 2, null],
      [30, 4, null],
    ])
  })

  it('has no value where nothing was complete, and is never below 0', async () => {
    const metrics = ['onboarding_days', 'onboarding_days_median', 'onboarding_days_km']
    const of = (from: string, to: string) =>
      shown({ workspaceId, metrics, periods: between(from, to, 'month') })
    expect(await of('2026-03-01', '2026-04-01')).toEqual([nothing, nothing, nothing])
    expect(await of('2026-04-01', '2026-05-01')).toEqual(Array(3).fill([0, 1, null]))
  })
})

describe('what is known of onboarding', () => {
  const workspaceId = 'known'
  const noon = (day: string) => tokyo(day, '12:00:00')
  beforeAll(async () => {
    await insert('milestones', workspaceId, [
      step('one', '2026-01-05', null, { known_at: noon('2026-01-05') }),
      // Learnt late: it had been met on the 20th, and is the first value.
      step('one', '2026-01-05', '2026-01-20', {
        known_at: noon('2026-02-10'),
        version: 2,
        first_value: true,
      }),
    ])
    await insert(
      'contract_lines',
      workspaceId,
      [
        { amount: '1', effective_from: tokyo('2026-01-10'), known_at: noon('2026-01-10') },
        // Learnt late: it had started earlier.
        {
          amount: '1',
          effective_from: tokyo('2026-01-03'),
          known_at: noon('2026-03-10'),
          version: 2,
        },
      ].map((row) => ({ ...row, record_id: 'line' })),
    )
    const use = { user_id: 'u', event: 'login', quantity: 1 }
    await insert('usage_events', workspaceId, [
      { ...use, record_id: 'later', occurred_at: noon('2026-01-25'), known_at: noon('2026-01-25') },
      { ...use, record_id: 'first', occurred_at: noon('2026-01-12'), known_at: noon('2026-02-20') },
    ])
  })
  const metrics = [
    ...['onboarding_completion_rate', 'onboarding_days', 'time_to_first_use'],
    ...['time_to_first_use_pending', 'time_to_value', 'time_to_value_pending'],
  ]
  const january = between('2026-01-01', '2026-02-01', 'month')
  const known = async (day: string) =>
    (await ask(facts.store, { workspaceId, metrics, periods: january, knownAt: noon(day) })).map(
      ({ value }) => value,
    )

  it('comes from nothing learnt later', async () => {
    expect(await known('2026-01-01')).toEqual([null, null, null, null, null, null])
    expect(await known('2026-01-24')).toEqual([null, null, null, null, null, null])
    expect(await known('2026-01-31')).toEqual([null, null, 15, 0, null, null])
    expect(await known('2026-02-15')).toEqual([1, 15, 15, 0, 10, 0])
    expect(await known('2026-02-28')).toEqual([1, 15, 2, 0, 10, 0])
    expect(await known('2026-03-15')).toEqual([1, 15, 9, 0, 17, 0])
  })

  it('is the same when every period is asked as known at its end', async () => {
    const replay = await ask(facts.store, {
      workspaceId,
      metrics,
      periods: months,
      knownAt: 'period-end',
    })
    for (const period of months) {
      const alone = await ask(facts.store, {
        workspaceId,
        metrics,
        periods: [period],
        knownAt: 'period-end',
      })
      const knownAt = alone[0]?.knownAt
      expect(replay.filter((value) => value.knownAt === knownAt)).toEqual(alone)
    }
  })
})

describe('the time to first use', () => {
  it('has no share of those not there, where no use is recorded at all', async () => {
    const workspaceId = 'no-use'
    await insert('contract_lines', workspaceId, [
      { amount: '1', effective_from: tokyo('2026-01-10') },
    ])
    const question = {
      workspaceId,
      metrics: ['time_to_first_use', 'time_to_first_use_pending', 'time_to_value_pending'],
      periods: onDay('2026-01-31'),
    }
    expect(await shown(question)).toEqual([nothing, nothing, nothing])
  })

  it('of one account asked alone is the same as among all', async () => {
    const workspaceId = 'alone'
    await insert('contract_lines', workspaceId, [
      { account_id: 'a', amount: '1', effective_from: tokyo('2026-01-10') },
      { account_id: 'b', amount: '1', effective_from: tokyo('2026-01-11') },
    ])
    await insert('usage_events', workspaceId, [
      { account_id: 'a', user_id: '', event: 'x', quantity: 1, occurred_at: tokyo('2026-01-20') },
    ])
    const question = {
      workspaceId,
      metrics: ['time_to_first_use', 'time_to_first_use_pending'],
      periods: onDay('2026-01-31'),
      grain: 'account' as const,
    }
    const all = await ask(facts.store, question)
    const alone = await ask(facts.store, { ...question, accountIds: ['b'] })
    expect(alone).toEqual(all.filter(({ account }) => account === 'b'))
    expect(alone.map(({ value }) => value)).toEqual([null, 1])
  })
})

describe('a period that is running', () => {
  const workspaceId = 'running'
  const values = async (metrics: readonly string[]) =>
    shown({
      workspaceId,
      metrics,
      periods: between('2026-04-01', '2026-05-01', 'month'),
      now: tokyo('2026-04-21', '12:00:00'),
      settings: settingsOf({ onboardingTargetDays: 30 }),
    })
  beforeAll(async () => {
    await insert('milestones', workspaceId, [
      // Over on 9 April; over on the 25th, which has not come; complete; just begun.
      step('a1', '2026-03-10', null),
      step('b1', '2026-03-26', null, { account_id: 'b' }),
      step('c1', '2026-04-01', '2026-04-13', { account_id: 'c' }),
      step('d1', '2026-04-11', null, { account_id: 'd' }),
    ])
    await insert('contract_lines', workspaceId, [
      { account_id: 'c', amount: '1', effective_from: tokyo('2026-04-01') },
      // Signed, and to begin next week.
      { account_id: 'e', amount: '1', effective_from: tokyo('2026-04-28') },
    ])
    const use = { user_id: 'u', event: 'login', quantity: 1 }
    await insert('usage_events', workspaceId, [
      { ...use, account_id: 'c', occurred_at: tokyo('2026-04-02') },
    ])
  })

  it('holds nobody to target days that are still to come', async () => {
    const metrics = ['onboarding_completion_rate', 'onboarding_in_progress']
    expect(await values(metrics)).toEqual([
      [1 / 2, 2, null],
      [2, 4, null],
    ])
  })

  it('has watched an onboarding until now: d for 10 days, which c outlasted', async () => {
    expect(await values(['onboarding_days_km'])).toEqual([[12, 2, null]])
  })

  it('waits for nobody whose contract has yet to start', async () => {
    expect(await values(['time_to_first_use_pending'])).toEqual([[0, 1, null]])
  })
})

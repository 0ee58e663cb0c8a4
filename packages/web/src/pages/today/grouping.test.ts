import type { LampState } from '@tomoshibi/contract/light'
import { describe, expect, it } from 'vitest'
import {
  awaitsData,
  groupByAccount,
  groupByCause,
  needsSomeone,
  ownersOf,
  revenueAtRisk,
} from './grouping.ts'

const urgency = (points: number) => ({
  ...{ points, severity: points, revenue: null, renewal: null },
  daysToRenewal: null,
})
const text = { en: 'x', ja: 'x' }
function lamp(account: string, over: Partial<LampState> = {}): LampState {
  return {
    account,
    accountName: account,
    lamp: 'silence',
    lampVersion: 1,
    name: text,
    severity: 'warning',
    urgency: urgency(30),
    outcome: 'churn',
    cause: null,
    state: 'lit',
    since: '2026-11-01',
    litOn: '2026-11-01',
    why: text,
    snoozedUntil: null,
    snoozeCondition: null,
    snoozeReason: null,
    silenced: null,
    escalated: null,
    mrr: '100',
    currency: 'JPY',
    task: null,
    ...over,
  }
}
const task = (over: Partial<NonNullable<LampState['task']>>): LampState['task'] => ({
  id: 't',
  title: text,
  body: text,
  owner: null,
  dueOn: '2026-11-10',
  state: 'open',
  ...over,
})

describe('Today', () => {
  it('puts the account with the most urgent lamp first', () => {
    const groups = groupByAccount([
      lamp('rich', { mrr: '900', urgency: urgency(50) }),
      lamp('urgent', { urgency: urgency(20) }),
      lamp('urgent', { lamp: 'other', urgency: urgency(51) }),
    ])
    expect(groups.map((group) => [group.account, group.urgency])).toEqual([
      ['urgent', 51],
      ['rich', 50],
    ])
  })

  it('then that with most revenue at risk, by exact amount, and unknown ones last', () => {
    const groups = groupByAccount([
      lamp('none', { mrr: null }),
      lamp('small', { mrr: '99999999999999999.01' }),
      lamp('large', { mrr: '99999999999999999.02' }),
    ])
    expect(groups.map((group) => group.account)).toEqual(['large', 'small', 'none'])
  })

  it('shows an account once, its most urgent lamp first, then the one due sooner', () => {
    const [group, ...others] = groupByAccount([
      lamp('a', { lamp: 'later', task: task({ dueOn: '2026-12-01' }) }),
      lamp('a', { lamp: 'sooner', task: task({ dueOn: '2026-11-02' }) }),
      lamp('a', { lamp: 'grave', urgency: urgency(50) }),
    ])
    expect(others).toEqual([])
    expect(group?.lamps.map((one) => one.lamp)).toEqual(['grave', 'sooner', 'later'])
  })

  it('groups the lamps of an account that are lit for one cause, and names it', () => {
    const use = { key: 'usage', name: { en: 'Product use', ja: '製品の利用' } }
    const groups = groupByCause([
      lamp('a', { lamp: 'falls', cause: use }),
      lamp('a', { lamp: 'silent' }),
      lamp('a', { lamp: 'unused', cause: use }),
      // A chance is no trouble, though it is seen by the same facts.
      lamp('a', { lamp: 'grows', cause: use, outcome: 'expansion' }),
      lamp('a', { lamp: 'other' }),
    ])
    expect(groups.map(({ cause, lamps }) => [cause?.key, lamps.map((one) => one.lamp)])).toEqual([
      ['usage', ['falls', 'unused']],
      [undefined, ['silent']],
      [undefined, ['grows']],
      [undefined, ['other']],
    ])
  })

  it('counts the revenue of an account once, however many of its lamps are lit', () => {
    const lamps = [
      lamp('a', { mrr: '0.1' }),
      lamp('a', { lamp: 'b', mrr: '0.1' }),
      lamp('c', { mrr: '0.2' }),
    ]
    expect(revenueAtRisk(groupByAccount(lamps))).toBe('0.3')
    expect(revenueAtRisk(groupByAccount([lamp('a', { mrr: null })]))).toBeNull()
  })

  it('keeps what waits for the data apart from what waits for a person', () => {
    const done = lamp('a', { state: 'acting', task: task({ state: 'done' }) })
    const started = lamp('a', { state: 'acting', task: task({ state: 'started' }) })
    expect([needsSomeone(done), awaitsData(done)]).toEqual([false, true])
    expect([needsSomeone(started), awaitsData(started)]).toEqual([true, false])
    expect(needsSomeone(lamp('a', { state: 'snoozed' }))).toBe(false)
  })

  it('offers each owner once', () => {
    const lamps = ['佐藤', '田中', '佐藤', null].map((owner) =>
      lamp('a', { task: task({ owner }) }),
    )
    expect(ownersOf(lamps)).toEqual(['佐藤', '田中'])
  })
})

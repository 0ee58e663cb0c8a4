/** Movements event by event: every change dated, and what lies within an hour is one. */
import { startTestCluster, startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import type { MovementEvent } from '@tomoshibi/metrics/movement-events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askMovements, between, type Fact, fact, settingsOf } from './testing.ts'
import { insertTinyCompany, TINY, tokyo } from './tiny-company.ts'

let facts: TestFacts
let workspaces = 0
beforeAll(async () => {
  facts = await startTestFacts()
})
afterAll(() => facts.stop())

const oneOf = <T>([first]: readonly T[]): T => {
  if (first === undefined) throw new Error('none')
  return first
}
const march = oneOf(between('2026-03-01', '2026-04-01', 'month'))
const april = oneOf(between('2026-04-01', '2026-05-01', 'month'))

const company = async (lines: readonly Fact[], rates: readonly Fact[] = []): Promise<string> => {
  workspaces += 1
  const id = `w${workspaces}`
  await facts.store.insert(
    'contract_lines',
    lines.map((line, k) =>
      fact('contract_lines', id, { account_id: 'a', record_id: `l${k}`, ...line }),
    ),
  )
  await facts.store.insert(
    'exchange_rates',
    rates.map((rate, k) =>
      fact('exchange_rates', id, {
        account_id: '',
        record_id: `r${k}`,
        reporting_currency: 'JPY',
        ...rate,
      }),
    ),
  )
  return id
}

const brief = ({ at, kind, amount, mrrBefore, mrrAfter }: MovementEvent) => [
  at,
  kind,
  amount,
  mrrBefore,
  mrrAfter,
]
const marchOf = async (workspaceId: string) =>
  await askMovements(facts.store, { workspaceId, period: march })

const line = (amount: string, from: string, to: string | null, more: Fact = {}): Fact => ({
  amount,
  effective_from: from,
  effective_to: to,
  ...more,
})
const old = tokyo('2025-06-01')

describe('the tiny company', () => {
  it.each([
    { on: 'one server', start: startTestFacts },
    { on: 'a cluster of two shards', start: startTestCluster },
  ])('has its movements of April, on $on', async ({ start }) => {
    const own = await start()
    try {
      await insertTinyCompany(own.store)
      const { events, totals, causes } = await askMovements(own.store, {
        workspaceId: TINY,
        period: april,
      })
      expect(
        events.map(({ account, on, kind, amount, causes }) => [account, on, kind, amount, causes]),
      ).toEqual([
        ['j', '2026-04-03', 'new', '10000', {}],
        ['d', '2026-04-05', 'new', '30000', {}],
        ['c', '2026-04-10', 'expansion', '30000', { seats: '30000' }],
        ['l', '2026-04-10', 'expansion', '12000', { cross_sell: '12000' }],
        ['e', '2026-04-12', 'reactivation', '45000', {}],
        ['a', '2026-04-15', 'expansion', '50000', { upgrade: '50000' }],
        ['f', '2026-04-16', 'expansion', '50000', { discount_end: '50000' }],
        ['g', '2026-04-18', 'contraction', '20000', {}],
        ['b', '2026-04-20', 'churn', '83333.33333333', {}],
        ['f', '2026-04-20', 'contraction', '20000', {}],
        ['l', '2026-04-22', 'expansion', '7000', { price: '7000' }],
        ['j', '2026-04-25', 'churn', '10000', {}],
        // A month of the dollar line starts with the first instant of May, at the dearer rate.
        ['h', '2026-05-01', 'fx', '10000', {}],
      ])
      // The month as a whole nets what f gained and lost, and does not see j.
      expect(totals).toEqual({
        start: '683333.33333333',
        new: '40000',
        reactivation: '45000',
        expansion: '149000',
        contraction: '40000',
        churn: '93333.33333333',
        fx: '10000',
        end: '794000',
      })
      expect(causes).toEqual({
        upgrade: '50000',
        seats: '30000',
        cross_sell: '12000',
        price: '7000',
        discount_end: '50000',
      })
    } finally {
      await own.stop()
    }
  })
})

describe('changes of one account', () => {
  const at = (time: string, day = '2026-03-10') => tokyo(day, time)

  it('within 60 minutes of one another are one, from the first to the last', async () => {
    const w = await company([
      line('100', old, at('10:00:00')),
      line('150', at('10:00:00'), at('11:00:00')),
      line('170', at('11:00:00'), at('12:00:00')),
      line('160', at('12:00:00'), null),
    ])
    const { events } = await marchOf(w)
    expect(events).toMatchObject([
      {
        on: '2026-03-10',
        at: '2026-03-10T01:00:00Z',
        until: '2026-03-10T03:00:00Z',
        kind: 'expansion',
        amount: '60',
        causes: { price: '60' },
        mrrBefore: '100',
        mrrAfter: '160',
      },
    ])
  })

  it('further apart are told apart, by a millisecond', async () => {
    const w = await company([
      line('100', old, at('10:00:00')),
      line('150', at('10:00:00'), at('11:00:00.001')),
      line('120', at('11:00:00.001'), null),
    ])
    const { events, totals } = await marchOf(w)
    expect(events.map(brief)).toEqual([
      ['2026-03-10T01:00:00Z', 'expansion', '50', '100', '150'],
      ['2026-03-10T02:00:00.001Z', 'contraction', '30', '150', '120'],
    ])
    expect(totals).toMatchObject({ start: '100', expansion: '50', contraction: '30', end: '120' })
  })

  it('that undo each other within the hour never were', async () => {
    const w = await company([line('100', old, at('10:00:00')), line('100', at('10:30:00'), null)])
    expect((await marchOf(w)).events).toEqual([])
  })

  it('count when money changes: a renewal on the same terms neither is one nor joins others', async () => {
    const w = await company([
      line('100', old, at('10:00:00')),
      line('150', at('10:00:00'), at('10:50:00')),
      line('150', at('10:50:00'), at('11:40:00')),
      line('180', at('11:40:00'), null),
    ])
    expect((await marchOf(w)).events.map(brief)).toEqual([
      ['2026-03-10T01:00:00Z', 'expansion', '50', '100', '150'],
      ['2026-03-10T02:40:00Z', 'expansion', '30', '150', '180'],
    ])
  })

  it('are cut where the period ends, and what holds at its end is in it', async () => {
    const w = await company([
      line('100', old, tokyo('2026-03-31', '23:50:00')),
      line('150', tokyo('2026-03-31', '23:50:00'), tokyo('2026-04-01')),
      line('170', tokyo('2026-04-01'), tokyo('2026-04-01', '00:10:00')),
      line('200', tokyo('2026-04-01', '00:10:00'), null),
    ])
    expect((await marchOf(w)).events.map(brief)).toEqual([
      ['2026-03-31T14:50:00Z', 'expansion', '70', '100', '170'],
    ])
    const next = await askMovements(facts.store, { workspaceId: w, period: april })
    expect(next.events.map(brief)).toEqual([
      ['2026-03-31T15:10:00Z', 'expansion', '30', '170', '200'],
    ])
  })

  it('tell each way back: who comes and goes between two cuts was new, and is back later', async () => {
    const w = await company([
      line('100', tokyo('2026-03-03'), tokyo('2026-03-08')),
      line('80', tokyo('2026-03-20'), null),
    ])
    expect((await marchOf(w)).events.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['new', '100'],
      ['churn', '100'],
      ['reactivation', '80'],
    ])
    const settings = settingsOf({ reactivationMaxGapDays: 11 })
    const strict = await askMovements(facts.store, { workspaceId: w, period: march, settings })
    expect(strict.events.at(-1)).toMatchObject({ kind: 'new', amount: '80' })
  })

  it('in another currency are dated when a billing period starts at another rate', async () => {
    const w = await company(
      [
        line('100', tokyo('2025-12-31'), null, { currency: 'USD' }),
        line('7', tokyo('2026-03-01'), null, {
          account_id: 'b',
          currency: 'USD',
          billing_unit: 'week',
        }),
      ],
      [
        { currency: 'USD', rate: '150', effective_at: tokyo('2025-12-01') },
        { currency: 'USD', rate: '160', effective_at: tokyo('2026-03-20') },
      ],
    )
    const { events, totals } = await marchOf(w)
    expect(events.map(({ account, on, kind, amount }) => [account, on, kind, amount])).toEqual([
      ['b', '2026-03-22', 'fx', '304.375'],
      ['a', '2026-03-31', 'fx', '1000'],
    ])
    // b started with the period: it pays at its first instant.
    expect(totals).toMatchObject({ start: '19565.625', fx: '1304.375', end: '20870' })
  })
})

describe('movements', () => {
  it('without any contract are no data', async () => {
    expect(await marchOf('nobody')).toMatchObject({
      events: [],
      totals: { start: null, new: null, end: null },
      reason: 'no_data',
    })
  })

  it('of a month without a change are 0', async () => {
    const w = await company([line('100', old, null)])
    expect(await marchOf(w)).toMatchObject({
      events: [],
      totals: { start: '100', new: '0', churn: '0', end: '100' },
      reason: null,
    })
  })

  it('have no amounts where a rate is missing, and say so', async () => {
    const w = await company([
      line('100', old, null),
      line('50', tokyo('2026-03-05'), null, { account_id: 'b', currency: 'EUR' }),
    ])
    const { events, totals, reason } = await marchOf(w)
    expect(events).toMatchObject([
      { account: 'b', kind: null, amount: null, reason: 'missing_exchange_rate' },
    ])
    expect(totals).toMatchObject({ start: '100', new: null, end: null })
    expect(reason).toBe('missing_exchange_rate')
  })

  it('of one account are its own', async () => {
    const w = await company([
      line('100', old, null),
      line('50', tokyo('2026-03-05'), null, { account_id: 'b' }),
    ])
    const { events, totals } = await askMovements(facts.store, {
      workspaceId: w,
      period: march,
      accountIds: ['b'],
    })
    expect(events).toHaveLength(1)
    expect(totals).toMatchObject({ start: '0', new: '50', end: '50' })
  })

  it('as known then know nothing of what was recorded later', async () => {
    const backdated = { known_at: tokyo('2026-03-25') }
    const w = await company([
      line('100', old, null, { record_id: 'x' }),
      line('100', old, tokyo('2026-03-10'), { record_id: 'x', ...backdated }),
      line('130', tokyo('2026-03-10'), null, { record_id: 'y', ...backdated }),
    ])
    const known = async (knownAt: string) =>
      (await askMovements(facts.store, { workspaceId: w, period: march, knownAt })).events.length
    expect(await known('2026-03-24T14:59:59.999Z')).toBe(0)
    expect(await known('2026-03-24T15:00:00Z')).toBe(1)
  })
})

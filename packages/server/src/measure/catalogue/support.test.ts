import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import type { MetricSettings } from '@tomoshibi/metrics/settings'
import { Temporal } from 'temporal-polyfill'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertServiceCompany, SERVICE } from './service-company.ts'
import { ask, between, fact, onDay, settingsOf } from './testing.ts'
import { tokyo } from './tiny-company.ts'

let facts: TestFacts
beforeAll(async () => {
  facts = await startTestFacts()
})
afterAll(() => facts.stop())

interface Case {
  readonly what: string
  readonly opened: string
  readonly resolved: string
  readonly hours: number
}

/** Each case is the one ticket of an account; its times are local ones of the zone. */
const businessHoursOf = async (
  workspaceId: string,
  cases: readonly Case[],
  settings: Partial<MetricSettings>,
) => {
  const chosen = settingsOf(settings)
  const { timeZone } = chosen
  const instant = (local: string) =>
    Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone).toInstant().toString()
  await facts.store.insert(
    'tickets',
    cases.map(({ opened, resolved }, k) =>
      fact('tickets', workspaceId, {
        account_id: `a${String(k).padStart(2, '0')}`,
        record_id: `t${k}`,
        opened_at: instant(opened),
        first_response_at: instant(resolved),
        resolved_at: instant(resolved),
      }),
    ),
  )
  const values = await ask(facts.store, {
    workspaceId,
    settings: chosen,
    metrics: ['resolution_time_business', 'first_response_time_business_p90'],
    periods: between('2026-01-01', '2027-01-01', 'year', timeZone),
    grain: 'account',
  })
  return values
}

describe('business hours', () => {
  const inTokyo: readonly Case[] = [
    ['within a day', '2026-04-01T10:00', '2026-04-01T12:00', 2],
    ['over a night', '2026-04-01T17:00', '2026-04-02T10:00', 2],
    ['over a weekend', '2026-04-03T17:00', '2026-04-06T10:00', 2],
    ['opened on a Saturday', '2026-04-04T12:00', '2026-04-06T11:00', 2],
    ['opened before work', '2026-04-01T07:00', '2026-04-01T09:30', 0.5],
    ['opened after work', '2026-04-01T18:00', '2026-04-02T09:00', 0],
    ['at night, opened and resolved', '2026-04-01T20:00', '2026-04-01T23:00', 0],
    ['resolved after work', '2026-04-01T17:30', '2026-04-01T22:00', 0.5],
    ['over a holiday', '2026-04-28T17:00', '2026-04-30T10:00', 2],
    ['over the Golden Week', '2026-05-01T17:00', '2026-05-07T10:00', 2],
    ['opened on a holiday', '2026-04-29T12:00', '2026-04-30T09:15:00.500', 900.5 / 3600],
    // From Monday to Friday 261 days in 2025 and 64 until April 2026, of which 15 and 5 are holidays.
    ['over a year', '2025-01-01T00:00', '2026-04-01T09:00', 9 * (246 + 59)],
  ].map(caseOf)

  it('are those in which support works, whatever lies between', async () => {
    const values = await businessHoursOf('tokyo', inTokyo, {})
    expectHours(values, inTokyo)
  })

  const inNewYork: readonly Case[] = [
    ['over a weekend in which the clock changes', '2026-03-06T17:00', '2026-03-09T10:00', 2],
    ['over a holiday of another country', '2026-04-28T17:00', '2026-04-30T10:00', 11],
    ['late in the evening, the next day in UTC', '2026-04-01T17:00', '2026-04-01T22:30', 1],
  ].map(caseOf)

  it('are local ones, also where the clock changes', async () => {
    const values = await businessHoursOf('new-york', inNewYork, {
      timeZone: 'America/New_York',
      holidays: 'none',
    })
    expectHours(values, inNewYork)
  })

  const always: readonly Case[] = [
    ['the day of 23 hours', '2026-03-07T12:00', '2026-03-09T00:00', 35],
    ['within it', '2026-03-08T01:00', '2026-03-08T04:00', 2],
    ['the day before', '2026-03-07T01:00', '2026-03-07T04:00', 3],
  ].map(caseOf)

  it('are all hours where support never sleeps', async () => {
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
    const values = await businessHoursOf('always', always, {
      timeZone: 'America/New_York',
      holidays: 'none',
      businessHours: { from: '00:00', to: '24:00', days: [...days] },
    })
    expectHours(values, always)
  })
})

function caseOf([what, opened, resolved, hours]: (string | number)[]): Case {
  return {
    what: String(what),
    opened: String(opened),
    resolved: String(resolved),
    hours: Number(hours),
  }
}

function expectHours(
  values: Awaited<ReturnType<typeof businessHoursOf>>,
  cases: readonly Case[],
): void {
  for (const metric of ['resolution_time_business', 'first_response_time_business_p90']) {
    const shown = values.filter((value) => value.metric === metric)
    expect(Object.fromEntries(shown.map(({ value }, k) => [cases[k]?.what, value]))).toEqual(
      Object.fromEntries(cases.map(({ what, hours }) => [what, hours])),
    )
  }
}

describe('the time that tickets took', () => {
  const workspaceId = 'known'
  const hour = (day: string, time: string) => tokyo(day, `${time}:00`)
  const known = (day: string) => hour(day, '12:00')
  beforeAll(async () => {
    const ticket = { account_id: 'a', record_id: 'one', opened_at: hour('2026-04-01', '10:00') }
    await facts.store.insert(
      'tickets',
      [
        { ...ticket, known_at: known('2026-04-01') },
        // Learnt on the 10th: resolved on the 2nd. Corrected on the 20th: on the 3rd.
        {
          ...ticket,
          known_at: known('2026-04-10'),
          version: 2,
          resolved_at: hour('2026-04-02', '10:00'),
        },
        {
          ...ticket,
          known_at: known('2026-04-20'),
          version: 3,
          resolved_at: hour('2026-04-03', '12:00'),
        },
        // Answered only after the month was over, although it was closed within it.
        {
          account_id: 'b',
          record_id: 'two',
          opened_at: hour('2026-04-01', '10:00'),
          resolved_at: hour('2026-04-30', '10:00'),
          first_response_at: hour('2026-05-07', '10:00'),
        },
      ].map((row) => fact('tickets', workspaceId, row)),
    )
  })
  const question = {
    workspaceId,
    grain: 'account' as const,
    accountIds: ['a'],
    metrics: ['resolution_time', 'resolution_time_business', 'tickets_open'],
    periods: between('2026-04-01', '2026-05-01', 'month'),
  }

  it('is as it was known', async () => {
    const asKnown = async (day: string) =>
      (await ask(facts.store, { ...question, knownAt: known(day) })).map(({ value }) => value)
    expect(await asKnown('2026-03-31')).toEqual([null, null, null])
    expect(await asKnown('2026-04-05')).toEqual([null, null, 1])
    expect(await asKnown('2026-04-15')).toEqual([24, 9, 0])
    expect(await asKnown('2026-04-25')).toEqual([50, 20, 0])
  })

  it('knows nothing of what comes after the period', async () => {
    const [value] = await ask(facts.store, {
      ...question,
      accountIds: ['b'],
      metrics: ['first_response_time'],
    })
    expect(value).toMatchObject({ value: null, n: 0, reason: 'no_data' })
  })
})

describe('a customer without tickets or contacts', () => {
  const metrics = ['tickets_open', 'how_to_tickets', 'ticket_rate', 'unplanned_contacts']
  const of = async (workspaceId: string, accountIds: string[], day = '2026-04-30') => {
    const values = await ask(facts.store, {
      workspaceId,
      metrics,
      periods: onDay(day),
      grain: 'account',
      accountIds,
    })
    return accountIds.map((id) =>
      values.filter(({ account }) => account === id).map(({ value }) => value),
    )
  }
  const rowsOf = (workspaceId: string, records: boolean) =>
    Promise.all([
      facts.store.insert(
        'contract_lines',
        [
          { record_id: 'a', account_id: 'a', effective_from: tokyo('2026-01-01') },
          { record_id: 'b', account_id: 'b', effective_from: tokyo('2026-01-01') },
          // Not a customer any more.
          {
            record_id: 'c',
            account_id: 'c',
            effective_from: tokyo('2026-01-01'),
            effective_to: tokyo('2026-04-01'),
          },
        ].map((row) => fact('contract_lines', workspaceId, { amount: '1', ...row })),
      ),
      facts.store.insert('usage_events', [
        fact('usage_events', workspaceId, {
          account_id: 'a',
          record_id: 'u',
          user_id: 'u',
          event: 'login',
          quantity: 1,
          occurred_at: tokyo('2026-04-20'),
        }),
      ]),
      ...(records
        ? [
            facts.store.insert('tickets', [
              fact('tickets', workspaceId, {
                account_id: 'b',
                record_id: 't',
                kind: 'how_to',
                opened_at: tokyo('2026-04-10'),
              }),
            ]),
            facts.store.insert('touchpoints', [
              fact('touchpoints', workspaceId, {
                account_id: 'b',
                record_id: 't',
                kind: 'call',
                direction: 'inbound',
                occurred_at: tokyo('2026-04-10'),
              }),
            ]),
          ]
        : []),
    ])

  it('has 0 of them, where the workspace records such things', async () => {
    await rowsOf('recorded', true)
    expect(await of('recorded', ['a', 'b', 'c'])).toEqual([
      [0, 0, 0, 0],
      [1, 1, null, 1],
      [null, null, null, null],
    ])
    // Asked alone it is the same; before anything was recorded there is nothing to say.
    expect(await of('recorded', ['a'])).toEqual([[0, 0, 0, 0]])
    expect(await of('recorded', ['a'], '2026-04-09')).toEqual([[null, null, null, null]])
  })

  it('has no value, where it does not', async () => {
    await rowsOf('unrecorded', false)
    expect(await of('unrecorded', ['a', 'b'])).toEqual([
      [null, null, null, null],
      [null, null, null, null],
    ])
  })
})

describe('the ticket rate by kind', () => {
  it('sets the tickets of each kind against all users, and adds up', async () => {
    await insertServiceCompany(facts.store)
    const question = {
      workspaceId: SERVICE,
      metrics: ['ticket_rate'],
      periods: onDay('2026-04-30'),
    }
    const [whole] = await ask(facts.store, question)
    const kinds = await ask(facts.store, { ...question, by: ['ticket_kind'] })
    expect(
      kinds.map(({ slice, numerator, value }) => [slice.ticket_kind, numerator, value]),
    ).toEqual([
      ['how_to', 1, 20],
      ['incident', 2, 40],
    ])
    expect(kinds.map(({ denominator, n }) => [denominator, n])).toEqual([
      [5, 5],
      [5, 5],
    ])
    expect(whole).toMatchObject({ numerator: 3, denominator: 5, value: 60 })
    const byAccount = await ask(facts.store, {
      ...question,
      by: ['ticket_kind'],
      grain: 'account',
    })
    expect(
      byAccount.map(({ account, slice, value }) => [account, slice.ticket_kind, value]),
    ).toEqual([
      ['p', 'how_to', 50],
      ['p', 'incident', 50],
      ['r', 'incident', null],
    ])
  })
})

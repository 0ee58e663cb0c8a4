/** Lifetime values from how long customers have stayed. */
import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import type { MetricSettings } from '@tomoshibi/metrics/settings'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, between, type Fact, fact, onDay, type Question, settingsOf } from './testing.ts'
import { tokyo } from './tiny-company.ts'

let facts: TestFacts
let workspaces = 0
beforeAll(async () => {
  facts = await startTestFacts()
})
afterAll(() => facts.stop())

/** Inserts lines, given as account, monthly amount, first day and day after the last. */
const company = async (
  lines: readonly (readonly [string, string, string, string | null, Fact?])[],
): Promise<string> => {
  workspaces += 1
  const id = `w${workspaces}`
  await facts.store.insert(
    'contract_lines',
    lines.map(([account_id, amount, from, to, more = {}], k) =>
      fact('contract_lines', id, {
        account_id,
        record_id: `l${k}`,
        amount,
        effective_from: tokyo(from),
        effective_to: to === null ? null : tokyo(to),
        ...more,
      }),
    ),
  )
  return id
}

const figureOf = async (
  workspaceId: string,
  metric: string,
  settings: Partial<MetricSettings> = {},
  more: Partial<Question> = {},
) => {
  const [value] = await ask(facts.store, {
    workspaceId,
    metrics: [metric],
    periods: onDay('2026-04-30'),
    settings: settingsOf(settings),
    ...more,
  })
  return value
}
const MONTH = 365.25 / 12

describe('LTV from survival', () => {
  it('is ARPA × gross margin × the mean months that customers stay, within what was seen', async () => {
    // 100 days and 50 days ended, 200 days still running: S is 2/3 from day 50 and 1/3 from day 100.
    const w = await company([
      ['a', '300', '2025-10-13', null],
      ['b', '100', '2025-01-01', '2025-04-11'],
      ['c', '100', '2025-01-01', '2025-02-20'],
    ])
    const months = (50 + 100 / 3 + 100 / 3) / MONTH
    const ltv = await figureOf(w, 'ltv_survival')
    expect(Number(ltv?.value)).toBeCloseTo(300 * months, 4)
    expect(ltv).toMatchObject({ n: 3, denominator: 1, reason: null })
    expect(
      Number((await figureOf(w, 'ltv_survival', { grossMarginPercent: 50 }))?.value),
    ).toBeCloseTo(150 * months, 4)
    const near = await figureOf(w, 'ltv_survival', { survivalHorizonMonths: 1 })
    expect(Number(near?.value)).toBeCloseTo(300, 4)
  })

  it('takes a break within the grace days of a renewal for none', async () => {
    const w = await company([
      ['a', '100', '2026-01-01', '2026-02-01'],
      ['a', '100', '2026-03-03', null],
    ])
    expect((await figureOf(w, 'ltv_survival'))?.n).toBe(1)
    expect((await figureOf(w, 'ltv_survival', { renewalGraceDays: 29 }))?.n).toBe(2)
  })

  it('does not call a stretch ended before the grace days are over', async () => {
    const w = await company([
      ['a', '100', '2026-01-01', null],
      ['b', '100', '2026-03-01', '2026-04-21'],
    ])
    const months = async (now: string) =>
      Number((await figureOf(w, 'ltv_survival', {}, { now }))?.value) / 100
    expect(await months(tokyo('2026-05-01'))).toBeCloseTo(120 / MONTH, 4)
    // Known to be lost: half leave after 51 of 120 days.
    expect(await months(tokyo('2026-06-01'))).toBeCloseTo((51 + 69 / 2) / MONTH, 4)
  })

  it('has no value where nobody pays, or nobody ever did', async () => {
    const gone = await company([['a', '100', '2025-01-01', '2025-06-01']])
    expect(await figureOf(gone, 'ltv_survival')).toMatchObject({
      value: null,
      reason: 'zero_denominator',
      n: 1,
    })
    expect(await figureOf('nobody', 'ltv_survival')).toMatchObject({
      value: null,
      reason: 'no_data',
      n: 0,
    })
  })

  it('as known then knows nothing of what was recorded later', async () => {
    const w = await company([
      ['a', '100', '2026-01-01', null],
      ['b', '900', '2025-01-01', '2025-06-01', { known_at: tokyo('2026-05-10') }],
    ])
    const then = { knownAt: tokyo('2026-05-09') }
    expect(await figureOf(w, 'ltv_survival', {}, then)).toMatchObject({ n: 1 })
    expect(await figureOf(w, 'ltv_survival')).toMatchObject({ n: 2 })
  })
})

describe('revenue that is expected', () => {
  const stay = (n: number): [string, string, string, null][] =>
    Array.from({ length: n }, (_, k) => [`s${k}`, '100', '2025-05-01', null])

  it('is MRR × all the months ahead as long as nobody ever left', async () => {
    const w = await company(stay(3))
    expect(await figureOf(w, 'clv_expected')).toMatchObject({ value: '18000', n: 3 })
    expect(await figureOf(w, 'clv_expected', { survivalHorizonMonths: 12 })).toMatchObject({
      value: '3600',
    })
  })

  it('is less for who is young where many leave young', async () => {
    // Half of all leave after 30 days, and nobody later.
    const w = await company([
      ...stay(4),
      ...Array.from(
        { length: 4 },
        (_, k) => [`gone${k}`, '100', '2025-05-01', '2025-05-31'] as const,
      ),
      ['young', '100', '2026-05-01', null, { effective_from: tokyo('2026-04-30', '12:00:00') }],
    ])
    const parts = await ask(facts.store, {
      workspaceId: w,
      metrics: ['clv_expected'],
      periods: onDay('2026-04-30'),
      settings: settingsOf({ survivalHorizonMonths: 6 }),
      grain: 'account',
    })
    const of = (account: string) =>
      Number(parts.find((value) => value.account === account)?.value) / 100
    // 365 days are the longest stretch; behind it they leave at the mean rate of all.
    const rate = 4 / (4 * 365 + 4 * 30 + 1)
    expect(of('s0')).toBeCloseTo((1 - Math.exp(-rate * 6 * MONTH)) / rate / MONTH, 6)
    // One day old: all stay to day 30, and half of them from then on.
    expect(of('young')).toBeCloseTo((29 + (6 * MONTH - 29) / 2) / MONTH, 6)
    expect(of('gone0')).toBe(0)
  })

  it('of one account is the same whether others are asked for or not, and parts add up', async () => {
    const w = await company([
      ...stay(2),
      ['a', '70', '2026-01-01', null],
      ['b', '50', '2025-06-01', '2025-12-01'],
    ])
    const question = {
      workspaceId: w,
      metrics: ['clv_expected'],
      periods: between('2026-03-01', '2026-05-01', 'month'),
    }
    const whole = await ask(facts.store, question)
    const parts = await ask(facts.store, { ...question, grain: 'account' })
    const one = await ask(facts.store, { ...question, grain: 'account', accountIds: ['a'] })
    const ofA = parts.filter(({ account }) => account === 'a')
    expect(one.map(({ value }) => value)).toEqual(ofA.map(({ value }) => value))
    for (const { start, value } of whole) {
      const own = parts.filter((part) => part.start === start)
      const sum = own.reduce((total, part) => total + Number(part.value), 0)
      expect(sum).toBeCloseTo(Number(value), 6)
    }
  })

  it('has no value for who never paid, or where a rate is missing', async () => {
    const w = await company([['a', '100', '2026-01-01', null, { currency: 'EUR' }]])
    expect(await figureOf(w, 'clv_expected')).toMatchObject({
      value: null,
      reason: 'missing_exchange_rate',
    })
    expect(await figureOf('nobody', 'clv_expected')).toMatchObject({
      value: null,
      reason: 'no_data',
    })
  })

  it('as known then knows nothing of what was recorded later', async () => {
    const w = await company([
      ...stay(2),
      ['b', '50', '2025-06-01', '2025-12-01', { known_at: tokyo('2026-05-10') }],
    ])
    const then = await figureOf(w, 'clv_expected', {}, { knownAt: tokyo('2026-05-09') })
    expect(then?.value).toBe('12000')
    expect(Number((await figureOf(w, 'clv_expected'))?.value)).toBeLessThan(12_000)
  })
})

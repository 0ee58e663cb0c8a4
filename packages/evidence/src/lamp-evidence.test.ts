import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LampEvidenceInput, lampEvidence } from './lamp-evidence.ts'
import { tooFewText } from './too-few-text.ts'

const year = { historyStart: '2025-01-01', historyEnd: '2026-01-01' }
const lit = (accountId: string, litOn: string, clearedOn: string | null = null) => ({
  accountId,
  litOn,
  clearedOn,
})

/** Five accounts, worked out by hand in the comments. */
const example: LampEvidenceInput = {
  episodes: [
    lit('a', '2025-03-01'), // lost 31 days later: right
    lit('a', '2025-03-22'), // lost 10 days later: right
    lit('b', '2025-04-01', '2025-04-20'), // lost 92 days later: a false alarm for 90 days
    lit('c', '2025-05-01', '2025-06-01'), // never lost: a false alarm
    lit('d', '2025-11-15'), // lost, but its 90 days end in 2026: undecided
    lit('c', '2025-12-01'), // undecided
    lit('c', '2024-12-31', '2025-01-10'), // before the history
    lit('a', '2025-06-01'), // already lost
  ],
  outcomes: [
    { accountId: 'a', on: '2025-04-01' },
    { accountId: 'b', on: '2025-07-02' },
    { accountId: 'd', on: '2025-12-01' },
    { accountId: 'e', on: '2025-08-01' },
    { accountId: 'c', on: '2026-01-01' }, // after the history
  ],
  exposure: {
    ...year,
    accounts: [
      { accountId: 'a', from: '2024-01-01', to: '2025-04-01' },
      { accountId: 'b', from: '2024-01-01', to: '2025-07-02' },
      { accountId: 'c', from: '2024-01-01', to: null },
      { accountId: 'd', from: '2025-11-01', to: '2025-12-01' },
      { accountId: 'e', from: '2025-07-01', to: '2025-08-01' },
    ],
  },
  minCases: 4,
}

describe('lampEvidence', () => {
  it('sorts every lighting of the history into one pile', () => {
    expect(lampEvidence(example)).toMatchObject({
      lit: 7,
      judged: 4,
      undecided: 2,
      undecidedFollowed: 1,
      tooLate: 0,
      notAtRisk: 1,
      followed: 2,
      falseAlarms: 2,
    })
  })

  it('gives precision and recall with their intervals', () => {
    const { precision, recall } = lampEvidence(example)
    expect(precision).toMatchObject({ numerator: 2, denominator: 4, value: 0.5 })
    expect(precision.interval?.low).toBeCloseTo(0.1500389892, 9)
    expect(recall).toMatchObject({ numerator: 2, denominator: 4, value: 0.5 }) // a and d; not b, e
  })

  it('gives the median of the days from lighting to outcome', () => {
    expect(lampEvidence(example).medianLeadDays).toEqual({ value: 20.5, n: 2 })
  })

  it('compares with what happens on any day at risk', () => {
    // Days up to 2025-10-02 have 90 days left. a: 90 days, all followed. b: 182 days, of which the
    // 90 from 04-03 on. c: 275 days. d: none. e: 31 days, all followed.
    const { baseRate, lift, against } = lampEvidence(example)
    expect(baseRate).toEqual({
      followedAccountDays: 90 + 90 + 31,
      accountDays: 90 + 182 + 275 + 31,
      value: 211 / 578,
    })
    expect(lift).toBeCloseTo(0.5 / (211 / 578), 12)
    expect(against).toBe('not_told_apart')
  })

  it('keeps out of the precision what was lit too near to be a warning', () => {
    const strict = lampEvidence({ ...example, minLeadDays: 14 })
    expect(strict).toMatchObject({ judged: 3, tooLate: 1, followed: 1 })
    expect(strict.medianLeadDays).toEqual({ value: 31, n: 1 })
    expect(strict.recall.numerator).toBe(2) // a by its first lighting, d by 16 days
  })

  it('does not count a recent success before a recent failure could count', () => {
    const recent = lampEvidence({
      episodes: [lit('a', '2025-12-01'), lit('b', '2025-12-01')],
      outcomes: [{ accountId: 'a', on: '2025-12-20' }],
      exposure: year,
    })
    expect(recent.precision.value).toBeNull()
    expect(recent).toMatchObject({ undecided: 2, undecidedFollowed: 1 })
    expect(recent.reasons).toContain('horizon_not_passed')
  })

  it('takes the horizon to its last day', () => {
    const at = (on: string) =>
      lampEvidence({
        episodes: [lit('a', '2025-01-01')],
        outcomes: [{ accountId: 'a', on }],
        exposure: year,
      }).followed
    expect(at('2025-04-01')).toBe(1) // 90 days
    expect(at('2025-04-02')).toBe(0)
  })

  it('says when a missed outcome had a lamp burning since long before', () => {
    const input = {
      outcomes: [{ accountId: 'a', on: '2025-10-01' }],
      exposure: year,
    }
    const burning = lampEvidence({ ...input, episodes: [lit('a', '2025-02-01')] })
    expect(burning).toMatchObject({ burningLonger: 1, recall: { value: 0 } })
    const gone = lampEvidence({ ...input, episodes: [lit('a', '2025-02-01', '2025-09-01')] })
    expect(gone.burningLonger).toBe(0)
  })

  it('counts an outcome named twice once', () => {
    const outcome = { accountId: 'a', on: '2025-10-01' }
    const evidence = lampEvidence({ episodes: [], outcomes: [outcome, outcome], exposure: year })
    expect(evidence.outcomes).toBe(1)
  })

  it('has no values, and says why, without cases', () => {
    const nothing = lampEvidence({ episodes: [], outcomes: [], exposure: year })
    expect(nothing).toMatchObject({
      precision: { value: null, interval: null },
      recall: { value: null, interval: null },
      baseRate: { value: null },
      lift: null,
      against: null,
      medianLeadDays: { value: null, n: 0 },
      verdict: 'not_enough_cases',
      reasons: ['never_lit', 'no_outcomes'],
    })
  })

  it('shows the figures of too few cases, and says that they are too few', () => {
    const few = lampEvidence({ ...example, minCases: 5 })
    expect(few.precision.value).toBe(0.5)
    expect(few.verdict).toBe('not_enough_cases')
    expect(few.reasons).toEqual(['too_few_lightings', 'too_few_outcomes'])
    expect(few.reasons.map((reason) => tooFewText[reason].ja)).not.toContain('')
    expect(lampEvidence(example)).toMatchObject({ verdict: 'enough', reasons: [] })
  })

  it('tells a lamp that means something from one that does not', () => {
    const accounts = Array.from({ length: 100 }, (_, i) => `account-${i}`)
    const lost = accounts.slice(0, 20)
    const evidence = (warned: readonly string[]) =>
      lampEvidence({
        episodes: warned.map((id) => lit(id, '2025-05-01')),
        outcomes: lost.map((accountId) => ({ accountId, on: '2025-06-15' })),
        exposure: {
          ...year,
          accounts: accounts.map((accountId) => ({
            accountId,
            from: '2025-01-01',
            to: lost.includes(accountId) ? '2025-06-15' : null,
          })),
        },
      }).against
    expect(evidence([...lost.slice(5), ...accounts.slice(90)])).toBe('above_base')
    expect(evidence(accounts.slice(20))).toBe('below_base')
    expect(evidence([...lost.slice(0, 2), ...accounts.slice(80)])).toBe('not_told_apart')
  })

  it.each([
    [
      { ...example, exposure: { historyStart: '2026-01-01', historyEnd: '2025-01-01' } },
      'ends before',
    ],
    [{ ...example, horizonDays: 10, minLeadDays: 11 }, 'within the horizon'],
    [{ ...example, minCases: 1.5 }, 'whole'],
    [{ ...example, episodes: [lit('a', '2025-03-02', '2025-03-01')] }, 'Cleared before'],
    [{ ...example, outcomes: [{ accountId: 'a', on: '2025-02-30' }] }, 'Not a calendar date'],
  ])('refuses a senseless question (%#)', (input, message) => {
    expect(() => lampEvidence(input)).toThrow(message)
  })
})

describe('lampEvidence, for any history', () => {
  const date = fc
    .integer({ min: 0, max: 400 })
    .map((days) => new Date(Date.UTC(2025, 0, 1) + days * 86_400_000).toISOString().slice(0, 10))
  const accountId = fc.constantFrom('a', 'b', 'c')
  const input = fc.record({
    episodes: fc.array(fc.record({ accountId, litOn: date, clearedOn: fc.constant(null) })),
    outcomes: fc.array(fc.record({ accountId, on: date })),
    horizonDays: fc.integer({ min: 5, max: 120 }),
    minLeadDays: fc.integer({ min: 0, max: 5 }),
    exposure: fc.constant({
      ...year,
      accounts: ['a', 'b', 'c'].map((id) => ({ accountId: id, from: '2025-02-01', to: null })),
    }),
  })

  it('puts each lighting into exactly one pile, and no figure outside its range', () => {
    fc.assert(
      fc.property(input, (question) => {
        const e = lampEvidence(question)
        expect(e.judged + e.undecided + e.tooLate + e.notAtRisk).toBe(e.lit)
        expect(e.followed + e.falseAlarms).toBe(e.judged)
        expect(e.recall.numerator + e.burningLonger).toBeLessThanOrEqual(e.outcomes)
        expect(e.baseRate.followedAccountDays).toBeLessThanOrEqual(e.baseRate.accountDays)
        for (const value of [e.precision.value, e.recall.value, e.baseRate.value]) {
          expect(value === null || (value >= 0 && value <= 1)).toBe(true)
        }
      }),
    )
  })

  it('gives a lamp lit every day the base rate as its precision', () => {
    const everyDay = Array.from({ length: 365 }, (_, i) =>
      new Date(Date.UTC(2025, 0, 1) + i * 86_400_000).toISOString().slice(0, 10),
    )
    fc.assert(
      fc.property(input, (question) => {
        const e = lampEvidence({
          ...question,
          episodes: ['a', 'b', 'c'].flatMap((id) => everyDay.map((day) => lit(id, day))),
        })
        expect([e.followed, e.judged]).toEqual([
          e.baseRate.followedAccountDays,
          e.baseRate.accountDays,
        ])
      }),
      { numRuns: 30 },
    )
  })
})

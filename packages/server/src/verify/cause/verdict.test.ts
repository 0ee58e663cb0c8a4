import type { Cause } from '@tomoshibi/contract/cause'
import { describe, expect, it } from 'vitest'
import { outcomeNames } from '../outcomes.ts'
import type { CauseFound } from './cause.ts'
import { checkAgainst } from './checks.ts'
import { adviseOnCause, sayCause } from './say.ts'
import { type CauseChecks, type CauseGround, causeVerdict } from './verdict.ts'

const effect = (
  method: Cause['effects'][number]['method'],
  ratio: number | null,
  low: number | null = null,
  high: number | null = null,
): Cause['effects'][number] => {
  const isClear = low !== null && high !== null && (low > 1 || high < 1)
  return {
    method,
    n: 1_000,
    rateAbove: ratio === null ? null : 0.04 * ratio,
    rateOther: ratio === null ? null : 0.04,
    ratio,
    low,
    high,
    p: ratio === null ? null : isClear ? 0.001 : 0.4,
    reason: null,
  }
}
const starters: Cause['starters'] = {
  rows: 500,
  starting: 80,
  startingWithOutcome: 12,
  ratio: 0.9,
  low: 0.5,
  high: 1.6,
  check: 'silent',
  reason: null,
}
const action: Cause['actions'][number] = {
  action: 'Report training',
  landmarkDays: 36,
  accounts: 300,
  without: 310,
  raisesBy: 0.8,
  hazardRatio: 0.6,
  low: 0.4,
  high: 0.9,
  check: 'supports',
}
const signal: Cause['signals'][number] = {
  signal: 'licence_utilisation',
  leads: 0.01,
  leadsP: 0.5,
  follows: -0.2,
  followsP: 1e-9,
  isFollowed: false,
}
const adjusted = (ratio: number | null, low?: number, high?: number) => [
  effect('crude', 0.5, 0.4, 0.6),
  effect('standardised', ratio, low, high),
  effect('weighted', ratio, low, high),
  effect('doubly_robust', ratio, low, high),
]
const held = adjusted(0.55, 0.4, 0.7)
const usual: CauseChecks = { mark: 3, effects: held, starters, signals: [signal], actions: [] }

interface Case {
  readonly when: string
  readonly relation?: Parameters<typeof causeVerdict>[0]
  readonly checks: Partial<CauseChecks>
  readonly verdict: Cause['verdict']
  readonly ground: CauseGround
}
const none = effect('crude', 1.02, 0.8, 1.3)
const cases: readonly Case[] = [
  {
    when: 'the relation itself cannot be told',
    relation: 'cannot_tell',
    checks: {},
    verdict: 'cannot_tell',
    ground: 'too_few',
  },
  {
    when: 'nothing is seen either way',
    relation: 'no_relation_seen',
    checks: { effects: [none] },
    verdict: 'no_relation_seen',
    ground: 'no_relation',
  },
  {
    when: 'only the whole history shows it',
    relation: 'no_relation_seen',
    checks: {},
    verdict: 'cannot_tell',
    ground: 'relation_unsteady',
  },
  {
    when: 'only the later part shows it',
    checks: { effects: [none] },
    verdict: 'cannot_tell',
    ground: 'relation_unsteady',
  },
  {
    when: 'no mark divides the accounts',
    checks: { mark: null },
    verdict: 'cannot_tell',
    ground: 'no_mark',
  },
  {
    when: 'an even action moved it and the outcome',
    checks: { actions: [action] },
    verdict: 'leads',
    ground: 'action_supports',
  },
  {
    when: 'starters fare accordingly, which symptoms do as well',
    checks: { starters: { ...starters, check: 'supports' } },
    verdict: 'cannot_tell',
    ground: 'starters_support',
  },
  {
    when: 'it moves after the risk, whatever starters do',
    checks: {
      signals: [{ ...signal, isFollowed: true }],
      starters: { ...starters, check: 'supports' },
    },
    verdict: 'follows',
    ground: 'follows_signal',
  },
  {
    when: 'starters fare no differently',
    checks: { starters: { ...starters, check: 'contradicts' } },
    verdict: 'leads_but_does_not_drive',
    ground: 'starters_contradict',
  },
  {
    when: 'starters say so, and an even action is still open',
    checks: {
      starters: { ...starters, check: 'contradicts' },
      actions: [{ ...action, check: 'silent' }],
    },
    verdict: 'cannot_tell',
    ground: 'checks_silent',
  },
  {
    when: 'an even action moved it for nothing',
    checks: { actions: [{ ...action, check: 'contradicts' }] },
    verdict: 'leads_but_does_not_drive',
    ground: 'action_contradicts',
  },
  {
    when: 'nothing is left once all is held equal',
    checks: { effects: adjusted(1, 0.85, 1.15) },
    verdict: 'leads_but_does_not_drive',
    ground: 'explained_away',
  },
  {
    when: 'what is left may be all or nothing',
    checks: { effects: adjusted(0.8, 0.5, 1.2) },
    verdict: 'cannot_tell',
    ground: 'adjusted_unclear',
  },
  {
    when: 'the groups share no ground',
    checks: { effects: adjusted(null) },
    verdict: 'cannot_tell',
    ground: 'not_comparable',
  },
  {
    when: 'it is left, and nothing tells cause from mark',
    checks: {},
    verdict: 'cannot_tell',
    ground: 'checks_silent',
  },
]

describe('the verdict', () => {
  it.each(cases)('when $when: $verdict', ({ relation = 'separates', checks, verdict, ground }) => {
    expect(causeVerdict(relation, { ...usual, ...checks })).toEqual({ verdict, ground })
  })

  it('is the same for what goes up before the outcome', () => {
    const effects = held.map((one) => ({
      ...one,
      ratio: 1 / (one.ratio ?? 1),
      low: 1 / (one.high ?? 1),
      high: 1 / (one.low ?? 1),
    }))
    expect(causeVerdict('separates', { ...usual, effects }).ground).toBe('checks_silent')
    const supported = { ...usual, effects, starters: { ...starters, check: 'supports' as const } }
    expect(causeVerdict('separates', supported).ground).toBe('starters_support')
  })
})

describe('an interval against an effect', () => {
  const effect = Math.log(0.4)
  it.each([
    [{ low: 0.3, high: 0.8 }, 'supports'],
    [{ low: 0.75, high: 1.6 }, 'contradicts'],
    [{ low: 0.5, high: 1.3 }, 'silent'],
    [{ low: 1.1, high: 2 }, 'contradicts'],
  ] as const)('%o of a ratio of 0.4 %s it', (interval, check) => {
    expect(checkAgainst(interval, effect)).toBe(check)
    const upside = { low: 1 / interval.high, high: 1 / interval.low }
    expect(checkAgainst(upside, -effect)).toBe(check)
  })

  it('says nothing of no effect', () => {
    expect(checkAgainst({ low: 0.9, high: 1.1 }, 0)).toBe('silent')
  })
})

describe('what is said', () => {
  const named = {
    name: { en: 'Reports', ja: 'レポート' },
    outcome: outcomeNames.churn,
    horizonDays: 90,
    signals: new Map([['licence_utilisation', { en: 'Use of licences', ja: 'ライセンス利用率' }]]),
  }
  const all = cases.map(({ relation = 'separates', checks, when }) => {
    const whole = { ...usual, ...checks }
    const found: CauseFound = {
      ...whole,
      ...causeVerdict(relation, whole),
      rows: 1_000,
      accounts: 200,
      accountsWithOutcome: 40,
      rowsAbove: 500,
      adjustedFor: [],
      overlap: null,
      eValue: { point: 3, interval: 2.2 },
      withinAccount: { difference: null, low: null, high: null, changing: 0, reason: null },
      through: '2026-10-31',
    }
    return { when, found, says: sayCause(named, found), advice: adviseOnCause(named, found) }
  })

  it.each(all)('names the metric and the figures when $when', ({ says, found }) => {
    expect(says.en).toContain("'Reports'")
    expect(says.ja).toContain('「レポート」')
    for (const text of [says.en, says.ja]) expect(text).not.toMatch(/undefined|null|NaN| {2}/)
    if (found.ground === 'action_supports') expect(says.en).toContain("'Report training'")
    if (found.ground === 'follows_signal') expect(says.ja).toContain('「ライセンス利用率」')
  })

  it.each(all)(
    'calls for a trial only where it leads, and never to push: $when',
    ({ advice, found }) => {
      if (found.verdict === 'leads') {
        expect(advice.en).toMatch(/^Worth a trial: .*by lot/)
        expect(advice.ja).toContain('無作為')
      } else {
        expect(advice.en).toMatch(/Do not steer|Do not make it a goal/)
        expect(advice.en).not.toMatch(/\b(raise|push|increase|improve)\b/i)
        expect(advice.ja).toMatch(/しないでください/)
      }
    },
  )
})

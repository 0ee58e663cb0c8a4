import type { Verification } from '@tomoshibi/contract/verification'
import { describe, expect, test } from 'vitest'
import { decidedBefore, findingsOf, type KpiFacts } from './find.ts'

const verified = (more: Partial<Verification> = {}): Verification => ({
  checkedAt: '2026-11-01T00:00:00Z',
  outcome: 'churn',
  relation: 'separates',
  direction: 'lower',
  cause: 'leads',
  smallestAuc: 0.6,
  says: { en: 'Evidence.', ja: '根拠。' },
  ...more,
})

/** A sound KPI: verified, with a lever, and within reach. */
const sound: KpiFacts = {
  name: { en: 'Weekly reports', ja: '週次レポート' },
  isKpi: true,
  rises: true,
  levers: ['falling_use'],
  spanDays: 365,
  noticeDays: null,
  pastChanges: [1, 2, 3, -1, 2, 1],
  asked: 2,
  hasAccountValue: true,
  verification: verified(),
  verificationBefore: null,
  verifiedDaysAgo: 10,
  changed: [],
  owner: 'Sato',
  ownersGoals: 3,
  formatted: (value) => ({ en: String(value), ja: String(value) }),
}
const kinds = (more: Partial<KpiFacts>) =>
  findingsOf({ ...sound, ...more }).map(({ kind, severity }) => `${severity} ${kind}`)

test('a sound KPI is not accused', () => expect(kinds({})).toEqual([]))

describe('each trap is named', () => {
  test.each<[string, Partial<KpiFacts>, string[]]>([
    ['no lamp moves it', { levers: [] }, ['warning no_lever']],
    ['a KGI needs no lamp', { levers: [], isKpi: false }, []],
    [
      'decided before its period',
      { noticeDays: Array(12).fill(80), spanDays: 30 },
      ['trap decided_before'],
    ],
    ['a year is long enough', { noticeDays: Array(12).fill(80), spanDays: 365 }, []],
    ['too few ends to tell', { noticeDays: Array(9).fill(80), spanDays: 30 }, []],
    ['more than history ever gave', { asked: 3.5 }, ['warning beyond_history']],
    ['and the other way round', { asked: -1.5 }, ['warning beyond_history']],
    ['no value of accounts', { hasAccountValue: false }, ['open not_verifiable']],
    ['taken as it comes', { verification: null }, ['warning never_verified']],
    ['verified long ago', { verifiedDaysAgo: 91 }, ['warning verified_long_ago']],
    ['90 days are not long ago', { verifiedDaysAgo: 90 }, []],
    [
      'no relation',
      { verification: verified({ relation: 'no_relation_seen', cause: 'no_relation_seen' }) },
      ['trap no_relation'],
    ],
    [
      'no relation where even a strong one would not have been seen',
      {
        verification: verified({
          relation: 'no_relation_seen',
          cause: 'no_relation_seen',
          smallestAuc: 0.74,
        }),
      },
      ['open unproven'],
    ],
    [
      'a relation that was there',
      {
        verification: verified({ relation: 'no_relation_seen', cause: 'no_relation_seen' }),
        verificationBefore: verified(),
      },
      ['trap relation_faded'],
    ],
    [
      'a relation that turned round on the way',
      { verification: verified({ relation: 'turned_round', cause: 'cannot_tell' }) },
      ['trap relation_faded'],
    ],
    [
      'more of it, more churn',
      { verification: verified({ direction: 'higher', cause: 'follows' }) },
      ['trap reversed', 'trap follows_risk'],
    ],
    [
      'less of it is the target, and less goes before churn',
      { rises: false, verification: verified({ direction: 'lower' }) },
      ['trap reversed'],
    ],
    [
      'what goes before an expansion is meant to rise',
      { verification: verified({ direction: 'higher', outcome: 'expansion' }) },
      [],
    ],
    [
      'explained by something else',
      { verification: verified({ cause: 'leads_but_does_not_drive' }) },
      ['trap explained_otherwise'],
    ],
    ['open', { verification: verified({ cause: 'cannot_tell' }) }, ['open unproven']],
    [
      'a definition that changed',
      { changed: [{ what: 'metric', on: '2026-06-01' }] },
      ['warning definition_changed'],
    ],
    ['too many for one', { ownersGoals: 6 }, ['warning too_many_goals']],
    ['five are not', { ownersGoals: 5 }, []],
  ])('%s', (_, more, found) => expect(kinds(more)).toEqual(found))

  test('the gravest first, each with evidence and a way out in both languages', () => {
    const found = findingsOf({
      ...sound,
      levers: [],
      noticeDays: Array(20).fill(75),
      spanDays: 31,
      verification: verified({ direction: 'higher', cause: 'follows' }),
    })
    expect(found.map(({ severity }) => severity)).toEqual(['trap', 'trap', 'trap', 'warning'])
    expect(found[0]?.says.en).toContain('of 20 contracts that ended, half had given notice 75 days')
    for (const { says, wayOut } of found) {
      for (const text of [says, wayOut]) expect(text.ja, text.en).toMatch(/[ぁ-ん]/)
    }
  })
})

test.each([
  [[80, 80], 30, 1],
  [[80, 80], 160, 0.5],
  [[0, 0], 30, 0],
  [[15, 60], 30, 0.75],
])('of ends decided %j days before, within %d days %d are decided before', (days, span, share) =>
  expect(decidedBefore(days, span)).toBe(share),
)

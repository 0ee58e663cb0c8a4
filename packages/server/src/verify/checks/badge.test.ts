import type { BadgeState, Verification } from '@tomoshibi/contract/verification'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import { badgeStateOf, daysSince, isDue } from './badge.ts'

type Relation = Verification['relation']

/** Checks with these findings, newest first, a week apart. */
const checks = (...relations: readonly Relation[]) =>
  relations.map((relation, k) => ({
    relation,
    checkedAt: Temporal.Instant.from('2026-11-29T00:00:00Z')
      .subtract({ hours: 7 * 24 * k })
      .toString(),
  }))

describe('a badge', () => {
  it.each<[string, readonly Relation[], BadgeState]>([
    ['without a check', [], 'never_verified'],
    ['of what separates', ['separates'], 'holds'],
    ['of what separates again', ['separates', 'no_relation_seen', 'separates'], 'holds'],
    ['of what never did', ['no_relation_seen'], 'no_relation_seen'],
    ['of what did until now', ['no_relation_seen', 'separates'], 'faded'],
    [
      'of what did long ago',
      ['no_relation_seen', 'no_relation_seen', 'cannot_tell', 'separates'],
      'faded',
    ],
    ['of what turned round', ['turned_round', 'separates'], 'turned_round'],
    // Too few cases now do not take back what was found, and do not repeat it either.
    ['of what cannot be told any more', ['cannot_tell', 'separates'], 'cannot_tell'],
  ])('%s reads so', (_, relations, state) => {
    expect(badgeStateOf(checks(...relations))).toBe(state)
  })

  it.each([
    ['2026-11-29T00:00:00Z', 0, false],
    ['2026-12-05T23:59:59Z', 6, false],
    ['2026-12-06T00:00:00Z', 7, true],
    ['2027-03-01T00:00:00Z', 92, true],
  ])('at %s is %i days old, and due: %s', (at, days, due) => {
    const now = Temporal.Instant.from(at)
    expect(daysSince('2026-11-29T00:00:00Z', now)).toBe(days)
    expect(isDue(checks('separates'), now)).toBe(due)
  })

  it('is due where there was no check', () => {
    expect(isDue([], Temporal.Instant.from('2026-11-29T00:00:00Z'))).toBe(true)
  })
})

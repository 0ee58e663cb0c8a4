import type { Verification } from '@tomoshibi/contract/verification'
import { beforeAll, describe, expect, test } from 'vitest'
import { isoDate } from '../../collect/simulate/calendar.ts'
import { storyOf } from '../../collect/simulate/story.ts'
import { worldOf } from '../../collect/simulate/world.ts'
import {
  judgeTruth,
  type TruthMetric,
  type TruthPanel,
  truthPanel,
} from '../../verify/cause/truth.ts'
import { judge } from '../../verify/metric-evidence/judge.ts'
import { findingsOf, type KpiFacts } from './find.ts'

/**
 * The simulated company in which the truth is known: figures that are decided before their period, contacts
 * that rush to accounts at risk, and a feature that marks committed buyers; and weekly reports, which do
 * keep customers. `npm run bench:evidence -- --only truth` counts over twenty larger companies.
 */
const size = { accounts: 1_500, months: 24, seed: 4, endsOn: '2026-11-01' }

let made: TruthPanel
let noticeDays: number[]
beforeAll(() => {
  made = truthPanel(size)
  const world = worldOf(size)
  noticeDays = Array.from({ length: size.accounts }, (_, index) => storyOf(world, index))
    .flatMap(({ chapters }) => chapters)
    .flatMap(({ life: { churn } }) =>
      churn !== null && churn.endsOn < world.end ? [churn.endsOn - churn.noticeOn] : [],
    )
  expect(noticeDays.length, isoDate(world.end)).toBeGreaterThan(50)
}, 600_000)

function kpi(metric: TruthMetric, more: Partial<KpiFacts> = {}): KpiFacts {
  const { panel, values, through, horizonDays } = made
  const { direction, verdict, power } = judge(
    { ...panel, value: values[metric] },
    { horizonDays, through, expected: null, outcomeIsLoss: true },
  )
  const { found } = judgeTruth(made, metric)
  const verification: Verification = {
    checkedAt: '2026-11-01T00:00:00Z',
    outcome: 'churn',
    relation: verdict,
    direction,
    cause: found.verdict,
    smallestAuc: power.smallestAuc,
    says: { en: '', ja: '' },
  }
  return {
    name: { en: metric, ja: metric },
    isKpi: true,
    rises: true,
    levers: ['some'],
    spanDays: 365,
    noticeDays: null,
    pastChanges: [],
    asked: null,
    hasAccountValue: true,
    verification,
    verificationBefore: null,
    verifiedDaysAgo: 0,
    changed: [],
    owner: 'x',
    ownersGoals: 1,
    formatted: (value) => ({ en: String(value), ja: String(value) }),
    ...more,
  }
}
const traps = (facts: KpiFacts) =>
  findingsOf(facts).flatMap(({ kind, severity }) => (severity === 'trap' ? [kind] : []))

describe('the KPI check of a company whose truth is known', () => {
  test('names the renewals of a month as decided before it', () => {
    const renewals = { isKpi: false, noticeDays, spanDays: 30 }
    expect(traps(kpi('managers', renewals))).toContain('decided_before')
    expect(traps(kpi('managers', { ...renewals, spanDays: 365 }))).not.toContain('decided_before')
  })

  test('names more meetings as reversed, and as following the risk', () => {
    expect(traps(kpi('meetings'))).toEqual(expect.arrayContaining(['reversed', 'follows_risk']))
  })

  test('names the feature of committed buyers as explained otherwise', () => {
    expect(traps(kpi('sync'))).toEqual(['explained_otherwise'])
  })

  test('names a figure that has nothing to do with it', () => {
    expect(traps(kpi('managers'))).toEqual(['no_relation'])
  })

  test('does not accuse the true driver', () => {
    expect(findingsOf(kpi('report'))).toEqual([])
  })
})

import { seededRandom } from '@tomoshibi/evidence/numeric/random'
import { describe, expect, it } from 'vitest'
import { outcomeNames } from '../outcomes.ts'
import { type JudgedPanel, type JudgeQuestion, judge } from './judge.ts'
import { sayMetricEvidence } from './say.ts'

const days = Array.from({ length: 12 }, (_, i) =>
  new Date(Date.UTC(2025, i + 1, 0)).toISOString().slice(0, 10),
)
const question: JudgeQuestion = {
  horizonDays: 90,
  through: '2026-03-31',
  expected: 'lower',
  outcomeIsLoss: true,
}
const dayNumber = (iso: string) => Date.parse(iso) / 86_400_000

/** Accounts of which some are lost on a day of their own; what they use is told by `use`. */
function panelOf(
  accounts: number,
  use: (daysToLoss: number, random: () => number, dayIndex: number) => number,
  lossesPerAccount = 0.4,
): JudgedPanel {
  const random = seededRandom(7)
  const next = () => random.uniform()
  const rows: { i: number; id: string; value: number; lost: string | null; until: number }[] = []
  for (let a = 0; a < accounts; a++) {
    const isLost = next() < lossesPerAccount
    const start = dayNumber('2025-02-01')
    const lostOn = isLost ? Math.floor(start + next() * (dayNumber('2026-03-31') - start)) : null
    for (const [i, day] of days.entries()) {
      const until = lostOn === null ? Number.POSITIVE_INFINITY : lostOn - dayNumber(day)
      if (until <= 0) continue
      const lost = lostOn === null ? null : new Date(lostOn * 86_400_000).toISOString().slice(0, 10)
      rows.push({ i, id: `a${a}`, value: use(until, next, i), lost, until })
    }
  }
  return {
    days,
    day: rows.map(({ i }) => i),
    account: rows.map(({ id }) => id),
    value: Float64Array.from(rows, ({ value }) => value),
    happened: Float64Array.from(rows, ({ until }) => Number(until <= question.horizonDays)),
    lostOn: rows.map(({ lost }) => lost),
  }
}
const said = (found: ReturnType<typeof judge>) =>
  sayMetricEvidence(
    {
      name: { en: 'Use', ja: '利用' },
      outcome: outcomeNames.churn,
      horizonDays: question.horizonDays,
    },
    found,
  )

describe('the evidence of a metric', () => {
  // Use falls in the last 60 days, and is noise before.
  const falling = panelOf(200, (until, random) => (until <= 60 ? 0.5 : 1) + random())

  it('finds what goes before the outcome, and says that it is no cause', () => {
    const found = judge(falling, question)
    expect(found).toMatchObject({
      verdict: 'separates',
      direction: 'lower',
      directionFrom: 'past',
      leftOut: 0,
      reasons: [],
    })
    expect(found.auc?.low).toBeGreaterThan(0.5)
    expect(said(found).en).toMatch(
      /^Lower 'Use' goes before churn within 90 days: .*not shown to be a cause/,
    )
    expect(said(found).ja).toContain('原因と示されたわけではありません')
  })

  it('takes the direction from the past only, of rows whose horizon had passed when the later part begins', () => {
    const found = judge(falling, question)
    expect(found.days).toEqual(days.slice(6))
    // 31 July less 90 days.
    expect(found.pastDays).toEqual(days.slice(0, 4))
  })

  it('begins where the metric was first recorded', () => {
    const late = panelOf(200, (until, random, i) =>
      i < 4 ? Number.NaN : (until <= 60 ? 0.5 : 1) + random(),
    )
    expect(judge(late, question).days).toEqual(days.slice(8))
  })

  it('has rates by value and lift that add up to all rows', () => {
    const { bins, lift, rows, auc } = judge(falling, question)
    expect(bins).toHaveLength(5)
    expect(bins.reduce((sum, { n }) => sum + n, 0)).toBe(rows)
    expect(bins.reduce((sum, { events }) => sum + events, 0)).toBe(auc?.events)
    expect(lift.reduce((sum, { events }) => sum + events, 0)).toBeCloseTo(auc?.events ?? 0, 9)
    expect(bins[0]?.rate).toBeGreaterThan(bins[4]?.rate ?? 1)
    expect(lift[0]?.lift).toBeGreaterThan(1)
  })

  it('tells how early: near the loss, and no longer before the fall began', () => {
    const { leadTime } = judge(falling, question)
    expect(leadTime.map(({ days: lead }) => lead)).toEqual([14, 30, 60, 90, 180])
    expect(leadTime[0]?.auc?.low).toBeGreaterThan(0.5)
    expect(leadTime[2]?.auc?.low).toBeLessThan(0.5)
    // 180 + 30 days after the end of July lie within the history, those of later ends do not.
    expect(leadTime[4]?.auc === null).toBe(leadTime[4]?.reason !== null)
  })

  it('says of noise that no relation was seen, and what could have been', () => {
    const found = judge(
      panelOf(200, (_until, random) => random()),
      question,
    )
    expect(found.verdict).toBe('no_relation_seen')
    expect(found.power.smallestAuc).toBeGreaterThan(0.5)
    expect(said(found).en).toMatch(/^No relation of 'Use' .*a weaker relation is not ruled out\.$/)
  })

  it('says when the direction turned round', () => {
    const turning = panelOf(
      200,
      (until, random, i) => (until <= 90 ? (i < 6 ? -1 : 1) : 0) + random(),
    )
    expect(judge(turning, question).verdict).toBe('turned_round')
  })

  it('cannot tell from few accounts, one class or nothing, and says why', () => {
    const few = judge(
      panelOf(20, (until) => until, 0.3),
      question,
    )
    expect(few.verdict).toBe('cannot_tell')
    expect(said(few).en).toMatch(/^It cannot be told yet\. Accounts with the outcome: \d;/)
    const nobody = judge(
      panelOf(30, (_until, random) => random(), 0),
      question,
    )
    expect(nobody).toMatchObject({ verdict: 'cannot_tell', auc: null, accountsWithOutcome: 0 })
    const empty = { ...falling, days: [], day: [], account: [], lostOn: [] }
    const nothing = { ...empty, value: new Float64Array(), happened: new Float64Array() }
    expect(said(judge(nothing, question)).ja).toContain('まだ判断できません')
    expect(JSON.stringify([few, nobody, judge(nothing, question)])).not.toContain('NaN')
  })
})

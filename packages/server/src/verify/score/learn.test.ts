import { seededRandom } from '@tomoshibi/evidence/numeric/random'
import { describe, expect, it } from 'vitest'
import { learnScore, type ScorePanel } from './learn.ts'

const days = Array.from({ length: 20 }, (_, i) =>
  new Date(Date.UTC(2025, i + 1, 0)).toISOString().slice(0, 10),
)

/**
 * Accounts by months. Risk comes from `true` causes of equal weight, each seen with noise; `noise`
 * metrics have nothing to do with it.
 */
function panelOf(
  given: { accounts: number; causes: number; noise: number; seed: number; risk?: number },
  more: Partial<ScorePanel> = {},
): ScorePanel {
  const random = seededRandom(given.seed)
  const names = [
    ...Array.from({ length: given.causes }, (_, k) => `cause_${k}`),
    ...Array.from({ length: given.noise }, (_, k) => `noise_${k}`),
  ]
  const day: number[] = []
  const account: string[] = []
  const happened: number[] = []
  const columns = new Map(names.map((name): [string, number[]] => [name, []]))
  const rows: { i: number; id: string; y: number; x: number[] }[] = []
  for (let a = 0; a < given.accounts; a++) {
    const x = names.map(() => random.normal())
    const drive = x.slice(0, given.causes).reduce((sum, v) => sum + v, 0)
    const perMonth = 1 / (1 + Math.exp(-(drive - (given.risk ?? 4.5))))
    let lost = 0
    while (lost < days.length && random.uniform() >= perMonth) lost += 1
    for (let i = 0; i < Math.min(days.length, lost + 1); i++) {
      const y = lost < days.length && lost - i < 3 ? 1 : 0
      rows.push({ i, id: `a${a}`, y, x: x.map((v) => v + 0.3 * random.normal()) })
    }
  }
  rows.sort((p, q) => p.i - q.i)
  for (const { i, id, y, x } of rows) {
    day.push(i)
    account.push(id)
    happened.push(y)
    for (const [k, name] of names.entries()) columns.get(name)?.push(x[k] ?? 0)
  }
  return {
    days,
    day,
    account,
    happened: Float64Array.from(happened),
    features: new Map([...columns].map(([name, own]) => [name, Float64Array.from(own)])),
    gaveNotice: new Uint8Array(rows.length),
    traits: new Map([['segment', account.map((id) => (Number(id.slice(1)) % 2 ? 'smb' : 'mid'))]]),
    ...more,
  }
}
const question = { horizonDays: 90, against: null }

describe('a learned score', () => {
  const many = panelOf({ accounts: 700, causes: 4, noise: 6, seed: 1 })
  const found = learnScore(many, question)

  it('is offered where several causes say more together than the best alone', () => {
    expect(found.verdict).toBe('offered')
    const [best] = found.card.rivals
    expect(best?.metric).toMatch(/^cause_/)
    expect(best?.isBeaten).toBe(true)
    expect(best?.differenceLow).toBeGreaterThan(0)
    expect(found.card.score?.auc).toBeGreaterThan((best?.auc ?? 1) + 0.05)
  })

  it('takes the causes, the right way round, and hardly any noise', () => {
    const parts = found.model?.scorecard.parts ?? []
    const causes = parts.filter(({ name }) => name.startsWith('cause_'))
    expect(causes).toHaveLength(4)
    for (const { binning } of causes) expect(binning.direction).toBe('rising')
    const weight = (own: typeof parts) => own.reduce((sum, part) => sum + part.weight, 0)
    expect(weight(causes) / weight(parts)).toBeGreaterThan(0.9)
  })

  it('is judged on later days than it was fitted on, and calibrated nearly right', () => {
    const { fittedOn, judgedOn, calibration } = found.card
    expect((fittedOn.to ?? '') < (judgedOn.from ?? '')).toBe(true)
    expect(calibration?.slope).toBeGreaterThan(0.6)
    // Penalised weights are timid; the model that is offered is set right by this slope.
    expect(calibration?.slope).toBeLessThan(2)
    expect(found.model?.platt.slope).toBeCloseTo(calibration?.slope ?? 0, 1)
    expect(calibration?.brier).toBeLessThan(calibration?.brierOfBase ?? 0)
    expect(found.card.groups.map(({ kind }) => kind).sort()).toEqual(['mid', 'smb'])
  })

  it('is not offered where one metric says it all', () => {
    const one = learnScore(
      panelOf({ accounts: 500, causes: 1, noise: 5, seed: 2, risk: 3.5 }),
      question,
    )
    expect(one.verdict).toBe('not_offered')
    expect(one.model).toBeNull()
    expect(one.card.rivals).toMatchObject([{ metric: 'cause_0', isBeaten: false }])
  })

  it('must also beat a score made by hand', () => {
    const byHand = many.account.map((_, row) =>
      [0, 1, 2, 3].reduce((sum, k) => sum + (many.features.get(`cause_${k}`)?.[row] ?? 0), 0),
    )
    const features = new Map([...many.features, ['by_hand', Float64Array.from(byHand)] as const])
    // Among what it may learn from, the score by hand is the best single metric.
    const against = learnScore({ ...many, features }, { ...question, against: 'by_hand' })
    expect(against.card.rivals.map(({ metric }) => metric)).toEqual(['by_hand'])
    expect(against.verdict).toBe('not_offered')
  })

  it('finds nothing in noise', () => {
    const noise = learnScore(
      panelOf({ accounts: 500, causes: 0, noise: 4, seed: 4, risk: 3.5 }),
      question,
    )
    expect(['cannot_tell', 'not_offered']).toContain(noise.verdict)
    expect(noise.model).toBeNull()
  })

  it('says what is missing with too few lost accounts, and never uses those that gave notice', () => {
    const few = learnScore(panelOf({ accounts: 30, causes: 2, noise: 0, seed: 5 }), question)
    expect(few).toMatchObject({ verdict: 'cannot_tell', model: null })
    expect(few.failure?.code).toMatch(/^too_few/)
    const gone = learnScore({ ...many, gaveNotice: many.happened.map((h) => h) }, question)
    expect(gone.failure).toEqual({ code: 'too_few_past', withOutcome: 0 })
  })

  it('has a reason and no error without any row', () => {
    const none = learnScore(
      {
        days: [],
        day: [],
        account: [],
        features: new Map(),
        happened: new Float64Array(),
        gaveNotice: [],
        traits: new Map(),
      },
      question,
    )
    expect(none.failure?.code).toBe('too_few_past')
  })
})

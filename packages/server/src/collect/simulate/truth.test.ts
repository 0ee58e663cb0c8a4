import { lampEvidence } from '@tomoshibi/evidence/lamp-evidence'
import { median } from '@tomoshibi/evidence/quantile'
import { beforeAll, describe, expect, it } from 'vitest'
import { isoDate, parseIsoDate } from './calendar.ts'
import { type ReadAccount, readCompany } from './testing/read-company.ts'
import type { ChurnTruth } from './truth.ts'
import { laws } from './truth.ts'

const options = { accounts: 300, months: 18, seed: 'truth', endsOn: '2026-11-21' }
const startsOn = '2025-05-01'
const day = (text: string | undefined) => parseIsoDate((text ?? '').slice(0, 10)) ?? Number.NaN
const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length
const share = <T>(items: readonly T[], test: (item: T) => boolean) =>
  items.filter(test).length / items.length

let company: ReadAccount[]
let lost: { account: ReadAccount; churn: ChurnTruth }[]

beforeAll(() => {
  company = readCompany(options)
  uses = new Map(
    company.map((account) => [
      account,
      account.rows.usage_events
        .filter((row) => row.user_id !== '')
        .map((row) => ({ day: day(row.occurred_at), user: row.user_id ?? '' })),
    ]),
  )
  lost = company.flatMap((account) => account.truth.churns.map((churn) => ({ account, churn })))
})

interface Use {
  readonly day: number
  readonly user: string
}

/** People's use by account. */
let uses: Map<ReadAccount, Use[]>

/** People's use in the days before a day, from so many to so many days before it. */
function useBefore(account: ReadAccount, on: number, fromDays: number, toDays: number): Use[] {
  return (uses.get(account) ?? []).filter(({ day }) => on - day <= fromDays && on - day > toDays)
}

/** Use in the eight weeks before notice against the eight weeks three months earlier. */
function useRatio({ account, churn }: (typeof lost)[number]): number | null {
  const notice = day(churn.noticeOn)
  const before = useBefore(account, notice, 140, 84).length
  return before < 20 ? null : useBefore(account, notice, 56, 0).length / before
}

const someRatios = (churns: typeof lost) =>
  churns.map(useRatio).filter((ratio): ratio is number => ratio !== null)

describe('the truth agrees with the files', () => {
  it('has each churn as the end of a contract, told at its notice', () => {
    expect(lost.length).toBeGreaterThan(60)
    for (const { account, churn } of lost) {
      const ended = account.rows.contract_lines.filter(
        (line) => line.effective_to === churn.endsOn && line.state !== 'trial',
      )
      expect(ended.length, account.accountId).toBeGreaterThan(0)
      const running = account.rows.contract_lines.filter(
        (line) =>
          (line.effective_from ?? '') <= churn.endsOn &&
          (line.effective_to === '' || (line.effective_to ?? '') > churn.endsOn),
      )
      expect(running, account.accountId).toEqual([])
      for (const { cancelled_at: told } of ended) {
        expect(told === '' || told?.startsWith(churn.noticeOn)).toBe(true)
      }
    }
  })

  it('has a churn for each contract that ended for good, and a return for each new beginning', () => {
    for (const { accountId, rows, truth } of company) {
      const lines = rows.contract_lines.filter((line) => line.state === 'active')
      const ends = new Set(lines.map((line) => line.effective_to ?? '').filter(Boolean))
      const covered = (date: string) =>
        lines.some(
          (line) =>
            (line.effective_from ?? '') <= date &&
            (line.effective_to === '' || (line.effective_to ?? '') > date),
        )
      // A fixed term whose renewal is not decided yet ends in the future, and is no churn.
      const gaps = [...ends].filter((end) => !covered(end) && end <= options.endsOn)
      const known = new Set(truth.churns.map((churn) => churn.endsOn))
      const undecided = gaps.filter((end) => !known.has(end))
      expect(
        undecided.filter((end) => day(options.endsOn) - day(end) > 15),
        accountId,
      ).toEqual([])
      for (const start of truth.returns) {
        expect(lines.some((line) => line.effective_from === start)).toBe(true)
      }
    }
  })

  it('has each action as a touchpoint', () => {
    for (const { rows, truth } of company) {
      for (const action of truth.actions) {
        if (action.on < startsOn) continue
        const { touchpointSubject } = laws.actions[action.kind]
        expect(rows.touchpoints.some((row) => row.subject === touchpointSubject)).toBe(true)
      }
    }
  })

  it('loses one to two and a half in a hundred accounts a month, to causes of every kind', () => {
    const days = company.flatMap(spansOf).map(({ from, to }) => {
      const until = Math.min(day(to ?? options.endsOn), day(options.endsOn))
      return Math.max(0, until - Math.max(day(from), day(startsOn)))
    })
    const gone = lost.filter(({ churn }) => churn.endsOn < options.endsOn).length
    const perMonth = gone / (days.reduce((a, b) => a + b, 0) / 30.4)
    expect(perMonth).toBeGreaterThan(0.01)
    expect(perMonth).toBeLessThan(0.025)
    expect(new Set(lost.map(({ churn }) => churn.cause)).size).toBe(6)
  })

  it('knows a risk that says who will leave', () => {
    const pairs = company.flatMap(({ truth }) =>
      Object.entries(truth.risk).map(([month, risk]) => ({
        risk,
        leaves: truth.churns.some((churn) => churn.noticeOn.startsWith(month)),
      })),
    )
    const leaving = pairs.filter((pair) => pair.leaves).map((pair) => pair.risk)
    const staying = pairs.filter((pair) => !pair.leaves).map((pair) => pair.risk)
    expect(mean(leaving)).toBeGreaterThan(2 * mean(staying))
  })
})

describe('true effects', () => {
  it('make a rescue plan lower the risk, so that some stay who would have left', () => {
    const rescues = company.flatMap(({ truth }) =>
      truth.actions.filter((action) => action.kind === 'rescue_plan'),
    )
    expect(rescues.length).toBeGreaterThan(60)
    expect(rescues.every((action) => action.riskReduction >= 0)).toBe(true)
    expect(mean(rescues.map((action) => action.riskReduction))).toBeGreaterThan(0.04)
    const rescued = company.filter(({ truth }) =>
      truth.actions.some((action) => action.kind === 'rescue_plan'),
    )
    expect(share(rescued, ({ truth }) => truth.churns.length > 0)).toBeLessThan(
      share(rescued, ({ truth }) => truth.otherwise.withoutRescuePlans !== null),
    )
  })

  it('make the weekly report the driver: without the habit more would leave, with it fewer', () => {
    const leaving = (end: (account: ReadAccount) => string | null) =>
      company.filter((account) => end(account) !== null).length
    const actual = leaving(({ truth }) => truth.churns[0]?.endsOn ?? null)
    expect(leaving(({ truth }) => truth.otherwise.withoutHabit)).toBeGreaterThan(1.15 * actual)
    expect(leaving(({ truth }) => truth.otherwise.withFullHabit)).toBeLessThan(0.85 * actual)
    expect(laws.features.weekly_report?.hazardFactorAtFullUse).toBeCloseTo(0.2466, 4)
  })

  it('never let an account leave sooner for having been trained', () => {
    const sooner = company.filter(({ truth }) => {
      const actual = truth.churns[0]?.endsOn ?? '9999'
      return truth.actions.some(
        (action) =>
          action.kind === 'weekly_report_training' && (action.endsOnWithout ?? '9999') > actual,
      )
    })
    expect(sooner.length).toBeLessThan(lost.length / 20)
  })
})

describe('trap 1: a lagging figure', () => {
  it('is settled for yearly contracts before the month in which they end begins', () => {
    const yearly = lost.filter(({ account, churn }) =>
      account.rows.contract_lines.some(
        (line) =>
          line.effective_to === churn.endsOn &&
          Number(line.term_months) > 1 &&
          churn.cause !== 'bankrupt',
      ),
    )
    expect(yearly.length).toBeGreaterThan(15)
    for (const { churn } of yearly) {
      expect(day(churn.endsOn) - day(churn.noticeOn)).toBeGreaterThanOrEqual(60)
    }
  })
})

describe('trap 2: signs that mislead', () => {
  it('lets use grow before a usage-priced customer is shocked by the bill', () => {
    const shocked = lost.filter(
      ({ account, churn }) =>
        churn.cause === 'price_shock' && account.rows.accounts[0]?.plan === 'flex',
    )
    const ratios = someRatios(shocked)
    expect(ratios.length).toBeGreaterThan(5)
    expect(median(ratios)).toBeGreaterThan(1.3)
  })

  it('lets use die before those leave whose champion is gone', () => {
    const ratios = someRatios(lost.filter(({ churn }) => churn.cause === 'champion_left'))
    expect(ratios.length).toBeGreaterThan(8)
    expect(median(ratios)).toBeLessThan(0.75)
  })

  it('keeps their answers polite all the same', () => {
    const scores = (causes: readonly string[]) =>
      lost
        .filter(({ churn }) => causes.includes(churn.cause))
        .flatMap(({ account, churn }) =>
          account.rows.survey_answers
            .filter((row) => row.kind === 'nps' && row.score !== '')
            .filter((row) => {
              const days = day(churn.noticeOn) - day(row.answered_at)
              return days > 0 && days <= 90
            })
            .map((row) => Number(row.score)),
        )
    const everyone = company.flatMap(({ rows }) =>
      rows.survey_answers
        .filter((row) => row.kind === 'nps' && row.score !== '')
        .map((row) => Number(row.score)),
    )
    const dying = scores(['champion_left', 'poor_onboarding'])
    expect(dying.length).toBeGreaterThan(20)
    expect(Math.abs(mean(dying) - mean(everyone))).toBeLessThan(0.6)
    // A missing feature is complained of: some detractors do announce a churn.
    expect(mean(scores(['missing_feature']))).toBeLessThan(mean(everyone) - 1)
  })

  it('has more meetings with decision makers before a churn than at other times', () => {
    let before = { meetings: 0, days: 0 }
    let otherwise = before
    for (const { rows, truth } of company) {
      const notice = truth.churns[0]?.noticeOn
      const from = Math.max(day(startsOn), day(rows.contract_lines[0]?.effective_from))
      const until = notice ? day(notice) : day(options.endsOn)
      const turn = notice ? Math.max(from, until - 90) : until
      const meetings = rows.touchpoints
        .filter((row) => row.kind === 'meeting' && row.decision_maker === 'true')
        .map((row) => day(row.occurred_at))
      const add = (sum: typeof before, start: number, end: number) => ({
        meetings: sum.meetings + meetings.filter((d) => d >= start && d < end).length,
        days: sum.days + Math.max(0, end - start),
      })
      otherwise = add(otherwise, from, turn)
      before = add(before, turn, until)
    }
    const perDay = (sum: typeof before) => sum.meetings / sum.days
    expect(perDay(before)).toBeGreaterThan(1.5 * perDay(otherwise))
  })
})

describe('trap 3: a marker that does nothing', () => {
  it('lets users of the accounting sync stay, who would stay without it', () => {
    const syncs = ({ rows }: ReadAccount) =>
      rows.usage_events.filter((row) => row.event === 'accounting_sync').length >= 5
    const leaves = ({ truth }: ReadAccount) => truth.churns.length > 0
    const adopters = company.filter(syncs)
    const others = company.filter((account) => !syncs(account))
    expect(adopters.length).toBeGreaterThan(50)
    expect(share(adopters, leaves)).toBeLessThan(0.6 * share(others, leaves))
    expect(share(adopters, ({ truth }) => truth.committed)).toBeGreaterThan(0.95)
    expect(laws.features.accounting_sync).toEqual({ role: 'marker', hazardFactorAtFullUse: 1 })
  })
})

describe('a lamp for falling use', () => {
  it('would light before a part of the churns, and in vain as well', () => {
    const paying = company.flatMap((account) => spansOf(account))
    const evidence = lampEvidence({
      episodes: company.flatMap((account) => fallingUse(account)),
      outcomes: lost.map(({ account, churn }) => ({
        accountId: account.accountId,
        on: churn.endsOn,
      })),
      exposure: { historyStart: startsOn, historyEnd: options.endsOn, accounts: paying },
    })
    expect(evidence.verdict).toBe('enough')
    expect(evidence.against).toBe('above_base')
    expect(evidence.recall.value).toBeGreaterThan(0.25)
    expect(evidence.recall.value).toBeLessThan(0.8)
    expect(evidence.precision.value).toBeGreaterThan(0.15)
    expect(evidence.falseAlarms).toBeGreaterThan(evidence.followed / 2)
  })
})

function spansOf({ accountId, rows, truth }: ReadAccount) {
  const first = rows.contract_lines.find((line) => line.state === 'active')?.effective_from
  return [first ?? options.endsOn, ...truth.returns].map((from, i) => ({
    accountId,
    from,
    to: truth.churns[i]?.endsOn ?? null,
  }))
}

/** Weekly: active users of 28 days under six tenths of those of the 28 before. */
function fallingUse(account: ReadAccount) {
  const episodes: { accountId: string; litOn: string; clearedOn: string | null }[] = []
  const active = (on: number, from: number, to: number) =>
    new Set(useBefore(account, on, from, to).map((use) => use.user)).size
  for (let on = day(startsOn) + 56; on < day(options.endsOn); on += 7) {
    const before = active(on, 56, 28)
    const falls = before >= 3 && active(on, 28, 0) < 0.6 * before
    const last = episodes.at(-1)
    const burns = last?.clearedOn === null
    if (falls && !burns) {
      episodes.push({ accountId: account.accountId, litOn: isoDate(on), clearedOn: null })
    } else if (!falls && last && burns) {
      episodes[episodes.length - 1] = { ...last, clearedOn: isoDate(on) }
    }
  }
  return episodes
}

import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { auc } from '@tomoshibi/evidence/discrimination/auc'
import { calibration } from '@tomoshibi/evidence/discrimination/calibration'
import { applyScorecard, fitScorecard } from '@tomoshibi/evidence/score/scorecard'
import { parse } from 'csv-parse/sync'
import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'

/**
 * Real students of one online course (Open University Learning Analytics Dataset, CC BY 4.0), read as
 * accounts: clicks are usage, assessments milestones, a withdrawal is churn. One presentation to fit, the
 * next one to judge.
 */
const folder = resolve(import.meta.dirname, '../../../../../../shared/data/oulad')
const isThere = existsSync(join(folder, 'student_vle_daily.csv'))

const rowsSchema = z.array(z.record(z.string(), z.string()))
const read = (name: string) =>
  rowsSchema.parse(parse(readFileSync(join(folder, `${name}.csv`)), { columns: true, bom: true }))

interface Student {
  readonly id: string
  readonly registered: number
  readonly left: number
  readonly clicks: readonly { day: number; clicks: number }[]
  /** Assessments handed in. */
  readonly submitted: readonly { day: number; score: number }[]
  readonly attempts: number
  readonly credits: number
}

const horizon = 30

function studentsOf(presentation: string): { students: Student[]; due: number[] } {
  const here = (row: Record<string, string>) => row.code_presentation === presentation
  const assessments = read('assessment').filter(here)
  const ids = new Set(assessments.map((row) => row.id_assessment))
  const clicks = grouped(read('student_vle_daily').filter(here))
  const handedIn = grouped(read('student_assessment').filter((row) => ids.has(row.id_assessment)))
  const about = new Map(
    read('student')
      .filter(here)
      .map((row) => [row.id_student, row]),
  )
  const number = (text: string | undefined) =>
    text === '' || text === undefined ? NaN : Number(text)
  return {
    due: assessments.map((row) => number(row.date)).filter((day) => !Number.isNaN(day)),
    students: read('student_registration')
      .filter(here)
      .map((row): Student => {
        const id = row.id_student ?? ''
        const left = number(row.date_unregistration)
        return {
          id,
          registered: number(row.date_registration),
          left: Number.isNaN(left) ? Infinity : left,
          clicks: (clicks.get(id) ?? []).map((use) => ({
            day: number(use.date),
            clicks: number(use.clicks),
          })),
          submitted: (handedIn.get(id) ?? []).map((one) => ({
            day: number(one.date_submitted),
            score: number(one.score),
          })),
          attempts: number(about.get(id)?.num_of_prev_attempts),
          credits: number(about.get(id)?.studied_credits),
        }
      }),
  }
}

function grouped(rows: readonly Record<string, string>[]): Map<string, Record<string, string>[]> {
  const groups = new Map<string, Record<string, string>[]>()
  for (const row of rows) {
    const id = row.id_student ?? ''
    const own = groups.get(id)
    if (own) own.push(row)
    else groups.set(id, [row])
  }
  return groups
}

interface Table {
  readonly account: string[]
  readonly outcome: number[]
  readonly metrics: Record<string, number[]>
}

/** @param until up to which day a row may look: its own (honest), or any (which leaks). */
function tableOf(
  { students, due }: ReturnType<typeof studentsOf>,
  until: (day: number) => number,
): Table {
  const table: Table = { account: [], outcome: [], metrics: {} }
  const put = (name: string, value: number) => {
    const column = table.metrics[name] ?? []
    column.push(value)
    table.metrics[name] = column
  }
  for (let day = 14; day <= 210; day += 14) {
    for (const student of students) {
      if (!(student.registered <= day && student.left > day)) continue
      const known = until(day)
      const seen = student.clicks.filter((use) => use.day <= known)
      const clicksIn = (from: number, to: number) =>
        seen.filter((use) => use.day > from && use.day <= to).reduce((sum, u) => sum + u.clicks, 0)
      const last = seen.reduce((latest, use) => Math.max(latest, use.day), -30)
      const done = student.submitted.filter((one) => one.day <= known)
      const asked = due.filter((one) => one <= known).length
      table.account.push(student.id)
      table.outcome.push(student.left <= day + horizon ? 1 : 0)
      put('clicks', clicksIn(known - 28, known))
      put('trend', clicksIn(known - 14, known) - clicksIn(known - 28, known - 14))
      put('days_away', known - last)
      put('handed_in', asked === 0 ? NaN : done.length / asked)
      put(
        'score',
        done.length === 0 ? NaN : done.reduce((s, one) => s + one.score, 0) / done.length,
      )
      put('attempts', student.attempts)
      put('credits', student.credits)
    }
  }
  return table
}

const title = `withdrawals of real students${isThere ? '' : ` (skipped: there is no ${folder})`}`

describe.skipIf(!isThere)(title, () => {
  let past: ReturnType<typeof studentsOf>
  /** Those of the next presentation that were not in the one before: nobody is on both sides. */
  let fresh: ReturnType<typeof studentsOf>
  beforeAll(() => {
    past = studentsOf('2013J')
    const later = studentsOf('2014J')
    const known = new Set(past.students.map(({ id }) => id))
    fresh = { ...later, students: later.students.filter(({ id }) => !known.has(id)) }
  })

  function judged(until: (day: number) => number) {
    const tried = tableOf(fresh, until)
    const card = fitScorecard(tableOf(past, until))
    if (!card.known) throw new Error(card.reason.code)
    const scored = applyScorecard(card.value, tried.metrics)
    const found = auc({
      score: scored.map(({ logOdds }) => logOdds),
      outcome: tried.outcome,
      cluster: tried.account,
    })
    if (!found.known) throw new Error(found.reason.code)
    return { area: found.value, outcome: tried.outcome, scored }
  }

  it('are announced above chance, and far from surely, by what was known on the day', () => {
    const { area, outcome, scored } = judged((day) => day)
    expect(area.events).toBe(79)
    expect(area.value).toBeCloseTo(0.66, 2)
    expect(area.interval?.low).toBeGreaterThan(0.55)
    expect(area.interval?.high).toBeLessThan(0.8)
    const right = calibration({ probability: scored.map((one) => one.probability), outcome })
    expect(right.known && right.value.slope.known && right.value.slope.value.estimate).toBeCloseTo(
      1.2,
      1,
    )
  }, 120_000)

  it('seem to be announced nearly surely when a row may look past its day', () => {
    const { area } = judged(() => 300)
    expect(area.value).toBeGreaterThan(0.9)
  }, 120_000)
})

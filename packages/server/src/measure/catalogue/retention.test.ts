/** Where old facts are deleted, every figure is what it was before, or it has none and says why. */

import { beginCut, carryOut } from '@tomoshibi/facts/retention/cut'
import type { Cuts, CutTable } from '@tomoshibi/facts/retention/cuts'
import type { FactStore } from '@tomoshibi/facts/store'
import { startTestCluster, startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { ensureUseRollup } from '@tomoshibi/facts/use-rollup/refresh'
import { compileInBatches } from '@tomoshibi/metrics/batches'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import type { MetricRow } from '@tomoshibi/metrics/compile'
import { lastInstantOf } from '@tomoshibi/metrics/periods'
import type { MetricRequest } from '@tomoshibi/metrics/request'
import type { MetricValue } from '@tomoshibi/metrics/value'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { readRollups } from '../../collect/rollups/service.ts'
import { pick, randomStream } from '../../collect/simulate/random.ts'
import { insertAll } from './insert-random.ts'
import { RANDOM_ACCOUNTS, randomCompany } from './random-company.ts'
import { between, settingsOf } from './testing.ts'

const NOW = '2027-06-01T00:00:00Z'
const TIME_ZONE = 'Asia/Tokyo'
const tables: readonly CutTable[] = ['usage_events', 'tickets', 'survey_answers']
const keysOf = (grain: 'portfolio' | 'account') =>
  [...builtInMetrics.values()].filter(({ grains }) => grains.includes(grain)).map(({ key }) => key)

type Question = Pick<MetricRequest, 'periods' | 'grain' | 'knownAt'> & Partial<MetricRequest>

const answer = async (
  store: FactStore,
  workspaceId: string,
  question: Question,
): Promise<MetricValue[]> => {
  const compiled = compileInBatches({
    by: [],
    now: NOW,
    workspaceId,
    settings: settingsOf(),
    metrics: keysOf(question.grain),
    rollups: await readRollups({ facts: store, workspaceId }),
    ...question,
  })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  const rows: MetricRow[][] = []
  for (const { query, rowSchema } of compiled.batches)
    rows.push(await store.query(query, rowSchema))
  return compiled.decode(rows)
}

const startOfMonth = (month: string): string =>
  between(month, nextMonth(month), 'month')[0]?.start ?? ''
const nextMonth = (month: string): string => {
  const date = new Date(`${month}T00:00:00Z`)
  date.setUTCMonth(date.getUTCMonth() + 1)
  return date.toISOString().slice(0, 10)
}

const cut = async (store: FactStore, workspaceId: string, table: CutTable, before: string) => {
  const begun = await beginCut(
    store,
    { workspaceId, table, before },
    { timeZone: TIME_ZONE, now: NOW },
  )
  if (!begun.ok) throw new Error(begun.why)
  return carryOut(store, workspaceId, begun.cut, { turn: (work) => work(), now: () => NOW })
}

const rowsOf = async (store: FactStore, workspaceId: string, table: CutTable): Promise<number> => {
  const [row] = await store.query(
    {
      sql: `SELECT count() AS n FROM ${table} FINAL WHERE workspace_id = {w:String}`,
      params: { w: workspaceId },
    },
    z.object({ n: z.coerce.number() }),
  )
  return row?.n ?? 0
}

const nameOf = ({ metric, account, on, start, end, slice }: MetricValue): string =>
  JSON.stringify([metric, account, on, start, end, slice])

describe.each([
  { on: 'one server', start: () => startTestFacts(), asked: 5 },
  // Planning takes the most time, and it is the same there.
  { on: 'a cluster of two shards', start: startTestCluster, asked: 2 },
])('after old facts were deleted, on $on', ({ start, asked }) => {
  let facts: TestFacts
  beforeAll(async () => {
    facts = await start()
  })
  afterAll(() => facts.stop())

  // The last facts are of July 2026: later figures ask for the last one that there was.
  const quarters = between('2025-07-01', '2027-04-01', 'quarter')
  const allQuestions: readonly Question[] = [
    { grain: 'portfolio', periods: quarters, knownAt: 'now', by: ['segment'] },
    { grain: 'account', periods: quarters.slice(-3), knownAt: 'now' },
    { grain: 'account', periods: quarters, knownAt: 'now', accountIds: [...RANDOM_ACCOUNTS] },
    { grain: 'portfolio', periods: quarters, knownAt: 'period-end' },
    {
      grain: 'portfolio',
      periods: between('2026-03-01', '2026-03-05', 'day'),
      knownAt: lastInstantOf('2026-06-09T15:00:00Z'),
    },
  ]
  const questions = allQuestions.slice(0, asked)

  it('every figure is the same, or has no value since they are gone; those of use are all there', async () => {
    let workspaces = 0
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
        const { store } = facts
        workspaces += 1
        const workspaceId = `kept-${workspaces}`
        await insertAll(store, workspaceId, randomCompany(seed))
        await ensureUseRollup(store, { workspaceId, timeZone: TIME_ZONE })
        const before: MetricValue[][] = []
        for (const question of questions) before.push(await answer(store, workspaceId, question))

        const random = randomStream('cuts', seed, 'retention')
        const cuts: Partial<Record<CutTable, string>> = {}
        for (const table of tables) {
          const month = pick(random, ['2025-10-01', '2026-02-01', '2026-06-01', '2026-10-01'])
          cuts[table] = startOfMonth(month)
          const rows = await rowsOf(store, workspaceId, table)
          const done = await cut(store, workspaceId, table, startOfMonth(month))
          expect(done.cut.doneAt).not.toBeNull()
          // FINAL counts each version once; what was stored twice is deleted twice.
          const left = await rowsOf(store, workspaceId, table)
          expect(left).toBeLessThanOrEqual(rows)
          expect(done.deletedNow > 0).toBe(left < rows)
        }

        for (const [k, question] of questions.entries()) {
          const after = await answer(store, workspaceId, question)
          const there = new Map((before[k] ?? []).map((value) => [nameOf(value), value]))
          const told = after.map((value) => {
            const was = there.get(nameOf(value))
            // Of what has no value it does not matter whether there is a row of it.
            if (value.reason === 'facts_deleted') return value
            return was
          })
          expect(after, JSON.stringify({ seed, k, cuts })).toEqual(told)
          const lost = new Set(after.filter((each) => each.reason === 'facts_deleted').map(nameOf))
          const kept = new Set(after.map(nameOf))
          const missing = [...there.values()].filter((each) => !kept.has(nameOf(each)))
          expect(missing, JSON.stringify({ seed, k, cuts })).toEqual([])
          expectOnlyWhatMustBeLost(
            cuts,
            after.filter((each) => lost.has(nameOf(each))),
          )
        }
      }),
      { numRuns: 1, endOnFailure: true },
    )
  })
})

/** Metrics of use alone lose nothing; others only what reaches back before a cut. */
function expectOnlyWhatMustBeLost(cuts: Cuts, lost: readonly MetricValue[]): void {
  const ofUse = ['active_users', 'stickiness', 'login_trend', 'adoption_rate', 'time_to_first_use']
  expect(lost.filter(({ metric }) => ofUse.includes(metric))).toEqual([])
  const latest = Object.values(cuts).toSorted().at(-1) ?? ''
  const longestReachMs = 400 * 86_400_000
  const needless = lost.filter(({ on, start }) => {
    const day = Date.parse(on ?? start ?? '')
    return day - longestReachMs > Date.parse(latest)
  })
  expect(needless).toEqual([])
}

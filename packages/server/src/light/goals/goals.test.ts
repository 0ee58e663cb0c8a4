import { errorDataSchema } from '@tomoshibi/contract/errors'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  codeOf,
  startTestOperations,
  type TestOperations,
  type TestWorkspace,
} from '../../call/testing.ts'

let operations: TestOperations
beforeAll(async () => {
  operations = await startTestOperations()
})
afterAll(() => operations.stop())

const file = (yaml: string, name = 'goal.yaml') => ({ name, yaml })
const goal = (key: string, more = '', metric = 'mrr') => `key: ${key}
name: { en: ${key}, ja: ${key} }
metric: ${metric}
owner: Sato
from: 2026-07-01
due: 2026-12-31
${more}
`

/** One account more each month, of 100,000 yen each: 6 at the end of June, and so on. */
async function growing(now = '2026-09-30T14:59:00Z'): Promise<TestWorkspace> {
  const workspace = operations.workspace(now)
  for (let month = 1; month <= 12; month++) {
    const start = `2026-${String(month).padStart(2, '0')}-02T00:00:00+09:00`
    const id = `a${month}`
    await workspace.facts.account(id, { name: id, plan: month % 2 === 0 ? 'pro' : 'basic' }, start)
    await workspace.facts.line(id, `${id}-line`, { from: start, amount: '100000' })
  }
  return workspace
}

describe('a goal', () => {
  test('is held against its course, and its end foretold', async () => {
    const { caller } = await growing()
    await caller.goals.apply({ files: [file(goal('revenue', 'target: 1200000'))], dryRun: false })
    const [view] = await caller.goals.list({})
    // 600,000 at the end of June is measured; 900,000 now, half of the way when 92 of 184 days are over.
    expect(view).toMatchObject({
      baseline: 600_000,
      baselineMeasured: true,
      value: 900_000,
      attainment: 0.5,
      expected: 900_000,
      expectedAttainment: 0.5,
      state: 'on_course',
      offCourse: false,
      tell: ['Sato'],
      depth: 0,
      parent: null,
    })
    expect(view?.forecast?.value).toBeGreaterThan(1_180_000)
    expect(view?.says.en).toMatch(/^On course: ¥900,000, 50% of the way to ¥1,200,000/)
    expect(view?.says.ja).toContain('順調です')
    const { points } = await caller.goals.course({ key: 'revenue' })
    expect(points.find(({ on }) => on === '2026-06-30')).toMatchObject({
      value: 600_000,
      expected: 600_000,
    })
    expect(points.at(-1)).toEqual({ on: '2026-12-31', value: null, expected: 1_200_000 })
  })

  test('of a slice counts that slice only; behind, its people are told', async () => {
    const { caller } = await growing()
    await caller.goals.apply({
      files: [
        file(
          goal(
            'pro',
            'target: 1200000\nbaseline: 300000\nslice: { plan: pro }\ntell: [Ueda, Sato]',
          ),
        ),
      ],
      dryRun: false,
    })
    const [view] = await caller.goals.list({ offCourse: true })
    expect(view).toMatchObject({
      value: 400_000,
      state: 'behind',
      offCourse: true,
      tell: ['Sato', 'Ueda'],
      slice: { plan: 'pro' },
    })
    expect(view?.forecast?.reaches).toBe('unlikely')
  })

  test('is open before it begins, and judged on its last day when that is over', async () => {
    const workspace = await growing('2026-06-15T03:00:00Z')
    const { caller } = workspace
    await caller.goals.apply({ files: [file(goal('revenue', 'target: 1150000'))], dryRun: false })
    expect((await caller.goals.list({}))[0]).toMatchObject({ state: 'not_begun', value: null })
    workspace.at('2027-02-01T03:00:00Z')
    const [view] = await caller.goals.list({})
    expect(view).toMatchObject({ state: 'reached', value: 1_200_000, forecast: null })
  })
})

describe('the tree of goals', () => {
  test('keeps its versions, refuses what does not hold up, and protects parents', async () => {
    const { caller } = await growing()
    const files = [
      file(goal('kgi', 'target: 1200000')),
      file(
        goal('kpi', 'parent: kgi\nwhy: { en: w, ja: w }\ntarget: 100', 'active_users'),
        'kpi.yaml',
      ),
    ]
    const told = await caller.goals.apply({ files, dryRun: true })
    expect(told.goals.map(({ key, change }) => [key, change])).toEqual([
      ['kgi', 'created'],
      ['kpi', 'created'],
    ])
    expect(await caller.goals.list({})).toEqual([])
    await caller.goals.apply({ files, dryRun: false })
    expect((await caller.goals.list({})).map(({ key, depth }) => [key, depth])).toEqual([
      ['kgi', 0],
      ['kpi', 1],
    ])
    expect(await codeOf(caller.goals.retire({ key: 'kgi' }))).toBe('GOAL_IN_USE')
    await caller.goals.retire({ key: 'kpi' })
    await caller.goals.retire({ key: 'kgi' })
    expect(await caller.goals.list({})).toEqual([])
    expect(await caller.goals.export({ versions: true })).toHaveLength(4)
    expect(await codeOf(caller.goals.course({ key: 'kgi' }))).toBe('UNKNOWN_GOAL')
    try {
      await caller.goals.apply({
        files: [file(goal('child', 'parent: kgi\ntarget: 3'), 'child.yaml')],
        dryRun: false,
      })
      expect.unreachable()
    } catch (error) {
      const data = errorDataSchema.parse(Reflect.get(Object(error), 'data'))
      expect(data.problems).toMatchObject([{ code: 'UNKNOWN_GOAL', file: 'child.yaml', line: 7 }])
    }
  })
})

describe('the KPI check', () => {
  test('names what was never verified, keeps what was, and asks for it anew after 90 days', async () => {
    const workspace = await growing()
    const { caller } = workspace
    const own = (version: number) => `key: calls
name: { en: Calls, ja: 電話 }
says: { en: Calls., ja: 電話 }
unit: count
better: higher
time: instant
measure: { fact: touchpoints, count: records, window: ${version * 28} days }
`
    await caller.metrics.apply({ files: [file(own(1))], dryRun: false })
    await caller.goals.apply({
      files: [
        file(goal('kgi', 'target: 1200000')),
        file(goal('kpi', 'parent: kgi\ntarget: 100\nbaseline: 0', 'calls'), 'kpi.yaml'),
      ],
      dryRun: false,
    })
    const kinds = async () =>
      (await caller.goals.check({ key: 'kpi' }))[0]?.findings.map(({ kind }) => kind)
    expect(await kinds()).toEqual(['no_lever', 'never_verified'])
    const [verified] = await caller.goals.verify({ key: 'kpi' })
    // A handful of accounts, none of them lost, tell nothing.
    expect(verified?.verification).toMatchObject({ relation: 'cannot_tell', cause: 'cannot_tell' })
    expect(await kinds()).toEqual(['no_lever', 'unproven'])
    workspace.at('2026-12-30T23:00:00Z')
    expect(await kinds()).toEqual(['no_lever', 'verified_long_ago', 'unproven'])
    await caller.metrics.apply({ files: [file(own(2))], dryRun: false })
    expect(await kinds()).toEqual([
      'no_lever',
      'verified_long_ago',
      'definition_changed',
      'unproven',
    ])
    // The KGI itself is held against nothing.
    expect((await caller.goals.check({ key: 'kgi' }))[0]?.findings).toEqual([])
  })

  test('sees its own workspace only', async () => {
    const { caller } = await growing()
    await caller.goals
      .apply({ files: [file(goal('mine', 'target: 1'))], dryRun: false })
      .catch(() => {})
    const other = operations.workspace()
    expect(await other.caller.goals.list({})).toEqual([])
    expect(await other.caller.goals.export({ versions: true })).toEqual([])
  })
})

import { createRouterClient } from '@orpc/server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { program } from '../../call/caller.ts'
import { codeOf, startTestOperations, type TestOperations } from '../../call/testing.ts'
import { kindOf } from './definitions.ts'

let operations: TestOperations
beforeAll(async () => {
  operations = await startTestOperations()
})
afterAll(() => operations.stop())

const metric = (times = 2) => `key: twice
name: { en: Twice, ja: 2倍 }
says: { en: Twice the MRR., ja: MRRの2倍 }
unit: money
better: higher
time: instant
formula: mrr * ${times}
`
const card = `key: own
name: { en: Own, ja: 独自 }
measures:
  - metric: twice
    scores: [{ below: 100, score: 0 }, { score: 100 }]
`
const lamp = (version = 1, below = 50) => `key: unhealthy
version: ${version}
name: { en: Unhealthy, ja: 不健全 }
condition: twice > 0 && health_score < ${below}
severity: warning
task:
  title: { en: Look, ja: 確認 }
  body: { en: Look, ja: 確認 }
  owner: account_owner
  dueDays: 1
`
const goal = `key: revenue
name: { en: Revenue, ja: 売上 }
metric: twice
owner: Sato
from: 2026-12-01
due: 2027-12-01
baseline: 1
target: 2
movedBy: [unhealthy]
`
const files = (...yaml: string[]) => yaml.map((each, k) => ({ name: `${k + 1}.yaml`, yaml: each }))
// The wrong way round: what is made of others comes before them.
const all = files(goal, lamp(), card, metric())

test('a file is known by what it holds', () => {
  expect([metric(), card, lamp(), goal, 'x: 1'].map(kindOf)).toEqual([
    'metric',
    'scorecard',
    'lamp',
    'goal',
    null,
  ])
  expect(kindOf('condition: [')).toBe('lamp')
})

test('a plan tells what applying does, also of what is made of each other, and changes nothing', async () => {
  const { caller } = operations.workspace()
  const before = await caller.definitions.export()
  const plan = await caller.definitions.apply({ files: all, dryRun: true })
  expect(plan.changes.map(({ kind, key, change }) => [kind, key, change])).toEqual([
    ['metric', 'twice', 'created'],
    ['scorecard', 'own', 'created'],
    ['lamp', 'unhealthy', 'created'],
    ['goal', 'revenue', 'created'],
  ])
  expect(await caller.definitions.export()).toEqual(before)
  const done = await caller.definitions.apply({ files: all })
  expect(done.changes).toEqual(plan.changes)
  const again = await caller.definitions.apply({ files: all, dryRun: true })
  expect(again.changes.every(({ change }) => change === 'unchanged')).toBe(true)
})

test('what was exported is applied as the same, here and in another workspace', async () => {
  const { caller } = operations.workspace()
  await caller.definitions.apply({ files: all })
  const exported = await caller.definitions.export()
  expect(exported.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['metric', 'scorecard', 'lamp', 'goal']),
  )
  const asFiles = exported.map(({ kind, key, yaml }) => ({ name: `${kind}/${key}.yaml`, yaml }))
  const same = await caller.definitions.apply({ files: asFiles, dryRun: true })
  expect(same.changes.filter(({ change }) => change !== 'unchanged')).toEqual([])
  const other = operations.workspace()
  await other.caller.definitions.apply({ files: asFiles })
  expect(await other.caller.definitions.export()).toEqual(exported)
})

test('shows what was and what comes; lamps count their versions themselves', async () => {
  const { caller } = operations.workspace()
  await caller.definitions.apply({ files: all })
  const { changes } = await caller.definitions.apply({
    files: files(metric(3), lamp(2, 60)),
    dryRun: true,
  })
  expect(changes).toMatchObject([
    { kind: 'metric', change: 'changed', version: 2, before: metric(), after: metric(3) },
    { kind: 'lamp', change: 'changed', version: 2, after: lamp(2, 60) },
  ])
  expect(await codeOf(caller.definitions.apply({ files: files(lamp(1, 60)) }))).toBe(
    'BAD_CONDITION',
  )
})

test('is all or none', async () => {
  const { caller } = operations.workspace()
  const before = await caller.definitions.export()
  const bad = goal.replace('metric: twice', 'metric: thrice')
  expect(await codeOf(caller.definitions.apply({ files: files(metric(), card, bad) }))).toBe(
    'BAD_GOAL',
  )
  expect(await codeOf(caller.definitions.apply({ files: files(metric(), 'x: 1') }))).toBe(
    'BAD_METRIC',
  )
  expect(await caller.definitions.export()).toEqual(before)
})

test('lamps and goals need their permissions as well', async () => {
  const app = operations.workspace()
  const may = createRouterClient(app.router, {
    context: app.call(program(app.id, new Set(['metrics:define']))),
  })
  expect(await codeOf(may.definitions.apply({ files: files(metric()) }))).toBe('no error')
  expect(await codeOf(may.definitions.apply({ files: files(lamp()) }))).toBe('FORBIDDEN')
  expect(await codeOf(may.definitions.apply({ files: files(goal) }))).toBe('FORBIDDEN')
})

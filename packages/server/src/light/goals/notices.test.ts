import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestOperations, type TestOperations } from '../../call/testing.ts'
import { endingOf } from './notices.ts'

let operations: TestOperations
beforeAll(async () => {
  operations = await startTestOperations()
})
afterAll(() => operations.stop())

const goal = (more = 'tell: [ueda@example.com]') => ({
  name: 'goal.yaml',
  yaml: `key: revenue
name: { en: Revenue, ja: 売上 }
metric: mrr
owner: Sato
from: 2026-07-01
due: 2026-12-31
baseline: 0
target: 1200000
${more}
`,
})

test('each leaving is told once, also when it is looked at again, and ends when it comes back', async () => {
  const workspace = operations.workspace('2026-09-30T14:59:00Z')
  const { caller, facts } = workspace
  const start = '2026-01-05T00:00:00+09:00'
  await facts.account('a', { name: 'a' }, start)
  await facts.line('a', 'a-line', { from: start, amount: '100000' })
  await caller.goals.apply({ files: [goal()], dryRun: false })
  expect(await caller.goals.notices()).toEqual([])
  // 100,000 of 1,200,000 when half of the time is over.
  expect(await caller.goals.follow()).toEqual({ goals: 1, left: ['revenue'], ended: [] })
  expect(await caller.goals.follow()).toEqual({ goals: 1, left: [], ended: [] })
  workspace.at('2026-10-01T14:59:00Z')
  expect(await caller.goals.follow()).toMatchObject({ left: [] })
  const [notice, ...more] = await caller.goals.notices()
  expect(more).toEqual([])
  expect(notice).toMatchObject({
    goal: 'revenue',
    name: { en: 'Revenue' },
    leftOn: '2026-09-30',
    told: ['Sato', 'ueda@example.com'],
    endedOn: null,
    ending: null,
  })
  expect(notice?.says.en).toMatch(/^Behind/)
  const log = await caller.audit.list({ search: 'goals.notice' })
  expect(log).toMatchObject([{ actor: { name: 'server' }, after: { left: [{ goal: 'revenue' }] } }])

  // It comes back, and leaves again.
  await facts.line('a', 'more', { from: '2026-10-02T00:00:00+09:00', amount: '900000' })
  workspace.at('2026-10-03T03:00:00Z')
  expect(await caller.goals.follow()).toMatchObject({ left: [], ended: ['revenue'] })
  await facts.line('a', 'more', {
    from: '2026-10-02T00:00:00+09:00',
    to: '2026-10-10T00:00:00+09:00',
    known: '2026-10-09T00:00:00+09:00',
    amount: '900000',
  })
  workspace.at('2026-10-12T03:00:00Z')
  expect(await caller.goals.follow()).toMatchObject({ left: ['revenue'] })
  expect(
    (await caller.goals.notices()).map(({ leftOn, endedOn, ending }) => [leftOn, endedOn, ending]),
  ).toEqual([
    ['2026-10-12', null, null],
    ['2026-09-30', '2026-10-03', 'returned'],
  ])

  // What is retired is off its course no more.
  await caller.goals.retire({ key: 'revenue' })
  expect(await caller.goals.follow()).toEqual({ goals: 0, left: [], ended: ['revenue'] })
  expect((await caller.goals.notices())[0]).toMatchObject({ ending: 'retired' })
})

test.each([
  ['came back', { state: 'on_course', offCourse: false }, 'returned'],
  ['was reached', { state: 'reached', offCourse: false }, 'returned'],
  ['is behind and likely to be reached', { state: 'behind', offCourse: false }, 'returned'],
  ['is off its course still', { state: 'behind', offCourse: true }, null],
  ['was missed', { state: 'missed', offCourse: false }, 'over'],
  ['has no value just now', { state: 'no_value', offCourse: false }, null],
  ['is there no more', undefined, 'retired'],
] as const)('the notice of a goal that %s', (_, standing, ending) => {
  expect(endingOf(standing)).toBe(ending)
})

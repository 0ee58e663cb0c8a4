import { lampEpisodes } from '@tomoshibi/state/schema/lamps'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { codeOf } from '../../call/testing.ts'
import { actOnLamp, undoLastAct } from './acts.ts'
import { evaluateLamps } from './evaluate.ts'
import { applyLamps, defineLamp, exportLamps } from './registry.ts'
import { listRetired, restoreLamp, retireLamp } from './retire.ts'
import { lampDefinitions, lampHistory, listLamps, todaysLamps } from './service.ts'
import { startLampStores, type TestWorkspace, tokyo } from './testing.ts'

let stores: Awaited<ReturnType<typeof startLampStores>>
beforeAll(async () => {
  stores = await startLampStores()
})
afterAll(() => stores.stop())

const yaml = (version = 1) => `key: small
version: ${version}
name: { en: Small, ja: 小口 }
condition: mrr > 0 && mrr < 200000
severity: warning
task:
  title: { en: Look, ja: 確認 }
  body: { en: Look, ja: 確認 }
  owner: account_owner
  dueDays: 3
`
const morning = (day: string) => `${day}T01:00:00Z`
const pays = (account: string, amount: string, known: string) =>
  w.facts.line(account, `${account}-line`, { from: tokyo('2026-01-01'), known, amount })

let w: TestWorkspace
/** Two accounts whose lamp is lit since 6 February; somebody acts on that of a. */
beforeEach(async () => {
  w = stores.workspace()
  for (const account of ['a', 'b']) {
    await w.facts.account(account, { name: `Company ${account}` }, tokyo('2026-02-06'))
    await pays(account, '100000', tokyo('2026-02-06'))
  }
  await defineLamp(w.at(morning('2026-02-06')), yaml())
  await evaluateLamps(w.ports())
  await actOnLamp(w.ports(), { account: 'a', lamp: 'small', act: { kind: 'start' } })
  w.at(morning('2026-02-08'))
})

const retire = () => retireLamp(w.ports(), { lamp: 'small', reason: 'no better than chance' })
const restore = () => restoreLamp(w.ports(), { lamp: 'small' })
const standing = async () =>
  (await listLamps(w.ports()))
    .filter(({ lamp }) => lamp === 'small')
    .map(({ account, state, litOn, task }) => [account, state, litOn, task?.state])
    .toSorted()
const before = [
  ['a', 'acting', '2026-02-06', 'started'],
  ['b', 'lit', '2026-02-06', 'open'],
]
const episodes = () =>
  w
    .ports()
    .state.db.select()
    .from(lampEpisodes)
    .where(and(eq(lampEpisodes.workspaceId, w.id), eq(lampEpisodes.lampKey, 'small')))

test('a lamp that is retired ends where it burns, with the reason, and lights no more', async () => {
  expect(await retire()).toMatchObject({ lamp: 'small', name: { en: 'Small' }, restoredAt: null })
  expect(await todaysLamps(w.ports())).toEqual([])
  expect((await standing()).map(([account, state]) => [account, state])).toEqual([
    ['a', 'off'],
    ['b', 'off'],
  ])
  expect((await episodes()).map(({ clearedOn, clearedBy }) => [clearedOn, clearedBy])).toEqual([
    ['2026-02-08', 'retired'],
    ['2026-02-08', 'retired'],
  ])
  const [last] = await lampHistory(w.ports(), 'a')
  expect(last).toMatchObject({ from: 'acting', to: 'off', reason: 'no better than chance' })
  expect(last?.says.en).toBe('Put out, since somebody retired the lamp: no better than chance')
  await evaluateLamps(w.at(morning('2026-02-10')))
  expect(await todaysLamps(w.ports())).toEqual([])
  expect((await lampDefinitions(w.ports())).map(({ key }) => key)).not.toContain('small')
  expect((await exportLamps(w.ports())).map(({ key }) => key)).not.toContain('small')
  expect(await listRetired(w.ports())).toMatchObject([{ lamp: 'small' }])
  expect(await codeOf(retire())).toBe('UNKNOWN_LAMP')
})

test('its history stays, also when all others are replayed', async () => {
  await retire()
  await evaluateLamps(w.ports(), { replay: true })
  expect(await episodes()).toHaveLength(2)
  const moves = (await lampHistory(w.ports(), 'a')).filter(({ lamp }) => lamp === 'small')
  expect(moves.map(({ to }) => to)).toEqual(['off', 'acting', 'lit'])
})

test('taken back, it burns as it did, and the days between are made up for', async () => {
  await retire()
  await restore()
  expect(await standing()).toEqual(before)
  expect(await listRetired(w.ports())).toEqual([])
  expect((await lampHistory(w.ports(), 'a'))[0]?.says.en).toBe(
    'Somebody took back that the lamp was retired; it is acted on again.',
  )
  // Nothing of that is an act on the lamp, which could be undone.
  await undoLastAct(w.ports(), { account: 'a', lamp: 'small' })
  expect(await standing()).toEqual(before)

  await retire()
  await pays('b', '300000', tokyo('2026-02-09'))
  await evaluateLamps(w.at(morning('2026-02-11')))
  await restore()
  await evaluateLamps(w.ports())
  expect((await standing()).map(([account, state]) => [account, state])).toEqual([
    ['a', 'acting'],
    ['b', 'off'],
  ])
  expect((await episodes()).find(({ accountId }) => accountId === 'b')).toMatchObject({
    clearedOn: '2026-02-09',
    clearedBy: 'data',
  })
  expect(await codeOf(restore())).toBe('LAMP_NOT_RETIRED')
  expect(await codeOf(restoreLamp(w.ports(), { lamp: 'smal' }))).toBe('UNKNOWN_LAMP')
})

test('a lamp that is defined or applied again is retired no more', async () => {
  await retire()
  await defineLamp(w.ports(), yaml(2))
  expect(await standing()).toEqual(before)
  await retire()
  const files = [{ name: 'small.yaml', yaml: yaml(2) }]
  expect(await applyLamps(w.ports(), files)).toMatchObject([{ change: 'changed', version: 2 }])
  expect(await standing()).toEqual(before)
  expect(await applyLamps(w.ports(), files)).toMatchObject([{ change: 'unchanged' }])
})

/** Events that were sent are in the roll-up of use once they are facts, however they came. */
import { openLoad } from '@tomoshibi/facts/loading'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, between, onDay } from '../../measure/catalogue/testing.ts'
import { readRollups } from '../rollups/service.ts'
import { type EventWorkspace, type EventWorld, startEventWorld } from './testing/world.ts'

let world: EventWorld
beforeAll(async () => {
  world = await startEventWorld()
})
afterAll(() => world.stop())

const sent = (messageId: string, timestamp: string, more: object = {}) => ({
  type: 'track',
  event: 'Report Exported',
  userId: 'u1',
  messageId,
  timestamp,
  context: { groupId: 'acme' },
  ...more,
})

/** Users of an account that were active in April, May and June: from the roll-up, and from the events. */
const users = async ({ id, ports }: EventWorkspace): Promise<(number | null)[]> => {
  const question = {
    workspaceId: id,
    metrics: ['active_users'],
    periods: between('2026-04-01', '2026-07-01', 'month'),
    grain: 'account',
  } as const
  const rollups = await readRollups({ facts: ports.facts, workspaceId: id })
  expect(rollups.use).not.toBeNull()
  const rolled = await ask(ports.facts, { ...question, rollups })
  expect(rolled).toEqual(await ask(ports.facts, question))
  return rolled.map(({ value }) => (value === null ? null : Number(value)))
}

test('of several users and months, late ones too', async () => {
  const workspace = world.workspace()
  await workspace.send(
    '2026-06-30T12:00:00Z',
    sent('m1', '2026-06-30T11:00:00Z'),
    sent('m2', '2026-06-30T11:30:00Z', { userId: 'u2' }),
  )
  expect(await users(workspace)).toEqual([2])
  await workspace.send('2026-06-30T13:00:00Z', sent('m3', '2026-04-20T11:00:00Z'))
  expect(await users(workspace)).toEqual([1, 0, 2])
})

test('when the account of the person becomes known afterwards', async () => {
  const workspace = world.workspace()
  const nowhere = { context: {} }
  await workspace.send('2026-06-30T12:00:00Z', sent('m1', '2026-05-20T11:00:00Z', nowhere))
  await workspace.send('2026-06-30T13:00:00Z', {
    type: 'group',
    groupId: 'acme',
    userId: 'u1',
    messageId: 'g1',
    timestamp: '2026-05-01T00:00:00Z',
  })
  expect((await workspace.use()).length).toBe(1)
  expect(await users(workspace)).toEqual([1, 0])
})

test('when the event had come in a file under the same id, on another day', async () => {
  const workspace = world.workspace()
  const load = openLoad(workspace.ports.facts, {
    workspaceId: workspace.id,
    loadId: 'file',
    startedAt: '2026-05-01T00:00:00.000Z',
    timeZone: 'Asia/Tokyo',
  })
  const row = { account_id: 'acme', known_at: null, user_id: 'u1', event: 'login', quantity: 1 }
  await load.stage('usage_events', [
    { ...row, row_no: 0, record_id: 'm1', occurred_at: '2026-04-20T11:00:00.000Z' },
    { ...row, row_no: 1, record_id: 'm2', occurred_at: '2026-05-20T11:00:00.000Z' },
  ])
  await load.commit()
  await load.discard()
  expect(await users(workspace)).toEqual([1, 1, 0])
  await workspace.send('2026-06-30T12:00:00Z', sent('m1', '2026-06-20T11:00:00Z'))
  expect(await users(workspace)).toEqual([1, 1])
  // What was known at the end of May is still told.
  const known = await ask(workspace.ports.facts, {
    workspaceId: workspace.id,
    metrics: ['active_users'],
    periods: onDay('2026-04-30'),
    grain: 'account',
    knownAt: '2026-05-31T14:59:59.999Z',
    rollups: await readRollups({ facts: workspace.ports.facts, workspaceId: workspace.id }),
  })
  expect(known).toMatchObject([{ value: 1 }])
})

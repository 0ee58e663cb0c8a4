import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EventWorld, startEventWorld } from './testing/world.ts'

let world: EventWorld
beforeAll(async () => {
  world = await startEventWorld()
})
afterAll(() => world.stop())

const noon = '2026-06-01T12:00:00Z'
const later = '2026-06-01T13:00:00Z'
const track = (messageId: string, more: object = {}) => ({
  type: 'track',
  event: 'Report Exported',
  userId: 'u1',
  messageId,
  timestamp: '2026-06-01T11:00:00Z',
  ...more,
})
const inAccount = (groupId: string) => ({ context: { groupId } })

describe('what happened becomes a fact', () => {
  test('of the account that the event names, with everything that it says', async () => {
    const { send, latest } = world.workspace()
    await send(noon, track('m1', { ...inAccount('acme'), properties: { format: 'csv', 数: [1] } }))
    expect(await latest('usage_events')).toEqual([
      {
        account_id: 'acme',
        record_id: 'm1',
        known_at: '2026-06-01T12:00:00.000Z',
        user_id: 'u1',
        event: 'Report Exported',
        occurred_at: '2026-06-01T11:00:00.000Z',
        quantity: 1,
        properties: '{"format":"csv","数":[1]}',
      },
    ])
  })

  test('pages and screens too, by their names', async () => {
    const { send, use } = world.workspace()
    await send(
      noon,
      { type: 'page', userId: 'u1', messageId: 'p1', name: 'Dashboard', ...inAccount('acme') },
      { type: 'screen', userId: 'u1', messageId: 's1', ...inAccount('acme') },
    )
    expect(await use()).toEqual([
      'acme | u1 | Viewed Dashboard Page | p1',
      'acme | u1 | Viewed Screen | s1',
    ])
  })

  test('an event without an id of its own is taken each time it comes', async () => {
    const { send, use } = world.workspace()
    const event = { type: 'track', event: 'Click', userId: 'u1', ...inAccount('acme') }
    await send(noon, event, event)
    await send(noon, event)
    expect(await use()).toHaveLength(3)
  })

  test('ids in any script stay as they are', async () => {
    const { send, use } = world.workspace()
    const ids = { userId: '利用者🎌', messageId: 'メッセージ\u202e', ...inAccount('株式会社 ñ/%') }
    await send(noon, track('x', ids))
    expect(await use()).toEqual(['株式会社 ñ/% | 利用者🎌 | Report Exported | メッセージ\u202e'])
  })
})

describe('a message has effect once', () => {
  test('within a batch, in another one, and after a restart; the first one counts', async () => {
    const first = world.workspace()
    const event = track('m1', inAccount('acme'))
    await first.send(noon, event, { ...event, event: 'Again' })
    await first.send(later, { ...event, timestamp: '2026-06-01T11:30:00Z' })
    await world.restart()
    // The repeat names another account.
    await first.send('2027-06-01T12:00:00Z', { ...event, ...inAccount('other') })
    expect(await first.use()).toEqual(['acme | u1 | Report Exported | m1'])
    const [fact] = await first.latest('usage_events')
    expect(fact).toMatchObject({
      occurred_at: '2026-06-01T11:00:00.000Z',
      known_at: '2026-06-01T12:00:00.000Z',
    })
  })

  test('whatever it is: an old identify does not take back what a newer one said', async () => {
    const { send, latest } = world.workspace()
    const identify = (messageId: string, plan: string) => ({
      type: 'identify',
      userId: 'u1',
      messageId,
      traits: { plan },
      ...inAccount('acme'),
    })
    await send('2026-06-01T12:00:00Z', identify('m1', 'pro'))
    await send('2026-06-01T13:00:00Z', identify('m2', 'free'))
    await send('2026-06-01T14:00:00Z', identify('m1', 'pro'))
    expect((await latest('user_attributes')).map(({ value }) => value)).toEqual(['pro', 'free'])
  })

  test('workspaces do not share ids', async () => {
    const [ours, theirs] = [world.workspace(), world.workspace()]
    await ours.send(noon, track('m1', inAccount('acme')))
    await theirs.send(noon, track('m1', inAccount('acme')))
    expect(await ours.use()).toHaveLength(1)
    expect(await theirs.use()).toHaveLength(1)
  })
})

describe('the account of a person', () => {
  test('is that of the last group call before the event', async () => {
    const { send, use } = world.workspace()
    const group = (groupId: string, timestamp: string) => ({
      type: 'group',
      userId: 'u1',
      groupId,
      timestamp,
    })
    await send(noon, group('a', '2026-06-01T01:00:00Z'), group('b', '2026-06-01T05:00:00Z'))
    await send(
      noon,
      track('m1', { timestamp: '2026-06-01T00:30:00Z' }),
      track('m2', { timestamp: '2026-06-01T04:00:00Z' }),
      track('m3', { timestamp: '2026-06-01T05:00:00Z' }),
    )
    expect(await use()).toEqual([
      'a | u1 | Report Exported | m1',
      'a | u1 | Report Exported | m2',
      'b | u1 | Report Exported | m3',
    ])
  })

  test('learned later ties what was held, in the same batch and long after', async () => {
    const first = world.workspace()
    await first.send(noon, track('m1'), {
      type: 'identify',
      userId: 'u1',
      messageId: 'i1',
      traits: { name: 'Hana', email: 'hana@example.com' },
    })
    expect(await first.use()).toEqual([])
    await world.restart()
    await first.send(later, track('m2'), { type: 'group', userId: 'u1', groupId: 'acme' })
    expect(await first.use()).toEqual([
      'acme | u1 | Report Exported | m1',
      'acme | u1 | Report Exported | m2',
    ])
    // What was held was not known to be the account's before.
    const [fact] = await first.latest('usage_events')
    expect(fact).toMatchObject({ known_at: '2026-06-01T13:00:00.000Z' })
    expect(await first.latest('contacts')).toMatchObject([
      { account_id: 'acme', user_id: 'u1', name: 'Hana', email: 'hana@example.com' },
    ])
    // A second account takes nothing back.
    await first.send(later, { type: 'group', userId: 'u1', groupId: 'other' })
    expect(await first.use()).toHaveLength(2)
  })

  test('of a visitor is that of the user who they turn out to be', async () => {
    const { send, use } = world.workspace()
    const visit = { type: 'page', anonymousId: 'a1', name: 'Pricing', messageId: 'p1' }
    await send(noon, visit)
    await send(noon, { type: 'identify', anonymousId: 'a1', userId: 'u1' })
    await send(noon, { ...visit, messageId: 'p2' })
    await send(noon, { type: 'group', userId: 'u1', groupId: 'acme' })
    await send(noon, { ...visit, messageId: 'p3' })
    expect(await use()).toEqual([
      'acme | u1 | Viewed Pricing Page | p1',
      'acme | u1 | Viewed Pricing Page | p2',
      'acme | u1 | Viewed Pricing Page | p3',
    ])
  })

  test('that a visitor named is that of the user, and alias joins two ids of one user', async () => {
    const { send, use } = world.workspace()
    await send(
      noon,
      { type: 'group', anonymousId: 'a1', groupId: 'acme' },
      { type: 'identify', anonymousId: 'a1', userId: 'u1' },
      track('m1'),
      track('m2', { userId: 'old' }),
      { type: 'alias', previousId: 'old', userId: 'u1' },
    )
    expect(await use()).toEqual([
      'acme | u1 | Report Exported | m1',
      'acme | u1 | Report Exported | m2',
    ])
  })

  test('may come from an imported contact, before the event and after it', async () => {
    const { send, use, ports, id } = world.workspace()
    await send(noon, track('m1'))
    await ports.facts.insert('contacts', [
      {
        workspace_id: id,
        account_id: 'acme',
        record_id: 'c1',
        known_at: noon,
        version: 1,
        user_id: 'u1',
      },
    ])
    await send(noon, track('m2'))
    expect(await use()).toEqual([
      'acme | u1 | Report Exported | m1',
      'acme | u1 | Report Exported | m2',
    ])
  })
})

describe('traits', () => {
  const group = (at: string, traits: object) => ({
    type: 'group',
    userId: 'u1',
    groupId: 'acme',
    timestamp: at,
    traits,
  })

  test('of an account are its attributes from then on: null removes, absence leaves', async () => {
    const { send, latest } = world.workspace()
    await send(
      noon,
      group('2026-05-01T00:00:00Z', {
        name: 'Acme',
        employees: 42,
        trial: false,
        createdAt: '2023-01-01T00:00:00Z',
        address: { city: 'Kyoto' },
      }),
    )
    await send(noon, group('2026-05-02T00:00:00Z', { employees: null, name: 'Acme KK' }))
    const rows = await latest('account_attributes')
    expect(
      rows.map(({ attribute, value, value_number, value_kind, effective_at }) =>
        [attribute, value, value_number, value_kind, String(effective_at).slice(0, 10)].join(' '),
      ),
    ).toEqual([
      'address {"city":"Kyoto"}  string 2026-05-01',
      'createdAt 2023-01-01  date 2026-05-01',
      'employees 42 42 number 2026-05-01',
      'name Acme  string 2026-05-01',
      'trial false  bool 2026-05-01',
      'employees   removed 2026-05-02',
      'name Acme KK  string 2026-05-02',
    ])
  })

  test('that say what holds anyway are not stored again; those of before are', async () => {
    const { send, latest } = world.workspace()
    await send(noon, group('2026-05-03T00:00:00Z', { plan: 'pro' }))
    await send(noon, group('2026-05-04T00:00:00Z', { plan: 'pro' }))
    await send(noon, group('2026-05-01T00:00:00Z', { plan: 'free' }))
    const rows = await latest('account_attributes')
    expect(rows.map(({ value, effective_at }) => `${value} ${effective_at}`)).toEqual([
      'free 2026-05-01T00:00:00.000Z',
      'pro 2026-05-03T00:00:00.000Z',
    ])
  })

  test('of a user make a contact, unless another source has one for that user', async () => {
    const { send, latest, ports, id } = world.workspace()
    const identify = (userId: string, traits: object) => ({
      type: 'identify',
      userId,
      traits,
      ...inAccount('acme'),
    })
    await ports.facts.insert('contacts', [
      {
        workspace_id: id,
        account_id: 'acme',
        record_id: 'crm-7',
        known_at: noon,
        version: 1,
        user_id: 'u2',
        name: 'Ken',
      },
    ])
    await send(noon, identify('u1', { firstName: 'Hana', lastName: 'Sato', title: 'CTO' }))
    await send(noon, identify('u1', { email: 'hana@example.com', title: null }))
    await send(noon, identify('u2', { name: 'Kenji' }))
    await send(noon, identify('u3', { plan: 'pro' }))
    expect(
      (await latest('contacts')).map(({ record_id, name, email, role, user_id }) =>
        [record_id, name, email, role, user_id].join(' | '),
      ),
    ).toEqual(['crm-7 | Ken |  |  | u2', 'events~acme~u1 | Hana Sato | hana@example.com |  | u1'])
  })
})

describe('when it happened', () => {
  test('is told by the clock of the server, whatever that of the client says', async () => {
    const { take, latest } = world.workspace()
    // The client's clock is a day ahead; the event was a minute before it was sent.
    await take('2026-06-01T12:00:00Z', 'batch', {
      sentAt: '2026-06-02T12:00:00Z',
      batch: [track('m1', { ...inAccount('acme'), timestamp: '2026-06-02T11:59:00Z' })],
    })
    // A historical import says nothing of sending.
    await take('2026-06-01T12:00:00Z', 'import', {
      batch: [track('m2', { ...inAccount('acme'), timestamp: '2019-01-31T23:00:00+09:00' })],
    })
    // A clock that is wrong and says nothing of sending.
    await take('2026-06-01T12:00:00Z', 'batch', {
      batch: [track('m3', { ...inAccount('acme'), timestamp: '2031-01-01T00:00:00Z' })],
    })
    await world.ingestion().settled()
    expect((await latest('usage_events')).map(({ occurred_at }) => occurred_at)).toEqual([
      '2026-06-01T11:59:00.000Z',
      '2019-01-31T14:00:00.000Z',
      '2026-06-01T12:00:00.000Z',
    ])
  })
})

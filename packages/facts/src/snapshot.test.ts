import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { z } from 'zod'
import { dropSnapshots, factTablesOf, snapshotFacts, sumOf } from './snapshot.ts'
import { startTestCluster, startTestFacts, type TestFacts } from './testing/engine.ts'

const usage = (id: string, accountId: string, more: object = {}) => ({
  workspace_id: 'w',
  account_id: accountId,
  record_id: id,
  known_at: '2026-01-01T00:00:00.123Z',
  version: 1,
  user_id: '利用者 "1"\t\\n',
  event: 'e',
  occurred_at: '2026-01-01T00:00:00Z',
  quantity: 1,
  properties: '{"a":null}',
  ...more,
})

describe.each([
  { on: 'one server', start: startTestFacts, isIsolated: true },
  { on: 'a cluster of two shards', start: startTestCluster, isIsolated: false },
])('a snapshot of the facts, on $on', ({ start, isIsolated }) => {
  let facts: TestFacts
  let other: TestFacts
  beforeAll(async () => {
    ;[facts, other] = await Promise.all([start(), startTestFacts()])
    const { store } = facts
    await store.insert(
      'usage_events',
      Array.from({ length: 500 }, (_, n) => usage(`r${n}`, `a${n % 7}`)),
    )
    // Inserted twice, as after a connection that broke: one version is one row.
    await store.insert('usage_events', [usage('r1', 'a1'), usage('r2', 'a2')])
    await store.insert('contract_lines', [
      {
        workspace_id: 'w',
        account_id: 'a',
        record_id: 'l',
        known_at: '2026-01-01T00:00:00Z',
        version: 2,
        amount: '0.00000001',
        quantity: null,
      },
    ])
    await store.insert('event_ids', [
      { workspace_id: 'w', id: '340282366920938463463374607431768211455', seq: 7 },
    ])
  })
  afterAll(() => Promise.all([facts.stop(), other.stop()]))

  it('has every table of facts and none of what is passing', async () => {
    const names = (await factTablesOf(facts.store)).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['usage_events', 'event_ids', 'held_events']))
    expect(
      names.filter((name) => /^staging|_local$|^migrations$|^load_outcomes$/.test(name)),
    ).toEqual([])
  })

  it('put elsewhere, is the same to the last digit', async () => {
    const snapshot = await snapshotFacts(facts.store)
    expect(snapshot.isIsolated).toBe(isIsolated)
    for (const table of snapshot.tables) {
      await other.store.writeBytes(table.name, table.columns, await snapshot.read(table))
      expect(await sumOf(other.store, table), table.name).toEqual(await snapshot.sum(table))
    }
    await snapshot.drop()
    const [line] = await other.store.query(
      {
        sql: 'SELECT amount, quantity, content_hash > 0 AS hashed FROM contract_lines',
        params: {},
      },
      z.object({ amount: z.string(), quantity: z.string().nullable(), hashed: z.coerce.boolean() }),
    )
    expect(line).toEqual({ amount: '0.00000001', quantity: null, hashed: true })
    const table = snapshot.tables.find(({ name }) => name === 'usage_events')
    expect(table && (await sumOf(other.store, table)).rows).toBe(500)
  })

  it('tells two tables apart by one character in one row', async () => {
    const tables = await factTablesOf(other.store)
    const table = tables.find(({ name }) => name === 'held_events')
    if (table === undefined) throw new Error('there are held events')
    const held = (message: string) => ({ workspace_id: 'w', person: 'u:1', seq: 1, message })
    await other.store.insert('held_events', [held('{"a":1}')])
    const one = await sumOf(other.store, table)
    await other.store.command({ sql: 'TRUNCATE TABLE held_events', params: {} })
    await other.store.insert('held_events', [held('{"a":2}')])
    const two = await sumOf(other.store, table)
    expect(two.rows).toBe(one.rows)
    expect(two.hash).not.toBe(one.hash)
  })

  it('a query that fails says so before the first byte', async () => {
    const nothing = facts.store.readBytes({
      sql: 'SELECT no_such_column FROM usage_events',
      params: {},
    })
    await expect(nothing).rejects.toMatchObject({ code: 'FACTS_QUERY_FAILED' })
  })

  it('one that fails on the way ends the bytes with the failure', async () => {
    const read = async () => {
      const bytes = await facts.store.readBytes({
        sql: "SELECT throwIf(number = 3000000, 'on the way') FROM system.numbers LIMIT 4000000",
        params: {},
      })
      for await (const _ of bytes) {
        // Read to its end.
      }
    }
    await expect(read()).rejects.toThrow()
  })
})

test('a snapshot on one server stays as it is while facts are written, and leaves nothing when it is dropped', async () => {
  const facts = await startTestFacts()
  await facts.store.insert('usage_events', [usage('r1', 'a1')])
  const snapshot = await snapshotFacts(facts.store)
  const table = snapshot.tables.find(({ name }) => name === 'usage_events')
  if (table === undefined) throw new Error('there are usage events')
  const before = await snapshot.sum(table)
  await facts.store.insert('usage_events', [usage('later', 'a1')])
  expect(await snapshot.sum(table)).toEqual(before)
  expect((await sumOf(facts.store, table)).rows).toBe(before.rows + 1)
  await snapshot.drop()
  await expect(snapshot.sum(table)).rejects.toMatchObject({ code: 'FACTS_QUERY_FAILED' })
  await dropSnapshots(facts.store)
  await facts.stop()
})

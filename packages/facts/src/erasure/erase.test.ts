/** What of the facts changes when somebody is erased; whom that is, the server finds out. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { factTables, sharedColumns } from '../tables.ts'
import { startTestFacts, type TestFacts } from '../testing/engine.ts'
import { personalFacts } from './columns.ts'
import type { FactErasure } from './conditions.ts'
import { eraseFromFacts } from './erase.ts'
import { countHeld, heldRows, textsLeft } from './held.ts'

let facts: TestFacts
beforeAll(async () => {
  facts = await startTestFacts()
  const { store } = facts
  await store.insert('contacts', [
    row('acme', 'c-1', { user_id: 'hana', name: 'Hana', email: 'hana@x', source_id: 'c-1' }),
    row('other', 'c-2', { user_id: 'hana', name: 'Another Hana', email: 'other@x' }),
  ])
  await store.insert('usage_events', [
    use('acme', 'e-1', 'hana', '{"a":1}'),
    use('acme', 'of hana@x', 'hana', '{}'),
    use('acme', 'e-3', 'bob', '{"to":"hana@x","cc":"hana@x","n":1}'),
    use('other', 'e-4', 'hana', '{"b":2}'),
  ])
  await store.insert('user_numbers', [
    { workspace_id: 'w', account_id: 'acme', user_id: 'hana', number: 64 },
  ])
  await store.insert('use_corrected', [
    { workspace_id: 'w', account_id: 'acme', record_id: 'of hana@x', utc_month: 202601 },
  ])
  await store.insert('held_events', [
    { workspace_id: 'w', person: 'u:hana', seq: 1, message: '{"hers":1}' },
    { workspace_id: 'w', person: 'u:new', seq: 2, message: '{"by":"hana@x"}' },
  ])
})
afterAll(() => facts.stop())

const row = (account_id: string, record_id: string, content: object) => ({
  workspace_id: 'w',
  account_id,
  record_id,
  known_at: '2026-01-01T00:00:00.000Z',
  version: 1,
  source_id: '',
  source: 'test',
  ...content,
})
const use = (account: string, id: string, user_id: string, properties: string) =>
  row(account, id, {
    user_id,
    event: 'open',
    occurred_at: '2026-01-01T00:00:00.000Z',
    quantity: 1,
    properties,
  })

const hana: FactErasure = {
  workspaceId: 'w',
  erasureId: 'e-1',
  ids: [
    { kind: 'user', account: 'acme', old: 'hana', new: 'erased-u' },
    { kind: 'contact', account: 'acme', old: 'c-1', new: 'erased-c' },
  ],
  patterns: ['(^|[^a-z])(hana@x)($|[^a-z])'],
  persons: ['u:hana'],
  newRecordId: (table, id) => `erased-${table}-${id.length}`,
}

const read = (table: string, columns: string) =>
  facts.store.query(
    { sql: `SELECT ${columns} FROM ${table} ORDER BY ALL`, params: {} },
    z.record(z.string(), z.unknown()),
  )

test('every column of every fact table says whether it says anything of people', () => {
  for (const { name, columns } of Object.values(factTables)) {
    const all = [...Object.keys(sharedColumns), ...Object.keys(columns)]
    expect(Object.keys(personalFacts[name].columns).toSorted(), name).toEqual(all.toSorted())
  }
})

test('a person is counted, read out and erased, at their account alone', async () => {
  const { store } = facts
  const held = (await countHeld(store, hana)).filter(({ own, naming }) => own + naming > 0)
  expect(held).toEqual([
    { table: 'contacts', own: 1, naming: 0 },
    { table: 'usage_events', own: 2, naming: 1 },
    { table: 'user_numbers', own: 1, naming: 0 },
    { table: 'held_events', own: 1, naming: 1 },
  ])
  const rows: string[] = []
  for await (const { table } of heldRows(store, hana)) rows.push(table)
  expect(rows.toSorted()).toEqual([
    ...['contacts', 'held_events', 'held_events'],
    ...['usage_events', 'usage_events', 'usage_events'],
  ])

  await eraseFromFacts(store, hana)
  // Done again, as after a crash, it changes nothing.
  await eraseFromFacts(store, hana)
  expect(await read('contacts', 'account_id, record_id, user_id, name, email, source_id')).toEqual([
    {
      account_id: 'acme',
      record_id: 'erased-c',
      user_id: 'erased-u',
      name: '',
      email: '',
      source_id: 'erased-c',
    },
    {
      account_id: 'other',
      record_id: 'c-2',
      user_id: 'hana',
      name: 'Another Hana',
      email: 'other@x',
      source_id: '',
    },
  ])
  expect(await read('usage_events', 'account_id, record_id, user_id, properties')).toEqual([
    { account_id: 'acme', record_id: 'e-1', user_id: 'erased-u', properties: '{}' },
    {
      account_id: 'acme',
      record_id: 'e-3',
      user_id: 'bob',
      properties: '{"to":"[erased]","cc":"[erased]","n":1}',
    },
    {
      account_id: 'acme',
      record_id: 'erased-usage_events-9',
      user_id: 'erased-u',
      properties: '{}',
    },
    { account_id: 'other', record_id: 'e-4', user_id: 'hana', properties: '{"b":2}' },
  ])
  expect(await read('user_numbers', 'user_id, number')).toEqual([
    { user_id: 'erased-u', number: 64 },
  ])
  expect(await read('use_corrected', 'record_id')).toEqual([{ record_id: 'erased-usage_events-9' }])
  expect(await read('held_events', 'person, message')).toEqual([
    { person: 'u:new', message: '{"by":"[erased]"}' },
  ])
  expect(await textsLeft(store, hana)).toEqual([])
  for (const table of ['erasure_ids', 'erasure_patterns', 'erasure_records']) {
    expect(await read(table, '*'), table).toEqual([])
  }
})

test('hashes of what is stored are those of what it says now', async () => {
  const { columns } = factTables.usage_events
  const hash = `cityHash64(tuple(${Object.keys(columns).join(', ')}))`
  expect(await read('usage_events', `content_hash = ${hash} AS same`)).toEqual(
    Array.from({ length: 4 }, () => ({ same: 1 })),
  )
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  seeingAccounts,
  tablesOfAccounts,
  tablesReadWhole,
  withSeenAccounts,
} from './accounts-seen.ts'
import { startTestFacts, type TestFacts } from './testing/engine.ts'

const seen = ['a1', 'a2']
const rewritten = (sql: string, params = {}) => withSeenAccounts({ sql, params }, seen).sql
const scan = 'FROM tickets WHERE workspace_id = {workspace_id:String}'
const held = `${scan} AND account_id IN {seen_accounts:Array(String)}`

describe('every scan of a table of accounts is held to those that are seen', () => {
  test.each([
    ['one', `SELECT 1 ${scan}`, `SELECT 1 ${held}`],
    [
      'with FINAL and a join of arrays',
      'SELECT 1 FROM tickets FINAL ARRAY JOIN [1] AS i WHERE workspace_id = {workspace_id:String}',
      'SELECT 1 FROM tickets FINAL ARRAY JOIN [1] AS i WHERE workspace_id = {workspace_id:String} AND account_id IN {seen_accounts:Array(String)}',
    ],
    [
      'in a subquery of its condition',
      `SELECT 1 ${scan} AND (SELECT count() ${scan}) = 0`,
      `SELECT 1 ${held} AND (SELECT count() ${held}) = 0`,
    ],
    [
      'of a union',
      `SELECT 1 ${scan} UNION ALL SELECT 2 ${scan}`,
      `SELECT 1 ${held} UNION ALL SELECT 2 ${held}`,
    ],
    [
      'with a name of its database',
      'SELECT 1 FROM facts.tickets WHERE workspace_id = {workspace_id:String}',
      'SELECT 1 FROM facts.tickets WHERE workspace_id = {workspace_id:String} AND account_id IN {seen_accounts:Array(String)}',
    ],
    [
      'but none of the workspace',
      'SELECT 1 FROM exchange_rates WHERE workspace_id = {workspace_id:String}',
      'SELECT 1 FROM exchange_rates WHERE workspace_id = {workspace_id:String}',
    ],
    ['and no comment', `-- counted from tickets\nSELECT 1 ${scan}`, `\nSELECT 1 ${held}`],
    [
      'and none of a table expression',
      'SELECT 1 FROM tickets_in_windows',
      'SELECT 1 FROM tickets_in_windows',
    ],
  ])('%s', (_, sql, expected) => {
    expect(rewritten(sql)).toBe(expected)
  })

  test.each([
    ['does not name its workspace', 'SELECT 1 FROM tickets'],
    ['names it in another scan only', `SELECT 1 FROM tickets, (SELECT 1 ${scan})`],
    [
      'names it in a comment',
      'SELECT 1 FROM tickets -- workspace_id = {workspace_id:String}\nWHERE true',
    ],
    [
      'is of the whole, for no accounts in particular',
      'SELECT 1 FROM tickets WHERE workspace_id = {whole_workspace_id:String}',
    ],
  ])('one that %s is not run', (_, sql) => {
    expect(() => rewritten(sql)).toThrow()
  })

  test('a scan of the whole workspace is about none but those that are seen', () => {
    const sql = 'SELECT 1 FROM tickets WHERE workspace_id = {whole_workspace_id:String}'
    const bound = {
      sql,
      params: { account_ids: ['a1', 'b1', 'a1\x1f2', 'b1\x1f2'], turn_account: 'a1' },
    }
    expect(withSeenAccounts(bound, seen)).toEqual({
      sql,
      params: { account_ids: ['a1', 'a1\x1f2'], turn_account: 'a1', seen_accounts: seen },
    })
  })
})

describe('over a real store', () => {
  let facts: TestFacts
  beforeAll(async () => {
    facts = await startTestFacts()
  })
  afterAll(() => facts.stop())

  test('every table is told to be of accounts or not', async () => {
    const rows = await facts.store.query(
      { sql: 'SELECT name FROM system.tables WHERE database = currentDatabase()', params: {} },
      z.object({ name: z.string() }),
    )
    const names = rows
      .map(({ name }) => name)
      .filter((name) => !/_staging$|_local$|^staging_/.test(name))
    const told = [...tablesOfAccounts, ...tablesReadWhole]
    expect(names.filter((name) => !told.includes(name))).toEqual([])
  })

  test('nothing is written through it', async () => {
    const store = seeingAccounts(facts.store, seen)
    await expect(store.insert('tickets', [])).rejects.toThrow()
    await expect(store.command({ sql: 'SELECT 1', params: {} })).rejects.toThrow()
    await expect(store.readBytes({ sql: 'SELECT 1', params: {} })).rejects.toThrow()
  })
})

import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { parseConnection } from './connection.ts'
import { storedName } from './ddl.ts'
import { migrate, migrations } from './migrations/migrate.ts'
import { type FactStore, openFacts } from './store.ts'
import { factTables } from './tables.ts'
import { startTestCluster, startTestFacts, type TestFacts } from './testing/engine.ts'

const n = z.object({ n: z.coerce.number() })
const anything = z.record(z.string(), z.unknown())

describe.each([
  { on: 'one server', start: () => startTestFacts() },
  { on: 'a cluster of two shards', start: startTestCluster },
])('the fact store on $on', ({ start }) => {
  let facts: TestFacts
  let store: FactStore
  beforeAll(async () => {
    facts = await start()
    store = facts.store
  })
  afterAll(() => facts.stop())

  test('has a table and a staging twin for each described table', async () => {
    const columns = await store.query(
      {
        sql: `SELECT table, name FROM system.columns WHERE database = currentDatabase()`,
        params: {},
      },
      z.object({ table: z.string(), name: z.string() }),
    )
    for (const table of Object.values(factTables)) {
      for (const name of [table.name, `staging_${table.name}`]) {
        const found = columns.filter((column) => column.table === name).map((column) => column.name)
        expect(found).toEqual(
          expect.arrayContaining(['workspace_id', 'content_hash', ...Object.keys(table.columns)]),
        )
      }
    }
  })

  test('is migrated once, by however many processes that start at once', async () => {
    const { reader: _, ...connection } = facts.connection
    const open = () => openFacts({ ...connection, database: 'fresh' })
    const stores = await Promise.all([open(), open(), open()])
    stores.push(await open())
    const [first] = stores
    expect(await first?.query({ sql: 'SELECT count() AS n FROM tickets', params: {} }, n)).toEqual([
      { n: 0 },
    ])
    const versions = { sql: 'SELECT uniqExact(version) AS n FROM migrations', params: {} }
    expect(await first?.query(versions, n)).toEqual([{ n: migrations.length }])
    expect(await migrate(store, store.layout)).toEqual([])
    await Promise.all(stores.map((each) => each.close()))
  })

  test('recognises what an older version stored, after columns were added', async () => {
    const { reader: _, ...connection } = facts.connection
    const older = await openFacts({ ...connection, database: 'older' })
    const survey = factTables.survey_answers
    const { ces_direction: __, ...before } = survey.columns
    // As the first version made it.
    for (const name of ['survey_answers', 'staging_survey_answers']) {
      const hash = `cityHash64(tuple(${Object.keys(before).join(', ')}))`
      const stored = storedName(name, older.layout)
      for (const table of new Set([stored, name])) {
        await older.everywhere(
          `ALTER TABLE ${table} MODIFY COLUMN content_hash UInt64 MATERIALIZED ${hash}`,
        )
        await older.everywhere(`ALTER TABLE ${table} DROP COLUMN ces_direction`)
      }
    }
    await older.everywhere(
      `ALTER TABLE ${storedName('migrations', older.layout)} DELETE WHERE version > 1 SETTINGS mutations_sync = 2`,
    )
    const row = (record_id: string) => ({
      workspace_id: 'w',
      account_id: 'a',
      record_id,
      known_at: '2026-01-01T00:00:00Z',
      version: 1,
      deleted: false,
      kind: 'ces',
      score: 6,
      answered_at: '2026-01-01T00:00:00Z',
    })
    await older.insert('survey_answers', [row('before')])
    expect(await migrate(older, older.layout)).toEqual(migrations.slice(1).map((m) => m.version))
    await older.insert('survey_answers', [
      row('after'),
      { ...row('turned'), ces_direction: 'lower_is_easier' },
    ])
    const rows = await older.query(
      {
        sql: 'SELECT record_id, ces_direction, content_hash FROM survey_answers ORDER BY record_id',
        params: {},
      },
      z.object({ record_id: z.string(), ces_direction: z.string(), content_hash: z.string() }),
    )
    const [after, first, turned] = rows
    expect(first).toMatchObject({ record_id: 'before', ces_direction: '' })
    expect(first?.content_hash).toBe(after?.content_hash)
    expect(turned?.content_hash).not.toBe(after?.content_hash)
    await older.close()
  })

  test('binds values of every kind, whatever they look like', async () => {
    const text = `'; DROP TABLE tickets -- \\ \u0000 \n\t {x:String} 灯火 😀 "`
    const [row] = await store.query(
      {
        sql: `SELECT {text:String} AS text, {list:Array(String)} AS list, {n:Decimal(38, 8)} AS money,
          {big:UInt64} AS big, {maybe:Nullable(String)} AS maybe, {at:DateTime64(3, 'UTC')} AS at`,
        params: {
          text,
          list: [text, ''],
          n: '-0.00000001',
          big: '18446744073709551615',
          maybe: null,
          at: '2024-02-29 12:34:56.789',
        },
      },
      anything,
    )
    expect(row).toEqual({
      text,
      list: [text, ''],
      money: '-0.00000001',
      big: '18446744073709551615',
      maybe: null,
      at: '2024-02-29T12:34:56.789Z',
    })
  })

  test('binds a value of several megabytes', async () => {
    const ids = Array.from({ length: 100_000 }, (_, i) => `account-${i}-with-a-long-name`)
    const bound = { sql: 'SELECT length({ids:Array(String)}) AS n', params: { ids } }
    expect(await store.query(bound, n)).toEqual([{ n: 100_000 }])
  })

  test('says what a query cost', async () => {
    const bound = { sql: 'SELECT count() AS n FROM numbers(1000)', params: {} }
    const { rows, stats } = await store.queryWithStats(bound, n)
    expect(rows).toEqual([{ n: 1000 }])
    expect(stats).toMatchObject({ rowsRead: 1000, queryId: expect.any(String) })
  })

  test('streams rows', async () => {
    let sum = 0
    const bound = { sql: 'SELECT number AS n FROM numbers(200000)', params: {} }
    for await (const row of store.stream(bound, n)) sum += row.n
    expect(sum).toBe((200_000 * 199_999) / 2)
  })

  test.each([
    { what: 'several statements', sql: 'SELECT 1; SELECT 2', code: 'FACTS_QUERY_FAILED' },
    { what: 'a mistake', sql: 'SELECT nothing FROM tickets', code: 'FACTS_QUERY_FAILED' },
    {
      what: 'writing',
      sql: "INSERT INTO tickets (record_id) VALUES ('x')",
      code: 'FACTS_QUERY_FAILED',
    },
    { what: 'dropping', sql: 'DROP TABLE tickets', code: 'FACTS_QUERY_FAILED' },
    {
      what: 'the file system',
      sql: "SELECT * FROM file('/etc/passwd', 'LineAsString')",
      code: 'FACTS_QUERY_FAILED',
    },
    {
      what: 'the network',
      sql: "SELECT * FROM url('http://127.0.0.1:1', 'LineAsString')",
      code: 'FACTS_QUERY_FAILED',
    },
    {
      what: 'too much memory',
      sql: 'SELECT groupArray(repeat(toString(number), 100)) AS n FROM numbers(100000000)',
      code: 'FACTS_QUERY_TOO_LARGE',
    },
  ])('refuses $what with $code and goes on working', async ({ sql, code }) => {
    await expect(store.query({ sql, params: {} }, anything)).rejects.toMatchObject({
      name: 'FactsError',
      code,
      details: { queryId: expect.any(String), engineCode: expect.any(String) },
    })
    expect(await store.query({ sql: 'SELECT 1 AS n', params: {} }, n)).toEqual([{ n: 1 }])
  })

  test('refuses rows of another shape than was asked for', async () => {
    await expect(
      store.query({ sql: "SELECT 'x' AS n", params: {} }, z.object({ n: z.number() })),
    ).rejects.toMatchObject({ code: 'FACTS_ROWS_UNEXPECTED' })
  })

  test('ends a query in the engine when the caller gives up', async () => {
    const giveUp = new AbortController()
    const query = store.query(
      { sql: 'SELECT sum(cityHash64(number)) AS n FROM numbers(1000000000000)', params: {} },
      n,
      { signal: giveUp.signal },
    )
    const outcome = query.catch((error: unknown) => error)
    const running = async () => {
      const response = await fetch(facts.engine.url, {
        method: 'POST',
        body: "SELECT count() FROM system.processes WHERE query LIKE 'SELECT sum(cityHash64(number))%'",
        headers: {
          'X-ClickHouse-User': facts.engine.username,
          'X-ClickHouse-Key': facts.engine.password,
        },
      })
      return Number(await response.text())
    }
    while ((await running()) === 0) await sleep(20)
    giveUp.abort()
    expect(await outcome).toMatchObject({ name: 'FactsError' })
    while ((await running()) > 0) await sleep(20)
  })

  test('answers a ping', async () => {
    expect(await store.ping()).toBeGreaterThan(0)
  })

  test('collapses equal versions of a record, inserted twice', async () => {
    const row = { workspace_id: 'w', account_id: 'a', record_id: 'r', version: 1 }
    await store.insert('invoices', [row])
    await store.insert('invoices', [row])
    expect(
      await store.query({ sql: 'SELECT count() AS n FROM invoices FINAL', params: {} }, n),
    ).toEqual([{ n: 1 }])
  })

  // Last, since it leaves the tables marked as newer.
  test('refuses tables of a newer program', async () => {
    await store.insert('migrations', [{ version: 9_999, name: 'from the future' }])
    await expect(openFacts(facts.connection)).rejects.toMatchObject({ code: 'FACTS_SCHEMA_NEWER' })
  })
})

describe('a given server', () => {
  test('is opened by its address, and reading queries can only read there too', async () => {
    const facts = await startTestFacts()
    const address = new URL(facts.engine.url)
    address.username = facts.engine.username
    address.password = facts.engine.password
    address.pathname = '/another'
    const store = await openFacts(address.href)
    expect(
      await store.query(
        { sql: 'SELECT currentDatabase() AS db, 1.50::Decimal(9, 2) AS d', params: {} },
        anything,
      ),
    ).toEqual([{ db: 'another', d: '1.5' }])
    // It has no profile of ours, so that each reading query brings what planning needs.
    const merged = {
      sql: "SELECT getSetting('query_plan_merge_expressions') AS merged",
      params: {},
    }
    expect(await store.query(merged, anything)).toEqual([{ merged: false }])
    const streamed: unknown[] = []
    for await (const row of store.stream(merged, anything)) streamed.push(row)
    expect(streamed).toEqual([{ merged: false }])
    await expect(
      store.query({ sql: "INSERT INTO tickets (record_id) VALUES ('x')", params: {} }, anything),
    ).rejects.toMatchObject({ code: 'FACTS_QUERY_FAILED' })
    await store.close()
    const one = { sql: 'SELECT 1 AS one', params: {} }
    await expect(store.query(one, anything)).rejects.toMatchObject({ code: 'FACTS_UNAVAILABLE' })

    address.password = 'wrong'
    await expect(openFacts(address.href)).rejects.toMatchObject({ code: 'FACTS_ACCESS_REFUSED' })
    await facts.stop()
  })

  test('may be a cluster', () => {
    expect(parseConnection('https://u:p%40@host:8443/db?cluster=c1')).toEqual({
      url: 'https://host:8443',
      username: 'u',
      password: 'p@',
      database: 'db',
      cluster: { name: 'c1' },
    })
    expect(parseConnection('http://h:8123/db?cluster=c1&nodes=h1:8123,h2:8124')).toMatchObject({
      cluster: { name: 'c1', nodes: ['http://h1:8123', 'http://h2:8124'] },
    })
  })

  test.each([
    '',
    'host:8123',
    'postgres://u:secret@h/db',
    'http://u:secret@h/a-b',
    'http://h/db?cluster=a;b',
    'http://u:secret@h/db?cluster=a&nodes=',
    'http://u:secret@h/db?cluster=a&nodes=h1:8123/x',
    'http://u:secret@h/db?cluster=a&nodes=v:w@h1:8123',
  ])('is refused when its address is %s, without repeating the password', (address) => {
    expect(() => parseConnection(address)).toThrow(/^(?!.*secret).*CLICKHOUSE_URL/)
  })
})

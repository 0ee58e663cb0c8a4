import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { dropStaleLoads, type Load, openLoad, type StagedRow } from './loading.ts'
import { insertTombstones } from './loading-queries.ts'
import type { FactStore } from './store.ts'
import { factTables } from './tables.ts'
import { startTestCluster, startTestFacts, type TestFacts } from './testing/engine.ts'

const JANUARY = '2024-01-01T00:00:00.000Z'
const FEBRUARY = '2024-02-01T00:00:00.000Z'
const MARCH = '2024-03-01T00:00:00.000Z'

describe.each([
  { on: 'one server', start: () => startTestFacts() },
  { on: 'a cluster of two shards', start: startTestCluster },
])('a load on $on', ({ start }) => {
  let facts: TestFacts
  beforeAll(async () => {
    facts = await start()
  })
  afterAll(() => facts.stop())

  // Each test has a workspace of its own; each load is a minute after the one before.
  let workspaces = 0
  let loads = 0
  const workspace = () => {
    workspaces += 1
    return `w${workspaces}`
  }
  const now = () => new Date(Date.UTC(2025, 0, 1, 0, loads)).toISOString()
  const begin = (workspaceId: string) => {
    loads += 1
    return openLoad(facts.store, {
      workspaceId,
      loadId: `load-${loads}`,
      startedAt: now(),
      timeZone: 'Asia/Tokyo',
    })
  }
  const loadAll = async (workspaceId: string, rows: readonly StagedRow[]) => {
    const load = begin(workspaceId)
    await load.stage('tickets', rows)
    const counts = await load.commit()
    await load.discard()
    return counts.tickets
  }
  const ticket = (row_no: number, more: Partial<StagedRow> = {}): StagedRow => ({
    row_no,
    account_id: 'a',
    record_id: `t${row_no}`,
    known_at: null,
    opened_at: JANUARY,
    subject: 'Help',
    ...more,
  })
  const live = (workspaceId: string, knownAt = '2030-01-01T00:00:00.000Z') =>
    latest(facts.store, workspaceId, knownAt)

  test('stores new rows and counts them', async () => {
    const w = workspace()
    expect(await loadAll(w, [ticket(1), ticket(2)])).toEqual(counted({ rows: 2, stored: 2 }))
    expect(await live(w)).toEqual(['a/t1 Help', 'a/t2 Help'])
  })

  test('changes nothing when the same rows come again, however late', async () => {
    const w = workspace()
    const rows = [ticket(1), ticket(2, { known_at: FEBRUARY })]
    await loadAll(w, rows)
    await loadAll(w, [ticket(3)])
    expect(await loadAll(w, rows)).toEqual(counted({ rows: 2, unchanged: 2 }))
    expect(await versions(facts.store, w)).toBe(3)
  })

  test('keeps an update as a later version and what was known before', async () => {
    const w = workspace()
    await loadAll(w, [ticket(1, { known_at: JANUARY })])
    const counts = await loadAll(w, [ticket(1, { known_at: MARCH, subject: 'Solved' })])
    expect(counts).toEqual(counted({ rows: 1, updated: 1 }))
    expect(await live(w)).toEqual(['a/t1 Solved'])
    expect(await live(w, FEBRUARY)).toEqual(['a/t1 Help'])
  })

  test('lets a later load correct a version of the same instant', async () => {
    const w = workspace()
    await loadAll(w, [ticket(1, { known_at: JANUARY, subject: 'Typo' })])
    await loadAll(w, [ticket(1, { known_at: JANUARY, subject: 'Mended' })])
    expect(await live(w)).toEqual(['a/t1 Mended'])
  })

  test('takes a version that arrives late into its place', async () => {
    const w = workspace()
    await loadAll(w, [ticket(1, { known_at: MARCH, subject: 'Third' })])
    await loadAll(w, [ticket(1, { known_at: JANUARY, subject: 'First' })])
    expect(await live(w)).toEqual(['a/t1 Third'])
    expect(await live(w, FEBRUARY)).toEqual(['a/t1 First'])
  })

  test('compares a row of unknown time with what was known when the load started', async () => {
    const w = workspace()
    const future = '2029-01-01T00:00:00.000Z'
    await loadAll(w, [ticket(1, { known_at: future, subject: 'To come' })])
    await loadAll(w, [ticket(1)])
    expect(await loadAll(w, [ticket(1)])).toEqual(counted({ rows: 1, unchanged: 1 }))
  })

  test('lets the last of equal records win and counts the others as superseded', async () => {
    const w = workspace()
    const rows = [1, 2, 3].map((n) => ticket(n, { record_id: 't', subject: `Row ${n}` }))
    expect(await loadAll(w, rows)).toEqual(counted({ rows: 3, stored: 1, superseded: 2 }))
    expect(await live(w)).toEqual(['a/t Row 3'])
  })

  test('counts a source row once by the best of its facts', async () => {
    const w = workspace()
    await loadAll(w, [ticket(1, { record_id: 'old' }), ticket(1, { record_id: 'same' })])
    const counts = await loadAll(w, [
      ticket(1, { record_id: 'old', subject: 'Changed' }),
      ticket(1, { record_id: 'same' }),
      ticket(2, { record_id: 'same' }),
      ticket(3, { record_id: 'old', subject: 'Changed' }),
      ticket(3, { record_id: 'new' }),
    ])
    expect(counts).toEqual(counted({ rows: 3, stored: 1, unchanged: 1, superseded: 1 }))
  })

  test('leaves nothing behind under the account that a record moved away from', async () => {
    const w = workspace()
    await loadAll(w, [ticket(1, { account_id: 'a', known_at: JANUARY })])
    const moved = [ticket(1, { account_id: 'b', known_at: MARCH })]
    expect(await loadAll(w, moved)).toEqual(counted({ rows: 1, updated: 1 }))
    expect(await live(w)).toEqual(['b/t1 Help'])
    expect(await live(w, FEBRUARY)).toEqual(['a/t1 Help'])
    expect(await loadAll(w, moved)).toEqual(counted({ rows: 1, unchanged: 1 }))
    expect(await live(w)).toEqual(['b/t1 Help'])
  })

  test.each([
    { order: [JANUARY, FEBRUARY, MARCH] },
    { order: [MARCH, FEBRUARY, JANUARY] },
    { order: [MARCH, JANUARY, FEBRUARY] },
  ])(
    'shows a record that moves away and back, whatever order it is loaded in: $order',
    async ({ order }) => {
      const w = workspace()
      const accountAt: Readonly<Record<string, string>> = {
        [JANUARY]: 'a',
        [FEBRUARY]: 'b',
        [MARCH]: 'a',
      }
      for (const known_at of order) {
        await loadAll(w, [ticket(1, { account_id: accountAt[known_at] ?? '', known_at })])
      }
      expect(await live(w, JANUARY)).toEqual(['a/t1 Help'])
      expect(await live(w, FEBRUARY)).toEqual(['b/t1 Help'])
      expect(await live(w)).toEqual(['a/t1 Help'])
      for (const known_at of order) {
        const again = [ticket(1, { account_id: accountAt[known_at] ?? '', known_at })]
        expect(await loadAll(w, again)).toEqual(counted({ rows: 1, unchanged: 1 }))
      }
    },
  )

  test('shows moves within one load', async () => {
    const w = workspace()
    await loadAll(w, [
      ticket(1, { record_id: 't', account_id: 'a', known_at: JANUARY }),
      ticket(2, { record_id: 't', account_id: 'b', known_at: MARCH }),
    ])
    expect(await live(w)).toEqual(['b/t Help'])
    expect(await live(w, FEBRUARY)).toEqual(['a/t Help'])
  })

  test('lets a correction of the same instant move a record', async () => {
    const w = workspace()
    await loadAll(w, [ticket(1, { account_id: 'a', known_at: JANUARY })])
    await loadAll(w, [ticket(1, { account_id: 'b', known_at: JANUARY })])
    expect(await live(w)).toEqual(['b/t1 Help'])
  })

  test('hides a record that was deleted and shows it again when it comes back', async () => {
    const w = workspace()
    await loadAll(w, [ticket(1)])
    await loadAll(w, [ticket(1, { deleted: true })])
    expect(await live(w)).toEqual([])
    expect(await loadAll(w, [ticket(1)])).toEqual(counted({ rows: 1, updated: 1 }))
    expect(await live(w)).toEqual(['a/t1 Help'])
  })

  test('keeps workspaces apart, equal ids or not', async () => {
    const [one, other] = [workspace(), workspace()]
    await loadAll(one, [ticket(1)])
    expect(await loadAll(other, [ticket(1, { account_id: 'b' })])).toEqual(
      counted({ rows: 1, stored: 1 }),
    )
    expect(await live(one)).toEqual(['a/t1 Help'])
    expect(await live(other)).toEqual(['b/t1 Help'])
  })

  test('tells what it would do without doing it', async () => {
    const w = workspace()
    const load = begin(w)
    await load.stage('tickets', [ticket(1), ticket(2)])
    expect(await load.diff()).toEqual({ tickets: counted({ rows: 2, stored: 2 }) })
    const staged = await load.query(
      {
        sql: 'SELECT record_id FROM staging_tickets WHERE load_id = {load_id:String} ORDER BY record_id',
        params: {},
      },
      z.object({ record_id: z.string() }),
    )
    expect(staged).toEqual([{ record_id: 't1' }, { record_id: 't2' }])
    await load.discard()
    expect(await live(w)).toEqual([])
    expect(await load.diff()).toEqual({})
  })

  test('ends in the same state when it is cut off anywhere and repeated', async () => {
    const w = workspace()
    await loadAll(w, [
      ticket(1, { known_at: JANUARY }),
      ticket(2, { known_at: JANUARY, account_id: 'a' }),
    ])
    const rows = [
      ticket(1, { known_at: MARCH, subject: 'Changed' }),
      ticket(2, { known_at: MARCH, account_id: 'b' }),
      ticket(3, { known_at: MARCH }),
    ]
    const cutOff: Array<(load: Load) => Promise<unknown>> = [
      async () => {},
      (load) => load.diff(),
      // Killed between the tombstones and the new versions.
      async (load) => {
        await load.diff()
        await facts.store.command(
          insertTombstones(
            {
              table: factTables.tickets,
              workspaceId: w,
              loadId: load.loadId,
              startedAtMs: Date.parse(now()),
            },
            { bucket: 0, buckets: 1 },
          ),
        )
      },
    ]
    for (const cut of cutOff) {
      const dead = begin(w)
      await dead.stage('tickets', rows)
      await cut(dead)
    }
    // Killed after some of the new versions.
    await loadAll(w, rows.slice(0, 2))
    await loadAll(w, rows)
    expect(await live(w)).toEqual(['a/t1 Changed', 'a/t3 Help', 'b/t2 Help'])
    expect(await live(w, FEBRUARY)).toEqual(['a/t1 Help', 'a/t2 Help'])
    expect(await loadAll(w, rows)).toEqual(counted({ rows: 3, unchanged: 3 }))
  })

  test('drops what dead loads left, and only that', async () => {
    const w = workspace()
    const [dead, running] = [begin(w), begin(w)]
    await dead.stage('tickets', [ticket(1)])
    await dead.diff()
    await running.stage('tickets', [ticket(2)])
    const dropped = await dropStaleLoads(facts.store, [running.loadId])
    expect(dropped).toContain(dead.loadId)
    expect(dropped).not.toContain(running.loadId)
    expect(await running.commit()).toEqual({ tickets: counted({ rows: 1, stored: 1 }) })
    await running.discard()
    expect(await dropStaleLoads(facts.store, [])).toEqual([])
  })

  test('refuses columns that the table lacks', async () => {
    const load = begin(workspace())
    await expect(load.stage('tickets', [ticket(1, { subjekt: 'x' })])).rejects.toMatchObject({
      code: 'FACTS_QUERY_FAILED',
    })
    await load.discard()
  })

  test('keeps money exact and tells null from nought', async () => {
    const w = workspace()
    const line = (discount_until: string | null): StagedRow => ({
      row_no: 1,
      account_id: 'a',
      record_id: 'c',
      known_at: null,
      amount: '123456789012345678901234567890.12345678',
      effective_from: JANUARY,
      discount_until,
    })
    const load = begin(w)
    await load.stage('contract_lines', [line(null)])
    await load.commit()
    await load.discard()
    const again = begin(w)
    await again.stage('contract_lines', [line('1970-01-01T00:00:00.000Z')])
    expect(await again.diff()).toEqual({ contract_lines: counted({ rows: 1, updated: 1 }) })
    await again.discard()
    expect(
      await facts.store.query(
        {
          sql: 'SELECT amount, discount_until FROM contract_lines WHERE workspace_id = {w:String}',
          params: { w },
        },
        z.object({ amount: z.string(), discount_until: z.null() }),
      ),
    ).toEqual([{ amount: '123456789012345678901234567890.12345678', discount_until: null }])
  })

  test('loads more rows than one bucket or one insert holds', async () => {
    const w = workspace()
    const rows = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => ({
        row_no: from + i,
        account_id: `a${(from + i) % 500}`,
        record_id: `e${from + i}`,
        known_at: null,
        user_id: `u${i % 50}`,
        event: 'login',
        occurred_at: JANUARY,
        quantity: 1,
      }))
    const load = begin(w)
    for (let start = 0; start < 300_000; start += 100_000) {
      await load.stage('usage_events', rows(start, start + 100_000))
    }
    expect(await load.commit()).toEqual({
      usage_events: counted({ rows: 300_000, stored: 300_000 }),
    })
    await load.discard()
    const again = begin(w)
    await again.stage('usage_events', rows(250_000, 310_000))
    expect(await again.commit()).toEqual({
      usage_events: counted({ rows: 60_000, stored: 10_000, unchanged: 50_000 }),
    })
    await again.discard()
  })
})

test('a load goes on through falls of the engine and loses and doubles nothing', async () => {
  const facts = await startTestFacts()
  const killed = new Set<number>()
  const kill = () => {
    const pid = facts.engine.pid()
    if (pid === undefined || killed.has(pid)) return
    process.kill(pid, 'SIGKILL')
    killed.add(pid)
  }
  const load = openLoad(facts.store, {
    workspaceId: 'w',
    loadId: 'l',
    startedAt: JANUARY,
    timeZone: 'Asia/Tokyo',
  })
  for (let start = 0; start < 200_000; start += 5_000) {
    const staged = load.stage(
      'tickets',
      Array.from({ length: 5_000 }, (_, i) => ({
        row_no: start + i,
        account_id: `a${i}`,
        record_id: `t${start + i}`,
        known_at: null,
        opened_at: JANUARY,
      })),
    )
    // While the block is on its way.
    if (start === 50_000 || start === 150_000) kill()
    await staged
  }
  const compared = load.diff()
  kill()
  await compared
  expect(killed.size).toBe(3)
  expect(await load.commit()).toEqual({ tickets: counted({ rows: 200_000, stored: 200_000 }) })
  await load.discard()
  expect(await versions(facts.store, 'w')).toBe(200_000)
  await facts.stop()
})

const counted = (counts: Partial<Record<string, number>>) => ({
  rows: 0,
  stored: 0,
  updated: 0,
  unchanged: 0,
  superseded: 0,
  ...counts,
})

/** Tickets as a reader sees them: the latest version known, by account. */
const latest = async (store: FactStore, workspaceId: string, knownAt: string) => {
  const rows = await store.query(
    {
      sql: `
SELECT account_id, record_id, newest.1 AS subject
FROM (
  SELECT account_id, record_id, argMax(tuple(subject, deleted), tuple(known_at, version)) AS newest
  FROM tickets
  WHERE workspace_id = {workspace_id:String}
    AND known_at <= parseDateTime64BestEffort({known_at:String}, 3, 'UTC')
  GROUP BY workspace_id, account_id, record_id
)
WHERE NOT newest.2
ORDER BY account_id, record_id`,
      params: { workspace_id: workspaceId, known_at: knownAt },
    },
    z.object({ account_id: z.string(), record_id: z.string(), subject: z.string() }),
  )
  return rows.map(({ account_id, record_id, subject }) => `${account_id}/${record_id} ${subject}`)
}

const versions = async (store: FactStore, workspaceId: string) => {
  const [row] = await store.query(
    {
      sql: 'SELECT count() AS n FROM tickets FINAL WHERE workspace_id = {w:String}',
      params: { w: workspaceId },
    },
    z.object({ n: z.coerce.number() }),
  )
  return row?.n
}

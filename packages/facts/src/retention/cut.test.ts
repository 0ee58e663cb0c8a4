import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { FactStore } from '../store.ts'
import { startTestCluster, startTestFacts, type TestFacts } from '../testing/engine.ts'
import { beginCut, carryOut, findOld } from './cut.ts'
import { currentCuts, readCuts } from './cuts.ts'

const NOW = '2026-06-01T00:00:00Z'
const BEFORE = '2026-01-01T00:00:00Z'
const asked = { timeZone: 'UTC', now: NOW }
const inOrder = { turn: <T>(work: () => Promise<T>) => work(), now: () => NOW }

const ticket = (record: string, more: Readonly<Record<string, unknown>> = {}) => ({
  workspace_id: 'w',
  account_id: 'a',
  record_id: record,
  known_at: '2025-03-01T00:00:00Z',
  version: 1,
  opened_at: '2025-03-01T00:00:00Z',
  resolved_at: '2025-03-02T00:00:00Z',
  ...more,
})

describe.each([
  { on: 'one server', start: () => startTestFacts() },
  { on: 'a cluster of two shards', start: startTestCluster },
])('old tickets on $on', ({ start }) => {
  let facts: TestFacts
  let workspaces = 0
  beforeAll(async () => {
    facts = await start()
  })
  afterAll(() => facts.stop())

  /** Tickets of a new workspace, each version in a part of its own. */
  const inserted = async (rows: readonly Readonly<Record<string, unknown>>[]) => {
    workspaces += 1
    const workspaceId = `w'${workspaces}`
    for (const row of rows) {
      await facts.store.insert('tickets', [{ ...row, workspace_id: workspaceId }])
    }
    return { workspaceId, table: 'tickets', before: BEFORE } as const
  }
  const rowsOf = async (workspaceId: string): Promise<string[]> => {
    const rows = await facts.store.query(
      {
        sql: `SELECT record_id || ' ' || toString(version) AS row FROM tickets
WHERE workspace_id = {w:String} ORDER BY row`,
        params: { w: workspaceId },
      },
      z.object({ row: z.string() }),
    )
    return rows.map(({ row }) => row)
  }
  const openOf = async (workspaceId: string): Promise<string[]> => {
    const rows = await facts.store.query(
      {
        sql: `
SELECT record_id FROM (
  SELECT record_id, argMax(tuple(resolved_at, deleted), tuple(known_at, version)) AS last
  FROM tickets WHERE workspace_id = {w:String} GROUP BY account_id, record_id
)
WHERE last.1 IS NULL AND NOT last.2 ORDER BY record_id`,
        params: { w: workspaceId },
      },
      z.object({ record_id: z.string() }),
    )
    return rows.map(({ record_id }) => record_id)
  }
  const delayed = { known_at: '2025-06-01T00:00:00Z', version: 2 }

  const history = [
    // Open at first, resolved by its second version.
    ticket('resolved', { resolved_at: null }),
    ticket('resolved', delayed),
    ticket('open', { resolved_at: null }),
    ticket('open in the end', {}),
    ticket('open in the end', { ...delayed, resolved_at: null }),
    ticket('void', { resolved_at: null }),
    ticket('void', { ...delayed, deleted: true, opened_at: '1970-01-01T00:00:00Z' }),
    ticket('resolved since', { resolved_at: '2026-02-01T00:00:00Z' }),
    ticket('changed since', {}),
    ticket('changed since', { known_at: '2026-02-01T00:00:00Z', version: 2 }),
    ticket('was later once', { opened_at: '2026-02-01T00:00:00Z', resolved_at: null }),
    ticket('was later once', delayed),
    ticket('the last one', { opened_at: '2025-03-01T12:00:00Z' }),
    ticket('of another account', { account_id: 'b' }),
  ]
  const left = [
    'changed since 1',
    'changed since 2',
    'of another account 1',
    'open 1',
    'open in the end 1',
    'open in the end 2',
    'resolved since 1',
    'the last one 1',
    'was later once 1',
    'was later once 2',
  ]

  it('go with all their versions; what is open, later, or the last of its account stays', async () => {
    const due = await inserted(history)
    const other = await inserted(history)
    expect(await findOld(facts.store, due)).toEqual({
      rows: 4,
      firstMonth: '2025-03',
      lastMonth: '2025-03',
    })
    expect(await currentCuts(facts.store, due.workspaceId)).toEqual({})
    const begun = await beginCut(facts.store, due, asked)
    if (!begun.ok) throw new Error(begun.why)
    const done = await carryOut(facts.store, due.workspaceId, begun.cut, inOrder)
    expect(done).toMatchObject({ cut: { rows: 4, doneAt: NOW }, deletedNow: 4 })
    expect(await rowsOf(due.workspaceId)).toEqual(left)
    expect(await rowsOf(other.workspaceId)).toHaveLength(history.length)
    expect(await findOld(facts.store, due)).toMatchObject({ rows: 0 })
    expect(Object.keys(await currentCuts(facts.store, due.workspaceId))).toEqual(['tickets'])
    expect(await currentCuts(facts.store, other.workspaceId)).toEqual({})
  })

  it('never come to life in between, wherever it is cut off', async () => {
    const due = await inserted(history)
    const open = await openOf(due.workspaceId)
    expect(open).toEqual(['open', 'open in the end'])
    const begun = await beginCut(facts.store, due, asked)
    if (!begun.ok) throw new Error(begun.why)
    for (let allowed = 0; ; allowed += 1) {
      let count = 0
      const cutOff: FactStore = {
        ...facts.store,
        everywhere: async (sql) => {
          count += 1
          if (count > allowed) throw new Error('cut off')
          await facts.store.everywhere(sql)
        },
      }
      const [cut] = await readCuts(facts.store, due.workspaceId)
      if (cut === undefined) throw new Error('it was noted')
      const outcome = await carryOut(cutOff, due.workspaceId, cut, inOrder).catch(() => null)
      expect(await openOf(due.workspaceId)).toEqual(open)
      expect((await readCuts(facts.store, due.workspaceId))[0]?.rows).toBe(4)
      if (outcome !== null) break
      expect(allowed).toBeLessThan(10)
    }
    expect(await rowsOf(due.workspaceId)).toEqual(left)
  })

  it('stay with what is said of them while they are being deleted', async () => {
    const due = await inserted(history)
    const begun = await beginCut(facts.store, due, asked)
    if (!begun.ok) throw new Error(begun.why)
    const again = { ...ticket('resolved'), known_at: '2026-05-31T00:00:00Z', version: 3 }
    const reopened = { ...again, workspace_id: due.workspaceId, resolved_at: null }
    await facts.store.insert('tickets', [reopened])
    await carryOut(facts.store, due.workspaceId, begun.cut, inOrder)
    expect(await rowsOf(due.workspaceId)).toEqual([...left, 'resolved 3'].toSorted())
  })
})

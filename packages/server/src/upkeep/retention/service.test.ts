import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { openLoad } from '@tomoshibi/facts/loading'
import { beginCut, carryOut } from '@tomoshibi/facts/retention/cut'
import { readCuts } from '@tomoshibi/facts/retention/cuts'
import { ensureUseRollup } from '@tomoshibi/facts/use-rollup/refresh'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { program } from '../../call/caller.ts'
import {
  codeOf,
  startTestOperations,
  type TestOperations,
  type TestWorkspace,
} from '../../call/testing.ts'
import { Ingestion } from '../../collect/ingest/service.ts'
import { keepRollups } from '../../collect/rollups/service.ts'
import { applyRetention, retentionState, setRetention, showRetention } from './service.ts'

let operations: TestOperations
beforeAll(async () => {
  operations = await startTestOperations()
})
afterAll(() => operations.stop())

/** Midday in Tokyo. */
const noon = (day: string) => `${day}T03:00:00Z`

/** Two customers: one used the product in every month of a year, the other only at first. */
async function company(): Promise<TestWorkspace> {
  const workspace = operations.workspace('2026-07-10T03:00:00Z')
  const { facts } = workspace
  for (const account of ['a', 'b']) {
    await facts.account(account, { name: account }, '2025-01-01T00:00:00Z')
    await facts.line(account, `l${account}`, { from: '2025-01-01T00:00:00Z' })
  }
  for (let month = 7; month <= 18; month++) {
    const day = new Date(Date.UTC(2025, month - 1, 15)).toISOString().slice(0, 10)
    await facts.use('a', noon(day), ['u1', 'u2'])
  }
  await facts.use('b', noon('2025-07-15'), ['u1', 'u2', 'u3'])
  await keepRollups(workspace.ports)
  return workspace
}

const eventsOf = async ({ ports, id }: TestWorkspace): Promise<string[]> => {
  const rows = await ports.facts.query(
    {
      sql: `
SELECT account_id || ' ' || toString(toYYYYMM(occurred_at)) AS event FROM usage_events FINAL
WHERE workspace_id = {w:String} AND NOT deleted ORDER BY event`,
      params: { w: id },
    },
    z.object({ event: z.string() }),
  )
  return rows.map(({ event }) => event)
}

/** Figures of use by month, of the whole and of each account, and some that rest on the first use. */
const figuresOf = async ({ caller }: TestWorkspace) => {
  const months = { grain: 'month', from: '2025-06-01', to: '2026-07-01' } as const
  const metrics = ['active_users', 'usage_rate', 'login_trend', 'time_to_first_use', 'arpu']
  return {
    all: await caller.metrics.query({ metrics, ...months }),
    each: await caller.metrics.query({
      metrics: ['active_users'],
      accounts: ['a', 'b'],
      ...months,
    }),
    asThen: await caller.metrics.query({ metrics, ...months, knownAt: '2026-03-31' }),
  }
}

const setUse = ({ caller }: TestWorkspace, months: number | null) =>
  caller.retention.set({ table: 'usage_events', months })

describe('usage events past their period', () => {
  test('are deleted, and every figure of use is what it was, by day as known then as well', async () => {
    const workspace = await company()
    const { caller } = workspace
    const before = await figuresOf(workspace)
    expect(before.each.some(({ value }) => value === 3)).toBe(true)
    expect(await caller.retention.apply({})).toEqual([])
    await setUse(workspace, 6)
    const dry = await caller.retention.apply({ dryRun: true })
    expect(dry).toMatchObject([
      {
        outcome: 'would_delete',
        before: '2026-01-01',
        firstMonth: '2025-07',
        lastMonth: '2025-12',
      },
    ])
    expect((await eventsOf(workspace)).length).toBe(27)

    // 12 events of one customer and 3 of the other are old; of each the first one stays.
    expect(dry[0]?.rows).toBe(13)
    expect(await caller.retention.apply({})).toMatchObject([{ outcome: 'deleted', rows: 13 }])
    const left = await eventsOf(workspace)
    expect(left).toEqual(['a 202507', ...monthsOfA(), 'b 202507'])
    expect(await figuresOf(workspace)).toEqual(before)
    // Again there is nothing to do, and nothing changes.
    expect(await caller.retention.apply({})).toMatchObject([{ outcome: 'nothing_old', rows: 0 }])
    expect(await eventsOf(workspace)).toEqual(left)

    const shown = await caller.retention.show()
    expect(shown.find(({ table }) => table === 'usage_events')).toMatchObject({
      months: 6,
      dueBefore: '2026-01-01',
      cuts: [{ before: '2026-01-01', rows: 13, doneAt: '2026-07-10T03:00:00.000Z' }],
    })
  })

  const monthsOfA = () => [1, 2, 3, 4, 5, 6].flatMap((month) => Array(2).fill(`a 20260${month}`))

  test('go month by month, and a cut that was cut off goes on where it was', async () => {
    const workspace = await company()
    const { ports, id, caller } = workspace
    const before = await figuresOf(workspace)
    await setUse(workspace, 6)
    const due = { workspaceId: id, table: 'usage_events', before: '2025-12-31T15:00:00Z' } as const
    const asked = { timeZone: 'Asia/Tokyo', now: '2026-07-10T03:00:00Z' }
    const begun = await beginCut(ports.facts, due, asked)
    if (!begun.ok) throw new Error(begun.why)
    for (const turns of [0, 1, 3]) {
      let left = turns
      const cut = carryOut(ports.facts, id, begun.cut, {
        turn: async (work) => {
          if (left === 0) throw new Error('cut off')
          left -= 1
          return work()
        },
        now: () => asked.now,
      })
      await expect(cut).rejects.toThrow('cut off')
      expect(await figuresOf(workspace)).toEqual(before)
    }
    expect((await readCuts(ports.facts, id))[0]?.doneAt).toBeNull()
    workspace.at('2026-07-12T03:00:00Z')
    expect(await retentionState(ports)).toMatchObject({ unfinished: ['usage_events'] })
    expect(await caller.retention.apply({})).toMatchObject([{ outcome: 'deleted' }])
    expect(await retentionState(ports)).toEqual({ unfinished: [], late: [], otherZone: null })
    expect(await figuresOf(workspace)).toEqual(before)
    expect((await eventsOf(workspace)).filter((each) => each < 'a 202601').length).toBe(1)
  })

  test('stay while the roll-up does not hold them', async () => {
    const workspace = await company()
    const { ports, id, caller } = workspace
    await setUse(workspace, 6)
    await ensureUseRollup(ports.facts, { workspaceId: id, timeZone: 'America/New_York' })
    expect(await caller.retention.apply({})).toMatchObject([{ outcome: 'not_rolled_up', rows: 0 }])
    expect((await eventsOf(workspace)).length).toBe(27)
    await keepRollups(ports)
    expect(await caller.retention.apply({})).toMatchObject([{ outcome: 'deleted' }])
  })
})

describe('after usage events were deleted', () => {
  const cut = async () => {
    const workspace = await company()
    await setUse(workspace, 6)
    await workspace.caller.retention.apply({})
    return { workspace, figures: await figuresOf(workspace) }
  }

  let loads = 0
  const load = async (
    { ports, id }: TestWorkspace,
    rows: readonly Readonly<Record<string, string | number | boolean>>[],
  ) => {
    loads += 1
    const startedAt = new Date(Date.UTC(2026, 6, 10, 2, loads)).toISOString()
    const scope = { workspaceId: id, loadId: `late-${loads}`, startedAt, timeZone: 'Asia/Tokyo' }
    const loading = openLoad(ports.facts, scope)
    await loading.stage(
      'usage_events',
      rows.map((row, row_no) => ({
        row_no,
        known_at: null,
        account_id: 'a',
        record_id: '',
        user_id: 'u9',
        event: 'open',
        quantity: 1,
        properties: '{}',
        ...row,
      })),
    )
    await loading.commit()
    await loading.discard()
  }

  test('what comes late, again, corrected or void for a month that is cut changes no figure', async () => {
    const { workspace, figures } = await cut()
    await load(workspace, [
      { record_id: 'late', occurred_at: '2025-09-10T03:00:00Z' },
      { record_id: `a:u1:${noon('2025-08-15')}`, occurred_at: noon('2025-08-15'), user_id: 'u1' },
      { record_id: `a:u2:${noon('2025-08-15')}`, occurred_at: noon('2025-08-15'), deleted: true },
      { record_id: `a:u1:${noon('2025-10-15')}`, occurred_at: noon('2025-11-16') },
    ])
    expect(await figuresOf(workspace)).toEqual(figures)
    expect(await workspace.caller.retention.apply({})).toMatchObject([{ outcome: 'deleted' }])
    expect(await figuresOf(workspace)).toEqual(figures)
    expect((await eventsOf(workspace)).filter((each) => each < 'a 202601').length).toBe(1)
  })

  test('what comes for a month that is kept counts, and one that moves there', async () => {
    const { workspace } = await cut()
    const users = async (on: string) => {
      const asked = { metrics: ['active_users'], accounts: ['a'], on }
      return (await workspace.caller.metrics.query(asked))[0]?.value
    }
    expect(await users('2026-03-31')).toBe(2)
    await load(workspace, [{ record_id: 'kept', occurred_at: '2026-03-20T03:00:00Z' }])
    expect(await users('2026-03-31')).toBe(3)
    await load(workspace, [
      {
        record_id: `a:u1:${noon('2025-10-15')}`,
        occurred_at: '2026-03-21T03:00:00Z',
        user_id: 'x',
      },
    ])
    expect(await users('2026-03-31')).toBe(4)
    // What was cut is closed: it stays as it was.
    expect(await users('2025-10-31')).toBe(2)
  })

  test('a repeat of a message whose event is gone counts once', async () => {
    const workspace = await company()
    const dataDir = mkdtempSync(join(tmpdir(), 'tomoshibi-retention-'))
    const ingestion = await Ingestion.open(workspace.ports, dataDir)
    const body = Buffer.from(
      JSON.stringify({
        type: 'track',
        event: 'open',
        userId: 'u7',
        messageId: 'once',
        timestamp: noon('2025-09-15'),
        context: { groupId: 'a' },
      }),
    )
    const send = async () => {
      await ingestion.take(workspace.id, 'track', body, Date.parse('2026-07-10T03:00:00Z'))
      await ingestion.settled()
    }
    try {
      await send()
      await setUse(workspace, 6)
      await workspace.caller.retention.apply({})
      const figures = await figuresOf(workspace)
      const events = await eventsOf(workspace)
      await send()
      expect(await figuresOf(workspace)).toEqual(figures)
      expect(await eventsOf(workspace)).toEqual(events)
    } finally {
      await ingestion.close()
      rmSync(dataDir, { recursive: true })
    }
  })

  test('the roll-up made anew says the same', async () => {
    const { workspace, figures } = await cut()
    const scope = { workspaceId: workspace.id, timeZone: 'Asia/Tokyo' }
    await ensureUseRollup(workspace.ports.facts, scope, { anew: true })
    expect(await figuresOf(workspace)).toEqual(figures)
  })

  test('in another time zone use has no value, and says why; set back, all is there again', async () => {
    const { workspace, figures } = await cut()
    const { caller, ports } = workspace
    await caller.workspace.configure({ timeZone: 'America/New_York' })
    await keepRollups(ports)
    const asked = { metrics: ['active_users', 'mrr', 'arpu'], on: '2026-06-30' }
    expect(await caller.metrics.query(asked)).toMatchObject([
      { value: null, n: 0, reason: 'facts_deleted' },
      { value: '200000', reason: null },
      { value: null, reason: 'facts_deleted' },
    ])
    expect(await retentionState(ports)).toMatchObject({ otherZone: 'Asia/Tokyo' })
    await caller.workspace.configure({ timeZone: 'Asia/Tokyo' })
    await keepRollups(ports)
    expect(await figuresOf(workspace)).toEqual(figures)
  })

  test('an instant within a day has no value either, since it would be asked of the events', async () => {
    const { workspace } = await cut()
    const asked = { metrics: ['active_users'], on: '2026-03-31', knownAt: '2026-03-31T05:00:00Z' }
    expect(await workspace.caller.metrics.query(asked)).toMatchObject([
      { value: null, reason: 'facts_deleted' },
    ])
  })

  test('a figure still opens to its facts, and says of which there are none any more', async () => {
    const { workspace } = await cut()
    const asked = { metric: 'active_users', account: 'a' }
    const gone = await workspace.caller.metrics.facts({ ...asked, on: '2025-12-31' })
    expect(gone).toMatchObject({
      value: { value: 2 },
      adds: false,
      tables: [{ table: 'usage_events', deletedBefore: '2026-01-01' }, { deletedBefore: null }],
    })
    const there = await workspace.caller.metrics.facts({ ...asked, on: '2026-06-30' })
    expect(there.tables[0]).toMatchObject({ deletedBefore: null })
  })
})

const eventsEver = {
  name: 'events-ever.yaml',
  yaml: `key: events_ever
name: { en: Events ever, ja: これまでのイベント数 }
says: { en: All events of an account., ja: 顧客の全イベント数。 }
unit: count
better: higher
time: instant
measure: { fact: usage_events, count: records, window: all }
`,
}

describe('a period', () => {
  test('is refused for facts that figures ask for whatever their age', async () => {
    const { caller } = operations.workspace()
    for (const table of ['contract_lines', 'invoices', 'touchpoints']) {
      expect(await codeOf(caller.retention.set({ table, months: 12 }))).toBe('FACTS_KEPT')
    }
    expect(await codeOf(caller.retention.set({ table: 'nonsense', months: 12 }))).toBe('BAD_INPUT')
    const shown = await caller.retention.show()
    expect(
      shown.filter(({ keptBecause }) => keptBecause === null).map(({ table }) => table),
    ).toEqual(['usage_events', 'survey_answers', 'tickets'])
  })

  test('is refused where figures of today would lose their value, also those of custom metrics', async () => {
    const workspace = await company()
    const { caller } = workspace
    expect(await codeOf(caller.retention.set({ table: 'survey_answers', months: 1 }))).toBe(
      'FACTS_NEEDED',
    )
    await caller.metrics.apply({ files: [eventsEver] })
    expect(await codeOf(setUse(workspace, 6))).toBe('FACTS_NEEDED')
    await setUse(workspace, null)
  })

  test('that was chosen before such a metric came deletes nothing, and names it', async () => {
    const workspace = await company()
    const { caller } = workspace
    await setUse(workspace, 6)
    await caller.metrics.apply({ files: [eventsEver] })
    expect(await caller.retention.apply({})).toMatchObject([
      { outcome: 'needed', neededBy: ['events_ever'] },
    ])
    expect((await eventsOf(workspace)).length).toBe(27)
    expect(await retentionState(workspace.ports)).toMatchObject({ late: ['usage_events'] })
  })

  test('is refused on a replicated cluster, where replicas would delete each by itself', async () => {
    const workspace = await company()
    await setUse(workspace, 6)
    const layout = { kind: 'cluster', cluster: 'c', database: 'd', replicated: true } as const
    const ports = { ...workspace.ports, facts: { ...workspace.ports.facts, layout } }
    expect(await codeOf(setRetention(ports, 'tickets', 24))).toBe('FACTS_KEPT')
    expect((await showRetention(ports)).every(({ keptBecause }) => keptBecause !== null)).toBe(true)
    // One that was chosen before the stores were moved there deletes nothing, and can be taken back.
    expect(await applyRetention(ports)).toEqual([])
    expect(await setRetention(ports, 'usage_events', null)).toMatchObject({ months: null })
  })

  test('needs the permission', async () => {
    const workspace = await company()
    const { router, call, id } = workspace
    const client = createRouterClient(router, {
      context: call(program(id, new Set(['upkeep:read']))),
    })
    expect(await codeOf(client.retention.show())).toBe('FORBIDDEN')
    expect(await codeOf(client.retention.apply({}))).toBe('FORBIDDEN')
    expect(await codeOf(client.retention.set({ table: 'tickets', months: 9 }))).toBe('FORBIDDEN')
  })
})

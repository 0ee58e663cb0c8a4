/** A figure from the roll-up of use is the figure from the events, whatever they are and how they came. */
import { openLoad, type StagedRow } from '@tomoshibi/facts/loading'
import type { FactStore } from '@tomoshibi/facts/store'
import type { FactTableName } from '@tomoshibi/facts/tables'
import { startTestCluster, startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { markUse } from '@tomoshibi/facts/use-rollup/marks'
import { ensureUseRollup, refreshUse, withholdStaleUse } from '@tomoshibi/facts/use-rollup/refresh'
import { openMark } from '@tomoshibi/facts/use-rollup/state'
import { compileInBatches } from '@tomoshibi/metrics/batches'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import type { MetricRow } from '@tomoshibi/metrics/compile'
import { measuresOf } from '@tomoshibi/metrics/definition'
import type { MetricRequest } from '@tomoshibi/metrics/request'
import type { MetricSettings } from '@tomoshibi/metrics/settings'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { readRollups } from '../../collect/rollups/service.ts'
import { chance, pick, type Random, randomStream, whole } from '../../collect/simulate/random.ts'
import { RANDOM_ACCOUNTS, type RandomFact, randomCompany } from './random-company.ts'
import { between, fact, onDay, settingsOf } from './testing.ts'

const ofUse = (grain: 'portfolio' | 'account') =>
  [...builtInMetrics.values()]
    .filter(({ grains, measure }) => {
      const sources = measuresOf(measure).map((path) => path.split('.')[0])
      return grains.includes(grain) && (sources.includes('usage') || sources.includes('starts'))
    })
    .map(({ key }) => key)

const NOW = '2027-06-01T00:00:00Z'
const usual = { by: [], now: NOW } as const

/** The same question with and without the roll-up, and whether the roll-up was read at all. */
const both = async (
  store: FactStore,
  question: Pick<MetricRequest, 'workspaceId' | 'periods' | 'grain' | 'knownAt'> &
    Partial<MetricRequest>,
) => {
  const request = { ...usual, settings: settingsOf(), metrics: ofUse(question.grain), ...question }
  const answers = async (rollups: Partial<MetricRequest>) => {
    const compiled = compileInBatches({ ...request, ...rollups })
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
    const rows: MetricRow[][] = []
    for (const { query, rowSchema } of compiled.batches)
      rows.push(await store.query(query, rowSchema))
    const reads = compiled.batches.some(({ query }) => query.sql.includes('use_by_month'))
    return { values: compiled.decode(rows), reads }
  }
  const rolled = await answers({ rollups: await readRollups({ facts: store, ...question }) })
  const raw = await answers({})
  expect(raw.reads).toBe(false)
  expect(raw.values.length).toBeGreaterThan(0)
  return { rolled: rolled.values, raw: raw.values, reads: rolled.reads }
}

let loads = 0
const load = async (store: FactStore, workspaceId: string, rows: readonly RandomFact[]) => {
  loads += 1
  const startedAt = new Date(Date.UTC(2026, 9, 1, 0, loads)).toISOString()
  const options = { workspaceId, loadId: `load-${loads}`, startedAt, timeZone: 'Asia/Tokyo' }
  const loading = openLoad(store, options)
  const staged = rows.map(({ row }, row_no): StagedRow => {
    const { version: _, ...content } = row
    return stagedRow.parse({ ...content, row_no })
  })
  await loading.stage('usage_events', staged)
  await loading.commit()
  await loading.discard()
}
const stagedRow = z
  .object({
    row_no: z.number(),
    account_id: z.string(),
    record_id: z.string(),
    known_at: z.string().nullable(),
  })
  .catchall(z.union([z.string(), z.number(), z.boolean(), z.null()]))

/** The events of a random company, some of which move to another account, in loads that overlap. */
const eventsInLoads = (random: Random, company: readonly RandomFact[]): RandomFact[][] => {
  const events = company
    .filter(({ table }) => table === 'usage_events')
    .map((event) =>
      chance(random, 0.1)
        ? { ...event, row: { ...event.row, account_id: pick(random, RANDOM_ACCOUNTS) } }
        : event,
    )
  const parts: RandomFact[][] = [[], [], []]
  for (const event of events) {
    for (const part of parts) if (chance(random, 0.2)) part.push(event)
    parts[whole(random, 0, 2)]?.push(event)
  }
  return parts
}

const insertOthers = async (
  store: FactStore,
  workspaceId: string,
  company: readonly RandomFact[],
) => {
  const byTable = new Map<FactTableName, RandomFact[]>()
  for (const each of company) {
    if (each.table === 'usage_events') continue
    byTable.set(each.table, [...(byTable.get(each.table) ?? []), each])
  }
  for (const [table, mine] of byTable) {
    await store.insert(
      table,
      mine.map(({ row }) => fact(table, workspaceId, row)),
    )
  }
}

const chosen: Partial<MetricSettings> = {
  activeEvents: ['login', 'report'],
  coreActions: ['export'],
  planFeatures: { small: ['report'], large: ['report', 'export'] },
  countWeekends: false,
}
const months = between('2025-12-01', '2026-04-01', 'month')
const days = between('2026-02-10', '2026-02-14', 'day')
const SEEDS = fc.integer({ min: 1, max: 1_000_000 })

describe.each([
  { on: 'one server', start: () => startTestFacts(), numRuns: 1, compared: 2 },
  { on: 'a cluster of two shards', start: startTestCluster, numRuns: 1, compared: 1 },
])('the roll-up of use on $on', ({ start, numRuns, compared }) => {
  let facts: TestFacts
  beforeAll(async () => {
    facts = await start()
  })
  afterAll(() => facts.stop())
  let workspaces = 0
  const newWorkspace = () => {
    workspaces += 1
    return `w${workspaces}`
  }

  it('gives every figure of use as the events do, after several loads', async () => {
    await fc.assert(
      fc.asyncProperty(SEEDS, async (seed) => {
        const { store } = facts
        const workspaceId = newWorkspace()
        const company = randomCompany(seed)
        await insertOthers(store, workspaceId, company)
        const random = randomStream('loads', seed, 'use')
        const parts = eventsInLoads(random, company)
        for (const [k, part] of parts.entries()) {
          await load(store, workspaceId, part)
          if (k < parts.length - compared) continue
          const settings = pick(random, [settingsOf(), settingsOf(chosen)])
          const day = new Date(Date.UTC(2025, 9, 1) + whole(random, 0, 250) * 86_400_000)
          const questions = [
            { grain: 'portfolio', periods: months, knownAt: 'now', by: ['segment'] },
            { grain: 'account', periods: months.slice(-1), knownAt: 'now' },
            { grain: 'portfolio', periods: months, knownAt: 'period-end' },
            { grain: 'account', periods: days, knownAt: 'period-end' },
            // At the end of a local day, before some of the windows end.
            {
              grain: 'portfolio',
              periods: months,
              knownAt: day.toISOString().replace('T00:00:00.000', 'T14:59:59.999'),
            },
            { grain: 'account', periods: days, knownAt: 'period-end', accountIds: ['a', "o'x"] },
          ] as const
          const some = questions.filter(() => chance(random, 0.5))
          for (const question of some.length > 0 ? some : questions) {
            const answer = await both(store, { ...question, workspaceId, settings })
            expect(answer.reads).toBe(true)
            expect(answer.rolled, JSON.stringify({ seed, question })).toEqual(answer.raw)
          }
        }
      }),
      { numRuns, endOnFailure: true },
    )
  })
})

describe('the roll-up of use', () => {
  let facts: TestFacts
  beforeAll(async () => {
    facts = await startTestFacts()
  })
  afterAll(() => facts.stop())

  const event = (more: Partial<RandomFact['row']>): RandomFact => ({
    table: 'usage_events',
    row: {
      account_id: 'a',
      record_id: 'e1',
      known_at: '2026-02-10T03:00:00.000Z',
      user_id: 'p1',
      event: 'login',
      occurred_at: '2026-02-10T02:00:00.000Z',
      quantity: 1,
      properties: '{}',
      ...more,
    },
  })
  const ask = (workspaceId: string, more: Partial<MetricRequest> = {}) =>
    both(facts.store, {
      workspaceId,
      metrics: ['active_users'],
      periods: onDay('2026-02-10'),
      grain: 'account',
      knownAt: 'now',
      ...more,
    })

  it('is not read for an instant within a day, since a row of it is of whole days', async () => {
    await load(facts.store, 'instant', [
      event({ known_at: '2026-02-10T02:10:00.000Z' }),
      event({ record_id: 'e2', user_id: 'p2' }),
    ])
    const before = await ask('instant', { knownAt: '2026-02-10T02:30:00.000Z' })
    expect(before).toMatchObject({ reads: false, rolled: [{ account: 'a', value: 1 }] })
    // All of it was known then.
    const after = await ask('instant', { knownAt: '2026-02-10T03:00:00.000Z' })
    expect(after).toMatchObject({ reads: true, rolled: [{ account: 'a', value: 2 }] })
  })

  it('is not read while it is of another time zone, and is made anew for it', async () => {
    await load(facts.store, 'zone', [event({})])
    const settings = settingsOf({ timeZone: 'America/New_York' })
    const periods = onDay('2026-02-09', 'America/New_York')
    expect(await ask('zone', { settings, periods })).toMatchObject({ reads: false })
    await ensureUseRollup(facts.store, { workspaceId: 'zone', timeZone: 'America/New_York' })
    const answer = await ask('zone', { settings, periods })
    // It was the evening of the day before there.
    expect(answer).toMatchObject({ reads: true, rolled: [{ account: 'a', value: 1 }] })
    expect(answer.rolled).toEqual(answer.raw)
    expect(await ask('zone')).toMatchObject({ reads: false })
  })

  it('is made of events that were there before it', async () => {
    const rows = [event({}), event({ record_id: 'e2', user_id: 'p2' })]
    await facts.store.insert(
      'usage_events',
      rows.map(({ row }) => fact('usage_events', 'older', row)),
    )
    expect(await ask('older')).toMatchObject({ reads: false })
    await ensureUseRollup(facts.store, { workspaceId: 'older', timeZone: 'Asia/Tokyo' })
    expect(await ask('older')).toMatchObject({ reads: true, rolled: [{ value: 2 }] })
  })

  it('is the same when it is made anew of all events', async () => {
    const random = randomStream('anew', 7, 'use')
    for (const part of eventsInLoads(random, randomCompany(7)))
      await load(facts.store, 'anew', part)
    const question = { periods: months, metrics: ofUse('account') }
    const kept = await ask('anew', question)
    await ensureUseRollup(
      facts.store,
      { workspaceId: 'anew', timeZone: 'Asia/Tokyo' },
      { anew: true },
    )
    const anew = await ask('anew', question)
    expect(anew.reads).toBe(true)
    expect(anew.rolled).toEqual(kept.rolled)
  })

  it('goes on after a crash between the events and their roll-up', async () => {
    await load(facts.store, 'crash', [event({})])
    // What a process that was killed leaves: the mark, and the event.
    await facts.store.insert('use_touched', [
      { workspace_id: 'crash', account_id: 'a', month: 2026 * 12 + 1, version: 1000 },
    ])
    await facts.store.insert('usage_events', [
      fact('usage_events', 'crash', event({ record_id: 'e2', user_id: 'p2' }).row),
    ])
    await withholdStaleUse(facts.store, 'crash')
    // The figure is right at once, from the events.
    expect(await ask('crash')).toMatchObject({ reads: false, rolled: [{ value: 2 }] })
    await ensureUseRollup(facts.store, { workspaceId: 'crash', timeZone: 'Asia/Tokyo' })
    const answer = await ask('crash')
    expect(answer).toMatchObject({ reads: true, rolled: [{ value: 2 }] })
  })

  const stored = (workspaceId: string, ...events: RandomFact[]) =>
    facts.store.insert(
      'usage_events',
      events.map(({ row }) => fact('usage_events', workspaceId, row)),
    )
  const scopeOf = (workspaceId: string, timeZone = 'Asia/Tokyo') => ({ workspaceId, timeZone })
  const noneAgain = { loaded: new Set<string>(), released: new Set<string>() }

  it('waits with what is being stored, so that its mark is not taken away before it is there', async () => {
    await load(facts.store, 'beside', [event({})])
    const mark = await openMark(facts.store, 'beside')
    const coming = { accountId: 'a', recordId: 'e2', atMs: Date.parse('2026-02-10T02:00:00Z') }
    await markUse(facts.store, scopeOf('beside'), mark, [coming], noneAgain)
    expect(await refreshUse(facts.store, scopeOf('beside'))).toBe(0)
    await stored('beside', event({ record_id: 'e2', user_id: 'p2' }))
    mark.close()
    expect(await refreshUse(facts.store, scopeOf('beside'))).toBe(1)
    expect(await ask('beside')).toMatchObject({ reads: true, rolled: [{ value: 2 }] })
  })

  it('knows of corrections and deletions that are older than it', async () => {
    await stored(
      'corrected',
      event({}),
      event({ record_id: 'e2', user_id: 'p2' }),
      event({ record_id: 'e2', user_id: 'p1', known_at: '2026-02-11T03:00:00.000Z' }),
      event({ record_id: 'e3', user_id: 'p3' }),
      event({ record_id: 'e3', deleted: true, known_at: '2026-02-11T03:00:00.000Z' }),
    )
    await ensureUseRollup(facts.store, scopeOf('corrected'))
    const answer = await ask('corrected', { metrics: ofUse('account') })
    expect(answer.reads).toBe(true)
    expect(answer.rolled).toEqual(answer.raw)
    expect((await ask('corrected')).rolled).toMatchObject([{ value: 1 }])
  })

  it('is of one time zone, whatever the others that events were stored under', async () => {
    const NEW_YORK = 'America/New_York'
    await load(facts.store, 'zones', [event({})])
    // The zone was changed, and the process ended before anything was made anew.
    const mark = await openMark(facts.store, 'zones')
    const coming = { accountId: 'a', recordId: 'e2', atMs: Date.parse('2026-03-31T20:00:00Z') }
    await markUse(facts.store, scopeOf('zones'), mark, [coming], noneAgain)
    await stored(
      'zones',
      event({ record_id: 'e2', user_id: 'p2', occurred_at: '2026-03-31T20:00:00.000Z' }),
    )
    mark.close()
    await withholdStaleUse(facts.store, 'zones')
    expect(await ask('zones')).toMatchObject({ reads: false })
    // Whoever rolls up goes by the zone of what is there.
    await refreshUse(facts.store, scopeOf('zones', NEW_YORK))
    for (const timeZone of ['Asia/Tokyo', NEW_YORK]) {
      await ensureUseRollup(facts.store, scopeOf('zones', timeZone))
      const answer = await ask('zones', {
        settings: settingsOf({ timeZone }),
        metrics: ofUse('account'),
        periods: between('2026-02-01', '2026-05-01', 'month', timeZone),
      })
      expect(answer.reads).toBe(true)
      expect(answer.rolled).toEqual(answer.raw)
    }
  })

  it('counts an event once that was stored twice, as known at two instants', async () => {
    await load(facts.store, 'twice', [event({ record_id: 'other', user_id: 'p2' })])
    const coming = { accountId: 'a', recordId: 'e1', atMs: Date.parse('2026-02-10T02:00:00Z') }
    for (const known_at of ['2026-02-10T03:00:00.000Z', '2026-02-10T04:00:00.000Z']) {
      const mark = await openMark(facts.store, 'twice')
      await markUse(facts.store, scopeOf('twice'), mark, [coming], {
        loaded: new Set(),
        released: new Set(['e1']),
      })
      await stored('twice', event({ known_at }))
      mark.close()
      await refreshUse(facts.store, scopeOf('twice'))
    }
    const answer = await ask('twice', { metrics: ['usage_rate', 'active_users'] })
    expect(answer.reads).toBe(true)
    expect(answer.rolled).toEqual(answer.raw)
  })

  it('says nothing of use where none was ever recorded, and 0 of a customer without any where it was', async () => {
    const line = {
      account_id: 'b',
      record_id: 'l1',
      quantity: '5',
      amount: '1000',
      effective_from: '2026-01-01T00:00:00Z',
    }
    const metrics = ['mrr', 'active_users', 'licence_utilisation', 'feature_adoption']
    for (const workspaceId of ['none', 'some']) {
      await facts.store.insert('contract_lines', [fact('contract_lines', workspaceId, line)])
      await ensureUseRollup(facts.store, scopeOf(workspaceId))
    }
    await load(facts.store, 'some', [event({})])
    const values = async (workspaceId: string) => {
      const answer = await ask(workspaceId, { metrics })
      expect(answer.reads).toBe(true)
      expect(answer.rolled).toEqual(answer.raw)
      return answer.rolled
        .filter(({ account, metric }) => account === 'b' && metric === 'active_users')
        .map(({ value }) => value)
    }
    expect(await values('none')).toEqual([null])
    expect(await values('some')).toEqual([0])
  })

  it('marks as many events at once as a batch may hold', async () => {
    const uses = Array.from({ length: 50_000 }, (_, k) => ({
      accountId: `a customer with a rather long name ${k}`,
      recordId: `r${k}`,
      atMs: Date.parse('2026-02-10T02:00:00Z'),
    }))
    const mark = await openMark(facts.store, 'many')
    await markUse(facts.store, scopeOf('many'), mark, uses, {
      loaded: new Set(uses.slice(0, 10_000).map(({ recordId }) => recordId)),
      released: new Set(),
    })
    mark.close()
    const [row] = await facts.store.query(
      {
        sql: "SELECT count() AS marks, any(month) AS month FROM use_touched FINAL WHERE workspace_id = 'many'",
        params: {},
      },
      z.object({ marks: z.coerce.number(), month: z.number() }),
    )
    expect(row).toEqual({ marks: 50_000, month: 2026 * 12 + 1 })
  })

  it('holds use from before 1970, however often it is rolled up', async () => {
    for (let round = 0; round < 6; round += 1) {
      await load(facts.store, 'old', [
        event({ record_id: `o${round}`, occurred_at: `1969-11-0${round + 1}T02:00:00.000Z` }),
        event({ record_id: `n${round}`, user_id: `p${round}` }),
      ])
    }
    const answer = await ask('old', { metrics: ofUse('account') })
    expect(answer.reads).toBe(true)
    expect(answer.rolled).toEqual(answer.raw)
  })

  it('keeps workspaces apart, equal ids or not', async () => {
    await load(facts.store, 'one', [event({}), event({ record_id: 'e2', user_id: 'p2' })])
    await load(facts.store, 'other', [event({ user_id: 'p9' })])
    expect((await ask('one')).rolled).toMatchObject([{ value: 2 }])
    expect((await ask('other')).rolled).toMatchObject([{ value: 1 }])
  })

  it('holds accounts of more users than a block, each once over the months', async () => {
    const users = Array.from({ length: 150 }, (_, k) => `u${k}`)
    const rows = users.flatMap((user_id, k) => [
      event({ record_id: `f${k}`, user_id, occurred_at: '2026-01-31T02:00:00.000Z' }),
      event({ record_id: `g${k}`, user_id }),
    ])
    await load(facts.store, 'large', rows)
    const answer = await ask('large', { metrics: ofUse('account') })
    expect(answer.rolled).toEqual(answer.raw)
    expect((await ask('large')).rolled).toMatchObject([{ value: 150 }])
  })
})

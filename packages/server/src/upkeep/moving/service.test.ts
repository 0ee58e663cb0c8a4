import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFacts } from '@tomoshibi/facts/store'
import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { startGivenServer } from '@tomoshibi/state/testing/given-server'
import { freshDatabase } from '@tomoshibi/state/testing/postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { openApp, operationsOver } from '../../app.ts'
import { codeOf } from '../../call/testing.ts'
import { keepRollups } from '../../collect/rollups/service.ts'
import { FactWriter } from '../../light/testing.ts'
import { fixedClock } from '../../platform/clock.ts'
import { type Config, readConfig } from '../../platform/config.ts'
import { silentLog } from '../../platform/log.ts'
import { mainWorkspaceId } from '../../platform/workspace.ts'
import { compareFigures, type MoveStep, moveStores } from './service.ts'

const clock = fixedClock('2026-06-20T03:00:00Z')
let folder: string
let config: Config
let clickhouse: TestFacts
let postgres: Awaited<ReturnType<typeof startGivenServer>>

/** A new database on the given ClickHouse, by its address alone. */
let databases = 0
const newClickhouse = () => {
  const { url, username, password } = clickhouse.connection
  const address = new URL(url)
  address.username = username
  address.password = password
  databases += 1
  address.pathname = `/moved_${databases}`
  return address.href
}

const open = (more: Partial<Config> = {}) =>
  openApp({ config: { ...config, ...more }, clock, log: () => silentLog })

const move = (to: { clickhouse?: string; postgres?: string }, told?: (step: MoveStep) => void) =>
  moveStores({
    config,
    clock,
    log: () => silentLog,
    months: { ofAll: 1, ofAccounts: 0 },
    toClickhouse: to.clickhouse ?? null,
    toPostgres: to.postgres ?? null,
    ...(told === undefined ? {} : { told }),
  })

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tomoshibi-moving-'))
  config = { ...readConfig({}), dataDir: join(folder, 'data') }
  ;[clickhouse, postgres] = await Promise.all([startTestFacts(), startGivenServer()])
  const app = await open()
  const facts = new FactWriter(app.ports.facts, mainWorkspaceId)
  for (let n = 0; n < 10; n++) {
    await facts.account(`a${n}`, { name: `顧客 ${n}`, plan: 'pro' }, '2025-01-01T00:00:00Z')
    await facts.line(`a${n}`, `l${n}`, { from: '2025-02-01T00:00:00Z', amount: `${1000 + n}.25` })
    await facts.use(`a${n}`, '2026-05-02T00:00:00Z', ['u1', `u${n}`])
  }
  // Old enough to be deleted; what the roll-up says of it goes along.
  await facts.use('a1', '2025-03-02T00:00:00Z', ['u1', 'u2', 'u3'])
  await keepRollups(app.ports)
  await app.caller.retention.set({ table: 'usage_events', months: 6 })
  expect(await app.caller.retention.apply({})).toMatchObject([{ outcome: 'deleted', rows: 2 }])
  await app.caller.workspace.configure({ name: '灯' })
  await app.caller.lamps.evaluate({})
  // Acknowledged and left to the next start.
  const body = Buffer.from('{"type":"track","event":"x","userId":"u","context":{"groupId":"a1"}}')
  await app.ports.facts.close()
  await app.ingestion.take(mainWorkspaceId, 'track', body, Date.parse('2026-06-19T00:00:00Z'))
  await app.close()
})
afterAll(async () => {
  await Promise.all([clickhouse.stop(), postgres.stop()])
  rmSync(folder, { recursive: true, force: true })
})

describe('stores are moved to given ones', () => {
  test('both, with every figure the same, and the server goes on there', async () => {
    const clickhouseUrl = newClickhouse()
    const database = await freshDatabase(postgres.url)
    const steps: MoveStep[] = []
    const moved = await move({ clickhouse: clickhouseUrl, postgres: database.url }, (step) =>
      steps.push(step),
    )
    expect(moved.facts).toBeGreaterThan(40)
    expect(moved.state).toBeGreaterThan(5)
    expect(moved.figures).toBeGreaterThan(300)
    expect(new Set(steps.map(({ phase }) => phase))).toEqual(
      new Set(['reading', 'copying', 'comparing']),
    )
    expect(readdirSync(config.dataDir)).not.toContain('moving.tar')

    const there = await open({ clickhouseUrl, databaseUrl: database.url })
    try {
      expect((await there.caller.workspace.get()).name).toBe('灯')
      const [users] = await there.caller.metrics.query({
        metrics: ['active_users'],
        accounts: ['a1'],
        on: '2025-03-10',
      })
      expect(users?.value).toBe(3)
      const kept = (await there.caller.retention.show()).find((one) => one.table === 'usage_events')
      expect(kept).toMatchObject({ months: 6, cuts: [{ before: '2025-12-01', rows: 2 }] })
      const [mrr] = await there.caller.metrics.query({ metrics: ['mrr'], on: '2026-05-31' })
      expect(mrr?.value).toBe('10047.5')
      const body = Buffer.from(
        '{"type":"track","event":"y","userId":"u","context":{"groupId":"a1"}}',
      )
      await there.ingestion.take(mainWorkspaceId, 'track', body, clock.now().epochMilliseconds)
      await there.ingestion.settled()
      const events = await there.ports.facts.query(
        {
          sql: "SELECT uniqExact(record_id) AS n FROM usage_events WHERE source = 'events'",
          params: {},
        },
        z.object({ n: z.string() }),
      )
      expect(events).toEqual([{ n: '2' }])
    } finally {
      await there.close()
      await database.stop()
    }
  })

  test('never into one that holds anything, and nothing is left of the attempt', async () => {
    const clickhouse = newClickhouse()
    const store = await openFacts(clickhouse)
    await store.insert('contacts', [{ workspace_id: 'other', record_id: '1' }])
    await store.close()
    expect(await codeOf(move({ clickhouse }))).toBe('STORE_NOT_EMPTY')
    expect(await codeOf(move({ postgres: 'postgresql://nobody@127.0.0.1:1/none' }))).toBe(
      'STATE_UNAVAILABLE',
    )
    expect(readdirSync(config.dataDir)).not.toContain('moving.tar')
    const app = await open()
    expect((await app.caller.workspace.get()).name).toBe('灯')
    expect(await codeOf(move({ clickhouse: newClickhouse() }))).toBe('DATA_FOLDER_OWNED')
    // A copy that lacks what the other side has.
    const facts = await openFacts(newClickhouse())
    const copy = operationsOver({ ...app.ports, facts }, config)
    const compared = compareFigures(app, copy, { ofAll: 1, ofAccounts: 0 }, () => {})
    expect(await codeOf(compared)).toBe('COPY_DIFFERS')
    await facts.close()
    await app.close()
  })
})

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type App, openApp } from '../app.ts'
import { systemClock } from '../platform/clock.ts'
import { readConfig } from '../platform/config.ts'
import { silentLog } from '../platform/log.ts'
import { addGauges } from '../upkeep/telemetry/gauges.ts'
import { httpServer } from './server.ts'

let dataDir: string
let app: App
let server: FastifyInstance
let writeKey: string

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'tomoshibi-watch-'))
  const config = { ...readConfig({}), dataDir }
  app = await openApp({ config, clock: systemClock, log: () => silentLog })
  addGauges(app.telemetry, app)
  const { ingestion, telemetry } = app
  const localToken = app.folder.token
  const log = silentLog
  server = await httpServer({ app, ingestion, localToken, webFolder: dataDir, log, telemetry })
  writeKey = (await app.caller.writeKeys.create({ name: 'watched' })).key
})
afterAll(async () => {
  await server.close()
  await app.close()
  rmSync(dataDir, { recursive: true, force: true })
})

/** Operations are asked as the command line asks them. */
const ask = (url: string, payload?: string) =>
  server.inject({
    method: payload === undefined ? 'GET' : 'POST',
    url,
    headers: {
      host: 'localhost',
      ...(url.startsWith('/api/') ? { authorization: `Bearer ${app.folder.token}` } : {}),
    },
    ...(payload === undefined ? {} : { payload }),
  })

/** The value of one line of the metrics; undefined when there is no such line. */
async function metric(line: string): Promise<number | undefined> {
  const { body } = await ask('/metrics')
  const found = body.split('\n').find((each) => each.startsWith(`${line} `))
  return found === undefined ? undefined : Number(found.slice(line.length + 1))
}

const event = (id: string) => ({
  type: 'track',
  event: 'Opened',
  userId: 'hana@example.com',
  messageId: id,
  context: { groupId: 'acme' },
})

describe('the metrics', () => {
  test('count what was taken, what was refused and what became facts', async () => {
    await ask(
      '/v1/batch',
      JSON.stringify({ writeKey, batch: [event('1'), event('2'), { type: '?' }] }),
    )
    await ask('/v1/batch', JSON.stringify({ writeKey: 'wrong', batch: [event('3')] }))
    await app.ingestion.settled()
    expect(await metric('tomoshibi_intake_bodies_total{outcome="acknowledged"}')).toBe(1)
    expect(await metric('tomoshibi_intake_bodies_total{outcome="refused"}')).toBe(1)
    expect(await metric('tomoshibi_intake_bodies_total{outcome="put_off"}')).toBe(0)
    expect(await metric('tomoshibi_intake_events_total{outcome="accepted"}')).toBe(2)
    expect(await metric('tomoshibi_intake_events_total{outcome="rejected"}')).toBe(1)
    expect(await metric('tomoshibi_intake_acknowledge_seconds_count')).toBe(1)
    expect(await metric('tomoshibi_events_settled_total')).toBe(2)
    expect(await metric('tomoshibi_settle_failures_total')).toBe(0)
    expect(await metric('tomoshibi_journal_lag_seconds')).toBe(0)
    expect(await metric('tomoshibi_journal_waiting_bytes')).toBe(0)
    expect(await metric('tomoshibi_journal_limit_bytes')).toBe(512 * 2 ** 20)
  })

  test('time operations by name and outcome, and statements of both stores', async () => {
    await ask('/api/workspace')
    await ask('/api/metrics/no_such_metric')
    const operation = (name: string, code: string) =>
      metric(`tomoshibi_operation_duration_seconds_count{operation="${name}",code="${code}"}`)
    expect(await operation('workspace.get', 'ok')).toBe(1)
    expect(await operation('metrics.describe', 'UNKNOWN_METRIC')).toBe(1)
    const statements = (labels: string) =>
      metric(`tomoshibi_store_statement_seconds_count{${labels}}`)
    expect(await statements('store="facts",kind="query",result="ok"')).toBeGreaterThan(2)
    expect(await statements('store="facts",kind="insert",result="ok"')).toBeGreaterThan(1)
    expect(await statements('store="state",kind="statement",result="ok"')).toBeGreaterThan(5)
  })

  test('tell of the disk, the engines, this process and its version', async () => {
    expect(await metric('tomoshibi_disk_free_bytes')).toBeGreaterThan(0)
    const free = (await metric('tomoshibi_disk_free_bytes')) ?? Number.POSITIVE_INFINITY
    expect(await metric('tomoshibi_disk_size_bytes')).toBeGreaterThan(free)
    expect(await metric('tomoshibi_store_up{store="facts"}')).toBe(1)
    expect(await metric('tomoshibi_store_up{store="state"}')).toBe(1)
    expect(await metric('tomoshibi_engine_restarts{store="facts"}')).toBe(0)
    expect(await metric('process_resident_memory_bytes')).toBeGreaterThan(2 ** 20)
    const labels = `version="${app.version}",node="${process.version}"`
    expect(await metric(`tomoshibi_build_info{${labels}}`)).toBe(1)
  })

  test.runIf(process.platform === 'linux')('tell the memory of both engines', async () => {
    const facts = (await metric('tomoshibi_engine_memory_bytes{store="facts"}')) ?? 0
    const state = (await metric('tomoshibi_engine_memory_bytes{store="state"}')) ?? 0
    expect(facts).toBeGreaterThan(50 * 2 ** 20)
    expect(facts).toBeLessThan(2 * 2 ** 30)
    expect(state).toBeGreaterThan(5 * 2 ** 20)
    expect(state).toBeLessThan(2 ** 30)
  })

  test('make no label of what comes from outside', async () => {
    await ask('/api/accounts/hana%40example.com')
    await ask('/elsewhere/hana@example.com?mail=hana@example.com')
    await ask('/v1/hana', '{}')
    const { body, headers } = await ask('/metrics')
    expect(body).not.toMatch(/hana|example\.com|acme|elsewhere/)
    expect(body).toContain('route="none"')
    expect(headers['content-type']).toContain('text/plain')
    expect(headers['cache-control']).toBe('no-store')
  })

  test('count an engine that fell', async () => {
    const pid = app.engines.facts?.pid()
    if (pid === undefined || pid === null) throw new Error('the engine is ours and runs')
    process.kill(pid, 'SIGKILL')
    await expect
      .poll(() => metric('tomoshibi_engine_restarts{store="facts"}'), { timeout: 20_000 })
      .toBe(1)
    await expect
      .poll(() => metric('tomoshibi_store_up{store="facts"}'), { timeout: 20_000 })
      .toBe(1)
  })
})

test.each(['operations', 'operations.ja'])(
  'docs/%s.md lists every metric there is',
  async (page) => {
    const { pathname } = new URL(`../../../../docs/${page}.md`, import.meta.url)
    const listed = [...readFileSync(pathname, 'utf8').matchAll(/^\| `(tomoshibi_\w+)` \|/gm)]
    const names = (await app.telemetry.registry.getMetricsAsJSON()).map(({ name }) => name)
    const ours = names.filter((name) => name.startsWith('tomoshibi_'))
    expect(listed.map(([, name]) => name).sort()).toEqual(ours.sort())
  },
)

describe('probes', () => {
  test('find a server healthy and ready', async () => {
    expect((await ask('/healthz')).json()).toEqual({ status: 'ok' })
    const ready = await ask('/readyz')
    expect(ready.statusCode).toBe(200)
    expect(ready.json()).toMatchObject({ status: 'ready', facts: 'ok', state: 'ok', events: 'ok' })
  })

  test('find it healthy and not ready when a store is away, and say which', async () => {
    await app.ports.facts.close()
    expect((await ask('/healthz')).statusCode).toBe(200)
    const ready = await ask('/readyz')
    expect(ready.statusCode).toBe(503)
    expect(ready.json()).toMatchObject({ status: 'not_ready', state: 'ok' })
    expect(ready.json().facts).not.toBe('ok')
    expect(await metric('tomoshibi_store_up{store="facts"}')).toBe(0)
    expect(await metric('tomoshibi_store_up{store="state"}')).toBe(1)
  })
})

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { openApp } from '../app.ts'
import { systemClock } from '../platform/clock.ts'
import { readConfig } from '../platform/config.ts'
import { createLog, logFile, silentLog } from '../platform/log.ts'
import { readOwner } from '../platform/owner.ts'
import { mainWorkspaceId } from '../platform/workspace.ts'
import { serve } from './serve.ts'

let dataDir: string
let writeKey: string
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'tomoshibi-serve-'))
  const app = await openApp({ config: config(), clock: systemClock, log: () => silentLog })
  writeKey = (await app.caller.writeKeys.create({ name: 'stopped' })).key
  await app.close()
})
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

const config = (more = {}) => ({
  ...readConfig({ PORT: '0', TOMOSHIBI_DEMO: '0' }),
  dataDir,
  ...more,
})

async function start(more = {}) {
  const stop = new AbortController()
  const serving = await serve({
    config: config(more),
    clock: systemClock,
    log: () => createLog(dataDir, { level: 'info' }),
    webFolder: dataDir,
    signal: stop.signal,
    onDemo: () => {},
  })
  return { serving, stop }
}

const track = (messageId: string) => ({
  type: 'track',
  event: 'Opened',
  userId: 'u1',
  messageId,
  context: { groupId: 'acme' },
})

/** Begins to send a body; `finish` sends the rest and gives the status of the answer, 0 for none. */
function beginBody(port: number, body: string) {
  const half = Math.floor(body.length / 2)
  // The server says when it has begun with the request; that a part was written does not tell.
  const headers = { 'content-length': Buffer.byteLength(body), expect: '100-continue' }
  const sending = request({ port, host: '127.0.0.1', path: '/v1/batch', method: 'POST', headers })
  const status = new Promise<number>((resolve) => {
    sending.on('response', (answer) => resolve(answer.resume().statusCode ?? 0))
    sending.on('error', () => resolve(0))
  })
  const begun = new Promise<void>((resolve) => {
    sending.on('continue', () => sending.write(body.slice(0, half), () => resolve()))
  })
  sending.flushHeaders()
  return {
    begun,
    status,
    finish: () => {
      sending.end(body.slice(half))
      return status
    },
  }
}

async function storedIds(): Promise<string[]> {
  const app = await openApp({ config: config(), clock: systemClock, log: () => silentLog })
  try {
    expect(app.ingestion.waiting.oldestAtMs).toBeNull()
    const rows = await app.ports.facts.query(
      {
        sql: 'SELECT DISTINCT record_id AS id FROM usage_events WHERE workspace_id = {w:String} ORDER BY id',
        params: { w: mainWorkspaceId },
      },
      z.object({ id: z.string() }),
    )
    return rows.map(({ id }) => id)
  } finally {
    await app.close()
  }
}

test('a server that stops lets requests finish, and what it acknowledged is facts', async () => {
  const { serving, stop } = await start()
  const url = `http://127.0.0.1:${serving.port}/v1/batch`
  const body = (ids: string[]) => JSON.stringify({ writeKey, batch: ids.map(track) })
  const open = beginBody(serving.port, body(['last']))
  await open.begun
  const many = Array.from({ length: 30 }, (_, n) =>
    fetch(url, { method: 'POST', body: body([`m${String(n).padStart(2, '0')}`]) }),
  )
  for (const answer of await Promise.all(many)) expect(answer.status).toBe(200)

  stop.abort()
  await serving.untilStopped
  const closed = serving.close()
  await expect(fetch(url, { method: 'POST', body: body(['late']) })).rejects.toThrow()
  expect(await open.finish()).toBe(200)
  const startedMs = performance.now()
  await closed
  expect(performance.now() - startedMs).toBeLessThan(4_000)
  await serving.close()

  const said = readFileSync(logFile(dataDir), 'utf8')
  expect(said).toContain('"msg":"stopping"')
  expect(said).toMatch(/"waiting":0,"msg":"stopped"/)
  const expected = Array.from({ length: 30 }, (_, n) => `m${String(n).padStart(2, '0')}`)
  expect(await storedIds()).toEqual(['last', ...expected])
})

test('a request that takes longer than a stop may is cut off', async () => {
  const { serving, stop } = await start({ stopWithinMs: 500 })
  const open = beginBody(serving.port, JSON.stringify({ writeKey, batch: [track('never')] }))
  await open.begun
  stop.abort()
  const startedMs = performance.now()
  await serving.close()
  expect(performance.now() - startedMs).toBeLessThan(15_000)
  expect(await open.status).toBe(0)
  expect(await storedIds()).not.toContain('never')
})

test('listens on the address that it is told, and the command line finds it there', async () => {
  const { serving, stop } = await start({ host: '127.0.0.2' })
  const owner = readOwner(dataDir)
  expect(owner?.address).toEqual({ host: '127.0.0.2', port: serving.port })
  expect((await fetch(`http://127.0.0.2:${serving.port}/healthz`)).status).toBe(200)
  await expect(fetch(`http://127.0.0.1:${serving.port}/healthz`)).rejects.toThrow()
  stop.abort()
  await serving.close()
})

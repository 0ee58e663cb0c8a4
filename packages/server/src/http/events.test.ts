import { mkdtemp } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { errorDataSchema } from '@tomoshibi/contract/errors'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { startTestOperations, type TestOperations, type TestWorkspace } from '../call/testing.ts'
import { Ingestion } from '../collect/ingest/service.ts'
import { silentLog } from '../platform/log.ts'
import { Telemetry } from '../upkeep/telemetry/telemetry.ts'
import { eventRoutes } from './events.ts'
import { httpServer } from './server.ts'

let operations: TestOperations
let app: TestWorkspace
let ingestion: Ingestion
let server: FastifyInstance
let key: string

beforeAll(async () => {
  operations = await startTestOperations()
  app = operations.workspace()
  const folder = await mkdtemp(join(operations.dataDir, 'events-'))
  ingestion = await Ingestion.open(app.ports, folder)
  key = (await app.caller.writeKeys.create({ name: 'tests' })).key
  server = await httpServer({
    app,
    ingestion,
    localToken: 'the token',
    webFolder: folder,
    log: silentLog,
  })
})
afterAll(async () => {
  await server.close()
  await ingestion.close()
  await operations.stop()
})

const basic = (user: string) => `Basic ${Buffer.from(`${user}:`).toString('base64')}`

interface Sent {
  path?: string
  body: object | string | Buffer
  headers?: Record<string, string>
}

const send = ({ path = 'batch', body, headers = {} }: Sent) =>
  server.inject({
    method: 'POST',
    url: `/v1/${path}`,
    headers: {
      host: 'localhost:4747',
      authorization: basic(key),
      'content-type': 'application/json',
      ...headers,
    },
    payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  })

let count = 0
const track = (more: object = {}) => {
  count += 1
  const messageId = `m${count}`
  return {
    type: 'track',
    event: 'Click',
    userId: 'u',
    messageId,
    context: { groupId: 'g' },
    ...more,
  }
}

/** The ids of all events that are facts. */
const stored = async (): Promise<string[]> => {
  await ingestion.settled()
  const rows = await app.ports.facts.query(
    {
      sql: `SELECT record_id FROM usage_events WHERE workspace_id = {workspace_id:String} ORDER BY record_id`,
      params: { workspace_id: app.id },
    },
    z.object({ record_id: z.string() }),
  )
  return rows.map(({ record_id }) => record_id)
}

const refusal = z.object({ code: z.string(), status: z.number(), data: errorDataSchema })
const mixed = z.object({
  success: z.boolean(),
  accepted: z.number(),
  rejected: z.array(z.object({ index: z.number(), messageId: z.string(), code: z.string() })),
})

async function refusedWith(sent: Sent): Promise<string> {
  const answer = await send(sent)
  const { code, status, data } = refusal.parse(answer.json())
  expect(answer.statusCode).toBe(status)
  expect(data.what.ja).toMatch(/[ぁ-ん]/)
  return code
}

describe('a call', () => {
  test.each([
    ['track', { event: 'Click', userId: 'u' }],
    ['t', { event: 'Click', userId: 'u' }],
    ['page', { name: 'Home', anonymousId: 'a' }],
    ['screen', { userId: 'u' }],
    ['identify', { userId: 7, traits: { plan: 'pro' } }],
    ['group', { userId: 'u', groupId: 'g', traits: {} }],
    ['alias', { userId: 'u', previousId: 'old' }],
    ['batch', { batch: [] }],
    ['import', { batch: [{ type: 'track', event: 'Click', userId: 'u' }] }],
  ])('to /v1/%s is taken', async (path, body) => {
    const answer = await send({ path, body })
    expect(answer.json()).toEqual({ success: true })
    expect(answer.statusCode).toBe(200)
  })

  test('is a fact of the workspace of its key', async () => {
    const event = track()
    await send({ path: 'track', body: event })
    expect(await stored()).toContain(event.messageId)
  })

  test.each([
    ['identify', {}, 'NOBODY'],
    ['track', { userId: 'u' }, 'MISSING'],
    ['track', { event: 'x', userId: '' }, 'NOBODY'],
    ['track', { event: 'x', userId: { id: 1 } }, 'NOT_TEXT'],
    ['track', { event: 'x', userId: 'u'.repeat(501) }, 'TOO_LONG'],
    ['track', { event: 'x', userId: 'u', properties: [1] }, 'NOT_OBJECT_FIELD'],
    ['track', { event: 'x', userId: 'u', timestamp: 'yesterday' }, 'BAD_TIME'],
    ['track', { event: 'x', userId: 'u', timestamp: '2026-02-30T00:00:00Z' }, 'BAD_TIME'],
    ['group', { userId: 'u' }, 'MISSING'],
    ['alias', { userId: 'u' }, 'MISSING'],
  ])('to /v1/%s with %j says what is wrong', async (path, body, code) => {
    const answer = await send({ path, body })
    expect(answer.statusCode).toBe(400)
    const { data } = refusal.parse(answer.json())
    expect(data.problems.map((problem) => problem.code)).toEqual([code])
  })
})

describe('a batch', () => {
  test('takes what is good and says what became of the rest', async () => {
    const good = [track(), track()]
    const answer = await send({
      body: {
        batch: [
          good[0],
          { type: 'explode', userId: 'u', messageId: 'bad-type' },
          track({ messageId: 'large', properties: { text: 'x'.repeat(33_000) } }),
          'not an object',
          good[1],
        ],
      },
    })
    expect(answer.statusCode).toBe(200)
    expect(mixed.parse(answer.json())).toEqual({
      success: true,
      accepted: 2,
      rejected: [
        { index: 1, messageId: 'bad-type', code: 'TYPE_UNKNOWN' },
        { index: 2, messageId: 'large', code: 'EVENT_TOO_LARGE' },
        { index: 3, messageId: '', code: 'NOT_AN_OBJECT' },
      ],
    })
    const ids = await stored()
    for (const { messageId } of good) expect(ids).toContain(messageId)
    expect(ids).not.toContain('large')
  })

  test('may have 2,500 events and no more; an event may have 32 KB', async () => {
    const small = { type: 'identify', userId: 'u' }
    const full = await send({ body: { batch: Array.from({ length: 2500 }, () => small) } })
    expect(full.json()).toEqual({ success: true })
    const more = { batch: Array.from({ length: 2501 }, () => small) }
    expect(await refusedWith({ body: more })).toBe('EVENTS_UNREADABLE')
    const event = track({ properties: { text: '' } })
    const room = 32 * 1024 - JSON.stringify(event).length
    const largest = { ...event, properties: { text: 'x'.repeat(room) } }
    expect((await send({ body: { batch: [largest] } })).statusCode).toBe(200)
  })

  test.each([['{'], ['[]'], ['null'], ['"text"'], ['{"batch":{}}'], ['{}'], ['']])(
    'that is %s is refused as a whole',
    async (body) => {
      expect(await refusedWith({ body })).toBe('EVENTS_UNREADABLE')
    },
  )
})

describe('the write key', () => {
  test('may stand in the body, of the batch or of its events', async () => {
    const headers = { authorization: '' }
    for (const body of [
      { batch: [track()], writeKey: key },
      { batch: [track({ writeKey: key })] },
    ]) {
      expect((await send({ body, headers })).statusCode).toBe(200)
    }
    const single = await send({ path: 't', body: track({ writeKey: key }), headers })
    expect(single.statusCode).toBe(200)
  })

  test.each([[''], ['Basic '], ['Basic ???'], ['Bearer x'], [basic('tomo_wrong')]])(
    'is asked for: %s',
    async (authorization) => {
      const sent = { body: { batch: [track()] }, headers: { authorization } }
      expect(await refusedWith(sent)).toBe('WRITE_KEY_UNKNOWN')
    },
  )

  test('allows nothing else', async () => {
    const headers = { host: 'localhost:4747', authorization: basic(key) }
    const answer = await server.inject({ url: '/api/workspace', headers })
    expect(answer.statusCode).toBe(401)
  })
})

describe('the content type', () => {
  const packed = (event: object) => gzipSync(JSON.stringify({ batch: [event] }))
  test.each([
    ['text/plain', {}],
    ['text/plain;charset=UTF-8', {}],
    ['application/x-www-form-urlencoded', {}],
    ['application/x-www-form-urlencoded', { 'content-encoding': 'gzip' }],
    ['application/json', { 'content-encoding': 'gzip' }],
    ['application/octet-stream', { 'content-encoding': '' }],
    ['nonsense', {}],
  ])('%s %j says nothing of what the bytes are', async (type, more) => {
    const event = track()
    const headers = { 'content-type': type, ...more }
    const body = 'content-encoding' in more ? packed(event) : { batch: [event] }
    expect((await send({ body, headers })).statusCode).toBe(200)
    expect(await stored()).toContain(event.messageId)
  })
})

describe('browsers', () => {
  const origin = { origin: 'https://shop.example', 'sec-fetch-site': 'cross-site' }

  test('ask first and are told that any page may send', async () => {
    const answer = await server.inject({
      method: 'OPTIONS',
      url: '/v1/t',
      headers: {
        host: 'localhost:4747',
        ...origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,x-retry-count',
      },
    })
    expect(answer.statusCode).toBe(204)
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'authorization,content-type,x-retry-count',
    })
  })

  test('can read every answer, refusals included', async () => {
    for (const body of [{ batch: [track()] }, '{']) {
      const answer = await send({ body, headers: origin })
      expect(answer.headers['access-control-allow-origin']).toBe('*')
    }
  })

  test('still cannot reach anything else', async () => {
    const answer = await server.inject({
      url: '/api/workspace',
      headers: { host: 'localhost:4747', ...origin },
    })
    expect(answer.statusCode).toBe(403)
  })

  test('learn from the key where to send', async () => {
    const settings = (name: string) =>
      server.inject({ url: `/v1/projects/${name}/settings`, headers: { host: 'localhost:4747' } })
    expect((await settings(key)).json()).toMatchObject({
      integrations: {
        'Segment.io': { apiKey: key, apiHost: 'localhost:4747/v1', protocol: 'http' },
      },
    })
    expect((await settings('tomo_wrong')).statusCode).toBe(401)
  })

  test('are sent to TLS where the public address has it', async () => {
    const { ports, writeKeys } = app
    const site = { host: '127.0.0.1', publicUrls: ['https://cs.example.com'], trustedProxies: [] }
    const { default: Fastify } = await import('fastify')
    const behind = Fastify()
    const telemetry = new Telemetry()
    const { clock } = ports
    await behind.register(eventRoutes({ ingestion, writeKeys, clock, telemetry, site }))
    const protocolFor = async (host: string) => {
      const answer = await behind.inject({ url: `/v1/projects/${key}/settings`, headers: { host } })
      return answer.json().integrations['Segment.io'].protocol
    }
    expect(await protocolFor('cs.example.com')).toBe('https')
    expect(await protocolFor('localhost:4747')).toBe('http')
    await behind.close()
  })
})

describe('a hostile body', () => {
  const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

  test.each([
    ['larger than 500 KB', { body: `{"batch":[],"x":"${'x'.repeat(512_000)}"}` }, 'BODY_TOO_LARGE'],
    [
      'a gzip bomb',
      { body: gzipSync(Buffer.alloc(200_000_000)), headers: { 'content-encoding': 'gzip' } },
      'BODY_TOO_LARGE',
    ],
    [
      'gzip that is cut off',
      {
        body: gzipSync(JSON.stringify({ batch: [track()] })).subarray(0, 60),
        headers: { 'content-encoding': 'gzip' },
      },
      'EVENTS_UNREADABLE',
    ],
    [
      'said to be gzip',
      { body: { batch: [] }, headers: { 'content-encoding': 'gzip' } },
      'EVENTS_UNREADABLE',
    ],
    [
      'packed in another way',
      { body: { batch: [] }, headers: { 'content-encoding': 'br' } },
      'EVENTS_UNREADABLE',
    ],
    ['not UTF-8', { body: Buffer.from('7b2262617463682ffe7d', 'hex') }, 'EVENTS_UNREADABLE'],
    ['nested 80,000 deep', { body: `{"batch":[${nested(80_000)}]}` }, 'EVENTS_REJECTED'],
    [
      'nested lists',
      { body: `{"batch":${'['.repeat(100_000)}${']'.repeat(100_000)}}` },
      'EVENTS_REJECTED',
    ],
  ])('%s is refused with the reason', async (_, sent, code) => {
    expect(await refusedWith(sent)).toBe(code)
  })

  test('costs only the events that no store could hold', async () => {
    const good = track({ properties: { text: '日本語 \u0001 \\u0000', constructor: { a: 1 } } })
    const answer = await send({
      body: `{"batch":[
        {"type":"track","event":"x","userId":"a\\u0000b","messageId":"nul"},
        {"type":"track","event":"x","userId":"u","properties":{"half":"\\ud83d"},"messageId":"half"},
        {"type":"track","event":"x","userId":"u","properties":{"__proto__":{"admin":true}},"messageId":"proto"},
        {"type":"track","event":"x","userId":"u","properties":${nested(40)},"messageId":"deep"},
        ${JSON.stringify(good)}]}`,
    })
    expect(
      mixed.parse(answer.json()).rejected.map(({ messageId, code }) => [messageId, code]),
    ).toEqual([
      ['nul', 'NO_TEXT'],
      ['half', 'NO_TEXT'],
      ['proto', 'KEY_NOT_ALLOWED'],
      ['deep', 'TOO_DEEP'],
    ])
    expect(await stored()).toContain(good.messageId)
    expect({}).not.toHaveProperty('admin')
  })
})

describe('over a real connection', () => {
  let port: number
  let slow: FastifyInstance

  beforeAll(async () => {
    const { default: Fastify } = await import('fastify')
    slow = Fastify()
    const { ports, writeKeys } = app
    const { clock } = ports
    const telemetry = new Telemetry()
    await slow.register(eventRoutes({ ingestion, writeKeys, clock, telemetry, bodyWithinMs: 300 }))
    await slow.listen({ port: 0, host: '127.0.0.1' })
    const address = slow.server.address()
    port = address !== null && typeof address === 'object' ? address.port : 0
  })
  afterAll(() => slow.close())

  const raw = (text: string, end: boolean) =>
    new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      let answer = ''
      socket.setEncoding('utf8')
      socket.on('data', (data) => {
        answer += data
      })
      socket.on('error', () => {})
      socket.on('close', () => resolve(answer))
      socket.write(text)
      if (end) socket.destroy()
    })
  const head = (length: number) =>
    `POST /v1/batch HTTP/1.1\r\nhost: localhost\r\nauthorization: ${basic(key)}\r\ncontent-length: ${length}\r\n\r\n`

  test('a body that comes too slowly is given up, with the reason', async () => {
    const answer = await raw(`${head(1000)}{"batch":[`, false)
    expect(answer).toContain('408')
    expect(answer).toContain('BODY_TOO_SLOW')
  })

  test('bodies that are cut off leave the server well', async () => {
    for (let i = 0; i < 250; i++) await raw(`${head(1000)}{"batch":[`, true)
    const event = track()
    const body = JSON.stringify({ batch: [event] })
    const answer = await fetch(`http://127.0.0.1:${port}/v1/batch`, {
      method: 'POST',
      headers: { authorization: basic(key) },
      body,
    })
    expect(await answer.json()).toEqual({ success: true })
    expect(await stored()).toContain(event.messageId)
  })
})

describe('when the store falls behind', () => {
  test('senders are told when to come again, and nothing is kept in memory', async () => {
    const folder = await mkdtemp(join(operations.dataDir, 'full-'))
    const full = await Ingestion.open(app.ports, folder, { backlogBytes: 10 })
    const narrow = await httpServer({
      app,
      ingestion: full,
      localToken: 'the token',
      webFolder: folder,
      log: silentLog,
    })
    const answer = await narrow.inject({
      method: 'POST',
      url: '/v1/batch',
      headers: { host: 'localhost', authorization: basic(key) },
      payload: JSON.stringify({ batch: [track()] }),
    })
    expect(answer.statusCode).toBe(429)
    expect(answer.headers['retry-after']).toBe('1')
    expect(refusal.parse(answer.json()).code).toBe('EVENTS_BEHIND')
    await narrow.close()
    await full.close()
  })
})

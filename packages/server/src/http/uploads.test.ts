import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { startTestOperations, type TestOperations, type TestWorkspace } from '../call/testing.ts'
import { silentLog } from '../platform/log.ts'
import { httpServer } from './server.ts'

let operations: TestOperations
let app: TestWorkspace
let server: FastifyInstance
const localToken = 'the token'

beforeAll(async () => {
  operations = await startTestOperations()
  app = operations.workspace()
  server = await httpServer({ app, localToken, webFolder: operations.dataDir, log: silentLog })
})
afterAll(async () => {
  await server.close()
  await operations.stop()
})

const lineShape = z.looseObject({ phase: z.string(), records: z.number() })

const upload = async (payload: string | Buffer | Readable, headers: object = {}) => {
  const answer = await server.inject({
    method: 'POST',
    url: '/api/facts/usage_events/stream',
    headers: {
      host: 'localhost:4747',
      authorization: `Bearer ${localToken}`,
      'content-type': 'application/x-ndjson',
      ...headers,
    },
    payload,
  })
  if (answer.statusCode !== 200) return { status: answer.statusCode }
  const lines = answer.body.trimEnd().split('\n')
  return lineShape.parse(JSON.parse(lines.at(-1) ?? ''))
}

const use = (id: number) => ({
  id: `e${id}`,
  accountId: `a${id % 50}`,
  userId: 'u',
  event: 'Click',
  occurredAt: '2026-05-01T00:00:00Z',
})

function* lines(count: number): Generator<string> {
  for (let i = 0; i < count; i++) yield `${JSON.stringify(use(i))}\n`
}

test('lines are stored; the same again are unchanged, packed or not', async () => {
  const first = await upload(Readable.from(lines(30_000)))
  expect(first).toMatchObject({ phase: 'done', records: 30_000, counts: { created: 30_000 } })
  app.at('2026-11-21T04:00:00Z')
  const again = await upload(gzipSync([...lines(30_000)].join('')), { 'content-encoding': 'gzip' })
  expect(again).toMatchObject({ counts: { created: 0, updated: 0, unchanged: 30_000 } })
})

test('lines that are wrong are told by their number, and keep no others out', async () => {
  const deep = `{"id":"x","accountId":"a","event":"e","occurredAt":"2026-05-01","properties":${'['.repeat(50_000)}${']'.repeat(50_000)}}`
  const nul = JSON.stringify({ ...use(1), event: 'a\0b' })
  const body = ['{', '[]', JSON.stringify(use(90_000)), '', deep, nul, '{"id":"y"}'].join('\n')
  expect(await upload(body)).toMatchObject({
    records: 6,
    counts: { created: 1, rejected: 5 },
    rejects: [
      { line: 1, reasons: [{ code: 'JSON_INVALID' }] },
      { line: 2, reasons: [{ code: 'JSON_NOT_OBJECT' }] },
      { line: 5 },
      { line: 6, reasons: [{ code: 'NUL_BYTE' }] },
      { line: 7, id: 'y' },
    ],
  })
})

test('what is not gzip, and who may not, is told', async () => {
  const failed = await upload('{}', { 'content-encoding': 'gzip' })
  expect(failed).toMatchObject({ phase: 'failed', code: 'FILE_UNREADABLE' })
  expect(await upload('{}', { authorization: 'Bearer wrong' })).toEqual({ status: 401 })
})

test('whoever may not is refused, and the audit log has it', async () => {
  const made = await app.caller.apiKeys.create({ name: 'reads', permissions: ['accounts:read'] })
  expect(await upload('{}', { authorization: `Bearer ${made.key}` })).toEqual({ status: 403 })
  const [newest] = await app.caller.audit.list({ limit: 1 })
  expect(newest).toMatchObject({
    action: 'facts.stream',
    outcome: 'refused',
    code: 'FORBIDDEN',
    actor: { kind: 'key', name: 'reads' },
  })
})

test('the request in the documentation does what it says', async () => {
  const page = readFileSync('docs/importing.md', 'utf8')
  const [, url = '', payload = ''] = /http:\/\/localhost:4747(\S+) -d '([^']+)'/.exec(page) ?? []
  const answer = await server.inject({
    method: 'PUT',
    url,
    headers: {
      host: 'localhost:4747',
      authorization: `Bearer ${localToken}`,
      'content-type': 'application/json',
    },
    payload,
  })
  expect(answer.json()).toMatchObject({ counts: { created: 1 }, records: [{ id: 'T-1' }] })
})

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contract } from '@tomoshibi/contract/contract'
import { errorDataSchema } from '@tomoshibi/contract/errors'
import { openTo, permissions } from '@tomoshibi/contract/operation'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { startTestOperations, type TestOperations } from '../call/testing.ts'
import { silentLog } from '../platform/log.ts'
import { version } from '../version.ts'
import { httpServer } from './server.ts'

const localToken = 'the token of the owner'
let operations: TestOperations
let server: FastifyInstance

beforeAll(async () => {
  operations = await startTestOperations()
  const webFolder = join(operations.dataDir, 'web')
  mkdirSync(join(webFolder, 'assets'), { recursive: true })
  writeFileSync(join(webFolder, 'index.html'), '<!doctype html><title>Tomoshibi</title>')
  writeFileSync(join(webFolder, 'assets', 'main-1a2b.js'), 'export {}')
  const app = operations.workspace()
  await app.facts.account('a/1 ?', { name: 'Slash' }, '2025-01-01T00:00:00Z')
  server = await httpServer({ app, localToken, webFolder, log: silentLog })
})
afterAll(async () => {
  await server.close()
  await operations.stop()
})

interface Request {
  method?: 'GET' | 'POST' | 'PATCH'
  url: string
  headers?: Record<string, string>
  payload?: string | object
}

const token = { authorization: `Bearer ${localToken}` }

/** Asks as the command line does, unless the headers say otherwise. */
const ask = ({ headers = {}, ...request }: Request) =>
  server.inject({ ...request, headers: { host: 'localhost:4747', ...token, ...headers } })

const askAsNobody = ({ headers = {}, ...request }: Request) =>
  server.inject({ ...request, headers: { host: 'localhost:4747', ...headers } })

const answered = z.object({ code: z.string(), status: z.number(), data: errorDataSchema })

async function refusal(request: Request, asking = ask) {
  const answer = await asking(request)
  const { code, status, data } = answered.parse(answer.json())
  expect(answer.statusCode).toBe(status)
  expect(data.what.ja).not.toBe('')
  return code
}

describe('operations over HTTP', () => {
  test('answer with JSON that nobody keeps', async () => {
    const answer = await ask({ url: '/api/workspace' })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({ timeZone: 'Asia/Tokyo' })
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  test('take text of a query as flags and numbers, and any id in the path', async () => {
    const list = await ask({ url: '/api/accounts?limit=1&descending=false&sort=name' })
    expect(list.json()).toMatchObject({ total: 1, rows: [{ id: 'a/1 ?' }] })
    const one = await ask({ url: `/api/accounts/${encodeURIComponent('a/1 ?')}` })
    expect(one.json()).toMatchObject({ name: 'Slash' })
  })

  test('take files of metrics, and tell their list from a metric of that name', async () => {
    const yaml =
      'key: own\nname: { en: Own, ja: 独自 }\nsays: { en: Own., ja: 独自。 }\nunit: ratio\nbetter: lower\ntime: instant\nformula: active_users / 2\n'
    const applied = await ask({
      method: 'POST',
      url: '/api/metrics/definitions',
      payload: { files: [{ name: 'own.yaml', yaml }] },
    })
    expect(applied.json()).toMatchObject({ metrics: [{ key: 'own', change: 'created' }] })
    const files = await ask({ url: '/api/metrics/definitions?versions=true' })
    expect(files.json()).toMatchObject([{ key: 'own', version: 1, yaml }])
    expect((await ask({ url: '/api/metrics/own' })).json()).toMatchObject({ custom: true, yaml })
    const retired = await ask({ method: 'POST', url: '/api/metrics/own/retire', payload: {} })
    expect(retired.json()).toMatchObject({ key: 'own', retired: true })
    expect(await refusal({ url: '/api/metrics/own' })).toBe('UNKNOWN_METRIC')
  })

  test('take a parameter once: given twice it is a list, which is none of what they take', async () => {
    expect(await refusal({ url: '/api/accounts?limit=1&limit=2' })).toBe('BAD_INPUT')
    expect(await refusal({ url: '/api/accounts?search=a&search=b' })).toBe('BAD_INPUT')
  })

  test('refuse with the code, the status and the words of the registry', async () => {
    const answer = await ask({
      method: 'POST',
      url: '/api/metrics/query',
      payload: { metrics: ['x'] },
    })
    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toMatchObject({ code: 'UNKNOWN_METRIC', status: 404 })
  })

  test.each([
    ['text/plain', '{"metrics":["mrr"]}', 'BODY_NOT_JSON'],
    ['application/x-www-form-urlencoded', 'metrics=mrr', 'BODY_NOT_JSON'],
    ['application/json', '{"metrics":', 'BODY_NOT_JSON'],
    ['application/json', JSON.stringify({ metrics: ['x'.repeat(5_000_000)] }), 'BODY_TOO_LARGE'],
    ['application/json', '{"metrics":[],"__proto__":{"a":1}}', 'BODY_NOT_JSON'],
  ])('a body of %s is refused when it is wrong (%.20s)', async (type, payload, code) => {
    const headers = { 'content-type': type }
    expect(await refusal({ method: 'POST', url: '/api/metrics/query', headers, payload })).toBe(
      code,
    )
  })

  test('an unknown path or method is told as such', async () => {
    expect(await refusal({ url: '/api/nothing' })).toBe('NO_SUCH_PATH')
    expect(await refusal({ method: 'POST', url: '/api/workspace' })).toBe('NO_SUCH_PATH')
    expect(await refusal({ method: 'POST', url: '/elsewhere' })).toBe('NO_SUCH_PATH')
    expect(await refusal({ url: '/api/accounts/%E0%A4%A' })).toBe('NO_SUCH_PATH')
  })
})

describe('who may do what', () => {
  const configure = { method: 'PATCH', url: '/api/workspace', payload: { name: 'Mine' } } as const
  const imports = {
    method: 'POST',
    url: '/api/imports',
    payload: { paths: ['/etc/passwd'], mapping: 'version: 1' },
  } as const

  test('who is not signed in may do nothing, and is told to sign in', async () => {
    for (const request of [configure, imports, { url: '/api/workspace' } as const]) {
      expect(await refusal(request, askAsNobody)).toBe('SIGN_IN_NEEDED')
    }
  })

  test('the owner of the data folder may do everything', async () => {
    const answer = await ask(configure)
    expect(answer.json()).toMatchObject({ name: 'Mine' })
  })

  test('a wrong token may do nothing', async () => {
    for (const authorization of ['Bearer wrong', 'Bearer ', localToken, `Basic ${localToken}`]) {
      expect(await refusal({ url: '/api/workspace', headers: { authorization } })).toBe(
        'SIGN_IN_NEEDED',
      )
    }
  })
})

describe('other pages in the same browser', () => {
  test.each([
    'evil.example',
    'evil.example:4747',
    'localhost.evil.example',
    '192.168.1.7:4747',
    '-',
  ])('reach nothing by pointing their name here: host %j', async (host) => {
    for (const url of ['/', '/api/workspace', '/openapi.json', '/healthz']) {
      expect(await refusal({ url, headers: { host } })).toBe('HOST_NOT_ALLOWED')
    }
  })

  test.each(['localhost', 'localhost:4747', '127.0.0.1:4747', '[::1]:4747', 'LOCALHOST:1'])(
    'our own names are answered: %s',
    async (host) => {
      expect((await ask({ url: '/healthz', headers: { host } })).statusCode).toBe(200)
    },
  )

  const start = {
    method: 'POST',
    url: '/api/lamps/start',
    payload: { account: 'a', lamp: 'silence' },
  } as const

  test.each<Record<string, string>>([
    { origin: 'http://evil.example' },
    { origin: 'http://localhost:3000' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('cannot act through it: %j', async (headers) => {
    expect(await refusal({ ...start, headers })).toBe('ORIGIN_NOT_ALLOWED')
    expect(await refusal({ url: '/api/workspace', headers })).toBe('ORIGIN_NOT_ALLOWED')
  })

  test.each<Record<string, string>>([
    {},
    { origin: 'http://localhost:4747', 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
  ])('our own page and programs can: %j', async (headers) => {
    expect(await refusal({ ...start, headers })).toBe('UNKNOWN_ACCOUNT')
  })
})

describe('the screens', () => {
  test('come with headers that let only our own scripts run', async () => {
    const answer = await ask({ url: '/' })
    expect(answer.headers['content-type']).toContain('text/html')
    const policy = String(answer.headers['content-security-policy'])
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/script-src[^;]*unsafe/)
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
    expect(answer.headers['cache-control']).toBe('no-cache')
  })

  test.each([
    '/',
    '/api/workspace',
    '/api/nothing',
    '/api/accounts/%E0%A4%A',
    '/assets/gone.js',
    '/healthz',
    '/openapi.json',
  ])('and so does every other answer, such as that of %s', async (url) => {
    const { headers, body } = await ask({ url })
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'permissions-policy': 'camera=(), geolocation=(), microphone=()',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      'content-type': expect.stringMatching(/; charset=utf-8$|^application\/json$/),
    })
    // What runs here is for nobody to look up.
    expect(headers).not.toHaveProperty('server')
    expect(headers).not.toHaveProperty('x-powered-by')
    // Only who is signed in is told of it.
    if (url !== '/api/workspace') expect(body).not.toContain(version)
  })

  test('every address of a screen gets the document, a missing file does not', async () => {
    for (const url of ['/accounts', '/accounts/a%2F1', '/accounts/acme.com', '/kpis?metric=nrr']) {
      expect((await ask({ url })).body).toContain('<title>Tomoshibi</title>')
    }
    expect(await refusal({ url: '/assets/gone.js' })).toBe('NO_SUCH_PATH')
  })

  test.each([
    '/../package.json',
    '/%2e%2e/package.json',
    '/assets/..%2f..%2fpackage.json',
    '/assets/%2e%2e%5c%2e%2e%5cpackage.json',
    '/assets//etc/passwd',
    '/assets/main-1a2b.js%00.html',
  ])('nothing beside them is served, as for %s', async (url) => {
    const { statusCode, body } = await ask({ url })
    // The document of the screens stands for any address that is none of a file.
    if (statusCode !== 404) expect(body).toContain('<title>Tomoshibi</title>')
    expect(body).not.toContain('root:')
    expect(body).not.toContain('"dependencies"')
  })

  test('files named by their content are kept for good', async () => {
    const answer = await ask({ url: '/assets/main-1a2b.js' })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['cache-control']).toContain('immutable')
  })
})

describe('the OpenAPI document', () => {
  const operationSchema = z.object({
    operationId: z.string(),
    summary: z.string().min(1),
    'x-permission': z.enum([...openTo, ...permissions]),
    responses: z.record(z.string(), z.object({ description: z.string() })),
  })
  const documentSchema = z.object({
    openapi: z.string().startsWith('3.1'),
    info: z.object({ title: z.string(), version: z.string(), description: z.string() }),
    paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  })

  test('describes every operation of the contract with its permission and errors', async () => {
    const answer = await ask({ url: '/openapi.json' })
    const { paths, info } = documentSchema.parse(answer.json())
    const described = Object.values(paths).flatMap((methods) => Object.values(methods))
    const ids = Object.entries(contract).flatMap(([group, operations]) =>
      Object.keys(operations).map((name) => `${group}.${name}`),
    )
    expect(described.map((operation) => operation.operationId).sort()).toEqual(ids.sort())
    for (const { responses } of described) {
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', '400', '403', '500']))
    }
    expect(info.description).toContain('| UNKNOWN_METRIC | 404 |')
  })
})

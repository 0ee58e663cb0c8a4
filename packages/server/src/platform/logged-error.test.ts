import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { workspaces } from '@tomoshibi/state/schema/workspaces'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type App, openApp } from '../app.ts'
import { httpServer } from '../http/server.ts'
import { systemClock } from './clock.ts'
import { readConfig } from './config.ts'
import { createLog, logFile } from './log.ts'
import { loggedError } from './logged-error.ts'

/** Of a person, in ways that are easy to find again. */
const mail = 'hana.yamada@example.com'
const name = '山田花子'
const personal = /hana|yamada|example\.com|山田|花子/i

let dataDir: string
let app: App

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'tomoshibi-log-'))
  const config = { ...readConfig({}), dataDir }
  app = await openApp({
    config,
    clock: systemClock,
    log: () => createLog(dataDir, { level: 'debug' }),
  })
})
afterAll(async () => {
  await app.close()
  rmSync(dataDir, { recursive: true, force: true })
})

async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

/** Errors that quote what they were given, each as its library really throws it. */
const quoting: Record<string, () => unknown> = {
  'the parser of JSON': () => JSON.parse(`{"mail": ${mail}`),
  'a check of shape': () => z.strictObject({}).parse({ [mail]: name }),
  'a statement of the state store': () =>
    app.ports.state.db
      .select()
      .from(workspaces)
      .where(eq(workspaces.id, `${mail}\0`)),
  'a key that is there already': async () => {
    const row = { id: mail, name, settings: {}, createdAt: systemClock.now() }
    await app.ports.state.db.insert(workspaces).values([row, row])
  },
  'a query of the fact store': () =>
    app.ports.facts.query({ sql: `SELECT toDate('${mail}')`, params: {} }, z.unknown()),
  'rows of the fact store that are not as expected': () =>
    app.ports.facts.query(
      { sql: 'SELECT {mail:String} AS mail', params: { mail } },
      z.object({ mail: z.enum([name]) }),
    ),
  'lines for the fact store': () =>
    app.ports.facts.insertLines('contacts', `{"name": "${name}", "email": ${mail}}`),
  'a property that is not there': () => {
    const people: Record<string, { name: string }> = {}
    return Reflect.get(Object(Reflect.get(people, mail)), 'x').toString()
  },
  'a file': () => readFileSync(join(dataDir, mail)),
  'a name in code': () => {
    throw new TypeError(`Cannot read properties of undefined (reading '${mail}')`)
  },
  'a message with lines that look like places': () => {
    throw new Error(`no\n    at ${mail} (${name})\n`, { cause: new Error(mail) })
  },
  'several at once': () => {
    throw new AggregateError([new Error(mail), new TypeError(name)], name)
  },
}

describe('an error in the log', () => {
  test.each(Object.keys(quoting))('of %s has nothing of what it quotes', async (which) => {
    const error = await thrownBy(quoting[which] ?? (() => {}))
    const logged = loggedError(error)
    expect(logged.type).toMatch(/Error$/)
    expect(logged.at.length).toBeGreaterThan(0)
    expect(JSON.stringify(logged)).not.toMatch(personal)
  })

  test('says what happened and where', async () => {
    const twice = await thrownBy(quoting['a key that is there already'] ?? (() => {}))
    expect(loggedError(twice)).toMatchObject({
      type: 'DrizzleQueryError',
      cause: { facts: { code: '23505', table: 'workspaces', constraint: 'workspaces_pkey' } },
    })
    const refused = await thrownBy(quoting['a query of the fact store'] ?? (() => {}))
    expect(loggedError(refused)).toMatchObject({
      facts: { code: 'FACTS_QUERY_FAILED', queryId: expect.any(String), engineCode: '38' },
    })
    expect(loggedError(new RangeError("'x' is out of range")).message).toBe('… is out of range')
  })
})

test('whatever people send, at the finest level, the log has nothing personal', async () => {
  const { log } = app.ports
  const localToken = app.folder.token
  const { ingestion } = app
  const server = await httpServer({ app, ingestion, localToken, webFolder: dataDir, log })
  const { key } = await app.caller.writeKeys.create({ name: mail })
  const send = (url: string, payload: string, type = 'application/json') =>
    server.inject({
      method: 'POST',
      url,
      payload,
      headers: {
        host: 'localhost',
        'content-type': type,
        authorization: url.startsWith('/v1') ? '' : `Bearer ${localToken}`,
      },
    })
  const identify = {
    type: 'identify',
    userId: mail,
    traits: { name, email: mail },
    context: { groupId: name },
  }
  await send('/v1/batch', JSON.stringify({ writeKey: key, batch: [identify, { type: mail }] }))
  await send('/v1/batch', JSON.stringify({ writeKey: mail, batch: [identify] }))
  await send('/v1/identify', `{"userId": ${mail}`)
  await send('/api/facts/contacts/stream', `{"id": "1", "email": "${mail}"\n{"name": "${name}"}\n`)
  await send('/api/metrics/query', `{"metrics": ["${mail}"]}`)
  await send('/api/metrics/query', `{"metrics": ${mail}`)
  await server.inject({
    url: `/api/accounts/${encodeURIComponent(mail)}?q=${encodeURIComponent(name)}`,
    headers: { host: 'localhost' },
  })
  await server.inject({ url: '/', headers: { host: mail } })
  const csv = join(dataDir, `${mail}.csv`)
  writeFileSync(csv, `account_id,name\n"${name},${mail}\n`)
  const { id } = await app.caller.imports.start({ paths: [csv], mapping: `${name}: ${mail}` })
  await expect
    .poll(async () => (await app.caller.imports.get({ id })).state, { timeout: 20_000 })
    .not.toBe('running')
  for (const [which, work] of Object.entries(quoting)) {
    log.error({ err: await thrownBy(work), id: which }, 'an operation failed')
    log.warn(await thrownBy(work), 'told directly')
  }
  await ingestion.settled()
  await server.close()

  expect(readdirSync(join(dataDir, 'log'))).toEqual(['tomoshibi.log'])
  const lines = readFileSync(logFile(dataDir), 'utf8').trim().split('\n')
  expect(lines.length).toBeGreaterThan(2 * Object.keys(quoting).length)
  for (const line of lines) {
    const { level, time, msg } = z
      .object({ level: z.number(), time: z.number(), msg: z.string() })
      .parse(JSON.parse(line))
    expect([level, time, msg]).not.toContain('')
  }
  expect(lines.filter((line) => personal.test(line))).toEqual([])
})

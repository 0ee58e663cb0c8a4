import { createRouterClient, ORPCError } from '@orpc/server'
import { contract } from '@tomoshibi/contract/contract'
import { errorDataSchema } from '@tomoshibi/contract/errors'
import { asFactsError } from '@tomoshibi/facts/errors'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nobody, program } from './caller.ts'
import { Failure, failureOf } from './failure.ts'
import { startTestOperations, type TestOperations } from './testing.ts'

let operations: TestOperations
beforeAll(async () => {
  operations = await startTestOperations()
})
afterAll(() => operations.stop())

async function errorOf(call: Promise<unknown>): Promise<ORPCError<string, unknown>> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof ORPCError) return error
  throw new Error(`no operation error: ${String(error)}`)
}

describe('the guard before every operation', () => {
  test('refuses a caller without the permission, in both languages', async () => {
    const { router, call, id } = operations.workspace()
    const client = createRouterClient(router, { context: call(program(id, new Set())) })
    const error = await errorOf(client.workspace.configure({ name: 'Mine' }))
    expect(error).toMatchObject({ code: 'FORBIDDEN', status: 403, defined: true })
    const { what, mend } = errorDataSchema.parse(error.data)
    expect(what.en).toContain('workspace:configure')
    expect(mend.ja).toContain('コマンドライン')
  })

  test('asks who is not signed in to sign in, at any operation', async () => {
    const { router, call, id } = operations.workspace()
    const client = createRouterClient(router, { context: call(nobody(id)) })
    const inputs = { account: 'a', lamp: 'silence', until: '2027-01-01', reason: 'r' }
    const attempts = [
      client.workspace.get(),
      client.metrics.list(),
      client.metrics.query({ metrics: ['mrr'] }),
      client.accounts.list({}),
      client.accounts.timeline({ accountId: 'a' }),
      client.lamps.today(),
      client.lamps.snooze(inputs),
      client.lamps.evaluate({}),
      client.evidence.lamps(),
      client.quality.report(),
      client.imports.suggest({ paths: ['/etc/passwd'] }),
    ]
    for (const error of await Promise.all(attempts.map(errorOf)))
      expect(error).toMatchObject({ code: 'SIGN_IN_NEEDED', status: 401 })
  })

  test('names every place at which the input is wrong', async () => {
    const { caller } = operations.workspace()
    const error = await errorOf(caller.metrics.query({ metrics: [], on: '2026-02-30' }))
    expect(error).toMatchObject({ code: 'BAD_INPUT', status: 400 })
    const { problems } = errorDataSchema.parse(error.data)
    expect(problems.map((problem) => problem.text.en.split(':')[0])).toEqual(['metrics', 'on'])
  })

  test.each([
    ['a NUL character', 'a\0b'],
    ['half of a surrogate pair', 'a\ud800b'],
  ])('refuses %s, which no store can hold, wherever it stands', async (_, text) => {
    const { caller } = operations.workspace()
    const attempts = [
      caller.workspace.configure({ name: text }),
      caller.lamps.list({ account: text }),
      caller.imports.start({ paths: ['a', text], mapping: 'm', dryRun: true }),
    ]
    for (const error of await Promise.all(attempts.map(errorOf))) {
      expect(error).toMatchObject({ code: 'BAD_INPUT', status: 400 })
    }
    const emoji = await errorOf(caller.lamps.list({ account: '👩‍👩‍👧' }))
    expect(emoji.code).toBe('UNKNOWN_ACCOUNT')
  })

  test('tells a fault of ours under an id that is in the log, and nothing else of it', async () => {
    const workspace = operations.workspace()
    const lines: string[] = []
    const broken = new Proxy(workspace.ports.state, {
      get: () => {
        throw new Error('the secret of the state')
      },
    })
    const log = pino({}, { write: (line: string) => lines.push(line) })
    const context = { ...workspace.call(program(workspace.id)), state: broken, log }
    const client = createRouterClient(workspace.router, { context })
    const error = await errorOf(client.workspace.get())
    expect(error).toMatchObject({ code: 'INTERNAL', status: 500 })
    const { details } = errorDataSchema.parse(error.data)
    expect(JSON.stringify(error)).not.toContain('secret')
    expect(lines.join('')).toContain(details.id)
    expect(lines.join('')).toContain('the secret of the state')
  })
})

test('every operation of the contract is implemented', () => {
  const { router } = operations.workspace()
  const namesOf = (group: object) => Object.keys(group).sort()
  expect(namesOf(router)).toEqual(namesOf(contract))
  for (const [name, group] of Object.entries(contract)) {
    const implemented = Object.entries(router).find(([key]) => key === name)?.[1] ?? {}
    expect(namesOf(implemented)).toEqual(namesOf(group))
  }
})

describe('errors of the lower packages', () => {
  test('a store that went away is told as that, not as a fault of ours', async () => {
    const workspace = operations.workspace()
    const away = drizzle({ client: new pg.Pool({ host: '127.0.0.1', port: 1 }) })
    const context = {
      ...workspace.call(program(workspace.id)),
      state: { ...workspace.ports.state, db: away },
    }
    const client = createRouterClient(workspace.router, { context })
    const error = await errorOf(client.workspace.get())
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', status: 503 })
  })

  const coded = (code: string, details = {}) => Object.assign(new Error('m'), { code, details })
  test.each([
    ['FACTS_UNAVAILABLE', 'STORE_UNAVAILABLE', 503],
    ['STATE_UNAVAILABLE', 'STORE_UNAVAILABLE', 503],
    ['FACTS_QUERY_TOO_LARGE', 'QUERY_TOO_LARGE', 422],
    ['FACTS_QUERY_TOO_SLOW', 'QUERY_TOO_SLOW', 422],
    ['UNKNOWN_LAMP', 'UNKNOWN_LAMP', 404],
  ])('%s is told as %s', (code, told, status) => {
    expect(failureOf(coded(code))).toMatchObject({ code: told, status })
  })

  test('details become the words of the text', () => {
    const failure = failureOf(coded('UNKNOWN_LAMP', { key: 'silense', suggestions: ['silence'] }))
    expect(failure?.message).toBe("There is no lamp 'silense'.")
    expect(failure?.details.suggestions).toBe('silence')
  })

  test('a machine that is not found is named by the store that it should hold', () => {
    const cause = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' })
    expect(failureOf(asFactsError(cause, undefined))).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      details: { store: 'facts' },
    })
    expect(failureOf(new Error('Failed query', { cause }))).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      details: { store: 'state' },
    })
  })

  test('others are no refusals', () => {
    expect(failureOf(new Error('boom'))).toBeNull()
    expect(failureOf(coded('EPIPE'))).toBeNull()
    expect(failureOf('text')).toBeNull()
    expect(failureOf(new Failure('FORBIDDEN'))?.code).toBe('FORBIDDEN')
  })
})

import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { FactsError } from '../errors.ts'
import { openFacts } from '../store.ts'
import { startTestFacts, type TestFacts } from '../testing/engine.ts'
import { type Engine, startEngine } from './engine.ts'

const rowsStored = { sql: 'SELECT count() AS n FROM tickets', params: {} }
const n = z.object({ n: z.coerce.number() })

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const until = async (what: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await what())) await sleep(20)
}

const ask = async (engine: Engine, sql: string, user: { username: string; password: string }) => {
  const response = await fetch(engine.url, {
    method: 'POST',
    body: sql,
    headers: { 'X-ClickHouse-User': user.username, 'X-ClickHouse-Key': user.password },
  })
  return { ok: response.ok, text: (await response.text()).trim() }
}

describe('a running engine', () => {
  let facts: TestFacts
  beforeAll(async () => {
    facts = await startTestFacts()
  })
  afterAll(() => facts.stop())

  test('needs a password', async () => {
    for (const username of ['tomoshibi', 'tomoshibi_reader']) {
      const answer = await ask(facts.engine, 'SELECT 1', { username, password: '' })
      expect(answer).toMatchObject({ ok: false, text: expect.stringContaining('AUTHENTICATION') })
    }
  })

  test('leaves the passwordless user that it needs itself without any power', async () => {
    const nobody = { username: 'default', password: '' }
    for (const sql of [
      'SELECT * FROM tomoshibi.tickets',
      'SYSTEM STOP LISTEN HTTP',
      'SELECT * FROM system.numbers LIMIT 1',
      'CREATE TABLE x (a Int8) ENGINE = Memory',
      "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    ]) {
      expect(await ask(facts.engine, sql, nobody), sql).toMatchObject({ ok: false })
    }
  })

  test('lets the reader read facts and do nothing else', async () => {
    const { reader } = facts.engine
    expect(
      await ask(facts.engine, rowsStored.sql.replace('FROM ', 'FROM tomoshibi.'), reader),
    ).toEqual({
      ok: true,
      text: '0',
    })
    for (const sql of [
      "INSERT INTO tomoshibi.tickets (record_id) VALUES ('x')",
      'TRUNCATE TABLE tomoshibi.tickets',
      'CREATE TABLE tomoshibi.x (a Int8) ENGINE = Memory',
      'SET max_memory_usage = 0',
      'SELECT 1 SETTINGS readonly = 0',
      "SELECT * FROM file('/etc/passwd', 'LineAsString')",
      "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
      "SELECT * FROM remote('127.0.0.1', 'tomoshibi.tickets')",
      "SELECT * FROM executable('cat', 'LineAsString', 'a String')",
      'SELECT * FROM system.query_log',
      'SYSTEM RELOAD CONFIG',
      "BACKUP DATABASE tomoshibi TO File('x')",
    ]) {
      expect(await ask(facts.engine, sql, reader), sql).toMatchObject({ ok: false })
    }
  })

  test('keeps its passwords and data from other users of the machine', async () => {
    const { mode } = await stat(join(facts.dataDir, 'facts', 'config'))
    expect(mode & 0o077).toBe(0)
  })

  test('listens on loopback only', async () => {
    expect(new URL(facts.engine.url).hostname).toBe('127.0.0.1')
  })

  test('refuses a second engine on the same folder and stays whole', async () => {
    await expect(startEngine({ dataDir: facts.dataDir, log: () => {} })).rejects.toMatchObject({
      code: 'FACTS_ENGINE_FAILED',
    })
    expect(await facts.store.query(rowsStored, n)).toEqual([{ n: 0 }])
  })

  test('comes back after kill -9 with everything that was acknowledged, at the same address', async () => {
    const workspace_id = 'w'
    let acknowledged = 0
    let killing = true
    const killer = (async () => {
      for (let round = 0; round < 3; round += 1) {
        await sleep(300)
        const pid = facts.engine.pid()
        if (pid !== undefined) process.kill(pid, 'SIGKILL')
        await until(() => facts.engine.pid() !== undefined && facts.engine.pid() !== pid)
      }
      killing = false
    })()
    while (killing) {
      const record_id = `r${acknowledged}`
      await facts.store.insert('tickets', [{ workspace_id, account_id: 'a', record_id }], {
        repeatable: true,
      })
      acknowledged += 1
    }
    await killer
    expect(
      await facts.store.query(
        { sql: 'SELECT uniqExact(record_id) AS n FROM tickets', params: {} },
        n,
      ),
    ).toEqual([{ n: acknowledged }])
  })
})

test('lets a running query finish when it is stopped, and leaves nothing running', async () => {
  const facts = await startTestFacts()
  const pid = facts.engine.pid() ?? 0
  const slow = facts.store.query(
    { sql: 'SELECT sleepEachRow(0.5) AS n FROM numbers(2)', params: {} },
    n,
  )
  await until(async () => {
    const { text } = await ask(
      facts.engine,
      "SELECT count() FROM system.processes WHERE query LIKE '%sleepEachRow(0.5)%'",
      facts.engine,
    )
    return text === '2'
  })
  await facts.engine.stop()
  expect(await slow).toHaveLength(2)
  expect(alive(pid)).toBe(false)
  expect(await readdir(join(facts.dataDir, 'facts', 'config'))).toEqual([])
  await facts.stop()
})

test('stays down with a reason after falling again and again', async () => {
  const facts = await startTestFacts()
  let failure: FactsError | undefined
  void facts.engine.failed.then((error) => {
    failure = error
  })
  await until(() => {
    const pid = facts.engine.pid()
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
    return failure !== undefined
  })
  expect(failure).toBeInstanceOf(FactsError)
  expect(failure).toMatchObject({ code: 'FACTS_ENGINE_FAILED' })
  await facts.stop()
})

test('ends when its parent is killed, and the data can be opened again', async () => {
  const packageFolder = fileURLToPath(new URL('../..', import.meta.url))
  const tsc = fileURLToPath(new URL('../../../../node_modules/.bin/tsc', import.meta.url))
  await promisify(execFile)(tsc, ['-b', packageFolder])
  const dataDir = await mkdtemp(join(tmpdir(), 'tomoshibi-facts-'))
  const program = `
    import { startEngine } from '@tomoshibi/facts/engine/engine'
    import { openFacts } from '@tomoshibi/facts/store'
    const engine = await startEngine({ dataDir: ${JSON.stringify(dataDir)}, log: () => {} })
    const store = await openFacts(engine)
    await store.insert('tickets', [{ workspace_id: 'w', account_id: 'a', record_id: 'kept' }])
    console.log(engine.pid())`
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: packageFolder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const pid = await new Promise<number>((settle) => {
    parent.stdout.once('data', (text) => settle(Number(text)))
  })
  expect(alive(pid)).toBe(true)
  parent.kill('SIGKILL')
  await until(() => !alive(pid))

  const engine = await startEngine({ dataDir, log: () => {} })
  const store = await openFacts(engine)
  expect(await store.query(rowsStored, n)).toEqual([{ n: 1 }])
  await store.close()
  await engine.stop()
  await rm(dataDir, { recursive: true, force: true })
})

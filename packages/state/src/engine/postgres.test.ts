import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isRoot, nobody } from './launch.ts'
import { silentLog } from './log.ts'
import { startPostgres } from './postgres.ts'
import { identify, isRunning, type ProcessIdentity } from './processes.ts'

let dataDir: string
const freshFolder = () => mkdtempSync(join(tmpdir(), 'tomoshibi-postgres-'))

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

/** Waits as long as it takes; the test's own limit ends a wait in vain. */
async function until<T>(look: () => T | null | Promise<T | null>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== null) return found
    await delay(20)
  }
}

const ended = (who: ProcessIdentity) => until(() => (isRunning(who) ? null : true))

function alive(pid: number | null): ProcessIdentity {
  const who = pid === null ? null : identify(pid)
  if (who === null) throw new Error(`no process ${pid}`)
  return who
}

describe('an embedded PostgreSQL', () => {
  beforeAll(() => {
    dataDir = freshFolder()
  })
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

  it('keeps its folder and its password to itself', async () => {
    const postgres = await startPostgres({ dataDir, log: silentLog })
    const password = join(dataDir, 'state', 'password')
    expect(statSync(password).mode & 0o777).toBe(0o600)
    expect(statSync(join(dataDir, 'state', 'postgres')).mode & 0o077).toBe(0)
    expect(statSync(join(dataDir, 'state')).mode & 0o066).toBe(0)
    const url = new URL(postgres.url)
    expect(url.hostname).toBe('127.0.0.1')
    url.password = 'guess'
    await expect(query(url.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' })
    const cmdline = execFileSync('ps', ['-o', 'args=', '-p', String(postgres.pid())], {
      encoding: 'utf8',
    })
    expect(cmdline).not.toContain(readFileSync(password, 'utf8').trim())
    await postgres.stop()
  })

  it('comes back on the same address when it falls, with all that was acknowledged', async () => {
    const postgres = await startPostgres({ dataDir, log: silentLog })
    const { url } = postgres
    await query(url, 'CREATE TABLE kept (n int)')
    for (const n of [1, 2, 3]) {
      await query(url, `INSERT INTO kept VALUES (${n})`)
      const before = alive(postgres.pid())
      process.kill(before.pid, 'SIGKILL')
      await until(() => (postgres.pid() !== null && postgres.pid() !== before.pid ? true : null))
      expect(postgres.url).toBe(url)
      expect(await query(url, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n }])
    }
    const last = alive(postgres.pid())
    await postgres.stop()
    await postgres.stop()
    expect(isRunning(last)).toBe(false)
    expect(postgres.pid()).toBeNull()
  })

  it('keeps its data and its password over a restart of the program', async () => {
    const postgres = await startPostgres({ dataDir, log: silentLog })
    expect(await query(postgres.url, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 3 }])
    await postgres.stop()
  })

  it('runs on a copy of the folder, whoever made it', async () => {
    const copy = freshFolder()
    cpSync(join(dataDir, 'state'), join(copy, 'state'), { recursive: true })
    const postgres = await startPostgres({ dataDir: copy, log: silentLog })
    expect(await query(postgres.url, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 3 }])
    await postgres.stop()
    rmSync(copy, { recursive: true })
  })

  it('clears away what a program left that was killed while it made the folder', async () => {
    const fresh = freshFolder()
    mkdirSync(join(fresh, 'state', 'postgres.new', 'base'), { recursive: true })
    const postgres = await startPostgres({ dataDir: fresh, log: silentLog })
    expect(await query(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await postgres.stop()
    rmSync(fresh, { recursive: true })
  })

  it('says what PostgreSQL said when it does not come up', async () => {
    const fresh = freshFolder()
    const first = await startPostgres({ dataDir: fresh, log: silentLog })
    await first.stop()
    rmSync(join(fresh, 'state', 'postgres', 'global', 'pg_control'))
    await expect(startPostgres({ dataDir: fresh, log: silentLog })).rejects.toMatchObject({
      code: 'STATE_ENGINE_FAILED',
      message: expect.stringContaining('pg_control'),
    })
    rmSync(fresh, { recursive: true })
  })

  it('never runs as root, and gets by where its own user may not enter', async () => {
    const closed = freshFolder()
    chmodSync(closed, 0o700)
    const inside = join(closed, 'data')
    mkdirSync(inside)
    const postgres = await startPostgres({ dataDir: inside, log: silentLog })
    const uid = execFileSync('ps', ['-o', 'uid=', '-p', String(postgres.pid())], {
      encoding: 'utf8',
    })
    expect(Number(uid)).toBe(isRoot ? nobody.uid : process.getuid?.())
    expect(statSync(closed).mode & 0o777).toBe(0o700)
    await postgres.stop()
    rmSync(closed, { recursive: true })
  })

  it('is not started a second time on its folder by the same program', async () => {
    const postgres = await startPostgres({ dataDir, log: silentLog })
    await expect(startPostgres({ dataDir, log: silentLog })).rejects.toMatchObject({
      code: 'STATE_FOLDER_OWNED',
    })
    expect(await query(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await postgres.stop()
  })
})

describe('when the program ends', () => {
  const root = fileURLToPath(new URL('../../../..', import.meta.url))
  const program = fileURLToPath(new URL('../../dist/testing/program.js', import.meta.url))
  const programs: ChildProcess[] = []

  beforeAll(() => {
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    execFileSync(process.execPath, [compiler, '-b', 'packages/state'], { cwd: root })
  })
  beforeEach(() => {
    dataDir = freshFolder()
  })
  afterEach(() => {
    for (const child of programs) child.kill('SIGKILL')
    programs.length = 0
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 })
  })

  interface Said {
    readonly pid?: number
    readonly url?: string
    readonly code?: string
  }

  async function run(): Promise<{ child: ChildProcess; said: Said }> {
    const child = spawn(process.execPath, [program, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    programs.push(child)
    const said = await new Promise<Said>((resolve) => {
      createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)))
    })
    return { child, said }
  }

  const guardianOf = (child: ChildProcess): ProcessIdentity => {
    const list = execFileSync('ps', ['-o', 'pid=', '--ppid', String(child.pid)], {
      encoding: 'utf8',
    })
    return alive(Number.parseInt(list, 10))
  }

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'by %s, PostgreSQL ends too',
    async (signal) => {
      const { child, said } = await run()
      const postmaster = alive(said.pid ?? null)
      const guardian = guardianOf(child)
      child.kill(signal)
      await ended(postmaster)
      await ended(guardian)
    },
  )

  it('while the guardian dies with it, the next program clears up and goes on', async () => {
    const { child, said } = await run()
    const postmaster = alive(said.pid ?? null)
    await query(said.url ?? '', 'CREATE TABLE kept AS SELECT 1 AS n')
    const running = alive(child.pid ?? null)
    process.kill(guardianOf(child).pid, 'SIGKILL')
    child.kill('SIGKILL')
    await ended(running)
    const postgres = await startPostgres({ dataDir, log: silentLog })
    expect(isRunning(postmaster)).toBe(false)
    expect(await query(postgres.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }])
    await postgres.stop()
  })

  it('not, but the guardian is killed, PostgreSQL comes back under a new one', async () => {
    const { child, said } = await run()
    const postmaster = alive(said.pid ?? null)
    process.kill(guardianOf(child).pid, 'SIGKILL')
    await ended(postmaster)
    const rows = await until(() => query(said.url ?? '', 'SELECT 1 AS n').catch(() => null))
    expect(rows).toEqual([{ n: 1 }])
  })

  it('not, a second program may not use its folder', async () => {
    const { child, said } = await run()
    const second = await run()
    expect(second.said.code).toBe('STATE_FOLDER_OWNED')
    expect(await query(said.url ?? '', 'SELECT 1 AS n')).toEqual([{ n: 1 }])
    expect(child.exitCode).toBeNull()
  })
})

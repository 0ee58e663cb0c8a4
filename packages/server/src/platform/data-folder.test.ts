import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { identify } from '@tomoshibi/state/engine/processes'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fixedClock } from './clock.ts'
import { folderFailure, takeDataFolder } from './data-folder.ts'
import { readOwner } from './owner.ts'

const clock = fixedClock('2026-04-01T00:00:00Z')
const root = fileURLToPath(new URL('../../../..', import.meta.url))
let folder: string
const children: ChildProcess[] = []

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'tomoshibi-folder-')), 'data')
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.length = 0
  rmSync(join(folder, '..'), { recursive: true, force: true, maxRetries: 10 })
})

/**
 * A process that has `takeOwnership(folder, since)` at hand and runs `work` when its input ends, so that
 * several can be made to start at one moment. It prints lines; Vite loads the TypeScript.
 */
async function contender(
  work: string,
): Promise<{ child: ChildProcess; go(): void; said: string[] }> {
  const module = fileURLToPath(new URL('./owner.ts', import.meta.url))
  const program = `
    import { mkdirSync, rmdirSync } from 'node:fs'
    import { setTimeout as delay } from 'node:timers/promises'
    import { runnerImport } from ${JSON.stringify(pathToFileURL(join(root, 'node_modules/vite/dist/node/index.js')))}
    const conditions = ['tomoshibi-source', 'node', 'import']
    const { module: { takeOwnership } } = await runnerImport(${JSON.stringify(module)}, {
      logLevel: 'silent', ssr: { resolve: { conditions, externalConditions: conditions } },
    })
    const folder = ${JSON.stringify(folder)}
    const take = () => takeOwnership(folder, '2026-04-01T00:00:00Z')
    const say = (text) => process.stdout.write(text + '\\n')
    say('ready')
    await new Promise((resolve) => process.stdin.once('end', resolve).resume())
    ${work}
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.push(child)
  const said: string[] = []
  await new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line === 'ready') resolve()
      else said.push(line)
    })
  })
  return { child, go: () => child.stdin?.end(), said }
}

const exit = (child: ChildProcess) =>
  child.exitCode ?? new Promise((resolve) => child.once('exit', resolve))

describe('the data folder', () => {
  it('is made when it is not there, for its owner alone', () => {
    const taken = takeDataFolder(folder, clock)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(folder)) {
      expect(statSync(join(folder, name)).mode & 0o077, name).toBe(0)
    }
    taken.release()
  })

  it('tells a command line who owns it and where that one answers', () => {
    expect(readOwner(folder)).toBeNull()
    const taken = takeDataFolder(folder, clock)
    const since = '2026-04-01T00:00:00Z'
    const { token } = taken
    expect(readOwner(folder)).toEqual({ pid: process.pid, since, address: null, token })
    taken.announce({ host: '127.0.0.1', port: 4747 })
    expect(readOwner(folder)?.address).toEqual({ host: '127.0.0.1', port: 4747 })
    taken.release()
    taken.release()
    expect(readOwner(folder)).toBeNull()
  })

  it('is refused while somebody has it, by name, and given when they gave it up', () => {
    const taken = takeDataFolder(folder, clock)
    expect(() => takeDataFolder(folder, clock)).toThrow(
      expect.objectContaining({
        code: 'DATA_FOLDER_OWNED',
        details: { folder, pid: String(process.pid), since: '2026-04-01T00:00:00Z' },
      }),
    )
    taken.release()
    takeDataFolder(folder, clock).release()
  })

  it('is free again at once after its owner was killed', async () => {
    mkdirSync(folder)
    const { child, go, said } = await contender(`say('owner' in take() ? 'refused' : 'taken')
      setInterval(() => {}, 60_000)`)
    go()
    while (said.length === 0) await delay(10)
    expect(said).toEqual(['taken'])
    expect(readOwner(folder)?.pid).toBe(child.pid)
    child.kill('SIGKILL')
    await exit(child)
    expect(readOwner(folder)).toBeNull()
    takeDataFolder(folder, clock).release()
  })

  it('is not held by a process that merely has the pid of an earlier owner', () => {
    mkdirSync(folder)
    const record = {
      pid: process.pid,
      started: 'another boot:1',
      since: '',
      host: null,
      port: null,
    }
    const owned = { ...record, token: 't', released: false }
    writeFileSync(join(folder, 'owner.7.json'), JSON.stringify(owned))
    expect(readOwner(folder)).toBeNull()
    const live = { ...owned, started: identify(process.pid)?.started }
    writeFileSync(join(folder, 'owner.8.json'), JSON.stringify(live))
    expect(readOwner(folder)?.pid).toBe(process.pid)
  })

  it('survives a record that a full disk cut short', () => {
    mkdirSync(folder)
    writeFileSync(join(folder, 'owner.3.json'), '{"pid": 1')
    takeDataFolder(folder, clock).release()
  })

  it('never has two owners, however hard several processes try', async () => {
    mkdirSync(folder)
    const rounds = 150
    const work = `
      let taken = 0
      while (taken < ${rounds}) {
        const mine = take()
        if ('owner' in mine) { await delay(Math.random() * 2); continue }
        // Fails when somebody else is inside.
        mkdirSync(folder + '/inside')
        if (Math.random() < 0.3) await delay(1)
        rmdirSync(folder + '/inside')
        mine.release()
        taken += 1
      }
      say(String(taken))`
    const all = await Promise.all([1, 2, 3, 4].map(() => contender(work)))
    for (const one of all) one.go()
    const codes = await Promise.all(all.map(({ child }) => exit(child)))
    expect(codes).toEqual([0, 0, 0, 0])
    expect(all.map(({ said }) => said)).toEqual(all.map(() => [String(rounds)]))
    expect(readdirSync(folder).filter((name) => name.startsWith('owner'))).toHaveLength(1)
  })
})

describe('a data folder that cannot be used', () => {
  it('because something else is there', () => {
    writeFileSync(folder, 'a file')
    expect(() => takeDataFolder(folder, clock)).toThrow(
      expect.objectContaining({ code: 'BAD_CONFIGURATION' }),
    )
    expect(() => takeDataFolder(join(folder, 'below'), clock)).toThrow(
      expect.objectContaining({ code: 'BAD_CONFIGURATION' }),
    )
  })

  it('because nothing can be written there', () => {
    // Nobody can make a folder there, root included.
    const closed = process.platform === 'linux' ? '/sys/tomoshibi' : '/System/tomoshibi'
    expect(() => takeDataFolder(closed, clock)).toThrow(
      expect.objectContaining({ code: 'DATA_FOLDER_READ_ONLY', details: { folder: closed } }),
    )
  })

  it('because the disk is full, and leaves it to the next who tries', () => {
    const neededBytes = Number.MAX_SAFE_INTEGER
    expect(() => takeDataFolder(folder, clock, { neededBytes })).toThrow(
      expect.objectContaining({ code: 'DATA_FOLDER_FULL' }),
    )
    expect(readOwner(folder)).toBeNull()
  })

  it.each([
    ['ENOSPC', 'DATA_FOLDER_FULL'],
    ['EDQUOT', 'DATA_FOLDER_FULL'],
    ['EROFS', 'DATA_FOLDER_READ_ONLY'],
    ['EACCES', 'DATA_FOLDER_READ_ONLY'],
  ])('as the system’s %s is %s', (code, expected) => {
    const error = Object.assign(new Error(code), { code })
    expect(folderFailure(error, folder)).toMatchObject({ code: expected })
  })

  it('but other errors stay what they are', () => {
    const error = new Error('something else')
    expect(folderFailure(error, folder)).toBe(error)
  })
})
